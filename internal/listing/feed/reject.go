package feed

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteReject appends one line to a rejects file in NDJSON: line, rows, id,
// problems and the beginning of the original, so that a seller can mend the
// rows and send just those again.
func WriteReject(w io.Writer, r Reject) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write reject of line %d: %w", r.Line, err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write reject of line %d: %w", r.Line, err)
	}
	return nil
}

package feed

import (
	"bytes"
	"io"
)

// lineRows cuts the lines of an NDJSON file.
type lineRows struct{ w *window }

func (l *lineRows) next() (raw []byte, line int, err error) {
	for {
		b := l.w.bytes()
		if i := bytes.IndexByte(b, '\n'); i >= 0 || l.w.eof && len(b) > 0 {
			if i < 0 {
				i = len(b) - 1
			}
			raw, line = bytes.TrimSpace(append([]byte(nil), b[:i+1]...)), l.w.line
			l.w.discard(i + 1)
			if len(raw) > 0 {
				return raw, line, nil
			}
			continue
		}
		if l.w.more() {
			continue
		}
		if l.w.eof {
			if l.w.err != nil {
				return nil, 0, l.w.err
			}
			return nil, 0, io.EOF
		}
		line = l.w.line
		l.w.skipThrough([]byte("\n"))
		return nil, line, nil
	}
}

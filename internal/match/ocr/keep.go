package ocr

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// keptPage is a page as bytes.
type keptPage struct {
	Lines    []Line        `json:"lines"`
	Readings []keptReading `json:"readings"`
	Scripts  []Script      `json:"scripts"`
	Looked   []Look        `json:"looked"`
	Twice    []bool        `json:"twice"`
}

type keptReading struct {
	Reading
	Guesses []byte `json:"guesses"`
}

// mostKept is more than a page of the most and longest lines takes.
const mostKept = 16 << 20

// MarshalBinary packs the page: some kilobytes, most of them what else the
// network thought could stand there.
func (p *Page) MarshalBinary() ([]byte, error) {
	k := keptPage{Lines: p.Lines, Scripts: p.scripts, Looked: p.looked, Twice: p.twice}
	for _, r := range p.Readings {
		one := keptReading{Reading: r}
		one.Trace = nil
		if r.Trace != nil {
			one.Guesses, _ = r.Trace.MarshalBinary() // never fails
		}
		k.Readings = append(k.Readings, one)
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(json.NewEncoder(w).Encode(k), w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// ErrPage says that bytes are not a page.
var ErrPage = errors.New("ocr: not a page")

// UnmarshalBinary reads what MarshalBinary wrote, or fails with ErrPage.
func (p *Page) UnmarshalBinary(data []byte) error {
	var k keptPage
	if err := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(data)), mostKept)).Decode(&k); err != nil {
		return fmt.Errorf("%w: %w", ErrPage, err)
	}
	if len(k.Looked) != len(k.Lines) || len(k.Twice) != len(k.Lines) {
		return ErrPage
	}
	out := Page{Lines: k.Lines, scripts: k.Scripts, looked: k.Looked, twice: k.Twice}
	for _, r := range k.Readings {
		if r.Line < 0 || r.Line >= len(out.Lines) {
			return ErrPage
		}
		if len(r.Guesses) > 0 {
			r.Trace = new(Trace)
			if err := r.Trace.UnmarshalBinary(r.Guesses); err != nil {
				return fmt.Errorf("%w: %w", ErrPage, err)
			}
		}
		out.Readings = append(out.Readings, r.Reading)
	}
	*p = out
	return nil
}

package feed

import (
	"bytes"
	"io"
)

// window is the part of the file that is held in memory. Rows are cut out of
// it by plain functions over bytes, which is what makes resuming after a
// broken row simple: nothing is lost until it is discarded.
type window struct {
	r    io.Reader
	buf  []byte
	from int   // first byte not yet discarded
	max  int   // most bytes held at once
	eof  bool  // buf holds everything that is left
	err  error // a read error other than io.EOF
	line int   // line number of the first byte, from 1
	pos  int64 // offset of the first byte in the UTF-8 text
}

const windowStart = 64 << 10

func newWindow(r io.Reader, max int) *window {
	return &window{r: r, max: max, line: 1}
}

func (w *window) bytes() []byte { return w.buf[w.from:] }

// full reports that more cannot make the window longer.
func (w *window) full() bool { return len(w.buf)-w.from >= w.max }

// more reads on. It returns false at the end of the file, on a read error
// (see err) and when the window is full.
func (w *window) more() bool {
	if w.eof || w.full() {
		return false
	}
	if w.from > 0 {
		w.buf = w.buf[:copy(w.buf, w.buf[w.from:])]
		w.from = 0
	}
	held := len(w.buf)
	want := min(max(2*held, windowStart), w.max)
	if cap(w.buf) < want {
		grown := make([]byte, held, want)
		copy(grown, w.buf)
		w.buf = grown
	}
	n, err := io.ReadAtLeast(w.r, w.buf[held:want], 1)
	w.buf = w.buf[:held+n]
	if err != nil {
		w.eof = true
		if err != io.EOF {
			w.err = err
		}
	}
	return n > 0
}

// fill reads until the window holds n bytes or can hold no more.
func (w *window) fill(n int) []byte {
	for len(w.bytes()) < n && w.more() {
	}
	return w.bytes()
}

func (w *window) discard(n int) {
	w.line += bytes.Count(w.buf[w.from:w.from+n], []byte{'\n'})
	w.pos += int64(n)
	w.from += n
}

// skipThrough discards everything up to and including the first mark; at the
// end of the file it discards all and returns false.
func (w *window) skipThrough(mark []byte) bool {
	for {
		b := w.bytes()
		if i := bytes.Index(b, mark); i >= 0 {
			w.discard(i + len(mark))
			return true
		}
		if keep := len(mark) - 1; len(b) > keep {
			w.discard(len(b) - keep)
		}
		if !w.more() {
			w.discard(len(w.bytes()))
			return false
		}
	}
}

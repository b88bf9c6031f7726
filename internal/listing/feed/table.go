package feed

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

const (
	maxColumns    = 2000
	maxBrokenSeen = 8 // failed looks at the same bytes before quotes may no longer span lines
)

// table cuts the rows of a CSV or TSV file out of a window. Quoted cells may
// span lines (RFC 4180); blanks around quotes are tolerated, and so are plain
// quotation marks inside a quoted cell as long as the cell stays on one line.
type table struct {
	w        *window
	comma    byte
	head     *header
	skipping bool  // after a broken quote: until a row fits the header again
	failures int   // broken quotes since failedTo was reached
	failedTo int64 // offset up to which text was looked at in vain
	cells    []string
}

// status is how cutting a row ended.
type status int

const (
	done   status = iota
	short         // the buffer ends inside the row
	broken        // a quotation mark is not closed in the right place
)

// openTable reads the header and settles the separator.
func openTable(w *window, name string) (*table, error) {
	t := &table{w: w}
	if line, ok := bytes.CutPrefix(w.fill(16), []byte("sep=")); ok && len(line) > 1 {
		t.comma = line[0]
		w.skipThrough([]byte("\n"))
	}
	for {
		t.skipBlankLines()
		if len(w.bytes()) == 0 {
			return nil, unreadable(codeEmptyFile, name, "")
		}
		names, n, st := t.headerRow()
		if st == short && w.more() {
			continue
		}
		if st != done || len(names) > maxColumns {
			return nil, unreadable(codeUnknownFormat, name, "")
		}
		w.discard(n)
		t.head = newHeader(names)
		return t, nil
	}
}

// headerRow tries the separators and keeps the one that gives most columns.
func (t *table) headerRow() (names []string, n int, st status) {
	candidates := []byte{',', '\t', ';', '|'}
	if t.comma != 0 {
		candidates = []byte{t.comma}
	}
	for _, c := range candidates {
		cells, end, s := splitRow(t.w.bytes(), c, t.w.eof, nil)
		if s == short {
			return nil, 0, short
		}
		if s == done && len(cells) > len(names) {
			names, n, t.comma = append([]string(nil), cells...), end, c
		}
	}
	if len(names) == 0 {
		return nil, 0, broken
	}
	return names, n, done
}

func (t *table) skipBlankLines() {
	for {
		b := t.w.fill(1)
		n := 0
		for n < len(b) && (b[n] == '\n' || b[n] == '\r') {
			n++
		}
		if n == 0 {
			return
		}
		t.w.discard(n)
	}
}

// next returns the next row; io.EOF at the end.
func (t *table) next() (*record, error) {
	for {
		t.skipBlankLines()
		if len(t.w.bytes()) == 0 {
			if t.w.err != nil {
				return nil, t.w.err
			}
			return nil, io.EOF
		}
		cells, n, st := t.cut()
		switch {
		case st == done && blank(cells): // spreadsheets leave rows of nothing but separators
			t.w.discard(n)
		case st == done:
			return t.accept(cells, n), nil
		case st == short && t.w.more():
		case st == short && !t.w.eof && !t.opened():
			return t.tooLong(), nil
		default:
			return t.rescue(), nil
		}
	}
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// cut splits the row at the beginning of the window.
func (t *table) cut() ([]string, int, status) {
	b := t.w.bytes()
	if t.w.pos < t.failedTo && t.failures > maxBrokenSeen {
		end, ok := lineEnd(b, t.w.eof)
		if !ok {
			return nil, 0, short
		}
		b = b[:end]
		cells, n, st := splitRow(b, t.comma, true, t.cells)
		if st == done && n < len(b) {
			st = broken
		}
		return cells, n, st
	}
	cells, n, st := splitRow(b, t.comma, t.w.eof, t.cells)
	if cells != nil {
		t.cells = cells
	}
	return cells, n, st
}

// accept makes the record of a row that was cut out well.
func (t *table) accept(cells []string, n int) *record {
	r := t.record(cells, n)
	if t.skipping && len(cells) != len(t.head.names) {
		r.reject = codeBrokenQuote
		return r
	}
	t.skipping = false
	if extra := len(cells) - len(t.head.names); extra > 0 && strings.TrimSpace(strings.Join(cells[len(t.head.names):], "")) != "" {
		r.notes = append(r.notes, codeCellsMany)
	} else if extra < 0 {
		r.notes = append(r.notes, codeCellsFew)
	}
	return r
}

// record takes n bytes off the window.
func (t *table) record(cells []string, n int) *record {
	if len(cells) > len(t.head.names) {
		cells = cells[:len(t.head.names)]
	}
	r := &record{header: t.head, cells: slices.Clone(cells), line: t.w.line, raw: rawOf(t.w.bytes()[:n]), size: n}
	t.w.discard(n)
	return r
}

// opened reports whether the row in the window has a quotation mark at all.
func (t *table) opened() bool { return bytes.IndexByte(t.w.bytes(), '"') >= 0 }

// rescue deals with a quotation mark that is not closed: only the first line
// is given up, and not even that when it fits the header with its quotation
// marks read as plain signs. Looking again at the following lines is bounded,
// so that a file of nothing but open quotes costs linear time.
func (t *table) rescue() *record {
	if end := t.w.pos + int64(len(t.w.bytes())); t.w.pos >= t.failedTo {
		t.failures, t.failedTo = 1, end
	} else {
		t.failures++
		t.failedTo = max(t.failedTo, end)
	}
	end, ok := lineEnd(t.w.bytes(), t.w.eof)
	if !ok {
		return t.tooLong()
	}
	line := bytes.TrimRight(t.w.bytes()[:end], "\r\n")
	cells := strings.Split(string(line), string(t.comma))
	r := t.record(cells, end)
	if len(cells) != len(t.head.names) {
		r.cells, r.reject, t.skipping = nil, codeBrokenQuote, true
		return r
	}
	for i, c := range cells {
		c = strings.TrimSpace(c)
		if len(c) > 1 && c[0] == '"' && c[len(c)-1] == '"' {
			c = strings.ReplaceAll(c[1:len(c)-1], `""`, `"`)
		}
		cells[i] = strings.TrimPrefix(c, `"`)
	}
	r.notes = append(r.notes, codeStrayQuote)
	return r
}

// tooLong gives up a row that does not fit and goes on behind its line.
func (t *table) tooLong() *record {
	r := &record{header: t.head, line: t.w.line, raw: rawOf(t.w.bytes()), size: len(t.w.bytes()), reject: codeRowTooLong, because: itoa(t.w.max)}
	t.w.skipThrough([]byte("\n"))
	return r
}

// lineEnd finds the end of the first physical line, its break included.
func lineEnd(b []byte, eof bool) (int, bool) {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1, true
	}
	return len(b), eof
}

// splitRow cuts the cells of one row from the beginning of b into cells[:0].
func splitRow(b []byte, comma byte, eof bool, cells []string) ([]string, int, status) {
	cells = cells[:0]
	for i := 0; ; {
		cell, end, st := splitCell(b, i, comma, eof)
		if st != done {
			return nil, 0, st
		}
		cells = append(cells, cell)
		switch {
		case end == len(b):
			if !eof {
				return nil, 0, short
			}
			return cells, end, done
		case b[end] == comma:
			i = end + 1
		case b[end] == '\n':
			return cells, end + 1, done
		case end+1 == len(b) && !eof: // '\r', and '\n' may follow
			return nil, 0, short
		case end+1 < len(b) && b[end+1] == '\n':
			return cells, end + 2, done
		default:
			return cells, end + 1, done
		}
	}
}

// splitCell returns the cell that begins at i and the index of the separator
// or line break behind it.
func splitCell(b []byte, i int, comma byte, eof bool) (string, int, status) {
	start := skipBlanks(b, i)
	if start < len(b) && b[start] == '"' {
		return splitQuoted(b, start+1, comma, eof)
	}
	end := i
	for end < len(b) && b[end] != comma && b[end] != '\n' && b[end] != '\r' {
		end++
	}
	if end == len(b) && !eof {
		return "", 0, short
	}
	return strings.Trim(string(b[i:end]), " "), end, done
}

// splitQuoted reads on from behind the opening quotation mark. A plain mark
// inside is tolerated, but not in a cell of several lines: there it is the
// sign that an earlier mark was never closed.
func splitQuoted(b []byte, i int, comma byte, eof bool) (string, int, status) {
	var text []byte
	bare, lines := false, false
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			if eof {
				return "", 0, broken
			}
			return "", 0, short
		}
		lines = lines || bytes.IndexByte(b[i:i+n], '\n') >= 0
		text = append(text, b[i:i+n]...)
		i += n + 1
		if i < len(b) && b[i] == '"' {
			text = append(text, '"')
			i++
			continue
		}
		end := skipBlanks(b, i)
		if end == len(b) && !eof {
			return "", 0, short
		}
		closes := end == len(b) || b[end] == comma || b[end] == '\n' || b[end] == '\r'
		bare = bare || !closes
		if bare && lines {
			return "", 0, broken
		}
		if closes {
			return string(text), end, done
		}
		text = append(text, '"')
	}
}

func skipBlanks(b []byte, i int) int {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}

package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// xmlRows cuts one element a product out of an XML feed and reads each on its
// own, so that a broken product costs only itself.
type xmlRows struct {
	w    *window
	tag  string // name of the element, with its prefix, as written
	lost int    // elements at the end of the file that are never closed
}

const maxLost = 8 // after that many, the rest of the file is given up

// rowTags are the elements that hold one product, most likely first.
var rowTags = []string{"item", "entry", "product", "offer", "listing", "shopitem", "article"}

// findRowTag looks for the first element that holds a product.
func findRowTag(head []byte) string {
	best, at := "", len(head)
	for i := 0; i < len(head); i++ {
		if head[i] != '<' {
			continue
		}
		if end := skipQuiet(head[i:]); end > 0 {
			i += end - 1
			continue
		}
		name := tagName(head[i+1:])
		for _, t := range rowTags {
			if strings.EqualFold(name, t) && i < at {
				best, at = name, i
			}
		}
		if best != "" {
			break
		}
	}
	return best
}

// skipQuiet returns the length of a comment, CDATA section, declaration or
// processing instruction at the beginning of b, or 0. One that does not end
// inside b reaches to its end.
func skipQuiet(b []byte) int {
	for _, q := range []struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}} {
		if bytes.HasPrefix(b, []byte(q.open)) {
			if i := bytes.Index(b[len(q.open):], []byte(q.close)); i >= 0 {
				return len(q.open) + i + len(q.close)
			}
			return len(b)
		}
	}
	return 0
}

func tagName(b []byte) string {
	n := 0
	for n < len(b) && n < 64 && !bytes.ContainsRune([]byte(" \t\r\n/>"), rune(b[n])) {
		n++
	}
	if n == len(b) {
		return ""
	}
	return string(b[:n])
}

func (x *xmlRows) next() (*record, error) {
	for {
		start, end, st := cutElement(x.w.bytes(), x.tag, x.w.eof)
		switch {
		case st == done && end == 0: // no further element
			x.w.discard(len(x.w.bytes()))
			if x.w.more() {
				continue
			}
			if x.w.err != nil {
				return nil, x.w.err
			}
			return nil, io.EOF
		case st == done || st == broken:
			x.w.discard(start)
			r := x.element(x.w.bytes()[:end-start])
			if st == broken {
				r.reject, r.because = codeBadXML, x.unclosed()
			}
			x.w.discard(end - start)
			return r, nil
		default:
			x.w.discard(start)
			if x.w.more() {
				continue
			}
			return x.giveUp(), nil
		}
	}
}

// giveUp rejects an element that is longer than the window or never closed.
func (x *xmlRows) giveUp() *record {
	b := x.w.bytes()
	r := &record{header: newHeader(nil), line: x.w.line, raw: rawOf(b), size: len(b), reject: codeRowTooLong, because: itoa(x.w.max)}
	if x.w.eof {
		r.reject, r.because = codeBadXML, x.unclosed()
		x.lost++
		// What looks like the next product may still be one.
		if i := bytes.Index(b[1:], []byte("<"+x.tag)); i >= 0 && x.lost < maxLost {
			x.w.discard(i + 1)
			return r
		}
		x.w.discard(len(b))
		return r
	}
	x.w.skipThrough([]byte("</" + x.tag))
	return r
}

func (x *xmlRows) unclosed() string { return "the element <" + x.tag + "> is not closed" }

// cutElement finds the next element of that name; end is 0 when b has none.
// Elements of the same name inside it are its own, except in RSS and Atom,
// where the next one shows that this one was never closed (broken).
func cutElement(b []byte, tag string, eof bool) (start, end int, st status) {
	open := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '<' {
			continue
		}
		if n := skipQuiet(b[i:]); n > 0 {
			if i+n == len(b) && open == 0 && !eof {
				return i, 0, short
			}
			i += n - 1
			continue
		}
		closing := i+1 < len(b) && b[i+1] == '/'
		rest := b[i+1:]
		if closing {
			rest = rest[1:]
		}
		if !isTag(rest, tag) {
			continue
		}
		if open == 0 && closing {
			continue
		}
		if open == 0 {
			start = i
		} else if !closing && (tag == "item" || tag == "entry") {
			return start, i, broken
		}
		n := tagEnd(b[i:])
		if n < 0 {
			return start, 0, short
		}
		switch {
		case closing:
			open--
		case b[i+n-2] != '/':
			open++
		}
		i += n - 1
		if open == 0 {
			return start, i + 1, done
		}
	}
	if open > 0 {
		return start, 0, short
	}
	if i := bytes.LastIndexByte(b, '<'); i >= 0 && len(b)-i < 64 && !eof {
		return i, 0, short // the beginning of a tag
	}
	return 0, 0, done
}

func isTag(b []byte, tag string) bool {
	return len(b) > len(tag) && string(b[:len(tag)]) == tag && bytes.IndexByte([]byte(" \t\r\n/>"), b[len(tag)]) >= 0
}

// tagEnd returns the length of the tag at the beginning of b, past '>' and
// minding quoted attributes; -1 when it does not end in b.
func tagEnd(b []byte) int {
	quote := byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return -1
}

const (
	maxXMLDepth  = 20
	maxRowFields = 5000
)

// element reads one product: attributes and texts by their path below it.
func (x *xmlRows) element(b []byte) *record {
	r := &record{header: newHeader(nil), line: x.w.line, raw: rawOf(b), size: len(b)}
	dec := xml.NewDecoder(bytes.NewReader(printable(b)))
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	p := xmlPath{record: r}
	for {
		t, err := dec.Token()
		if err == io.EOF {
			return r
		}
		if err != nil || !p.take(t) {
			r.reject, r.because = codeBadXML, "it cannot be read as XML"
			if err != nil {
				r.because = clip(err.Error(), 200)
			}
			if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) {
				r.because = clip(syntax.Msg, 200)
			}
			return r
		}
	}
}

// xmlPath follows the tokens of one product.
type xmlPath struct {
	record *record
	names  []string
	texts  [][]byte
}

func (p *xmlPath) take(t xml.Token) bool {
	switch t := t.(type) {
	case xml.StartElement:
		if len(p.names) > maxXMLDepth || len(p.record.names) > maxRowFields {
			return false
		}
		p.names = append(p.names, t.Name.Local)
		p.texts = append(p.texts, nil)
		for _, a := range t.Attr {
			if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
				p.put(append(p.names[1:len(p.names):len(p.names)], a.Name.Local), a.Value)
			}
		}
	case xml.CharData:
		if len(p.texts) > 0 {
			last := len(p.texts) - 1
			p.texts[last] = append(p.texts[last], t...)
		}
	case xml.EndElement:
		last := len(p.names) - 1
		if last < 0 {
			return false
		}
		p.put(p.names[1:], string(p.texts[last]))
		p.names, p.texts = p.names[:last], p.texts[:last]
	}
	return true
}

func (p *xmlPath) put(names []string, text string) {
	if len(names) > 0 && strings.TrimSpace(text) != "" {
		p.record.add(strings.Join(names, "."))
		p.record.cells = append(p.record.cells, text)
	}
}

// printable replaces the control characters that XML forbids.
func printable(b []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, b)
}

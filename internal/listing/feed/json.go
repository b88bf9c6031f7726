package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// cutJSON follows the structure of JSON text without building anything, so
// that a value can be cut out, or skipped, however long it is.
type cutJSON struct {
	stack    []byte // closing brackets awaited
	inString bool
	escaped  bool
	scalar   bool // inside a number or word at the top
	begun    bool
}

const maxJSONDepth = 200

// feed reads on in b and returns how many bytes belong to the value and
// whether it has ended. broken: this cannot become JSON any more.
func (c *cutJSON) feed(b []byte) (n int, st status) {
	for i, ch := range b {
		switch {
		case c.inString:
			switch {
			case c.escaped:
				c.escaped = false
			case ch == '\\':
				c.escaped = true
			case ch == '"':
				c.inString = false
				if len(c.stack) == 0 {
					return i + 1, done
				}
			case ch == '\n':
				return i, broken
			}
		case c.scalar:
			if bytes.IndexByte([]byte(" \t\r\n,]}"), ch) >= 0 {
				return i, done
			}
		case ch == '"':
			c.inString, c.begun = true, true
		case ch == '{' || ch == '[':
			if len(c.stack) >= maxJSONDepth {
				return i, broken
			}
			c.begun = true
			c.stack = append(c.stack, ch+2) // '{' + 2 is '}', '[' + 2 is ']'
		case ch == '}' || ch == ']':
			if len(c.stack) == 0 || c.stack[len(c.stack)-1] != ch {
				return i, broken
			}
			if c.stack = c.stack[:len(c.stack)-1]; len(c.stack) == 0 {
				return i + 1, done
			}
		case ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n':
		case !c.begun:
			c.scalar, c.begun = true, true
		}
	}
	return len(b), short
}

// jsonRows cuts the objects of one array out of a JSON file, or takes the
// whole file as one object.
type jsonRows struct {
	w     *window
	name  string
	ended bool
	whole []byte // the first product when the file is one object, or several in a row
	bare  bool   // objects follow each other without a list around them
	inner bool   // the list stands inside an object
	seen  int
}

// listNames are keys under which feeds keep their products.
var listNames = map[string]bool{
	"products": true, "items": true, "data": true, "listings": true, "results": true, "goods": true, "records": true, "entries": true,
	"rows": true, "catalog": true, "catalogue": true, "feed": true, "response": true, "result": true, "payload": true, "list": true, "productlist": true, "graph": true, "itemlistelement": true, "nodes": true, "edges": true,
}

// openJSON moves the window to the first product. path is the mapping's
// "items": the keys that lead to the list.
func openJSON(w *window, name, path string) (*jsonRows, error) {
	j := &jsonRows{w: w, name: name}
	var keys []string
	if path = strings.TrimSuffix(path, "[]"); path != "" {
		keys = strings.Split(path, ".")
	}
	return j, j.enter(keys, len(keys) > 0, 0)
}

// enter goes into the value at the window: an array is the list; an object is
// looked through for one.
func (j *jsonRows) enter(keys []string, told bool, depth int) error {
	switch c := j.peek(); {
	case c == '[' && len(keys) == 0:
		j.inner = depth > 0
		j.w.discard(1)
		return nil
	case c == '{' && depth < 10:
		return j.search(keys, told, depth)
	}
	return unreadable(codeNoProducts, j.name, "")
}

// search goes through the keys of an object. Other values are kept in case
// the object turns out to be one product itself.
func (j *jsonRows) search(keys []string, told bool, depth int) error {
	j.w.discard(1)
	own := []byte{'{'}
	titled := false
	for {
		if c := j.peek(); c == '}' {
			j.w.discard(1)
			break
		} else if c == ',' {
			j.w.discard(1)
			continue
		}
		raw, err := j.value()
		var name string
		if err != nil || json.Unmarshal(raw, &name) != nil || j.peek() != ':' {
			return unreadable(codeBrokenFile, j.name, "line "+itoa(j.w.line))
		}
		j.w.discard(1)
		if rest, ok := leadsOn(name, keys, told); ok && j.holdsList(told && len(rest) > 0) {
			return j.enter(rest, told, depth+1)
		}
		value, err := j.value()
		if err != nil {
			return err
		}
		titled = titled || isTitle(name)
		if value == nil || len(own)+len(raw)+len(value) > j.w.max {
			continue
		}
		if len(own) > 1 {
			own = append(own, ',')
		}
		own = append(append(append(own, raw...), ':'), value...)
	}
	if told || !titled || depth > 0 {
		return unreadable(codeNoProducts, j.name, "")
	}
	j.whole, j.bare = append(own, '}'), true
	return nil
}

func isTitle(name string) bool {
	k := key(name)
	for _, t := range common[fieldTitle] {
		if k == t {
			return true
		}
	}
	return k == "type" || k == "context"
}

func leadsOn(name string, keys []string, told bool) (rest []string, ok bool) {
	if told {
		if len(keys) > 0 && key(name) == key(keys[0]) {
			return keys[1:], true
		}
		return nil, false
	}
	return nil, listNames[key(name)]
}

// holdsList reports whether the value at the window is a list of objects, or
// an object that may hold one further down.
func (j *jsonRows) holdsList(path bool) bool {
	switch j.peek() {
	case '{':
		return true
	case '[':
		if path {
			return false
		}
		b := j.w.fill(4096)[1:]
		b = bytes.TrimLeft(b, " \t\r\n")
		return len(b) > 0 && (b[0] == '{' || b[0] == ']')
	}
	return false
}

// peek skips blanks and returns the next byte, or 0 at the end.
func (j *jsonRows) peek() byte {
	for {
		b := j.w.bytes()
		n := 0
		for n < len(b) && (b[n] == ' ' || b[n] == '\t' || b[n] == '\r' || b[n] == '\n') {
			n++
		}
		j.w.discard(n)
		if n < len(b) {
			return b[n]
		}
		if !j.w.more() {
			return 0
		}
	}
}

// value cuts the value at the window out; nil when it is longer than a row
// may be and was skipped.
func (j *jsonRows) value() ([]byte, error) {
	j.peek()
	var cut cutJSON
	read, tooLong := 0, false
	for {
		n, st := cut.feed(j.w.bytes()[read:])
		read += n
		switch {
		case st == broken:
			return nil, unreadable(codeBrokenFile, j.name, "line "+itoa(j.w.line+bytes.Count(j.w.bytes()[:read], []byte("\n"))))
		case st == done || st == short && cut.scalar && j.w.eof:
			raw := append([]byte(nil), j.w.bytes()[:read]...)
			j.w.discard(read)
			if tooLong {
				return nil, nil
			}
			return raw, nil
		case j.w.more():
		case j.w.eof:
			return nil, unreadable(codeBrokenFile, j.name, "it ends inside a value that began at line "+itoa(j.w.line))
		default:
			tooLong = true
			j.w.discard(read)
			read = 0
		}
	}
}

// next returns the raw JSON of the next product and its ordinal; nil raw with
// no error is a product that was too long.
func (j *jsonRows) next() (raw []byte, ordinal int, err error) {
	if j.ended {
		return nil, 0, io.EOF
	}
	if raw = j.whole; raw != nil {
		j.whole = nil
		j.seen++
		return raw, j.seen, nil
	}
	for {
		switch c := j.peek(); {
		case c == ',', c == '[' && j.bare:
			j.w.discard(1)
		case c == ']':
			j.w.discard(1)
			if j.inner {
				j.ended = true
				return nil, 0, io.EOF
			}
			j.bare = true // another list may follow
		case c == 0 && j.w.err != nil:
			return nil, 0, j.w.err
		case c == 0 && j.bare:
			return nil, 0, io.EOF
		case c == 0:
			return nil, 0, unreadable(codeBrokenFile, j.name, "the list is not closed")
		default:
			j.seen++
			raw, err := j.value()
			return raw, j.seen, err
		}
	}
}

package feed

import (
	"strings"
	"unicode"
)

// value is a text with the place it came from.
type value struct {
	text   string
	column string // as the file names it
	line   int
}

func (v value) empty() bool { return v.text == "" }

// header holds the column names of a row and finds them by key.
type header struct {
	names []string
	index map[string][]int // key(name) -> positions, in file order
}

func newHeader(names []string) *header {
	h := &header{index: make(map[string][]int, len(names))}
	for _, n := range names {
		h.add(n)
	}
	return h
}

func (h *header) add(name string) {
	h.names = append(h.names, clip(strings.TrimSpace(name), 120))
	k := key(name)
	h.index[k] = append(h.index[k], len(h.names)-1)
}

func (h *header) has(keys ...string) bool {
	for _, k := range keys {
		if len(h.index[k]) == 0 {
			return false
		}
	}
	return true
}

func (h *header) hasAny(keys ...string) bool {
	for _, k := range keys {
		if len(h.index[k]) > 0 {
			return true
		}
	}
	return false
}

// record is one row by column name, whatever the file looked like: a line of
// a table, an XML element, a JSON object with its paths as names.
type record struct {
	*header
	cells   []string
	line    int
	raw     string   // beginning of the original
	size    int      // bytes of the original
	notes   []string // codes of warnings found while cutting the row out
	reject  string   // code, when the row could not be cut out
	because string   // detail for the reject
}

func (r *record) at(i int) value {
	if i >= len(r.cells) {
		return value{}
	}
	return value{text: strings.TrimSpace(r.cells[i]), column: r.names[i], line: r.line}
}

// get returns the first non-empty value of the keys, in the order of the keys.
func (r *record) get(keys ...string) value {
	for _, k := range keys {
		for _, i := range r.index[k] {
			if v := r.at(i); !v.empty() {
				return v
			}
		}
	}
	return value{}
}

// all returns every non-empty value of the key.
func (r *record) all(k string) []value {
	var vs []value
	for _, i := range r.index[k] {
		if v := r.at(i); !v.empty() {
			vs = append(vs, v)
		}
	}
	return vs
}

// key makes names comparable: "g:image_link", "Image Link", "imageLink" and
// "image[].link" are one. Letters and digits are kept, in lower case.
func key(name string) string {
	name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	name = strings.TrimPrefix(strings.TrimPrefix(name, "g:"), "c:")
	if base, lang, ok := strings.Cut(name, ":"); ok && len(lang) == 2 {
		name = base // "name:en"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

const rawBytes = 2 << 10

// rawOf keeps the beginning of an original row for the rejects file.
func rawOf(b []byte) string {
	return strings.ToValidUTF8(clip(string(b[:min(len(b), rawBytes+4)]), rawBytes), "\ufffd")
}

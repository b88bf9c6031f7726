// Package explain lays a verdict out for eyes: where in the text, where in the
// picture, and in which words.
package explain

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"assay/internal/signal"
)

// Segment is a stretch of a text that is shown in one way.
type Segment struct {
	Text   string
	Mark   bool   // something was found here
	Hidden string // code point of a character that is not to be seen, e.g. "U+200B"
	Cut    bool   // text was left out here
}

// around is how much text around a find is shown of a long text, in bytes.
const around = 160

// Segments cuts a text at the borders of its spans. Spans come from stored
// data: overlapping ones join, and those outside the text or inside a
// character are moved to where they make sense.
func Segments(text string, spans []signal.Span) []Segment {
	var out []Segment
	at := 0
	for _, m := range merge(text, spans) {
		out = appendText(out, text[at:m.start], false)
		out = appendText(out, text[m.start:m.end], true)
		at = m.end
	}
	return appendText(out, text[at:], false)
}

type stretch struct{ start, end int }

// merge brings spans into order, inside the text, on character borders, and
// without overlap.
func merge(text string, spans []signal.Span) []stretch {
	var list []stretch
	for _, s := range spans {
		m := stretch{backToRune(text, s.Start), onToRune(text, s.End)}
		if m.start < m.end {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b stretch) int { return a.start - b.start })
	var out []stretch
	for _, m := range list {
		if n := len(out); n > 0 && m.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, m.end)
			continue
		}
		out = append(out, m)
	}
	return out
}

func backToRune(text string, i int) int {
	i = max(0, min(i, len(text)))
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

func onToRune(text string, i int) int {
	i = max(0, min(i, len(text)))
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

// appendText adds text, with characters that hide or turn the reading order
// made visible: sellers use them to disguise words.
func appendText(out []Segment, text string, mark bool) []Segment {
	from := 0
	for i, r := range text {
		if !unseen(r) {
			continue
		}
		if i > from {
			out = append(out, Segment{Text: text[from:i], Mark: mark})
		}
		out = append(out, Segment{Hidden: fmt.Sprintf("U+%04X", r), Mark: mark})
		from = i + utf8.RuneLen(r)
	}
	if from < len(text) {
		out = append(out, Segment{Text: text[from:], Mark: mark})
	}
	return out
}

// unseen reports characters that take no room or change the direction of
// what follows. The joiner is left alone: emoji are made with it.
func unseen(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '\u200d', r == utf8.RuneError:
		return false
	case r == '\u00ad', r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0':
		return true
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r)
}

// Plain is a text for one line of a table: hidden characters become a visible
// sign, so that they cannot reorder what stands beside them.
func Plain(text string) string {
	if !slices.ContainsFunc([]rune(text), unseen) {
		return text
	}
	out := make([]rune, 0, len(text))
	for _, r := range text {
		if unseen(r) {
			r = '\u25cc'
		}
		out = append(out, r)
	}
	return string(out)
}

// Digest leaves out what lies far from any find of a long text.
func Digest(all []Segment) []Segment {
	var out []Segment
	for i, s := range all {
		if s.Mark || s.Hidden != "" || len(s.Text) <= 2*around {
			out = append(out, s)
			continue
		}
		head, tail := s.Text[:backToRune(s.Text, around)], s.Text[onToRune(s.Text, len(s.Text)-around):]
		if i > 0 {
			out = append(out, Segment{Text: head})
		}
		out = append(out, Segment{Cut: true})
		if i < len(all)-1 {
			out = append(out, Segment{Text: tail})
		}
	}
	return out
}

// Found shows words that have no text around them, such as those read in a
// picture.
func Found(spans []signal.Span) []Segment {
	var out []Segment
	for i, s := range spans {
		if i > 0 {
			out = append(out, Segment{Text: " \u00b7 "})
		}
		out = appendText(out, s.Text, true)
	}
	return out
}

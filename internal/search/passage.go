package search

import (
	"unicode/utf8"

	"assay/internal/match/lexicon"
)

// around is how much text is shown on either side of a find, in bytes.
const around = 120

// passages cuts from each field in which something was found the piece from
// the first find to the last, with some text around, but not much more than
// maxPassage bytes.
func passages(fields []lexicon.Field, matches []Match) []Passage {
	var out []Passage
	for _, f := range fields {
		start, end := -1, -1
		for _, m := range matches {
			for _, s := range m.Spans {
				if s.Field != f.Name {
					continue
				}
				if start < 0 || s.Start < start {
					start = s.Start
				}
				end = max(end, s.End)
			}
		}
		if start < 0 {
			continue
		}
		end = min(end, start+maxPassage)
		a, b := runeStart(f.Text, start-around), runeStart(f.Text, end+around)
		out = append(out, Passage{Field: f.Name, Start: a, Text: f.Text[a:b], Whole: a == 0 && b == len(f.Text)})
	}
	return out
}

const maxPassage = 600

// runeStart is the place of the character that byte i of the text is part of.
func runeStart(text string, i int) int {
	i = max(0, min(i, len(text)))
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

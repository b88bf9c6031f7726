package ocr

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// label is one output of the network: the blank of CTC, a jamo by position, a
// letter, a mark, or a Hanzi.
type label uint16

const (
	blank label = 0
	// anyHanzi is the name of the alphabet's last output: some Hanzi, and the
	// second head says which.
	anyHanzi = "<han>"
)

// labels are what the network can say.
type labels struct {
	runes    []rune
	alphabet int              // outputs of the first head
	of       map[rune][]label // labels that count as a symbol of a phrase, either case
	twins    map[rune][]label // labels drawn like a Hanzi, which may be read for it
	quiet    []bool           // blank, space and marks, which no phrase is made of
}

// hanziOf are the marks and kana that are drawn like a Hanzi.
var hanziOf = map[rune]rune{
	'-': '一', 'ー': '一', '+': '十', 'ロ': '口', 'ニ': '二', 'カ': '力', 'エ': '工', 'ハ': '八', 'タ': '夕', 'ト': '卜', 'オ': '才',
}

// readLabels reads labels.txt: the blank first, one label a line.
func readLabels(text string) (*labels, error) {
	l := &labels{of: map[rune][]label{}, twins: map[rune][]label{}}
	for name := range strings.Lines(text) {
		name = strings.TrimSuffix(name, "\n")
		n := label(len(l.runes))
		r, size := utf8.DecodeRuneInString(name)
		switch {
		case n == blank:
			r = 0
		case name == anyHanzi:
			l.alphabet, r = len(l.runes)+1, 0
		case size != len(name) || size == 0:
			return nil, errors.New("ocr: labels are single letters")
		}
		if h := hanziOf[r]; h != 0 {
			l.twins[h] = append(l.twins[h], n)
		}
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if letter {
			l.of[unicode.ToLower(r)] = append(l.of[unicode.ToLower(r)], n)
		}
		l.runes, l.quiet = append(l.runes, r), append(l.quiet, !letter)
	}
	if l.alphabet == 0 || len(l.runes) <= l.alphabet || len(l.runes) > 1<<16 {
		return nil, errors.New("ocr: labels lack the Hanzi")
	}
	return l, nil
}

// hanzi says whether n is an output of the second head.
func (l *labels) hanzi(n label) bool { return int(n) >= l.alphabet }

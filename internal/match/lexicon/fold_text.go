package lexicon

import "sync"

// Folded is one letter of a text as the matcher reads it: case, width, accents
// and look-alikes are taken away, syllables are taken apart. Start and End are
// byte offsets of its rune in the text; several letters may share a rune.
type Folded struct {
	Letter     uint16
	Start, End int
	Break      bool // a space, punctuation or a picture stands before it
}

var readers = sync.Pool{New: func() any { return newSkeletonizer() }}

// Fold reads a text to its letters, for whoever compares wordings without
// looking for names. It is safe for concurrent use and linear in len(text).
func Fold(text string) []Folded {
	k := readers.Get().(*skeletonizer)
	defer readers.Put(k)
	list := k.read(text, false)
	out := make([]Folded, len(list))
	for i, s := range list {
		out[i] = Folded{Letter: s.base, Start: int(s.at), End: s.end(text), Break: s.flag&gapHard != 0 || i == 0}
	}
	return out
}

package lexicon

// Bare is the matcher by itself: no skeleton, no near misses, no score. It is
// there to be measured beside other matchers (scripts/compare).
type Bare struct{ auto *automaton }

// Letters is a text that was read to its skeleton.
type Letters struct{ syms []symbol }

// NewBare compiles names to a matcher. It fails if they are too many for one.
func NewBare(names []string) (*Bare, error) {
	k := newSkeletonizer()
	patterns := make([][]uint16, len(names))
	for i, n := range names {
		for _, s := range k.read(n, false) {
			patterns[i] = append(patterns[i], s.base)
		}
	}
	a, err := newAutomaton(patterns, lossy)
	if err != nil {
		return nil, err
	}
	return &Bare{a}, nil
}

// ReadLetters reads a text once, so that matching can be timed without it.
func ReadLetters(text string) Letters { return Letters{newSkeletonizer().read(text, false)} }

// String writes the letters as the matcher compares them, for matchers that
// read text.
func (l Letters) String() string {
	out := make([]rune, len(l.syms))
	for i, s := range l.syms {
		out[i] = rune(lossy(s.base))
	}
	return string(out)
}

// Count is how many names stand in the letters, overlapping ones included.
func (b *Bare) Count(l Letters) int {
	n := 0
	b.auto.find(l.syms, func(int32, int) { n++ })
	return n
}

// Bytes is the memory of the matcher.
func (b *Bare) Bytes() int { return b.auto.bytes() }

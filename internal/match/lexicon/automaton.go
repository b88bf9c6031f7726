package lexicon

// An automaton finds all of many patterns in one pass: Aho and Corasick's
// machine (CACM 18(6), 1975) in a double array (Aoe, IEEE TSE 15(9), 1989) over
// an alphabet that holds only the letters that occur in patterns. Many names
// make it larger than the near caches, so a state is one word: no two states
// share a base, so that a letter tells whose child a cell is. Failure links
// skip suffixes that cannot help, and behind them the last two letters give
// the state. Immutable.
type automaton struct {
	class []uint16 // symbol -> letter; 0: in no pattern
	cells []cell
	heads []int32  // by state: its first output
	outs  []output // 0 unused
	// pairs leads from the common letters p and c, at p*commonLetters+c, to the
	// state after both, whatever stood before them; 0 if it is c alone.
	pairs []int32
}

// commonLetters is how many letters have pairs: all of Latin and Hangul.
const commonLetters = 128

// A cell is a state: the letter that leads to it, where its children begin,
// its failure link (0: to one letter or none) and whether patterns end in it.
type cell uint64

const (
	stateBits = 23
	maxStates = 1 << stateBits // also of children's cells
	baseShift = 16
	failShift = baseShift + stateBits
	endBit    = cell(1) << (failShift + stateBits)
)

func (c cell) letter() uint16 { return uint16(c) }
func (c cell) base() uint32   { return uint32(c>>baseShift) & (maxStates - 1) }
func (c cell) fail() int32    { return int32(c>>failShift) & (maxStates - 1) }

// An output is a pattern of n letters that ends in a state; next leads to
// shorter ones.
type output struct {
	pattern, n, next int32
}

// child is the state that letter c leads to from s itself; 0 if there is none.
func (a *automaton) child(s int32, c uint16) int32 {
	if t := a.cells[s].base() + uint32(c); int(t) < len(a.cells) && a.cells[t].letter() == c {
		return int32(t)
	}
	return 0
}

// next is the state after letter c, where s is the state after letter last. A
// single letter in which no pattern ends is state 0, as no letter is.
func (a *automaton) next(s int32, last, c uint16) int32 {
	cells := a.cells
	for s != 0 {
		w := cells[s]
		if t := w.base() + uint32(c); int(t) < len(cells) && cells[t].letter() == c {
			return int32(t)
		}
		s = w.fail()
	}
	if last < commonLetters && c < commonLetters {
		return a.pairs[uint(last)*commonLetters+uint(c)]
	}
	return a.afterPair(last, c)
}

// afterPair is the state after letters last and c, whatever stood before.
func (a *automaton) afterPair(last, c uint16) int32 {
	if last != 0 {
		if s := a.child(0, last); s != 0 {
			if t := a.child(s, c); t != 0 {
				return t
			}
		}
	}
	if t := a.child(0, c); a.cells[t]&endBit != 0 {
		return t
	}
	return 0
}

// find calls yield for every pattern that ends at symbol end, in the order of
// the text, longest first.
func (a *automaton) find(text []symbol, yield func(pattern int32, end int)) {
	s, last := int32(0), uint16(0)
	for i := range text {
		c := a.class[text[i].base]
		if c == 0 {
			s, last = 0, 0
			continue
		}
		s = a.next(s, last, c)
		last = c
		if s != 0 && a.cells[s]&endBit != 0 {
			for o := a.heads[s]; o != 0; o = a.outs[o].next {
				yield(a.outs[o].pattern, i)
			}
		}
	}
}

// bytes is the memory the machine holds.
func (a *automaton) bytes() int {
	return len(a.class)*2 + cap(a.cells)*8 + cap(a.heads)*4 + cap(a.outs)*12 + len(a.pairs)*4
}

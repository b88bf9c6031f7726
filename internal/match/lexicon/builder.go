package lexicon

import (
	"cmp"
	"errors"
	"slices"
)

// A builder makes an automaton.
type builder struct {
	a      *automaton
	coded  [][]uint16 // patterns in letters
	order  []int32    // patterns, sorted
	states []sketch
	taken  []bool  // bases that a state has
	free   int32   // no free cell lies before it
	bfs    []int32 // states in order of depth
}

// A sketch is a state under construction.
type sketch struct {
	base, check, fail, out int32
	kids                   int32  // ways that lead on
	kid                    uint16 // the first one's letter
	depth                  uint8  // 2 for more
}

const noState = -1

// errTooMany says that the patterns do not fit one automaton.
var errTooMany = errors.New("lexicon: too many wordings for one matcher")

// newAutomaton builds the machine. Patterns are symbol strings; equal ones and
// empty ones (never found) are allowed. fold merges symbols (see lossy).
func newAutomaton(patterns [][]uint16, fold func(uint16) uint16) (*automaton, error) {
	a := &automaton{class: letterClasses(patterns, fold), outs: make([]output, 1, len(patterns)+1)}
	b := &builder{a: a, coded: make([][]uint16, len(patterns)), order: make([]int32, 0, len(patterns))}
	total := 0
	for i := range patterns {
		total += len(patterns[i])
	}
	arena := make([]uint16, 0, total)
	for i, p := range patterns {
		if len(p) == 0 {
			continue
		}
		start := len(arena)
		for _, s := range p {
			arena = append(arena, a.class[s])
		}
		b.coded[i] = arena[start:len(arena):len(arena)]
		b.order = append(b.order, int32(i))
	}
	slices.SortFunc(b.order, func(x, y int32) int {
		return cmp.Or(slices.Compare(b.coded[x], b.coded[y]), cmp.Compare(x, y))
	})
	b.place()
	if len(b.states) > maxStates {
		return nil, errTooMany
	}
	b.link()
	b.shorten()
	b.pack()
	return a, nil
}

// letterClasses numbers letters by falling frequency, so that common ones lie
// close together.
func letterClasses(patterns [][]uint16, fold func(uint16) uint16) []uint16 {
	count := make([]int, 1<<16)
	for _, p := range patterns {
		for _, s := range p {
			count[fold(s)]++
		}
	}
	var used []uint16
	for s, n := range count {
		if n > 0 {
			used = append(used, uint16(s))
		}
	}
	slices.SortStableFunc(used, func(x, y uint16) int { return cmp.Compare(count[y], count[x]) })
	class := make([]uint16, 1<<16)
	for i, s := range used {
		class[s] = uint16(i + 1)
	}
	for s := range class {
		class[s] = class[fold(uint16(s))]
	}
	return class
}

// node is a state and the sorted patterns that pass through it.
type node struct {
	state  int32
	lo, hi int32
	depth  int32
}

// place lays the trie out breadth first.
func (b *builder) place() {
	b.grow(1)
	b.states[0].check = 0
	b.free = 1
	queue := []node{{0, 0, int32(len(b.order)), 0}}
	var kids []node
	var letters []uint16
	for head := 0; head < len(queue) && len(b.states) <= maxStates; head++ {
		n := queue[head]
		b.bfs = append(b.bfs, n.state)
		kids, letters = b.children(n, kids[:0], letters[:0])
		if len(kids) == 0 {
			continue
		}
		base := b.fit(letters)
		b.taken[base] = true
		s := &b.states[n.state]
		s.base, s.kids, s.kid = base, int32(len(kids)), letters[0]
		for i, k := range kids {
			k.state = base + int32(letters[i])
			b.states[k.state].check = n.state
			b.states[k.state].depth = uint8(min(k.depth, 2))
			queue = append(queue, k)
		}
		if head > 4096 && head*2 > len(queue) {
			queue = append(queue[:0], queue[head+1:]...)
			head = -1
		}
	}
}

// children splits a node by its next letter and emits patterns that end here.
func (b *builder) children(n node, kids []node, letters []uint16) ([]node, []uint16) {
	lo := n.lo
	for lo < n.hi && int32(len(b.coded[b.order[lo]])) == n.depth {
		s := &b.states[n.state]
		b.a.outs = append(b.a.outs, output{b.order[lo], n.depth, s.out})
		s.out = int32(len(b.a.outs) - 1)
		lo++
	}
	for lo < n.hi {
		c := b.coded[b.order[lo]][n.depth]
		hi := lo + 1
		for hi < n.hi && b.coded[b.order[hi]][n.depth] == c {
			hi++
		}
		kids = append(kids, node{0, lo, hi, n.depth + 1})
		letters = append(letters, c)
		lo = hi
	}
	return kids, letters
}

func (b *builder) grow(n int) {
	for len(b.states) < n {
		b.states = append(b.states, sketch{check: noState})
		b.taken = append(b.taken, false)
	}
}

// fit finds a base that no state has, at which all letters fall on free cells.
func (b *builder) fit(letters []uint16) int32 {
	first, last := int32(letters[0]), int32(letters[len(letters)-1])
	b.grow(int(b.free) + 1)
	for b.states[b.free].check != noState {
		b.free++
		b.grow(int(b.free) + 1)
	}
	tries := 0
	for cell := max(b.free, first+1); ; cell++ {
		base := cell - first
		b.grow(int(base+last) + 1)
		if b.states[cell].check == noState && !b.taken[base] && b.fits(base, letters) {
			if tries > 256 && cell > b.free { // the front has become dense: leave it
				b.free += (cell - b.free) / 4
			}
			return base
		}
		tries++
	}
}

func (b *builder) fits(base int32, letters []uint16) bool {
	for _, c := range letters[1:] {
		if b.states[base+int32(c)].check != noState {
			return false
		}
	}
	return true
}

// link sets failure links and joins outputs to those of shorter suffixes.
func (b *builder) link() {
	for _, s := range b.bfs[1:] {
		parent := b.states[s].check
		f := int32(0)
		if parent != 0 {
			f = b.step(b.states[parent].fail, uint16(s-b.states[parent].base))
		}
		st := &b.states[s]
		st.fail = f
		if st.out == 0 {
			st.out = b.states[f].out
			continue
		}
		tail := st.out
		for b.a.outs[tail].next != 0 {
			tail = b.a.outs[tail].next
		}
		b.a.outs[tail].next = b.states[f].out
	}
}

// step follows letter c (not 0) from state s over unshortened links.
func (b *builder) step(s int32, c uint16) int32 {
	for {
		if b.goesOn(s, c) {
			return b.states[s].base + int32(c)
		}
		if s == 0 {
			return 0
		}
		s = b.states[s].fail
	}
}

func (b *builder) goesOn(s int32, c uint16) bool {
	t := b.states[s].base + int32(c)
	return b.states[s].kids > 0 && int(t) < len(b.states) && b.states[t].check == s
}

// shorten leads failure links past suffixes that cannot go on in another way
// than the state itself, and to 0 where they end at one letter or none.
func (b *builder) shorten() {
	b.a.pairs = b.pairs()
	for _, s := range b.bfs[1:] {
		f := b.states[s].fail
		for b.states[f].depth > 1 && b.useless(s, f) {
			f = b.states[f].fail
		}
		if b.states[f].depth <= 1 {
			f = 0
		}
		b.states[s].fail = f
	}
}

// useless reports whether suffix f of state s goes on with no other letter
// than s does.
func (b *builder) useless(s, f int32) bool {
	k := &b.states[f]
	return k.kids == 0 || k.kids == 1 && b.goesOn(s, k.kid)
}

// pairs fills the table of letter pairs.
func (b *builder) pairs() []int32 {
	out := make([]int32, commonLetters*commonLetters)
	for p := range uint16(commonLetters) {
		first := int32(0)
		if p > 0 {
			first = b.step(0, p)
		}
		for c := uint16(1); c < commonLetters; c++ {
			if s := b.step(first, c); b.states[s].depth > 1 || b.states[s].out != 0 {
				out[int(p)*commonLetters+int(c)] = s
			}
		}
	}
	return out
}

// pack writes the states as cells.
func (b *builder) pack() {
	b.a.cells = make([]cell, len(b.states))
	b.a.heads = make([]int32, len(b.states))
	for i, s := range b.states {
		if s.check == noState {
			continue
		}
		c := cell(s.base)<<baseShift | cell(s.fail)<<failShift
		if i > 0 {
			c |= cell(i-int(b.states[s.check].base)) & 0xFFFF
		}
		if s.out != 0 {
			c |= endBit
		}
		b.a.cells[i], b.a.heads[i] = c, s.out
	}
}

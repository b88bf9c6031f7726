package lexicon

import (
	"cmp"
	"slices"
)

// An automaton finds all of many patterns in one pass: Aho and Corasick's
// machine (CACM 18(6), 1975) in a double array (Aoe, IEEE TSE 15(9), 1989) over
// an alphabet that holds only the letters that occur in patterns. Immutable.
type automaton struct {
	class  []uint16 // symbol -> letter; 0: in no pattern
	states []state
	outs   []output // 0 unused
}

// A state's base, check, failure link and first output share a cache line.
type state struct {
	base, check, fail, out int32
}

// An output is a pattern that ends in a state; next leads to shorter ones.
type output struct {
	pattern int32
	next    int32
}

const noState = -1

// newAutomaton builds the machine. Patterns are symbol strings; equal ones and
// empty ones (never found) are allowed. fold merges symbols (see lossy).
func newAutomaton(patterns [][]uint16, fold func(uint16) uint16) *automaton {
	a := &automaton{class: letterClasses(patterns, fold), outs: make([]output, 1, len(patterns)+1)}
	order := make([]int32, 0, len(patterns))
	coded := make([][]uint16, len(patterns))
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
		coded[i] = arena[start:len(arena):len(arena)]
		order = append(order, int32(i))
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(slices.Compare(coded[x], coded[y]), cmp.Compare(x, y))
	})
	b := &builder{a: a, coded: coded, order: order}
	b.place()
	b.link()
	a.states = append(make([]state, 0, len(a.states)), a.states...) // without slack
	return a
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

type builder struct {
	a     *automaton
	coded [][]uint16
	order []int32 // patterns, sorted
	free  int32   // no free cell lies before it
	bfs   []int32 // states in order of depth
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
	b.a.states[0].check = 0
	b.free = 1
	queue := []node{{0, 0, int32(len(b.order)), 0}}
	var kids []node
	var letters []uint16
	for head := 0; head < len(queue); head++ {
		n := queue[head]
		b.bfs = append(b.bfs, n.state)
		kids, letters = b.children(n, kids[:0], letters[:0])
		if len(kids) == 0 {
			continue
		}
		base := b.fit(letters)
		b.a.states[n.state].base = base
		for i, k := range kids {
			k.state = base + int32(letters[i])
			b.a.states[k.state].check = n.state
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
		s := &b.a.states[n.state]
		b.a.outs = append(b.a.outs, output{b.order[lo], s.out})
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
	for len(b.a.states) < n {
		b.a.states = append(b.a.states, state{check: noState})
	}
}

// fit finds a base at which all letters fall on free cells.
func (b *builder) fit(letters []uint16) int32 {
	first, last := int32(letters[0]), int32(letters[len(letters)-1])
	b.grow(int(b.free) + 1)
	for b.a.states[b.free].check != noState {
		b.free++
		b.grow(int(b.free) + 1)
	}
	tries := 0
	for cell := max(b.free, first+1); ; cell++ {
		base := cell - first
		b.grow(int(base+last) + 1)
		if b.a.states[cell].check == noState && b.fits(base, letters) {
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
		if b.a.states[base+int32(c)].check != noState {
			return false
		}
	}
	return true
}

// link sets failure links and joins outputs to those of shorter suffixes.
func (b *builder) link() {
	a := b.a
	for _, s := range b.bfs[1:] {
		parent := a.states[s].check
		c := uint16(s - a.states[parent].base)
		f := int32(0)
		if parent != 0 {
			f = a.step(a.states[parent].fail, c)
		}
		a.states[s].fail = f
		if a.states[s].out == 0 {
			a.states[s].out = a.states[f].out
			continue
		}
		tail := a.states[s].out
		for a.outs[tail].next != 0 {
			tail = a.outs[tail].next
		}
		a.outs[tail].next = a.states[f].out
	}
	for i := range a.states {
		if a.states[i].check == noState {
			a.states[i].base = 0
		}
	}
}

// step follows letter c (not 0) from state s.
func (a *automaton) step(s int32, c uint16) int32 {
	for {
		st := &a.states[s]
		if t := st.base + int32(c); uint(t) < uint(len(a.states)) && a.states[t].check == s && t != 0 {
			return t
		}
		if s == 0 {
			return 0
		}
		s = st.fail
	}
}

// find calls yield for every pattern that ends at symbol end, longest first,
// in the order of the text.
func (a *automaton) find(text []symbol, yield func(pattern int32, end int)) {
	s := int32(0)
	for i := range text {
		c := a.class[text[i].base]
		if c == 0 {
			s = 0
			continue
		}
		s = a.step(s, c)
		for o := a.states[s].out; o != 0; o = a.outs[o].next {
			yield(a.outs[o].pattern, i)
		}
	}
}

// bytes is the memory the machine holds.
func (a *automaton) bytes() int {
	return len(a.class)*2 + cap(a.states)*16 + cap(a.outs)*8
}

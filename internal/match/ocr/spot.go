package ocr

import (
	"slices"
	"unicode"
)

// How well a trace must bear a sentence out, in nats a symbol behind the
// likeliest reading. The distances to other sentences and within words are
// those that a brand in the same sentence makes.
const (
	mostPenalty  = 1.45 // of the whole sentence
	hanPenalty   = 2.2  // of one in Hanzi, whose symbols say more
	wordPenalty  = 1.95 // of one word
	latinWord    = 1.3  // of one in Latin letters, which are less often in doubt
	windowMost   = 2.1  // of any clusterLength symbols
	hanPair      = 6.0  // of two neighbouring Hanzi: one may be lost, but not both
	hanTotal     = 15   // nats in all: one lost Hanzi and some doubt
	spotLead     = 0.15 // over the next sentence
	leastSure    = 0.40 // confidence where the sentence stands: where nothing is clear, any is cheap
	hanSure      = 0.25
	unclear      = 0.55 // confidence below which less is forgiven, but for Hanzi
	unclearMost  = 0.8  // penalty then
	dim          = 0.70 // confidence below which the lead must be greater
	dimLead      = 0.3
	spotDoubtful = 3.0     // worth another look
	twin         = nat / 2 // for a mark or a letter of another script that is drawn like a Hanzi
	unknown      = 2       // nats for a Hanzi that the network never learnt, on top of the best one's
)

// spotted is how a sentence lies in a trace.
type spotted struct {
	row      int32
	penalty  float64   // nats a symbol
	costs    []float64 // of every symbol, in nats
	from, to int       // frames
}

// symbolCosts is what every distinct symbol of a sentence costs in every
// frame; the last column is a gap.
type symbolCosts struct {
	columns int
	of      []int // column of each symbol of the sentence
	costs   []int32
}

// claim says that a label stands for a column, at a cost on top.
type claim struct {
	column int
	extra  int32
}

func (s *sentence) price(t *Trace, l *labels) symbolCosts {
	claims := map[label][]claim{}
	var strangers []int
	c := symbolCosts{of: make([]int, len(s.syms))}
	first := map[rune]int{}
	for i, r := range s.syms {
		k, seen := first[r]
		if !seen {
			k = c.columns
			c.columns++
			first[r] = k
			for _, n := range l.of[r] {
				claims[n] = append(claims[n], claim{column: k})
			}
			for _, n := range l.twins[r] {
				claims[n] = append(claims[n], claim{k, twin})
			}
			if len(l.of[r]) == 0 && unicode.Is(unicode.Han, r) {
				strangers = append(strangers, k)
			}
		}
		c.of[i] = k
	}
	c.columns++
	c.costs = make([]int32, c.columns*len(t.frames))
	for i, f := range t.frames {
		row := c.costs[i*c.columns:][:c.columns]
		for k := range row {
			row[k] = beyond
		}
		for _, x := range f.choices {
			for _, c := range claims[x.label] {
				row[c.column] = min(row[c.column], int32(x.cost)+c.extra)
			}
			if l.quiet[x.label] && x.label != label(l.alphabet-1) {
				row[c.columns-1] = min(row[c.columns-1], int32(x.cost))
			}
			if l.hanzi(x.label) {
				for _, k := range strangers {
					row[k] = min(row[k], int32(x.cost)+unknown*nat)
				}
			}
		}
	}
	return c
}

// spot lays the sentence into the trace as cheaply as it can (Viterbi 1967),
// beginning and ending anywhere. ok is false when the trace is too short.
func (s *sentence) spot(t *Trace, l *labels) (out spotted, ok bool) {
	n := len(s.syms)
	price := s.price(t, l)
	const far = 1 << 28
	states := 2*n - 1 // symbol, gap, symbol ... symbol
	score, next := make([]int32, states), make([]int32, states)
	steps := make([]uint8, states*len(t.frames))
	for i := range score {
		score[i] = far
	}
	best, end := int32(far), -1
	for f := range t.frames {
		row := price.costs[f*price.columns:][:price.columns]
		back := steps[f*states:][:states]
		for i := range states {
			from, step := score[i], uint8(0)
			if i > 0 && score[i-1] < from {
				from, step = score[i-1], 1
			}
			if i > 1 && i%2 == 0 && s.syms[i/2] != s.syms[i/2-1] && score[i-2] < from {
				from, step = score[i-2], 2
			}
			if i == 0 && from > 0 {
				from, step = 0, 3 // begins here
			}
			cost := row[price.columns-1]
			if i%2 == 0 {
				cost = row[price.of[i/2]]
			}
			next[i], back[i] = min(from+cost, far), step
		}
		score, next = next, score
		if v := score[states-1]; v < best {
			best, end = v, f
		}
	}
	if end < 0 || best >= far {
		return out, false
	}
	out = spotted{penalty: float64(best) / float64(nat*n), costs: make([]float64, n), to: end + 1}
	for i, f := states-1, end; f >= 0; f-- {
		row := price.costs[f*price.columns:][:price.columns]
		cost := row[price.columns-1]
		if i%2 == 0 {
			cost = row[price.of[i/2]]
		}
		out.costs[i/2] += float64(cost) / nat
		out.from = f
		step := steps[f*states+i]
		if step == 3 {
			break
		}
		i -= int(step)
	}
	return out, true
}

// accepted says whether the sentence is borne out as a whole and in every
// part: one missed word may be the only one that matters.
func (c *spotted) accepted(s *sentence) bool {
	if s.han {
		return c.penalty <= hanPenalty && c.worst(2) <= hanPair && total(c.costs) <= hanTotal
	}
	if c.penalty > mostPenalty || c.worst(clusterLength) > windowMost {
		return false
	}
	for i, from := range s.words {
		to := len(s.syms)
		if i+1 < len(s.words) {
			to = s.words[i+1]
		}
		limit := wordPenalty
		if s.syms[from] < 0x1100 {
			limit = latinWord
		}
		if to-from >= shortWord && total(c.costs[from:to]) > limit*float64(to-from) {
			return false
		}
	}
	return true
}

// worst is the greatest mean cost of so many neighbouring symbols.
func (c *spotted) worst(window int) float64 {
	worst := 0.0
	for i := 0; i+window <= len(c.costs); i++ {
		worst = max(worst, total(c.costs[i:i+window])/float64(window))
	}
	return worst
}

func total(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum
}

// similarity turns a penalty into the measure that readings have: 1 for none,
// 0.75 at the most that is accepted.
func (c *spotted) similarity(s *sentence) float64 {
	most := mostPenalty
	if s.han {
		most = hanPenalty
	}
	return max(0, 1-0.25*c.penalty/most)
}

// inQuestion is how much dearer than the best, in nats, a Hanzi may be to count
// towards a candidate.
const inQuestion = 5

// candidates are the rows worth laying into a trace: those that share runs of
// symbols with its likeliest text, or whose Hanzi come into question in it.
func (p *Phrases) candidates(t *Trace, l *labels, letters []letter) []int32 {
	syms, _, _ := symbols(textOf(letters))
	rows := p.shortlist(syms, mostSpotted, leastShared)
	part := map[int32]float64{}
	p.tally(func(yield func(uint64) bool) {
		for _, f := range t.frames {
			for _, x := range f.choices {
				if l.hanzi(x.label) && x.cost <= inQuestion*nat && !yield(single(l.runes[x.label])) {
					return
				}
			}
		}
	}, func(n int32, count int) {
		if share := float64(count) / float64(p.rows[n].hanzi); share >= leastHanzi && !slices.Contains(rows, n) {
			part[n] = share
		}
	})
	return append(rows, foremost(part, mostSpotted)...)
}

// spots are the sentences that a trace bears out best; rows are -1 where there
// is none.
func (p *Phrases) spots(t *Trace, l *labels, letters []letter) (best, second spotted) {
	best.row, second.row = -1, -1
	for _, n := range p.candidates(t, l, letters) {
		c, ok := p.rows[n].spot(t, l)
		if !ok {
			continue
		}
		c.row = n
		switch {
		case best.row < 0 || c.penalty < best.penalty:
			best, second = c, best
		case second.row < 0 || c.penalty < second.penalty:
			second = c
		}
	}
	return best, second
}

// spot returns the phrases that a trace bears out: the best one under every id
// that protects it, or nothing. Spans are bytes of the trace's likeliest text.
func (p *Phrases) spot(t *Trace, l *labels) (hits []Hit, from, to int) {
	letters, _ := t.letters(l)
	p.mu.RLock()
	defer p.mu.RUnlock()
	best, second := p.spots(t, l, letters)
	if best.row < 0 {
		return nil, 0, 0
	}
	row := &p.rows[best.row]
	_, confidence := (&Trace{t.frames[best.from:best.to]}).letters(l)
	if !best.accepted(row) || confidence < hanSure || confidence < leastSure && !row.han {
		return nil, 0, 0
	}
	if confidence < unclear && best.penalty > unclearMost && !row.han {
		return nil, 0, 0
	}
	lead := spotLead
	if confidence < dim {
		lead = dimLead
	}
	if second.row >= 0 && second.penalty < best.penalty+lead && !within(p.rows[second.row].syms, row.syms) {
		return nil, 0, 0
	}
	start, end := span(letters, best.from, best.to)
	for _, id := range row.ids {
		hits = append(hits, Hit{ID: id, Text: row.text, Similarity: best.similarity(row), Start: start, End: end})
	}
	return hits, best.from, best.to
}

// span is where, in bytes of the text of letters, the frames lie.
func span(letters []letter, from, to int) (start, end int) {
	first := slices.IndexFunc(letters, func(x letter) bool { return x.r != ' ' })
	at, found := 0, false
	for _, x := range letters[max(first, 0):] {
		size := len(string(x.r))
		if x.to > from && x.from < to && x.r != ' ' {
			if !found {
				start, found = at, true
			}
			end = at + size
		}
		at += size
	}
	if !found {
		return 0, len(textOf(letters))
	}
	return start, end
}

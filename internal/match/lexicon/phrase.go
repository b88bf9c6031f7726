package lexicon

import "cmp"

// A phrase is a protected sentence.
type phrase struct {
	entry int32
	syms  []uint16
	words [][]uint16 // its words, for another order
	name  []uint16   // the brand's name inside it; nil if there is none
	grams int        // distinct trigrams
}

// phraseIndex finds protected sentences that are written about right: trigrams
// of symbols choose candidates, an edit distance over jamo and letters decides
// (Sellers 1980), and words may stand in another order. Immutable.
type phraseIndex struct {
	phrases []phrase
	posts   map[uint64][]int32
}

// Similarity, 0..1, that a sentence needs. A wrong brand in the right sentence
// is the real danger: its name must match by itself.
const (
	phraseFloor     = 0.80
	phraseNameFloor = 0.75
	orderPenalty    = 0.97
)

// maxPosts is how many phrases may share a trigram before it is too common to
// choose candidates by.
const maxPosts = 512

func newPhraseIndex(ly *layer) *phraseIndex {
	x := &phraseIndex{posts: map[uint64][]int32{}}
	names := map[string][][]uint16{}
	for i := range ly.patterns {
		p := &ly.patterns[i]
		if e := &ly.entries[p.entry]; e.Kind == KindName && p.kind == patternFull {
			names[e.BrandID] = append(names[e.BrandID], ly.symbolsOf(p))
		}
	}
	k := newSkeletonizer()
	for i := range ly.patterns {
		p := &ly.patterns[i]
		e := &ly.entries[p.entry]
		if e.Kind != KindPhrase || p.kind != patternFull {
			continue
		}
		ph := phrase{entry: p.entry, syms: ly.symbolsOf(p)}
		for _, w := range splitWords(k.read(e.Text, false)) {
			var raw []uint16
			for _, s := range w {
				raw = append(raw, s.base)
			}
			ph.words = append(ph.words, raw)
		}
		for _, n := range names[e.BrandID] {
			if len(n) > len(ph.name) && contains(ph.syms, n) {
				ph.name = n
			}
		}
		x.add(ph)
	}
	return x
}

func contains(s, part []uint16) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if equal16(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func equal16(a, b []uint16) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func trigram(a, b, c uint16) uint64 { return uint64(a)<<32 | uint64(b)<<16 | uint64(c) }

func (x *phraseIndex) add(ph phrase) {
	id := int32(len(x.phrases))
	seen := map[uint64]bool{}
	for i := 0; i+2 < len(ph.syms); i++ {
		g := trigram(lossy(ph.syms[i]), lossy(ph.syms[i+1]), lossy(ph.syms[i+2]))
		if !seen[g] {
			seen[g] = true
			x.posts[g] = append(x.posts[g], id)
		}
	}
	ph.grams = len(seen)
	x.phrases = append(x.phrases, ph)
}

// A phraseHit is a sentence found in a field.
type phraseHit struct {
	phrase     int32
	similarity float64
	start, end int // symbols
	reordered  bool
}

// phraseScratch is reused between calls.
type phraseScratch struct {
	count   []int32
	touched []int32
	syms    []uint16
	row     []int32
	from    []int32
	hits    []phraseHit
}

// maxCandidates bounds the sentences compared in full for one field.
const maxCandidates = 12

// find returns the sentences of f, best first, at most one for a stretch of
// text.
func (x *phraseIndex) find(f *fieldText, s *phraseScratch) []phraseHit {
	s.hits = s.hits[:0]
	if len(x.phrases) == 0 || len(f.syms) < 3 {
		return nil
	}
	s.syms = s.syms[:0]
	for _, v := range f.syms {
		s.syms = append(s.syms, lossy(v.base))
	}
	x.tally(s)
	best := s.touched[:0]
	for _, id := range s.touched {
		if int(s.count[id])*100 >= 35*x.phrases[id].grams {
			best = insertBest(best, id, s.count, x.phrases)
		} else {
			s.count[id] = 0
		}
	}
	for _, id := range best {
		if h, ok := x.compare(id, s); ok {
			s.hits = append(s.hits, h)
		}
	}
	for _, id := range best {
		s.count[id] = 0
	}
	return bestPhrases(s.hits)
}

// tally counts trigrams of the text per phrase.
func (x *phraseIndex) tally(s *phraseScratch) {
	if len(s.count) < len(x.phrases) {
		s.count = make([]int32, len(x.phrases))
	}
	s.touched = s.touched[:0]
	for i := 0; i+2 < len(s.syms); i++ {
		posts := x.posts[trigram(s.syms[i], s.syms[i+1], s.syms[i+2])]
		if len(posts) > maxPosts {
			continue
		}
		for _, id := range posts {
			if s.count[id]++; s.count[id] == 1 {
				s.touched = append(s.touched, id)
			}
		}
	}
}

// insertBest keeps the maxCandidates phrases with the greatest share of their
// trigrams, and clears the count of those it drops.
func insertBest(best []int32, id int32, count []int32, phrases []phrase) []int32 {
	share := func(i int32) int { return int(count[i]) * 1000 / phrases[i].grams }
	if len(best) < maxCandidates {
		best = append(best, id)
	} else if last := len(best) - 1; share(id) > share(best[last]) {
		count[best[last]] = 0
		best[last] = id
	} else {
		count[id] = 0
		return best
	}
	for i := len(best) - 1; i > 0 && share(best[i]) > share(best[i-1]); i-- {
		best[i], best[i-1] = best[i-1], best[i]
	}
	return best
}

// compare measures one phrase against the stretch of text that shares most
// trigrams with it.
func (x *phraseIndex) compare(id int32, s *phraseScratch) (phraseHit, bool) {
	ph := &x.phrases[id]
	lo, hi := x.densest(id, s)
	text := s.syms[lo:hi]
	h := phraseHit{phrase: id}
	d, start, end := s.distance(ph.syms, text)
	h.similarity = 1 - float64(d)/float64(len(ph.syms))
	h.start, h.end = lo+start, lo+end
	if len(ph.words) > 1 && h.similarity < 0.95 {
		if sim, a, b := s.anyOrder(ph, text); sim*orderPenalty > h.similarity {
			h.similarity, h.reordered = sim*orderPenalty, true
			h.start, h.end = lo+a, lo+b
		}
	}
	if h.similarity < phraseFloor {
		return h, false
	}
	if ph.name != nil {
		d, _, _ := s.distance(ph.name, text)
		if 1-float64(d)/float64(len(ph.name)) < phraseNameFloor {
			return h, false
		}
	}
	return h, true
}

// densest returns the window of one and a half lengths with most trigrams of
// the phrase, widened by half a length on both sides.
func (x *phraseIndex) densest(id int32, s *phraseScratch) (lo, hi int) {
	n := len(x.phrases[id].syms)
	width := n + n/2
	if len(s.syms) <= 2*width {
		return 0, len(s.syms)
	}
	s.from = s.from[:0]
	best, at, tail := 0, 0, 0
	for i := 0; i+2 < len(s.syms); i++ {
		posts := x.posts[trigram(s.syms[i], s.syms[i+1], s.syms[i+2])]
		if len(posts) > maxPosts || !contains32(posts, id) {
			continue
		}
		s.from = append(s.from, int32(i))
		for int(s.from[tail]) < i-width {
			tail++
		}
		if c := len(s.from) - tail; c > best {
			best, at = c, int(s.from[tail])
		}
	}
	return max(0, at-n/2), min(len(s.syms), at+width+n/2)
}

func contains32(s []int32, v int32) bool {
	for _, x := range s {
		if x == v {
			return true
		}
	}
	return false
}

// distance is the least edit distance between p and any stretch of text
// (Sellers), with that stretch.
func (s *phraseScratch) distance(p, text []uint16) (d, start, end int) {
	n := len(p)
	if cap(s.row) < 2*(n+1) {
		s.row = make([]int32, 2*(n+1))
	}
	cost, begin := s.row[:n+1], s.row[n+1:2*(n+1)] // begin: where the match of p[:i] starts
	for i := range cost {
		cost[i], begin[i] = int32(i), 0
	}
	best := int32(n)
	for j, c := range text {
		diag, diagBegin := cost[0], int32(j)
		begin[0] = int32(j + 1)
		for i := 1; i <= n; i++ {
			v, b := diag, diagBegin
			if lossy(p[i-1]) != c {
				v++
			}
			if up := cost[i-1] + 1; up < v {
				v, b = up, begin[i-1]
			}
			if left := cost[i] + 1; left < v {
				v, b = left, begin[i]
			}
			diag, diagBegin = cost[i], begin[i]
			cost[i], begin[i] = v, b
		}
		if cost[n] < best {
			best, start, end = cost[n], int(begin[n]), j
		}
	}
	return int(best), start, end
}

// anyOrder is the mean similarity of the phrase's words wherever they stand.
func (s *phraseScratch) anyOrder(ph *phrase, text []uint16) (sim float64, start, end int) {
	start, end = len(text), 0
	total, got := 0, 0.0
	for _, w := range ph.words {
		d, a, b := s.distance(w, text)
		total += len(w)
		got += float64(len(w) - min(d, len(w)))
		start, end = min(start, a), max(end, b)
	}
	if end-start > 2*len(ph.syms) {
		return 0, start, end
	}
	return got / float64(total), start, end
}

// bestPhrases keeps the best of hits that overlap.
func bestPhrases(hits []phraseHit) []phraseHit {
	kept := hits[:0]
	for len(hits) > 0 {
		b := 0
		for i := range hits {
			if cmp.Compare(hits[i].similarity, hits[b].similarity) > 0 {
				b = i
			}
		}
		h := hits[b]
		hits[0], hits[b] = hits[b], hits[0]
		hits = hits[1:]
		free := true
		for _, k := range kept {
			free = free && (h.end < k.start || h.start > k.end)
		}
		if free {
			kept = append(kept, h)
		}
	}
	return kept
}

func (x *phraseIndex) bytes() int {
	n := 0
	for _, p := range x.phrases {
		n += 120 + 2*len(p.syms)
	}
	for _, l := range x.posts {
		n += 48 + 4*len(l)
	}
	return n
}

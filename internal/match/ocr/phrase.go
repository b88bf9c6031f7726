package ocr

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Phrases decides which protected sentence a reading is, forgiving what
// readers get wrong: an edit distance to any stretch of the reading (Sellers
// 1980) over jamo, letters and Hanzi, with half prices for letters that look
// alike. It is safe for concurrent use.
type Phrases struct {
	mu    sync.RWMutex
	rows  []sentence
	byID  map[string]string  // id -> key of its sentence
	byKey map[string]int     // key -> row
	posts map[uint64][]int32 // rows by runs of symbols
}

// sentence is one wording, whoever protects it.
type sentence struct {
	ids   []string
	text  string
	syms  []rune
	words []int // first symbol of each word
	grams int
	hanzi int // different symbols, of a sentence in Hanzi
	han   bool
}

// Hit is a protected sentence found in a reading.
type Hit struct {
	ID         string
	Text       string  // the protected wording
	Similarity float64 // 0..1
	Start, End int     // bytes of the reading
}

// How alike a reading must be. A wrong brand in the right sentence is the
// danger: no word may be missed, and no other sentence may be nearly as near.
// The surer the reader, the less it is forgiven: what it read clearly and
// otherwise is another word.
const (
	phraseFloor = 0.74 // of a doubtful reading
	hanFloor    = 0.68 // a Hanzi carries more than a jamo, and look-alikes are cheap
	wordFloor   = 0.66
	phraseLead  = 0.03
	stricter    = 0.11 // added to the floors of sentences when the reader is sure
	strictWord  = 0.16 // added to that of words
	shortWord   = 3    // symbols; shorter words are not judged by themselves
	leastLength = 4    // symbols of the shortest phrase that is looked for
	doubtful    = 0.50 // similarity that is worth a second look
)

// NewPhrases knows no phrase yet.
func NewPhrases() *Phrases {
	return &Phrases{byID: map[string]string{}, byKey: map[string]int{}, posts: map[uint64][]int32{}}
}

// Add takes in a phrase, replacing what was known under its id. A phrase of
// fewer than four letters (two syllables of Hangul) cannot be told from
// chance and is not looked for; ok is false.
func (p *Phrases) Add(id, text string) (ok bool) {
	p.Remove(id)
	syms, _, starts := symbols(text)
	if len(syms) < leastLength {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := string(syms)
	n, known := p.byKey[key]
	if !known {
		n = len(p.rows)
		p.byKey[key] = n
		row := sentence{text: text, syms: syms, words: starts, han: mostlyHan(syms)}
		seen := map[uint64]bool{}
		for g := range grams(syms) {
			if !seen[g] {
				seen[g] = true
				p.posts[g] = append(p.posts[g], int32(n))
			}
		}
		row.grams = len(seen)
		for _, c := range syms {
			if g := single(c); row.han && !seen[g] {
				seen[g] = true
				p.posts[g] = append(p.posts[g], int32(n))
				row.hanzi++
			}
		}
		p.rows = append(p.rows, row)
	}
	p.rows[n].ids = append(p.rows[n].ids, id)
	p.byID[id] = key
	return true
}

// Remove forgets a phrase. Its row stays, empty, until somebody protects the
// same sentence again.
func (p *Phrases) Remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, ok := p.byID[id]
	if !ok {
		return
	}
	delete(p.byID, id)
	row := &p.rows[p.byKey[key]]
	row.ids = slices.DeleteFunc(row.ids, func(s string) bool { return s == id })
}

// Match returns the phrases that text, read with some confidence, is a reading
// of: the nearest sentence, under every id that protects it, or nothing.
func (p *Phrases) Match(text string, confidence float64) []Hit {
	syms, at, _ := symbols(text)
	p.mu.RLock()
	defer p.mu.RUnlock()
	best, second := p.nearest(syms)
	if best.row < 0 {
		return nil
	}
	row := &p.rows[best.row]
	if !best.accepted(row, min(max((confidence-0.6)/0.3, 0), 1)) {
		return nil
	}
	if second.row >= 0 && second.similarity > best.similarity-phraseLead && !within(p.rows[second.row].syms, row.syms) {
		return nil
	}
	from, to := at[best.start], at[best.end-1]
	_, size := utf8.DecodeRuneInString(text[to:])
	out := make([]Hit, len(row.ids))
	for i, id := range row.ids {
		out[i] = Hit{ID: id, Text: row.text, Similarity: best.similarity, Start: from, End: to + size}
	}
	return out
}

// Doubtful says whether a line, known by all its readings, may hold a phrase
// that none of them shows well enough, so that it is worth reading again.
func (p *Phrases) Doubtful(readings []Reading) bool {
	resembles := false
	for _, r := range readings {
		if hits, _, _ := p.in(r); len(hits) > 0 {
			return false
		}
		resembles = resembles || p.suspects(r)
	}
	return resembles
}

// suspects says whether a reading is near enough to a phrase for another look.
func (p *Phrases) suspects(r Reading) bool {
	if r.Trace == nil {
		return p.resembles(r.Text)
	}
	n, err := NewNetwork()
	if err != nil {
		return false
	}
	letters, _ := r.Trace.letters(n.labels)
	p.mu.RLock()
	defer p.mu.RUnlock()
	best, _ := p.spots(r.Trace, n.labels, letters)
	if best.row >= 0 && best.penalty <= spotDoubtful {
		return true
	}
	syms, _, _ := symbols(textOf(letters))
	return len(p.shortlist(syms, 1, partly)) > 0
}

func (p *Phrases) resembles(text string) bool {
	syms, _, _ := symbols(text)
	p.mu.RLock()
	defer p.mu.RUnlock()
	best, _ := p.nearest(syms)
	return best.row >= 0 && best.similarity >= doubtful
}

// nearest are the two sentences that the reading is most like; their rows are
// -1 where there is none.
func (p *Phrases) nearest(syms []rune) (best, second comparison) {
	best.row, second.row = -1, -1
	if len(syms) < leastLength {
		return best, second
	}
	for _, n := range p.shortlist(syms, mostCompared, leastShare) {
		c := p.rows[n].compare(syms)
		c.row = n
		switch {
		case c.similarity > best.similarity:
			best, second = c, best
		case c.similarity > second.similarity:
			second = c
		}
	}
	return best, second
}

func within(part, whole []rune) bool { return strings.Contains(string(whole), string(part)) }

// How many rows are compared with a reading or laid into a trace, and the share
// of its runs of symbols that a row must have in common with what was read.
const (
	mostCompared = 24
	leastShare   = 0.2
	mostSpotted  = 32
	leastShared  = 0.12
	partly       = 0.25 // of a sentence that makes a line worth another look, beyond its ends
	leastHanzi   = 0.4  // of a sentence's Hanzi that come into question somewhere in a trace
)

// shortlist is the rows that share most runs of symbols with the reading.
func (p *Phrases) shortlist(syms []rune, most int, share float64) []int32 {
	part := map[int32]float64{}
	p.tally(grams(syms), func(n int32, count int) {
		if row := &p.rows[n]; float64(count) >= share*float64(row.grams) {
			part[n] = float64(count) / float64(row.grams)
		}
	})
	return foremost(part, most)
}

// tally counts for each row that somebody protects how many different keys it
// was posted under.
func (p *Phrases) tally(keys func(yield func(uint64) bool), use func(row int32, count int)) {
	count := map[int32]int{}
	seen := map[uint64]bool{}
	for g := range keys {
		if seen[g] {
			continue
		}
		seen[g] = true
		for _, n := range p.posts[g] {
			count[n]++
		}
	}
	for n, c := range count {
		if len(p.rows[n].ids) > 0 {
			use(n, c)
		}
	}
}

// foremost are the rows of the greatest shares.
func foremost(part map[int32]float64, most int) []int32 {
	rows := slices.Collect(maps.Keys(part))
	slices.SortFunc(rows, func(a, b int32) int { return cmp.Or(cmp.Compare(part[b], part[a]), cmp.Compare(a, b)) })
	return rows[:min(len(rows), most)]
}

// single is the key of one Hanzi, apart from those of runs.
func single(c rune) uint64 { return 1<<63 | uint64(c) }

// grams are the runs of symbols that choose whom to compare: two Hanzi, or
// three of anything else.
func grams(syms []rune) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		for i := range syms {
			n := 3
			if unicode.Is(unicode.Han, syms[i]) {
				n = 2
			}
			if i+n > len(syms) {
				continue
			}
			g := uint64(0)
			for _, s := range syms[i : i+n] {
				g = g<<21 | uint64(cheapest(s))
			}
			if !yield(g) {
				return
			}
		}
	}
}

// symbols takes text apart into jamo by position in the syllable, lower-case
// letters, digits and Hanzi, without spaces and punctuation. at holds the byte
// offset of each symbol, words the first symbol of each word.
func symbols(text string) (syms []rune, at, words []int) {
	fresh := true
	add := func(i int, s rune) {
		if fresh {
			words, fresh = append(words, len(syms)), false
		}
		syms, at = append(syms, s), append(at, i)
	}
	for i, r := range text {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0 // full width
		}
		switch n := r - 0xAC00; {
		case n >= 0 && n < 11172:
			add(i, 0x1100+n/588)
			add(i, 0x1161+n%588/28)
			if n%28 > 0 {
				add(i, 0x11A7+n%28)
			}
		case unicode.IsLetter(r), unicode.IsDigit(r):
			add(i, unicode.ToLower(r))
		default:
			fresh = true
		}
	}
	return syms, at, words
}

func mostlyHan(syms []rune) bool {
	n := 0
	for _, s := range syms {
		if unicode.Is(unicode.Han, s) {
			n++
		}
	}
	return 2*n > len(syms)
}

package wording

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Hit is a text like the one that was asked for.
type Hit[K cmp.Ordered] struct {
	ID       K
	Likeness float64 // 0..1: weighted share of what either has
}

// Index finds texts like a given one. The zero Index is empty and ready; it
// must not be copied. All methods may be called concurrently.
type Index[K cmp.Ordered] struct {
	mu    sync.RWMutex
	texts []text[K]
	at    map[K]uint32
	posts map[uint32][]uint32 // places of the texts that have a shingle
	dead  int
}

// text is one indexed text; a dead one was removed.
type text[K cmp.Ordered] struct {
	id     K
	hashes []uint32
	dead   bool
}

// Len is the number of texts.
func (x *Index[K]) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.texts) - x.dead
}

// Put indexes a text under id, in place of the one before. A text without a
// letter only takes the old one out.
func (x *Index[K]) Put(id K, words string) {
	list := shingles(words)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
	if len(list) == 0 {
		return
	}
	if x.at == nil {
		x.at, x.posts = map[K]uint32{}, map[uint32][]uint32{}
	}
	t := text[K]{id: id, hashes: make([]uint32, len(list))}
	place := uint32(len(x.texts))
	for i, s := range list {
		t.hashes[i] = s.hash
		x.posts[s.hash] = append(x.posts[s.hash], place)
	}
	x.texts = append(x.texts, t)
	x.at[id] = place
}

// Remove takes a text out; one that is not there is no matter.
func (x *Index[K]) Remove(id K) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
}

func (x *Index[K]) drop(id K) {
	place, ok := x.at[id]
	if !ok {
		return
	}
	x.texts[place].dead = true
	x.dead++
	delete(x.at, id)
	if x.dead > 1000 && x.dead > len(x.texts)/2 {
		x.pack()
	}
}

// pack writes the index anew without the dead.
func (x *Index[K]) pack() {
	old := x.texts
	x.texts, x.at, x.posts, x.dead = make([]text[K], 0, len(old)-x.dead), map[K]uint32{}, map[uint32][]uint32{}, 0
	for _, t := range old {
		if t.dead {
			continue
		}
		place := uint32(len(x.texts))
		for _, h := range t.hashes {
			x.posts[h] = append(x.posts[h], place)
		}
		x.at[t.id] = place
		x.texts = append(x.texts, t)
	}
}

// Search returns the texts whose likeness is at least least, the most alike
// first and equal ones by rising id, at most limit.
func (x *Index[K]) Search(words string, least float64, limit int) []Hit[K] {
	asked := shingles(words)
	x.mu.RLock()
	defer x.mu.RUnlock()
	n := len(x.texts) - x.dead
	if n == 0 || len(asked) == 0 {
		return nil
	}
	total := 0.0
	shared := map[uint32]float64{}
	for _, s := range asked {
		w := x.weight(s.hash, n)
		total += w
		for _, place := range x.posts[s.hash] {
			shared[place] += w
		}
	}
	var hits []Hit[K]
	for place, both := range shared {
		t := &x.texts[place]
		if t.dead || both < least*total { // the union is at least what was asked for
			continue
		}
		own := 0.0
		for _, h := range t.hashes {
			own += x.weight(h, n)
		}
		if l := both / (total + own - both); l >= least {
			hits = append(hits, Hit[K]{t.id, min(l, 1)})
		}
	}
	slices.SortFunc(hits, func(a, b Hit[K]) int {
		return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(a.ID, b.ID))
	})
	return hits[:min(limit, len(hits))]
}

// weight of a shingle that has so many of n texts (inverse document
// frequency, K. Spärck Jones 1972), smoothed so that it is never 0.
func (x *Index[K]) weight(hash uint32, n int) float64 {
	return math.Log(1 + float64(n+1)/float64(len(x.posts[hash])+1))
}

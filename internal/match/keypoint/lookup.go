package keypoint

import (
	"math"
	"math/bits"
	"slices"
	"sync"
	"unsafe"
)

// The look-up of features. With 50,000 photographs hardly anything that a query touches is in a cache, so it waits for
// memory most of the time unless it asks for much at once and early: all lists to open are collected first and opened
// in the order in which they lie, and what comes next is fetched while the present one is compared.

// A reader of the query is a feature under a reading: twice the feature, and one if flipped.

// lookup is the working space of one look-up.
type lookup struct {
	kind   Kind
	words  []code    // by reader
	near   []nearest // by reader
	doors  []door
	spare  []door
	hits   []hit
	at     []uint32
	bins   []int32 // by length of list: how many doors lead to one
	counts []uint8 // by asset and reading: how many votes, up to 255
}

// door is a list that a reader looks into.
type door struct{ key, reader uint32 }

// budget is how many entries of lists a query looks at in all. Where lists are long, those that are longest are left out: a key
// that many features have tells least of each and costs most.
const budget = 450_000

// leastLength is the length up to which lists are opened in any case.
const leastLength = 24

// hit is an entry of a list whose first word is near the reader's.
type hit struct {
	segment, at uint32 // where its reference is
	ref, reader uint32
	sign        uint8 // how many bits of the first words differ
}

var lookups = sync.Pool{New: func() any { return new(lookup) }}

// lookAhead is how many doors or hits before its turn something is fetched.
const lookAhead = 12

// votes looks the features of a query up. A feature that resembles many assets tells little about each; a photograph
// that is resembled only once is left out, as one vote proposes nothing.
func (s *shelf) votes(q *featureSet, kind Kind) []vote {
	if s.posts == nil {
		return nil
	}
	l := lookups.Get().(*lookup)
	defer lookups.Put(l)
	l.kind = kind
	l.choose(s.posts, q)
	l.ration(s.posts)
	l.order()
	l.open(s.posts)
	l.compare(s)
	return l.votes(len(s.assets))
}

// choose collects the doors: for each reader its own and others, until what lies behind them is enough.
func (l *lookup) choose(posts *postings, q *featureSet) {
	lim := &limits[l.kind]
	l.words, l.near, l.doors = l.words[:0], l.near[:0], l.doors[:0]
	var change [len(probes)]uint32
	for i := range q.features {
		f := &q.features[i]
		l.words = append(l.words, f.code, f.code.mirrored())
		l.near = append(l.near, nearest{limit: uint8(lim.code)}, nearest{limit: uint8(lim.code)})
		var margin [keyWidth]uint8
		for g := range f.margin {
			copy(margin[g*keyBits:], f.margin[g][:])
		}
		flips(&margin, change[:lim.probes])
		own := f.code.key()
		for r := range reading(lim.readings) {
			left := lim.scan
			for _, c := range change[:lim.probes] {
				key := own ^ c
				if r == flipped {
					key = flippedKey(key)
				}
				if n := int(posts.lengths[key]); n > 0 && n <= lim.longest {
					l.doors = append(l.doors, door{key, uint32(2*i) + uint32(r)})
					if left -= n; left <= 0 {
						break
					}
				}
			}
		}
	}
}

// ration drops the doors to the longest lists.
func (l *lookup) ration(posts *postings) {
	if l.bins == nil {
		l.bins = make([]int32, math.MaxUint16+1)
	}
	clear(l.bins)
	for _, d := range l.doors {
		l.bins[posts.lengths[d.key]]++
	}
	left := budget
	for n, doors := range l.bins {
		if left -= n * int(doors); left < 0 && n > leastLength {
			l.doors = slices.DeleteFunc(l.doors, func(d door) bool { return int(posts.lengths[d.key]) >= n })
			return
		}
	}
}

// order sorts the doors by key.
func (l *lookup) order() {
	if cap(l.spare) < len(l.doors) {
		l.spare = make([]door, cap(l.doors))
	}
	from, to := l.doors, l.spare[:len(l.doors)]
	for shift := 0; shift < keyWidth; shift += keyWidth / 2 {
		const digits = 1 << (keyWidth / 2)
		var at [digits + 1]uint32
		for i := range from {
			at[from[i].key>>shift&(digits-1)+1]++
		}
		for d := range digits {
			at[d+1] += at[d]
		}
		for i := range from {
			d := from[i].key >> shift & (digits - 1)
			to[at[d]] = from[i]
			at[d]++
		}
		from, to = to, from
	}
}

// open compares first words.
func (l *lookup) open(posts *postings) {
	limit := limits[l.kind].sign
	l.hits = l.hits[:0]
	for i, d := range l.doors {
		if i+lookAhead < len(l.doors) {
			key := l.doors[i+lookAhead].key
			next := &posts.segments[key>>segmentBits]
			if from, to := next.bounds(key); to > from {
				fetch(unsafe.Pointer(&next.signs[from]), 8*int(to-from))
			}
		}
		s := &posts.segments[d.key>>segmentBits]
		from, to := s.bounds(d.key)
		signs := s.signs[from:to]
		if len(l.at) < len(signs)+8 {
			l.at = make([]uint32, 2*len(signs)+64)
		}
		n := alike(signs, l.words[d.reader][0], limit, l.at)
		for _, at := range l.at[:n] {
			fetch(unsafe.Pointer(&s.refs[from+at]), 4)
			differ := bits.OnesCount64(signs[at] ^ l.words[d.reader][0])
			l.hits = append(l.hits, hit{segment: d.key >> segmentBits, at: from + at, reader: d.reader, sign: uint8(differ)})
		}
	}
}

// compare compares the rest of the codes of what was hit, and keeps what is nearest to each reader. A hit is served in
// steps, so that each finds in the cache what the one before asked for; of a photograph the first one knows where the code lies.
func (l *lookup) compare(s *shelf) {
	for i := range len(l.hits) + 2*lookAhead {
		if i < len(l.hits) {
			h := &l.hits[i]
			h.ref = s.posts.segments[h.segment].refs[h.at]
			if l.kind == Photograph {
				fetch(unsafe.Pointer(&s.sheets.words(h.ref)[0]), 8*photoWords)
			} else {
				fetch(unsafe.Pointer(&s.assets[assetOf(h.ref)].features), 8)
			}
		}
		if j := i - lookAhead; l.kind == Mark && j >= 0 && j < len(l.hits) {
			ref := l.hits[j].ref
			fetch(unsafe.Pointer(&s.assets[assetOf(ref)].features[featureOf(ref)]), len(code{})*8)
		}
		if j := i - 2*lookAhead; j >= 0 {
			h := &l.hits[j]
			near := &l.near[h.reader]
			if d := l.distance(s, h); d <= int(near.limit) {
				near.offer(neighbour{h.ref, uint8(d)})
			}
		}
	}
}

// distance is that of a reader's code to the one it hit.
func (l *lookup) distance(s *shelf, h *hit) int {
	c := &l.words[h.reader]
	if l.kind == Photograph {
		return distanceStored(s.sheets.words(h.ref), int(h.sign), c)
	}
	return s.assets[assetOf(h.ref)].features[featureOf(h.ref)].code.distance(c)
}

// votes are what the readers found, without the assets that too few of them did.
func (l *lookup) votes(assets int) []vote {
	if len(l.counts) < 2*assets {
		l.counts = make([]uint8, 2*assets)
	}
	for i := range l.near {
		for _, v := range l.near[i].kept() {
			c := &l.counts[2*assetOf(v.ref)+uint32(i&1)]
			*c = max(*c, *c+1)
		}
	}
	lim := &limits[l.kind]
	limit := float64(lim.code) + 12
	var out []vote
	for i := range l.near {
		kept := l.near[i].kept()
		for _, v := range kept {
			if int(l.counts[2*assetOf(v.ref)+uint32(i&1)]) >= lim.votes {
				out = append(out, vote{asset: assetOf(v.ref), reading: reading(i & 1), feature: featureOf(v.ref), query: int32(i / 2),
					distance: v.distance, weight: float32(1-float64(v.distance)/limit) / float32(math.Sqrt(float64(len(kept))))})
			}
		}
	}
	for i := range l.near {
		for _, v := range l.near[i].kept() {
			l.counts[2*assetOf(v.ref)+uint32(i&1)] = 0
		}
	}
	return out
}

// neighbour is a feature of an asset and how far its code is.
type neighbour struct {
	ref      uint32
	distance uint8
}

// nearest keeps the neighbours of least distance, in order; equal ones in the order of their references, so that it does
// not matter which came first.
type nearest struct {
	all      [perFeature]neighbour
	n, limit uint8
}

func (b *nearest) kept() []neighbour { return b.all[:b.n] }

func (b *nearest) offer(v neighbour) {
	if b.n == perFeature {
		if !v.before(&b.all[perFeature-1]) {
			return
		}
		b.n--
	}
	i := b.n
	for ; i > 0 && v.before(&b.all[i-1]); i-- {
		b.all[i] = b.all[i-1]
	}
	b.all[i] = v
	if b.n++; b.n == perFeature {
		b.limit = b.all[perFeature-1].distance
	}
}

func (v *neighbour) before(o *neighbour) bool {
	return v.distance < o.distance || v.distance == o.distance && v.ref < o.ref
}

// alikePlain is alike without vector instructions.
func alikePlain(words []uint64, word uint64, limit int, at []uint32) int {
	n := 0
	for i, w := range words {
		if bits.OnesCount64(w^word) <= limit {
			at[n] = uint32(i)
			n++
		}
	}
	return n
}

// Package hamming finds every 256-bit code within a Hamming distance of a
// given one. The search is exact: it reads all codes, but only their first half
// unless that half alone is already near enough, which for unlike codes is
// rare. Searches never wait: they read an immutable view of the index, while
// Add and Remove publish the next one.
package hamming

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// Code is a 256-bit code; a pdq.Hash converts to it.
type Code = [4]uint64

// Hit is a stored code within the radius of a query.
type Hit[K cmp.Ordered] struct {
	ID       K
	Distance int // bits, 0 to 256
}

// Index holds codes under keys. One key may hold several codes (orientations
// of a picture, frames of an animation). The zero Index is empty and ready; it
// must not be copied. It holds up to 2^32-2 codes. All methods may be called concurrently.
type Index[K cmp.Ordered] struct {
	current atomic.Pointer[view[K]]

	write sync.Mutex
	at    map[K]uint32 // slot of the code that each key got last
	next  []uint32     // by slot: the slot of the code that its key got before, or none
	// exposed says that slots past the end of the last block may still be
	// read through an older view, so that appending must copy the block.
	exposed bool
}

// blockLen codes make a block: its columns of first halves are 16 KB and stay
// in the first-level cache while a batch of queries passes over them.
const blockLen = 1024

type block[K cmp.Ordered] struct {
	column [4][blockLen]uint64 // column w holds word w of each code
	id     [blockLen]K
}

const none = ^uint32(0)

// view is the index at one moment. What it can reach never changes.
type view[K cmp.Ordered] struct {
	blocks []*block[K] // all full but the last
	n      int         // codes in all blocks
}

// Len returns the number of codes.
func (x *Index[K]) Len() int { return x.load().n }

func (x *Index[K]) load() *view[K] {
	if v := x.current.Load(); v != nil {
		return v
	}
	return &view[K]{}
}

// Add stores code under id, beside codes that id already has.
func (x *Index[K]) Add(id K, code Code) {
	x.write.Lock()
	defer x.write.Unlock()
	v := *x.load()
	slot := v.n % blockLen
	if slot == 0 {
		v.blocks = append(v.blocks, new(block[K]))
	} else if x.exposed {
		v.blocks = slices.Clone(v.blocks)
		last := *v.blocks[len(v.blocks)-1]
		v.blocks[len(v.blocks)-1] = &last
	}
	x.exposed = false
	v.blocks[len(v.blocks)-1].set(slot, id, code)
	x.link(id, uint32(v.n))
	v.n++
	x.current.Store(&v)
}

// link notes that slot, the first free one, holds a code of id.
func (x *Index[K]) link(id K, slot uint32) {
	if x.at == nil {
		x.at = make(map[K]uint32)
	}
	before, ok := x.at[id]
	if !ok {
		before = none
	}
	x.next = append(x.next, before)
	x.at[id] = slot
}

// slots returns where the codes of id are, rising.
func (x *Index[K]) slots(id K) []uint32 {
	slot, ok := x.at[id]
	if !ok {
		return nil
	}
	var all []uint32
	for ; slot != none; slot = x.next[slot] {
		all = append(all, slot)
	}
	slices.Sort(all)
	return all
}

// relink notes that the code of id at from has moved to slot to.
func (x *Index[K]) relink(id K, from, to uint32) {
	x.next[to] = x.next[from]
	if x.at[id] == from {
		x.at[id] = to
		return
	}
	slot := x.at[id]
	for x.next[slot] != from {
		slot = x.next[slot]
	}
	x.next[slot] = to
}

// Remove drops all codes of id and returns how many there were.
func (x *Index[K]) Remove(id K) int {
	x.write.Lock()
	defer x.write.Unlock()
	slots := x.slots(id)
	if len(slots) == 0 {
		return 0
	}
	delete(x.at, id)
	v := *x.load()
	v.blocks = slices.Clone(v.blocks)
	fresh := make(map[uint32]bool)                // blocks copied in this call
	for _, slot := range slices.Backward(slots) { // so that the last code is of another key
		x.fill(&v, slot, fresh)
	}
	x.exposed = true
	x.current.Store(&v)
	return len(slots)
}

// fill closes the gap at slot with the last code and shortens the view.
func (x *Index[K]) fill(v *view[K], slot uint32, fresh map[uint32]bool) {
	end := uint32(v.n - 1)
	if slot != end {
		at := slot / blockLen
		id, code := v.blocks[end/blockLen].get(int(end % blockLen))
		if !fresh[at] {
			copied := *v.blocks[at]
			v.blocks[at] = &copied
			fresh[at] = true
		}
		v.blocks[at].set(int(slot%blockLen), id, code)
		x.relink(id, end, slot)
	}
	x.next = x.next[:end]
	v.n--
	if end%blockLen == 0 {
		v.blocks[len(v.blocks)-1] = nil
		v.blocks = v.blocks[:len(v.blocks)-1]
	}
}

func (b *block[K]) set(slot int, id K, code Code) {
	for w := range code {
		b.column[w][slot] = code[w]
	}
	b.id[slot] = id
}

func (b *block[K]) get(slot int) (K, Code) {
	var code Code
	for w := range code {
		code[w] = b.column[w][slot]
	}
	return b.id[slot], code
}

// Search returns the codes within radius bits of code, nearest first and equal
// distances by rising id.
func (x *Index[K]) Search(code Code, radius int) []Hit[K] {
	return x.SearchBatch([]Code{code}, radius)[0]
}

// SearchBatch searches for every code at once, which reads the index from
// memory once instead of once per code. Result i belongs to code i.
func (x *Index[K]) SearchBatch(codes []Code, radius int) [][]Hit[K] {
	found := make([][]Hit[K], len(codes))
	if radius < 0 {
		return found
	}
	filter := fold
	if radius > foldRadius {
		filter = sum
	}
	v := x.load()
	var near mask
	for i, b := range v.blocks {
		n := min(v.n-i*blockLen, blockLen)
		for q := range codes {
			if filter(&b.column[0], &b.column[1], n, &codes[q], radius, &near) {
				found[q] = b.verify(&near, n, &codes[q], radius, found[q])
			}
		}
	}
	for _, hits := range found {
		slices.SortFunc(hits, func(a, b Hit[K]) int {
			return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
		})
	}
	return found
}

// verify appends those codes marked in near whose whole distance is within
// radius.
func (b *block[K]) verify(near *mask, n int, code *Code, radius int, hits []Hit[K]) []Hit[K] {
	for w, word := range near[:(n+63)/64] {
		for ; word != 0; word &= word - 1 {
			slot := w*64 + bits.TrailingZeros64(word)
			if slot >= n {
				return hits
			}
			_, stored := b.get(slot)
			if d := distance(&stored, code); d <= radius {
				hits = append(hits, Hit[K]{b.id[slot], d})
			}
		}
	}
	return hits
}

func distance(a, b *Code) int {
	return bits.OnesCount64(a[0]^b[0]) + bits.OnesCount64(a[1]^b[1]) +
		bits.OnesCount64(a[2]^b[2]) + bits.OnesCount64(a[3]^b[3])
}

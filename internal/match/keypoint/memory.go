package keypoint

import (
	"math/bits"
	"sync"
)

// A search needs some thirty megabytes for a moment. They are taken from here and given back, as asking for them anew
// costs a sixth of its time. What is taken holds whatever was there before.
var (
	bytesKept   kept[uint8]
	shortsKept  kept[int16]
	numsKept    kept[int32]
	vectorsKept kept[vector]
)

// kept holds slices by the number of bits of their length.
type kept[T any] [32]sync.Pool

func (k *kept[T]) take(n int) []T {
	class := bits.Len(uint(max(n, 1) - 1))
	if s, _ := k[class].Get().(*[]T); s != nil {
		return (*s)[:n]
	}
	return make([]T, n, 1<<class)
}

// give takes back what take gave; other slices are left alone.
func (k *kept[T]) give(s []T) {
	class := bits.Len(uint(cap(s))) - 1
	if cap(s) == 0 || cap(s) != 1<<class {
		return
	}
	s = s[:0]
	k[class].Put(&s)
}

// borrowPlane is a plane whose pixels are all to be written, and which is given back by release.
func borrowPlane(w, h int) plane { return plane{w, h, bytesKept.take(w * h)} }

func (p plane) release() { bytesKept.give(p.pix) }

func (c colour) release() {
	for _, p := range c {
		p.release()
	}
}

func (f *field) release() {
	f.energy.release()
	numsKept.give(f.all)
	vectorsKept.give(f.sampled)
	f.sampled = nil
	f.all, f.sums = nil, [3][]int32{}
}

func (q *query) release() {
	for _, f := range q.fields {
		f.release()
	}
	for _, l := range q.pyramid.levels {
		l.smooth.release()
	}
	q.fields, q.pyramid.levels = nil, nil
}

package net

import (
	"math"
	"unsafe"
)

const size = unsafe.Sizeof(int16(0))

// portableTile computes a group of pixels. It is what the assembly must agree with. Two channels share a word, one sum in
// each half of it, so that one multiplication serves both: what the lower sum borrows from the upper one is given
// back at the end.
func portableTile(j *job) {
	var sums [4][lanes]int32
	src, step := j.src, j.srcStep
	for lane := 0; lane < lanes; lane += 2 {
		var s0, s1, s2, s3 int64
		weights := unsafe.Add(unsafe.Pointer(j.weights), 2*uintptr(lane)*size)
		for y := range j.rows {
			p0 := unsafe.Add(src, y*j.rowStep)
			p1, p2, p3 := unsafe.Add(p0, step), unsafe.Add(p0, 2*step), unsafe.Add(p0, 3*step)
			w := unsafe.Add(weights, y*j.steps*2*lanes*size)
			for k := range j.steps {
				two := (*[4]int16)(unsafe.Add(w, k*2*lanes*size)) // weights of a pair for each of two channels
				first, second := int64(two[0])+int64(two[2])<<32, int64(two[1])+int64(two[3])<<32
				a := (*[2]int16)(unsafe.Add(p0, 2*k*size))
				s0 += int64(a[0])*first + int64(a[1])*second
				a = (*[2]int16)(unsafe.Add(p1, 2*k*size))
				s1 += int64(a[0])*first + int64(a[1])*second
				a = (*[2]int16)(unsafe.Add(p2, 2*k*size))
				s2 += int64(a[0])*first + int64(a[1])*second
				a = (*[2]int16)(unsafe.Add(p3, 2*k*size))
				s3 += int64(a[0])*first + int64(a[1])*second
			}
		}
		for p, s := range [4]int64{s0, s1, s2, s3} {
			low := int32(s)
			sums[p][lane], sums[p][lane+1] = low, int32((s-int64(low))>>32)
		}
	}
	for p := range sums {
		finish(&sums[p], j.post, unsafe.Slice((*int16)(unsafe.Add(j.dst, uintptr(p)*j.dstStep)), lanes))
	}
}

// finish rounds to even, as the vector instructions do; the conversions keep the compiler from fusing.
func finish(sums *[lanes]int32, p *post, out []int16) {
	for i, s := range sums {
		v := float32(float32(s)*p.scale[i]) + p.bias[i]
		v = min(max(v, p.low), p.high)
		out[i] = int16(math.RoundToEven(float64(v)))
	}
}

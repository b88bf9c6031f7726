package net

import (
	"math"
	"unsafe"
)

// portableTile computes one pixel. It is what the assembly must agree with.
func portableTile(j *job) {
	var sums [lanes]int32
	n := int(j.pairs)
	weights := unsafe.Slice(j.weights, int(j.rows)*n*2*lanes)
	row := unsafe.Pointer(j.src)
	for y := range int(j.rows) {
		values := unsafe.Slice((*int16)(unsafe.Add(row, uintptr(y)*j.rowStep)), 2*n)
		for k := range n {
			a, b := int32(values[2*k]), int32(values[2*k+1])
			w := weights[2*lanes*k : 2*lanes*k+2*lanes : 2*lanes*k+2*lanes]
			for i := range sums {
				sums[i] += a*int32(w[2*i]) + b*int32(w[2*i+1])
			}
		}
		weights = weights[2*lanes*n:]
	}
	finish(&sums, j.post, unsafe.Slice(j.dst, lanes))
}

// finish rounds to even, as the vector instructions do; the conversions keep the compiler from fusing.
func finish(sums *[lanes]int32, p *post, out []int16) {
	for i, s := range sums {
		v := float32(float32(s)*p.scale[i]) + p.bias[i]
		v = min(max(v, p.low), p.high)
		out[i] = int16(math.RoundToEven(float64(v)))
	}
}

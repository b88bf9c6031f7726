package keypoint

import "github.com/klauspost/cpuid/v2"

// vectorised says that the rows of pictures are worked on with AVX2; without it plain Go gives the same.
var vectorised = cpuid.CPU.Supports(cpuid.AVX2)

// blend7 is filterRows for n pixels, a multiple of 32.
//
//go:noescape
func blend7(dst *uint8, rows *[7]*uint8, n int)

// edges3 is tensorRow for n pixels, a multiple of 16. The rows are red, green and blue: the one above, the pixel's own
// and the one below.
//
//go:noescape
func edges3(out *[3]*int16, up, mid, low *[3]*uint8, n int)

// relate is relation.row for n pixels, a multiple of 8, all of whose windows have the same area.
//
//go:noescape
func relate(r *relation, n int)

func weighFast(dst []uint8, r *[7][]uint8) int {
	n := len(dst) &^ 31
	if !vectorised || n == 0 {
		return 0
	}
	var rows [7]*uint8
	for k := range rows {
		rows[k] = &r[k][:n][0]
	}
	blend7(&dst[0], &rows, n)
	return n
}

func edgeFast(out *[3][]int16, up, mid, low *[3][]uint8, from, to int) int {
	n := (to - from) &^ 15
	if !vectorised || n <= 0 {
		return from
	}
	var o [3]*int16
	var a, b, c [3]*uint8
	for k := range 3 {
		_, _, _ = up[k][from+n-1], mid[k][from+n], low[k][from+n-1]
		o[k], a[k], b[k], c[k] = &out[k][from:][:n][0], &up[k][from], &mid[k][from], &low[k][from]
	}
	edges3(&o, &a, &b, &c, n)
	return from + n
}

func relateFast(r *relation, n int) int {
	n &^= 7
	if !vectorised || n <= 0 {
		return 0
	}
	relate(r, n)
	return n
}

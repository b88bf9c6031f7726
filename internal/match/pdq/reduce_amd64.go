package pdq

import "github.com/klauspost/cpuid/v2"

func init() {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		return
	}
	opaqueLuma = func(dst []float32, row []byte, offsets []int32) int {
		n := len(offsets) &^ 7
		if n == 0 {
			return 0
		}
		_, _ = dst[:n], row[:offsets[n-1]+4]
		if !lumaAVX2(&dst[0], &row[0], &offsets[0], n) {
			return 0
		}
		return n
	}
}

// lumaAVX2 writes the luma of n pixels, a multiple of 8, as if they were opaque,
// and says whether they are.
//
//go:noescape
func lumaAVX2(dst *float32, row *byte, offsets *int32, n int) bool

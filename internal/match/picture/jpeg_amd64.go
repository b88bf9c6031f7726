package picture

import "github.com/klauspost/cpuid/v2"

func init() {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		return
	}
	transform8x8, transformHalf = idctAVX2, idctHalfAVX2
	yccRow = func(dst []byte, c [4][]byte) {
		n := len(c[0]) &^ 15
		if n > 0 {
			yccAVX2(&dst[:4*n][0], &c[0][0], &c[1][:n][0], &c[2][:n][0], n)
		}
		yccGeneric(dst[4*n:], [4][]byte{c[0][n:], c[1][n:], c[2][n:]})
	}
	yccHalfRow = func(dst []byte, c [4][]byte) {
		n := len(c[0]) &^ 15
		if n > 0 {
			yccHalfAVX2(&dst[:4*n][0], &c[0][0], &c[1][:n/2][0], &c[2][:n/2][0], n)
		}
		yccHalfGeneric(dst[4*n:], [4][]byte{c[0][n:], c[1][n/2:], c[2][n/2:]})
	}
}

// idctAVX2 is idctGeneric for blocks of any kind.
//
//go:noescape
func idctAVX2(block, quant *[64]int16, last int, dst []byte, stride int)

// idctHalfAVX2 is idctHalfGeneric for blocks of any kind.
//
//go:noescape
func idctHalfAVX2(block, quant *[64]int16, last int, dst []byte, stride int)

// yccAVX2 converts n samples, a multiple of 16.
//
//go:noescape
func yccAVX2(dst, luma, cb, cr *byte, n int)

// yccHalfAVX2 converts n samples of luma, a multiple of 16.
//
//go:noescape
func yccHalfAVX2(dst, luma, cb, cr *byte, n int)

package picture

import "github.com/klauspost/cpuid/v2"

func init() {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		return
	}
	setRow = func(down []uint64, pix []byte, weight uint64) {
		n := len(pix) / 16 * 4
		if n > 0 {
			setRowAVX2(&down[:2*n][0], &pix[0], n, int(weight))
		}
		setRowGeneric(down[2*n:], pix[4*n:], weight)
	}
	addRow = func(down []uint64, pix []byte, weight uint64) {
		n := len(pix) / 16 * 4
		if n > 0 {
			addRowAVX2(&down[:2*n][0], &pix[0], n, int(weight))
		}
		addRowGeneric(down[2*n:], pix[4*n:], weight)
	}
	meanRow = func(dst []byte, down []uint64, spans []span, inverse []float64) {
		end := &spans[len(spans)-1]
		_, _ = dst[:4*len(spans)], down[:2*(end.from+end.mids)+4] // spans rise, so no other reads further
		meanRowAVX2(&dst[0], &down[0], &spans[0], len(spans), &inverse[0])
	}
	opaque = func(pix []byte) bool {
		n := len(pix) / 32 * 8
		return (n == 0 || opaqueAVX2(&pix[0], n)) && opaqueGeneric(pix[4*n:])
	}
}

// setRowAVX2 is setRowGeneric for n pixels, a multiple of 4.
//
//go:noescape
func setRowAVX2(down *uint64, pix *byte, n, weight int)

// addRowAVX2 is addRowGeneric for n pixels, a multiple of 4.
//
//go:noescape
func addRowAVX2(down *uint64, pix *byte, n, weight int)

// meanRowAVX2 is meanRowGeneric for n spans.
//
//go:noescape
func meanRowAVX2(dst *byte, down *uint64, spans *span, n int, inverse *float64)

// opaqueAVX2 is opaqueGeneric for n pixels, a multiple of 8.
//
//go:noescape
func opaqueAVX2(pix *byte, n int) bool

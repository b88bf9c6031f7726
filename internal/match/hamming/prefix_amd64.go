package hamming

import "github.com/klauspost/cpuid/v2"

func init() {
	switch {
	case hasAVX512:
		fold = foldAVX512
	case hasAVX2:
		fold = foldAVX2
	}
}

var (
	hasAVX2   = cpuid.CPU.Supports(cpuid.AVX2)
	hasAVX512 = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512VPOPCNTDQ)
)

func foldAVX512(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	return mark512(a, b, (n+63)/64, code[0], code[1], radius, near) != 0
}

func foldAVX2(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	words := (n + 63) / 64
	flags := flag256(a, b, words, code[0], code[1], radius)
	if flags == 0 {
		return false
	}
	for w := range words {
		near[w] = 0
		if flags>>w&1 != 0 {
			near[w] = foldWord(a, b, w, n, code, radius)
		}
	}
	return true
}

// mark512 writes a word of near for each 64 slots and returns all words or-ed.
//
//go:noescape
func mark512(a, b *[blockLen]uint64, words int, q0, q1 uint64, radius int, near *mask) uint64

// flag256 returns a bit for each 64 slots: whether one of them is marked.
//
//go:noescape
func flag256(a, b *[blockLen]uint64, words int, q0, q1 uint64, radius int) uint64

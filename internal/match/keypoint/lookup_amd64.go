package keypoint

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

// counting says that eight words are compared at once; without it plain Go gives the same.
var counting = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX512VPOPCNTDQ)

// fetch asks for n bytes from p, at most 512, to be brought into the cache.
//
//go:noescape
func fetch(p unsafe.Pointer, n int)

// alike8 writes where the words lie that differ from word in at most limit bits, and returns how many they are. It may
// write seven places more.
//
//go:noescape
func alike8(words *uint64, n int, word uint64, limit int, at *uint32) int

// alike writes to at, eight longer than words, which of the words differ from word in at most limit bits.
func alike(words []uint64, word uint64, limit int, at []uint32) int {
	if !counting || len(words) == 0 {
		return alikePlain(words, word, limit, at)
	}
	_ = at[len(words)+7]
	return alike8(&words[0], len(words), word, limit, &at[0])
}

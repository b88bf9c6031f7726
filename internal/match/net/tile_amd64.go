package net

import "github.com/klauspost/cpuid/v2"

func init() {
	switch {
	case hasVNNI:
		kernels = vnni
	case hasAVX2:
		kernels = avx2
	}
}

var (
	hasAVX2 = cpuid.CPU.Supports(cpuid.AVX2)
	hasVNNI = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512VL, cpuid.AVX512BW, cpuid.AVX512VNNI)
)

// VPMADDUBSW, the only product of bytes that AVX2 knows, would bound the sums of its pairs, and making words of bytes costs
// as much as it spares: bytes are for VNNI only.
var (
	avx2 = kernel{name: "avx2", words: tiles{one: tileAVX2}}
	vnni = kernel{name: "avx512vnni", pair: true, words: tiles{wordsVNNI, wordsVNNI2}, bytes: tiles{bytesVNNI, bytesVNNI2}}
)

// tileAVX2 computes a group of lanes channels.
//
//go:noescape
func tileAVX2(j *job)

// wordsVNNI and bytesVNNI compute a pair of groups of lanes channels, the others of twice as many.
//
//go:noescape
func wordsVNNI(j *job)

//go:noescape
func wordsVNNI2(j *job)

//go:noescape
func bytesVNNI(j *job)

//go:noescape
func bytesVNNI2(j *job)

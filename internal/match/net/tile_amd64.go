package net

import "github.com/klauspost/cpuid/v2"

func init() {
	switch {
	case hasVNNI:
		kernels = kernel{"avx512vnni", 8, tileVNNI, tileVNNI2}
	case hasAVX2:
		kernels = kernel{"avx2", 4, tileAVX2, nil}
	}
}

var (
	hasAVX2 = cpuid.CPU.Supports(cpuid.AVX2)
	hasVNNI = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512VL, cpuid.AVX512BW, cpuid.AVX512VNNI)
)

// tileAVX2 computes four pixels.
//
//go:noescape
func tileAVX2(j *job)

// tileVNNI computes eight pixels.
//
//go:noescape
func tileVNNI(j *job)

// tileVNNI2 computes eight pixels of twice as many channels.
//
//go:noescape
func tileVNNI2(j *job)

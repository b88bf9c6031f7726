package keypoint

import "github.com/klauspost/cpuid/v2"

// fastRows turns the vector instructions on or off and says whether there are any.
func fastRows(on bool) bool {
	vectorised = on && cpuid.CPU.Supports(cpuid.AVX2)
	return cpuid.CPU.Supports(cpuid.AVX2)
}

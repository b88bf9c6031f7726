package net

// available lists the kernels that this machine can run, the portable one first.
func available() []kernel {
	out := []kernel{{"portable", 4, portableTile, nil}}
	if hasAVX2 {
		out = append(out, kernel{"avx2", 4, tileAVX2, nil})
	}
	if hasVNNI {
		out = append(out, kernel{"avx512vnni", 8, tileVNNI, tileVNNI2})
	}
	return out
}

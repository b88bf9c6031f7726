package net

// available lists the kernels that this machine can run, the plain one first.
func available() []kernel {
	out := []kernel{plain, portable}
	if hasAVX2 {
		out = append(out, avx2)
	}
	if hasVNNI {
		out = append(out, vnni)
	}
	return out
}

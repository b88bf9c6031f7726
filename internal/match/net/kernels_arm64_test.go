package net

// available lists the kernels that this machine can run, the portable one first.
func available() []kernel {
	return []kernel{{"portable", 4, portableTile, nil}, {"neon", 4, tileNEON, nil}}
}

//go:build !amd64 && !arm64

package net

// available lists the kernels that this machine can run, the plain one first.
func available() []kernel {
	return []kernel{plain, portable}
}

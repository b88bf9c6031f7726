//go:build !linux

package keypoint

// largePages does nothing where it is not known how to ask for them.
func largePages([]uint64) {}

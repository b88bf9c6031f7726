//go:build !amd64

package keypoint

import "unsafe"

func fetch(unsafe.Pointer, int) {}

func alike(words []uint64, word uint64, limit int, at []uint32) int {
	return alikePlain(words, word, limit, at)
}

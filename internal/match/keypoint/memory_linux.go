package keypoint

import (
	"os"
	"syscall"
	"unsafe"
)

// largePages asks the system for large pages behind words that have not been written yet. It is a wish: without them all works
// as well, more slowly.
func largePages(words []uint64) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	page := uintptr(os.Getpagesize())
	if off := -uintptr(unsafe.Pointer(&b[0])) & (page - 1); off < uintptr(len(b)) {
		_ = syscall.Madvise(b[off:], syscall.MADV_HUGEPAGE)
	}
}

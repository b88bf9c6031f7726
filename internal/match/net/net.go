// Package net runs small convolutional networks on whole numbers.
//
// Weights have 8 bits and activations up to 16; products are summed in 32 bits without rounding, so every machine,
// with vector instructions or without, gives the same answer bit for bit. Activations of 0 to 255 lie in bytes where the
// machine multiplies bytes faster, which changes nothing else. A network is a list of operations on slots, read from a
// file that training/net/netfile.py writes. Networks without dense layers take pictures of any size. It is pure
// computing: no clock, no goroutines, no state but working memory.
package net

import (
	"errors"
	"unsafe"
)

// Most is the largest magnitude of an activation that a convolution may read: 12 bits leave room in a sum of 32
// for some 4,000 products.
const Most = 4095

// mostByte is the largest activation that lies in a byte.
const mostByte = 255

// lanes is the number of output channels computed together; channels of a map of words are filled up to a multiple of it.
const lanes = 16

// group is how many neighbouring pixels of a row are computed together.
const group = 4

// Errors of Read and Run.
var (
	// ErrCorrupt says that bytes are not a network, or one whose sums could overflow.
	ErrCorrupt = errors.New("net: not a network")
	// ErrShape says that a picture does not fit a network: wrong channels, or too small.
	ErrShape = errors.New("net: picture of the wrong shape")
)

// Kernels names the instructions in use: "avx512vnni", "avx2", "neon" or "portable".
func Kernels() string { return kernels.name }

// kernel computes a group of pixels, or a pair of groups that may lie anywhere.
type kernel struct {
	name  string
	pair  bool
	words tiles
	bytes tiles // none where they would not be faster than words; then every map holds words
}

// tiles compute lanes channels, and twice as many if two is not nil.
type tiles struct{ one, two func(*job) }

var portable = kernel{name: "portable", words: tiles{one: portableTile}}

// kernels is what this machine does best.
var kernels = portable

// job is one tile of a convolution. Steps from place to place are in bytes. The order of its fields is known to the assembly.
type job struct {
	dst     unsafe.Pointer
	dstStep uintptr // from one pixel of the result to the next
	src     unsafe.Pointer
	srcStep uintptr // from one pixel's window to the next
	rowStep uintptr // from one row of a window to the next
	rows    uintptr // of a window
	steps   uintptr // of four bytes in a row of a window: two words or four activations of a byte
	weights *int32  // rows*steps times those of a step for each of lanes channels
	post    *post

	// For pairs of groups.
	src2, dst2 unsafe.Pointer // of the other group
	weights2   *int32         // of the next lanes channels, for a tile of twice as many
	post2      *post
	size       uintptr // of a value of the result
	mask       uintptr // of the last lanes channels those that the result has room for
}

// post turns sums into activations: rounded(sum*scale + bias), held between low and high.
type post struct {
	scale, bias [lanes]float32
	low, high   float32
}

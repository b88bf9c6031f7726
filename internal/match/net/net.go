// Package net runs small convolutional networks on whole numbers.
//
// Weights have 8 bits and activations up to 16; products are summed in 32 bits without rounding, so every machine,
// with vector instructions or without, gives the same answer bit for bit. A network is a list of operations on
// slots, read from a file that training/net/netfile.py writes. Networks without dense layers take pictures of any
// size. It is pure computing: no clock, no goroutines, no state but working memory.
package net

import "errors"

// Most is the largest magnitude of an activation that a convolution may read: 12 bits leave room in a sum of 32
// for some 4,000 products.
const Most = 4095

// lanes is the number of output channels computed together; channels of a Map are filled up to a multiple of it.
const lanes = 16

// maxWidth is the largest width of a kernel.
const maxWidth = 8

// Errors of Read and Run.
var (
	// ErrCorrupt says that bytes are not a network, or one whose sums could overflow.
	ErrCorrupt = errors.New("net: not a network")
	// ErrShape says that a picture does not fit a network: wrong channels, or too small.
	ErrShape = errors.New("net: picture of the wrong shape")
)

// Kernels names the instructions in use: "avx512vnni", "avx2", "neon" or "portable".
func Kernels() string { return kernels.name }

// kernel computes a tile: width neighbouring pixels by lanes channels, or by twice as many where twice is not nil.
type kernel struct {
	name  string
	width int
	tile  func(*job)
	twice func(*job)
}

var kernels = kernel{"portable", 4, portableTile, nil}

// job is one tile of a convolution. Steps are in bytes. The order of its fields is known to the assembly.
type job struct {
	dst     *int16
	dstStep uintptr // from one pixel of the result to the next
	src     *int16
	srcStep uintptr // from one pixel's window to the next
	rowStep uintptr // from one row of a window to the next
	rows    uintptr // of a window
	pairs   uintptr // pairs of values in a row of a window
	weights *int16  // rows*pairs blocks of lanes pairs
	post    *post

	weights2 *int16 // of the next lanes channels, for a tile of twice as many
	post2    *post
}

// post turns sums into activations: rounded(sum*scale + bias), held between low and high.
type post struct {
	scale, bias [lanes]float32
	low, high   float32
}

package hamming

import "math/bits"

// mask has one bit per slot of a block.
type mask [blockLen / 64]uint64

// foldRadius is the largest radius at which folding two words pays: halves of
// unlike codes folded differ in 48 bits on average, 3.5 in deviation.
const foldRadius = 36

// A filter marks in near those slots of a block, of the first n, that a code
// within radius bits may be in, judging by columns a and b, the first half of
// each code. Assembly may read and mark slots from n on, where an Add may be
// writing: such marks mean nothing. It reports whether any slot is marked.
type filter func(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool

// fold is the filter for small radii. The bits that differ in one half or the
// other, laid over each other, are at most as many as differ in all, and take
// one count instead of two.
var fold filter = foldGeneric

func foldGeneric(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	var any uint64
	for w := range (n + 63) / 64 {
		near[w] = foldWord(a, b, w, n, code, radius)
		any |= near[w]
	}
	return any != 0
}

// foldWord marks the 64 slots from w*64 on, as far as they are below n.
func foldWord(a, b *[blockLen]uint64, w, n int, code *Code, radius int) (word uint64) {
	q0, q1 := code[0], code[1]
	end := min(w*64+64, n)
	colA, colB := a[w*64:end], b[w*64:end]
	for i, va := range colA {
		if bits.OnesCount64((va^q0)|(colB[i]^q1)) <= radius {
			word |= 1 << i
		}
	}
	return word
}

// sum is the filter for large radii: it counts the whole half.
func sum(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	q0, q1 := code[0], code[1]
	var any uint64
	for w := range (n + 63) / 64 {
		end := min(w*64+64, n)
		colA, colB := a[w*64:end], b[w*64:end]
		var word uint64
		for i, va := range colA {
			if bits.OnesCount64(va^q0)+bits.OnesCount64(colB[i]^q1) <= radius {
				word |= 1 << i
			}
		}
		near[w] = word
		any |= word
	}
	return any != 0
}

package hamming

import "math/bits"

// mask has one bit per slot of a block.
type mask [blockLen / 64]uint64

// nearPrefixesGeneric marks the slots below n whose first 128 bits, columns a
// and b, differ from code's in at most radius bits: a necessary condition for
// the whole code. It reports whether there are any; near is written only then.
func nearPrefixesGeneric(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	q0, q1 := code[0], code[1]
	any := false
	for w := 0; w*64 < n; w++ {
		end := min(n, w*64+64)
		colA, colB := a[w*64:end], b[w*64:end]
		var word uint64
		for i, va := range colA {
			if bits.OnesCount64(va^q0)+bits.OnesCount64(colB[i]^q1) <= radius {
				word |= 1 << i
			}
		}
		if word != 0 && !any {
			any = true
			clear(near[:])
		}
		if any {
			near[w] = word
		}
	}
	return any
}

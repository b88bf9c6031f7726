package picture

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// The assembly computes the same bytes as the portable code.
func TestAssemblyEqualsGo(t *testing.T) {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		t.Skip("no AVX2")
	}
	rng := rand.New(rand.NewPCG(8, 8))
	for range 3000 {
		var block, quant [64]int16
		last := 0
		for range rng.IntN(64) {
			k := rng.IntN(1 + rng.IntN(64))
			size := int32(1) << rng.IntN(15)
			block[place[k]] = int16(rng.Int32N(2*size) - size)
			last = max(last, k)
		}
		for k := range quant {
			quant[k] = int16(1 + rng.Uint32N(1<<rng.IntN(17)))
		}
		const stride = 21
		got, want := make([]byte, 8*stride), make([]byte, 8*stride)
		idct(&block, &quant, last, got, stride)
		idctGeneric(&block, &quant, last, want, stride)
		if !bytes.Equal(got, want) {
			t.Fatalf("inverse transform, last %d:\n%v\n%v", last, got, want)
		}
		idctHalf(&block, &quant, last, got, stride)
		idctHalfGeneric(&block, &quant, last, want, stride)
		if !bytes.Equal(got, want) {
			t.Fatalf("halved transform, last %d:\n%v\n%v", last, got, want)
		}
	}
	for n := range 100 {
		var c [4][]byte
		for i := range 3 {
			c[i] = make([]byte, n)
			for k := range c[i] {
				c[i][k] = uint8(rng.Uint32())
			}
		}
		check := func(name string, fast, plain func([]byte, [4][]byte)) {
			got, want := make([]byte, 4*n+1), make([]byte, 4*n+1)
			fast(got[:4*n], c)
			plain(want[:4*n], c)
			if !bytes.Equal(got, want) {
				t.Fatalf("%s of %d pixels:\n%v\n%v", name, n, got, want)
			}
		}
		check("colour", yccRow, yccGeneric)
		c[1], c[2] = c[1][:(n+1)/2], c[2][:(n+1)/2]
		check("colour at half width", yccHalfRow, yccHalfGeneric)
		check("colour at half width, by definition", yccHalfRow, func(dst []byte, c [4][]byte) {
			for i := range c[0] {
				yccGeneric(dst[4*i:], [4][]byte{c[0][i : i+1], c[1][i/2 : i/2+1], c[2][i/2 : i/2+1]})
			}
		})
	}
}

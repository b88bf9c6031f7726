package picture

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// The assembly sums and divides like the portable code, to the bit.
func TestShrinkingAssemblyEqualsGo(t *testing.T) {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		t.Skip("no AVX2")
	}
	rng := rand.New(rand.NewPCG(4, 4))
	for n := 1; n < 200; n++ {
		pix := randomPicture(rng, n, 1, n%2 == 0).Pix
		weight := 1 + rng.Uint64N(256)
		got, want := make([]uint64, 2*n+2), make([]uint64, 2*n+2)
		setRow(got, pix, weight)
		setRowGeneric(want, pix, weight)
		for range rng.IntN(5) {
			addRow(got, pix, weight)
			addRowGeneric(want, pix, weight)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("sums of %d columns differ", n)
		}
		if opaque(pix) != opaqueGeneric(pix) {
			t.Fatalf("%d pixels are opaque: %v", n, opaque(pix))
		}
		pix[4*rng.IntN(n)+3] = uint8(rng.IntN(255))
		if opaque(pix) {
			t.Fatalf("a hole in %d pixels was not seen", n)
		}
		checkMeans(t, rng, want, n)
	}
}

func checkMeans(t *testing.T, rng *rand.Rand, down []uint64, n int) {
	t.Helper()
	out := 1 + rng.IntN(n)
	rows := 1 + rng.Uint64N((1<<31-1)/(255*256*uint64(n/out+2))) // so that no sum has more than 31 bits
	var spans []span
	var inverse []float64
	for i := range out {
		sp, weight := newSpan(i, n, out)
		sp.class = uint32(i)
		spans, inverse = append(spans, sp), append(inverse, 1/float64(weight*rows))
	}
	for k := range 2 * n {
		down[k] = rng.Uint64N(255*rows+1) | rng.Uint64N(255*rows+1)<<32
	}
	for k := 1; k < 2*n; k += 2 {
		down[k] = down[k]&0xffffffff | 255*rows<<32 // opaque
	}
	got, want := make([]byte, 4*out+1), make([]byte, 4*out+1)
	meanRow(got[:4*out], down, spans, inverse)
	meanRowGeneric(want[:4*out], down, spans, inverse)
	if !bytes.Equal(got, want) {
		t.Fatalf("means of %d to %d columns:\n%v\n%v", n, out, got, want)
	}
}

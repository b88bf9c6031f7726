package hamming

import (
	"math/bits"
	"math/rand/v2"
	"testing"
)

// Every filter marks what the definition says, and misses nothing near.
func TestFilters(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var a, b [blockLen]uint64
	for round := range 60 {
		code := clustered(rng)
		for i := range a {
			c := clustered(rng)
			a[i], b[i] = c[0], c[1]
			if rng.IntN(3) == 0 {
				a[i], b[i] = rng.Uint64(), rng.Uint64()
			}
		}
		n := 1 + rng.IntN(blockLen)
		radius := []int{0, 5, 31, 36, 64}[round%5]
		for name, f := range filters() {
			var near mask
			for i := range near {
				near[i] = 0xdead // what an earlier block left
			}
			marked := f(&a, &b, n, &code, radius, &near)
			for i := range n {
				x, y := a[i]^code[0], b[i]^code[1]
				want := bits.OnesCount64(x|y) <= radius
				if name == "sum" {
					want = bits.OnesCount64(x)+bits.OnesCount64(y) <= radius
				}
				if got := marked && near[i/64]>>(i%64)&1 == 1; got != want {
					t.Fatalf("%s, radius %d, n %d: slot %d marked %v, want %v", name, radius, n, i, got, want)
				}
			}
		}
	}
}

func BenchmarkFilters(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	var x, y [blockLen]uint64
	for i := range x {
		x[i], y[i] = rng.Uint64(), rng.Uint64()
	}
	for name, f := range filters() {
		b.Run(name, func(b *testing.B) {
			var near mask
			code := Code{1, 2, 3, 4}
			for b.Loop() {
				f(&x, &y, blockLen, &code, 31, &near)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/blockLen*1.048576, "ms/Mi")
		})
	}
}

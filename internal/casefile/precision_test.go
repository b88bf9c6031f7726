package casefile

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		decided, confirmed int
		low, high          float64
	}{
		{0, 0, 0, 1},
		{1, 0, 0, 0.7934507}, // z² / (n + z²)
		{1, 1, 0.2065493, 1},
		{100, 100, 0.9630065, 1},
	} {
		p := Measure("a", c.decided, c.confirmed)
		if math.Abs(p.Low-c.low) > 1e-6 || math.Abs(p.High-c.high) > 1e-6 || p.Refused != c.decided-c.confirmed {
			t.Errorf("%d of %d: %+v, want %v to %v", c.confirmed, c.decided, p, c.low, c.high)
		}
	}
}

// The ends are by definition the shares from which the one that was seen lies
// just as far away as 95 % allow.
func TestMeasureIsWilsons(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 100_000).Draw(rt, "decided")
		p := Measure("a", n, rapid.IntRange(0, n).Draw(rt, "confirmed"))
		if !(0 <= p.Low && p.Low <= p.Share && p.Share <= p.High && p.High <= 1) {
			rt.Fatalf("%+v", p)
		}
		for _, end := range []float64{p.Low, p.High} {
			if away, allowed := math.Abs(p.Share-end), WilsonZ*math.Sqrt(end*(1-end)/float64(n)); math.Abs(away-allowed) > 1e-7 {
				rt.Fatalf("%+v: %v away, %v allowed", p, away, allowed)
			}
		}
	})
}

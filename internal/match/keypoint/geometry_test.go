package keypoint

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestFitsRecoverTheMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		mirrored := rapid.Bool().Draw(t, "mirrored")
		turn := number("turn", -3.1, 3.1)
		want := anchored(number("x", 0, 500), number("y", 0, 500), number("u", 0, 800), number("v", 0, 800), number("scale", 0.1, 5), turn, mirrored)
		var links []link
		for i := range 8 {
			x, y := float64(i*i%7)*40, float64(i*37%11)*30
			u, v := want.apply(x, y)
			links = append(links, link{x, y, u, v, 1 + float64(i%3)})
		}
		a, ok := fitAffine(links)
		s, fine := fitSimilarity(links, mirrored)
		if !ok || !fine {
			t.Fatal("no fit")
		}
		back := want.inverse()
		for _, got := range []affine{a, s} {
			u, v := got.apply(123, 45)
			if x, y := back.apply(u, v); math.Hypot(x-123, y-45) > 1e-5 {
				t.Fatalf("(123,45) comes back as (%v,%v)", x, y)
			}
			if math.Abs(wrap(got.rotation()-turn)) > 1e-6 || math.Abs(got.skewness()-1) > 1e-6 {
				t.Fatalf("rotation %v, want %v; skewness %v", got.rotation(), turn, got.skewness())
			}
		}
	})
}

func TestCodeSymmetries(t *testing.T) {
	// The code of a mirrored or turned patch must be the code read that way.
	photo := luma(drawPhoto(9, 200, 200), 255).smooth()
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		x, y := 40+rng.IntN(120), 40+rng.IntN(120)
		f := describeSpot(&level{1, photo}, spot{x: x, y: y})
		for name, c := range map[string]struct {
			change func(x, y int) (int, int)
			want   code
		}{
			"mirrored": {func(x, y int) (int, int) { return 199 - x, y }, f.code.mirrored()},
			"turned":   {func(x, y int) (int, int) { return 199 - x, 199 - y }, f.code},
		} {
			other := newPlane(200, 200)
			for i, v := range photo.pix {
				u, w := c.change(i%200, i/200)
				other.pix[w*200+u] = v
			}
			u, w := c.change(x, y)
			got := describeSpot(&level{1, other}, spot{x: u, y: w}).code
			// Directions are rounded to 64 and equal pixels have no sign: a few bits may differ.
			if d := got.distance(&c.want); d > 24 {
				t.Errorf("%s at %d,%d: %d bits differ", name, x, y, d)
			}
		}
	}
}

func TestSmoothKeepsFlatAndMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h")
		v := rapid.Byte().Draw(t, "value")
		p := newPlane(w, h)
		for i := range p.pix {
			p.pix[i] = v
		}
		for _, got := range p.smooth().pix {
			if got != v {
				t.Fatalf("flat %d became %d", v, got)
			}
		}
		i := rapid.IntRange(0, w*h-1).Draw(t, "spot")
		p.pix[i] = 255 - v
		lo, hi := min(v, 255-v), max(v, 255-v)
		for _, got := range p.smooth().pix {
			if got < lo || got > hi {
				t.Fatalf("%d lies outside of %d..%d", got, lo, hi)
			}
		}
	})
}

// wrap brings an angle into -pi..pi.
func wrap(a float64) float64 { return math.Remainder(a, 2*math.Pi) }

func TestApart(t *testing.T) {
	for i := range 2000 {
		a, b := float64(i%50)/4-6, float64(i/50)/4-5
		want := math.Abs(wrap(a-b)) > 0.4
		if d := math.Abs(math.Abs(wrap(a-b)) - 0.4); apart(a, b, 0.4) != want && d > 1e-9 {
			t.Fatalf("%v and %v", a, b)
		}
	}
}

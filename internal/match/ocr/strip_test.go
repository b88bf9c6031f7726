package ocr

import (
	"image/color"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// On an even picture every sampling gives its colour, inside and beyond.
func TestSamplingIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Byte().Draw(t, "value")
		p := canvas(rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h"), color.NRGBA{v, v, v, 255})
		x, y := rapid.Float64Range(-20, 20).Draw(t, "x"), rapid.Float64Range(-20, 20).Draw(t, "y")
		for name, look := range map[string]func() (r, g, b float32){
			"bilinear": func() (r, g, b float32) { return bilinear(p, x, y) },
			"bicubic":  func() (r, g, b float32) { return bicubic(p, x, y) },
		} {
			if r, g, b := look(); math.Abs(float64(r)-float64(v)) > 0.01 || r != g || g != b {
				t.Fatalf("%s at %g,%g: %g %g %g, want %d", name, x, y, r, g, b, v)
			}
		}
	})
}

// What is transparent is paper.
func TestSamplingTransparent(t *testing.T) {
	p := canvas(6, 6, color.NRGBA{})
	if r, _, b := bicubic(p, 3, 3); math.Abs(float64(r)-255) > 0.01 || math.Abs(float64(b)-255) > 0.01 {
		t.Errorf("%g %g", r, b)
	}
}

func TestQuantile(t *testing.T) {
	v := []float32{3, 1, 2, 250, 0, 5, 4, 7, 6, 8}
	for q, want := range map[float64]float32{0: 0, 0.5: 5, 0.9: 250, 1: 255} {
		if got := quantile(v, q); got != want {
			t.Errorf("%g: %g, want %g", q, got, want)
		}
	}
	if quantile(nil, 0.5) != 255 {
		t.Error("nothing has no dark value")
	}
}

package picture

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// areaMean computes one pixel of a scaled-down picture from the definition.
func areaMean(img *image.NRGBA, x, y, w, h int) [4]float64 {
	srcW, srcH := img.Rect.Dx(), img.Rect.Dy()
	var sum [4]float64
	total := 0.0
	for sy := range srcH {
		vy := overlap(sy, y, srcH, h)
		if vy == 0 {
			continue
		}
		for sx := range srcW {
			weight := vy * overlap(sx, x, srcW, w)
			c := img.NRGBAAt(sx, sy)
			a := weight * float64(c.A)
			sum[0] += a * float64(c.R)
			sum[1] += a * float64(c.G)
			sum[2] += a * float64(c.B)
			sum[3] += a
			total += weight
		}
	}
	if sum[3] == 0 {
		return [4]float64{}
	}
	return [4]float64{sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3], sum[3] / total}
}

// overlap is the part of source cell s, of n, inside cell i of m.
func overlap(s, i, n, m int) float64 {
	ratio := float64(n) / float64(m)
	low, high := math.Max(float64(s), float64(i)*ratio), math.Min(float64(s+1), float64(i+1)*ratio)
	return math.Max(0, high-low)
}

func randomPicture(rng *rand.Rand, w, h int, translucid bool) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.IntN(256))
		if i%4 == 3 && (!translucid || rng.IntN(3) == 0) {
			img.Pix[i] = 255
		}
	}
	return img
}

func TestShrinkingIsAreaAveraging(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		outW, outH := rapid.IntRange(1, w).Draw(t, "outW"), rapid.IntRange(1, h).Draw(t, "outH")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		img := randomPicture(rng, w, h, rapid.Bool().Draw(t, "translucid"))
		got := Resize(img, outW, outH)
		for y := range outH {
			for x := range outW {
				want := areaMean(img, x, y, outW, outH)
				p := got.Pix[got.PixOffset(x, y):]
				for c := range 4 {
					if c < 3 && want[3] < 4 {
						continue // hardly to be seen
					}
					// weights are rounded to 1/256 of a pixel
					if math.Abs(float64(p[c])-want[c]) > 3 {
						t.Fatalf("%dx%d to %dx%d at (%d, %d): %v, want %.1f", w, h, outW, outH, x, y, p[:4], want)
					}
				}
			}
		}
	})
}

func TestResizeKeepsPlainColour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 50).Draw(t, "w"), rapid.IntRange(1, 50).Draw(t, "h")
		c := color.NRGBA{rapid.Byte().Draw(t, "r"), rapid.Byte().Draw(t, "g"), 255, rapid.ByteRange(1, 255).Draw(t, "a")}
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := 0; i < len(img.Pix); i += 4 {
			copy(img.Pix[i:], []byte{c.R, c.G, c.B, c.A})
		}
		out := Resize(img, rapid.IntRange(1, 90).Draw(t, "outW"), rapid.IntRange(1, 90).Draw(t, "outH"))
		for y := range out.Rect.Dy() {
			for x := range out.Rect.Dx() {
				if got := out.NRGBAAt(x, y); got != c {
					t.Fatalf("(%d, %d) is %v, want %v", x, y, got, c)
				}
			}
		}
	})
}

// Doubling a ramp and halving it again gives it back.
func TestEnlargeInterpolates(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 20, 1))
	for x := range 20 {
		img.SetNRGBA(x, 0, color.NRGBA{uint8(10 * x), uint8(10 * x), 0, 255})
	}
	back := Resize(Resize(img, 40, 3), 20, 1)
	for x := 1; x < 19; x++ {
		if got, want := int(back.NRGBAAt(x, 0).R), 10*x; got < want-1 || got > want+1 {
			t.Errorf("x=%d: %d, want %d", x, got, want)
		}
	}
}

// A transparent pixel lends no colour to its neighbours.
func TestNoColourBleedsFromTransparency(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 4, 1))
	for x := range 4 {
		img.SetNRGBA(x, 0, color.NRGBA{255, 0, 0, 255})
	}
	img.SetNRGBA(1, 0, color.NRGBA{0, 255, 0, 0})
	for _, w := range []int{1, 2, 3, 7} {
		out := Resize(img, w, 2)
		for x := range w {
			if c := out.NRGBAAt(x, 0); c.A > 0 && (c.R != 255 || c.G != 0) {
				t.Errorf("width %d: %v at %d", w, c, x)
			}
		}
	}
}

func TestFlattenAndLuma(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 4, 1))
	img.SetNRGBA(0, 0, color.NRGBA{10, 20, 30, 255})
	img.SetNRGBA(1, 0, color.NRGBA{0, 0, 0, 128})
	img.SetNRGBA(2, 0, color.NRGBA{255, 0, 0, 255})
	flat := Flatten(img, color.NRGBA{R: 255, G: 255, B: 255})
	for x, want := range []color.NRGBA{{10, 20, 30, 255}, {127, 127, 127, 255}, {255, 0, 0, 255}, {255, 255, 255, 255}} {
		if got := flat.NRGBAAt(x, 0); got != want {
			t.Errorf("x=%d: %v, want %v", x, got, want)
		}
	}
	luma := Luma(img)
	for x, want := range []uint8{18, 127, 76, 255} {
		if luma.Pix[x] != want {
			t.Errorf("luma %d: %d, want %d", x, luma.Pix[x], want)
		}
	}
	if whole := scene(5, 5, false); Flatten(whole, red) != whole {
		t.Error("an opaque picture was copied")
	}
}

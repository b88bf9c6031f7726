package pdq

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawing is a picture given by a formula, with what the reference made of it.
type drawing struct {
	Width, Height int
	Waves         [3][2][3]int // per channel two waves [a, b, n]
	Discs         [][3]int     // centre x, y and radius of inverted discs
	Sum           int          // of all channel values, to check the drawing
	PDQ           Hash
	Quality       int
}

func drawings(tb testing.TB) []drawing {
	tb.Helper()
	raw, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []drawing
	if err := json.Unmarshal(raw, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

func (d drawing) draw(tb testing.TB) *image.NRGBA {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, d.Width, d.Height))
	sum := 0
	for y := range d.Height {
		for x := range d.Width {
			p := img.Pix[img.PixOffset(x, y):]
			p[3] = 255
			for c, waves := range d.Waves {
				v := (triangle(waves[0], x, y) + triangle(waves[1], x, y)) / 2
				for _, disc := range d.Discs {
					if dx, dy := x-disc[0], y-disc[1]; dx*dx+dy*dy < disc[2]*disc[2] {
						v = 255 - v
					}
				}
				p[c] = uint8(v)
				sum += v
			}
		}
	}
	if sum != d.Sum {
		tb.Fatalf("drawing sums to %d, want %d: the formula is drawn wrongly", sum, d.Sum)
	}
	return img
}

func triangle(wave [3]int, x, y int) int {
	n := wave[2]
	d := (wave[0]*x+wave[1]*y)%(2*n) - n
	return max(d, -d) * 255 / n
}

func TestComputeMatchesReference(t *testing.T) {
	for k, d := range drawings(t) {
		t.Run(fmt.Sprintf("%02d_%dx%d", k, d.Width, d.Height), func(t *testing.T) {
			got, quality := Compute(d.draw(t))
			if got != d.PDQ || quality != d.Quality {
				t.Errorf("got %v quality %d\nwant %v quality %d (%d bits differ)", got, quality, d.PDQ, d.Quality, got.Distance(d.PDQ))
			}
		})
	}
}

// turned draws the picture in one of the eight orientations by moving pixels.
func turned(img *image.NRGBA, o int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	outW, outH := w, h
	if o == Rotate90 || o == Rotate270 || o == FlipPlus1 || o == FlipMinus1 {
		outW, outH = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, outW, outH))
	for y := range h {
		for x := range w {
			u, v := x, y
			switch o {
			case Rotate90:
				u, v = y, w-1-x
			case Rotate180:
				u, v = w-1-x, h-1-y
			case Rotate270:
				u, v = h-1-y, x
			case FlipX:
				v = h - 1 - y
			case FlipY:
				u = w - 1 - x
			case FlipPlus1:
				u, v = y, x
			case FlipMinus1:
				u, v = h-1-y, w-1-x
			}
			out.SetNRGBA(u, v, img.NRGBAAt(x, y))
		}
	}
	return out
}

// The spectrum's orientations are the picture's: the hash of the turned picture
// is nearest to the one derived for that orientation. It is the same where no
// filter runs (64x64); elsewhere the sampling grid, off centre by half a pixel
// in the reference too, costs bits.
func TestDihedralMatchesTurnedPictures(t *testing.T) {
	for k, d := range drawings(t) {
		if d.Quality < MinQuality || d.Width > maxSide || d.Height > maxSide {
			continue
		}
		img := d.draw(t)
		hashes := Dihedral(img)
		for o := range hashes {
			direct, _ := Compute(turned(img, o))
			best := 0
			for i, h := range hashes {
				if h.Distance(direct) < hashes[best].Distance(direct) {
					best = i
				}
			}
			n := hashes[o].Distance(direct)
			if best != o || n > 64 || (d.Width == side && d.Height == side && n > 1) {
				t.Errorf("drawing %d orientation %d: nearest derived hash is %d, own one is %d bits away", k, o, best, n)
			}
		}
	}
}

func TestTooSmallOrFlat(t *testing.T) {
	for _, size := range []image.Point{{4, 100}, {100, 4}, {0, 0}, {1, 1}} {
		h, q := Compute(image.NewNRGBA(image.Rectangle{Max: size}))
		if h != (Hash{}) || q != 0 {
			t.Errorf("%v: got %v quality %d, want the zero hash", size, h, q)
		}
	}
	if _, q := Compute(image.NewNRGBA(image.Rect(0, 0, 300, 200))); q != 0 {
		t.Errorf("flat picture has quality %d", q)
	}
}

func TestTransparentLiesOnWhite(t *testing.T) {
	img := drawings(t)[0].draw(t)
	flat := image.NewNRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := img.NRGBAAt(x, y)
			c.A = uint8(x)
			img.SetNRGBA(x, y, c)
			flat.SetNRGBA(x, y, color.NRGBA{onWhite(c.R, c.A), onWhite(c.G, c.A), onWhite(c.B, c.A), 255})
		}
	}
	got, _ := Compute(img)
	want, _ := Compute(flat)
	if got != want {
		t.Errorf("transparent %v, flattened on white %v", got, want)
	}
}

// A window of a larger picture is hashed like a copy of its pixels.
func TestSubImage(t *testing.T) {
	img := drawings(t)[1].draw(t)
	window := image.Rect(17, 23, 217, 201)
	copied := image.NewNRGBA(image.Rect(0, 0, window.Dx(), window.Dy()))
	for y := range window.Dy() {
		for x := range window.Dx() {
			copied.SetNRGBA(x, y, img.NRGBAAt(x+17, y+23))
		}
	}
	got, _ := Compute(img.SubImage(window).(*image.NRGBA))
	want, _ := Compute(copied)
	if got != want {
		t.Errorf("window %v, copy %v", got, want)
	}
}

// plainSums is the sliding window as the reference's four phases describe it.
func plainSums(in []float32, window int) []float32 {
	n, half := len(in), (window+2)/2
	out := make([]float32, 0, n)
	var sum float32
	left, right, count := 0, 0, 0
	gain := func() { sum += in[right]; right++; count++ }
	lose := func() { sum -= in[left]; left++; count-- }
	write := func() { out = append(out, sum/float32(count)) }
	for range half - 1 {
		gain()
	}
	for range window - half + 1 {
		gain()
		write()
	}
	for range n - window {
		gain()
		lose()
		write()
	}
	for range half - 1 {
		lose()
		write()
	}
	return out
}

func TestSlideFollowsTheReferencePhases(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := minSide; n <= maxSide; n++ {
		var lane [lanes][maxSide]float32
		for l := range lane {
			for i := range n {
				lane[l][i] = rng.Float32() * 255
			}
		}
		want := plainSums(append([]float32(nil), lane[2][:n]...), (n+127)/128)
		a := newAxis(n)
		a.slide(&lane)
		got := make([]float32, n)
		a.mean(got, lane[2][:n])
		for i := range n {
			if got[i] != want[i] {
				t.Fatalf("n=%d position %d: %v, want %v", n, i, got[i], want[i])
			}
		}
	}
}

func TestTorbenIsTheLowerMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float32Range(-1000, 1000), 256, 256).Draw(t, "values")
		if rapid.Bool().Draw(t, "ties") {
			for i := range values {
				values[i] = float32(int(values[i]) / 100)
			}
		}
		got := torben(values)
		sorted := append([]float32(nil), values...)
		sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
		if got != sorted[127] {
			t.Fatalf("got %v, lower median is %v", got, sorted[127])
		}
	})
}

func TestTextForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Hash
		for i := range h {
			h[i] = rapid.Uint64().Draw(t, "word")
		}
		for _, text := range []string{h.String(), strings.ToUpper(h.String())} {
			back, err := Parse(text)
			if err != nil || back != h {
				t.Fatalf("Parse(%q) = %v, %v", text, back, err)
			}
		}
		k := rapid.IntRange(0, 255).Draw(t, "bit")
		other := h
		other[k>>6] ^= 1 << (k & 63)
		if h.Distance(other) != 1 {
			t.Fatalf("one bit flipped gives distance %d", h.Distance(other))
		}
	})
	for _, bad := range []string{"", "00", strings.Repeat("g", 64), strings.Repeat("0", 63), strings.Repeat("0", 65)} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) accepted", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(strings.Repeat("0f", 32))
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Parse(text)
		if err == nil && h.String() != strings.ToLower(text) {
			t.Fatalf("Parse(%q).String() = %q", text, h.String())
		}
	})
}

func BenchmarkCompute(b *testing.B) {
	all := drawings(b)
	for _, k := range []int{0, 8, 16, 17} {
		d := all[k]
		img := d.draw(b)
		b.Run(fmt.Sprintf("%dx%d", d.Width, d.Height), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compute(img)
			}
		})
	}
}

func BenchmarkDihedral(b *testing.B) {
	img := drawings(b)[16].draw(b)
	for b.Loop() {
		Dihedral(img)
	}
}

// With vector instructions or without, luma is the same to the bit.
func TestOpaqueLuma(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	img := image.NewNRGBA(image.Rect(0, 0, 700, 9))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32())
		if i%4 == 3 && i/4/700 != 8 {
			img.Pix[i] = 255
		}
	}
	kept := opaqueLuma
	defer func() { opaqueLuma = kept }()
	for y := range 9 {
		n := 1 + rng.IntN(maxSide)
		offsets := make([]int32, n)
		for i := range offsets {
			offsets[i] = int32(i * 700 / n * 4)
		}
		got, want := make([]float32, n), make([]float32, n)
		opaqueLuma = kept
		fillLuma(got, img, y, offsets)
		opaqueLuma = func([]float32, []byte, []int32) int { return 0 }
		fillLuma(want, img, y, offsets)
		if !slices.Equal(got, want) {
			t.Errorf("row %d, %d pixels: luma differs", y, n)
		}
	}
}

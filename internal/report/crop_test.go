package report

import (
	"image"
	"image/color"
	"math"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/match/picture"
	"assay/internal/signal"
)

// quarters is a picture with a different colour in each quarter.
func quarters(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(40 + 180*(2*x/w)), uint8(40 + 180*(2*y/h)), 128, 255})
		}
	}
	return img
}

func corners(points ...float64) (out []signal.Point) {
	for i := 0; i < len(points); i += 2 {
		out = append(out, signal.Point{X: points[i], Y: points[i+1]})
	}
	return out
}

// A copy that lies small, mirrored and turned in another picture comes out as
// the original.
func TestAlignedCrop(t *testing.T) {
	theirs := quarters(120, 80)
	small := picture.Resize(theirs, 60, 40)
	mine := image.NewNRGBA(image.Rect(0, 0, 200, 150))
	for y := range 40 {
		for x := range 60 {
			mine.SetNRGBA(100-y, 30+x, small.NRGBAAt(x, y)) // a quarter turn
		}
	}
	at := &signal.Sighting{AssetOutline: corners(0, 0, 1, 0, 1, 1, 0, 1),
		Outline: corners(101./200, 30./150, 101./200, 90./150, 61./200, 90./150, 61./200, 30./150)}
	crop, whole, ok := aligned(mine, theirs, at)
	if !ok || crop.Rect != whole.Rect || crop.Rect.Dx() != cropSide {
		t.Fatalf("crop %v beside %v", crop.Rect, whole.Rect)
	}
	for _, p := range [][2]int{{20, 20}, {240, 20}, {20, 150}, {240, 150}} {
		a, b := crop.NRGBAAt(p[0], p[1]), whole.NRGBAAt(p[0], p[1])
		if math.Abs(float64(a.R)-float64(b.R)) > 8 || math.Abs(float64(a.G)-float64(b.G)) > 8 {
			t.Errorf("at %v there is %v instead of %v", p, a, b)
		}
	}
}

// A whole copy that was mirrored and turned comes out as the original too.
func TestAlignedCropOfWholeCopies(t *testing.T) {
	theirs := quarters(120, 80)
	square := corners(0, 0, 1, 0, 1, 1, 0, 1)
	for _, c := range []struct {
		mirrored bool
		rotation float64
	}{{false, 0}, {true, 0}, {false, 90}, {false, 180}, {false, 270}, {true, 90}, {true, 180}, {true, 270}} {
		mine := theirs // turned back and then mirrored, it is what the seller shows
		for range (4 - int(c.rotation)/90) % 4 {
			mine = quarterTurn(mine)
		}
		if c.mirrored {
			mine = mirror(mine)
		}
		crop, whole, ok := aligned(mine, theirs, &signal.Sighting{Outline: square, AssetOutline: square, Mirrored: c.mirrored, Rotation: c.rotation})
		if !ok {
			t.Fatalf("%+v: no crop", c)
		}
		for _, p := range [][2]int{{20, 20}, {240, 20}, {20, 150}, {240, 150}} {
			a, b := crop.NRGBAAt(p[0], p[1]), whole.NRGBAAt(p[0], p[1])
			if math.Abs(float64(a.R)-float64(b.R)) > 8 || math.Abs(float64(a.G)-float64(b.G)) > 8 {
				t.Errorf("%+v: at %v there is %v instead of %v", c, p, a, b)
			}
		}
	}
}

// quarterTurn turns a picture clockwise by 90 degrees.
func quarterTurn(img *image.NRGBA) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.SetNRGBA(h-1-y, x, img.NRGBAAt(x, y))
		}
	}
	return out
}

func mirror(img *image.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.SetNRGBA(img.Rect.Dx()-1-x, y, img.NRGBAAt(x, y))
		}
	}
	return out
}

func TestNoCropWithoutCorners(t *testing.T) {
	img := quarters(20, 20)
	whole := corners(0, 0, 1, 0, 1, 1, 0, 1)
	for name, at := range map[string]*signal.Sighting{
		"no outline":  {AssetOutline: whole},
		"other shape": {AssetOutline: whole, Outline: corners(0, 0, 1, 0, 1, 1)},
		"no area":     {AssetOutline: whole, Outline: corners(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)},
		"no numbers":  {AssetOutline: whole, Outline: corners(math.NaN(), 0, 1, 0, 1, 1, 0, 1)},
	} {
		if crop, _, ok := aligned(img, img, at); ok && name != "no area" {
			t.Errorf("%s: a crop of %v", name, crop.Rect)
		}
	}
}

// Four points go where they should, whatever else happens in between.
func TestProjection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := [4]signal.Point{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 80}, {X: 0, Y: 80}}
		to := from
		for i := range to {
			to[i].X += rapid.Float64Range(-25, 25).Draw(t, "x")
			to[i].Y += rapid.Float64Range(-20, 20).Draw(t, "y")
		}
		m, ok := projection(from, to)
		if !ok {
			t.Fatal("no map")
		}
		for i, p := range from {
			if q := m.at(p.X, p.Y); math.Hypot(q.X-to[i].X, q.Y-to[i].Y) > 1e-6 {
				t.Fatalf("%v went to %v instead of %v", p, q, to[i])
			}
		}
	})
}

// Wild outlines come from stored data; they must not stop the page.
func FuzzAligned(f *testing.F) {
	f.Add(0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9)
	f.Add(1e300, -1e300, 0.0, 0.0, 1e-300, 1.0, -5.0, 7.0)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		img := quarters(30, 20)
		at := &signal.Sighting{AssetOutline: corners(0, 0, 1, 0, 1, 1, 0, 1), Outline: corners(a, b, c, d, e, g, h, i)}
		if crop, whole, ok := aligned(img, img, at); ok && crop.Rect != whole.Rect {
			t.Errorf("%v beside %v", crop.Rect, whole.Rect)
		}
	})
}

func TestLightMarksLieOnDark(t *testing.T) {
	white, black := image.NewNRGBA(image.Rect(0, 0, 4, 4)), image.NewNRGBA(image.Rect(0, 0, 4, 4))
	white.SetNRGBA(1, 1, color.NRGBA{255, 255, 255, 255})
	black.SetNRGBA(1, 1, color.NRGBA{0, 0, 0, 255})
	if backdrop(white).R > 100 || backdrop(black).R < 200 {
		t.Errorf("white lies on %v, black on %v", backdrop(white), backdrop(black))
	}
}

package keypoint

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// oval makes all of a picture transparent but for an oval in its middle that reaches share of the way to the sides.
func oval(src *image.NRGBA, share float64) *image.NRGBA {
	out := eachPixel(src, func(c color.NRGBA) color.NRGBA { return c })
	w, h := float64(src.Bounds().Dx()), float64(src.Bounds().Dy())
	fill(out, color.NRGBA{}, func(x, y float64) bool { return math.Hypot(2*x/w-1, 2*y/h-1) > share })
	return out
}

// piece is what lies in the picture from the given corner on, share of each side.
func piece(src *image.NRGBA, left, top, share float64) *image.NRGBA {
	w, h := float64(src.Bounds().Dx()), float64(src.Bounds().Dy())
	return remap(src, int(w*share), int(h*share), func(x, y float64) (float64, float64) { return x + left*w, y + top*h })
}

func TestPartOfPhotographIsFound(t *testing.T) {
	asset := drawPhoto(4, 420, 360)
	onto := func(part *image.NRGBA, scale, turn float64) *image.NRGBA {
		out := drawPhoto(800, 500, 480)
		paste(out, part, 250, 240, scale, turn, nil)
		return out
	}
	for name, c := range map[string]struct {
		query *image.NRGBA
		truth affine                  // from the asset to the query
		there func(x, y float64) bool // of the asset, in fractions
		share float64
	}{
		"36 % of the area, top left": {piece(asset, 0, 0, 0.6), anchored(0, 0, 0, 0, 1, 0, false),
			func(x, y float64) bool { return x < 0.6 && y < 0.6 }, 0.36},
		"36 % of the area, bottom right": {piece(asset, 0.4, 0.4, 0.6), anchored(168, 144, 0, 0, 1, 0, false),
			func(x, y float64) bool { return x > 0.4 && y > 0.4 }, 0.36},
		"cut out": {onto(oval(asset, 0.8), 0.9, 0), anchored(210, 180, 250, 240, 0.9, 0, false),
			func(x, y float64) bool { return math.Hypot(2*x-1, 2*y-1) < 0.8 }, 0.5},
		"cut out and turned": {onto(oval(asset, 0.8), 0.8, 0.25), anchored(210, 180, 250, 240, 0.8, 0.25, false),
			func(x, y float64) bool { return math.Hypot(2*x-1, 2*y-1) < 0.8 }, 0.5},
		"a corner cut out": {onto(piece(asset, 0, 0.3, 0.65), 1, 0), anchored(136.5, 225, 250, 240, 1, 0, false),
			func(x, y float64) bool { return x < 0.65 && y > 0.3 && y < 0.95 }, 0.42},
	} {
		t.Run(name, func(t *testing.T) {
			m := photoIndex().Search(c.query)[0]
			if m.ID != "p4" || m.Score < ReviewScore {
				t.Fatalf("want p4 at %.1f or more, got %+v", ReviewScore, m)
			}
			for i, own := range m.AssetOutline { // all of the asset is outlined, also what is not there
				u, v := c.truth.apply(own.X, own.Y)
				if d := math.Hypot(m.Outline[i].X-u, m.Outline[i].Y-v); d > 8 {
					t.Errorf("corner %d is %.1f pixels off", i, d)
				}
			}
			checkRegion(t, m.Part, c.truth, c.share, c.there)
		})
	}
}

// checkRegion compares a region with what of the 420 x 360 asset is there.
func checkRegion(t *testing.T, r *Region, truth affine, share float64, there func(x, y float64) bool) {
	t.Helper()
	if r == nil {
		t.Fatal("the part decided, but is not described")
	}
	if math.Abs(r.Share-share) > 0.12 || r.Correlation < 0.9 {
		t.Errorf("share %.2f of %.2f, correlation %.2f", r.Share, share, r.Correlation)
	}
	if len(r.Outline) != len(r.AssetOutline) || len(r.Outline) < 4 || len(r.Outline) > mostPoints {
		t.Fatalf("%d and %d points", len(r.Outline), len(r.AssetOutline))
	}
	for i, own := range r.AssetOutline {
		u, v := truth.apply(own.X, own.Y)
		if d := math.Hypot(r.Outline[i].X-u, r.Outline[i].Y-v); d > 8 {
			t.Errorf("point %d is %.1f pixels off", i, d)
		}
	}
	agree, n := 0, 0
	for y := 0.02; y < 1; y += 0.04 {
		for x := 0.02; x < 1; x += 0.04 {
			if n++; there(x, y) == within(r.AssetOutline, 420*x, 360*y) {
				agree++
			}
		}
	}
	if float64(agree) < 0.87*float64(n) {
		t.Errorf("the outline is right in %d of %d places: %.0f", agree, n, r.AssetOutline)
	}
}

// within says whether a place lies inside a ring, by the even-odd rule.
func within(ring []Point, x, y float64) (in bool) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > y) != (b.Y > y) && x < a.X+(y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}

// drawGoods are goods of nearly one cut and of many patterns on white: seeds have most of the outline in common and nothing else.
func drawGoods(seed uint64) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 9))
	img := image.NewNRGBA(image.Rect(0, 0, 400, 480))
	fill(img, color.NRGBA{250, 250, 250, 255}, func(_, _ float64) bool { return true })
	var fall [6]float64 // no two lie alike
	for i := range fall {
		fall[i] = 24*rng.Float64() - 12
	}
	inside := func(x, y float64) bool {
		body := x > 120+fall[0]+0.05*fall[1]*(y-250)/10 && x < 280+fall[2] && y > 60 && y < 430+fall[3]
		return body || math.Abs(y-130-fall[4]*(x-200)/160) < 50-math.Abs(x-200)/6 && x > 40+fall[5] && x < 360+fall[5]
	}
	fill(img, color.NRGBA{60, 70, 90, 255}, inside)
	for range 80 {
		c := color.NRGBA{uint8(rng.IntN(236)), uint8(rng.IntN(236)), uint8(rng.IntN(236)), 255}
		x, y, r := 40+320*rng.Float64(), 60+370*rng.Float64(), 8+20*rng.Float64()
		area := image.Rect(int(x-r), int(y-r), int(x+r)+1, int(y+r)+1)
		fillIn(img, area, c, func(u, v float64) bool { return inside(u, v) && math.Abs(u-x)+math.Abs(v-y)*1.3 < r })
	}
	return img
}

func TestGoodsAndLookAlikes(t *testing.T) {
	ix := NewIndex()
	for seed := range uint64(3) {
		d, err := Describe(drawGoods(seed), Photograph)
		if err != nil {
			t.Fatal(err)
		}
		if err := ix.Add(fmt.Sprint("g", seed), d); err != nil {
			t.Fatal(err)
		}
	}
	cut := drawGoods(1)
	for i := 0; i < len(cut.Pix); i += 4 {
		if cut.Pix[i] > 240 {
			cut.Pix[i+3] = 0
		}
	}
	ground := drawPhoto(801, 520, 560)
	paste(ground, cut, 260, 280, 0.9, 0, nil)
	if m := ix.Search(ground)[0]; m.ID != "g1" || m.Score < ReviewScore {
		t.Errorf("goods on another ground: %+v", m)
	}
	for seed := range uint64(12) {
		for _, m := range ix.Search(drawGoods(100 + seed)) {
			if m.Score >= ReviewScore {
				t.Errorf("goods %d of the same cut and another pattern: %s at %.2f", seed, m.ID, m.Score)
			}
		}
	}
}

// A logo that two photographs share is worth a look at most.
func TestSmallSharedPartIsNeverSure(t *testing.T) {
	logo := piece(drawPhoto(4, 420, 360), 0.3, 0.3, 0.3)
	for seed := range uint64(8) {
		other := drawPhoto(810+seed, 420, 360)
		paste(other, logo, 200, 180, 1, 0, nil)
		for _, m := range photoIndex().Search(other) {
			if m.Score >= BlockScore {
				t.Errorf("a shared piece of 9 %%: %s at %.2f", m.ID, m.Score)
			}
		}
	}
}

func TestNudgeBettersThePosition(t *testing.T) {
	img := drawPhoto(4, 420, 360)
	d, err := Describe(img, Photograph)
	if err != nil {
		t.Fatal(err)
	}
	q := newQuery(img, [Mark + 1]bool{Photograph: true})
	defer q.release()
	for _, off := range []affine{{1, 0, 4, 0, 1, -3}, {1.015, 0, -3, 0, 0.99, 2}, {1, 0.015, -2, -0.01, 1, 3}} {
		c := comparison{q: q, grain: grainOf(d.thumb, nil)}
		c.compare(d, &off)
		before, t1 := astray(&off), off
		for range nudges {
			step, ok := c.nudge()
			if !ok {
				t.Fatal("no step found")
			}
			t1 = nudged(&t1, d, &step)
			c.compare(d, &t1)
		}
		if after := astray(&t1); after > before/3 || after > 0.8 {
			t.Errorf("%v pixels off before, %v after", before, after)
		}
	}
}

// astray is how far a position is from the identity at the worst corner of the test's picture.
func astray(t *affine) (most float64) {
	for _, p := range [4]Point{{0, 0}, {420, 0}, {0, 360}, {420, 360}} {
		u, v := t.apply(p.X, p.Y)
		most = max(most, math.Hypot(u-p.X, v-p.Y))
	}
	return most
}

func TestEvidenceAsksForRelief(t *testing.T) {
	if edge, relief := evidenceOf(30, 0.6, 0.97), evidenceOf(10, 3, 0.97); edge > 0.5 || relief < 2 {
		t.Errorf("a straight edge says %v, a block with relief %v", edge, relief)
	}
	for _, contrast := range []float64{4, 10, 40} {
		if e := evidenceOf(contrast, 3, 0.1); e > -0.5 {
			t.Errorf("contrast %v: a block that disagrees says %v", contrast, e)
		}
	}
	if near, far := witnessOf(10, 0.1), witnessOf(50, 4); near < 3 || far > 0 {
		t.Errorf("a feature in its place says %v, one astray %v", near, far)
	}
}

package keypoint

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

const photographs = 6

// photoIndex is shared by the tests that only search.
var photoIndex = sync.OnceValue(func() *Index {
	ix := NewIndex()
	for i := range photographs {
		d, err := Describe(drawPhoto(uint64(i), 420, 360), Photograph)
		if err != nil {
			panic(err)
		}
		if err := ix.Add(fmt.Sprint("p", i), d); err != nil {
			panic(err)
		}
	}
	return ix
})

func grey(c color.NRGBA) color.NRGBA {
	g := uint8((77*int(c.R) + 150*int(c.G) + 29*int(c.B)) >> 8)
	return color.NRGBA{g, g, g, c.A}
}

func turned(src *image.NRGBA, angle float64) *image.NRGBA {
	sin, cos := math.Sincos(angle)
	w, h := float64(src.Bounds().Dx()), float64(src.Bounds().Dy())
	side := math.Hypot(w, h)
	return remap(src, int(side), int(side), func(x, y float64) (float64, float64) {
		x, y = x-side/2, y-side/2
		return cos*x + sin*y + w/2, -sin*x + cos*y + h/2
	})
}

func TestPhotographIsFoundAfterEdits(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	edits := map[string]func(*image.NRGBA) *image.NRGBA{
		"unchanged": func(p *image.NRGBA) *image.NRGBA { return p },
		"grey":      func(p *image.NRGBA) *image.NRGBA { return eachPixel(p, grey) },
		"brighter": func(p *image.NRGBA) *image.NRGBA {
			return eachPixel(p, func(c color.NRGBA) color.NRGBA {
				return color.NRGBA{clamp(float64(c.R) * 1.3), clamp(float64(c.G) * 1.3), clamp(float64(c.B) * 1.2), 255}
			})
		},
		"noisy": func(p *image.NRGBA) *image.NRGBA {
			return eachPixel(p, func(c color.NRGBA) color.NRGBA {
				n := noise.NormFloat64() * 18
				return color.NRGBA{clamp(float64(c.R) + n), clamp(float64(c.G) + n), clamp(float64(c.B) + n), 255}
			})
		},
		"smaller": func(p *image.NRGBA) *image.NRGBA {
			return remap(p, 210, 180, func(x, y float64) (float64, float64) { return 2 * x, 2 * y })
		},
		"enlarged": func(p *image.NRGBA) *image.NRGBA {
			return remap(p, 630, 540, func(x, y float64) (float64, float64) { return x / 1.5, y / 1.5 })
		},
		"mirrored": func(p *image.NRGBA) *image.NRGBA {
			return remap(p, 420, 360, func(x, y float64) (float64, float64) { return 420 - x, y })
		},
		"turned 20":  func(p *image.NRGBA) *image.NRGBA { return turned(p, 0.35) },
		"turned 100": func(p *image.NRGBA) *image.NRGBA { return turned(p, 1.75) },
		"cropped to 60 %": func(p *image.NRGBA) *image.NRGBA {
			return remap(p, 325, 279, func(x, y float64) (float64, float64) { return x + 60, y + 50 })
		},
		"framed": func(p *image.NRGBA) *image.NRGBA {
			return remap(p, 520, 460, func(x, y float64) (float64, float64) { return x - 50, y - 50 })
		},
		"stickered": func(p *image.NRGBA) *image.NRGBA {
			q := eachPixel(p, func(c color.NRGBA) color.NRGBA { return c })
			fill(q, color.NRGBA{230, 30, 20, 255}, func(x, y float64) bool { return math.Hypot(x-120, y-120) < 70 })
			return q
		},
		"in a collage": func(p *image.NRGBA) *image.NRGBA {
			q := image.NewNRGBA(image.Rect(0, 0, 640, 540))
			for i := range 4 {
				part := p
				if i != 2 {
					part = drawPhoto(uint64(900+i), 420, 360)
				}
				paste(q, part, float64(160+320*(i%2)), float64(135+270*(i/2)), 0.74, 0, nil)
			}
			return q
		},
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			found := photoIndex().Search(edit(drawPhoto(4, 420, 360)))
			if len(found) == 0 || found[0].ID != "p4" || found[0].Score < ReviewScore {
				t.Fatalf("want p4 at %.1f or more, got %+v", ReviewScore, found)
			}
			if found[0].Mirrored != (name == "mirrored") {
				t.Errorf("mirrored = %v", found[0].Mirrored)
			}
		})
	}
}

func TestOutlineScaleAndRotation(t *testing.T) {
	canvas := drawPhoto(500, 700, 640)
	want := anchored(210, 180, 340, 330, 0.8, 0.4, false)
	paste(canvas, drawPhoto(1, 420, 360), 340, 330, 0.8, 0.4, nil)
	m := photoIndex().Search(canvas)[0]
	if m.ID != "p1" || math.Abs(m.Scale-0.8) > 0.03 || math.Abs(m.Rotation-0.4) > 0.04 {
		t.Fatalf("got %+v", m)
	}
	for i, own := range m.AssetOutline {
		u, v := want.apply(own.X, own.Y)
		if d := math.Hypot(m.Outline[i].X-u, m.Outline[i].Y-v); d > 6 {
			t.Errorf("corner %d is %.1f pixels off", i, d)
		}
	}
}

func TestLongStripIsSearchedInPanes(t *testing.T) {
	strip := drawPhoto(700, 300, 2000)
	paste(strip, drawPhoto(2, 420, 360), 150, 1500, 0.6, 0, nil)
	m := photoIndex().Search(strip)[0]
	if m.ID != "p2" || m.Score < ReviewScore {
		t.Fatalf("got %+v", m)
	}
	if c := m.centre(); math.Hypot(c.X-150, c.Y-1500) > 5 {
		t.Errorf("centre at %v", c)
	}
	for _, size := range []image.Point{{10, 10}, {100, 201}, {100, 100000}, {999, 100}, {1, 5000}} {
		all := panes(image.Rectangle{Max: size})
		if len(all) > mostPanes || all[0].Min != (image.Point{}) || all[len(all)-1].Max != size {
			t.Errorf("%v: panes %v", size, all)
		}
		for i := 1; i < len(all); i++ {
			if all[i].Intersect(all[i-1]).Empty() {
				t.Errorf("%v: gap before pane %d", size, i)
			}
		}
	}
}

func TestOtherPicturesAreNotFound(t *testing.T) {
	for seed := range uint64(12) {
		for _, m := range photoIndex().Search(drawPhoto(1000+seed, 500, 400)) {
			if m.Score >= ReviewScore {
				t.Errorf("picture %d taken for %s: %+v", seed, m.ID, m)
			}
		}
	}
}

var markIndex = sync.OnceValue(func() *Index {
	ix := NewIndex()
	for i := range 8 {
		d, err := Describe(drawMark(uint64(i), 400, 160), Mark)
		if err != nil {
			panic(err)
		}
		if err := ix.Add(fmt.Sprint("m", i), d); err != nil {
			panic(err)
		}
	}
	return ix
})

func TestMarkIsFoundInAnyColour(t *testing.T) {
	flat := func(r, g, b uint8) func(color.NRGBA) color.NRGBA {
		return func(c color.NRGBA) color.NRGBA { return color.NRGBA{r, g, b, c.A} }
	}
	cases := map[string]struct {
		scale, turn float64
		change      func(color.NRGBA) color.NRGBA
	}{
		"plain":       {0.6, 0, nil},
		"white":       {0.6, 0.1, flat(255, 255, 255)},
		"red, turned": {0.5, -0.25, flat(220, 20, 20)},
		"large":       {1.1, 0.05, nil},
		"small":       {0.32, 0, flat(10, 10, 10)},
		"pale": {0.7, 0, func(c color.NRGBA) color.NRGBA {
			return color.NRGBA{c.R, c.G, c.B, uint8(int(c.A) * 6 / 10)}
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			scene := image.NewNRGBA(image.Rect(0, 0, 640, 640))
			for y := range 640 {
				for x := range 640 {
					v := 150 + 40*math.Sin(float64(x)/60) + 20*math.Cos(float64(y)/45)
					scene.SetNRGBA(x, y, color.NRGBA{clamp(v), clamp(v - 10), clamp(v - 35), 255})
				}
			}
			paste(scene, drawPhoto(40, 200, 200), 140, 500, 1, 0, nil)
			paste(scene, drawMark(3, 400, 160), 330, 260, c.scale, c.turn, c.change)
			found := markIndex().Search(scene)
			if len(found) == 0 || found[0].ID != "m3" || found[0].Score < ReviewScore {
				t.Fatalf("want m3, got %+v", found)
			}
			m := found[0]
			if math.Abs(m.Scale-c.scale) > 0.08*c.scale || math.Abs(m.Rotation-c.turn) > 0.07 {
				t.Errorf("scale %.3f rotation %.3f, want %.3f %.3f", m.Scale, m.Rotation, c.scale, c.turn)
			}
		})
	}
}

// TestUnknownMarkIsNotFound shows marks that nobody registered, all in the layout of the registered ones: a person may be
// asked once, nothing may be certain.
func TestUnknownMarkIsNotFound(t *testing.T) {
	asked := 0
	for seed := range uint64(16) {
		scene := drawPhoto(300+seed, 500, 500)
		paste(scene, drawMark(50+seed, 400, 160), 250, 250, 0.7, 0, nil)
		best := Match{}
		for _, m := range markIndex().Search(scene) {
			if m.Score > best.Score {
				best = m
			}
		}
		if best.Score >= BlockScore {
			t.Errorf("scene %d taken for %s: %+v", seed, best.ID, best)
		}
		if best.Score >= ReviewScore {
			asked++
		}
	}
	if asked > 1 {
		t.Errorf("%d of 16 scenes would be shown to a person", asked)
	}
}

func TestDescribeRefuses(t *testing.T) {
	plainGrey := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for i := range plainGrey.Pix {
		plainGrey.Pix[i] = 255
	}
	cases := map[string]struct {
		img  *image.NRGBA
		kind Kind
		want error
	}{
		"no kind":     {drawPhoto(1, 200, 200), 0, ErrKind},
		"other kind":  {drawPhoto(1, 200, 200), 9, ErrKind},
		"tiny":        {drawPhoto(1, 30, 200), Photograph, ErrSmall},
		"empty":       {image.NewNRGBA(image.Rectangle{}), Mark, ErrSmall},
		"plain":       {plainGrey, Photograph, ErrPlain},
		"plain mark":  {plainGrey, Mark, ErrPlain},
		"transparent": {image.NewNRGBA(image.Rect(0, 0, 200, 200)), Mark, ErrPlain},
	}
	for name, c := range cases {
		if d, err := Describe(c.img, c.kind); !errors.Is(err, c.want) || d != nil {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestSearchBearsOddPictures(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {1, 1}, {1, 900}, {60, 60}, {3000, 57}, {5, 3000}, {45, 1000}} {
		img := image.NewNRGBA(image.Rect(0, 0, size[0], size[1]))
		for i := range img.Pix {
			img.Pix[i] = uint8(i * 7)
		}
		photoIndex().Search(img)
		markIndex().Search(img)
	}
	sub := drawPhoto(4, 520, 460).SubImage(image.Rect(30, 20, 450, 380)).(*image.NRGBA)
	photoIndex().Search(sub)
}

func TestIndexGrowsAndShrinks(t *testing.T) {
	ix := NewIndex()
	picture := drawPhoto(7, 420, 360)
	d, err := Describe(picture, Photograph)
	if err != nil {
		t.Fatal(err)
	}
	if got := ix.Search(picture); len(got) != 0 {
		t.Fatalf("found in an empty index: %v", got)
	}
	for _, id := range []string{"a", "b", "a"} { // the second "a" replaces the first
		if err := ix.Add(id, d); err != nil {
			t.Fatal(err)
		}
	}
	if ix.Len() != 2 {
		t.Fatalf("%d assets, want 2", ix.Len())
	}
	got := ix.Search(picture)
	if len(got) < 2 || !got[0].Tie {
		t.Fatalf("two equal assets must tie: %+v", got)
	}
	if !ix.Remove("a") || ix.Remove("a") {
		t.Fatal("Remove must report what was there")
	}
	for _, m := range ix.Search(picture) {
		if m.ID != "b" {
			t.Errorf("removed asset found: %+v", m)
		}
	}
	if err := ix.Add("c", nil); err == nil {
		t.Error("Add without descriptors must fail")
	}
}

func TestIndexIsSafeForConcurrentUse(t *testing.T) {
	ix := NewIndex()
	picture := drawPhoto(7, 240, 240)
	d, err := Describe(picture, Photograph)
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Add("kept", d); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for g := range 2 {
		all.Go(func() {
			for i := range 20 {
				id := fmt.Sprint("other", g, i%3)
				if err := ix.Add(id, d); err != nil {
					t.Error(err)
				}
				ix.Remove(id)
			}
		})
		all.Go(func() {
			for range 4 {
				found := false
				for _, m := range ix.Search(picture) {
					found = found || m.ID == "kept"
				}
				if !found {
					t.Error("lost an asset during changes to others")
				}
			}
		})
	}
	all.Wait()
}

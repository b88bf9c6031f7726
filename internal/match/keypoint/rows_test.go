package keypoint

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRowsAgree compares the vector instructions with plain Go on rows of every kind of length.
func TestRowsAgree(t *testing.T) {
	if !fastRows(true) {
		t.Skip("no vector instructions for rows here")
	}
	defer fastRows(true)
	rng := rand.New(rand.NewPCG(8, 9))
	for _, size := range [][2]int{{24, 24}, {31, 40}, {33, 9}, {64, 70}, {47, 33}, {130, 65}, {200, 101}} {
		for _, loud := range []int{1, 40, 256} {
			var c colour
			for k := range c {
				c[k] = newPlane(size[0], size[1])
				for i := range c[k].pix {
					c[k].pix[i] = uint8(rng.IntN(loud))
				}
			}
			w, h := size[0]*3/4, size[1]*2/3
			fastRows(true)
			smooth, smaller, fast := c[0].smooth(), c[0].resize(w, h), newField(c)
			vectors := fast.vectors()
			spots := maxima(smooth, 0, emblemBorder, weakest, make([]int32, len(smooth.pix)))
			fastRows(false)
			if !slices.Equal(spots, maxima(smooth, 0, emblemBorder, weakest, make([]int32, len(smooth.pix)))) {
				t.Errorf("%v, %d grey levels: maxima differ", size, loud)
			}
			if !slices.Equal(smaller.pix, c[0].resize(w, h).pix) {
				t.Errorf("%v, %d grey levels: resizing differs", size, loud)
			}
			if !slices.Equal(smooth.pix, c[0].smooth().pix) {
				t.Errorf("%v, %d grey levels: smoothing differs", size, loud)
			}
			plain := newField(c)
			if !slices.Equal(fast.energy.pix, plain.energy.pix) {
				t.Errorf("%v, %d grey levels: strength differs", size, loud)
			}
			if !slices.Equal(vectors, plain.vectors()) {
				t.Errorf("%v, %d grey levels: vectors differ", size, loud)
			}
			for k := range plain.sums {
				if !slices.Equal(fast.sums[k], plain.sums[k]) {
					t.Errorf("%v, %d grey levels: sum %d differs", size, loud, k)
				}
			}
		}
	}
}

// TestAgreementsAgree compares the sums behind a correlation, with vector instructions and without.
func TestAgreementsAgree(t *testing.T) {
	if !fastRows(true) {
		t.Skip("no vector instructions for rows here")
	}
	defer fastRows(true)
	d, err := Describe(drawMark(3, 300, 130), Mark)
	if err != nil {
		t.Fatal(err)
	}
	q := newQuery(drawPhoto(4, 300, 260), [Mark + 1]bool{Mark: true})
	rng := rand.New(rand.NewPCG(2, 3))
	for range 300 {
		at := anchored(150, 65, 300*rng.Float64(), 260*rng.Float64(), 0.1+rng.Float64(), rng.Float64()-0.5, false)
		for _, step := range []int{1, 2} {
			f := newFitting(q, d, step)
			r := f.read(&at, f.level(&at))
			for drop := range d.template.on {
				fastRows(true)
				fast := r.agree(f, f.edges[drop])
				fastRows(false)
				if plain := r.agree(f, f.edges[drop]); plain != fast {
					t.Fatalf("%v against %v", fast, plain)
				}
			}
		}
	}
}

// TestStripsAgree reads windows of a field with vector instructions and without, inside of the picture and across its edges.
func TestStripsAgree(t *testing.T) {
	if !fastRows(true) {
		t.Skip("no vector instructions for rows here")
	}
	defer fastRows(true)
	q := newQuery(drawPhoto(4, 300, 260), [Mark + 1]bool{Mark: true})
	defer q.release()
	rng := rand.New(rand.NewPCG(2, 3))
	inside := 0
	for range 300 {
		b := box{x: 300 * rng.Float64(), y: 260 * rng.Float64(), w: 10 + 400*rng.Float64(), h: 10 + 400*rng.Float64(), turn: 6 * rng.Float64()}
		r, energy := q.sight(&sight{b.window(coderFill), b.turn})
		for y := range windowHigh {
			var fast, plain [windowWide + 3]texel
			fastRows(true)
			r.read(energy, y, fast[:])
			fastRows(false)
			r.read(energy, y, plain[:])
			if fast != plain {
				t.Fatalf("%+v, row %d: %x, plain Go %x", b, y, fast, plain)
			}
			for _, p := range fast {
				if p.inside() {
					inside++
				}
			}
		}
	}
	if inside < 300*windowHigh*windowWide/4 {
		t.Errorf("only %d points lie inside", inside)
	}
}

// TestPlanesAgree compares brightness, colours and their halves with vector instructions and without, on pictures with and
// without opacity.
func TestPlanesAgree(t *testing.T) {
	if !fastRows(true) {
		t.Skip("no vector instructions for rows here")
	}
	defer fastRows(true)
	rng := rand.New(rand.NewPCG(4, 4))
	for w := 1; w < 70; w++ {
		for _, holes := range []int{0, 1, w} {
			img := image.NewNRGBA(image.Rect(0, 0, w, 4))
			for i := range img.Pix {
				img.Pix[i] = uint8(rng.IntN(256))
				if i%4 == 3 {
					img.Pix[i] = 255
				}
			}
			for range holes {
				img.Pix[4*rng.IntN(4*w)+3] = uint8(rng.IntN(256))
			}
			all := func() []plane {
				c := planes(img)
				h := c.each(plane.half)
				return append(append(c[:], h[:]...), luma(img, 255))
			}
			fastRows(true)
			fast := all()
			fastRows(false)
			for i, p := range all() {
				if !slices.Equal(fast[i].pix, p.pix) {
					t.Fatalf("width %d, %d holes: plane %d differs", w, holes, i)
				}
			}
		}
	}
}

// TestCentroidsAgree compares sums over a disc with vector instructions and without, up to the edges of a plane.
func TestCentroidsAgree(t *testing.T) {
	if !fastRows(true) {
		t.Skip("no vector instructions for rows here")
	}
	defer fastRows(true)
	rng := rand.New(rand.NewPCG(4, 5))
	p := newPlane(57, 49)
	for _, least := range []int{0, 250} {
		for i := range p.pix {
			p.pix[i] = uint8(least + rng.IntN(256-least))
		}
		for y := patchRadius; y < p.h-patchRadius; y++ {
			for x := patchRadius; x < p.w-patchRadius; x++ {
				fx, fy := centroidFast(p, x, y)
				if mx, my := centroid(p, x, y); mx != fx || my != fy {
					t.Fatalf("%d,%d: %d %d, plain Go %d %d", x, y, fx, fy, mx, my)
				}
			}
		}
	}
}

package keypoint

import "math"

// templateArea is the number of pixels of the small copy of a mark that is compared in the end.
const templateArea = 2304

// templateMargin is the rim around a mark, in template pixels, in which its own outline still shows.
const templateMargin = 3

// template is the direction field of a mark on each of its backdrops. Wide badges get wide templates.
type template struct {
	w, h int
	pose affine // asset pixels to template pixels
	mask bitmap // pixels that belong to the mark or touch it
	on   []face
}

// face is a mark on one of its backdrops.
type face struct {
	edges []vector
	code  signature
}

// bitmap holds a bit for each pixel.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitmap) get(i int) bool { return b[i/64]>>(i%64)&1 != 0 }

// vector is the direction of an edge as a double angle, as long as the edge is strong.
type vector struct{ x, y int8 }

func (c *cutout) template() template {
	side := c.side(math.Sqrt(templateArea), 140)
	t := template{}
	for _, g := range c.backdrops() {
		r := c.render(side, 0, g)
		f := newField(r.colour.each(plane.smooth))
		// The rendering has a wide rim; keep a narrow one.
		rim := int(markMargin*side) - templateMargin
		t.w, t.h = f.w-2*rim, f.h-2*rim
		t.pose = r.pose
		t.pose.c -= float64(rim)
		t.pose.f -= float64(rim)
		v := make([]vector, t.w*t.h)
		for y := range t.h {
			for x := range t.w {
				v[y*t.w+x] = f.vectorAt(x+rim, y+rim)
			}
		}
		t.on = append(t.on, face{v, c.signature(g)})
	}
	t.mask = c.reach(&t)
	return t
}

// reach marks the template pixels within templateMargin of the mark.
func (c *cutout) reach(t *template) bitmap {
	mask := newBitmap(t.w * t.h)
	back := t.pose.inverse()
	for y := range t.h {
		for x := range t.w {
			u, v := back.apply(float64(x)+0.5, float64(y)+0.5)
			i, j := int(u)-c.x, int(v)-c.y
			if i < 0 || j < 0 || i >= c.alpha.w || j >= c.alpha.h || c.alpha.pix[j*c.alpha.w+i] < 64 {
				continue
			}
			for yy := max(0, y-templateMargin); yy <= min(t.h-1, y+templateMargin); yy++ {
				for xx := max(0, x-templateMargin); xx <= min(t.w-1, x+templateMargin); xx++ {
					mask.set(yy*t.w + xx)
				}
			}
		}
	}
	return mask
}

// vectorAt averages the field over 3x3 pixels.
func (f *field) vectorAt(x, y int) vector {
	x0, x1 := max(x-1, 0), min(x+2, f.w)
	y0, y1 := max(y-1, 0)*(f.w+1), min(y+2, f.h)*(f.w+1)
	mean := func(s []int32) int8 {
		v := s[y1+x1] - s[y1+x0] - s[y0+x1] + s[y0+x0]
		return int8(min(max(v/18, -127), 127))
	}
	return vector{mean(f.sums[1]), mean(f.sums[2])}
}

// vectors samples the whole field once.
func (f *field) vectors() []vector {
	if f.sampled == nil {
		f.sampled = vectorsKept.take(f.w*f.h + 2)[:f.w*f.h] // vector instructions read a little beyond the last
		for y := range f.h {
			row := f.sampled[y*f.w : (y+1)*f.w]
			for x := 0; x < f.w; x++ {
				if x == 1 && y > 0 && y < f.h-1 {
					x += f.sampleFast(row, y)
				}
				if x < f.w {
					row[x] = f.vectorAt(x, y)
				}
			}
		}
	}
	return f.sampled
}

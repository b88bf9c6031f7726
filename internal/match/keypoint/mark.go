package keypoint

import (
	"image"
	"math"
)

// How marks are prepared.
const (
	markSize   = 145  // geometric mean of the sides at which a mark is described
	markLong   = 320  // most of its longer side
	markMargin = 0.25 // of the longer side, left free around it
	markSpots  = 48   // features of one rendering

	smallestMark = 20 // shorter side of a mark's picture: lettering is wide
)

// markTurns are the turns at which a mark is described: emblem codes are upright and bear about 9 degrees.
var markTurns = [...]float64{0, -15 * math.Pi / 180, 15 * math.Pi / 180}

// cutout is a mark freed from its plain background.
type cutout struct {
	colour colour
	alpha  plane
	x, y   int // where it lay in the asset picture
}

// cutMark frees a mark from transparency or from a plain background that reaches its edges.
func cutMark(img *image.NRGBA) cutout {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	c := cutout{colour: colour{newPlane(w, h), newPlane(w, h), newPlane(w, h)}, alpha: newPlane(w, h)}
	opaque := 0
	for y := range h {
		for x := range w {
			s := img.Pix[img.PixOffset(b.Min.X+x, b.Min.Y+y):]
			i := y*w + x
			c.colour[0].pix[i], c.colour[1].pix[i], c.colour[2].pix[i], c.alpha.pix[i] = s[0], s[1], s[2], s[3]
			if s[3] > 200 {
				opaque++
			}
		}
	}
	if opaque > w*h*98/100 {
		c.floodBackground()
	}
	return c.trim()
}

// backgroundReach is how far, in grey levels of any channel, a background may stray from its colour.
const backgroundReach = 24

// floodBackground makes the plain area that touches the edges transparent, if the edges are plain.
func (c *cutout) floodBackground() {
	w, h := c.alpha.w, c.alpha.h
	like := func(i, j int) bool {
		for _, p := range c.colour {
			if d := int(p.pix[i]) - int(p.pix[j]); d > backgroundReach || d < -backgroundReach {
				return false
			}
		}
		return true
	}
	var edge []int
	for x := range w {
		edge = append(edge, x, (h-1)*w+x)
	}
	for y := range h {
		edge = append(edge, y*w, y*w+w-1)
	}
	same := 0
	for _, i := range edge {
		if like(i, 0) {
			same++
		}
	}
	if same*100 < len(edge)*80 {
		return
	}
	var todo []int
	visit := func(i int) {
		if c.alpha.pix[i] != 0 && like(i, 0) {
			c.alpha.pix[i] = 0
			todo = append(todo, i)
		}
	}
	for _, i := range edge {
		visit(i)
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if x := i % w; x > 0 {
			visit(i - 1)
		}
		if x := i % w; x < w-1 {
			visit(i + 1)
		}
		if i >= w {
			visit(i - w)
		}
		if i < w*(h-1) {
			visit(i + w)
		}
	}
}

// trim cuts away empty edges; a cutout without any content stays as it is.
func (c cutout) trim() cutout {
	w := c.alpha.w
	x0, y0, x1, y1 := w, c.alpha.h, 0, 0
	for i, a := range c.alpha.pix {
		if a > 32 {
			x0, x1 = min(x0, i%w), max(x1, i%w+1)
			y0, y1 = min(y0, i/w), max(y1, i/w+1)
		}
	}
	if x1 <= x0 {
		return c
	}
	crop := func(p plane) plane {
		q := newPlane(x1-x0, y1-y0)
		for y := range q.h {
			copy(q.row(y), p.row(y0 + y)[x0:x1])
		}
		return q
	}
	return cutout{c.colour.each(crop), crop(c.alpha), c.x + x0, c.y + y0}
}

// blank says that no pixel of the mark shows.
func (c *cutout) blank() bool {
	for _, a := range c.alpha.pix {
		if a > 32 {
			return false
		}
	}
	return true
}

// backdrops are the greys a mark is laid on; one that hides most of the mark is left out.
func (c *cutout) backdrops() []uint8 {
	var out []uint8
	for _, g := range []uint8{255, 16} {
		shown, all := 0, 0
		for i, a := range c.alpha.pix {
			if a > 128 {
				all++
				for _, p := range c.colour {
					if d := int(p.pix[i]) - int(g); d > 40 || d < -40 {
						shown++
						break
					}
				}
			}
		}
		if shown*10 > all*3 {
			out = append(out, g)
		}
	}
	if len(out) == 0 {
		out = append(out, 128)
	}
	return out
}

// side is the longer side of the mark at a geometric mean of size, at most limit: wide lettering needs more length.
func (c *cutout) side(size, limit float64) float64 {
	w, h := float64(c.alpha.w), float64(c.alpha.h)
	return min(size*math.Sqrt(max(w, h)/min(w, h)), limit)
}

// rendering is a mark on a plain backdrop; pose maps asset pixels to its pixels.
type rendering struct {
	colour colour
	pose   affine
}

// render lays the mark, turned, on a backdrop with its longer side at the given length.
func (c *cutout) render(side float64, turn float64, backdrop uint8) rendering {
	w, h := float64(c.alpha.w), float64(c.alpha.h)
	scale := side / max(w, h)
	src := *c
	for scale < 0.5 { // halve first, or thin strokes alias
		src = src.halved()
		scale *= 2
	}
	scale = side / max(w, h)
	sin, cos := math.Sincos(turn)
	bw := scale*(math.Abs(cos)*w+math.Abs(sin)*h) + 2*markMargin*side
	bh := scale*(math.Abs(sin)*w+math.Abs(cos)*h) + 2*markMargin*side
	t := anchored(w/2, h/2, bw/2, bh/2, scale, turn, false)
	out := rendering{pose: t}
	out.pose.c -= t.a*float64(c.x) + t.b*float64(c.y)
	out.pose.f -= t.d*float64(c.x) + t.e*float64(c.y)
	for k := range out.colour {
		out.colour[k] = newPlane(int(bw), int(bh))
	}
	zx, zy := float64(src.alpha.w)/w, float64(src.alpha.h)/h
	det := t.det()
	for y := range int(bh) {
		for x := range int(bw) {
			u, v := float64(x)+0.5-t.c, float64(y)+0.5-t.f
			mx, my := (t.e*u-t.b*v)/det*zx-0.5, (t.a*v-t.d*u)/det*zy-0.5
			rgb := src.sample(mx, my, backdrop)
			for k := range rgb {
				out.colour[k].pix[y*int(bw)+x] = rgb[k]
			}
		}
	}
	return out
}

// halved averages colour by opacity, so that hidden colours do not bleed in.
func (c *cutout) halved() cutout {
	out := cutout{colour: c.colour.each(func(p plane) plane { return newPlane(max(1, p.w/2), max(1, p.h/2)) })}
	out.alpha = c.alpha.half()
	w := c.alpha.w
	for y := range out.alpha.h {
		for x := range out.alpha.w {
			at := [4]int{2*y*w + 2*x, 2*y*w + min(2*x+1, w-1), min(2*y+1, c.alpha.h-1)*w + 2*x, min(2*y+1, c.alpha.h-1)*w + min(2*x+1, w-1)}
			for k, p := range c.colour {
				sum, weight := 0, 0
				for _, i := range at {
					sum += int(p.pix[i]) * int(c.alpha.pix[i])
					weight += int(c.alpha.pix[i])
				}
				if weight > 0 {
					out.colour[k].pix[y*out.alpha.w+x] = uint8(sum / weight)
				}
			}
		}
	}
	return out
}

// sample interpolates the mark over the backdrop.
func (c *cutout) sample(x, y float64, backdrop uint8) (rgb [3]uint8) {
	var sum [3]float64
	i, j := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := x-float64(i), y-float64(j)
	for dy := range 2 {
		for dx := range 2 {
			wx, wy := fx, fy
			if dx == 0 {
				wx = 1 - fx
			}
			if dy == 0 {
				wy = 1 - fy
			}
			a := 0.0
			at := (j+dy)*c.alpha.w + i + dx
			if i+dx >= 0 && j+dy >= 0 && i+dx < c.alpha.w && j+dy < c.alpha.h {
				a = float64(c.alpha.pix[at]) / 255
			}
			for k := range sum {
				v := (1 - a) * float64(backdrop)
				if a > 0 {
					v += a * float64(c.colour[k].pix[at])
				}
				sum[k] += wx * wy * v
			}
		}
	}
	for k := range rgb {
		rgb[k] = uint8(sum[k] + 0.5)
	}
	return rgb
}

// inverse of the map.
func (t *affine) inverse() affine {
	det := t.det()
	a, b, d, e := t.e/det, -t.b/det, -t.d/det, t.a/det
	return affine{a, b, -a*t.c - b*t.f, d, e, -d*t.c - e*t.f}
}

// describeMark collects the features of all renderings, in asset coordinates.
func (d *Descriptors) describeMark(c *cutout) {
	for _, turn := range markTurns {
		for _, g := range c.backdrops() {
			r := c.render(c.side(markSize, markLong), turn, g)
			back := r.pose.inverse()
			scale := back.scale()
			found, _, _ := emblems(r.colour, markSpots, 9, weakest)
			for _, f := range found {
				x, y := back.apply(float64(f.x), float64(f.y))
				f.x, f.y = float32(x), float32(y)
				f.size *= float32(scale)
				f.angle = float32(-turn)
				d.features = append(d.features, d.pack(f, 1))
			}
		}
	}
}

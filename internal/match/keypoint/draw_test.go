package keypoint

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// Pictures for the tests are drawn: shapes, shades and text-like strokes from a seed.

func drawPhoto(seed uint64, w, h int) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 77))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	base := [3]float64{80 + 100*rng.Float64(), 80 + 100*rng.Float64(), 80 + 100*rng.Float64()}
	tilt, wave := rng.Float64()*60, 10+30*rng.Float64()
	for y := range h {
		for x := range w {
			v := tilt*float64(x+y)/float64(w+h) + 12*math.Sin(float64(x)/wave)*math.Cos(float64(y)/wave*1.3)
			img.SetNRGBA(x, y, color.NRGBA{clamp(base[0] + v), clamp(base[1] + v), clamp(base[2] - v), 255})
		}
	}
	for range 70 {
		c := color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		x, y, r := rng.Float64()*float64(w), rng.Float64()*float64(h), 4+rng.Float64()*float64(min(w, h))/9
		area := image.Rect(int(x-1.2*r), int(y-1.2*r), int(x+1.2*r)+1, int(y+1.2*r)+1)
		switch rng.IntN(3) {
		case 0:
			fillIn(img, area, c, func(u, v float64) bool { return math.Hypot(u-x, v-y) < r })
		case 1:
			t := rng.Float64() * 3
			fillIn(img, area, c, func(u, v float64) bool {
				a, b := math.Cos(t)*(u-x)-math.Sin(t)*(v-y), math.Sin(t)*(u-x)+math.Cos(t)*(v-y)
				return math.Abs(a) < r && math.Abs(b) < r*0.4
			})
		case 2:
			fillIn(img, area, c, func(u, v float64) bool { d := math.Hypot(u-x, v-y); return d < r && d > r*0.6 })
		}
	}
	return img
}

// drawMark draws a transparent mark: an emblem and strokes like lettering beside it.
func drawMark(seed uint64, w, h int) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 5))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	ink := color.NRGBA{uint8(rng.IntN(120)), uint8(rng.IntN(120)), uint8(rng.IntN(120)), 255}
	r := float64(h) * 0.45
	cx, cy := r+float64(h)*0.05, float64(h)/2
	arms := 3 + rng.IntN(5)
	fill(img, ink, func(u, v float64) bool {
		a, d := math.Atan2(v-cy, u-cx), math.Hypot(u-cx, v-cy)
		return d < r*(0.65+0.35*math.Cos(float64(arms)*a)) && d > r*0.2
	})
	for x := 2*r + float64(h)*0.2; x+float64(h)*0.3 < float64(w); x += float64(h) * 0.42 {
		x0 := x
		kind := rng.IntN(16)
		stroke, tall := float64(h)*0.09, float64(h)*0.35
		fill(img, ink, func(u, v float64) bool {
			dx, dy := u-x0, v-cy
			return kind&1 == 0 && math.Abs(dx-stroke) < stroke && math.Abs(dy) < tall ||
				kind&2 != 0 && math.Abs(dy+tall-stroke) < stroke && dx > 0 && dx < float64(h)*0.32 ||
				kind&4 != 0 && math.Abs(dy) < stroke && dx > 0 && dx < float64(h)*0.32 ||
				kind&8 != 0 && math.Abs(dy-tall+stroke) < stroke && dx > 0 && dx < float64(h)*0.32 ||
				kind&1 == 1 && math.Abs(math.Hypot(dx-float64(h)*0.16, dy)-float64(h)*0.16) < stroke
		})
	}
	return img
}

func fill(img *image.NRGBA, c color.NRGBA, inside func(x, y float64) bool) {
	fillIn(img, img.Bounds(), c, inside)
}

func fillIn(img *image.NRGBA, area image.Rectangle, c color.NRGBA, inside func(x, y float64) bool) {
	b := img.Bounds().Intersect(area)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if inside(float64(x)+0.5, float64(y)+0.5) {
				img.SetNRGBA(x, y, c)
			}
		}
	}
}

func clamp(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// remap draws a picture of the given size in which pixel (x,y) shows the source at from(x,y), over a grey.
func remap(src *image.NRGBA, w, h int, from func(x, y float64) (float64, float64)) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	sw, sh := src.Bounds().Dx(), src.Bounds().Dy()
	for y := range h {
		for x := range w {
			u, v := from(float64(x)+0.5, float64(y)+0.5)
			u, v = u-0.5, v-0.5
			i, j := int(math.Floor(u)), int(math.Floor(v))
			c := color.NRGBA{120, 125, 130, 255}
			if i >= 0 && j >= 0 && i < sw-1 && j < sh-1 {
				c = blend(src, i, j, u-float64(i), v-float64(j))
			}
			out.SetNRGBA(x, y, c)
		}
	}
	return out
}

func blend(src *image.NRGBA, i, j int, a, b float64) color.NRGBA {
	at := func(k int) uint8 {
		p := func(x, y int) float64 { return float64(src.Pix[src.PixOffset(x, y)+k]) }
		return clamp((1-b)*((1-a)*p(i, j)+a*p(i+1, j)) + b*((1-a)*p(i, j+1)+a*p(i+1, j+1)) + 0.5)
	}
	return color.NRGBA{at(0), at(1), at(2), 255}
}

// paste lays src, scaled and turned, with its centre at (cx,cy) of dst; change recolours it.
func paste(dst, src *image.NRGBA, cx, cy, scale, turn float64, change func(color.NRGBA) color.NRGBA) {
	sw, sh := float64(src.Bounds().Dx()), float64(src.Bounds().Dy())
	t := anchored(sw/2, sh/2, cx, cy, scale, turn, false)
	back := t.inverse()
	b := dst.Bounds()
	const grid = 3 // samples a side
	for y := range b.Dy() {
		for x := range b.Dx() {
			var sum [4]float64
			for k := range grid * grid {
				u, v := back.apply(float64(x)+(float64(k%grid)+0.5)/grid, float64(y)+(float64(k/grid)+0.5)/grid)
				if u < 0 || v < 0 || u >= sw || v >= sh {
					continue
				}
				c := src.NRGBAAt(int(u), int(v))
				if change != nil {
					c = change(c)
				}
				a := float64(c.A)
				sum[0] += a * float64(c.R)
				sum[1] += a * float64(c.G)
				sum[2] += a * float64(c.B)
				sum[3] += a
			}
			if sum[3] == 0 {
				continue
			}
			a := sum[3] / (255 * grid * grid)
			d := dst.NRGBAAt(x, y)
			mix := func(s float64, d uint8) uint8 { return clamp(a*s/sum[3] + (1-a)*float64(d) + 0.5) }
			dst.SetNRGBA(x, y, color.NRGBA{mix(sum[0], d.R), mix(sum[1], d.G), mix(sum[2], d.B), 255})
		}
	}
}

func eachPixel(src *image.NRGBA, f func(color.NRGBA) color.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(src.Bounds())
	for y := range src.Bounds().Dy() {
		for x := range src.Bounds().Dx() {
			out.SetNRGBA(x, y, f(src.NRGBAAt(x, y)))
		}
	}
	return out
}

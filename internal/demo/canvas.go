package demo

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// canvas is a picture that shapes are drawn on. Coordinates are fractions of
// its sides, so that a drawing looks the same at any size.
type canvas struct {
	img *image.NRGBA
	rng *rand.Rand
}

func newCanvas(side int, rng *rand.Rand) *canvas {
	return &canvas{image.NewNRGBA(image.Rect(0, 0, side, side)), rng}
}

func (c *canvas) side() float64 { return float64(c.img.Bounds().Dx()) }

// point is a place on the canvas, in fractions.
type point struct{ x, y float64 }

// transform moves, turns, scales and bends a drawing around the middle.
type transform struct {
	scale, turn, dx, dy float64
	bend                [4]float64 // amplitudes and phases of a smooth bend; zero: none
}

// chance is how one piece of goods happens to lie and to be built: no two
// photographs of a kind have the same outline.
func chance(rng *rand.Rand) transform {
	return transform{scale: 0.72 + 0.22*rng.Float64(), turn: rng.Float64()*0.6 - 0.3, dx: rng.Float64()*0.12 - 0.06, dy: rng.Float64()*0.1 - 0.02,
		bend: [4]float64{rng.Float64()*0.16 - 0.08, rng.Float64()*0.16 - 0.08, rng.Float64() * 6, rng.Float64() * 6}}
}

func (t transform) apply(p point) point {
	x, y := (p.x-0.5)*t.scale, (p.y-0.5)*t.scale
	x, y = x*(1+2*t.bend[0])+t.bend[0]*math.Sin(5*y+t.bend[2])*t.scale*0.6, y*(1+2*t.bend[1])+t.bend[1]*math.Sin(5*x+t.bend[3])*t.scale*0.6
	s, co := math.Sincos(t.turn)
	return point{0.5 + x*co - y*s + t.dx, 0.5 + x*s + y*co + t.dy}
}

// fill fills a polygon with a colour that may be half transparent.
func (c *canvas) fill(shape []point, t transform, col color.NRGBA) {
	placed := make([]point, len(shape))
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for i, p := range shape {
		q := t.apply(p)
		placed[i] = point{q.x * c.side(), q.y * c.side()}
		low = point{min(low.x, placed[i].x), min(low.y, placed[i].y)}
		high = point{max(high.x, placed[i].x), max(high.y, placed[i].y)}
	}
	area := image.Rect(int(low.x)-1, int(low.y)-1, int(high.x)+2, int(high.y)+2).Intersect(c.img.Bounds())
	if area.Empty() {
		return
	}
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	for i, p := range placed {
		x, y := float32(p.x)-float32(area.Min.X), float32(p.y)-float32(area.Min.Y)
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, area.Dx(), area.Dy()))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	draw.DrawMask(c.img, area, image.NewUniform(col), image.Point{}, mask, image.Point{}, draw.Over)
}

// stroke draws a line of the given width with round ends.
func (c *canvas) stroke(line []point, width float64, t transform, col color.NRGBA) {
	for i, p := range line {
		c.fill(ellipse(p, width/2, width/2), t, col)
		if i == 0 {
			continue
		}
		a := line[i-1]
		d := math.Hypot(p.x-a.x, p.y-a.y)
		if d == 0 {
			continue
		}
		nx, ny := -(p.y-a.y)/d*width/2, (p.x-a.x)/d*width/2
		c.fill([]point{{a.x + nx, a.y + ny}, {p.x + nx, p.y + ny}, {p.x - nx, p.y - ny}, {a.x - nx, a.y - ny}}, t, col)
	}
}

// ellipse is a polygon close enough to one.
func ellipse(at point, rx, ry float64) []point {
	const steps = 40
	out := make([]point, steps)
	for i := range out {
		s, co := math.Sincos(2 * math.Pi * float64(i) / steps)
		out[i] = point{at.x + rx*co, at.y + ry*s}
	}
	return out
}

// box is a rectangle with rounded corners.
func box(x0, y0, x1, y1, r float64) []point {
	var out []point
	corners := []struct {
		at    point
		start float64
	}{{point{x1 - r, y0 + r}, -0.5}, {point{x1 - r, y1 - r}, 0}, {point{x0 + r, y1 - r}, 0.5}, {point{x0 + r, y0 + r}, 1}}
	for _, k := range corners {
		for i := range 7 {
			s, co := math.Sincos(math.Pi * (k.start + float64(i)/12))
			out = append(out, point{k.at.x + r*co, k.at.y + r*s})
		}
	}
	return out
}

// backdrop paints a room: a wall that darkens to one side, a table, and
// blurred lights, as product photographs have.
func (c *canvas) backdrop(wall, table color.NRGBA) {
	n := c.img.Bounds().Dx()
	lean := c.rng.Float64()*0.5 - 0.25
	horizon := 0.62 + 0.12*c.rng.Float64()
	for y := range n {
		for x := range n {
			fx, fy := float64(x)/c.side(), float64(y)/c.side()
			base, light := wall, 1.06-0.45*math.Abs(fx-0.5+lean)-0.18*fy
			if fy > horizon {
				base, light = table, 0.8+0.35*(fy-horizon)
			}
			c.img.SetNRGBA(x, y, scaled(base, light))
		}
	}
	for range 5 + c.rng.IntN(6) {
		at := point{c.rng.Float64(), c.rng.Float64() * horizon}
		r := 0.03 + 0.1*c.rng.Float64()
		c.fill(ellipse(at, r, r), transform{scale: 1}, color.NRGBA{255, 255, 240, uint8(10 + c.rng.IntN(26))})
	}
}

// grain adds the noise of a sensor.
func (c *canvas) grain(strength float64) {
	for i := 0; i < len(c.img.Pix); i += 4 {
		d := c.rng.NormFloat64() * strength
		for k := range 3 {
			c.img.Pix[i+k] = clamp(float64(c.img.Pix[i+k]) + d)
		}
	}
}

func scaled(c color.NRGBA, f float64) color.NRGBA {
	return color.NRGBA{clamp(float64(c.R) * f), clamp(float64(c.G) * f), clamp(float64(c.B) * f), c.A}
}

func clamp(v float64) uint8 { return uint8(max(0, min(255, math.Round(v)))) }

// paste lays a picture over another.
func paste(dst *image.NRGBA, src image.Image, at image.Point) {
	draw.Draw(dst, src.Bounds().Sub(src.Bounds().Min).Add(at), src, src.Bounds().Min, draw.Over)
}

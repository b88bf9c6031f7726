package ocr

import (
	"image"
	"math"
)

// A strip is what readers get to see: a line made level, with letters of
// inkHeight pixels, dark on light.
const (
	inkHeight    = 34   // pixels; readers gain nothing from more
	above        = 0.14 // heights kept over and under the ink
	beside       = 0.5  // heights kept at both ends
	border       = 8    // pixels of white around
	maxStripSide = 2400 // pixels; what is longer is cut
)

// strip is a level piece of the picture in colour, values 0 to 255.
type strip struct {
	w, h    int
	r, g, b []float32
}

func (s strip) channels() [3][]float32 { return [3][]float32{s.r, s.g, s.b} }

// level cuts the line out of img with before and after heights more at its
// ends, as far as the picture goes.
func (l Line) level(img *image.NRGBA, before, after float64) strip {
	return l.sample(img, before, after, above, inkHeight, maxStripSide)
}

// sample is level with over heights above and below, ink of the height given,
// and at most so many pixels of width.
func (l Line) sample(img *image.NRGBA, before, after, over, ink float64, most int) strip {
	sin, cos := math.Sincos(l.Angle * math.Pi / 180)
	step := l.Height / ink // pixels of img per pixel of the strip
	height := int(math.Round(ink * (1 + 2*over)))
	width := min(most, max(height, int(math.Round((l.Width+(before+after)*l.Height)/step))))
	s := strip{w: width, h: height}
	s.r, s.g, s.b = make([]float32, width*height), make([]float32, width*height), make([]float32, width*height)
	u0, v0 := -before*l.Height, -over*l.Height
	n := min(4, max(1, int(math.Ceil(step-0.2))))
	look := bilinear
	if step < 1 {
		look = bicubic // keeps small letters crisp
	}
	for y := range height {
		for x := range width {
			var r, g, b float32
			for k := range n * n {
				u := u0 + step*(float64(x)+(float64(k%n)+0.5)/float64(n))
				v := v0 + step*(float64(y)+(float64(k/n)+0.5)/float64(n))
				cr, cg, cb := look(img, l.Outline[0].X+u*cos-v*sin, l.Outline[0].Y+u*sin+v*cos)
				r, g, b = r+cr, g+cg, b+cb
			}
			i, d := y*width+x, float32(n*n)
			s.r[i], s.g[i], s.b[i] = r/d, g/d, b/d
		}
	}
	return s
}

// bilinear is the colour at a place of img, whose pixels' centres lie at
// halves; beyond the edge the edge goes on. Transparent counts as white.
func bilinear(img *image.NRGBA, x, y float64) (r, g, b float32) {
	x, y = x-0.5, y-0.5
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for k := range 4 {
		px, py := min(max(x0+k%2, 0), w-1), min(max(y0+k/2, 0), h-1)
		weight := (1 - fx + float32(k%2)*(2*fx-1)) * (1 - fy + float32(k/2)*(2*fy-1))
		p := img.Pix[py*img.Stride+4*px:][:4:4]
		a := float32(p[3]) / 255 * weight
		white := 255 * (weight - a)
		r, g, b = r+float32(p[0])*a+white, g+float32(p[1])*a+white, b+float32(p[2])*a+white
	}
	return r, g, b
}

// bicubic is bilinear with the cubic of Catmull and Rom (1974), for enlarging.
func bicubic(img *image.NRGBA, x, y float64) (r, g, b float32) {
	x, y = x-0.5, y-0.5
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	across, down := catmullRom(float32(x-float64(x0))), catmullRom(float32(y-float64(y0)))
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for j, wy := range down {
		row := img.Pix[min(max(y0+j-1, 0), h-1)*img.Stride:]
		for i, wx := range across {
			p := row[4*min(max(x0+i-1, 0), w-1):][:4:4]
			weight := wx * wy
			a := float32(p[3]) / 255 * weight
			white := 255 * (weight - a)
			r, g, b = r+float32(p[0])*a+white, g+float32(p[1])*a+white, b+float32(p[2])*a+white
		}
	}
	return min(max(r, 0), 255), min(max(g, 0), 255), min(max(b, 0), 255)
}

// catmullRom are the weights of the four pixels around a place f behind the
// second.
func catmullRom(f float32) [4]float32 {
	f2, f3 := f*f, f*f*f
	return [4]float32{(-f + 2*f2 - f3) / 2, (2 - 5*f2 + 3*f3) / 2, (f + 4*f2 - 3*f3) / 2, (f3 - f2) / 2}
}

// brightness is the strip without its colours.
func (s strip) brightness() []float32 {
	out := make([]float32, len(s.r))
	for i := range out {
		out[i] = 0.299*s.r[i] + 0.587*s.g[i] + 0.114*s.b[i]
	}
	return out
}

// Plain is the line as it stands, made dark on light and stretched to the
// full range.
func (l Line) Plain(img *image.NRGBA) *image.Gray {
	s := l.level(img, beside, beside)
	v := s.brightness()
	if !l.Dark {
		for i := range v {
			v[i] = 255 - v[i]
		}
	}
	lo, hi := quantile(v, 0.02), quantile(v, 0.90)
	return s.paint(v, lo, max(hi, lo+10))
}

// maxExtension is how far, in heights, a bare strip may look beyond the ends of
// its line for more of the same text.
const maxExtension = 3

// strokeWidth is the width, in pixels of a strip, below which ink stands out
// from what lies behind it.
const strokeWidth = 11

// Bare shows what is narrower than a stroke and of the ink's polarity: edges
// and slow changes behind the text are gone. extended goes on beyond both ends
// of the line, which completes a line found in part.
func (l Line) Bare(img *image.NRGBA, extended bool) *image.Gray {
	before, after := beside, beside
	if extended {
		before, after = l.room(img, maxExtension)
	}
	s := l.level(img, before, after)
	v := make([]float32, len(s.r))
	for _, c := range [][]float32{s.r, s.g, s.b} {
		p := plane{s.w, s.h, make([]uint8, len(c))}
		for i, x := range c {
			p.pix[i] = uint8(x)
		}
		for i, x := range p.hat(strokeWidth, l.Dark).pix {
			v[i] += float32(x) / 3
		}
	}
	hi := max(quantile(v, 0.93), 12)
	for i := range v {
		v[i] = 255 - v[i]
	}
	return s.paint(v, 255-hi, 255-0.15*hi)
}

// room is how many heights, at most so many, the line could go on inside the
// picture.
func (l Line) room(img *image.NRGBA, most float64) (before, after float64) {
	sin, cos := math.Sincos(l.Angle * math.Pi / 180)
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	far := func(a, b Point, sign float64) float64 {
		x, y := (a.X+b.X)/2, (a.Y+b.Y)/2
		n := 0.0
		for ; n < most; n += 0.1 {
			if px, py := x+sign*n*l.Height*cos, y+sign*n*l.Height*sin; px < 2 || py < 2 || px >= w-2 || py >= h-2 {
				break
			}
		}
		return max(beside, n)
	}
	return far(l.Outline[0], l.Outline[3], -1), far(l.Outline[1], l.Outline[2], 1)
}

// paint turns values into a grey picture, lo black and hi white, with a border.
func (s strip) paint(v []float32, lo, hi float32) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, s.w+2*border, s.h+2*border))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	k := 255 / (hi - lo)
	for y := range s.h {
		dst := out.Pix[(y+border)*out.Stride+border:][:s.w]
		for x := range dst {
			dst[x] = uint8(min(max((v[y*s.w+x]-lo)*k, 0), 255))
		}
	}
	return out
}

// quantile is the value, rounded, below which the share q of v lies; values
// are 0 to 255.
func quantile(v []float32, q float64) float32 {
	var bins [256]int
	for _, x := range v {
		bins[uint8(min(max(x+0.5, 0), 255))]++
	}
	left := int(q * float64(len(v)))
	for i, n := range bins {
		if left -= n; left < 0 {
			return float32(i)
		}
	}
	return 255
}

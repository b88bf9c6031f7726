package ocr

import (
	"image"
	"math"
)

// The network sees lines of viewHeight pixels, margins as in a strip, ink
// dark. training/lines/lines.py draws the lines that it learns from with the
// same numbers.
const (
	viewHeight = 32
	viewStep   = 45   // grey values for one standard deviation
	leastView  = 16   // pixels of width
	mostView   = 1400 // what is longer is cut
)

// Look says how a line is shown.
type Look int

// The looks, in the order in which they are tried.
const (
	AsFound  Look = iota // the line and half a height beyond its ends
	Extended             // up to three heights beyond, which completes a line found in part
	Farther              // up to eight, which completes one found by half
	Taller               // a fifth more above and below, for boxes that cut letters
	Hatted               // what is narrower than a stroke, up to three heights beyond
	looks
)

// farther is how many heights beyond the ends of a line Farther shows.
const farther = 8

// View shows the line, ink dark, in values around 128 that say how many standard
// deviations a pixel lies from the median of its channel.
func (l Line) View(img *image.NRGBA, look Look) *image.NRGBA {
	before, after, over := beside, beside, above
	switch look {
	case Extended, Hatted:
		before, after = l.room(img, maxExtension)
	case Farther:
		before, after = l.room(img, farther)
	case Taller:
		over += 0.2
	}
	s := l.sample(img, before, after, over, viewHeight/(1+2*over), mostView)
	if look == Hatted {
		s.keepHat(l.Dark)
	} else if !l.Dark {
		for _, c := range s.channels() {
			for i := range c {
				c[i] = 255 - c[i]
			}
		}
	}
	return s.standard()
}

// keepHat leaves of every channel its hat, ink dark.
func (s strip) keepHat(dark bool) {
	for _, c := range s.channels() {
		p := plane{s.w, s.h, make([]uint8, len(c))}
		for i, x := range c {
			p.pix[i] = uint8(x)
		}
		for i, x := range p.hat(viewStroke, dark).pix {
			c[i] = 255 - float32(x)
		}
	}
}

// viewStroke is strokeWidth in a view.
const viewStroke = 9

// standard turns the strip into a view of it: deviations count for all channels
// together, so that a colour stands out as much as it does in the picture.
func (s strip) standard() *image.NRGBA {
	variance := 0.0
	for _, v := range s.channels() {
		var sum, squares float64
		for _, x := range v {
			sum += float64(x)
			squares += float64(x) * float64(x)
		}
		n := float64(len(v))
		variance += max(0, squares/n-sum/n*sum/n) / 3
	}
	k := viewStep / float32(max(math.Sqrt(variance), 8))
	out := image.NewNRGBA(image.Rect(0, 0, s.w, s.h))
	for c, v := range s.channels() {
		middle := quantile(v, 0.5)
		for i, x := range v {
			out.Pix[4*i+c] = uint8(min(max(128+(x-middle)*k, 0), 255))
		}
	}
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	return out
}

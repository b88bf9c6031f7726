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

// View shows the line in grey values around 128 that say how many standard
// deviations a pixel lies from the median.
func (l Line) View(img *image.NRGBA, look Look) *image.Gray {
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
	v := s.channelOf(l.channel)
	if look == Hatted {
		v = s.hatted(l.Dark)
	} else if !l.Dark {
		for i := range v {
			v[i] = 255 - v[i]
		}
	}
	return s.standard(v)
}

// hatted is the mean hat of the three channels, ink dark.
func (s strip) hatted(dark bool) []float32 {
	v := make([]float32, len(s.r))
	for _, c := range [][]float32{s.r, s.g, s.b} {
		p := plane{s.w, s.h, make([]uint8, len(c))}
		for i, x := range c {
			p.pix[i] = uint8(x)
		}
		for i, x := range p.hat(viewStroke, dark).pix {
			v[i] += float32(x) / 3
		}
	}
	for i := range v {
		v[i] = 255 - v[i]
	}
	return v
}

// viewStroke is strokeWidth in a view.
const viewStroke = 9

// standard turns values into a view of them.
func (s strip) standard(v []float32) *image.Gray {
	middle := quantile(v, 0.5)
	var sum, squares float64
	for _, x := range v {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	n := float64(len(v))
	deviation := math.Sqrt(max(0, squares/n-sum/n*sum/n))
	k := viewStep / float32(max(deviation, 8))
	out := image.NewGray(image.Rect(0, 0, s.w, s.h))
	for i, x := range v {
		out.Pix[i] = uint8(min(max(128+(x-middle)*k, 0), 255))
	}
	return out
}

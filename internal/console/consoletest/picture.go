package consoletest

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
)

// mark is the stage's protected logo: a ring with a bolt.
func mark() *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	draw.Draw(p, p.Rect, image.White, image.Point{}, draw.Src)
	paint(p, func(x, y float64) bool { d := math.Hypot(x-.5, y-.5); return d < .44 && d > .33 }, color.NRGBA{20, 70, 160, 255})
	paint(p, func(x, y float64) bool {
		return y > .22 && y < .52 && math.Abs(x-(.62-.3*(y-.22))) < .08 || y >= .46 && y < .8 && math.Abs(x-(.53-.4*(y-.46))) < .07
	}, color.NRGBA{230, 130, 20, 255})
	return p
}

// goods draws something like a parcel of a colour, with the logo on it where
// share is over 0.
func goods(seed uint64, share float64) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 7))
	p := image.NewNRGBA(image.Rect(0, 0, 480, 420))
	base := color.NRGBA{uint8(150 + rng.IntN(90)), uint8(150 + rng.IntN(90)), uint8(150 + rng.IntN(90)), 255}
	draw.Draw(p, p.Rect, image.NewUniform(base), image.Point{}, draw.Src)
	tint := color.NRGBA{uint8(40 + rng.IntN(150)), uint8(40 + rng.IntN(150)), uint8(40 + rng.IntN(150)), 255}
	paint(p, func(x, y float64) bool { return x > .15 && x < .85 && y > .2+.1*math.Abs(x-.5) && y < .9 }, tint)
	for range 12 {
		cx, cy, r := rng.Float64(), rng.Float64(), .02+.05*rng.Float64()
		paint(p, func(x, y float64) bool { return math.Hypot(x-cx, y-cy) < r }, color.NRGBA{uint8(rng.IntN(255)), uint8(rng.IntN(255)), uint8(rng.IntN(255)), 255})
	}
	if share > 0 {
		m := mark()
		draw.Draw(p, image.Rect(140, 110, 340, 310), m, image.Point{}, draw.Over)
	}
	return p
}

// logoOutline is where goods puts the logo, as fractions.
var logoOutline = [][2]float64{{140. / 480, 110. / 420}, {340. / 480, 110. / 420}, {340. / 480, 310. / 420}, {140. / 480, 310. / 420}}

func paint(p *image.NRGBA, inside func(x, y float64) bool, c color.NRGBA) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	for y := range h {
		for x := range w {
			if inside(float64(x)/float64(w), float64(y)/float64(h)) {
				p.SetNRGBA(x, y, c)
			}
		}
	}
}

// PNG is the picture as a file.
func PNG(p image.Image) []byte {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, p); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Mark is the protected logo as a file; Goods a product, with the logo or
// without.
func Mark() []byte { return PNG(mark()) }

// Goods draws the product of a seed.
func Goods(seed uint64, withMark bool) []byte {
	share := 0.0
	if withMark {
		share = 1
	}
	return PNG(goods(seed, share))
}

// Large draws the product of a seed as a photograph of a shop would be: 1,600
// by 1,400, JPEG.
func Large(seed uint64) []byte {
	small, p := goods(seed, 1), image.NewRGBA(image.Rect(0, 0, 1600, 1400))
	for y := range 1400 {
		for x := range 1600 {
			p.Set(x, y, small.At(x*480/1600, y*420/1400))
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 88}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

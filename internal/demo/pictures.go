package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"

	"assay/internal/match/picture"
)

var (
	naruBlue = color.NRGBA{24, 92, 196, 255}
	naruSun  = color.NRGBA{255, 196, 46, 255}
	paper    = color.NRGBA{255, 255, 255, 255}
)

// naruBadge is the delivery service's badge: a boat, a sun, and the words.
func naruBadge() *image.NRGBA {
	c := newCanvas(480, rand.New(rand.NewPCG(1, 1)))
	t := transform{scale: 1}
	c.fill(box(.01, .28, .99, .72, .09), t, naruBlue)
	c.fill(ellipse(point{.19, .44}, .07, .07), t, naruSun)
	c.fill([]point{{.06, .54}, {.33, .54}, {.27, .65}, {.12, .65}}, t, paper)
	c.fill([]point{{.19, .33}, {.29, .52}, {.19, .52}}, t, paper)
	c.write("나루배송", .38, .37, .13, t, paper)
	c.write("NARU DAWN", .385, .54, .09, t, naruSun)
	return crop(c.img, .0, .27, 1, .73)
}

// veltranaMark is the shoe maker's mark: three rising wings.
func veltranaMark() *image.NRGBA {
	c := newCanvas(480, rand.New(rand.NewPCG(2, 1)))
	t := transform{scale: 1}
	for i, f := range []float64{0, .17, .34} {
		col := color.NRGBA{uint8(200 - 40*i), uint8(36 + 20*i), uint8(48 + 30*i), 255}
		c.fill([]point{{.08, .62 - f}, {.45, .5 - f}, {.95, .12 + f*.6}, {.62, .58 - f*.4}, {.3, .74 - f}}, t, col)
	}
	return crop(c.img, .05, .05, 1, .8)
}

func crop(p *image.NRGBA, x0, y0, x1, y1 float64) *image.NRGBA {
	w, h := float64(p.Bounds().Dx()), float64(p.Bounds().Dy())
	out := image.NewNRGBA(image.Rect(0, 0, int((x1-x0)*w), int((y1-y0)*h)))
	paste(out, p.SubImage(image.Rect(int(x0*w), int(y0*h), int(x1*w), int(y1*h))), image.Point{})
	return out
}

// withBadge pastes a badge into a corner at a share of the picture's width.
func withBadge(p, badge *image.NRGBA, share float64) *image.NRGBA {
	out := clone(p)
	w := int(share * float64(p.Bounds().Dx()))
	small := picture.Resize(badge, w, w*badge.Bounds().Dy()/badge.Bounds().Dx())
	paste(out, small, image.Pt(p.Bounds().Dx()-w-12, 12))
	return out
}

// withSentence lays a band with a sentence across the lower edge.
func withSentence(p *image.NRGBA, text string) *image.NRGBA {
	c := &canvas{img: clone(p), rng: rand.New(rand.NewPCG(3, 1))}
	t := transform{scale: 1}
	c.fill(box(.0, .86, 1, 1, .001), t, color.NRGBA{20, 20, 24, 230})
	c.write(text, .05, .895, .055, t, paper)
	return c.img
}

// withFrame sets the picture into a shop's frame with a slogan.
func withFrame(p *image.NRGBA, slogan string) *image.NRGBA {
	c := newCanvas(side, rand.New(rand.NewPCG(4, 1)))
	t := transform{scale: 1}
	c.fill(box(0, 0, 1, 1, .001), t, color.NRGBA{250, 92, 72, 255})
	inner := picture.Resize(p, side*82/100, side*82/100)
	paste(c.img, inner, image.Pt(side*9/100, side*4/100))
	c.write(slogan, .1, .89, .065, t, paper)
	return c.img
}

// withPiece lays another picture over the left half.
func withPiece(p, piece *image.NRGBA) *image.NRGBA {
	out := clone(p)
	w := p.Bounds().Dx() * 58 / 100
	h := w * piece.Bounds().Dy() / piece.Bounds().Dx()
	paste(out, picture.Resize(piece, w, h), image.Pt(0, (p.Bounds().Dy()-h)/2))
	return out
}

func mirror(p *image.NRGBA) *image.NRGBA { return picture.Orient(p, 2) }

func clone(p *image.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(p.Bounds())
	copy(out.Pix, p.Pix)
	return out
}

// asJPEG and asPNG encode what we drew ourselves; that cannot fail.
func asJPEG(p image.Image, quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(p image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		panic(err)
	}
	return b.Bytes()
}

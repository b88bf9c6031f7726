package demo

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Lettering: Latin by the Go font, Hangul by strokes of our own, because no
// font that carries it can be embedded in a few kilobytes.

// strokes of the jamo in a unit box, in the order of Unicode's conjoining
// tables. Curves are polygons.
var jamo = map[string][][]point{
	"ㄱ": {{{.1, .15}, {.85, .15}, {.8, .9}}},
	"ㄴ": {{{.15, .1}, {.15, .85}, {.9, .85}}},
	"ㄷ": {{{.9, .12}, {.15, .12}, {.15, .85}, {.9, .85}}},
	"ㄹ": {{{.1, .1}, {.85, .1}, {.85, .48}, {.15, .48}, {.15, .88}, {.9, .88}}},
	"ㅁ": {{{.15, .12}, {.85, .12}, {.85, .88}, {.15, .88}, {.15, .12}}},
	"ㅂ": {{{.15, .1}, {.15, .88}, {.85, .88}, {.85, .1}}, {{.15, .5}, {.85, .5}}},
	"ㅅ": {{{.5, .1}, {.42, .5}, {.08, .9}}, {{.46, .4}, {.92, .9}}},
	"ㅇ": {ring(.5, .5, .38)},
	"ㅈ": {{{.1, .14}, {.9, .14}}, {{.52, .14}, {.42, .5}, {.08, .9}}, {{.46, .45}, {.92, .9}}},
	"ㅊ": {{{.4, .02}, {.6, .02}}, {{.1, .24}, {.9, .24}}, {{.52, .24}, {.42, .55}, {.08, .92}}, {{.46, .5}, {.92, .92}}},
	"ㅋ": {{{.1, .15}, {.85, .15}, {.8, .9}}, {{.1, .5}, {.82, .46}}},
	"ㅌ": {{{.9, .12}, {.15, .12}, {.15, .88}, {.9, .88}}, {{.15, .5}, {.85, .5}}},
	"ㅍ": {{{.1, .14}, {.9, .14}}, {{.1, .86}, {.9, .86}}, {{.34, .14}, {.34, .86}}, {{.66, .14}, {.66, .86}}},
	"ㅎ": {{{.38, .04}, {.62, .04}}, {{.1, .24}, {.9, .24}}, ring(.5, .64, .27)},
	"ㅏ": {{{.4, 0}, {.4, 1}}, {{.4, .48}, {.85, .48}}},
	"ㅓ": {{{.7, 0}, {.7, 1}}, {{.25, .48}, {.7, .48}}},
	"ㅣ": {{{.55, 0}, {.55, 1}}},
	"ㅗ": {{{0, .8}, {1, .8}}, {{.5, .2}, {.5, .8}}},
	"ㅜ": {{{0, .25}, {1, .25}}, {{.5, .25}, {.5, 1}}},
	"ㅡ": {{{0, .5}, {1, .5}}},
	"ㅛ": {{{0, .8}, {1, .8}}, {{.33, .2}, {.33, .8}}, {{.67, .2}, {.67, .8}}},
	"ㅐ": {{{.3, 0}, {.3, 1}}, {{.3, .48}, {.72, .48}}, {{.72, 0}, {.72, 1}}},
	"ㅔ": {{{.45, 0}, {.45, 1}}, {{.1, .48}, {.45, .48}}, {{.8, 0}, {.8, 1}}},
	"ㅕ": {{{.7, 0}, {.7, 1}}, {{.25, .36}, {.7, .36}}, {{.25, .62}, {.7, .62}}},
}

func ring(x, y, r float64) []point {
	e := ellipse(point{x, y}, r, r)
	return append(e, e[0])
}

var (
	leads  = strings.Split("ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ", " ")
	vowels = strings.Split("ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅘ ㅙ ㅚ ㅛ ㅜ ㅝ ㅞ ㅟ ㅠ ㅡ ㅢ ㅣ", " ")
	tails  = strings.Split("- ㄱ ㄲ ㄳ ㄴ ㄵ ㄶ ㄷ ㄹ ㄺ ㄻ ㄼ ㄽ ㄾ ㄿ ㅀ ㅁ ㅂ ㅄ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ", " ")
	double = map[string]string{"ㅆ": "ㅅ", "ㄲ": "ㄱ", "ㅃ": "ㅂ", "ㅉ": "ㅈ", "ㄸ": "ㄷ"}
	// split parts a compound vowel into what lies below and what stands beside.
	split = map[string][2]string{"ㅘ": {"ㅗ", "ㅏ"}, "ㅙ": {"ㅗ", "ㅐ"}, "ㅚ": {"ㅗ", "ㅣ"}, "ㅝ": {"ㅜ", "ㅓ"}, "ㅟ": {"ㅜ", "ㅣ"}, "ㅢ": {"ㅡ", "ㅣ"}}
)

// frame is where a jamo lies within its syllable.
type frame struct{ x, y, w, h float64 }

// syllable draws one Hangul syllable into a box of the canvas.
func (c *canvas) syllable(r rune, at frame, width float64, t transform, col color.NRGBA) {
	n := int(r - 0xAC00)
	lead, vowel, tail := leads[n/588], vowels[n/28%21], tails[n%28]
	h := 1.0
	if n%28 != 0 {
		h = 0.62
		c.jamo(tail, inside(at, frame{.12, .66, .76, .32}), width, t, col)
	}
	below, beside := vowel, ""
	if p, ok := split[vowel]; ok {
		below, beside = p[0], p[1]
	} else if !strings.Contains("ㅗㅛㅜㅠㅡ", vowel) {
		below, beside = "", vowel
	}
	first := frame{.05, .03, .55, .9 * h}
	switch {
	case below != "" && beside != "":
		first = frame{.05, .03, .5, .5 * h}
	case below != "":
		first = frame{.15, .02, .7, .52 * h}
	}
	c.jamo(lead, inside(at, first), width, t, col)
	if below != "" {
		w := .94
		if beside != "" {
			w = .62
		}
		c.jamo(below, inside(at, frame{.03, .52 * h, w, .46 * h}), width, t, col)
	}
	if beside != "" {
		c.jamo(beside, inside(at, frame{.6, 0, .42, .98 * h}), width, t, col)
	}
}

func inside(at, part frame) frame {
	return frame{at.x + part.x*at.w, at.y + part.y*at.h, part.w * at.w, part.h * at.h}
}

func (c *canvas) jamo(name string, at frame, width float64, t transform, col color.NRGBA) {
	if single, ok := double[name]; ok {
		c.jamo(single, inside(at, frame{0, 0, .48, 1}), width, t, col)
		c.jamo(single, inside(at, frame{.52, 0, .48, 1}), width, t, col)
		return
	}
	for _, line := range jamo[name] {
		placed := make([]point, len(line))
		for i, p := range line {
			placed[i] = point{at.x + p.x*at.w, at.y + p.y*at.h}
		}
		c.stroke(placed, width, t, col)
	}
}

// write draws text with its left upper corner at x, y; height in fractions of
// the side. It returns the right end.
func (c *canvas) write(text string, x, y, height float64, t transform, col color.NRGBA) float64 {
	face, err := opentype.NewFace(latinFont, &opentype.FaceOptions{Size: height * c.side(), DPI: 72})
	if err != nil {
		panic(err) // the font is embedded and the sizes are ours
	}
	for _, r := range text {
		switch {
		case r == ' ':
			x += height * 0.4
		case r >= 0xAC00 && r <= 0xD7A3:
			c.syllable(r, frame{x, y, height * .92, height}, height*.11, t, col)
			x += height * 1.02
		default:
			x = c.latin(face, r, x, y, height, col)
		}
	}
	return x
}

var latinFont = func() *opentype.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil { // embedded and known to parse
		panic(err)
	}
	return f
}()

// latin draws one letter of the Go font; it does not turn.
func (c *canvas) latin(face font.Face, r rune, x, y, height float64, col color.NRGBA) float64 {
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(col), Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(x * c.side() * 64), Y: fixed.Int26_6((y + height*.85) * c.side() * 64)}}
	d.DrawString(string(r))
	return float64(d.Dot.X) / 64 / c.side()
}

package demo

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// side is the size of a drawn photograph, in pixels.
const side = 640

// good draws one kind of goods in the middle of the canvas.
type good func(c *canvas, t transform, main, trim color.NRGBA)

var goods = map[string]good{"bag": bag, "shoe": shoe, "watch": watch, "bottle": bottle, "tin": tin, "case": phoneCase, "cap": cap_, "lamp": lamp, "mug": mug,
	"tote": tote, "boot": boot, "pouch": pouch, "chair": chair, "plant": plant, "glasses": glasses}

// photograph draws goods of a kind in a room of its own; equal seeds give
// equal pictures.
func photograph(kind string, seed uint64, main color.NRGBA) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 7))
	c := newCanvas(side, rng)
	c.backdrop(hue(rng, 0.22, 0.86), hue(rng, 0.3, 0.55))
	t := chance(rng)
	c.fill(ellipse(point{.5, .86}, .36, .06), transform{scale: t.scale, dx: t.dx, dy: t.dy}, color.NRGBA{0, 0, 0, 70})
	trim := hue(rng, 0.5, 0.35)
	goods[kind](c, t, main, trim)
	c.ornament(t, scaled(trim, 1.3))
	c.grain(3)
	return c.img
}

// ornament prints a pattern by chance on the goods, as prints and tags do.
func (c *canvas) ornament(t transform, col color.NRGBA) {
	col.A = 210
	for range 6 + c.rng.IntN(10) {
		at := point{.36 + .28*c.rng.Float64(), .44 + .3*c.rng.Float64()}
		r := .008 + .018*c.rng.Float64()
		switch c.rng.IntN(3) {
		case 0:
			c.fill(ellipse(at, r, r), t, col)
		case 1:
			c.fill([]point{{at.x, at.y - r}, {at.x + r, at.y + r}, {at.x - r, at.y + r}}, t, col)
		default:
			c.stroke([]point{at, {at.x + 3*r, at.y + r*float64(c.rng.IntN(3)-1)}}, .008, t, col)
		}
	}
}

// hue is a colour by chance with a given strength and lightness.
func hue(rng *rand.Rand, strength, light float64) color.NRGBA {
	a := rng.Float64() * 2 * math.Pi
	f := func(shift float64) uint8 { return clamp(255 * (light + strength*0.5*math.Cos(a+shift))) }
	return color.NRGBA{f(0), f(2.1), f(4.2), 255}
}

func bag(c *canvas, t transform, main, trim color.NRGBA) {
	c.stroke([]point{{.33, .42}, {.36, .2}, {.5, .12}, {.64, .2}, {.67, .42}}, .035, t, trim)
	c.fill([]point{{.2, .4}, {.8, .4}, {.88, .85}, {.12, .85}}, t, main)
	c.fill([]point{{.2, .4}, {.8, .4}, {.84, .6}, {.5, .68}, {.16, .6}}, t, scaled(main, .8))
	c.fill(box(.45, .58, .55, .7, .02), t, color.NRGBA{214, 178, 94, 255})
	for i := range 12 {
		x := .2 + float64(i)*.054
		c.stroke([]point{{x, .82}, {x + .03, .82}}, .006, t, scaled(main, 1.4))
	}
}

func shoe(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill([]point{{.1, .74}, {.14, .44}, {.34, .4}, {.46, .55}, {.78, .62}, {.92, .74}, {.92, .8}, {.1, .8}}, t, main)
	c.fill(box(.08, .78, .94, .86, .03), t, color.NRGBA{240, 238, 230, 255})
	c.fill([]point{{.2, .7}, {.5, .6}, {.56, .66}, {.26, .77}}, t, trim)
	for i := range 5 {
		x := .36 + float64(i)*.055
		c.stroke([]point{{x, .5 + float64(i)*.02}, {x + .05, .46 + float64(i)*.022}}, .014, t, color.NRGBA{250, 250, 250, 255})
	}
}

func watch(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill(box(.4, .08, .6, .92, .03), t, main)
	c.fill(ellipse(point{.5, .5}, .27, .27), t, color.NRGBA{150, 152, 160, 255})
	c.fill(ellipse(point{.5, .5}, .23, .23), t, trim)
	for i := range 12 {
		s, co := math.Sincos(float64(i) * math.Pi / 6)
		c.stroke([]point{{.5 + .18*co, .5 + .18*s}, {.5 + .21*co, .5 + .21*s}}, .012, t, color.NRGBA{250, 248, 240, 255})
	}
	c.stroke([]point{{.5, .5}, {.5, .36}}, .014, t, color.NRGBA{250, 248, 240, 255})
	c.stroke([]point{{.5, .5}, {.6, .56}}, .014, t, color.NRGBA{250, 248, 240, 255})
}

func bottle(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill(box(.43, .08, .57, .24, .02), t, trim)
	c.fill([]point{{.44, .24}, {.56, .24}, {.68, .38}, {.68, .88}, {.32, .88}, {.32, .38}}, t, main)
	c.fill(box(.36, .5, .64, .76, .01), t, color.NRGBA{250, 247, 238, 255})
	for i := range 4 {
		y := .56 + float64(i)*.05
		c.stroke([]point{{.4, y}, {.6 - float64(i%2)*.06, y}}, .012, t, scaled(main, .7))
	}
}

func tin(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill(box(.25, .26, .75, .86, .04), t, main)
	c.fill(box(.23, .2, .77, .34, .04), t, trim)
	c.fill(ellipse(point{.5, .58}, .16, .16), t, color.NRGBA{246, 240, 220, 255})
	c.fill([]point{{.5, .46}, {.58, .6}, {.5, .7}, {.42, .6}}, t, scaled(main, .7))
}

func phoneCase(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill(box(.3, .1, .7, .9, .07), t, main)
	c.fill(box(.34, .13, .52, .3, .04), t, scaled(main, .6))
	for _, p := range []point{{.39, .18}, {.47, .18}, {.39, .25}} {
		c.fill(ellipse(p, .03, .03), t, color.NRGBA{20, 22, 26, 255})
	}
	c.stroke([]point{{.34, .84}, {.66, .4}}, .01, t, trim)
}

func cap_(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill([]point{{.2, .62}, {.22, .42}, {.36, .28}, {.54, .27}, {.68, .4}, {.72, .62}}, t, main)
	c.fill([]point{{.5, .58}, {.72, .58}, {.93, .68}, {.88, .74}, {.5, .66}}, t, trim)
	c.stroke([]point{{.45, .27}, {.42, .45}, {.43, .62}}, .008, t, scaled(main, .7))
}

func lamp(c *canvas, t transform, main, trim color.NRGBA) {
	c.stroke([]point{{.5, .45}, {.5, .84}}, .03, t, trim)
	c.fill(ellipse(point{.5, .86}, .16, .03), t, trim)
	c.fill([]point{{.38, .16}, {.62, .16}, {.76, .5}, {.24, .5}}, t, main)
	c.fill(ellipse(point{.5, .5}, .26, .03), t, color.NRGBA{255, 244, 200, 255})
}

func mug(c *canvas, t transform, main, trim color.NRGBA) {
	c.stroke([]point{{.66, .42}, {.84, .46}, {.84, .64}, {.66, .7}}, .05, t, main)
	c.fill(box(.26, .32, .68, .84, .04), t, main)
	c.fill(ellipse(point{.47, .34}, .2, .035), t, trim)
	c.fill(ellipse(point{.47, .6}, .09, .09), t, scaled(trim, 1.2))
}

func tote(c *canvas, t transform, main, trim color.NRGBA) {
	c.stroke([]point{{.36, .4}, {.38, .14}, {.62, .14}, {.64, .4}}, .022, t, scaled(main, .6))
	c.fill(box(.26, .36, .74, .88, .015), t, main)
	for i := range 5 {
		x := .3 + float64(i)*.09
		c.fill(box(x, .4, x+.035, .86, .002), t, trim)
	}
}

func boot(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill([]point{{.34, .1}, {.58, .1}, {.58, .58}, {.84, .7}, {.86, .84}, {.34, .84}}, t, main)
	c.fill(box(.32, .82, .88, .9, .01), t, color.NRGBA{52, 40, 32, 255})
	c.stroke([]point{{.34, .2}, {.58, .2}}, .03, t, trim)
	c.stroke([]point{{.34, .5}, {.58, .5}}, .02, t, trim)
}

func pouch(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill([]point{{.3, .3}, {.5, .24}, {.7, .3}, {.8, .6}, {.66, .86}, {.34, .86}, {.2, .6}}, t, main)
	c.stroke([]point{{.28, .34}, {.5, .3}, {.72, .34}}, .03, t, trim)
	c.stroke([]point{{.72, .34}, {.82, .24}, {.86, .34}}, .012, t, trim)
}

func chair(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill(box(.34, .1, .66, .5, .05), t, main)
	c.fill([]point{{.3, .52}, {.7, .52}, {.76, .62}, {.24, .62}}, t, scaled(main, .8))
	for _, x := range []float64{.28, .42, .58, .72} {
		c.stroke([]point{{x, .62}, {x, .9}}, .02, t, trim)
	}
}

func plant(c *canvas, t transform, main, trim color.NRGBA) {
	c.fill([]point{{.36, .66}, {.64, .66}, {.6, .9}, {.4, .9}}, t, main)
	green := color.NRGBA{58, 120, 62, 255}
	for i := range 7 {
		s, co := math.Sincos(math.Pi * (1.1 + float64(i)*.13))
		tip := point{.5 + .36*co, .64 + .5*s}
		c.fill([]point{{.48, .66}, {.5 + .2*co - .05, .64 + .28*s}, tip, {.5 + .2*co + .05, .64 + .28*s}, {.52, .66}}, t, scaled(green, .8+.08*float64(i)))
	}
	c.stroke([]point{{.36, .7}, {.64, .7}}, .02, t, trim)
}

func glasses(c *canvas, t transform, main, trim color.NRGBA) {
	for _, x := range []float64{.3, .7} {
		c.fill(ellipse(point{x, .5}, .17, .14), t, main)
		c.fill(ellipse(point{x, .5}, .13, .1), t, color.NRGBA{200, 220, 226, 180})
	}
	c.stroke([]point{{.46, .48}, {.5, .45}, {.54, .48}}, .025, t, trim)
	c.stroke([]point{{.14, .46}, {.06, .3}}, .02, t, trim)
	c.stroke([]point{{.86, .46}, {.94, .3}}, .02, t, trim)
}

package ocr

import (
	"math"
	"slices"
)

// maxSamples is how many pixels of a candidate are looked at to fit its line.
const maxSamples = 1200

// candidate is a group of pieces that may be a line of text, in the pixels of
// the map it was found on.
type candidate struct {
	points []Point // samples of its ink
	weight float64 // pixels that one sample stands for
	pieces []component
	runs   int // in all, to measure strokes

	centre        Point
	angle         float64 // radians, clockwise
	left, right   float64 // along the line, from the centre
	top, bottom   float64 // across it
	grey          float64 // mean of the ink
	merged        bool
	fromMask      bool // seen by the network; without features
	features      features
	sight         sight
	score         float64
	scale         float64 // pixels of the picture per pixel of the map
	dark          bool
	along, across []float64 // of the samples
}

func (c *candidate) width() float64  { return c.right - c.left }
func (c *candidate) height() float64 { return c.bottom - c.top }

// Limits of what is a line, in pixels of the map and in ratios.
const (
	minLineHeight = 6
	maxLineHeight = 75
	minLineRatio  = 1.6 // length to height
	maxTilt       = 14  // degrees
)

// fit finds angle and box of the candidate's ink; it reports whether they are
// a line's.
func (c *candidate) fit() bool {
	if len(c.points) < 10 {
		return false
	}
	c.middle()
	c.turn()
	c.project()
	c.trim()
	h := c.height()
	if h < minLineHeight || h > maxLineHeight {
		return false
	}
	c.extend()
	if c.width() < minLineRatio*h {
		return false
	}
	c.describe()
	return true
}

func (c *candidate) middle() {
	var x, y float64
	for _, p := range c.points {
		x += p.X
		y += p.Y
	}
	n := float64(len(c.points))
	c.centre = Point{x / n, y / n}
}

// turn chooses the angle at which the ink, projected across the line, is
// most concentrated: the energy of its profile.
func (c *candidate) turn() {
	sides := make([]float64, len(c.pieces))
	for i := range c.pieces {
		sides[i] = float64(c.pieces[i].side())
	}
	bin := max(1.5, percentile(sides, 0.8)/12)
	best, at := 0.0, 0.0
	try := func(degrees float64) {
		if e := c.energy(degrees*math.Pi/180, bin) * (1 - 0.004*math.Abs(degrees)); e > best {
			best, at = e, degrees
		}
	}
	for a := -float64(maxTilt); a <= maxTilt; a += 2 {
		try(a)
	}
	for a, coarse := -1.5, at; a <= 1.5; a += 0.5 {
		try(coarse + a)
	}
	c.angle = at * math.Pi / 180
}

func (c *candidate) energy(angle, bin float64) float64 {
	var bins [256]int32
	sin, cos := math.Sincos(angle)
	sin, cos = sin/bin, cos/bin
	for _, p := range c.points {
		v := (p.Y-c.centre.Y)*cos - (p.X-c.centre.X)*sin
		bins[uint8(int(v+1<<20))]++
	}
	e := 0.0
	for _, n := range bins {
		e += float64(n) * float64(n)
	}
	return e
}

func (c *candidate) project() {
	sin, cos := math.Sincos(c.angle)
	c.along, c.across = make([]float64, len(c.points)), make([]float64, len(c.points))
	for i, p := range c.points {
		x, y := p.X-c.centre.X, p.Y-c.centre.Y
		c.along[i], c.across[i] = x*cos+y*sin, y*cos-x*sin
	}
}

// A row of the profile belongs to the line's edge dirt when it has less than
// edgeShare of a full row's ink; no more than maxEdge of all ink is cut away.
const (
	edgeShare = 0.06
	maxEdge   = 0.07
)

// trim finds the band that holds the letters.
func (c *candidate) trim() {
	lowest := slices.Min(c.across)
	rows := make([]float64, int(slices.Max(c.across)-lowest)+1)
	for _, v := range c.across {
		rows[int(v-lowest)]++
	}
	floor := edgeShare * percentile(rows, 0.85)
	spare := maxEdge * float64(len(c.across))
	lo, hi := 0, len(rows)-1
	for cut := rows[lo]; lo < hi && rows[lo] < floor && cut < spare; cut += rows[lo] {
		lo++
	}
	for cut := rows[hi]; hi > lo && rows[hi] < floor && cut < spare; cut += rows[hi] {
		hi--
	}
	c.top, c.bottom = lowest+float64(lo)-0.5, lowest+float64(hi)+1
}

// extend finds both ends of the ink in the band.
func (c *candidate) extend() {
	c.left, c.right = math.Inf(1), math.Inf(-1)
	for i, v := range c.across {
		if v >= c.top && v <= c.bottom {
			c.left, c.right = min(c.left, c.along[i]), max(c.right, c.along[i])
		}
	}
	c.left -= 1
	c.right += 1
}

// percentile is the value below which the share q of s lies; s is not changed.
func percentile(s []float64, q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	t := slices.Clone(s)
	slices.Sort(t)
	return t[min(int(q*float64(len(t))), len(t)-1)]
}

// line is the candidate in the pixels of a picture that the map's picture was
// shrunk from by factor.
func (c *candidate) line(factor float64) Line {
	k := c.scale * factor
	sin, cos := math.Sincos(c.angle)
	corner := func(u, v float64) Point {
		return Point{k * (c.centre.X + u*cos - v*sin), k * (c.centre.Y + u*sin + v*cos)}
	}
	return Line{
		Outline: [4]Point{corner(c.left, c.top), corner(c.right, c.top), corner(c.right, c.bottom), corner(c.left, c.bottom)},
		Width:   k * c.width(), Height: k * c.height(), Angle: c.angle * 180 / math.Pi, Dark: c.dark, Score: c.score,
	}
}

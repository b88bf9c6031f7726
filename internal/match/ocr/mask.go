package ocr

import (
	"context"
	"fmt"
	"image"
	"math"
	"sync"

	"assay/internal/match/net"
)

// mask is the network that sees text in a picture of any size
// (training/lines/mask.py). It is safe for concurrent use.
type mask struct{ model *net.Model }

var theMask = sync.OnceValues(func() (*mask, error) {
	data, err := weights.ReadFile("weights/mask.net")
	if err != nil {
		return nil, err
	}
	m, err := net.Read(data)
	if err != nil {
		return nil, fmt.Errorf("weights of mask: %w", err)
	}
	return &mask{m}, nil
})

// What the network says of a cell, in the order of its channels.
const (
	maskCore   = iota // log-odds that the middle half of a line's height lies here
	maskDark          // log-odds that its ink is darker than what is behind
	maskHeight        // logarithm to base 2 of its height over 16 pixels
	maskOffset        // heights from here down to its axis
	maskChannels
)

const (
	maskCell  = 4    // pixels of a cell's side
	maskStep  = 32   // panes are a multiple of so many pixels
	paneSide  = 1024 // pixels of a picture that are looked at together
	paneRim   = 128  // pixels of a pane's edge that belong to its neighbour
	maskGrey  = 128
	maskCells = paneSide / maskCell
)

// maskMap is what the network says of a picture: maskChannels values for every
// cell, each times unit.
type maskMap struct {
	w, h int // cells
	unit float64
	said []int16
}

func (m *maskMap) at(x, y int) []int16 { return m.said[(y*m.w+x)*maskChannels:][:maskChannels] }

// look runs the network over img, pane by pane where it is large.
func (n *mask) look(ctx context.Context, img *image.NRGBA) (*maskMap, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	m := &maskMap{w: (w + maskCell - 1) / maskCell, h: (h + maskCell - 1) / maskCell, unit: float64(n.model.OutUnit())}
	m.said = make([]int16, m.w*m.h*maskChannels)
	for _, y := range panes(h) {
		for _, x := range panes(w) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := n.pane(img, m, x, y); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// pane is a stretch of one axis: where it is looked at, and which part of it is
// its own. All in pixels.
type pane struct{ from, to, own, end int }

// panes cut a side into stretches of at most paneSide that overlap.
func panes(side int) []pane {
	if side <= paneSide {
		return []pane{{0, side, 0, side}}
	}
	var out []pane
	own := 0
	for from := 0; ; from += paneSide - 2*paneRim {
		to := from + paneSide
		if to >= side {
			return append(out, pane{from, side, own, side})
		}
		out = append(out, pane{from, to, own, to - paneRim})
		own = to - paneRim
	}
}

// pane looks at one pane and keeps what is its own.
func (n *mask) pane(img *image.NRGBA, m *maskMap, across, down pane) error {
	w, h := across.to-across.from, down.to-down.from
	in := n.model.Picture((h+maskStep-1)/maskStep*maskStep, (w+maskStep-1)/maskStep*maskStep)
	for y := range in.H {
		src := img.Pix[(down.from+min(y, h-1))*img.Stride:]
		dst := in.Row(y)
		for x := range in.W {
			p := src[4*(across.from+min(x, w-1)):][:4:4]
			to := dst[x*in.C:][:3:3]
			r, g, b := int16(p[0]), int16(p[1]), int16(p[2])
			if p[3] != 255 {
				r, g, b = onWhite(p)
			}
			to[0], to[1], to[2] = r-maskGrey, g-maskGrey, b-maskGrey
		}
	}
	return n.model.Run(in, func(said *net.Map) {
		for y := down.own / maskCell; y < (down.end+maskCell-1)/maskCell; y++ {
			for x := across.own / maskCell; x < (across.end+maskCell-1)/maskCell; x++ {
				copy(m.at(x, y), said.Pixel(y-down.from/maskCell, x-across.from/maskCell))
			}
		}
	})
}

// onWhite is a partly transparent pixel on white.
func onWhite(p []uint8) (r, g, b int16) {
	a := int(p[3])
	on := func(v uint8) int16 { return int16((int(v)*a + 255*(255-a)) / 255) }
	return on(p[0]), on(p[1]), on(p[2])
}

// Limits of what is a line for the mask.
const (
	maskLeast   = 0.0 // log-odds of a cell that counts
	maskInset   = 0.25
	maskSlopes  = 0.25 // heights: a component is as long as this before its slope is believed
	maskTilt    = 18 * math.Pi / 180
	maskHeights = 200.0 // pixels
	// loneRatio is the length, in heights, of a single letter that is a line only
	// where another lies above or below it: a sentence may be broken before its
	// last letter.
	loneRatio = 0.5
)

// axisCell is a cell of a line's core: its middle, where it puts the axis, both
// in cells, and what it says.
type axisCell struct{ x, y, axis, height, core, dark float64 }

// maskLine is a line that the mask sees, in cells.
type maskLine struct {
	cells []axisCell
	candidate
}

// maskLines are the lines of a map: the connected stretches of core, and those
// that lie on one axis together.
func (f *finder) maskLines(m *maskMap) []*candidate {
	f.ink.w, f.ink.h = m.w, m.h
	f.ink.diff = resized(f.ink.diff, m.w*m.h)
	least := int16(maskLeast / m.unit)
	for i := range f.ink.diff {
		f.ink.diff[i] = max(0, m.said[i*maskChannels+maskCore]-least)
	}
	f.label.label(&f.ink, plane{m.w, m.h, make([]uint8, m.w*m.h)}, true)
	var single []*maskLine
	for i := range f.label.comps {
		if l := f.maskLine(m, &f.label.comps[i]); l != nil {
			single = append(single, l)
		}
	}
	out := make([]*candidate, 0, len(single))
	for _, l := range append(single, mergeMask(single)...) {
		if l.width() >= minLineRatio*l.height() || l.inBlock(single) {
			out = append(out, &l.candidate)
		}
	}
	return out
}

func (f *finder) maskLine(m *maskMap, c *component) *maskLine {
	var cells []axisCell
	f.label.runsOf(c, func(r run) {
		for x := r.x0; x < r.x1; x++ {
			said := m.at(int(x), int(r.y))
			a := axisCell{
				x: float64(x) + 0.5, y: float64(r.y) + 0.5, core: float64(said[maskCore]) * m.unit, dark: float64(said[maskDark]) * m.unit,
				height: math.Exp2(min(max(float64(said[maskHeight])*m.unit, -2), 4)) * 16 / maskCell,
			}
			a.axis = a.y + a.height*min(max(float64(said[maskOffset])*m.unit, -0.5), 0.5)
			cells = append(cells, a)
		}
	})
	l := &maskLine{cells: cells}
	if !l.fit() {
		return nil
	}
	return l
}

// fit finds axis, height and ends of the line of the cells; it reports whether
// they are a line's.
func (l *maskLine) fit() bool {
	n := float64(len(l.cells))
	var x, y, h, core, dark float64
	for _, c := range l.cells {
		x, y, h, core, dark = x+c.x/n, y+c.axis/n, h+math.Log2(c.height)/n, core+c.core/n, dark+c.dark/n
	}
	height := math.Exp2(h)
	var xx, xy float64
	for _, c := range l.cells {
		xx += square(c.x - x)
		xy += (c.x - x) * (c.axis - y)
	}
	l.angle = math.Atan(xy / (xx + n*square(maskSlopes*height)))
	sin, cos := math.Sincos(l.angle)
	from, to := math.Inf(1), math.Inf(-1)
	for _, c := range l.cells {
		u := (c.x-x)*cos + (c.y-y)*sin
		from, to = min(from, u-0.5), max(to, u+0.5)
	}
	l.centre, l.scale, l.dark = Point{x, y}, maskCell, dark > 0
	l.left, l.right = from-maskInset*height, to+maskInset*height
	l.top, l.bottom = -height/2, height/2
	if pixels := height * maskCell; pixels < minLineHeight || pixels > maskHeights || l.width() < loneRatio*height || math.Abs(l.angle) > maskTilt {
		return false
	}
	l.score = 1 / (1 + math.Exp(-core/2))
	l.fromMask = true
	return true
}

// inBlock says whether a longer line of like height lies right above or below.
func (l *maskLine) inBlock(all []*maskLine) bool {
	sin, cos := math.Sincos(l.angle)
	x, y := l.heart()
	h := l.height()
	for _, o := range all {
		if o == l || o.width() < minLineRatio*o.height() || max(h, o.height()) > blockHeight*min(h, o.height()) {
			continue
		}
		ox, oy := o.heart()
		u, v := (ox-x)*cos+(oy-y)*sin, (oy-y)*cos-(ox-x)*sin
		if high := (h + o.height()) / 2; math.Abs(v) > 0.7*high && math.Abs(v) < (1+blockGap)*high && math.Abs(u) < (l.width()+o.width())/2 {
			return true
		}
	}
	return false
}

// mergeMask joins lines that lie on one axis, such as words that stand far
// apart, or a line that is hardly seen in its middle.
func mergeMask(parts []*maskLine) []*maskLine {
	candidates := make([]*candidate, len(parts))
	for i, l := range parts {
		candidates[i] = &l.candidate
	}
	var out []*maskLine
	for _, g := range collinearGroups(candidates) {
		l := new(maskLine)
		for _, i := range g {
			l.cells = append(l.cells, parts[i].cells...)
		}
		if l.fit() {
			l.merged = true
			out = append(out, l)
		}
	}
	return out
}

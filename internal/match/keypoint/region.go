package keypoint

import (
	"math"
	"slices"
)

// Region is the part of a photograph that agrees.
type Region struct {
	// Share is how much of the asset it is, above 0 and at most 1.
	Share float64
	// Correlation is that of its blocks, weighted by contrast.
	Correlation float64
	// Outline runs around it in the query picture, AssetOutline in the asset picture: clockwise as the asset lies, 3 to
	// mostPoints points each. Holes are not drawn.
	Outline, AssetOutline []Point
}

const (
	leastTold  = 0.02 // score below which nobody asks what agrees
	nearlyAll  = 0.88 // of a photograph: from there on nobody would speak of a part
	plainBlock = 10.0 // standard deviation, in grey levels, up to which the query may have noise where the asset is flat
	mostPoints = 24   // of an outline
	coarsening = 0.75 // cells by which an outline may run beside the blocks: steps become slopes
)

// region describes what findPart left in the working space; nil if that is nothing, or all.
func (c *comparison) region(d *Descriptors, t *affine, zoom float64) *Region {
	ring := lasso(c.inRegion, c.cells.w, c.cells.h)
	share := c.held()
	if share == 0 || share >= nearlyAll || len(ring) < 3 || c.intact() >= nearlyAll {
		return nil
	}
	r := &Region{Share: share, Correlation: c.regionCorrelation()}
	fx, fy := float64(d.w*cellSide)/float64(d.thumb.w), float64(d.h*cellSide)/float64(d.thumb.h)
	for _, v := range ring {
		own := Point{v.X * fx, v.Y * fy}
		x, y := t.apply(own.X, own.Y)
		r.AssetOutline = append(r.AssetOutline, own)
		r.Outline = append(r.Outline, Point{x / zoom, y / zoom})
	}
	return r
}

// intact is the share of an asset's blocks that lie in the query as they are: those without texture, of which nothing can be
// said for certain and which no region holds, are to be plain there as well.
func (c *comparison) intact() float64 {
	same, all := 0, 0
	for y := 0; y+1 < c.cells.h; y += 2 {
		for x := 0; x+1 < c.cells.w; x += 2 {
			all++
			m := c.cells.block(x, y)
			if m.n < blockSide*blockSide {
				continue
			}
			va, vb, _ := m.spread()
			if va < flat*flat && vb < plainBlock*plainBlock || va >= flat*flat && m.correlation() > agreeing {
				same++
			}
		}
	}
	return float64(same) / float64(max(1, all))
}

// held is the share of cells that lie in the region.
func (c *comparison) held() float64 {
	n, w, h := 0, c.cells.w, c.cells.h
	for at := range w * h {
		if c.inRegion(at%w, at/w) {
			n++
		}
	}
	return float64(n) / float64(max(1, w*h))
}

// inRegion says whether a cell lies in a block of the best region.
func (c *comparison) inRegion(cx, cy int) bool {
	w, h := c.cells.w-1, c.cells.h-1
	for y := max(0, cy-1); y <= min(h-1, cy); y++ {
		for x := max(0, cx-1); x <= min(w-1, cx); x++ {
			if c.label[y*w+x] == 2 {
				return true
			}
		}
	}
	return false
}

// regionCorrelation is the mean of the region's blocks, as that of the whole.
func (c *comparison) regionCorrelation() float64 {
	var sum, weight float64
	w := c.cells.w - 1
	for at, label := range c.label {
		if label == 2 {
			m := c.cells.block(at%w, at/w)
			k := min(m.deviation(), 25)
			sum += k * m.correlation()
			weight += k
		}
	}
	return sum / max(weight, 1e-9)
}

// lasso runs clockwise around the topmost piece of a w x h grid that hangs together by sides, in units of cells, with at most
// mostPoints points. It follows the sides with the piece to its right, and straightens what it got (Ramer 1972,
// Douglas and Peucker 1973).
func lasso(in func(x, y int) bool, w, h int) []Point {
	inside := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && in(x, y) }
	first := 0
	for first < w*h && !in(first%w, first/w) {
		first++
	}
	if first == w*h {
		return nil
	}
	x0, y0 := first%w, first/w
	x, y, dx, dy := x0, y0, 1, 0 // along the upper side of the first cell
	var ring []Point
	for len(ring) == 0 || x != x0 || y != y0 || dx != 1 {
		ring = append(ring, Point{float64(x), float64(y)})
		x, y = x+dx, y+dy
		left, right := ahead(x, y, dx, dy)
		switch {
		case !inside(right[0], right[1]):
			dx, dy = -dy, dx
		case inside(left[0], left[1]):
			dx, dy = dy, -dx
		}
	}
	for reach := coarsening; ; reach *= 1.5 {
		if out := straighten(ring, reach); len(out) <= mostPoints {
			return out
		}
	}
}

// ahead are the cells left and right of the next side of a way that has come to a corner.
func ahead(x, y, dx, dy int) (left, right [2]int) {
	switch {
	case dx == 1:
		return [2]int{x, y - 1}, [2]int{x, y}
	case dx == -1:
		return [2]int{x - 1, y}, [2]int{x - 1, y - 1}
	case dy == 1:
		return [2]int{x, y}, [2]int{x - 1, y}
	}
	return [2]int{x - 1, y - 1}, [2]int{x, y - 1}
}

// straighten leaves out points of a ring that lie within reach of the line through those it keeps.
func straighten(ring []Point, reach float64) []Point {
	far := 0 // from the first
	for i, p := range ring {
		if math.Hypot(p.X-ring[0].X, p.Y-ring[0].Y) > math.Hypot(ring[far].X-ring[0].X, ring[far].Y-ring[0].Y) {
			far = i
		}
	}
	return append(straight(ring[:far+1], reach), straight(append(slices.Clone(ring[far:]), ring[0]), reach)...)
}

// straight does so for a line; the last point is left to what follows.
func straight(line []Point, reach float64) []Point {
	a, b := line[0], line[len(line)-1]
	worst, off := 0, reach
	for i := 1; i < len(line)-1; i++ {
		if d := beside(line[i], a, b); d > off {
			worst, off = i, d
		}
	}
	if worst == 0 {
		return []Point{a}
	}
	return append(straight(line[:worst+1], reach), straight(line[worst:], reach)...)
}

// beside is how far p lies from the line through a and b, or from both where they are one: a ring may touch itself.
func beside(p, a, b Point) float64 {
	long := math.Hypot(b.X-a.X, b.Y-a.Y)
	if long == 0 {
		return math.Hypot(p.X-a.X, p.Y-a.Y)
	}
	return math.Abs((b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X)) / long
}

package keypoint

import "math"

// part is the largest piece of an asset that is there: a connected region of blocks that agree. What lies around it is no
// evidence against it, be it outside of the picture or replaced by another ground.
type part struct {
	evidence float64 // how much better a copy explains its blocks than a look-alike does, in nats, by block that does not overlap
	core     int     // blocks of it all of whose neighbours belong to it: edges alone have none
	against  float64 // the same in nats for what disagrees in the rectangle around it
	share    float64 // of the asset
	witness  float64 // what the features say that were found, wherever, in nats
}

// grain is what gradients say about a cell of an asset.
type grain struct{ xx, yy, xy int32 }

// grainOf sums the gradients of an asset's copy by cell.
func grainOf(p plane, out []grain) []grain {
	w, h := p.w/cellSide, p.h/cellSide
	if cap(out) < w*h {
		out = make([]grain, w*h)
	}
	out = out[:w*h]
	clear(out)
	for y := 1; y < min(h*cellSide, p.h-1); y++ {
		up, row, low := p.row(y-1), p.row(y), p.row(y+1)
		cells := out[y/cellSide*w:]
		for x := 1; x < min(w*cellSide, p.w-1); x++ {
			gx, gy := int32(row[x+1])-int32(row[x-1]), int32(low[x])-int32(up[x])
			g := &cells[x/cellSide]
			g.xx += gx * gx
			g.yy += gy * gy
			g.xy += gx * gy
		}
	}
	return out
}

// relief is the root mean square, in grey levels by pixel, of the gradient of a block along the direction in which it is
// least: zero where there is nothing but a straight edge.
func (c *comparison) relief(x, y int) float64 {
	at := y*c.cells.w + x
	a, b, d, e := &c.grain[at], &c.grain[at+1], &c.grain[at+c.cells.w], &c.grain[at+c.cells.w+1]
	xx, yy, xy := float64(a.xx+b.xx+d.xx+e.xx), float64(a.yy+b.yy+d.yy+e.yy), float64(a.xy+b.xy+d.xy+e.xy)
	least := (xx + yy - math.Hypot(xx-yy, 2*xy)) / 2
	return math.Sqrt(max(0, least) / (4 * blockSide * blockSide)) // differences were taken over two pixels
}

// enoughSeen is how many pixels of a block must lie inside the query.
const enoughSeen = 60

// leastEvidence is what a block of the region says at least, in nats.
const leastEvidence = 0.3

// findPart finds the region with the most evidence.
func (c *comparison) findPart() part {
	w, h := c.cells.w-1, c.cells.h-1
	if w < 1 || h < 1 {
		return part{}
	}
	c.marks, c.agree, c.label = sized(c.marks, w*h), sized(c.agree, w*h), sized(c.label, w*h)
	for y := range h {
		for x := range w {
			c.marks[y*w+x], c.agree[y*w+x] = c.evidence(x, y)
		}
	}
	clear(c.label)
	best, bestAt := 0.0, int32(-1)
	for at := range c.marks {
		if c.label[at] == 0 && c.marks[at] > leastEvidence {
			if sum := c.flood(int32(at), 1, w, h); sum > best {
				best, bestAt = sum, int32(at)
			}
		}
	}
	if bestAt < 0 {
		return part{}
	}
	c.flood(bestAt, 2, w, h)
	p := part{evidence: best / 4}
	c.outline(&p, w, h)
	return p
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// evidence of a block, zero when too little of it is seen, and whether it correlates at all.
func (c *comparison) evidence(x, y int) (nats float64, agrees bool) {
	m := c.cells.block(x, y)
	if m.n < enoughSeen {
		return 0, false
	}
	r := m.correlation()
	return evidenceOf(m.deviation(), c.relief(x, y), r), r > agreeing
}

// flood labels the blocks of a region and sums their evidence.
func (c *comparison) flood(from int32, label uint8, w, h int) (sum float64) {
	c.stack = append(c.stack[:0], from)
	c.label[from] = label
	for len(c.stack) > 0 {
		at := int(c.stack[len(c.stack)-1])
		c.stack = c.stack[:len(c.stack)-1]
		sum += c.marks[at]
		x, y := at%w, at/w
		for _, n := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
			if n[0] < 0 || n[1] < 0 || n[0] >= w || n[1] >= h {
				continue
			}
			if next := n[1]*w + n[0]; c.label[next] < label && c.marks[next] > leastEvidence {
				c.label[next] = label
				c.stack = append(c.stack, int32(next))
			}
		}
	}
	return sum
}

// outline measures the region whose label is 2.
func (c *comparison) outline(p *part, w, h int) {
	left, top, right, bottom, n := w, h, -1, -1, 0
	for y := range h {
		for x := range w {
			if c.label[y*w+x] != 2 {
				continue
			}
			n++
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
			if c.inner(x, y, w, h) {
				p.core++
			}
		}
	}
	p.share = float64(n) / float64(w*h)
	for y := top; y <= bottom; y++ {
		for x := left; x <= right; x++ {
			p.against -= min(0, c.marks[y*w+x]) / 4
		}
	}
}

func (c *comparison) inner(x, y, w, h int) bool {
	if x == 0 || y == 0 || x == w-1 || y == h-1 {
		return false
	}
	for v := y - 1; v <= y+1; v++ {
		for u := x - 1; u <= x+1; u++ {
			if c.label[v*w+u] != 2 {
				return false
			}
		}
	}
	return true
}

// witness sums what the features say that were found.
func (a *aligned) witness() (nats float64) {
	for i := range a.links {
		l, f := &a.links[i], &a.found[i]
		u, v := a.pose.apply(l.x, l.y)
		nats += witnessOf((1-f.alike)*supportLimit, math.Hypot(u-l.u, v-l.v)/f.size)
	}
	return max(0, nats)
}

package keypoint

import "math"

// Pixels are compared in blocks so that a sticker or a line of text spoils only those it covers.
const (
	blockSide = 8
	cellSide  = blockSide / 2 // blocks overlap by half: four cells make one
	flat      = 3.0           // standard deviation, in grey levels, below which a block says nothing
)

// likeness is what the pixels say about a position.
type likeness struct {
	whole   float64 // correlation over all shared pixels
	blocks  float64 // mean correlation of the blocks with texture, weighted by contrast
	good    float64 // share of the textured blocks that correlate
	count   int     // textured blocks compared
	covered float64 // share of the asset that lies inside the query
	part    part    // what of it is there
}

// comparison is the working space in which the query is compared with one asset after another.
type comparison struct {
	q      *query
	thumb  plane // of the asset
	warped plane
	seen   []bool
	cells  momentGrid
	grain  []grain   // of the asset, by cell
	marks  []float64 // evidence, by block
	agree  []bool    // by block: it correlates a little at least
	label  []uint8   // by block: 2 in the best region, 1 in others
	stack  []int32
}

// compare warps the query onto the thumbnail of an asset and correlates.
func (c *comparison) compare(d *Descriptors, t *affine) likeness {
	c.thumb = d.thumb
	c.warp(d, t)
	c.cells.gather(d.thumb, c.warped, c.seen)
	l := c.blocks(d)
	l.part = c.findPart()
	return l
}

// judge compares an asset in its place, which it betters where a part of it agrees.
func (c *comparison) judge(d *Descriptors, set *featureSet, a *aligned) likeness {
	c.grain = grainOf(d.thumb, c.grain)
	l := c.compare(d, &a.pose)
	l = c.settle(d, set, a, l)
	l.part.witness = a.witness()
	return l
}

// blocks compares block by block, none of which overlap.
func (c *comparison) blocks(d *Descriptors) (l likeness) {
	var all moments
	inside := 0
	var sum, weight, good float64
	for y := 0; y+1 < c.cells.h; y += 2 {
		for x := 0; x+1 < c.cells.w; x += 2 {
			m := c.cells.block(x, y)
			if m.n < blockSide*blockSide {
				continue
			}
			inside++
			all.join(&m)
			if m.deviation() < flat {
				continue
			}
			r := m.correlation()
			l.count++
			w := min(m.deviation(), 25)
			sum += w * r
			weight += w
			if r > 0.6 {
				good += w
			}
		}
	}
	blocks := (d.thumb.w / blockSide) * (d.thumb.h / blockSide)
	l.covered = float64(inside) / float64(max(1, blocks))
	l.whole = all.correlation()
	if weight > 0 {
		l.blocks, l.good = sum/weight, good/weight
	}
	return l
}

// warp samples the query where each pixel of the thumbnail lies; seen is false outside of it.
func (c *comparison) warp(d *Descriptors, t *affine) {
	q, n := c.q, d.thumb.w*d.thumb.h
	if cap(c.seen) < n {
		c.warped.pix, c.seen = make([]uint8, n), make([]bool, n)
	}
	c.warped = plane{w: d.thumb.w, h: d.thumb.h, pix: c.warped.pix[:n]}
	c.seen = c.seen[:n]
	clear(c.seen)
	out := c.warped
	fx, fy := float64(d.w)/float64(out.w), float64(d.h)/float64(out.h)
	// A level is smoothed by about 1.7 of its pixels and the thumbnail by 1.2 of its own.
	density := 1 / (t.scale() * math.Sqrt(fx*fy)) // thumbnail pixels per query pixel
	l := &q.pyramid.levels[0]
	for i := range q.pyramid.levels {
		if q.pyramid.levels[i].scale >= 1.25*density {
			l = &q.pyramid.levels[i]
		}
	}
	p := l.smooth
	for y := range out.h {
		for x := range out.w {
			u, v := t.apply((float64(x)+0.5)*fx, (float64(y)+0.5)*fy)
			u, v = u*l.scale-0.5, v*l.scale-0.5
			if u < 0 || v < 0 || u >= float64(p.w-1) || v >= float64(p.h-1) {
				continue
			}
			i, j := int(u), int(v)
			a, b := u-float64(i), v-float64(j)
			r := p.pix[j*p.w+i:]
			s := p.pix[(j+1)*p.w+i:]
			g := (1-b)*((1-a)*float64(r[0])+a*float64(r[1])) + b*((1-a)*float64(s[0])+a*float64(s[1]))
			out.pix[y*out.w+x] = uint8(g + 0.5)
			c.seen[y*out.w+x] = true
		}
	}
}

// moments gathers what a correlation needs: of a the asset's pixels, of b the query's.
type moments struct{ n, a, b, aa, bb, ab int32 }

func (m *moments) join(o *moments) {
	m.n += o.n
	m.a += o.a
	m.b += o.b
	m.aa += o.aa
	m.bb += o.bb
	m.ab += o.ab
}

// deviation is that of the asset's pixels.
func (m *moments) deviation() float64 {
	if m.n == 0 {
		return 0
	}
	va, _, _ := m.spread()
	return math.Sqrt(max(0, va))
}

// spread are the two variances and the covariance.
func (m *moments) spread() (va, vb, ab float64) {
	n := float64(m.n)
	a, b := float64(m.a)/n, float64(m.b)/n
	return float64(m.aa)/n - a*a, float64(m.bb)/n - b*b, float64(m.ab)/n - a*b
}

// correlation is Pearson's; a constant side gives zero. One grey level of noise is granted to both.
func (m *moments) correlation() float64 {
	if m.n == 0 {
		return 0
	}
	va, vb, ab := m.spread()
	return ab / math.Sqrt((va+1)*(vb+1))
}

// momentGrid holds the moments of cells of cellSide x cellSide pixels; pixels that are not seen are not counted.
type momentGrid struct {
	w, h  int
	cells []moments
}

func (g *momentGrid) gather(p, q plane, seen []bool) {
	g.w, g.h = p.w/cellSide, p.h/cellSide
	if cap(g.cells) < g.w*g.h {
		g.cells = make([]moments, g.w*g.h)
	}
	g.cells = g.cells[:g.w*g.h]
	for cy := range g.h {
		for cx := range g.w {
			var m moments
			for y := cy * cellSide; y < (cy+1)*cellSide; y++ {
				at := y*p.w + cx*cellSide
				ps, qs, ss := p.pix[at:at+cellSide], q.pix[at:at+cellSide], seen[at:at+cellSide]
				for k, is := range ss {
					if !is {
						continue
					}
					a, b := int32(ps[k]), int32(qs[k])
					m.n++
					m.a += a
					m.b += b
					m.aa += a * a
					m.bb += b * b
					m.ab += a * b
				}
			}
			g.cells[cy*g.w+cx] = m
		}
	}
}

// block is the block whose first cell is given.
func (g *momentGrid) block(x, y int) moments {
	at := y*g.w + x
	m := g.cells[at]
	m.join(&g.cells[at+1])
	m.join(&g.cells[at+g.w])
	m.join(&g.cells[at+g.w+1])
	return m
}

package keypoint

import (
	"math"
	"slices"
)

// likeField says how a mark's template fits the query under a position.
type likeField struct {
	whole  float64 // correlation over the mask: 1 when all edges of both agree
	count  int     // blocks of the template with edges
	inside float64 // share of the mask that lies inside the query
	drop   int     // the backdrop that fits best
	unlike float64 // share of bits in which its signature differs from what lies there; 0.5 for things that have nothing in common
}

// fitting compares one template with one query.
type fitting struct {
	t    *template
	q    *query
	grid int // every how many pixels a point was taken
	// Template pixels inside the mask: where they lie in the asset and in the template, and, for each backdrop, their
	// two values packed into one word. There is a multiple of eight of them; those beyond n lie nowhere.
	x, y  []float32
	at    []int32
	n     int
	edges [mostBackdrops][]int32
}

// nowhere is a coordinate outside of every query.
const nowhere = -1e30

func newFitting(q *query, d *Descriptors, step int) *fitting { return new(fitting).take(q, d, step) }

// take makes f compare another template, in the same memory where that is enough.
func (f *fitting) take(q *query, d *Descriptors, step int) *fitting {
	f.t, f.q, f.grid = &d.template, q, step
	back := d.template.pose.inverse()
	most := (d.template.w/step+1)*(d.template.h/step+1) + 8
	f.x, f.y, f.at = slices.Grow(f.x[:0], most), slices.Grow(f.y[:0], most), slices.Grow(f.at[:0], most)
	for y := 0; y < d.template.h; y += step {
		for x := 0; x < d.template.w; x += step {
			if i := y*d.template.w + x; d.template.mask.get(i) {
				u, v := back.apply(float64(x)+0.5, float64(y)+0.5)
				f.x, f.y, f.at = append(f.x, float32(u)), append(f.y, float32(v)), append(f.at, int32(i))
			}
		}
	}
	f.n = len(f.at)
	for len(f.at)%8 != 0 {
		f.x, f.y, f.at = append(f.x, nowhere), append(f.y, nowhere), append(f.at, 0)
	}
	for drop, on := range d.template.on {
		e := slices.Grow(f.edges[drop][:0], len(f.at))[:len(f.at)]
		clear(e[f.n:])
		for i, at := range f.at[:f.n] {
			e[i] = int32(on.edges[at].x)&0xffff | int32(on.edges[at].y)<<16
		}
		f.edges[drop] = e
	}
	return f
}

// level picks the scale of the query at which one of its pixels is about one of the template's.
func (f *fitting) level(t *affine) int {
	density := f.t.pose.scale() / t.scale()
	best := 0
	for i, s := range f.q.scales {
		if s >= density*0.89 {
			best = i
		}
	}
	return best
}

// reader turns a position into fast look-ups in the query's field.
type reader struct {
	vs               []vector
	w, h             int
	a, b, c, d, e, f float32
	sin, cos         float32
}

func (f *fitting) read(t *affine, lv int) reader {
	fl, s := f.q.fields[lv], f.q.scales[lv]
	sin, cos := math.Sincos(-2 * t.rotation())
	return reader{
		fl.vectors(), fl.w, fl.h,
		float32(t.a * s), float32(t.b * s), float32(t.c * s), float32(t.d * s), float32(t.e * s), float32(t.f * s),
		float32(sin), float32(cos),
	}
}

// before lets the reader take points that m leads to its own.
func (r *reader) before(m *affine) {
	t := affine{float64(r.a), float64(r.b), float64(r.c), float64(r.d), float64(r.e), float64(r.f)}
	t = t.after(m)
	r.a, r.b, r.c, r.d, r.e, r.f = float32(t.a), float32(t.b), float32(t.c), float32(t.d), float32(t.e), float32(t.f)
}

// agreement is what a correlation of two fields needs, in whole numbers: of the points inside of the query the sums
// of the products along and across, and of the squares of both. The order of its fields is known to the assembly.
type agreement struct{ along, across, own, other, inside int32 }

// agree sums over all points; the query's vectors are not turned yet.
func (r *reader) agree(f *fitting, edges []int32) (g agreement) {
	if agreeFast(r, f, edges, &g) {
		return g
	}
	for i, e := range edges {
		u := float32(float32(r.a*f.x[i])+float32(r.b*f.y[i])) + r.c
		v := float32(float32(r.d*f.x[i])+float32(r.e*f.y[i])) + r.f
		if !(u >= 0 && v >= 0 && u < float32(r.w) && v < float32(r.h)) {
			continue
		}
		q := r.vs[int(v)*r.w+int(u)]
		x, y := int32(q.x), int32(q.y)
		tx, ty := int32(int16(e)), e>>16
		g.along += x*tx + y*ty
		g.across += x*ty - y*tx
		g.own += tx*tx + ty*ty
		g.other += x*x + y*y
		g.inside++
	}
	return g
}

// correlate is the quick objective of the refinement: the correlation on one backdrop, less when much of the
// mark lies outside.
func (f *fitting) correlate(t *affine, lv, drop int) float64 {
	r := f.read(t, lv)
	g := r.agree(f, f.edges[drop])
	return g.correlation(&r) * math.Min(1, 1.5*float64(g.inside)/float64(f.n))
}

func (g *agreement) correlation(r *reader) float64 {
	if g.own == 0 || g.other == 0 {
		return 0
	}
	dot := float64(r.cos)*float64(g.along) + float64(r.sin)*float64(g.across)
	return dot / math.Sqrt(float64(g.own)*float64(g.other))
}

// refine climbs to the position of best correlation by trying small shifts, scales, turns and stretches.
func (f *fitting) refine(t affine, drop, rounds int) (affine, float64) {
	lv := f.level(&t)
	best := f.correlate(&t, lv, drop)
	w := 1 / f.t.pose.scale() // one template pixel in asset pixels
	cx, cy := float64(f.t.w)/2, float64(f.t.h)/2
	back := f.t.pose.inverse()
	cx, cy = back.apply(cx, cy)
	steps := [6]float64{2 * w, 2 * w, 0.06, 0.06, 0.06, 0.06}
	for range rounds {
		moved := false
		for k := range steps {
			for _, sign := range [2]float64{1, -1} {
				try := nudge(&t, k, sign*steps[k], cx, cy)
				if try.skewness() > 1.5 {
					continue
				}
				if r := f.correlate(&try, lv, drop); r > best {
					best, t, moved = r, try, true
					break
				}
			}
		}
		if !moved {
			for k := range steps {
				steps[k] /= 2
			}
		}
	}
	return t, best
}

// nudge changes one freedom of a map about the mark's centre.
func nudge(t *affine, k int, by, cx, cy float64) affine {
	m := affine{a: 1, e: 1}
	switch k {
	case 0:
		m.c = by
	case 1:
		m.f = by
	case 2:
		m.a, m.e = 1+by, 1+by
	case 3:
		m.b, m.d = -by, by
	case 4:
		m.a, m.e = 1+by, 1-by
	case 5:
		m.b, m.d = by, by
	}
	m.c += cx - m.a*cx - m.b*cy
	m.f += cy - m.d*cx - m.e*cy
	return t.after(&m)
}

// after is the map that does m first.
func (t *affine) after(m *affine) affine {
	return affine{
		t.a*m.a + t.b*m.d, t.a*m.b + t.b*m.e, t.a*m.c + t.b*m.f + t.c,
		t.d*m.a + t.e*m.d, t.d*m.b + t.e*m.e, t.d*m.c + t.e*m.f + t.f,
	}
}

// judge measures the fit on the backdrop that fits best.
func (f *fitting) judge(t *affine) (l likeField) {
	r := f.read(t, f.level(t))
	for drop := range f.t.on {
		g := r.agree(f, f.edges[drop])
		if c := g.correlation(&r); drop == 0 || c > l.whole {
			l.whole, l.drop = c, drop
		}
		l.inside = float64(g.inside) / float64(max(1, f.n))
	}
	l.count = f.t.busy(l.drop)
	return l
}

// busyBlock is the strength of its edges from which a block of 8 x 8 template pixels counts.
const busyBlock = 60 * 60

// busy counts the blocks of the mark that have edges on a backdrop: a plain mark has few.
func (t *template) busy(drop int) (n int) {
	const side = 8
	cols := (t.w + side - 1) / side
	blocks := make([]int, cols*((t.h+side-1)/side))
	for i, v := range t.on[drop].edges {
		if t.mask.get(i) {
			blocks[i/t.w/side*cols+i%t.w/side] += int(v.x)*int(v.x) + int(v.y)*int(v.y)
		}
	}
	for _, b := range blocks {
		if b >= busyBlock {
			n++
		}
	}
	return n
}

package keypoint

import "math"

// likeField says how well a mark's template fits the query under a position.
type likeField struct {
	whole  float64 // correlation over the mask: 1 when all edges of both agree
	blocks float64 // mean correlation of the blocks in which the mark has edges
	good   float64 // share of these blocks that correlate
	count  int     // blocks with edges
	inside float64 // share of the mask that lies inside the query
	drop   int     // the backdrop that fits best
}

// fitting compares one template with one query.
type fitting struct {
	t      *template
	q      *query
	points []point // template pixels inside the mask
}

type point struct {
	x, y float64 // in the asset
	at   int32   // in the template
}

func newFitting(q *query, d *Descriptors, step int) *fitting {
	f := &fitting{t: &d.template, q: q}
	back := d.template.pose.inverse()
	for y := 0; y < d.template.h; y += step {
		for x := 0; x < d.template.w; x += step {
			if i := y*d.template.w + x; d.template.mask[i] {
				u, v := back.apply(float64(x)+0.5, float64(y)+0.5)
				f.points = append(f.points, point{u, v, int32(i)})
			}
		}
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

// sums are what a correlation of vector fields needs.
type sums struct{ dot, own, other float64 }

func (s *sums) correlation() float64 {
	if s.own == 0 || s.other == 0 {
		return 0
	}
	return s.dot / math.Sqrt(s.own*s.other)
}

// visit calls use with the template pixel and the query's vector, turned upright, for each point inside the query.
func (f *fitting) visit(t *affine, lv int, use func(at int32, x, y float64)) {
	fl := f.q.fields[lv]
	s := f.q.scales[lv]
	vs := fl.vectors()
	turn := t.rotation()
	sin, cos := math.Sincos(-2 * turn)
	a, b, c, d, e, g := t.a*s, t.b*s, t.c*s, t.d*s, t.e*s, t.f*s
	for i := range f.points {
		p := &f.points[i]
		u, v := int(math.Floor(a*p.x+b*p.y+c)), int(math.Floor(d*p.x+e*p.y+g))
		if uint(u) >= uint(fl.w) || uint(v) >= uint(fl.h) {
			continue
		}
		w := vs[v*fl.w+u]
		x, y := float64(w.x), float64(w.y)
		use(p.at, cos*x-sin*y, sin*x+cos*y)
	}
}

// correlate is the quick objective of the refinement: the best backdrop's correlation.
func (f *fitting) correlate(t *affine, lv int) float64 {
	var s [2]sums
	n := 0
	f.visit(t, lv, func(at int32, x, y float64) {
		n++
		o := x*x + y*y
		for k, on := range f.t.on {
			w := on[at]
			wx, wy := float64(w.x), float64(w.y)
			s[k].dot += x*wx + y*wy
			s[k].own += wx*wx + wy*wy
			s[k].other += o
		}
	})
	r := max(s[0].correlation(), s[1].correlation())
	return r * math.Min(1, 1.5*float64(n)/float64(len(f.points)))
}

// refine climbs to the position of best correlation by trying small shifts, scales, turns and stretches.
func (f *fitting) refine(t affine, rounds int) (affine, float64) {
	lv := f.level(&t)
	best := f.correlate(&t, lv)
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
				if r := f.correlate(&try, lv); r > best {
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

// judge measures the fit in blocks as well.
func (f *fitting) judge(t *affine) likeField {
	const side = 8
	lv := f.level(t)
	cols := (f.t.w + side - 1) / side
	blocks := make([][2]sums, cols*((f.t.h+side-1)/side))
	var all [2]sums
	n := 0
	f.visit(t, lv, func(at int32, x, y float64) {
		n++
		b := &blocks[int(at)/f.t.w/side*cols+int(at)%f.t.w/side]
		o := x*x + y*y
		for k, on := range f.t.on {
			w := on[at]
			wx, wy := float64(w.x), float64(w.y)
			for _, s := range [2]*sums{&all[k], &b[k]} {
				s.dot += x*wx + y*wy
				s.own += wx*wx + wy*wy
				s.other += o
			}
		}
	})
	out := likeField{whole: all[0].correlation(), inside: float64(n) / float64(max(1, len(f.points)))}
	if r := all[1].correlation(); r > out.whole {
		out.whole, out.drop = r, 1
	}
	var sum, good, weight float64
	for i := range blocks {
		s := &blocks[i][out.drop]
		w := math.Sqrt(s.own)
		if w < 60 {
			continue
		}
		out.count++
		// A block whose surroundings are empty in the query is given the mean strength of the rest.
		r := s.dot / math.Sqrt(s.own*math.Max(s.other, 0.15*s.own))
		sum += w * r
		weight += w
		if r > 0.6 {
			good += w
		}
	}
	if weight > 0 {
		out.blocks, out.good = sum/weight, good/weight
	}
	return out
}

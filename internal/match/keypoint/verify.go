package keypoint

import "math"

// Pixels are compared in blocks so that a sticker or a line of text spoils only those it covers.
const (
	blockSide = 8
	flat      = 3.0 // standard deviation, in grey levels, below which a block says nothing
)

// likeness is what the pixels say about a position.
type likeness struct {
	whole   float64 // correlation over all shared pixels
	blocks  float64 // mean correlation of the blocks with texture, weighted by contrast
	good    float64 // share of the textured blocks that correlate
	count   int     // textured blocks compared
	covered float64 // share of the asset that lies inside the query
}

// compare warps the query onto the thumbnail of an asset and correlates.
func compare(q *query, d *Descriptors, t *affine) likeness {
	warped, seen := warp(q, d, t)
	var l likeness
	var all moments
	inside := 0
	var sum, weight, good float64
	for by := 0; by+blockSide <= d.thumb.h; by += blockSide {
		for bx := 0; bx+blockSide <= d.thumb.w; bx += blockSide {
			m, ok := blockMoments(d.thumb, warped, seen, bx, by)
			if !ok {
				continue
			}
			inside++
			all.join(m)
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
func warp(q *query, d *Descriptors, t *affine) (plane, []bool) {
	out := newPlane(d.thumb.w, d.thumb.h)
	seen := make([]bool, len(out.pix))
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
			seen[y*out.w+x] = true
		}
	}
	return out, seen
}

// moments gathers what a correlation needs.
type moments struct{ n, a, b, aa, bb, ab float64 }

func blockMoments(p, q plane, seen []bool, bx, by int) (m moments, ok bool) {
	for y := by; y < by+blockSide; y++ {
		for x := bx; x < bx+blockSide; x++ {
			i := y*p.w + x
			if !seen[i] {
				return m, false
			}
			a, b := float64(p.pix[i]), float64(q.pix[i])
			m.a += a
			m.b += b
			m.aa += a * a
			m.bb += b * b
			m.ab += a * b
		}
	}
	m.n = blockSide * blockSide
	return m, true
}

func (m *moments) join(o moments) {
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
	return math.Sqrt(max(0, m.aa/m.n-m.a*m.a/m.n/m.n))
}

// correlation is Pearson's; a constant side gives zero. One grey level of noise is granted to both.
func (m *moments) correlation() float64 {
	if m.n == 0 {
		return 0
	}
	va := m.aa/m.n - m.a*m.a/m.n/m.n
	vb := m.bb/m.n - m.b*m.b/m.n/m.n
	return (m.ab/m.n - m.a*m.b/m.n/m.n) / math.Sqrt((va+1)*(vb+1))
}

package keypoint

import "math"

// Where some part agrees, the position is bettered until its pixels agree best, by least squares over the parameters of an
// affine map, contrast and brightness (Lucas and Kanade 1981): features leave it up to a pixel of the small copy off,
// most of all when half of them lie on another ground.
const (
	nudges        = 3
	worthNudging  = 2.0  // evidence of the largest region, in nats
	mostNudging   = 60.0 // evidence from which the position does not matter any more
	agreeing      = 0.6  // correlation of the blocks whose pixels take part
	pixelNoise    = 9.0  // variance, in squared grey levels
	nudgeExpected = 0.5  // standard deviation of a nudge, in pixels of the small copy
)

// settle betters the position.
func (c *comparison) settle(d *Descriptors, set *featureSet, a *aligned, l likeness) likeness {
	if l.part.evidence < worthNudging || l.part.evidence > mostNudging {
		return l
	}
	start, last, t := a.pose, a.pose, a.pose
	for range nudges {
		step, ok := c.nudge()
		if !ok {
			break
		}
		if t = nudged(&t, d, &step); t.skewness() > mostSkewed {
			break
		}
		next := c.compare(d, &t)
		if last = t; next.part.evidence > l.part.evidence {
			l, a.pose = next, t
		}
	}
	if a.pose != last { // the working space is to be that of the position kept
		l = c.compare(d, &a.pose)
	}
	if a.pose != start {
		a.look(d, set, lastReach*float64(max(d.w, d.h))*a.pose.scale())
	}
	return l
}

// nudged is t after a step in pixels of the small copy.
func nudged(t *affine, d *Descriptors, s *affine) affine {
	fx, fy := float64(d.w)/float64(d.thumb.w), float64(d.h)/float64(d.thumb.h)
	// the step in pixels of the asset
	a, b, e := s.a, s.b*fx/fy, s.c*fx
	f, g, h := s.d*fy/fx, s.e, s.f*fy
	return affine{
		t.a*a + t.b*f, t.a*b + t.b*g, t.a*e + t.b*h + t.c,
		t.d*a + t.e*f, t.d*b + t.e*g, t.d*e + t.e*h + t.f,
	}
}

// nudge finds the step, as a map of the small copy, that brings the warped query nearer to it.
func (c *comparison) nudge() (affine, bool) {
	var n normal
	c.equations(&n)
	x, ok := n.solve()
	if !ok || x[6] < 0.2 || x[6] > 5 {
		return affine{}, false
	}
	// x = contrast times step; coordinates were taken from the middle, in halves of the longer side
	mx, my, unit := float64(c.warped.w)/2, float64(c.warped.h)/2, float64(max(c.warped.w, c.warped.h))/2
	k := 1 / x[6]
	s := affine{1 + k*x[1]/unit, k * x[2] / unit, k * x[0], k * x[4] / unit, 1 + k*x[5]/unit, k * x[3]}
	s.c -= (s.a-1)*mx + s.b*my
	s.f -= s.d*mx + (s.e-1)*my
	far := math.Abs(k*x[0]) + math.Abs(k*x[1]) + math.Abs(k*x[2]) + math.Abs(k*x[3]) + math.Abs(k*x[4]) + math.Abs(k*x[5])
	return s, far < 6
}

// normal are the normal equations: shift and stretch along x, the same along y, contrast, brightness.
type normal struct {
	m [8][8]float64
	v [8]float64
}

// equations gathers the pixels of the asset a and of the warped query b: a = contrast b + gradient of b times step + brightness.
func (c *comparison) equations(n *normal) {
	w, h := c.warped.w, c.warped.h
	mx, my, unit := float64(w)/2, float64(h)/2, float64(max(w, h))/2
	for cy := range c.cells.h {
		for cx := range c.cells.w {
			if !c.takesPart(cx, cy) {
				continue
			}
			for y := max(1, cy*cellSide); y < min((cy+1)*cellSide, h-1); y++ {
				for x := max(1, cx*cellSide) + y&1; x < min((cx+1)*cellSide, w-1); x += 2 { // every second pixel
					at := y*w + x
					if !c.seen[at-1] || !c.seen[at+1] || !c.seen[at-w] || !c.seen[at+w] {
						continue
					}
					p := c.warped.pix
					gx, gy := (float64(p[at+1])-float64(p[at-1]))/2, (float64(p[at+w])-float64(p[at-w]))/2
					u, v := (float64(x)+0.5-mx)/unit, (float64(y)+0.5-my)/unit
					n.add([8]float64{gx, gx * u, gx * v, gy, gy * u, gy * v, float64(p[at]), 1}, float64(c.thumb.pix[at]))
				}
			}
		}
	}
	for i := range 6 {
		n.m[i][i] += pixelNoise / (nudgeExpected * nudgeExpected)
	}
}

// takesPart says whether a cell lies in a block that agrees.
func (c *comparison) takesPart(cx, cy int) bool {
	w, h := c.cells.w-1, c.cells.h-1
	for y := max(0, cy-1); y <= min(h-1, cy); y++ {
		for x := max(0, cx-1); x <= min(w-1, cx); x++ {
			if c.agree[y*w+x] {
				return true
			}
		}
	}
	return false
}

func (n *normal) add(row [8]float64, right float64) {
	for i := range row {
		for j := i; j < 8; j++ {
			n.m[i][j] += row[i] * row[j]
		}
		n.v[i] += row[i] * right
	}
}

// solve by Cholesky's decomposition.
func (n *normal) solve() (x [8]float64, ok bool) {
	var l [8][8]float64
	for j := range 8 {
		for i := j; i < 8; i++ {
			s := n.m[j][i]
			for k := range j {
				s -= l[i][k] * l[j][k]
			}
			if i > j {
				l[i][j] = s / l[j][j]
			} else if s < 1e-6 {
				return x, false
			} else {
				l[j][j] = math.Sqrt(s)
			}
		}
	}
	for i := range 8 {
		x[i] = n.v[i]
		for k := range i {
			x[i] -= l[i][k] * x[k]
		}
		x[i] /= l[i][i]
	}
	for i := 7; i >= 0; i-- {
		for k := i + 1; k < 8; k++ {
			x[i] -= l[k][i] * x[k]
		}
		x[i] /= l[i][i]
	}
	return x, true
}

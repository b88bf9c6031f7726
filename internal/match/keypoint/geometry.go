package keypoint

import "math"

// affine maps asset pixels to query pixels: x' = a x + b y + c, y' = d x + e y + f.
type affine struct{ a, b, c, d, e, f float64 }

func (t *affine) apply(x, y float64) (float64, float64) {
	return t.a*x + t.b*y + t.c, t.d*x + t.e*y + t.f
}

func (t *affine) det() float64 { return t.a*t.e - t.b*t.d }

// scale is the geometric mean of the two axes' scales.
func (t *affine) scale() float64 { return math.Sqrt(math.Abs(t.det())) }

// rotation is that of the asset's upright axis, which a left-right mirror leaves alone.
func (t *affine) rotation() float64 { return math.Atan2(-t.b, t.e) }

// skewness is the ratio of the larger to the smaller singular value: 1 for similarities.
func (t *affine) skewness() float64 {
	p := math.Hypot(t.a+t.e, t.d-t.b)
	q := math.Hypot(t.a-t.e, t.d+t.b)
	big, small := p+q, math.Abs(p-q)
	if small < 1e-9 {
		return math.Inf(1)
	}
	return big / small
}

// anchored is the similarity that takes (x,y) to (u,v) with the given scale and turn, after a mirror if wanted.
func anchored(x, y, u, v, scale, turn float64, mirrored bool) affine {
	sin, cos := math.Sincos(turn)
	t := affine{a: scale * cos, b: -scale * sin, d: scale * sin, e: scale * cos}
	if mirrored {
		t.a, t.d = -t.a, -t.d
	}
	t.c = u - t.a*x - t.b*y
	t.f = v - t.d*x - t.e*y
	return t
}

// link joins a place in the asset to a place in the query.
type link struct{ x, y, u, v, weight float64 }

// fitAffine solves the weighted least squares; ok is false when the links do not determine it well.
func fitAffine(links []link) (t affine, ok bool) {
	var n, mx, my, mu, mv float64
	for _, l := range links {
		n += l.weight
		mx += l.weight * l.x
		my += l.weight * l.y
		mu += l.weight * l.u
		mv += l.weight * l.v
	}
	if len(links) < 3 || n == 0 {
		return t, false
	}
	mx, my, mu, mv = mx/n, my/n, mu/n, mv/n
	var xx, xy, yy, xu, yu, xv, yv float64
	for _, l := range links {
		x, y, u, v := l.x-mx, l.y-my, l.u-mu, l.v-mv
		xx += l.weight * x * x
		xy += l.weight * x * y
		yy += l.weight * y * y
		xu += l.weight * x * u
		yu += l.weight * y * u
		xv += l.weight * x * v
		yv += l.weight * y * v
	}
	det := xx*yy - xy*xy
	if det < 0.003*(xx+yy)*(xx+yy) { // nearly in one line
		return t, false
	}
	t.a, t.b = (xu*yy-yu*xy)/det, (yu*xx-xu*xy)/det
	t.d, t.e = (xv*yy-yv*xy)/det, (yv*xx-xv*xy)/det
	t.c, t.f = mu-t.a*mx-t.b*my, mv-t.d*mx-t.e*my
	return t, true
}

// fitSimilarity solves for scale, turn and shift only, for few links.
func fitSimilarity(links []link, mirrored bool) (t affine, ok bool) {
	sign := 1.0
	if mirrored {
		sign = -1
	}
	var n, mx, my, mu, mv float64
	for _, l := range links {
		n += l.weight
		mx += l.weight * l.x * sign
		my += l.weight * l.y
		mu += l.weight * l.u
		mv += l.weight * l.v
	}
	if len(links) < 2 || n == 0 {
		return t, false
	}
	mx, my, mu, mv = mx/n, my/n, mu/n, mv/n
	var spread, dot, cross float64
	for _, l := range links {
		x, y, u, v := l.x*sign-mx, l.y-my, l.u-mu, l.v-mv
		spread += l.weight * (x*x + y*y)
		dot += l.weight * (x*u + y*v)
		cross += l.weight * (x*v - y*u)
	}
	if spread < 1e-6 {
		return t, false
	}
	p, q := dot/spread, cross/spread
	return affine{sign * p, -q, mu - p*mx + q*my, sign * q, p, mv - q*mx - p*my}, true
}

package keypoint

// An overlay is what the network sees of a fitted candidate: the mark's template and the query under it, pixel by pixel
// of the template.
type overlay struct {
	w, h int
	pix  []int8 // overParts values a pixel
}

// Parts of a pixel of an overlay.
const (
	overMark   = iota // edge direction of the mark, as a double angle (two values)
	_                 //
	overQuery         // the query's, turned upright (two values)
	_                 //
	overEnergy        // strength of the query's edges, whatever their direction
	overPlace         // bits: overInMask, overInside
	overParts
)

// Bits of overPlace.
const (
	overInMask = 1 << iota // belongs to the mark
	overInside             // lies inside the query
)

// overlay samples the query under a position. The level is the one the fitting used.
func (f *fitting) overlay(t *affine, drop int) overlay {
	w, h := f.t.w, f.t.h
	out := overlay{w, h, make([]int8, w*h*overParts)}
	r := f.read(t, f.level(t))
	energy := f.q.fields[f.level(t)].energy
	back := f.t.pose.inverse()
	on := f.t.on[drop].edges
	for y := range h {
		for x := range w {
			i := y*w + x
			p := out.pix[i*overParts : (i+1)*overParts : (i+1)*overParts]
			p[overMark], p[overMark+1] = on[i].x, on[i].y
			if f.t.mask.get(i) {
				p[overPlace] |= overInMask
			}
			u, v := back.apply(float64(x)+0.5, float64(y)+0.5)
			r.sample(float32(u), float32(v), &energy, p)
		}
	}
	return out
}

// sample interpolates the query's field and strength where an asset pixel lies.
func (r *reader) sample(x, y float32, energy *plane, p []int8) {
	u, v := r.a*x+r.b*y+r.c-0.5, r.d*x+r.e*y+r.f-0.5
	if u < 0 || v < 0 || u >= float32(r.w-1) || v >= float32(r.h-1) {
		return
	}
	i, j := int(u), int(v)
	fu, fv := u-float32(i), v-float32(j)
	at := j*r.w + i
	a, b, c, d := r.vs[at], r.vs[at+1], r.vs[at+r.w], r.vs[at+r.w+1]
	mix := func(a, b, c, d float32) float32 { return (1-fv)*((1-fu)*a+fu*b) + fv*((1-fu)*c+fu*d) }
	qx := mix(float32(a.x), float32(b.x), float32(c.x), float32(d.x))
	qy := mix(float32(a.y), float32(b.y), float32(c.y), float32(d.y))
	p[overQuery], p[overQuery+1] = short(r.cos*qx-r.sin*qy), short(r.sin*qx+r.cos*qy)
	e := energy.pix
	p[overEnergy] = int8(mix(float32(e[at]), float32(e[at+1]), float32(e[at+r.w]), float32(e[at+r.w+1])) / 2)
	p[overPlace] |= overInside
}

func short(v float32) int8 { return int8(min(max(v, -127), 127)) }

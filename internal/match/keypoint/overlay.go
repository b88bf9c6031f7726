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
	lv := f.level(t)
	r := f.read(t, lv)
	back := f.t.pose.inverse()
	r.before(&back)
	on := f.t.on[drop].edges
	points := make([]texel, w)
	for y := range h {
		r.read(&f.q.fields[lv].energy, y, points)
		for x, q := range points {
			i := y*w + x
			p := out.pix[i*overParts : (i+1)*overParts : (i+1)*overParts]
			p[overMark], p[overMark+1] = on[i].x, on[i].y
			p[overQuery], p[overQuery+1], p[overEnergy] = q.x(), q.y(), q.strength()
			if f.t.mask.get(i) {
				p[overPlace] |= overInMask
			}
			if q.inside() {
				p[overPlace] |= overInside
			}
		}
	}
	return out
}

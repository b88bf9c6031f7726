package keypoint

import "math"

// A pyramid holds a picture at scales 2^(-i/3). Three levels to an octave keep the scale error of a
// keypoint below 12 %, which the descriptors bear.
const levelsPerOctave = 3

// smallestSide stops the pyramid: a patch of 41 pixels needs room to lie in.
const smallestSide = 56

type level struct {
	scale  float64 // pixels of this level per pixel of the picture
	smooth plane
}

type pyramid struct{ levels []level }

func buildPyramid(base plane, most int) pyramid {
	var p pyramid
	w0, h0 := float64(base.w), float64(base.h)
	for octave := 0; ; octave++ {
		if octave > 0 {
			q := base.half()
			if octave > 1 { // the first was handed in
				base.release()
			}
			base = q
		}
		for j := range levelsPerOctave {
			if len(p.levels) == most {
				return p
			}
			f := math.Exp2(-float64(j) / levelsPerOctave)
			w, h := int(float64(base.w)*f+0.5), int(float64(base.h)*f+0.5)
			if min(w, h) < smallestSide {
				return p
			}
			q := base
			if j > 0 {
				q = base.resize(w, h)
			}
			// Exact ratios would differ a little between the axes; their mean is within half a pixel.
			s := (float64(w)/w0 + float64(h)/h0) / 2
			once := q.smooth()
			p.levels = append(p.levels, level{s, once.smooth()})
			once.release()
			if j > 0 {
				q.release()
			}
		}
	}
}

// fieldPyramid computes the tensor at the same scales.
func fieldPyramid(c colour, most int) (fields []*field, scales []float64) {
	w0, h0 := float64(c[0].w), float64(c[0].h)
	for octave := 0; ; octave++ {
		if octave > 0 {
			q := c.each(plane.half)
			if octave > 1 { // the first was handed in
				c.release()
			}
			c = q
		}
		for j := range levelsPerOctave {
			f := math.Exp2(-float64(j) / levelsPerOctave)
			w, h := int(float64(c[0].w)*f+0.5), int(float64(c[0].h)*f+0.5)
			if len(fields) == most || min(w, h) < 24 {
				return fields, scales
			}
			q := c
			if j > 0 {
				q = c.each(func(p plane) plane { return p.resize(w, h) })
			}
			smooth := q.each(plane.smooth)
			fields = append(fields, newField(smooth))
			smooth.release()
			if j > 0 {
				q.release()
			}
			scales = append(scales, (float64(w)/w0+float64(h)/h0)/2)
		}
	}
}

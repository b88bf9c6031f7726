package keypoint

import "math"

// field is the colour structure tensor of a picture (Di Zenzo 1986) at one scale: how strong the edge at each
// pixel is, and its direction as a double angle. Both are the same for black on white, white on black and most
// recolourings. Strength is relative to the surroundings, so faint marks count like bold ones.
type field struct {
	w, h    int
	energy  plane      // strength as brightness, for the detector
	sampled []vector   // see vectors
	sums    [3][]int32 // integral images of strength and of the two components of direction, (w+1)*(h+1)
}

// colour is a picture as three planes.
type colour [3]plane

func (c colour) each(f func(plane) plane) colour { return colour{f(c[0]), f(c[1]), f(c[2])} }

const (
	localRadius = 15 // of the window for the relative strength
	unit        = 64 // strength of an edge as strong as its surroundings
)

// newField computes the tensor of smoothed planes.
func newField(c colour) *field {
	w, h := c[0].w, c[0].h
	f := &field{w: w, h: h, energy: newPlane(w, h)}
	raw := make([]int16, 3*w*h)
	total := make([]int32, (w+1)*(h+1))
	for y := range h {
		tensorRow(c, y, raw[3*y*w:3*(y+1)*w])
		sum := int32(0)
		for x := range w {
			sum += int32(raw[3*(y*w+x)])
			total[(y+1)*(w+1)+x+1] = total[y*(w+1)+x+1] + sum
		}
	}
	for i := range f.sums {
		f.sums[i] = make([]int32, (w+1)*(h+1))
	}
	global := float32(total[len(total)-1]) / float32(w*h)
	for y := range h {
		f.relativeRow(y, raw[3*y*w:3*(y+1)*w], total, global)
	}
	return f
}

// tensorRow writes strength, cosine and sine part for each pixel of a row; the outermost pixels have none.
func tensorRow(c colour, y int, out []int16) {
	w, h := c[0].w, c[0].h
	if y == 0 || y == h-1 {
		return
	}
	var up, mid, low [3][]uint8
	for k, p := range c {
		up[k], mid[k], low[k] = p.row(y - 1)[:w], p.row(y)[:w], p.row(y + 1)[:w]
	}
	for x := 1; x < w-1; x++ {
		var xx, yy, xy int32
		for k := range 3 {
			gx := int32(mid[k][x+1]) - int32(mid[k][x-1])
			gy := int32(low[k][x]) - int32(up[k][x])
			xx += gx * gx
			yy += gy * gy
			xy += gx * gy
		}
		t := xx + yy
		if t == 0 {
			continue
		}
		r := float32(math.Sqrt(float64(t)))
		q := 4 / r
		o := out[3*x : 3*x+3 : 3*x+3]
		o[0] = int16(r * 4)
		o[1] = int16(float32(xx-yy) * q)
		o[2] = int16(float32(2*xy) * q)
	}
}

// relativeRow divides a row by the mean strength around it and extends the integral images.
func (f *field) relativeRow(y int, raw []int16, total []int32, global float32) {
	w := f.w
	y0, y1 := max(0, y-localRadius), min(f.h, y+localRadius+1)
	a, b := total[y0*(w+1):][:w+1], total[y1*(w+1):][:w+1]
	energy := f.energy.row(y)
	var prev, next [3][]int32
	for k := range f.sums {
		prev[k] = f.sums[k][y*(w+1)+1:][:w]
		next[k] = f.sums[k][(y+1)*(w+1)+1:][:w]
	}
	floor := 0.3*global + 16
	whole := 0.7 / float32((2*localRadius+1)*(y1-y0))
	var s0, s1, s2 int32
	for x := range energy {
		x0, x1 := x-localRadius, x+localRadius+1
		share := whole
		if x0 < 0 || x1 > w {
			x0, x1 = max(0, x0), min(w, x1)
			share = 0.7 / float32((x1-x0)*(y1-y0))
		}
		r := raw[3*x : 3*x+3 : 3*x+3]
		k := unit / (share*float32(b[x1]-b[x0]-a[x1]+a[x0]) + floor)
		v := float32(r[0]) * k
		if v > 255 {
			k *= 255 / v
			v = 255
		}
		energy[x] = uint8(v)
		s0 += int32(v)
		s1 += int32(float32(r[1]) * k)
		s2 += int32(float32(r[2]) * k)
		next[0][x] = prev[0][x] + s0
		next[1][x] = prev[1][x] + s1
		next[2][x] = prev[2][x] + s2
	}
}

package keypoint

import "math"

// field is the colour structure tensor of a picture (Di Zenzo 1986) at one scale: how strong the edge at each
// pixel is, and its direction as a double angle. Both are the same for black on white, white on black and most
// recolourings. Strength is relative to the surroundings, so faint marks count like bold ones.
type field struct {
	w, h    int
	energy  plane      // strength as brightness, for the detector
	sampled []vector   // see vectors
	all     []int32    // behind sums
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
	f := &field{w: w, h: h, energy: plane{w, h, bytesKept.take(w*h + 2)[:w*h]}} // vector instructions read a little beyond the last
	raw := shortsKept.take(3 * w * h)
	defer shortsKept.give(raw)
	rows := func(y int) (out [3][]int16) {
		for k := range out {
			out[k] = raw[(3*y+k)*w : (3*y+k+1)*w : (3*y+k+1)*w]
		}
		return out
	}
	total := numsKept.take((w + 1) * (h + 1))
	defer numsKept.give(total)
	clear(total[:w+1])
	for y := range h {
		r := rows(y)
		tensorRow(c, y, &r)
		sum := int32(0)
		total[(y+1)*(w+1)] = 0
		above, next := total[y*(w+1)+1:][:w], total[(y+1)*(w+1)+1:][:w]
		for x, v := range r[0] {
			sum += int32(v)
			next[x] = above[x] + sum
		}
	}
	f.all = numsKept.take(len(f.sums) * (w + 1) * (h + 1))
	for i := range f.sums {
		f.sums[i] = f.all[i*(w+1)*(h+1) : (i+1)*(w+1)*(h+1)]
		clear(f.sums[i][:w+1])
	}
	global := float32(total[len(total)-1]) / float32(w*h)
	for y := range h {
		f.relativeRow(y, rows(y), total, global)
	}
	return f
}

// tensorRow writes strength, cosine and sine part for each pixel of a row; the outermost pixels have none.
func tensorRow(c colour, y int, out *[3][]int16) {
	w, h := c[0].w, c[0].h
	if y == 0 || y == h-1 {
		for k := range out {
			clear(out[k])
		}
		return
	}
	for k := range out {
		out[k][0], out[k][w-1] = 0, 0
	}
	var up, mid, low [3][]uint8
	for k, p := range c {
		up[k], mid[k], low[k] = p.row(y - 1)[:w], p.row(y)[:w], p.row(y + 1)[:w]
	}
	for x := edgeFast(out, &up, &mid, &low, 1, w-1); x < w-1; x++ {
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
			out[0][x], out[1][x], out[2][x] = 0, 0, 0
			continue
		}
		r := float32(math.Sqrt(float64(t)))
		q := 4 / r
		out[0][x] = int16(r * 4)
		out[1][x] = int16(float32(xx-yy) * q)
		out[2][x] = int16(float32(2*xy) * q)
	}
}

// relation is what a run of pixels of one row needs to relate its edges to those around. The order of its fields is
// known to the assembly.
type relation struct {
	raw                                [3]*int16
	upLeft, upRight, lowLeft, lowRight *int32 // corners of the first window in the integral image of strength
	energy                             *uint8
	prev, next                         [3]*int32 // rows of the integral images above and below
	share, floor                       float32
	carry                              [3]int32 // sums of the row so far
}

// relativeRow divides a row by the mean strength around it and extends the integral images.
func (f *field) relativeRow(y int, raw [3][]int16, total []int32, global float32) {
	w := f.w
	y0, y1 := max(0, y-localRadius), min(f.h, y+localRadius+1)
	a, b := total[y0*(w+1):][:w+1], total[y1*(w+1):][:w+1]
	energy := f.energy.row(y)
	var prev, next [3][]int32
	for k := range f.sums {
		prev[k] = f.sums[k][y*(w+1)+1:][:w]
		next[k] = f.sums[k][(y+1)*(w+1)+1:][:w]
		f.sums[k][(y+1)*(w+1)] = 0
	}
	rel := relation{floor: 0.3*global + 16, share: 0.7 / float32((2*localRadius+1)*(y1-y0))}
	for x := 0; x < w; x++ {
		if n := w - 2*localRadius; x == localRadius && n > 0 { // from here whole windows
			for k := range 3 {
				rel.raw[k], rel.prev[k], rel.next[k] = &raw[k][x], &prev[k][x], &next[k][x]
			}
			rel.energy = &energy[x]
			rel.upLeft, rel.upRight, rel.lowLeft, rel.lowRight = &a[0], &a[2*localRadius+1], &b[0], &b[2*localRadius+1]
			if x += relateFast(&rel, n); x == w {
				break
			}
		}
		x0, x1, share := x-localRadius, x+localRadius+1, rel.share
		if x0 < 0 || x1 > w {
			x0, x1 = max(0, x0), min(w, x1)
			share = 0.7 / float32((x1-x0)*(y1-y0))
		}
		k := unit / (float32(share*float32(b[x1]-b[x0]-a[x1]+a[x0])) + rel.floor)
		v := float32(raw[0][x]) * k
		if v > 255 {
			k *= 255 / v
			v = 255
		}
		energy[x] = uint8(v)
		rel.carry[0] += int32(v)
		rel.carry[1] += int32(float32(raw[1][x]) * k)
		rel.carry[2] += int32(float32(raw[2][x]) * k)
		for i := range next {
			next[i][x] = prev[i][x] + rel.carry[i]
		}
	}
}

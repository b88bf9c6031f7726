package keypoint

import "math"

// strip reads a row of points of a query's field, interpolated, in whole numbers: the same on every machine. The order of its
// fields is known to the assembly.
type strip struct {
	vs       *vector
	energy   *uint8
	u, v     int32 // where the first point lies in the field, in 1/65536 pixels
	du, dv   int32 // from one point to the next
	uEnd     int32 // where the field ends, less a pixel
	vEnd     int32
	stride   int32
	cos, neg int16 // what turns directions, in 1/16384; neg is -sin
	sin, too int16 // too is the cosine again
}

// A texel is a point of a strip, packed into a word: strength, the two parts of the direction, and one when it lies inside the query.
type texel uint32

func (p texel) strength() int8 { return int8(p) }
func (p texel) x() int8        { return int8(p >> 8) }
func (p texel) y() int8        { return int8(p >> 16) }
func (p texel) inside() bool   { return p>>24 != 0 }

// farthest is how far from the field a strip may reach, in pixels, before it is taken to lie outside.
const farthest = 1 << 14

// read fills out with the points (0.5, y+0.5), (1.5, y+0.5) and so on, whose places in the field the reader knows.
func (r *reader) read(energy *plane, y int, out []texel) {
	place := func(a, b, c float32) (first, step float64) {
		return float64(0.5*float64(a)) + float64((float64(y)+0.5)*float64(b)) + float64(c) - 0.5, float64(a)
	}
	u, du := place(r.a, r.b, r.c)
	v, dv := place(r.d, r.e, r.f)
	n := float64(len(out))
	if r.w < 2 || r.h < 2 || math.Abs(u)+math.Abs(float64(n*du)) > farthest || math.Abs(v)+math.Abs(float64(n*dv)) > farthest {
		clear(out)
		return
	}
	fixed := func(x, unit float64) int32 { return int32(math.RoundToEven(x * unit)) }
	s := strip{
		vs: &r.vs[0], energy: &energy.pix[0], u: fixed(u, 1<<16), v: fixed(v, 1<<16), du: fixed(du, 1<<16), dv: fixed(dv, 1<<16),
		uEnd: int32(r.w-1) << 16, vEnd: int32(r.h-1) << 16, stride: int32(r.w),
		cos: int16(fixed(float64(r.cos), 1<<14)), sin: int16(fixed(float64(r.sin), 1<<14)),
	}
	s.neg, s.too = -s.sin, s.cos
	for x := stripFast(&s, out); x < len(out); x++ {
		out[x] = s.texel(int32(x), r.vs, energy.pix)
	}
}

// texel is the point at place x of the strip.
func (s *strip) texel(x int32, vs []vector, energy []uint8) texel {
	u, v := s.u+x*s.du, s.v+x*s.dv
	if u < 0 || v < 0 || u >= s.uEnd || v >= s.vEnd {
		return 0
	}
	at := v>>16*s.stride + u>>16
	fu, fv := u>>9&127, v>>9&127
	mix := func(a, b, c, d int32) int32 {
		return (a*(128-fu)+b*fu)*(128-fv) + (c*(128-fu)+d*fu)*fv
	}
	a, b, c, d := vs[at], vs[at+1], vs[at+s.stride], vs[at+s.stride+1]
	qx := (mix(int32(a.x), int32(b.x), int32(c.x), int32(d.x)) + 32) >> 6
	qy := (mix(int32(a.y), int32(b.y), int32(c.y), int32(d.y)) + 32) >> 6
	e := mix(int32(energy[at]), int32(energy[at+1]), int32(energy[at+s.stride]), int32(energy[at+s.stride+1]))
	turned := func(a, b int16) uint8 {
		return uint8(min(max((qx*int32(a)+qy*int32(b)+1<<21)>>22, -127), 127))
	}
	return texel((e+1<<14)>>15) | texel(turned(s.cos, s.neg))<<8 | texel(turned(s.sin, s.cos))<<16 | 1<<24
}

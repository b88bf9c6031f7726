package ocr

import (
	"image"
)

// plane is the brightness of a picture, or what was made of it.
type plane struct {
	w, h int
	pix  []uint8
}

// planeOf takes the brightness of p, transparent pixels on white.
func planeOf(p *image.NRGBA) plane {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := plane{w, h, make([]uint8, w*h)}
	for y := range h {
		src, dst := p.Pix[y*p.Stride:][:4*w], out.pix[y*w:][:w]
		for x := range dst {
			s := src[4*x:][:4:4]
			r, g, b := uint32(s[0]), uint32(s[1]), uint32(s[2])
			if a := uint32(s[3]); a != 255 {
				r, g, b = (r*a+255*(255-a))/255, (g*a+255*(255-a))/255, (b*a+255*(255-a))/255
			}
			dst[x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
		}
	}
	return out
}

// Ink must differ from its neighbourhood by this many levels, and by this
// share of the neighbourhood's spread.
const (
	inkFloor  = 9
	inkSpread = 0.30
)

// inkMap is, for every pixel that differs from the mean of the window around
// it, by how much: positive where darker, negative where lighter, else zero.
type inkMap struct {
	w, h int
	diff []int16
	// column sums of values and squares over the window's rows, with the
	// window's half width of copies of the outermost columns on both sides
	sum, square []int32
}

// threshold fills the map from p. Sums run along both axes, so the cost does
// not depend on the window.
func (m *inkMap) threshold(p plane, window int) {
	r := window / 2
	m.w, m.h = p.w, p.h
	m.diff = resized(m.diff, p.w*p.h)
	m.sum, m.square = resized(m.sum, p.w+2*r+1), resized(m.square, p.w+2*r+1)
	clear(m.sum)
	clear(m.square)
	row := func(y int) []uint8 { return p.pix[min(max(y, 0), p.h-1)*p.w:][:p.w] }
	sum, square := m.sum[r:r+p.w], m.square[r:r+p.w]
	for y := -r; y <= r; y++ {
		for x, v := range row(y) {
			sum[x] += int32(v)
			square[x] += int32(v) * int32(v)
		}
	}
	for y := range p.h {
		m.pad(r)
		m.row(row(y), m.diff[y*p.w:][:p.w], r)
		out, in := row(y-r), row(y+r+1)
		for x := range sum {
			o, i := int32(out[x]), int32(in[x])
			sum[x] += i - o
			square[x] += i*i - o*o
		}
	}
}

func (m *inkMap) pad(r int) {
	last := r + m.w - 1
	for i := range r {
		m.sum[i], m.square[i] = m.sum[r], m.square[r]
	}
	for i := last + 1; i < len(m.sum); i++ {
		m.sum[i], m.square[i] = m.sum[last], m.square[last]
	}
}

func (m *inkMap) row(src []uint8, dst []int16, r int) {
	var s, q int32
	for i := range 2*r + 1 {
		s += m.sum[i]
		q += m.square[i]
	}
	n := float32(2*r+1) * float32(2*r+1)
	inv := 1 / n
	leaving, entering := m.sum[:len(src)], m.sum[2*r+1:][:len(src)]
	leavingSq, enteringSq := m.square[:len(src)], m.square[2*r+1:][:len(src)]
	dst = dst[:len(src)]
	for x, v := range src {
		mean := float32(s) * inv
		d := mean - float32(v)
		dst[x] = 0
		if (d > inkFloor || d < -inkFloor) && d*d > inkSpread*inkSpread*(float32(q)*inv-mean*mean) {
			dst[x] = int16(d)
		}
		s += entering[x] - leaving[x]
		q += enteringSq[x] - leavingSq[x]
	}
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

package keypoint

import (
	"encoding/binary"
	"image"
)

// plane is one 8-bit channel, rows without padding.
type plane struct {
	w, h int
	pix  []uint8
}

func newPlane(w, h int) plane { return plane{w, h, make([]uint8, w*h)} }

func (p plane) row(y int) []uint8 { return p.pix[y*p.w : (y+1)*p.w : (y+1)*p.w] }

// luma reduces a picture to brightness (BT.601 weights) over a backdrop of the given grey.
func luma(img *image.NRGBA, backdrop uint8) plane {
	b := img.Bounds()
	p := borrowPlane(b.Dx(), b.Dy())
	for y := range p.h {
		src := img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]
		dst := p.row(y)
		for x := lumaFast(dst, src); x < len(dst); x++ {
			s := src[4*x : 4*x+4 : 4*x+4]
			l := (77*uint32(s[0]) + 150*uint32(s[1]) + 29*uint32(s[2]) + 128) >> 8
			if a := uint32(s[3]); a != 255 {
				l = (l*a + uint32(backdrop)*(255-a) + 127) / 255
			}
			dst[x] = uint8(l)
		}
	}
	return p
}

// half averages 2x2 blocks; an odd last row or column is dropped.
func (p plane) half() plane {
	q := borrowPlane(max(1, p.w/2), max(1, p.h/2))
	if p.w < 2 || p.h < 2 {
		return p.resize(q.w, q.h)
	}
	for y := range q.h {
		a, b, dst := p.row(2*y), p.row(2*y+1), q.row(y)
		for x := halveFast(dst, a, b); x < len(dst); x++ {
			i := 2 * x
			dst[x] = uint8((uint32(a[i]) + uint32(a[i+1]) + uint32(b[i]) + uint32(b[i+1]) + 2) >> 2)
		}
	}
	return q
}

// resize interpolates bilinearly; it is meant for factors between 1/2 and 2 (see shrink).
func (p plane) resize(w, h int) plane {
	q := borrowPlane(w, h)
	fx, fy := float64(p.w)/float64(w), float64(p.h)/float64(h)
	place := func(i int, f float64, n int) (int, uint32) {
		v := min(max((float64(i)+0.5)*f-0.5, 0), float64(n-1))
		j := min(int(v), max(0, n-2))
		return j, uint32((v - float64(j)) * 256)
	}
	at, shares := make([]int32, w), make([]int32, w) // 256-f in the lower word, f in the upper
	for x := range at {
		i, f := place(x, fx, p.w)
		at[x], shares[x] = int32(i), int32(256-f|f<<16)
	}
	buffer := make([]uint16, p.w+16)
	for y := range h {
		j, g := place(y, fy, p.h)
		a, b, dst := p.row(j), p.row(min(j+1, p.h-1)), q.row(y)
		if p.w == 1 {
			v := uint8((uint32(a[0])*(256-g) + uint32(b[0])*g + 128) >> 8)
			for x := range dst {
				dst[x] = v
			}
			continue
		}
		for x := blendFast(dst, a, b, at, shares, g, buffer); x < w; x++ {
			i, f := at[x], uint32(shares[x])>>16
			s, u := a[i:i+2:i+2], b[i:i+2:i+2]
			top := uint32(s[0])*(256-f) + uint32(s[1])*f
			low := uint32(u[0])*(256-f) + uint32(u[1])*f
			dst[x] = uint8((top*(256-g) + low*g + 1<<15) >> 16)
		}
	}
	return q
}

// shrink reduces to exactly w x h without aliasing: halvings, then one interpolation.
func (p plane) shrink(w, h int) plane {
	for first := true; p.w >= 2*w && p.h >= 2*h; first = false {
		q := p.half()
		if !first {
			p.release()
		}
		p = q
	}
	if p.w == w && p.h == h {
		return p
	}
	return p.resize(w, h)
}

// fit gives the size at which the longer side is at most limit.
func fit(w, h, limit int) (int, int) {
	long := max(w, h)
	if long <= limit {
		return w, h
	}
	return max(1, (w*limit+long/2)/long), max(1, (h*limit+long/2)/long)
}

// smooth applies the 7-tap binomial filter (sigma 1.22 pixels) along both axes, edges repeated.
// Eight pixels are filtered at once in the 16-bit lanes of two words: the taps sum to 64, so no lane overflows.
func (p plane) smooth() plane {
	const margin = 8
	tmp, q := make([]uint8, p.w+2*margin), borrowPlane(p.w, p.h)
	wide := make([]uint8, p.w+2*margin)
	for y := range p.h {
		var r [7][]uint8
		for k := range r {
			r[k] = p.row(min(max(y+k-3, 0), p.h-1))
		}
		filterRows(tmp[margin:margin+p.w], &r)
		for i := range margin {
			tmp[i], tmp[margin+p.w+i] = tmp[margin], tmp[margin+p.w-1]
		}
		for k := range r {
			r[k] = tmp[margin+k-3:]
		}
		filterRows(wide[:p.w], &r)
		copy(q.row(y), wide)
	}
	return q
}

// filterRows weighs seven rows by 1 6 15 20 15 6 1. The rows must not overlap with dst.
func filterRows(dst []uint8, r *[7][]uint8) {
	const lanes = 0x00ff00ff00ff00ff
	const round = 32 * 0x0001000100010001
	n := len(dst)
	a, b, c, d, e, f, g := r[0][:n], r[1][:n], r[2][:n], r[3][:n], r[4][:n], r[5][:n], r[6][:n]
	le := binary.LittleEndian
	x := weighFast(dst, r)
	for ; x+8 <= n; x += 8 {
		wa, wb, wc, wd := le.Uint64(a[x:]), le.Uint64(b[x:]), le.Uint64(c[x:]), le.Uint64(d[x:])
		we, wf, wg := le.Uint64(e[x:]), le.Uint64(f[x:]), le.Uint64(g[x:])
		even := wa&lanes + wg&lanes + 6*(wb&lanes+wf&lanes) + 15*(wc&lanes+we&lanes) + 20*(wd&lanes) + round
		wa, wb, wc, wd, we, wf, wg = wa>>8, wb>>8, wc>>8, wd>>8, we>>8, wf>>8, wg>>8
		odd := wa&lanes + wg&lanes + 6*(wb&lanes+wf&lanes) + 15*(wc&lanes+we&lanes) + 20*(wd&lanes) + round
		le.PutUint64(dst[x:], even>>6&lanes|odd<<2&^uint64(lanes))
	}
	for ; x < n; x++ {
		v := uint32(a[x]) + uint32(g[x]) + 6*(uint32(b[x])+uint32(f[x])) + 15*(uint32(c[x])+uint32(e[x])) + 20*uint32(d[x])
		dst[x] = uint8((v + 32) >> 6)
	}
}

// planes splits a picture into its colours over white.
func planes(img *image.NRGBA) colour {
	b := img.Bounds()
	c := colour{borrowPlane(b.Dx(), b.Dy()), borrowPlane(b.Dx(), b.Dy()), borrowPlane(b.Dx(), b.Dy())}
	for y := range b.Dy() {
		src := img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]
		dst := [3][]uint8{c[0].row(y), c[1].row(y), c[2].row(y)}
		for x := splitFast(&dst, src); x < b.Dx(); x++ {
			for k := range dst {
				v := uint32(src[4*x+k])
				if a := uint32(src[4*x+3]); a != 255 {
					v = (v*a + 255*(255-a) + 127) / 255
				}
				dst[k][x] = uint8(v)
			}
		}
	}
	return c
}

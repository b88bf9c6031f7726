package keypoint

import "github.com/klauspost/cpuid/v2"

// vectorised says that the rows of pictures are worked on with AVX2; without it plain Go gives the same.
var vectorised = cpuid.CPU.Supports(cpuid.AVX2)

// blend7 is filterRows for n pixels, a multiple of 32.
//
//go:noescape
func blend7(dst *uint8, rows *[7]*uint8, n int)

// edges3 is tensorRow for n pixels, a multiple of 16. The rows are red, green and blue: the one above, the pixel's own
// and the one below.
//
//go:noescape
func edges3(out *[3]*int16, up, mid, low *[3]*uint8, n int)

// relate is relation.row for n pixels, a multiple of 8, all of whose windows have the same area.
//
//go:noescape
func relate(r *relation, n int)

func weighFast(dst []uint8, r *[7][]uint8) int {
	n := len(dst) &^ 31
	if !vectorised || n == 0 {
		return 0
	}
	var rows [7]*uint8
	for k := range rows {
		rows[k] = &r[k][:n][0]
	}
	blend7(&dst[0], &rows, n)
	return n
}

func edgeFast(out *[3][]int16, up, mid, low *[3][]uint8, from, to int) int {
	n := (to - from) &^ 15
	if !vectorised || n <= 0 {
		return from
	}
	var o [3]*int16
	var a, b, c [3]*uint8
	for k := range 3 {
		_, _, _ = up[k][from+n-1], mid[k][from+n], low[k][from+n-1]
		o[k], a[k], b[k], c[k] = &out[k][from:][:n][0], &up[k][from], &mid[k][from], &low[k][from]
	}
	edges3(&o, &a, &b, &c, n)
	return from + n
}

func relateFast(r *relation, n int) int {
	n &^= 7
	if !vectorised || n <= 0 {
		return 0
	}
	relate(r, n)
	return n
}

// average3 is field.vectorAt for n pixels of a row, a multiple of 8: sums over 3x3 pixels of two integral images whose
// rows at the upper and lower edge of the windows begin at the given places.
//
//go:noescape
func average3(out *vector, up1, low1, up2, low2 *int32, n int)

// sampleFast fills a row from its second pixel on and says how many pixels it did.
func (f *field) sampleFast(row []vector, y int) int {
	n := (f.w - 2) &^ 7
	if !vectorised || n <= 0 {
		return 0
	}
	up, low := (y-1)*(f.w+1), (y+2)*(f.w+1)
	_, _ = f.sums[1][low+n+2], f.sums[2][low+n+2]
	average3(&row[1:][:n][0], &f.sums[1][up], &f.sums[1][low], &f.sums[2][up], &f.sums[2][low], n)
	return n
}

// mix2 writes the vertical mean of two rows of n pixels, a multiple of 16: a*(256-part) + b*part, less 32,768.
//
//go:noescape
func mix2(out *uint16, a, b *uint8, part uint32, n int)

// pick2 interpolates n pixels, a multiple of 8, between neighbours of the row that mix2 wrote: those at the given
// places, with the given shares (256-f in the lower word, f in the upper).
//
//go:noescape
func pick2(dst *uint8, row *uint16, at, shares *int32, n int)

// blendFast interpolates a row between the rows a and b and says how many pixels it did. The buffer is as long as
// they are, and 16 more.
func blendFast(dst, a, b []uint8, at, shares []int32, g uint32, buffer []uint16) int {
	n := len(dst) &^ 7
	if !vectorised || len(a) < 16 || n == 0 {
		return 0
	}
	whole := len(a) &^ 15
	_, _, _, _ = b[len(a)-1], at[n-1], shares[n-1], buffer[len(a)+15]
	mix2(&buffer[0], &a[0], &b[0], g, whole)
	for x := whole; x < len(a); x++ {
		buffer[x] = uint16(uint32(a[x])*(256-g)+uint32(b[x])*g) ^ 0x8000
	}
	pick2(&dst[0], &buffer[0], &at[0], &shares[0], n)
	return n
}

// hessian8 is hessianRow for n pixels, a multiple of 8; the pointers are those of the first one, two rows above, in
// its row, and two rows below.
//
//go:noescape
func hessian8(out *int32, up, mid, low *uint8, n int)

func hessianFast(a, b, c []uint8, out []int32, from, to int) int {
	n := (to - from) &^ 7
	if !vectorised || from < 2 || n <= 0 {
		return from
	}
	_, _, _, _ = a[from+n+1], b[from+n+1], c[from+n+1], out[from+n-1]
	hessian8(&out[from], &a[from], &b[from], &c[from], n)
	return from + n
}

// crests8 marks, a bit a pixel, the values of at least least that are greater than their left neighbour and no less
// than the right one and those above and below; for n values, a multiple of 8.
//
//go:noescape
func crests8(out *uint8, row *int32, stride, n int, least int32)

// crestsFast marks the possible maxima of a row between two columns and says for how many groups of eight it did.
func crestsFast(resp []int32, w, y, from, to int, least int32, out []uint8) int {
	n := (to - from) &^ 7
	if !vectorised || n <= 0 || from < 1 || y < 1 {
		return 0
	}
	_, _ = resp[(y+1)*w+from+n], out[n/8-1]
	crests8(&out[0], &resp[y*w+from], w, n, least)
	return n / 8
}

// luma8 is luma for up to n pixels, a multiple of 8, of red, green, blue and opacity. It stops before eight of which any is
// not opaque, and says how many it did.
//
//go:noescape
func luma8(dst, src *uint8, n int) int

// lumaFast works on the opaque pixels at the beginning of a row and says how many there were.
func lumaFast(dst, src []uint8) int {
	n := len(dst) &^ 7
	if !vectorised || n == 0 {
		return 0
	}
	_ = src[4*n-1]
	return luma8(&dst[0], &src[0], n)
}

// split8 parts up to n pixels, a multiple of 8, of red, green, blue and opacity into three rows. It stops before eight of which
// any is not opaque, and says how many it did.
//
//go:noescape
func split8(red, green, blue, src *uint8, n int) int

// splitFast works on the opaque pixels at the beginning of a row and says how many there were.
func splitFast(dst *[3][]uint8, src []uint8) int {
	n := len(dst[0]) &^ 7
	if !vectorised || n == 0 {
		return 0
	}
	_, _, _ = dst[1][n-1], dst[2][n-1], src[4*n-1]
	return split8(&dst[0][0], &dst[1][0], &dst[2][0], &src[0], n)
}

// halve16 averages 2x2 pixels of two rows into n, a multiple of 16.
//
//go:noescape
func halve16(dst, a, b *uint8, n int)

// halveFast averages two rows into half a row and says how many pixels it wrote.
func halveFast(dst, a, b []uint8) int {
	n := len(dst) &^ 15
	if !vectorised || n == 0 {
		return 0
	}
	_, _ = a[2*n-1], b[2*n-1]
	halve16(&dst[0], &a[0], &b[0], n)
	return n
}

// disc is what centroid multiplies the brightness of 41 rows of 48 pixels with: the way from the centre across, and
// down; nothing outside of the disc.
var disc = func() (t [2*patchRadius + 1][2][48]int8) {
	for r := range t {
		dy := r - patchRadius
		for dx := -discHalf[r]; dx <= discHalf[r]; dx++ {
			t[r][0][dx+patchRadius], t[r][1][dx+patchRadius] = int8(dx), int8(dy)
		}
	}
	return t
}()

// moments41 is centroid; p is the pixel of the first row that stands above the leftmost of the disc. It reads 48 pixels of
// each row.
//
//go:noescape
func moments41(p *uint8, stride int, weights *[2*patchRadius + 1][2][48]int8) (mx, my int32)

func centroidFast(p plane, x, y int) (mx, my int32) {
	first := (y-patchRadius)*p.w + x - patchRadius
	if last := first + 2*patchRadius*p.w + 47; !vectorised || first < 0 || last >= len(p.pix) {
		return centroid(p, x, y)
	}
	return moments41(&p.pix[first], p.w, &disc)
}

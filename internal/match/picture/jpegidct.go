package picture

import "encoding/binary"

// Inverse cosine transform after Loeffler, Ligtenberg and Moschytz with 13-bit
// constants: the arithmetic of libjpeg's default method, so pixels are those
// that most viewers show.
const (
	fix0298, fix0390, fix0541, fix0765, fix0899, fix1175 = 2446, 3196, 4433, 6270, 7373, 9633
	fix1501, fix1847, fix1961, fix2053, fix2562, fix3072 = 12299, 15137, 16069, 16819, 20995, 25172
)

// idct turns coefficients times quant, both in the order of place, into 8x8
// samples at dst. last is the zigzag index of the last coefficient that may
// differ from zero. Products and, after the columns, sums keep 16 bits: what a
// file made by an encoder has fits.
func idct(block, quant *[64]int16, last int, dst []byte, stride int) {
	if last == 0 {
		flat(mean(block, quant), dst, stride)
		return
	}
	_ = dst[7*stride+7]
	transform8x8(block, quant, last, dst, stride)
}

// mean is the sample of a block without other coefficients.
func mean(block, quant *[64]int16) uint8 {
	return clampSample((int32(block[0]*quant[0])<<2 + 1<<4) >> 5)
}

// transform8x8 is idct for blocks that are not flat, where dst has room.
var transform8x8 = idctGeneric

func idctGeneric(block, quant *[64]int16, last int, dst []byte, stride int) {
	var work [64]int32 // row-major
	if last < 10 {     // only the upper left 4x4
		for x := range 4 {
			columnOf4(&work, block, quant, x)
		}
		for y := range 8 {
			rowOf4((*[8]int32)(work[8*y:]), dst[y*stride:])
		}
		return
	}
	for x := range 8 {
		column(&work, block, quant, x)
	}
	for y := range 8 {
		row((*[8]int32)(work[8*y:]), dst[y*stride:])
	}
}

// idctHalf is idct with 4x4 samples, each the mean of four.
func idctHalf(block, quant *[64]int16, last int, dst []byte, stride int) {
	if last == 0 {
		v := mean(block, quant)
		for y := range 4 {
			*(*[4]byte)(dst[y*stride:]) = [4]byte{v, v, v, v}
		}
		return
	}
	_ = dst[3*stride+3]
	transformHalf(block, quant, last, dst, stride)
}

// transformHalf is idctHalf for blocks that are not flat.
var transformHalf = idctHalfGeneric

func idctHalfGeneric(block, quant *[64]int16, last int, dst []byte, stride int) {
	var whole [64]byte
	idctGeneric(block, quant, last, whole[:], 8)
	for y := range 4 {
		for x := range 4 {
			p := whole[16*y+2*x:]
			dst[y*stride+x] = uint8((int(p[0]) + int(p[1]) + int(p[8]) + int(p[9]) + 2) >> 2)
		}
	}
}

func flat(v uint8, dst []byte, stride int) {
	line := [8]byte{v, v, v, v, v, v, v, v}
	for y := range 8 {
		*(*[8]byte)(dst[y*stride:]) = line
	}
}

// clampSample shifts a sample from around zero to 0..255.
func clampSample(v int32) uint8 { return uint8(min(max(v+128, 0), 255)) }

// clamp16 keeps a sum within 16 bits.
func clamp16(v int32) int32 { return min(max(v, -1<<15), 1<<15-1) }

// column transforms column x of the block to that of work.
func column(work *[64]int32, block, quant *[64]int16, x int) {
	x &= 7
	at := func(i int) int32 { return int32(block[i+2*x] * quant[i+2*x]) }
	v0, v2, v1, v3 := at(0), at(1), at(16), at(17)
	v4, v6, v5, v7 := at(32), at(33), at(48), at(49)
	if v1|v2|v3|v4|v5|v6|v7 == 0 {
		mean := clamp16(v0 << 2)
		for y := range 8 {
			work[8*y+x] = mean
		}
		return
	}
	z1 := (v2 + v6) * fix0541
	t2, t3 := z1-v6*fix1847, z1+v2*fix0765
	t0, t1 := (v0+v4)<<13, (v0-v4)<<13
	o0, o1, o2, o3 := odd(v7, v5, v3, v1)
	writeColumn(work, x, t0+t3, t1+t2, t1-t2, t0-t3, o0, o1, o2, o3)
}

// writeColumn joins the even and the odd half of a column.
func writeColumn(work *[64]int32, x int, e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	const round, shift = 1 << 10, 11
	e0, e1, e2, e3 = e0+round, e1+round, e2+round, e3+round
	x &= 7
	work[x], work[x+56] = clamp16((e0+o3)>>shift), clamp16((e0-o3)>>shift)
	work[x+8], work[x+48] = clamp16((e1+o2)>>shift), clamp16((e1-o2)>>shift)
	work[x+16], work[x+40] = clamp16((e2+o1)>>shift), clamp16((e2-o1)>>shift)
	work[x+24], work[x+32] = clamp16((e3+o0)>>shift), clamp16((e3-o0)>>shift)
}

// odd is the odd half of the transform, inputs 7, 5, 3 and 1.
func odd(t0, t1, t2, t3 int32) (int32, int32, int32, int32) {
	z1, z2, z3, z4 := (t0+t3)*-fix0899, (t1+t2)*-fix2562, t0+t2, t1+t3
	z5 := (z3 + z4) * fix1175
	z3, z4 = z5-z3*fix1961, z5-z4*fix0390
	return t0*fix0298 + z1 + z3, t1*fix2053 + z2 + z4, t2*fix3072 + z2 + z3, t3*fix1501 + z1 + z4
}

func row(r *[8]int32, dst []byte) {
	z1 := (r[2] + r[6]) * fix0541
	t2, t3 := z1-r[6]*fix1847, z1+r[2]*fix0765
	t0, t1 := (r[0]+r[4])<<13, (r[0]-r[4])<<13
	o0, o1, o2, o3 := odd(r[7], r[5], r[3], r[1])
	writeRow(dst, t0+t3, t1+t2, t1-t2, t0-t3, o0, o1, o2, o3)
}

// writeRow joins the even and the odd half of a row of samples.
func writeRow(dst []byte, e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	const shift = 18
	const bias = 128<<shift + 1<<(shift-1) // to 0..255, rounded
	e0, e1, e2, e3 = e0+bias, e1+bias, e2+bias, e3+bias
	v0, v1, v2, v3 := e0+o3, e1+o2, e2+o1, e3+o0
	v4, v5, v6, v7 := e3-o0, e2-o1, e1-o2, e0-o3
	if uint32(v0|v1|v2|v3|v4|v5|v6|v7) >= 256<<shift {
		v0, v1, v2, v3 = clampFixed(v0), clampFixed(v1), clampFixed(v2), clampFixed(v3)
		v4, v5, v6, v7 = clampFixed(v4), clampFixed(v5), clampFixed(v6), clampFixed(v7)
	}
	low := uint32(v0)>>shift | uint32(v1)>>shift<<8 | uint32(v2)>>shift<<16 | uint32(v3)>>shift<<24
	high := uint32(v4)>>shift | uint32(v5)>>shift<<8 | uint32(v6)>>shift<<16 | uint32(v7)>>shift<<24
	binary.LittleEndian.PutUint64(dst, uint64(low)|uint64(high)<<32)
}

// clampFixed limits a sample with 18 fractional bits to 0..255.
func clampFixed(v int32) int32 { return min(max(v, 0), 255<<18) }

// odd2 is odd with inputs 7 and 5 zero.
func odd2(t2, t3 int32) (int32, int32, int32, int32) {
	z5 := (t2 + t3) * fix1175
	z3, z4 := z5-t2*fix1961, z5-t3*fix0390
	z1, z2 := t3*-fix0899, t2*-fix2562
	return z1 + z3, z2 + z4, t2*fix3072 + z2 + z3, t3*fix1501 + z1 + z4
}

// columnOf4 is column with inputs 4 to 7 zero.
func columnOf4(work *[64]int32, block, quant *[64]int16, x int) {
	x &= 7
	at := func(i int) int32 { return int32(block[i+2*x] * quant[i+2*x]) }
	v0, v2, v1, v3 := at(0), at(1), at(16), at(17)
	t2, t3 := v2*fix0541, v2*(fix0541+fix0765)
	t0 := v0 << 13
	o0, o1, o2, o3 := odd2(v3, v1)
	writeColumn(work, x, t0+t3, t0+t2, t0-t2, t0-t3, o0, o1, o2, o3)
}

// rowOf4 is row with inputs 4 to 7 zero.
func rowOf4(r *[8]int32, dst []byte) {
	t2, t3 := r[2]*fix0541, r[2]*(fix0541+fix0765)
	t0 := r[0] << 13
	o0, o1, o2, o3 := odd2(r[3], r[1])
	writeRow(dst, t0+t3, t0+t2, t0-t2, t0-t3, o0, o1, o2, o3)
}

package picture

import (
	"encoding/binary"
	"image"
)

// jpegOutput turns rows of MCUs into rows of pixels. A picture that will be
// scaled down by two or more is halved block by block first.
type jpegOutput struct {
	j       *jpegDecoder
	w, h    int // of the picture, or half of it
	block   int // samples across a block: 8, or 4 when halved
	idct    func(block, quant *[64]int16, last int, dst []byte, stride int)
	frame   *image.NRGBA
	shrink  *shrinker
	line    []byte // one row of pixels, when the frame is scaled down
	wide    [4][]byte
	convert func(dst []byte, c [4][]byte)
	narrow  bool // convert takes chroma of half the width
	mcuRow  int  // rows of MCUs done
	seen    int  // blocks of the first component shown
}

func (j *jpegDecoder) newOutput() (*jpegOutput, error) {
	o := &jpegOutput{j: j, w: j.w, h: j.h, block: 8, idct: idct}
	o.convert, o.narrow = j.colour()
	fw, fh := frameSize(j.w, j.h)
	if 2*fw <= j.w && 2*fh <= j.h {
		o.w, o.h, o.block, o.idct = (j.w+1)/2, (j.h+1)/2, 4, idctHalf
	}
	var err error
	if o.frame, err = j.newFrame(fw, fh); err != nil {
		return nil, err
	}
	if o.shrink, err = j.shrinker(o.frame, o.w, o.h); err != nil {
		return nil, err
	}
	if err := j.take(8 * int64(o.w)); err != nil {
		return nil, err
	}
	o.line = make([]byte, 4*o.w)
	for i, c := range j.comps {
		c.stride = o.block * c.blocksX
		size := o.block * c.v * c.stride
		if err := j.take(int64(size)); err != nil {
			return nil, err
		}
		c.plane = make([]byte, size)
		if c.h != j.hMax {
			o.wide[i] = make([]byte, o.w)
		}
	}
	return o, nil
}

// finish shows what is kept as coefficients and returns the share of the
// picture that could be decoded.
func (j *jpegDecoder) finish() float64 {
	o := j.out
	if j.comps[0].coef != nil {
		for o.mcuRow < j.mcusY {
			for _, c := range j.comps {
				j.transform(c, o.mcuRow*c.v)
			}
			o.rows(o.mcuRow + 1)
		}
	}
	o.shrink.finish()
	first := j.comps[0]
	return float64(o.seen) / float64(first.ownX*first.ownY)
}

// transform computes the samples of one row of MCUs from coefficients.
func (j *jpegDecoder) transform(c *jpegComponent, by int) {
	o, q := j.out, &j.quant[c.tq]
	for v := range c.v {
		for bx := range c.blocksX {
			i := (by+v)*c.blocksX + bx
			coef := (*[64]int16)(c.coef[64*i:])
			o.idct(coef, q, lastOf(coef), c.plane[o.block*(v*c.stride+bx):], c.stride)
		}
	}
}

// lastOf returns a bound on the zigzag index of the last coefficient that is
// not zero: 0, 9 or 63.
func lastOf(coef *[64]int16) int {
	var rest, small int16
	for _, v := range coef[32:] { // rows 4 to 7
		rest |= v
	}
	for i := range 8 { // columns 4 to 7, and 0 to 3, of the others
		rest |= coef[8+i] | coef[24+i]
		small |= coef[16+i]
	}
	for _, v := range coef[1:8] {
		small |= v
	}
	switch {
	case rest != 0:
		return 63
	case small != 0:
		return 9
	}
	return 0
}

// rows shows the rows of MCUs up to end.
func (o *jpegOutput) rows(end int) {
	j := o.j
	first := j.comps[0]
	for ; o.mcuRow < end; o.mcuRow++ {
		seen := first.seen
		if first.coef != nil {
			seen = seen[o.mcuRow*first.v*first.blocksX:]
		}
		height := o.block * j.vMax
		top := o.mcuRow * height
		here := 0 // blocks known in the row of blocks
		for y := range min(height, o.h-top) {
			dst := o.line
			if o.shrink.spans == nil {
				dst = o.frame.Pix[(top+y)*o.frame.Stride:][:4*o.w]
			}
			o.convert(dst, o.samples(y))
			blockRow := y * first.v / j.vMax / o.block
			known := seen[blockRow*first.blocksX:][:first.ownX]
			if y == 0 || blockRow != (y-1)*first.v/j.vMax/o.block {
				here = count(known)
				o.seen += here
			}
			if here < len(known) {
				o.hide(dst, known)
			}
			o.shrink.row(dst)
		}
		if first.coef == nil {
			clear(seen)
		}
	}
}

// count returns how many are true.
func count(all []bool) (n int) {
	for _, v := range all {
		if v {
			n++
		}
	}
	return n
}

// samples returns row y of each component within the row of MCUs, stretched to
// the width of the picture by repeating samples.
func (o *jpegOutput) samples(y int) (rows [4][]byte) {
	j := o.j
	for i, c := range j.comps {
		row := c.plane[y*c.v/j.vMax*c.stride:][:c.stride]
		wide := o.wide[i]
		switch {
		case c.h == j.hMax:
			rows[i] = row[:o.w]
			continue
		case o.narrow:
			rows[i] = row[:(o.w+1)/2]
			continue
		case 2*c.h == j.hMax:
			double(wide, row)
		default:
			for x := range wide {
				wide[x] = row[x*c.h/j.hMax]
			}
		}
		rows[i] = wide
	}
	return rows
}

func double(dst, src []byte) {
	n := len(dst) / 2
	for i, v := range src[:n] {
		dst[2*i], dst[2*i+1] = v, v
	}
	if len(dst)%2 == 1 {
		dst[2*n] = src[n]
	}
}

// hide makes the pixels of blocks that were not decoded transparent.
func (o *jpegOutput) hide(dst []byte, seen []bool) {
	width := o.block * o.j.hMax / o.j.comps[0].h // of a block in pixels
	for i, ok := range seen {
		if !ok {
			clear(dst[min(4*i*width, len(dst)):min(4*(i+1)*width, len(dst))])
		}
	}
}

// halfChroma says whether chroma is sampled at half the width of luma.
func (j *jpegDecoder) halfChroma() bool {
	c := j.comps
	return c[0].h == j.hMax && 2*c[1].h == j.hMax && 2*c[2].h == j.hMax
}

// colour returns what converts a row of samples to pixels. Four components
// are inverted CMYK, as all that write them do, whether they say so or not.
// narrow says that it takes chroma rows of half the width.
func (j *jpegDecoder) colour() (convert func(dst []byte, c [4][]byte), narrow bool) {
	switch len(j.comps) {
	case 1:
		return greyRow, false
	case 3:
		rgb := j.adobe == 0
		if j.adobe < 0 {
			rgb = string([]byte{j.comps[0].id, j.comps[1].id, j.comps[2].id}) == "RGB"
		}
		if rgb {
			return rgbRow, false
		}
		if j.halfChroma() {
			return yccHalfRow, true
		}
		return yccRow, false
	}
	if j.adobe == 2 {
		return ycckRow, false
	}
	return cmykRow, false
}

func greyRow(dst []byte, c [4][]byte) {
	for i, v := range c[0] {
		binary.LittleEndian.PutUint32(dst[4*i:], uint32(v)*0x010101|0xff<<24)
	}
}

func rgbRow(dst []byte, c [4][]byte) {
	for i, r := range c[0] {
		binary.LittleEndian.PutUint32(dst[4*i:], uint32(r)|uint32(c[1][i])<<8|uint32(c[2][i])<<16|0xff<<24)
	}
}

// yccRow converts from YCbCr in full range (JFIF) as libjpeg does, yccHalfRow
// the same with chroma of half the width.
var yccRow, yccHalfRow = yccGeneric, yccHalfGeneric

func yccGeneric(dst []byte, c [4][]byte) {
	luma := c[0]
	cb, cr := c[1][:len(luma)], c[2][:len(luma)]
	for i, y := range luma {
		r, g, b := chroma(cb[i], cr[i])
		binary.LittleEndian.PutUint32(dst[4*i:], pixel(int32(y)<<16, r, g, b))
	}
}

// yccHalfGeneric works on two pixels at once, one in each half of a word, with
// 256 added so that no sum is negative.
func yccHalfGeneric(dst []byte, c [4][]byte) {
	luma, cr := c[0], c[2][:len(c[1])]
	for i, cb := range c[1] {
		if len(luma) < 2 || len(dst) < 8 {
			break
		}
		const carry, over = 1<<24 | 1<<56, 1<<25 | 1<<57
		y := uint64(luma[0])<<16 | uint64(luma[1])<<48
		r, g, b := y+pairRed[cr[i]], y+pairGreenU[cb]+pairGreenV[cr[i]], y+pairBlue[cb]
		if r&g&b&carry == carry && (r|g|b)&over == 0 { // all within 0 to 255
			two := r>>16&0x000000ff_000000ff | g>>8&0x0000ff00_0000ff00 | b&0x00ff0000_00ff0000 | 0xff000000_ff000000
			binary.LittleEndian.PutUint64(dst, two)
		} else {
			r, g, b := chroma(cb, cr[i])
			binary.LittleEndian.PutUint32(dst, pixel(int32(luma[0])<<16, r, g, b))
			binary.LittleEndian.PutUint32(dst[4:], pixel(int32(luma[1])<<16, r, g, b))
		}
		luma, dst = luma[2:], dst[8:]
	}
	if len(luma) == 1 {
		last := len(c[0]) / 2
		r, g, b := chroma(c[1][last], c[2][last])
		binary.LittleEndian.PutUint32(dst, pixel(int32(luma[0])<<16, r, g, b))
	}
}

// What chroma adds to two pixels at once, with 16 fractional bits.
var pairRed, pairGreenU, pairGreenV, pairBlue = func() (red, greenU, greenV, blue [256]uint64) {
	const twice, bias = 1<<32 + 1, 256 << 16
	for v := range 256 {
		r, gv, _ := chroma(128, uint8(v))
		_, gu, b := chroma(uint8(v), 128)
		red[v] = uint64(r+bias) * twice
		greenU[v] = uint64(gu+bias) * twice
		greenV[v] = uint64(int64(gv-1<<15)) * twice // rounding and 256 are in greenU
		blue[v] = uint64(b+bias) * twice
	}
	return
}()

// chroma returns what blue and red difference add to the luma, rounded, with 16
// fractional bits.
func chroma(cb, cr uint8) (r, g, b int32) {
	u, v := int32(cb)-128, int32(cr)-128
	return 91881*v + 1<<15, 1<<15 - 22554*u - 46802*v, 116130*u + 1<<15
}

// pixel adds luma and chroma to an opaque pixel in memory order.
func pixel(y, r, g, b int32) uint32 {
	r, g, b = y+r, y+g, y+b
	if uint32(r|g|b) >= 1<<24 {
		const top = 255 << 16
		r, g, b = min(max(r, 0), top), min(max(g, 0), top), min(max(b, 0), top)
	}
	return uint32(r)>>16 | uint32(g)>>8&0xff00 | uint32(b)&0xff0000 | 0xff<<24
}

func ycckRow(dst []byte, c [4][]byte) {
	yccRow(dst, c)
	for i, k := range c[3] {
		darken(dst[4*i:][:4:4], 255-dst[4*i], 255-dst[4*i+1], 255-dst[4*i+2], k)
	}
}

func cmykRow(dst []byte, c [4][]byte) {
	for i, k := range c[3] {
		darken(dst[4*i:][:4:4], c[0][i], c[1][i], c[2][i], k)
	}
}

// darken writes a pixel of inverted cyan, magenta, yellow and black.
func darken(p []byte, c, m, y, k uint8) {
	times := func(v uint8) uint8 { return uint8((uint32(v)*uint32(k) + 127) / 255) }
	p[0], p[1], p[2], p[3] = times(c), times(m), times(y), 255
}

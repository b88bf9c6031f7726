package picture

// Transforms of VP8L, by their number in the file.
const (
	transformPredict = iota
	transformColour
	transformGreen
	transformPalette
)

// losslessTransform is one thing done to the picture before it was coded.
type losslessTransform struct {
	kind int
	w    int      // of rows once it is undone
	bits uint     // of the tile's side; of a palette, of the pixels in one
	data []uint32 // by tile, or the palette
	row  []uint32 // of w+1 pixels: the one above, once undone; of a palette, the one in work
}

// undo returns row y as it was before the transform; rows come in order.
func (t *losslessTransform) undo(row []uint32, y int) []uint32 {
	switch t.kind {
	case transformPredict:
		t.unpredict(row, y)
	case transformColour:
		t.uncross(row, y)
	case transformGreen:
		for i, v := range row {
			green := v >> 8 & 0xff
			row[i] = v&0xff00ff00 | (v&0x00ff00ff+green<<16+green)&0x00ff00ff
		}
	case transformPalette:
		return t.unindex(row)
	}
	return row
}

// unindex looks the packed indices of a row up in the palette.
func (t *losslessTransform) unindex(row []uint32) []uint32 {
	size, out := 8>>t.bits, t.row[:t.w]
	for x := range out {
		i := int(row[x>>t.bits]>>8&0xff) >> (size * (x & (1<<t.bits - 1))) & (1<<size - 1)
		out[x] = 0
		if i < len(t.data) {
			out[x] = t.data[i]
		}
	}
	return out
}

// uncross adds back what green and red told about the others.
func (t *losslessTransform) uncross(row []uint32, y int) {
	line := t.data[y>>t.bits*tiles(t.w, t.bits):]
	share := func(factor, value uint32) uint32 { return uint32(int32(int8(factor)) * int32(int8(value)) >> 5) }
	for x, v := range row {
		f := line[x>>t.bits]
		green := v >> 8
		red := v>>16 + share(f, green)
		blue := v + share(f>>8, green) + share(f>>16, red)
		row[x] = v&0xff00ff00 | red&0xff<<16 | blue&0xff
	}
}

const opaqueBlack = 0xff000000

// unpredict adds the guess from the neighbours to each pixel.
func (t *losslessTransform) unpredict(row []uint32, y int) {
	above := t.row
	line := t.data[y>>t.bits*tiles(t.w, t.bits):]
	for x := range row {
		guess := uint32(opaqueBlack)
		switch {
		case x == 0 && y > 0:
			guess = above[0]
			above[t.w] = addPixels(row[0], guess) // right of the last one above comes this row's first
		case x > 0 && y == 0:
			guess = row[x-1]
		case x > 0:
			guess = predict(line[x>>t.bits]>>8&15, row[x-1], above[x], above[x+1], above[x-1])
		}
		row[x] = addPixels(row[x], guess)
	}
	copy(above, row)
}

// predict is the guess of a mode from the pixels to the left and above.
func predict(mode, left, top, right, corner uint32) uint32 {
	switch mode {
	case 1:
		return left
	case 2:
		return top
	case 3:
		return right
	case 4:
		return corner
	case 5:
		return meanPixel(meanPixel(left, right), top)
	case 6:
		return meanPixel(left, corner)
	case 7:
		return meanPixel(left, top)
	case 8:
		return meanPixel(corner, top)
	case 9:
		return meanPixel(top, right)
	case 10:
		return meanPixel(meanPixel(left, corner), meanPixel(top, right))
	case 11:
		return nearerPixel(left, top, corner)
	case 12:
		return eachChannel(left, top, corner, func(l, t, c int) int { return l + t - c })
	case 13:
		return eachChannel(meanPixel(left, top), 0, corner, func(m, _, c int) int { return m + (m-c)/2 })
	}
	return opaqueBlack
}

// addPixels adds channel by channel, without carry.
func addPixels(a, b uint32) uint32 {
	const even, odd = 0x00ff00ff, 0xff00ff00
	return (a&odd+b&odd)&odd | (a&even+b&even)&even
}

func meanPixel(a, b uint32) uint32 { return (a^b)&0xfefefefe>>1 + a&b }

// nearerPixel is left or top, whichever is nearer to left + top - corner.
func nearerPixel(left, top, corner uint32) uint32 {
	toLeft, toTop := 0, 0
	for shift := 0; shift < 32; shift += 8 {
		l, t, c := int(left>>shift&0xff), int(top>>shift&0xff), int(corner>>shift&0xff)
		toLeft += max(t-c, c-t)
		toTop += max(l-c, c-l)
	}
	if toLeft < toTop {
		return left
	}
	return top
}

// eachChannel computes a pixel whose channels are clamped to a byte.
func eachChannel(a, b, c uint32, f func(a, b, c int) int) (out uint32) {
	for shift := 0; shift < 32; shift += 8 {
		v := f(int(a>>shift&0xff), int(b>>shift&0xff), int(c>>shift&0xff))
		out |= uint32(min(max(v, 0), 255)) << shift
	}
	return out
}

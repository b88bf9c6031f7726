package ocr

import "encoding/binary"

// hat is what stands out of p by being narrower than size pixels: for dark ink
// the morphological closing minus p (black hat), for light ink p minus the
// opening (white hat). Unlike a local mean it is blind to steps, so text that
// runs across the edge of an object stays in one piece. size is odd.
func (p plane) hat(size int, dark bool) plane {
	flip := uint8(0)
	if !dark {
		flip = 255 // the opening of p is the closing of its negative
	}
	r := size / 2
	w, h := p.w+4*r, p.h+4*r
	closed := make([]uint8, w*h)
	for y := range p.h {
		src, dst := p.pix[y*p.w:][:p.w], closed[(y+2*r)*w+2*r:][:p.w]
		for x, v := range src {
			dst[x] = v ^ flip
		}
	}
	// The frame of 0 never wins the first time; the second time, upside down,
	// it must not either, so what lies outside is made 255 before.
	greatest(closed, w, size)
	for i, v := range closed {
		closed[i] = ^v
	}
	frame(closed, w, h, r)
	greatest(closed, w, size)
	out := plane{p.w, p.h, make([]uint8, len(p.pix))}
	for y := range p.h {
		// Each pass moved the picture by r to the left and up.
		src, dst := closed[y*w:][:p.w], out.pix[y*p.w:][:p.w]
		for x, v := range p.pix[y*p.w:][:p.w] {
			dst[x] = ^src[x] - (v ^ flip)
		}
	}
	return out
}

// frame clears what lies outside the picture after one pass: all but the
// pixels from r on, as many as the picture has.
func frame(pix []uint8, w, h, r int) {
	clear(pix[:r*w])
	clear(pix[(h-3*r)*w:])
	for y := r; y < h-3*r; y++ {
		clear(pix[y*w:][:r])
		clear(pix[y*w+w-3*r:][:3*r])
	}
}

// greatest replaces every value of rows of w by the greatest of the size x
// size values from there to the right and down. Windows that leave the rows
// hold something, but not what is wanted.
func greatest(pix []uint8, w, size int) {
	for _, step := range []int{1, w} {
		have := 1
		for ; 2*have <= size; have *= 2 {
			atLeast(pix, have*step)
		}
		if have < size {
			atLeast(pix, (size-have)*step)
		}
	}
}

// atLeast replaces every value by the greater of itself and the one so many
// places on, eight at a time.
func atLeast(pix []uint8, on int) {
	i := 0
	for ; i+on+8 <= len(pix); i += 8 {
		a := binary.LittleEndian.Uint64(pix[i:])
		binary.LittleEndian.PutUint64(pix[i:], greater(a, binary.LittleEndian.Uint64(pix[i+on:])))
	}
	for ; i+on < len(pix); i++ {
		pix[i] = max(pix[i], pix[i+on])
	}
}

// greater is the greater of each of the eight bytes of a and b.
func greater(a, b uint64) uint64 {
	const top = 0x8080808080808080
	low := (a | top) - b&^top                     // top bits: the low seven of a are not less
	more := (a&^b | ^(a^b)&low) & top >> 7 * 0xFF // bytes of ones where a is not less
	return b ^ (a^b)&more
}

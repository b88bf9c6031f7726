package ocr

// hat is what stands out of p by being narrower than size pixels: for dark ink
// the morphological closing minus p (black hat), for light ink p minus the
// opening (white hat). Unlike a local mean it is blind to steps, so text that
// runs across the edge of an object stays in one piece.
func (p plane) hat(size int, dark bool) plane {
	flip := uint8(0)
	if !dark {
		flip = 255 // opening of p is the closing of its negative
	}
	out := plane{p.w, p.h, make([]uint8, len(p.pix))}
	for i, v := range p.pix {
		out.pix[i] = v ^ flip
	}
	out.spread(size, 0)
	out.spread(size, 255)
	for i, v := range p.pix {
		out.pix[i] -= v ^ flip
	}
	return out
}

// spread replaces every pixel by the greatest, or with flip 255 the least, in
// the square of size x size around it. size is odd.
func (p plane) spread(size int, flip uint8) {
	r := size / 2
	line := make([]uint8, max(p.w, p.h)+2*r)
	fore, back := make([]uint8, len(line)), make([]uint8, len(line))
	for y := range p.h {
		row := p.pix[y*p.w:][:p.w]
		for x, v := range row {
			line[r+x] = v ^ flip
		}
		greatest(line[:p.w+2*r], fore, back, size)
		for x := range row {
			row[x] = max(back[x], fore[x+2*r]) ^ flip
		}
	}
	p.spreadDown(size, flip)
}

// greatest prepares the running maximum of van Herk (1992) and Gil and Werman
// (1993): over blocks of size values, the greatest so far from the left in
// fore and from the right in back.
func greatest(line, fore, back []uint8, size int) {
	for from := 0; from < len(line); from += size {
		to := min(from+size, len(line))
		m := uint8(0)
		for i := from; i < to; i++ {
			m = max(m, line[i])
			fore[i] = m
		}
		m = 0
		for i := to - 1; i >= from; i-- {
			m = max(m, line[i])
			back[i] = m
		}
	}
}

// spreadDown does the same along columns, a whole row of them at a time.
func (p plane) spreadDown(size int, flip uint8) {
	r := size / 2
	rows := p.h + 2*r
	fore, back := make([]uint8, rows*p.w), make([]uint8, rows*p.w)
	at := func(y int) []uint8 {
		if y < r || y >= r+p.h {
			return nil
		}
		return p.pix[(y-r)*p.w:][:p.w]
	}
	for y := range rows {
		dst := fore[y*p.w:][:p.w]
		var above []uint8
		if y%size != 0 {
			above = fore[(y-1)*p.w:][:p.w]
		}
		atMost(dst, at(y), above, flip)
	}
	for y := rows - 1; y >= 0; y-- {
		dst := back[y*p.w:][:p.w]
		var below []uint8
		if y%size != size-1 && y+1 < rows {
			below = back[(y+1)*p.w:][:p.w]
		}
		atMost(dst, at(y), below, flip)
	}
	for y := range p.h {
		a, b := back[y*p.w:][:p.w], fore[(y+2*r)*p.w:][:p.w]
		dst := p.pix[y*p.w:][:p.w]
		for x := range dst {
			dst[x] = max(a[x], b[x]) ^ flip
		}
	}
}

// atMost is the greater of src, its bits flipped, and other; nil counts as 0.
func atMost(dst, src, other []uint8, flip uint8) {
	clear(dst)
	for x, v := range src {
		dst[x] = v ^ flip
	}
	for x, v := range other {
		dst[x] = max(dst[x], v)
	}
}

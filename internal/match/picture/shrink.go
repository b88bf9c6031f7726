package picture

import "image"

// shrinker receives the rows of a picture from top to bottom and averages them
// into a frame of the same or a smaller size. A pixel that straddles a border
// counts on both sides by its share, in 1/256; transparent pixels lend no
// colour. Rows that never come leave the frame transparent.
type shrinker struct {
	frame      *image.NRGBA
	w, h       int // of the picture
	y          int // rows received
	spans      []span
	acc        []uint64 // four sums for each column of the frame row in work
	rowWeight  uint64   // weight of the rows in acc, 1/256
	outY       int
	translucid bool // a row with transparency has gone into acc
}

// span is what one column of the frame covers: pixel from with weight first,
// whole pixels, and pixel to with weight last (1/256 each; 0: none).
type span struct {
	from, to    int
	first, last uint64
	weight      uint64
}

// newShrinker makes a shrinker from w x h pixels to the size of frame.
func newShrinker(frame *image.NRGBA, w, h int) *shrinker {
	s := &shrinker{frame: frame, w: w, h: h}
	if fw := frame.Rect.Dx(); fw != w || frame.Rect.Dy() != h {
		s.acc = make([]uint64, 4*fw)
		s.spans = make([]span, fw)
		for i := range s.spans {
			s.spans[i] = newSpan(i, w, fw)
		}
	}
	return s
}

// newSpan returns the part of n source pixels that cell i of m covers.
func newSpan(i, n, m int) span {
	left, right := i*n, (i+1)*n // in units of 1/m pixel
	sp := span{from: left / m, to: (right - 1) / m}
	if sp.from == sp.to {
		sp.first = 256
	} else {
		sp.first = uint64(((sp.from+1)*m - left) * 256 / m)
		sp.last = uint64((right - sp.to*m) * 256 / m)
	}
	sp.weight = sp.first + sp.last
	if sp.to > sp.from {
		sp.weight += uint64(sp.to-sp.from-1) * 256
	}
	if sp.weight == 0 {
		sp.first, sp.weight = 1, 1
	}
	return sp
}

// row takes the next row of NRGBA pixels.
func (s *shrinker) row(pix []byte) {
	if s.y >= s.h {
		return
	}
	if s.spans == nil {
		copy(s.frame.Pix[s.y*s.frame.Stride:][:4*s.w], pix)
		s.y++
		return
	}
	out := s.frame.Rect.Dy()
	bottom := (s.y + 1) * out // in units of 1/h frame row
	border := (s.outY + 1) * s.h
	s.y++
	if bottom < border {
		s.add(pix, 256)
		return
	}
	over := uint64((bottom - border) * 256 / out)
	s.add(pix, 256-over)
	s.flush()
	if over > 0 && s.outY < out {
		s.add(pix, over)
	}
}

// finish writes what has come of a frame row that is not complete.
func (s *shrinker) finish() {
	if s.rowWeight > 0 {
		s.flush()
	}
}

func (s *shrinker) add(pix []byte, weight uint64) {
	weight = max(weight, 1)
	if !s.translucid && !opaque(pix) {
		s.premultiply()
	}
	s.rowWeight += weight
	for i := range s.spans {
		acc := s.acc[4*i:][:4:4]
		if s.translucid {
			s.spans[i].sumAlpha(pix, acc, weight)
		} else {
			s.spans[i].sumOpaque(pix, acc, weight)
		}
	}
}

func opaque(pix []byte) bool {
	for i := 3; i < len(pix); i += 4 {
		if pix[i] != 255 {
			return false
		}
	}
	return true
}

// premultiply turns the opaque sums so far into those of premultiplied colour.
func (s *shrinker) premultiply() {
	s.translucid = true
	for i := range s.spans {
		acc := s.acc[4*i:][:4:4]
		acc[0], acc[1], acc[2] = acc[0]*255, acc[1]*255, acc[2]*255
		acc[3] = 255 * s.spans[i].weight * s.rowWeight
	}
}

func (sp *span) sumOpaque(pix []byte, acc []uint64, weight uint64) {
	p := pix[4*sp.from : 4*sp.to+4]
	r, g, b := uint64(p[0])*sp.first, uint64(p[1])*sp.first, uint64(p[2])*sp.first
	if n := len(p) - 4; n > 0 {
		var sr, sg, sb uint64
		for i := 4; i+3 < n; i += 4 {
			sr, sg, sb = sr+uint64(p[i]), sg+uint64(p[i+1]), sb+uint64(p[i+2])
		}
		last := p[n : n+4]
		r += sr<<8 + uint64(last[0])*sp.last
		g += sg<<8 + uint64(last[1])*sp.last
		b += sb<<8 + uint64(last[2])*sp.last
	}
	acc[0] += r * weight
	acc[1] += g * weight
	acc[2] += b * weight
}

func (sp *span) sumAlpha(pix []byte, acc []uint64, weight uint64) {
	p := pix[4*sp.from : 4*sp.to+4]
	for i := 0; i+3 < len(p); i += 4 {
		w := uint64(256)
		switch i {
		case 0:
			w = sp.first
		case len(p) - 4:
			w = sp.last
		}
		a := uint64(p[i+3]) * w * weight
		acc[0] += uint64(p[i]) * a
		acc[1] += uint64(p[i+1]) * a
		acc[2] += uint64(p[i+2]) * a
		acc[3] += a
	}
}

// flush writes the frame row in work and starts the next one.
func (s *shrinker) flush() {
	if s.outY < s.frame.Rect.Dy() {
		dst := s.frame.Pix[s.outY*s.frame.Stride:]
		for i := range s.spans {
			s.write(dst[4*i:][:4:4], s.acc[4*i:][:4:4], float64(s.spans[i].weight*s.rowWeight))
		}
	}
	clear(s.acc)
	s.rowWeight, s.translucid = 0, false
	s.outY++
}

func (s *shrinker) write(p []byte, acc []uint64, weight float64) {
	colour, alpha := weight, 255.0
	if s.translucid {
		colour, alpha = float64(acc[3]), float64(acc[3])/weight
	}
	if colour == 0 {
		return
	}
	inverse := 1 / colour
	p[0] = uint8(float64(acc[0])*inverse + 0.5)
	p[1] = uint8(float64(acc[1])*inverse + 0.5)
	p[2] = uint8(float64(acc[2])*inverse + 0.5)
	p[3] = uint8(alpha + 0.5)
}

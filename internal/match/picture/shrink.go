package picture

import "image"

// shrinker receives the rows of a picture from top to bottom and averages them
// into a frame of the same or a smaller size. A pixel that straddles a border
// counts on both sides by its share, in 1/256; transparent pixels lend no
// colour. Rows that never come leave the frame transparent.
//
// Rows are summed down first, column by column, and each row of the frame is
// then made of the columns' sums at once. All sums are whole numbers, so their
// order makes no difference.
type shrinker struct {
	frame     *image.NRGBA
	w, h      int // of the picture
	y         int // rows received
	spans     []span
	weights   []uint64  // the different weights of spans
	inverse   []float64 // 1 / (one of weights * rowWeight)
	widest    uint64    // of weights
	outY      int
	rowWeight uint64 // weight of the rows in work, 1/256

	// down has the sums of the columns, red and green in the lower and upper
	// half of a word, blue and alpha in those of the next, and zeros for one
	// column more. downWeight of rowWeight is in it, the rest in acc.
	down       []uint64
	downWeight uint64
	acc        []uint64 // four sums for each column of the frame; zero if nothing was spilt
	spilt      bool
	translucid bool // a row with transparency has come; sums are of colour times alpha
}

// span is what one column of the frame covers: pixel from with weight first,
// mids whole pixels, and another with weight last (1/256 each; 0: none). The
// order of its fields is known to the assembly.
type span struct {
	from, mids, first, last uint32
	class                   uint32 // index of its weight among the different ones
}

// shrinker makes a shrinker from the budget.
func (d *decoder) shrinker(frame *image.NRGBA, w, h int) (*shrinker, error) {
	if frame.Rect.Dx() != w || frame.Rect.Dy() != h {
		const cost = 80 // for each column, at most
		if err := d.take(cost * int64(w)); err != nil {
			return nil, err
		}
	}
	return newShrinker(frame, w, h), nil
}

// newShrinker makes a shrinker from w x h pixels to the size of frame.
func newShrinker(frame *image.NRGBA, w, h int) *shrinker {
	s := &shrinker{frame: frame, w: w, h: h}
	fw := frame.Rect.Dx()
	if fw == w && frame.Rect.Dy() == h {
		return s
	}
	s.acc = make([]uint64, 4*fw)
	s.down = make([]uint64, 2*w+2)
	s.spans = make([]span, fw)
	for i := range s.spans {
		var weight uint64
		s.spans[i], weight = newSpan(i, w, fw)
		s.spans[i].class = s.class(weight)
	}
	s.inverse = make([]float64, len(s.weights))
	return s
}

// restart begins another frame of the same size, when one is finished.
func (s *shrinker) restart(frame *image.NRGBA) { s.frame, s.y, s.outY = frame, 0, 0 }

// class returns the index of weight in weights; there are few different ones.
func (s *shrinker) class(weight uint64) uint32 {
	s.widest = max(s.widest, weight)
	for i, v := range s.weights {
		if v == weight {
			return uint32(i)
		}
	}
	s.weights = append(s.weights, weight)
	return uint32(len(s.weights) - 1)
}

// newSpan returns the part of n source pixels that cell i of m covers, and its
// weight.
func newSpan(i, n, m int) (span, uint64) {
	left, right := i*n, (i+1)*n // in units of 1/m pixel
	from, to := left/m, (right-1)/m
	if from == to {
		return span{from: uint32(from), first: 256}, 256
	}
	sp := span{
		from:  uint32(from),
		mids:  uint32(to - from - 1),
		first: uint32(((from+1)*m - left) * 256 / m),
		last:  uint32((right - to*m) * 256 / m),
	}
	weight := uint64(sp.first) + uint64(sp.last) + 256*uint64(sp.mids)
	if weight == 0 {
		sp.first, weight = 1, 1
	}
	return sp, weight
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
	const most = (1<<32 - 1) / (255 * 255) // that down can hold
	weight = max(weight, 1)
	pix = pix[:4*s.w]
	if !s.translucid && !opaque(pix) {
		s.premultiply()
	}
	if s.downWeight+weight > most {
		s.spill()
	}
	switch {
	case s.translucid:
		if s.downWeight == 0 {
			clear(s.down)
		}
		addTranslucent(s.down, pix, weight)
	case s.downWeight == 0:
		setRow(s.down, pix, weight)
	default:
		addRow(s.down, pix, weight)
	}
	s.downWeight += weight
	s.rowWeight += weight
}

// premultiply turns the opaque sums so far into those of premultiplied colour.
func (s *shrinker) premultiply() {
	s.spill()
	for i := 0; i < len(s.acc); i += 4 {
		acc := s.acc[i:][:4:4] // the sum of alpha is one already
		acc[0], acc[1], acc[2] = acc[0]*255, acc[1]*255, acc[2]*255
	}
	s.translucid = true
}

// spill moves the sums of the columns to acc.
func (s *shrinker) spill() {
	if s.downWeight == 0 {
		return
	}
	for i := range s.spans {
		acc := s.acc[4*i:][:4:4]
		sp := &s.spans[i]
		last := 2 * (sp.from + sp.mids)
		for k := 2 * sp.from; k <= last+2; k += 2 {
			weight := uint64(256)
			switch k {
			case 2 * sp.from:
				weight = uint64(sp.first)
			case last + 2:
				weight = uint64(sp.last)
			}
			rg, ba := s.down[k], s.down[k+1]
			acc[0] += rg & 0xffffffff * weight
			acc[1] += rg >> 32 * weight
			acc[2] += ba & 0xffffffff * weight
			acc[3] += ba >> 32 * weight
		}
	}
	s.downWeight, s.spilt = 0, true
}

// flush writes the frame row in work and starts the next one.
func (s *shrinker) flush() {
	if s.outY < s.frame.Rect.Dy() {
		for i, weight := range s.weights {
			s.inverse[i] = 1 / float64(weight*s.rowWeight)
		}
		dst := s.frame.Pix[s.outY*s.frame.Stride:][:4*len(s.spans)]
		if s.spilt || s.translucid || s.widest*s.rowWeight > (1<<31-1)/255 {
			s.spill()
			s.write(dst)
		} else {
			meanRow(dst, s.down, s.spans, s.inverse)
		}
	}
	if s.spilt {
		clear(s.acc)
	}
	s.rowWeight, s.downWeight, s.translucid, s.spilt = 0, 0, false, false
	s.outY++
}

// write makes a row of the frame of the sums in acc.
func (s *shrinker) write(dst []byte) {
	for i := range s.spans {
		p, acc := dst[4*i:][:4:4], s.acc[4*i:][:4:4]
		inverse, alpha := s.inverse[s.spans[i].class], 255.0
		if s.translucid {
			if acc[3] == 0 {
				continue
			}
			alpha = float64(acc[3]) / float64(s.weights[s.spans[i].class]*s.rowWeight)
			inverse = 1 / float64(acc[3])
		}
		p[0] = uint8(float64(acc[0])*inverse + 0.5)
		p[1] = uint8(float64(acc[1])*inverse + 0.5)
		p[2] = uint8(float64(acc[2])*inverse + 0.5)
		p[3] = uint8(alpha + 0.5)
	}
}

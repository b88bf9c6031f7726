package net

import (
	"fmt"
	"sync"
)

// Model is a network ready to run. It may be used by many goroutines at once.
type Model struct {
	channels int     // of the picture
	in, out  float32 // value of one unit of the picture and of the result
	slots    []slot
	ops      []op
	spare    sync.Pool // *work
}

// slot is where the result of an operation lies.
type slot struct {
	channels int  // as written in the file
	filled   int  // in memory
	rim      int  // that the convolutions reading it need
	most     int  // largest magnitude
	positive bool // never negative
	small    bool // it lies in bytes
}

// op is one operation: what it reads, where it writes, what it does.
type op struct {
	kind byte
	from int
	with int // second operand
	to   int
	conv *conv
	mix  [2]float32 // factors of a sum
	pool [2]int     // height and width of what becomes one pixel
}

// Kinds of operation.
const (
	kindConv = 1 + iota
	kindPool // greatest of neighbours
	kindMean // of the whole map
	kindSum  // of two maps, each times a factor
	kindJoin // channels of two maps one after the other
	kindGrow // every pixel becomes 2x2
)

// work is the memory of one run: a map for each slot.
type work struct {
	maps []*Map
	job  job
}

// InUnit is the value that one unit of the input picture stands for; OutUnit that of one unit of the result.
func (m *Model) InUnit() float32  { return m.in }
func (m *Model) OutUnit() float32 { return m.out }

// Picture makes an empty input of the network. It may be filled and run again and again.
func (m *Model) Picture(h, w int) *Map {
	return newMap(h, w, &m.slots[0])
}

// Resize makes p, a picture of this network that may be nil, one of another size. Its pixels are whatever they were: all
// channels of all must be written.
func (m *Model) Resize(p *Map, h, w int) *Map {
	if p == nil {
		return m.Picture(h, w)
	}
	p.resize(h, w)
	return p
}

// Run computes the network and hands the result to use, which must not keep it. It fails with ErrShape when the
// picture was not made by Picture or is smaller than the network's reach.
func (m *Model) Run(picture *Map, use func(*Map)) error {
	if s := &m.slots[0]; picture == nil || picture.C != s.filled || picture.rim != s.rim {
		return fmt.Errorf("%w: not made for this network", ErrShape)
	}
	w, _ := m.spare.Get().(*work)
	if w == nil {
		w = &work{maps: make([]*Map, len(m.slots))}
	}
	defer m.spare.Put(w)
	w.maps[0] = picture
	defer func() { w.maps[0], w.job = nil, job{} }()
	for i := range m.ops {
		if err := m.step(&m.ops[i], w); err != nil {
			return err
		}
	}
	use(w.maps[m.ops[len(m.ops)-1].to])
	return nil
}

// Floats runs the network and returns the result's channels at every pixel, as values.
func (m *Model) Floats(picture *Map) ([]float32, error) {
	var out []float32
	n := m.slots[m.ops[len(m.ops)-1].to].channels
	err := m.Run(picture, func(r *Map) {
		for y := range r.H {
			for x := range r.W {
				for _, v := range r.Pixel(y, x)[:n] {
					out = append(out, float32(v)*m.out)
				}
			}
		}
	})
	return out, err
}

// shape is the size of an operation's result.
func (o *op) shape(a, b *Map) (h, w int, ok bool) {
	switch o.kind {
	case kindConv:
		h, w = o.conv.shape(a)
	case kindPool:
		h, w = o.pooled(a)
	case kindMean:
		h, w = 1, 1
	case kindSum, kindJoin:
		h, w = a.H, a.W
		if b.H != h || b.W != w {
			return 0, 0, false
		}
	case kindGrow:
		h, w = 2*a.H, 2*a.W
	}
	return h, w, h > 0 && w > 0
}

func (m *Model) step(o *op, w *work) error {
	a, b := w.maps[o.from], w.maps[o.with]
	hh, ww, ok := o.shape(a, b)
	if !ok {
		return fmt.Errorf("%w: %dx%d is too small or does not fit", ErrShape, a.W, a.H)
	}
	s := &m.slots[o.to]
	to := w.maps[o.to]
	if to == nil {
		to = newMap(hh, ww, s)
		w.maps[o.to] = to
	} else if to.H != hh || to.W != ww {
		to.resize(hh, ww)
	}
	switch {
	case o.kind == kindConv:
		o.conv.run(&w.job, a, to)
	case s.small:
		compute(m, o, view[uint8]{a, a.bytes}, view[uint8]{b, b.bytes}, view[uint8]{to, to.bytes})
	default:
		compute(m, o, view[int16]{a, a.words}, view[int16]{b, b.words}, view[int16]{to, to.words})
	}
	return nil
}

// pooled is the size of a pooled map; a window of no size is the whole map.
func (o *op) pooled(a *Map) (h, w int) {
	if o.pool[0] == 0 {
		return 1, 1
	}
	return a.H / o.pool[0], a.W / o.pool[1]
}

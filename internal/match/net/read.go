package net

import (
	"encoding/binary"
	"fmt"
	"math"
)

// magic begins a file. Then, little-endian: channels and slots (16 bits each), units of input and result (float32),
// the number of operations (16 bits), and the operations. Slot 0 is the picture; every other slot is written once,
// before it is read.
const magic = "assay net 1\n"

// Limits of what is read: a damaged file must not ask for more.
const (
	mostSlots    = 256
	mostChannels = 1024
	mostWindow   = 64
	largest      = 32767
)

// Read reads a network. It fails with ErrCorrupt when the bytes are not one, or when a sum of its products could
// exceed 32 bits.
func Read(data []byte) (*Model, error) {
	r := &cursor{rest: data}
	if string(r.take(len(magic))) != magic {
		return nil, fmt.Errorf("%w: it begins differently", ErrCorrupt)
	}
	m := &Model{channels: r.uint16()}
	n := r.uint16()
	m.in, m.out = r.float(), r.float()
	if r.failed || m.channels < 1 || m.channels > mostChannels || n < 2 || n > mostSlots {
		return nil, fmt.Errorf("%w: impossible head", ErrCorrupt)
	}
	m.slots = make([]slot, 1, n)
	m.slots[0] = slot{channels: m.channels, filled: multiple(m.channels, 2), most: Most}
	for range r.uint16() {
		if err := m.readOp(r); err != nil {
			return nil, err
		}
	}
	if r.failed || len(r.rest) != 0 || len(m.slots) != n || len(m.ops) == 0 {
		return nil, fmt.Errorf("%w: it ends in the wrong place", ErrCorrupt)
	}
	if kernels.bytes.one != nil {
		m.shrink()
	}
	for i := range m.ops {
		if o := &m.ops[i]; o.kind == kindConv {
			o.conv.pack(&m.slots[o.from], &m.slots[o.to])
		}
	}
	return m, nil
}

// shrink finds the slots that can lie in bytes. The picture and the result stay in words, and so does what shares an
// operation with words, unless that is a convolution.
func (m *Model) shrink() {
	last := len(m.slots) - 1
	for i := range m.slots {
		s := &m.slots[i]
		s.small = i > 0 && i < last && s.positive && s.most <= mostByte
	}
	for changed := true; changed; {
		changed = false
		for i := range m.ops {
			o := &m.ops[i]
			from, with, to := &m.slots[o.from], &m.slots[o.with], &m.slots[o.to]
			if o.kind == kindConv {
				continue
			}
			if o.kind != kindSum && o.kind != kindJoin {
				with = from
			}
			if all := from.small && with.small && to.small; !all && (from.small || with.small || to.small) {
				from.small, with.small, to.small, changed = false, false, false, true
			}
		}
	}
	for i := range m.slots {
		if s := &m.slots[i]; s.small {
			s.filled = multiple(s.channels, 4)
		}
	}
}

// multiple is the least multiple of k that is not less than n.
func multiple(n, k int) int { return (n + k - 1) / k * k }

func (m *Model) readOp(r *cursor) error {
	o := op{kind: r.byte(), from: r.uint16(), with: r.uint16(), to: len(m.slots)}
	if r.failed || o.from >= o.to || o.with >= o.to || o.to == cap(m.slots) {
		return fmt.Errorf("%w: operation %d reads what is not there", ErrCorrupt, o.to)
	}
	from := &m.slots[o.from]
	s := slot{channels: from.channels, filled: from.filled, most: from.most, positive: from.positive}
	switch o.kind {
	case kindConv:
		s.channels, s.most = r.uint16(), r.uint16()
		if s.most < 1 || s.most > largest || s.channels < 1 || s.channels > mostChannels {
			return fmt.Errorf("%w: operation %d has impossible channels", ErrCorrupt, o.to)
		}
		s.filled = multiple(s.channels, lanes)
		var err error
		if o.conv, err = readConv(r, from, &s); err != nil {
			return fmt.Errorf("operation %d: %w", o.to, err)
		}
		from.rim = max(from.rim, o.conv.top, o.conv.left)
	case kindSum:
		s.most = r.uint16()
		s.positive = r.byte() != 0
		o.mix = [2]float32{r.float(), r.float()}
		if with := &m.slots[o.with]; with.channels != s.channels || with.filled != s.filled || s.most < 1 || s.most > largest {
			return fmt.Errorf("%w: operation %d adds what does not fit", ErrCorrupt, o.to)
		}
	case kindJoin:
		with := &m.slots[o.with]
		s.channels += with.channels
		s.filled, s.most = multiple(s.channels, 2), max(s.most, with.most)
		s.positive = s.positive && with.positive
	case kindPool:
		if o.pool = [2]int{int(r.byte()), int(r.byte())}; (o.pool[0] == 0) != (o.pool[1] == 0) {
			return fmt.Errorf("%w: operation %d pools nothing", ErrCorrupt, o.to)
		}
	case kindMean, kindGrow:
	default:
		return fmt.Errorf("%w: operation %d is of unknown kind %d", ErrCorrupt, o.to, o.kind)
	}
	m.slots = append(m.slots, s)
	m.ops = append(m.ops, o)
	return nil
}

// readConv reads window, steps and zeros around, each down and across, whether negative results become zero, then for each
// channel of the result its scale, its bias and its weights, ordered by row, column and channel of the window.
func readConv(r *cursor, from, to *slot) (*conv, error) {
	c := &conv{high: int(r.byte()), wide: int(r.byte()), down: int(r.byte()), on: int(r.byte()), top: int(r.byte()), left: int(r.byte())}
	to.positive = r.byte() != 0
	values := c.high * c.wide * from.channels
	if r.failed || c.high < 1 || c.wide < 1 || c.high > mostWindow || c.wide > mostWindow ||
		c.down < 1 || c.on < 1 || c.top >= c.high || c.left >= c.wide || to.channels*(values+8) > len(r.rest) {
		return nil, fmt.Errorf("%w: impossible window", ErrCorrupt)
	}
	if from.most > Most {
		return nil, fmt.Errorf("%w: it reads activations above %d", ErrCorrupt, Most)
	}
	c.blocks = make([]block, to.filled/lanes)
	for i := range c.blocks {
		b := &c.blocks[i]
		b.post.high = float32(to.most)
		b.post.low = -b.post.high
		if to.positive {
			b.post.low = 0
		}
	}
	for k := range to.channels {
		b, lane := &c.blocks[k/lanes], k%lanes
		b.post.scale[lane], b.post.bias[lane] = r.float(), r.float()
		weights, sum := r.take(values), 0
		for _, w := range weights {
			v := int(int8(w))
			sum += max(v, -v)
		}
		if sum*from.most > math.MaxInt32 {
			return nil, fmt.Errorf("%w: sums may overflow", ErrCorrupt)
		}
		c.raw = append(c.raw, weights...)
	}
	return c, nil
}

// cursor reads fields until the bytes run out; then it yields zeros and remembers the failure.
type cursor struct {
	rest   []byte
	failed bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.rest) {
		c.failed = true
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint16() int {
	if b := c.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

// float is a finite number.
func (c *cursor) float() float32 {
	b := c.take(4)
	if b == nil {
		return 0
	}
	v := math.Float32frombits(binary.LittleEndian.Uint32(b))
	if f := float64(v); math.IsNaN(f) || math.Abs(f) > 1e9 {
		c.failed = true
		return 0
	}
	return v
}

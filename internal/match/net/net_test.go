package net

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// file writes networks for the tests.
type file struct {
	b     []byte
	rng   *rand.Rand
	fixed *[2]float32 // scale and bias instead of drawn ones
}

func newFile(channels, slots int, rng *rand.Rand) *file {
	f := &file{b: []byte(magic), rng: rng}
	f.short(channels)
	f.short(slots)
	f.float(1)
	f.float(0.5)
	f.short(slots - 1)
	return f
}

func (f *file) short(n int)     { f.b = binary.LittleEndian.AppendUint16(f.b, uint16(n)) }
func (f *file) float(v float32) { f.b = binary.LittleEndian.AppendUint32(f.b, math.Float32bits(v)) }
func (f *file) op(kind byte, from, with int) {
	f.b = append(f.b, kind)
	f.short(from)
	f.short(with)
}

// layer is what the tests remember of a convolution, for a plain computation of the same.
type layer struct {
	in, out, high, wide, down, on, top, left int
	positive                                 bool
	most                                     int // Most if 0
	extreme                                  int // all weights, if not 0
	scale, bias                              []float32
	weights                                  []int8
}

func (f *file) conv(from int, l *layer) {
	f.op(kindConv, from, 0)
	f.short(l.out)
	if l.most == 0 {
		l.most = Most
	}
	f.short(l.most)
	f.b = append(f.b, byte(l.high), byte(l.wide), byte(l.down), byte(l.on), byte(l.top), byte(l.left))
	f.b = append(f.b, map[bool]byte{true: 1}[l.positive])
	n := l.high * l.wide * l.in
	for range l.out {
		l.scale = append(l.scale, f.rng.Float32()*0.02/float32(n))
		l.bias = append(l.bias, f.rng.Float32()*40-20)
		if f.fixed != nil {
			l.scale[len(l.scale)-1], l.bias[len(l.bias)-1] = f.fixed[0], f.fixed[1]
		}
		f.float(l.scale[len(l.scale)-1])
		f.float(l.bias[len(l.bias)-1])
		for range n {
			w := int8(f.rng.IntN(255) - 127)
			if l.extreme != 0 {
				w = int8(l.extreme)
			}
			l.weights = append(l.weights, w)
			f.b = append(f.b, byte(w))
		}
	}
}

// sum ends an operation that adds.
func (f *file) sum(most int, positive bool) {
	f.short(most)
	f.b = append(f.b, map[bool]byte{true: 1}[positive])
	f.float(1)
	f.float(0.5)
}

// computed is the layer computed in the plainest way, on values ordered by row, column, channel.
func (l *layer) computed(in []int16, h, w int) (out []int16, oh, ow int) {
	oh, ow = (h+2*l.top-l.high)/l.down+1, (w+2*l.left-l.wide)/l.on+1
	for y := range oh {
		for x := range ow {
			for k := range l.out {
				sum := int32(0)
				for i := range l.high * l.wide * l.in {
					yy, xx, c := y*l.down-l.top+i/l.in/l.wide, x*l.on-l.left+i/l.in%l.wide, i%l.in
					if yy >= 0 && xx >= 0 && yy < h && xx < w {
						sum += int32(in[(yy*w+xx)*l.in+c]) * int32(l.weights[k*l.high*l.wide*l.in+i])
					}
				}
				v := float32(float32(sum)*l.scale[k]) + l.bias[k]
				v = min(max(v, -float32(l.most)), float32(l.most))
				if l.positive {
					v = max(v, 0)
				}
				out = append(out, int16(math.RoundToEven(float64(v))))
			}
		}
	}
	return out, oh, ow
}

var layers = map[string]layer{
	"3x3":              {in: 7, out: 20, high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1, positive: true},
	"stride":           {in: 16, out: 32, high: 3, wide: 3, down: 2, on: 2, top: 1, left: 1},
	"wide":             {in: 3, out: 16, high: 1, wide: 5, down: 2, on: 1, top: 0, left: 2, positive: true},
	"point":            {in: 48, out: 5, high: 1, wide: 1, down: 1, on: 1},
	"dense":            {in: 4, out: 33, high: 9, wide: 13, down: 1, on: 1},
	"no rim, odd size": {in: 2, out: 16, high: 4, wide: 2, down: 3, on: 2},
}

// withKernels runs a test with every kernel this machine has.
func withKernels(t *testing.T, f func(t *testing.T)) {
	kept := kernels
	defer func() { kernels = kept }()
	for _, k := range available() {
		kernels = k
		t.Run(k.name, f)
	}
}

func TestConvolutions(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		for name, l := range layers {
			t.Run(name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				f := newFile(l.in, 2, rng)
				f.conv(0, &l)
				m, err := Read(f.b)
				if err != nil {
					t.Fatal(err)
				}
				h, w := 9, 13
				in, p := fillPicture(m, h, w, l.in, rng)
				want, oh, ow := l.computed(in, h, w)
				check(t, m, p, want, oh, ow, l.out)
			})
		}
	})
}

func fillPicture(m *Model, h, w, channels int, rng *rand.Rand) (in []int16, p *Map) {
	p = m.Picture(h, w)
	for y := range h {
		for x := range w {
			for c := range channels {
				v := int16(rng.IntN(2*Most+1) - Most)
				p.Pixel(y, x)[c] = v
				in = append(in, v)
			}
		}
	}
	return in, p
}

// graph is a network with every kind of operation.
func graph() []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	f := newFile(3, 12, rng)
	f.conv(0, &layer{in: 3, out: 16, high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1, positive: true}) // 1
	f.op(kindPool, 1, 0)                                                                                 // 2
	f.b = append(f.b, 2, 2)
	f.conv(2, &layer{in: 16, out: 16, high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1}) // 3
	f.op(kindSum, 3, 2)                                                                   // 4
	f.sum(Most, true)
	f.op(kindGrow, 4, 0)                                                                                 // 5
	f.op(kindJoin, 5, 1)                                                                                 // 6
	f.conv(6, &layer{in: 32, out: 9, high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1, positive: true}) // 7
	f.op(kindMean, 7, 0)                                                                                 // 8
	f.op(kindPool, 7, 0)                                                                                 // 9
	f.b = append(f.b, 0, 0)
	f.op(kindJoin, 8, 9)                                                 // 10
	f.conv(10, &layer{in: 18, out: 9, high: 1, wide: 1, down: 1, on: 1}) // 11
	return f.b
}

func TestKernelsAgreeOnAGraph(t *testing.T) {
	m, err := Read(graph())
	if err != nil {
		t.Fatal(err)
	}
	_, p := fillPicture(m, 22, 34, 3, rand.New(rand.NewPCG(5, 6)))
	var want []float32
	withKernels(t, func(t *testing.T) {
		got, err := m.Floats(p)
		if err != nil || len(got) != 9 {
			t.Fatal(len(got), err)
		}
		if want == nil {
			want = got
		}
		same := true
		for i := range got {
			same = same && got[i] == want[i]
		}
		if !same || got[0] == 0 && got[1] == 0 && got[2] == 0 {
			t.Errorf("got %v, the first kernel %v", got, want)
		}
	})
}

func TestRefusesPicturesThatDoNotFit(t *testing.T) {
	m, err := Read(graph())
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Map{
		"none": nil, "other channels": newMap(8, 8, &slot{filled: 16, rim: 1}), "no rim": newMap(8, 8, &slot{filled: 4}),
		"too small": m.Picture(1, 1), "odd, so that halves do not meet": m.Picture(9, 8),
	} {
		if _, err := m.Floats(p); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusesOverflow(t *testing.T) {
	f := newFile(1000, 2, rand.New(rand.NewPCG(1, 1)))
	f.conv(0, &layer{in: 1000, out: 1, high: 5, wide: 5, down: 1, on: 1})
	if _, err := Read(f.b); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}

// FuzzRead looks for files that are accepted and then break a run.
func FuzzRead(f *testing.F) {
	whole := graph()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		if len(m.ops) > 12 {
			return
		}
		grown := 0
		for _, o := range m.ops {
			if o.kind == kindGrow {
				grown++
			}
		}
		if grown < 4 {
			m.Floats(m.Picture(8, 6))
		}
	})
}

// BenchmarkConvolution measures 3x3 windows over 64 channels of words and of bytes.
func BenchmarkConvolution(b *testing.B) {
	const channels, side = 64, 24
	kept := kernels
	defer func() { kernels = kept }()
	for _, k := range available() {
		for _, most := range []int{Most, mostByte} {
			kernels = k
			f := newFile(2, 3, rand.New(rand.NewPCG(1, 1)))
			f.conv(0, &layer{in: 2, out: channels, high: 1, wide: 1, down: 1, on: 1, positive: true, most: most})
			f.conv(1, &layer{in: channels, out: channels, high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1, positive: true})
			m, err := Read(f.b)
			if err != nil {
				b.Fatal(err)
			}
			p := m.Picture(side, side)
			b.Run(fmt.Sprintf("%s/most %d", k.name, most), func(b *testing.B) {
				for b.Loop() {
					m.Run(p, func(*Map) {})
				}
				b.ReportMetric(side*side*channels*channels*9*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
			})
		}
	}
}

package net

import (
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// drawLayer draws a convolution of so many channels that gives something for pictures of every size.
func drawLayer(t *rapid.T, in, most int) layer {
	l := layer{
		in: in, out: rapid.IntRange(1, 70).Draw(t, "channels"), most: most, positive: most == mostByte,
		high: rapid.IntRange(1, 4).Draw(t, "high"), wide: rapid.IntRange(1, 5).Draw(t, "wide"),
		down: rapid.IntRange(1, 3).Draw(t, "down"), on: rapid.IntRange(1, 3).Draw(t, "on"),
		extreme: rapid.SampledFrom([]int{0, 0, 127, -127}).Draw(t, "weights"),
	}
	l.top, l.left = l.high/2, l.wide/2
	return l
}

// TestBytesAgreeWithThePlainestWay runs a picture through a layer whose activations fit bytes, one that reads and writes
// them, and one that reads them and writes words.
func TestBytesAgreeWithThePlainestWay(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
			channels := rapid.IntRange(1, 20).Draw(t, "channels of the picture")
			first := drawLayer(t, channels, mostByte)
			second := drawLayer(t, first.out, mostByte)
			third := drawLayer(t, second.out, largest)
			f := newFile(channels, 4, rng)
			for i, l := range []*layer{&first, &second, &third} {
				f.conv(i, l)
			}
			m, err := Read(f.b)
			if err != nil {
				t.Fatal(err)
			}
			if m.slots[1].small != (kernels.bytes.one != nil) || m.slots[2].small != m.slots[1].small || m.slots[3].small {
				t.Fatalf("wrong slots in bytes: %+v", m.slots)
			}
			h, w := rapid.IntRange(1, 25).Draw(t, "height"), rapid.IntRange(1, 40).Draw(t, "width")
			want, p := fillPicture(m, h, w, channels, rng)
			for _, l := range []*layer{&first, &second, &third} {
				want, h, w = l.computed(want, h, w)
			}
			check(t, m, p, want, h, w, third.out)
		})
	})
}

type failer interface{ Fatalf(string, ...any) }

// check runs m and compares the result.
func check(t failer, m *Model, p *Map, want []int16, h, w, channels int) {
	err := m.Run(p, func(r *Map) {
		if r.H != h || r.W != w {
			t.Fatalf("result is %dx%d, want %dx%d", r.W, r.H, w, h)
		}
		for i := range want {
			if got := r.Pixel(i/channels/w, i/channels%w)[i%channels]; got != want[i] {
				t.Fatalf("value %d is %d, want %d", i, got, want[i])
			}
		}
	})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
}

// TestExtremesOfBytesDoNotOverflow multiplies nothing but 255 by nothing but 127 or -127.
func TestExtremesOfBytesDoNotOverflow(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		for _, weight := range []int{127, -127} {
			rng := rand.New(rand.NewPCG(1, 2))
			full := layer{in: 2, out: 100, high: 1, wide: 1, down: 1, on: 1, most: mostByte, positive: true}
			all := layer{in: 100, out: 33, high: 5, wide: 5, down: 1, on: 1, most: largest, extreme: weight}
			f := newFile(2, 3, rng)
			f.fixed = &[2]float32{0, mostByte}
			f.conv(0, &full)
			f.fixed = &[2]float32{1.0 / 4096, 0}
			f.conv(1, &all)
			m, err := Read(f.b)
			if err != nil {
				t.Fatal(err)
			}
			in, p := fillPicture(m, 7, 11, 2, rng)
			mid, h, w := full.computed(in, 7, 11)
			want, h, w := all.computed(mid, h, w)
			if exact := 255 * weight * 2500 / 4096; int(want[0]) < exact-1 || int(want[0]) > exact+1 {
				t.Fatalf("%d, want %d", want[0], exact)
			}
			check(t, m, p, want, h, w, all.out)
		}
	})
}

// mixed is a network in which bytes meet words: of its positive slots some are joined with the picture's, some added to
// those of larger range.
func mixed() []byte {
	rng := rand.New(rand.NewPCG(7, 8))
	same := layer{high: 3, wide: 3, down: 1, on: 1, top: 1, left: 1, positive: true, most: mostByte}
	with := func(in, out int) *layer { l := same; l.in, l.out = in, out; return &l }
	f := newFile(3, 19, rng)
	f.conv(0, with(3, 20))                                                                              // 1
	f.op(kindJoin, 0, 1)                                                                                // 2: words, and so is 1
	f.conv(2, with(23, 9))                                                                              // 3
	f.conv(3, with(9, 9))                                                                               // 4
	f.op(kindSum, 3, 4)                                                                                 // 5
	f.sum(mostByte, true)                                                                               //
	f.op(kindJoin, 5, 5)                                                                                // 6
	f.op(kindPool, 6, 0)                                                                                // 7
	f.b = append(f.b, 2, 2)                                                                             //
	f.conv(7, with(18, 37))                                                                             // 8
	f.op(kindGrow, 8, 0)                                                                                // 9
	f.op(kindJoin, 9, 6)                                                                                // 10
	f.conv(10, with(55, 7))                                                                             // 11
	f.conv(11, with(7, 7))                                                                              // 12
	f.op(kindSum, 11, 12)                                                                               // 13
	f.sum(Most, true)                                                                                   //
	f.op(kindMean, 13, 0)                                                                               // 14
	f.conv(11, with(7, 7))                                                                              // 15
	f.op(kindMean, 15, 0)                                                                               // 16
	f.conv(16, &layer{in: 7, out: 7, high: 1, wide: 1, down: 1, on: 1, most: mostByte, positive: true}) // 17
	f.op(kindJoin, 14, 17)                                                                              // 18
	return f.b
}

// TestBytesChangeNothing compares networks with every kind of operation, in bytes where possible, with what words give.
func TestBytesChangeNothing(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {4, 6}, {6, 14}, {22, 34}} {
		var want []float32
		withKernels(t, func(t *testing.T) {
			m, err := Read(mixed())
			if err != nil {
				t.Fatal(err)
			}
			if kernels.bytes.one != nil {
				for i, small := range []bool{3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true, 10: true, 15: true, 16: true, 18: false} {
					if m.slots[i].small != small {
						t.Errorf("slot %d in bytes: %v", i, m.slots[i].small)
					}
				}
			}
			_, p := fillPicture(m, size[0], size[1], 3, rand.New(rand.NewPCG(5, 6)))
			got, err := m.Floats(p)
			if err != nil || len(got) != 14 {
				t.Fatal(len(got), err)
			}
			if want == nil {
				want = got
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("got %v, the first kernel %v", got, want)
				}
			}
		})
	}
}

func TestRefusesOverflowOfBytes(t *testing.T) {
	f := newFile(1, 3, rand.New(rand.NewPCG(1, 1)))
	f.conv(0, &layer{in: 1, out: 1000, high: 1, wide: 1, down: 1, on: 1, most: mostByte, positive: true})
	f.conv(1, &layer{in: 1000, out: 1, high: 9, wide: 9, down: 1, on: 1, extreme: 127})
	if _, err := Read(f.b); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}

package keypoint

import (
	"encoding/binary"
	"image"
	"math"
	"math/bits"
	"os"
	"testing"

	"assay/internal/match/net"
)

// fillWith sets the first channels of a picture from bytes.
func fillWith(p *net.Map, data []byte, channels int) {
	for y := range p.H {
		for x := range p.W {
			for k := range channels {
				p.Pixel(y, x)[k] = int16(int8(data[(y*p.W+x)*channels+k]))
			}
		}
	}
}

// trainingError is how far an answer computed by training/net in the same whole numbers may be from ours: there sums are
// scaled in another order, and a few are rounded to the neighbouring number.
const trainingError = 0.002

// TestFinderAgreesWithTraining reads a field and what the network said of it where it was trained.
func TestFinderAgreesWithTraining(t *testing.T) {
	const side, seen, channels = 128, 20, 6
	data, err := os.ReadFile("testdata/finder.bin")
	if err != nil {
		t.Fatal(err)
	}
	in := finder.Picture(side, side)
	fillWith(in, data, 3)
	data = data[side*side*3:]
	must(finder.Run(in, func(m *net.Map) {
		best := -100.0
		for y := range seen {
			for x := range seen {
				for k := range channels {
					want := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*((y*seen+x)*channels+k):])))
					got := float64(m.Pixel(y, x)[k]) * float64(finder.OutUnit())
					if math.Abs(got-want) > trainingError {
						t.Fatalf("place %d,%d number %d: %.3f, want %.3f", x, y, k, got, want)
					}
					if k == 0 {
						best = max(best, got)
					}
				}
			}
		}
		if best < -2 {
			t.Errorf("nothing like a mark in the sample: %.2f", best)
		}
	}))
}

// TestCoderAgreesWithTraining does the same for the codes of two windows.
func TestCoderAgreesWithTraining(t *testing.T) {
	const window = windowHigh * windowWide * 3
	data, err := os.ReadFile("testdata/coder.bin")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; len(data) >= window+signatureBits/8; n++ {
		in, all := coder.Picture(windowHigh, windowWide), signer.Picture(bodyHigh, bodyWide)
		fillWith(in, data, 3)
		must(coder.Run(in, func(m *net.Map) {
			for y := range bodyHigh {
				copy(all.Row(y), m.Row(y))
			}
		}))
		must(signer.Run(all, func(m *net.Map) {
			off := 0
			for i, b := range data[window : window+signatureBits/8] {
				var got byte
				for k, v := range m.Pixel(0, 0)[8*i : 8*i+8] {
					if v > 0 {
						got |= 1 << k
					}
				}
				off += bits.OnesCount8(got ^ b)
			}
			if off > 0 {
				t.Errorf("window %d: %d of %d bits differ", n, off, signatureBits)
			}
		}))
		data = data[window+signatureBits/8:]
	}
	if n != 2 {
		t.Errorf("%d windows", n)
	}
}

// TestFramerAgreesWithTraining does the same for what the framer says of two windows.
func TestFramerAgreesWithTraining(t *testing.T) {
	const window, numbers = windowHigh * windowWide * 3, 6
	data, err := os.ReadFile("testdata/framer.bin")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; len(data) >= window+4*numbers; n++ {
		in, all := framer.Picture(windowHigh, windowWide), mover.Picture(bodyHigh, bodyWide)
		fillWith(in, data, 3)
		must(framer.Run(in, func(m *net.Map) {
			for y := range bodyHigh {
				copy(all.Row(y), m.Row(y))
			}
		}))
		must(mover.Run(all, func(m *net.Map) {
			for k := range numbers {
				want := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[window+4*k:])))
				if got := float64(m.Pixel(0, 0)[k]) * float64(mover.OutUnit()); math.Abs(got-want) > trainingError {
					t.Errorf("window %d number %d: %.3f, want %.3f", n, k, got, want)
				}
			}
		}))
		data = data[window+4*numbers:]
	}
	if n != 2 {
		t.Errorf("%d windows", n)
	}
}

// TestBoxHoldsTheMark lays a mark on a picture, turned, and wants its own position back from the box it lies in.
func TestBoxHoldsTheMark(t *testing.T) {
	d, err := Describe(drawMark(3, 400, 160), Mark)
	if err != nil {
		t.Fatal(err)
	}
	want := anchored(200, 80, 330, 350, 0.6, 0.2, false)
	own := d.template.box()
	x, y := want.apply(own.x, own.y)
	b := box{x: x, y: y, w: own.w * 0.6, h: own.h * 0.6, turn: 0.2}
	got := d.template.inBox(&b, b.turn)
	for _, p := range []image.Point{{}, {400, 0}, {400, 160}, {0, 160}} {
		u, v := want.apply(float64(p.X), float64(p.Y))
		if x, y := got.apply(float64(p.X), float64(p.Y)); math.Hypot(x-u, y-v) > 1e-6 {
			t.Errorf("corner %v lies at %.1f,%.1f, want %.1f,%.1f", p, x, y, u, v)
		}
	}
}

// TestSignatureOutlivesColour signs a mark in its place on a busy picture, in other colours and a little turned. All
// these marks have one layout, so some may be nearer; most must not.
func TestSignatureOutlivesColour(t *testing.T) {
	picture := drawPhoto(5, 700, 700)
	paste(picture, drawMark(3, 400, 160), 330, 350, 0.6, 0.05, nil)
	q := newQuery(picture, [Mark + 1]bool{Mark: true})
	defer q.release()
	at := anchored(200, 80, 330, 350, 0.6, 0.05, false)
	unlike := map[uint64]float64{}
	for seed := range uint64(12) {
		d, err := Describe(drawMark(seed, 400, 160), Mark)
		if err != nil {
			t.Fatal(err)
		}
		seen := q.sign([]sight{d.template.under(&at)})
		unlike[seed] = float64(seen[0].distance(&d.template.on[0].code)) / signatureBits
	}
	nearer := 0
	for _, u := range unlike {
		if u < unlike[3] {
			nearer++
		}
	}
	if unlike[3] > 0.25 || nearer > 3 {
		t.Errorf("%d of %d marks are nearer: %v", nearer, len(unlike), unlike)
	}
}

package keypoint

import (
	_ "embed"
	"math"
	"math/bits"

	"assay/internal/match/net"
)

// The coder is a small network, trained on drawn pictures (training/marks), that turns what lies in a box into a code:
// codes of one mark differ in few bits, whatever its colours, its background and small turns, those of others in half.

// It has two parts: one sees a window, the other makes codes of what that says of many windows side by side.

//go:embed coder.net
var coderFile []byte

//go:embed signer.net
var signerFile []byte

var coder, signer = mustRead(coderFile), mustRead(signerFile)

// A box is looked at through a window of this many points, of which it fills a share each way.
const (
	windowWide = 96
	windowHigh = 48
	windowFill = 0.82
)

// windowSide is the side of a square box that is seen point by pixel.
var windowSide = math.Sqrt(windowWide*windowHigh) * windowFill

// signature is the code of a mark on one of its backdrops, or of a box.
type signature [8]uint64

const signatureBits = 512

func (s *signature) distance(o *signature) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] ^ o[i])
	}
	return n
}

// look fills a window; the reader leads from its points to the field.
func (r *reader) look(energy *plane, in *net.Map) {
	for y := range windowHigh {
		row := in.Row(y)
		for x := range windowWide {
			var p [overParts]int8
			r.sample(float32(x)+0.5, float32(y)+0.5, energy, p[:])
			to := row[x*in.C : x*in.C+3 : x*in.C+3]
			to[0], to[1], to[2] = int16(p[overEnergy]), int16(p[overQuery]), int16(p[overQuery+1])
		}
	}
}

// What the coder says of a window.
const (
	coderWide = windowWide / 8
	coderHigh = windowHigh / 8
)

// sight is a place to be looked at: where the points of its window lie in the query, and by how much what is expected
// there is turned.
type sight struct {
	window affine
	turned float64
}

// sign looks at places of the query, each at the scale that shows it at the size of the window.
func (q *query) sign(places []sight) []signature {
	if len(places) == 0 {
		return nil
	}
	in, all := coder.Picture(windowHigh, windowWide), signer.Picture(coderHigh, coderWide*len(places))
	for i := range places {
		r, energy := q.sight(&places[i])
		r.look(energy, in)
		must(coder.Run(in, func(m *net.Map) {
			for y := range coderHigh {
				copy(all.Row(y)[i*coderWide*m.C:], m.Row(y))
			}
		}))
	}
	out := make([]signature, len(places))
	must(signer.Run(all, func(m *net.Map) {
		for i := range out {
			for k, v := range m.Pixel(0, i)[:signatureBits] {
				if v > 0 {
					out[i][k/64] |= 1 << (k % 64)
				}
			}
		}
	}))
	return out
}

// must holds that the pictures were made for their network.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// sight is the reader of a place.
func (q *query) sight(p *sight) (reader, *plane) {
	best := 0
	for i, s := range q.scales {
		if s*p.window.scale() >= 0.89 {
			best = i
		}
	}
	f := fitting{q: q}
	r := f.read(&p.window, best)
	sin, cos := math.Sincos(-2 * p.turned)
	r.sin, r.cos = float32(sin), float32(cos)
	return r, &q.fields[best].energy
}

// window is the map from the points of a window to a box, with its turn.
func (b *box) window() affine {
	sin, cos := math.Sincos(b.turn)
	sx, sy := b.w/(windowWide*windowFill), b.h/(windowHigh*windowFill)
	t := affine{a: cos * sx, b: -sin * sy, d: sin * sx, e: cos * sy}
	t.c = b.x - t.a*windowWide/2 - t.b*windowHigh/2
	t.f = b.y - t.d*windowWide/2 - t.e*windowHigh/2
	return t
}

// signature is the code of the mark by itself.
func (c *cutout) signature(backdrop uint8) signature {
	r := c.render(c.side(windowSide, math.Inf(1)), 0, backdrop)
	smooth := r.colour.each(plane.smooth)
	f := newField(smooth)
	smooth.release()
	defer f.release()
	k := r.pose.scale()
	b := box{x: float64(f.w) / 2, y: float64(f.h) / 2, w: k * float64(c.alpha.w), h: k * float64(c.alpha.h)}
	q := query{w: f.w, h: f.h, fields: []*field{f}, scales: []float64{1}}
	return q.sign([]sight{{window: b.window()}})[0]
}

package keypoint

import (
	_ "embed"
	"math"
	"math/bits"
)

// The coder is a small network, trained on drawn pictures (training/marks), that turns what lies in a box into a code:
// codes of one mark differ in few bits, whatever its colours, its background and small turns, those of others in half.

//go:embed coder.net
var coderFile []byte

//go:embed signer.net
var signerFile []byte

var coder, signer = mustRead(coderFile), mustRead(signerFile)

// coderFill is the share of its window that a box fills each way.
const coderFill = 0.82

// coderSide is the side of a square box that the coder sees point by pixel.
var coderSide = math.Sqrt(windowWide*windowHigh) * coderFill

// signature is the code of a mark on one of its backdrops, or of a box.
type signature [8]uint64

const signatureBits = 512

func (s *signature) distance(o *signature) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] ^ o[i])
	}
	return n
}

// sign looks at places of the query through the window of the coder.
func (q *query) sign(places []sight) []signature {
	out := make([]signature, len(places))
	q.watch(coder, signer, places, func(i int, said []int16) {
		for k, v := range said[:signatureBits] {
			if v > 0 {
				out[i][k/64] |= 1 << (k % 64)
			}
		}
	})
	return out
}

// signature is the code of the mark by itself.
func (c *cutout) signature(backdrop uint8) signature {
	r := c.render(c.side(coderSide, math.Inf(1)), 0, backdrop)
	smooth := r.colour.each(plane.smooth)
	f := newField(smooth)
	smooth.release()
	defer f.release()
	k := r.pose.scale()
	b := box{x: float64(f.w) / 2, y: float64(f.h) / 2, w: k * float64(c.alpha.w), h: k * float64(c.alpha.h)}
	q := query{w: f.w, h: f.h, fields: []*field{f}, scales: []float64{1}}
	return q.sign([]sight{{window: b.window(coderFill)}})[0]
}

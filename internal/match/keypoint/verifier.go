package keypoint

import (
	_ "embed"
	"math"

	"assay/internal/match/net"
)

// The verifier is a small convolutional network, trained on pairs that this package proposed in drawn pictures
// (training/marks), right ones and wrong ones. It looks at a mark's template and the query under it and says whether
// the mark is there. It is what tells a badge from one with the same drawing and other words.

//go:embed verifier.net
var verifierFile []byte

var verifier = mustRead(verifierFile)

// mustRead reads a network that was built in.
func mustRead(file []byte) *net.Model {
	m, err := net.Read(file)
	if err != nil {
		panic(err)
	}
	return m
}

// verify is how sure the network is, as the logarithm of the odds among the pairs it was trained on. scale is how many
// pixels of the query one of the template covers.
func (o *overlay) verify(scale float64) float64 {
	in := verifier.Picture(o.h, o.w)
	size := int16(min(max(math.RoundToEven(16*math.Log2(max(scale, 1e-3))), -64), 64))
	for y := range o.h {
		row := in.Row(y)
		for x := range o.w {
			o.fill(row[x*in.C:(x+1)*in.C:(x+1)*in.C], (y*o.w+x)*overParts, size)
		}
	}
	out, err := verifier.Floats(in)
	if err != nil {
		panic(err) // the network takes every size of template
	}
	return float64(out[0])
}

// fill writes the ten channels of a pixel: both directions, the query's strength, how far they agree and cross, the
// two flags, and the size.
func (o *overlay) fill(to []int16, at int, size int16) {
	p := o.pix[at : at+overParts : at+overParts]
	tx, ty, qx, qy := int(p[overMark]), int(p[overMark+1]), int(p[overQuery]), int(p[overQuery+1])
	to[0], to[1], to[2], to[3], to[4] = int16(tx), int16(ty), int16(qx), int16(qy), int16(p[overEnergy])
	to[5] = int16(min(max((tx*qx+ty*qy)>>6, -255), 255))
	to[6] = int16(min(max((tx*qy-ty*qx)>>6, -255), 255))
	to[7] = int16(p[overPlace]&overInMask) * 64
	to[8] = int16(p[overPlace]&overInside) * 32
	to[9] = size
}

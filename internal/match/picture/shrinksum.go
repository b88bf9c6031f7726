package picture

import "encoding/binary"

// The sums of a shrinker. Two channels share a word, 32 bits each, so that one
// multiplication serves both.
var (
	setRow  = setRowGeneric
	addRow  = addRowGeneric
	meanRow = meanRowGeneric
	opaque  = opaqueGeneric
)

// channelPairs spreads a pixel in memory order over two words.
func channelPairs(p uint32) (redGreen, blueAlpha uint64) {
	return uint64(p)&0xff | uint64(p)&0xff00<<24, uint64(p)>>16&0xff | uint64(p)>>24<<32
}

// setRowGeneric writes the pixels times weight to down, addRowGeneric adds them.
func setRowGeneric(down []uint64, pix []byte, weight uint64) {
	for i := 0; i+4 <= len(pix) && len(down) >= 2; i += 4 {
		rg, ba := channelPairs(binary.LittleEndian.Uint32(pix[i:]))
		down[0], down[1] = rg*weight, ba*weight
		down = down[2:]
	}
}

func addRowGeneric(down []uint64, pix []byte, weight uint64) {
	for i := 0; i+4 <= len(pix) && len(down) >= 2; i += 4 {
		rg, ba := channelPairs(binary.LittleEndian.Uint32(pix[i:]))
		down[0] += rg * weight
		down[1] += ba * weight
		down = down[2:]
	}
}

// addTranslucent adds the pixels' colours times alpha and weight, and alpha
// times weight.
func addTranslucent(down []uint64, pix []byte, weight uint64) {
	for i := 0; i+4 <= len(pix) && len(down) >= 2; i += 4 {
		p := binary.LittleEndian.Uint32(pix[i:])
		alpha := uint64(p >> 24)
		rg, b := channelPairs(p & 0xffffff)
		down[0] += rg * (alpha * weight)
		down[1] += b*(alpha*weight) + alpha*weight<<32
		down = down[2:]
	}
}

// meanRowGeneric writes opaque pixels: each span's mean of down, by the inverse
// of its weight. No sum may exceed 31 bits.
func meanRowGeneric(dst []byte, down []uint64, spans []span, inverse []float64) {
	for i := range spans {
		sp := &spans[i]
		d := down[2*sp.from:][:2*sp.mids+4]
		rg, ba := d[0]*uint64(sp.first), d[1]*uint64(sp.first)
		var midRG, midBA uint64
		for d = d[2:]; len(d) > 2; d = d[2:] {
			midRG, midBA = midRG+d[0], midBA+d[1]
		}
		rg += midRG<<8 + d[0]*uint64(sp.last)
		ba += midBA<<8 + d[1]*uint64(sp.last)
		by := inverse[sp.class]
		r, g := uint32(float64(float64(uint32(rg))*by)+0.5), uint32(float64(float64(uint32(rg>>32))*by)+0.5)
		b := uint32(float64(float64(uint32(ba))*by) + 0.5)
		binary.LittleEndian.PutUint32(dst[4*i:], r|g<<8|b<<16|0xff<<24)
	}
}

// opaqueGeneric says whether no pixel lets anything through.
func opaqueGeneric(pix []byte) bool {
	all := ^uint64(0)
	for ; len(pix) >= 8; pix = pix[8:] {
		all &= binary.LittleEndian.Uint64(pix)
	}
	return all|^uint64(0xff<<24|0xff<<56) == ^uint64(0) && (len(pix) < 4 || pix[3] == 255)
}

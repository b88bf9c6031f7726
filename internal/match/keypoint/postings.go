package keypoint

import (
	"math/bits"
	"slices"
)

// The inverted file. A code's key is made of its first tests under each symmetry; all features with one key
// are a list. A query looks into its own list and those of the keys it might have had, least certain tests
// first (multi-probe, Lv et al. 2007). Nothing is trained, so the file grows and shrinks without a rebuild.
const (
	keyBits  = 5           // tests a word
	keyWidth = 4 * keyBits // bits of a key
	keyMask  = 1<<keyBits - 1
)

type posting struct {
	sign [2]uint32 // first word of the code, lower half first; together they need no padding
	ref  uint32    // asset and feature
}

// A reference holds a feature in its lower bits and the slot of its asset above.
const (
	featureBits = 12
	mostSlots   = 1 << (32 - featureBits)
)

func newPosting(asset uint32, feature int, c *code) posting {
	return posting{[2]uint32{uint32(c[0]), uint32(c[0] >> 32)}, asset<<featureBits | uint32(feature)}
}

func (p *posting) word() uint64    { return uint64(p.sign[0]) | uint64(p.sign[1])<<32 }
func (p *posting) asset() uint32   { return p.ref >> featureBits }
func (p *posting) feature() uint16 { return uint16(p.ref & (1<<featureBits - 1)) }

type postings struct{ lists [1 << keyWidth][]posting }

func (c *code) key() uint32 {
	return uint32(c[0]&keyMask | c[1]&keyMask<<keyBits | c[2]&keyMask<<(2*keyBits) | c[3]&keyMask<<(3*keyBits))
}

func (p *postings) add(asset uint32, all []stored) {
	for i := range all {
		l := &p.lists[all[i].code.key()]
		if len(*l) == cap(*l) { // most lists are short: doubling would waste a third of the file
			*l = append(make([]posting, 0, len(*l)+len(*l)/4+2), *l...)
		}
		*l = append(*l, newPosting(asset, i, &all[i].code))
	}
}

func (p *postings) remove(asset uint32, all []stored) {
	for i := range all {
		l := &p.lists[all[i].code.key()]
		*l = slices.DeleteFunc(*l, func(q posting) bool { return q.asset() == asset })
	}
}

// probes are the sets of doubtful tests to flip, as bits over the least certain ones, ordered by the sum of their
// ranks, which stands for how likely each set is.
var probes = [...]uint8{0, 1, 2, 4, 3, 8, 5, 16, 6, 9, 32, 10, 17, 7, 64, 12,
	18, 33, 11, 128, 20, 34, 65, 13, 19, 24, 36, 66, 129, 14, 21, 35}

const doubts = 8

// keys fills out with the keys to look into for a reading of a feature, likeliest first.
func keys(c *code, margin *[keyWidth]uint8, out []uint32) {
	var doubt [doubts]uint32 // margin<<8 | bit, ascending
	for i := range doubt {
		doubt[i] = 1 << 30
	}
	for bit, m := range margin {
		v := uint32(m)<<8 | uint32(bit)
		for i := range doubt {
			if v < doubt[i] {
				v, doubt[i] = doubt[i], v
			}
		}
	}
	key := c.key()
	for i := range out {
		k := key
		for s := probes[i]; s != 0; s &= s - 1 {
			k ^= 1 << (doubt[bits.TrailingZeros8(s)] & 255)
		}
		out[i] = k
	}
}

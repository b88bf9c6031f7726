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
	sign    uint64 // first word of the code
	asset   uint32
	feature uint16
}

type postings struct{ lists [1 << keyWidth][]posting }

func (c *code) key() uint32 {
	return uint32(c[0]&keyMask | c[1]&keyMask<<keyBits | c[2]&keyMask<<(2*keyBits) | c[3]&keyMask<<(3*keyBits))
}

func (p *postings) add(asset uint32, all []stored) {
	for i := range all {
		l := &p.lists[all[i].code.key()]
		*l = append(*l, posting{all[i].code[0], asset, uint16(i)})
	}
}

func (p *postings) remove(asset uint32, all []stored) {
	for i := range all {
		l := &p.lists[all[i].code.key()]
		*l = slices.DeleteFunc(*l, func(q posting) bool { return q.asset == asset })
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

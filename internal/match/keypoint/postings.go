package keypoint

import (
	"math"
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

// The lists of neighbouring keys lie one behind the other without gaps, as most are short: a list of its own would cost
// more than what it holds. First words and references are apart, so that words are compared eight at a time.
const (
	segmentBits  = 6 // keys of a segment
	segmentLists = 1 << segmentBits
	segmentCount = 1 << (keyWidth - segmentBits)
)

type segment struct {
	ends  [segmentLists]uint32 // of each list
	signs []uint64             // first words of the codes
	refs  []uint32             // assets and features
}

// A reference holds a feature in its lower bits and the slot of its asset above.
const (
	featureBits = 12
	mostSlots   = 1 << (32 - featureBits)
)

func reference(asset uint32, feature int) uint32 { return asset<<featureBits | uint32(feature) }

func assetOf(ref uint32) uint32   { return ref >> featureBits }
func featureOf(ref uint32) uint16 { return uint16(ref & (1<<featureBits - 1)) }

type postings struct {
	segments [segmentCount]segment
	lengths  [1 << keyWidth]uint16 // of the lists; the greatest stands for more as well
}

// posting is a feature on its way into the file.
type posting struct {
	sign     uint64
	key, ref uint32
}

func (c *code) key() uint32 {
	return uint32(c[0]&keyMask | c[1]&keyMask<<keyBits | c[2]&keyMask<<(2*keyBits) | c[3]&keyMask<<(3*keyBits))
}

// postingsOf appends what the file keeps of an asset.
func postingsOf(out []posting, asset uint32, all []stored) []posting {
	for i := range all {
		c := &all[i].code
		out = append(out, posting{c[0], c.key(), reference(asset, i)})
	}
	return out
}

// list gives the first words and references of the features with a key.
func (p *postings) list(key uint32) (signs []uint64, refs []uint32) {
	s := &p.segments[key>>segmentBits]
	from, to := s.bounds(key)
	return s.signs[from:to], s.refs[from:to]
}

func (s *segment) bounds(key uint32) (from, to uint32) {
	l := key & (segmentLists - 1)
	if l > 0 {
		from = s.ends[l-1]
	}
	return from, s.ends[l]
}

// add takes in the features of one or many assets, in the order given within each list. The batch is sorted.
func (p *postings) add(batch []posting) {
	batch = byKey(batch)
	for len(batch) > 0 {
		at, n := batch[0].key>>segmentBits, 1
		for n < len(batch) && batch[n].key>>segmentBits == at {
			n++
		}
		p.segments[at].insert(batch[:n])
		for i := range batch[:n] {
			p.measure(batch[i].key)
		}
		batch = batch[n:]
	}
}

func (p *postings) measure(key uint32) {
	from, to := p.segments[key>>segmentBits].bounds(key)
	p.lengths[key] = uint16(min(to-from, math.MaxUint16))
}

// byKey sorts by key and keeps the order of equal ones.
func byKey(batch []posting) []posting {
	if len(batch) < 1<<12 {
		slices.SortStableFunc(batch, func(a, b posting) int { return int(a.key) - int(b.key) })
		return batch
	}
	other := make([]posting, len(batch))
	for shift := 0; shift < keyWidth; shift += keyWidth / 2 {
		const digits = 1 << (keyWidth / 2)
		var at [digits + 1]int
		for i := range batch {
			at[batch[i].key>>shift&(digits-1)+1]++
		}
		for d := range digits {
			at[d+1] += at[d]
		}
		for i := range batch {
			d := batch[i].key >> shift & (digits - 1)
			other[at[d]] = batch[i]
			at[d]++
		}
		batch, other = other, batch
	}
	return batch
}

// insert puts sorted postings at the ends of their lists, the last list first, so that each entry moves once.
func (s *segment) insert(batch []posting) {
	s.grow(len(batch))
	more := uint32(len(batch))
	for l := segmentLists - 1; more > 0; l-- {
		from, to := s.bounds(uint32(l))
		before := more // postings of the lists before this one
		for before > 0 && batch[before-1].key&(segmentLists-1) == uint32(l) {
			before--
		}
		for i := before; i < more; i++ {
			s.signs[to+i], s.refs[to+i] = batch[i].sign, batch[i].ref
		}
		s.ends[l] = to + more
		if before > 0 {
			copy(s.signs[from+before:to+before], s.signs[from:to])
			copy(s.refs[from+before:to+before], s.refs[from:to])
		}
		more = before
	}
}

// grow makes room for n entries more, and a sixteenth beyond when the file must be moved.
func (s *segment) grow(n int) {
	want := len(s.refs) + n
	if want > cap(s.signs) {
		s.signs = append(make([]uint64, 0, want+want/16), s.signs...)
	}
	if want > cap(s.refs) {
		s.refs = append(make([]uint32, 0, want+want/16), s.refs...)
	}
	s.signs, s.refs = s.signs[:want], s.refs[:want]
}

// remove forgets the features of an asset, whose keys are given.
func (p *postings) remove(asset uint32, keys []uint32) {
	for _, key := range keys {
		s := &p.segments[key>>segmentBits]
		from, end := s.bounds(key)
		kept := from
		for i := from; i < end; i++ {
			if assetOf(s.refs[i]) != asset {
				s.refs[kept], s.signs[kept] = s.refs[i], s.signs[i]
				kept++
			}
		}
		gone := end - kept
		if gone == 0 {
			continue // the same key twice
		}
		s.refs = slices.Delete(s.refs, int(kept), int(end))
		s.signs = slices.Delete(s.signs, int(kept), int(end))
		for l := key & (segmentLists - 1); l < segmentLists; l++ {
			s.ends[l] -= gone
		}
		p.measure(key)
	}
}

// probes are the sets of doubtful tests to flip, as bits over the least certain ones, ordered by the sum of their
// ranks, which stands for how likely each set is.
var probes = [...]uint8{0, 1, 2, 4, 3, 8, 5, 16, 6, 9, 32, 10, 17, 7, 64, 12,
	18, 33, 11, 128, 20, 34, 65, 13, 19, 24, 36, 66, 129, 14, 21, 35}

const doubts = 8

// flips fills out with the bits by which the keys to look into differ from a feature's own, likeliest first.
func flips(margin *[keyWidth]uint8, out []uint32) {
	var doubt [doubts]uint32 // margin<<8 | bit, ascending
	for i := range doubt {
		doubt[i] = 1 << 30
	}
	for bit, m := range margin {
		v := uint32(m)<<8 | uint32(bit)
		for i, d := range &doubt { // without branches: half of them would be foretold wrongly
			doubt[i], v = min(d, v), max(d, v)
		}
	}
	for i := range out {
		var k uint32
		for s := probes[i]; s != 0; s &= s - 1 {
			k ^= 1 << (doubt[bits.TrailingZeros8(s)] & 255)
		}
		out[i] = k
	}
}

// flippedKey is the key of the mirrored code for that of a code: the words change places in pairs.
func flippedKey(key uint32) uint32 {
	const even = keyMask | keyMask<<(2*keyBits)
	return key&even<<keyBits | key>>keyBits&even
}

package lexicon

import (
	"math/bits"
	"strings"
)

// nearby finds names that are written almost right: one letter wrong, missing,
// added or swapped, one or two letters masked, or spelled by ear. It keeps a
// hash for every registered name with a hole at each place (the deletion
// neighbourhood of Bocek et al. 2007, with the place kept): a text that agrees
// on both sides of the hole is a candidate. A bit filter in front answers most
// probes. Everything found is verified afterwards. Immutable.
type nearby struct {
	filter []uint64 // one word per probe, two bits
	slots  []uint64 // upper half of the hash, then pattern+1
	keys   []uint64 // while building
	ids    []int32
}

// Salts keep the kinds of keys apart.
const (
	saltHole   = 0x9E3779B97F4A7C15
	saltWhole  = 0xC2B2AE3D27D4EB4F
	saltSound  = 0x165667B19E3779F9
	rollFactor = 0x100000001B3*2 + 1
)

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 29
	return h * 0x9FB21C651E98DF25
}

func holeKey(prefix, suffix uint64) uint64 {
	return mix(prefix*saltHole ^ bits.RotateLeft64(suffix*saltWhole, 31))
}

func wholeKey(h uint64) uint64 { return mix(h ^ saltWhole) }

func soundHash(kind script, key []byte) uint64 {
	h := uint64(kind) + saltSound
	for _, b := range key {
		h = h*rollFactor + uint64(b)
	}
	return mix(h)
}

// maxNear is the longest wording, in symbols, that near misses are sought for.
const maxNear = 40

// rollPowers[i] is rollFactor to the i.
var rollPowers = func() (p [maxNear + 4]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * rollFactor
	}
	return p
}()

// rolling holds prefix hashes of a window of symbols.
type rolling struct {
	n    int
	h    [maxNear + 3]uint64
	syms [maxNear + 2]uint16
}

func (r *rolling) reset() { r.n = 0 }

func (r *rolling) push(s uint16) bool {
	if r.n == len(r.syms) {
		return false
	}
	s = lossy(s)
	r.syms[r.n] = s
	r.h[r.n+1] = r.h[r.n]*rollFactor + uint64(s)
	r.n++
	return true
}

// suffix is the hash of symbols i to end.
func (r *rolling) suffix(i, end int) uint64 { return r.h[end] - r.h[i]*rollPowers[end-i] }

func newNearby(ly *layer) *nearby {
	n := &nearby{}
	r := &rolling{}
	for i := range ly.patterns {
		p := &ly.patterns[i]
		e := &ly.entries[p.entry]
		if e.Kind != KindName || p.n > maxNear {
			continue
		}
		syms := ly.symbolsOf(p)
		switch {
		case p.kind == patternFull && !e.Derived:
			n.addName(r, int32(i), syms)
		case p.kind == patternPart || p.kind == patternFull && !strings.ContainsFunc(e.Text, isLoneJamo):
			if key, kind := soundKey(nil, syms); kind == scriptHangul && len(key) >= 4 && (p.kind == patternPart || len(unitStarts(syms)) > 3) {
				n.put(soundHash(kind, key), int32(i))
			}
		}
	}
	n.build()
	return n
}

// holes says which holes to register for a name: single symbols, and the widest
// run of units that a mask may hide.
func (n *nearby) addName(r *rolling, id int32, syms []uint16) {
	r.reset()
	for _, s := range syms {
		r.push(s)
	}
	kind := scriptOf(syms[0])
	starts := unitStarts(syms)
	count := len(starts) - 1
	if kind == scriptLatin && len(syms) >= 5 || kind == scriptHangul && len(syms) >= 4 || kind == scriptHan && count >= 3 {
		n.put(wholeKey(r.h[r.n]), id)
		for i := range syms {
			n.put(holeKey(r.h[i], r.suffix(i+1, r.n)), id)
		}
	}
	if count >= 3 || kind != scriptLatin && count >= 2 {
		for i := 0; i < count; i++ {
			n.put(holeKey(r.h[starts[i]], r.suffix(starts[i+1], r.n)), id)
			if count >= 4 && i+2 <= count {
				n.put(holeKey(r.h[starts[i]], r.suffix(starts[i+2], r.n)), id)
			}
		}
	}
	if key, kind := soundKey(nil, syms); len(key) >= 3 {
		n.put(soundHash(kind, key), id)
	}
}

// unitStarts returns where letters, syllables and ideographs begin in an
// undisguised wording, and its length.
func unitStarts(syms []uint16) []int {
	var out []int
	for i, s := range syms {
		if isJamo(s) && i > 0 && !(i+1 < len(syms) && isVowelJamo(syms[i+1]) && !isVowelJamo(s)) {
			continue
		}
		out = append(out, i)
	}
	return append(out, len(syms))
}

// soundKey returns the sound key of a wording in one script.
func soundKey(key []byte, syms []uint16) ([]byte, script) {
	kind := scriptOf(syms[0])
	for _, s := range syms {
		if scriptOf(s) != kind {
			return nil, kind
		}
	}
	switch kind {
	case scriptHangul:
		var buf [maxNear + 4]uint16
		return hangulSound(key, buf[:copy(buf[:], syms)]), kind
	case scriptLatin:
		if len(syms) < 5 { // Nike and neck sound alike to any rule
			return nil, kind
		}
		return latinSound(key, syms), kind
	case scriptHan:
		for _, s := range syms {
			c := hanSound(s)
			key = append(key, byte(c), byte(c>>8))
		}
		return key, kind
	}
	return nil, kind
}

func (n *nearby) put(key uint64, id int32) {
	n.keys = append(n.keys, key)
	n.ids = append(n.ids, id)
}

func (n *nearby) build() {
	n.slots = make([]uint64, len(n.keys)*4/3+8)
	words := 8
	for words*8 < len(n.keys)*2 { // 8 to 16 bits a key
		words *= 2
	}
	n.filter = make([]uint64, words)
	for i, k := range n.keys {
		word, bit := n.filterWord(k)
		n.filter[word] |= bit
		slot := k>>32<<32 | uint64(uint32(n.ids[i]+1))
		j := n.home(k)
		for n.slots[j] != 0 && n.slots[j] != slot {
			if j++; j == len(n.slots) {
				j = 0
			}
		}
		n.slots[j] = slot
	}
	n.keys, n.ids = nil, nil
}

// home is the first slot for a key.
func (n *nearby) home(k uint64) int {
	hi, _ := bits.Mul64(k<<32|k>>32, uint64(len(n.slots)))
	return int(hi)
}

func (n *nearby) filterWord(k uint64) (int, uint64) {
	return int(k>>20) & (len(n.filter) - 1), 1<<(k>>52&63) | 1<<(k>>58)
}

// maybe is false if nothing is stored under the key.
func (n *nearby) maybe(k uint64) bool {
	bit := uint64(1)<<(k>>52&63) | 1<<(k>>58)
	return n.filter[int(k>>20)&(len(n.filter)-1)]&bit == bit
}

// maxSame bounds how many patterns one probe may return.
const maxSame = 24

// probe calls yield for each pattern stored under key.
func (n *nearby) probe(key uint64, yield func(pattern int32)) {
	if !n.maybe(key) {
		return
	}
	for j, found := n.home(key), 0; n.slots[j] != 0 && found < maxSame; {
		if n.slots[j]>>32 == key>>32 {
			found++
			yield(int32(uint32(n.slots[j])) - 1)
		}
		if j++; j == len(n.slots) {
			j = 0
		}
	}
}

func (n *nearby) bytes() int { return len(n.filter)*8 + len(n.slots)*8 }

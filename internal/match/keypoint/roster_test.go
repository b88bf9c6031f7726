package keypoint

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestRosterAgreesWithAList adds and removes marks at random and asks for the nearest, as a plain list would answer.
func TestRosterAgreesWithAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		centre := signature{}
		for i := range centre {
			centre[i] = rng.Uint64()
		}
		var r roster
		list := map[uint32][]face{}
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			slot := uint32(rng.IntN(60))
			if list[slot] != nil {
				r.remove(slot)
				delete(list, slot)
				continue
			}
			on := make([]face, 1+rng.IntN(mostBackdrops))
			for k := range on {
				on[k].code = centre
				for range rng.IntN(400) {
					i := rng.IntN(signatureBits)
					on[k].code[i/64] ^= 1 << (i % 64)
				}
			}
			list[slot] = on
			r.add(slot, on)
		}
		gain := map[uint32]int{}
		for slot, on := range list {
			for drop := range on {
				if g := int(on[drop].code.usual()) - centre.distance(&on[drop].code); g > -leastGain {
					gain[slot<<dropBits|uint32(drop)] = g
				}
			}
		}
		defer func(was bool) { counted = was }(counted)
		for _, fast := range []bool{counted, false} {
			counted = fast
			got := r.nearest([]signature{centre}, []box{{}})
			if want := min(len(gain), perBox); len(got) != want {
				t.Fatalf("%d found, want %d", len(got), want)
			}
			for i, l := range got {
				if gain[l.ref] != l.gain {
					t.Fatalf("signature %d gains %d, want %d", l.ref, l.gain, gain[l.ref])
				}
				nearer := 0
				for _, g := range gain {
					if g > l.gain {
						nearer++
					}
				}
				if nearer > i {
					t.Fatalf("place %d gains %d, but %d gain more", i, l.gain, nearer)
				}
			}
		}
	})
}

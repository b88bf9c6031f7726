package keypoint

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAlikeOfEveryKernel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for n := range 70 {
		words := make([]uint64, n)
		word := rng.Uint64()
		for i := range words {
			words[i] = word
			for range rng.IntN(40) {
				words[i] ^= 1 << rng.IntN(64)
			}
		}
		for _, limit := range []int{0, 5, 13, 20, 64} {
			want, got := make([]uint32, n+8), make([]uint32, n+8)
			want = want[:alikePlain(words, word, limit, want)]
			got = got[:alike(words, word, limit, got)]
			if !slices.Equal(got, want) {
				t.Fatalf("%d words, limit %d: %v, plain Go %v", n, limit, got, want)
			}
		}
	}
}

// The inverted file against a plain list of what was put into it.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		keys := rapid.SampledFrom([]uint32{3, 100, 1 << keyWidth}).Draw(t, "keys")
		p := new(postings)
		held := map[uint32][]posting{}
		for asset := range uint32(rapid.IntRange(1, 12).Draw(t, "assets")) {
			if rng.IntN(3) == 0 && asset > 0 {
				gone := rng.Uint32N(asset)
				var at []uint32
				for _, q := range held[gone] {
					at = append(at, q.key)
				}
				p.remove(gone, at)
				delete(held, gone)
			}
			n := rng.IntN(300)
			if rng.IntN(6) == 0 {
				n = 4096 // features are few, but batches are large
			}
			var batch []posting
			for f := range n {
				batch = append(batch, posting{rng.Uint64(), rng.Uint32N(keys), reference(asset, f%(1<<featureBits))})
			}
			held[asset] = slices.Clone(batch)
			p.add(batch)
		}
		want := map[uint32][]posting{}
		for _, asset := range slices.Sorted(func(yield func(uint32) bool) {
			for a := range held {
				if !yield(a) {
					return
				}
			}
		}) {
			for _, q := range held[asset] {
				want[q.key] = append(want[q.key], q)
			}
		}
		for key := range min(keys, 1<<keyWidth) {
			signs, refs := p.list(key)
			if len(refs) != len(want[key]) || int(p.lengths[key]) != len(refs) {
				t.Fatalf("key %d: %d entries, length %d, want %d", key, len(refs), p.lengths[key], len(want[key]))
			}
			for i, q := range want[key] {
				if refs[i] != q.ref || signs[i] != q.sign {
					t.Fatalf("key %d, entry %d: %x %x, want %v", key, i, refs[i], signs[i], q)
				}
			}
		}
	})
}

// A mirrored code of an asset is as far from a code as the code's mirror image is from the asset's, by the kept words too.
func TestKeptWordsUnderReadings(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for range 100 {
		a, b := code{rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64()}, code{rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64()}
		am, bm := a.mirrored(), b.mirrored()
		if x, y := am.distanceKept(&b, plain), a.distanceKept(&bm, flipped); x != y {
			t.Fatalf("%v and %v: %d, mirrored %d", a, b, x, y)
		}
		b[3] = rng.Uint64()
		bm = b.mirrored()
		if x, y := am.distanceKept(&b, plain), a.distanceKept(&bm, flipped); x != y || a.distanceKept(&b, plain) != a.distanceKept(&code{b[0], b[1], b[2]}, plain) {
			t.Fatalf("the last word of %v matters: %d, %d", b, x, y)
		}
	}
}

func TestFlippedKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := code{rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b"), rapid.Uint64().Draw(t, "c"), rapid.Uint64().Draw(t, "d")}
		m := c.mirrored()
		if got, want := flippedKey(c.key()), m.key(); got != want {
			t.Fatalf("%020b, want %020b", got, want)
		}
	})
}

// A photograph in the index has the codes it came with, and its places and pixels but for the rounding.
func TestPhotographsAreKeptWell(t *testing.T) {
	d, err := Describe(drawPhoto(5, 700, 431), Photograph)
	if err != nil {
		t.Fatal(err)
	}
	ix := NewIndex()
	for _, id := range []string{"a", "b", "c"} {
		if err := ix.Add(id, d); err != nil {
			t.Fatal(err)
		}
	}
	ix.Remove("b")
	var got Descriptors
	ix.shelfs[Photograph].unpack(2, &got)
	if got.w != d.w || got.h != d.h || len(got.features) != len(d.features) || got.thumb.w != d.thumb.w || got.thumb.h != d.thumb.h {
		t.Fatalf("%dx%d with %d features, want %dx%d with %d", got.w, got.h, len(got.features), d.w, d.h, len(d.features))
	}
	for i, f := range got.features {
		w := d.features[i]
		if f.code[0] != w.code[0] || f.code[1] != w.code[1] || f.code[2] != w.code[2] || f.code.key() != w.code.key() ||
			f.size != w.size || f.angle != w.angle || f.x != w.x || f.y != w.y {
			t.Fatalf("feature %d: %v, want %v", i, f, w)
		}
	}
	for i, v := range got.thumb.pix {
		if e := int(v) - int(d.thumb.pix[i]); e*e > 81 {
			t.Fatalf("pixel %d: %d, was %d", i, v, d.thumb.pix[i])
		}
	}
}

// The look-up finds what a comparison with everything behind the same doors finds.
func TestLookUpAgainstBruteForce(t *testing.T) {
	ix := NewIndex()
	var kept []*Descriptors
	rng := rand.New(rand.NewPCG(2, 4))
	for i := range 6 {
		d, err := Describe(drawPhoto(uint64(i), 300, 300), Photograph)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, d)
	}
	for i := range 40 {
		d := kept[i%6]
		if i >= 6 {
			d = mixed(rng, d, kept)
			kept = append(kept, d)
		}
		if err := ix.Add(string(rune('A'+i)), d); err != nil {
			t.Fatal(err)
		}
	}
	q := newQuery(drawPhoto(3, 400, 400), ix.wanted())
	defer q.release()
	set := &q.sets[Photograph]
	l := &lookup{kind: Photograph}
	s := &ix.shelfs[Photograph]
	l.choose(s.posts, set)
	doors := slices.Clone(l.doors)
	l.order()
	if !slices.IsSortedFunc(l.doors, func(a, b door) int { return int(a.key) - int(b.key) }) || len(l.doors) != len(doors) {
		t.Fatal("the doors are not in order")
	}
	l.open(s.posts)
	l.compare(s)
	lim := limits[Photograph]
	want := make([]nearest, len(l.near))
	for i := range want {
		want[i].limit = uint8(lim.code)
	}
	for _, d := range doors {
		for slot, have := range kept {
			for f := range have.features {
				c := &have.features[f].code
				if c.key() != d.key || bits.OnesCount64(c[0]^l.words[d.reader][0]) > lim.sign {
					continue
				}
				if n := l.words[d.reader].distanceKept(c, plain); n <= lim.code {
					want[d.reader].offer(neighbour{reference(uint32(slot), f), uint8(n)})
				}
			}
		}
	}
	for i := range want {
		if !slices.Equal(want[i].kept(), l.near[i].kept()) {
			t.Fatalf("reader %d: %v, want %v", i, l.near[i].kept(), want[i].kept())
		}
	}
	if len(l.hits) == 0 || len(l.votes(len(s.assets))) == 0 {
		t.Fatal("nothing was found in a picture that is in the index")
	}
	if l.counts[2*3] != 0 {
		t.Fatal("counts were not cleared")
	}
}

// The same for marks, of which whole codes are compared, under one reading, and whose longest lists stay shut.
func TestLookUpOfMarksAgainstBruteForce(t *testing.T) {
	ix := NewIndex()
	var kept []*Descriptors
	rng := rand.New(rand.NewPCG(2, 5))
	for i := range 30 {
		d, err := Describe(drawMark(uint64(i%6), 300, 160), Mark)
		if err != nil {
			t.Fatal(err)
		}
		if i >= 6 {
			d = mixed(rng, d, kept)
		}
		kept = append(kept, d)
		if err := ix.Add(string(rune('A'+i)), d); err != nil {
			t.Fatal(err)
		}
	}
	q := newQuery(drawMark(3, 400, 220), ix.wanted())
	defer q.release()
	l, s, lim := &lookup{kind: Mark}, &ix.shelfs[Mark], limits[Mark]
	l.choose(s.posts, &q.sets[Mark])
	l.order()
	l.open(s.posts)
	l.compare(s)
	found := 0
	for i := range l.near {
		want := nearest{limit: uint8(lim.code)}
		for _, d := range l.doors {
			if d.reader != uint32(i) {
				continue
			}
			if i%2 != 0 || int(s.posts.lengths[d.key]) > lim.longest {
				t.Fatalf("reader %d looks behind key %d, of length %d", i, d.key, s.posts.lengths[d.key])
			}
			for slot, have := range kept {
				for f := range have.features {
					c := &have.features[f].code
					if c.key() != d.key || bits.OnesCount64(c[0]^l.words[i][0]) > lim.sign {
						continue
					}
					if n := l.words[i].distance(c); n <= lim.code {
						want.offer(neighbour{reference(uint32(slot), f), uint8(n)})
					}
				}
			}
		}
		if !slices.Equal(want.kept(), l.near[i].kept()) {
			t.Fatalf("reader %d: %v, want %v", i, l.near[i].kept(), want.kept())
		}
		found += len(want.kept())
	}
	if found == 0 {
		t.Fatal("nothing was found of a mark that is in the index")
	}
}

// Rooms of a sheet, and the first of the next, hold what was put there and nothing of their neighbours.
func TestSheets(t *testing.T) {
	var s sheets
	put := func(slot uint32, features int) []uint64 {
		words := make([]uint64, photoWords*features)
		for i := range words {
			words[i] = uint64(slot)<<32 | uint64(features)<<16 | uint64(i)
		}
		if got := s.keep(slot, words); !slices.Equal(got, words) {
			t.Fatalf("slot %d keeps %d words of %d", slot, len(got), len(words))
		}
		return words
	}
	slots := []uint32{sheetSlots + 1, 0, 1, sheetSlots - 1, sheetSlots}
	for _, slot := range slots {
		put(slot, assetFeatures)
	}
	put(1, 9) // another photograph in a room that was left
	for _, slot := range slots {
		n := assetFeatures
		if slot == 1 {
			n = 9
		}
		for f := range n {
			want := uint64(slot)<<32 | uint64(n)<<16 | uint64(photoWords*f)
			if got := s.words(reference(slot, f)); len(got) != photoWords || got[0] != want {
				t.Fatalf("slot %d, feature %d: %x, want %x first", slot, f, got, want)
			}
		}
	}
}

// What was gathered is found when the gathering ends, and in the meantime it can be taken out again.
func TestGatheredAssetsAreFound(t *testing.T) {
	ix := NewIndex()
	pictures := map[string]*Descriptors{}
	done, also := ix.Gather(), ix.Gather()
	for i, id := range []string{"a", "b", "c"} {
		d, err := Describe(drawPhoto(uint64(50+i), 320, 320), Photograph)
		if err != nil {
			t.Fatal(err)
		}
		pictures[id] = d
		if err := ix.Add(id, d); err != nil {
			t.Fatal(err)
		}
	}
	ix.Remove("b")
	if err := ix.Add("c", pictures["c"]); err != nil { // again, in place of the first
		t.Fatal(err)
	}
	done()
	done()
	also()
	if ix.Len() != 2 {
		t.Fatalf("%d assets, want 2", ix.Len())
	}
	for i, id := range []string{"a", "b", "c"} {
		found := ix.Search(drawPhoto(uint64(50+i), 320, 320))
		if is := len(found) > 0 && found[0].ID == id && found[0].Score > BlockScore; is != (id != "b") {
			t.Errorf("%s: %v", id, found)
		}
	}
	if s := ix.shelfs[Photograph]; s.heap != nil {
		t.Errorf("%d features were not filed", len(s.heap))
	}
}

package hamming

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// entries is the index as a plain list, searched by brute force.
type entries []struct {
	id   int
	code Code
}

func (e entries) search(code Code, radius int) []Hit[int] {
	var hits []Hit[int]
	for _, entry := range e {
		if d := distance(&entry.code, &code); d <= radius {
			hits = append(hits, Hit[int]{entry.id, d})
		}
	}
	slices.SortFunc(hits, func(a, b Hit[int]) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
	})
	return hits
}

// clustered draws codes near a few centres, as prints of real pictures are.
func clustered(rng *rand.Rand) Code {
	centre := rand.New(rand.NewPCG(uint64(rng.IntN(4)), 7))
	code := Code{centre.Uint64(), centre.Uint64(), centre.Uint64(), centre.Uint64()}
	for range rng.IntN(60) {
		k := rng.IntN(256)
		code[k>>6] ^= 1 << (k & 63)
	}
	return code
}

func TestIndexAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var index Index[int]
		var plain entries
		ids := rapid.IntRange(1, 3000).Draw(t, "ids")
		for range rapid.IntRange(0, 4000).Draw(t, "steps") {
			id := rng.IntN(ids)
			if rng.IntN(4) == 0 {
				before := len(plain)
				plain = slices.DeleteFunc(plain, func(e struct {
					id   int
					code Code
				}) bool {
					return e.id == id
				})
				if got := index.Remove(id); got != before-len(plain) {
					t.Fatalf("Remove(%d) = %d, want %d", id, got, before-len(plain))
				}
				continue
			}
			code := clustered(rng)
			index.Add(id, code)
			plain = append(plain, struct {
				id   int
				code Code
			}{id, code})
		}
		if index.Len() != len(plain) {
			t.Fatalf("Len = %d, want %d", index.Len(), len(plain))
		}
		queries := make([]Code, rapid.IntRange(0, 9).Draw(t, "queries"))
		for i := range queries {
			queries[i] = clustered(rng)
		}
		radius := rapid.SampledFrom([]int{-1, 0, 1, 20, 31, 64, 127, 128, 200, 256, 300}).Draw(t, "radius")
		for i, got := range index.SearchBatch(queries, radius) {
			if want := plain.search(queries[i], radius); !slices.Equal(got, want) {
				t.Fatalf("radius %d: got %v\nwant %v", radius, got, want)
			}
		}
	})
}

func TestOneEntry(t *testing.T) {
	var index Index[string]
	code := Code{1, 2, 3, 4}
	if hits := index.Search(code, 256); len(hits) != 0 {
		t.Fatalf("empty index: %v", hits)
	}
	index.Add("a", code)
	near := code
	near[3] ^= 1 << 63
	if hits := index.Search(near, 1); !slices.Equal(hits, []Hit[string]{{"a", 1}}) {
		t.Fatalf("got %v", hits)
	}
	if hits := index.Search(near, 0); len(hits) != 0 {
		t.Fatalf("radius 0: %v", hits)
	}
	if n := index.Remove("a"); n != 1 || index.Len() != 0 || index.Remove("a") != 0 {
		t.Fatalf("Remove = %d, Len = %d", n, index.Len())
	}
}

// Searches beside writers find what is there all the time, once each.
func TestSearchBesideWriters(t *testing.T) {
	usual := fold
	defer func() { fold = usual }()
	for name, f := range filters() {
		fold = f
		t.Run(name, searchBesideWriters)
	}
}

func searchBesideWriters(t *testing.T) {
	var index Index[int]
	code := func(id int) Code { return Code{uint64(id) * 0x9E3779B97F4A7C15, uint64(id), 0, 0} }
	const kept = 3 * blockLen / 2
	for id := range kept {
		index.Add(id, code(id))
	}
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for w := range 2 {
		writers.Go(func() {
			for round := range 1500 {
				id := kept + w + 2*(round%700)
				index.Add(id, code(id))
				index.Add(id, code(id))
				if round%3 != 0 {
					index.Remove(id)
				}
			}
		})
	}
	for r := range 2 {
		readers.Go(func() {
			for id := r; ; id = (id + 1) % kept {
				select {
				case <-done:
					return
				default:
				}
				if hits := index.Search(code(id), 0); !slices.Equal(hits, []Hit[int]{{id, 0}}) {
					t.Errorf("id %d: %v", id, hits)
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}

// A view taken before a change still answers as it did.
func TestViewsDoNotChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var index Index[int]
	for id := range 2500 {
		index.Add(id, clustered(rng))
	}
	old := *index.load()
	var before []Code
	for i := range old.n {
		_, code := old.blocks[i/blockLen].get(i % blockLen)
		before = append(before, code)
	}
	for id := range 2000 {
		index.Remove(id)
		index.Add(-id, clustered(rng))
		if id%5 == 0 {
			index.Remove(-id)
		}
	}
	for i, want := range before {
		if _, code := old.blocks[i/blockLen].get(i % blockLen); code != want {
			t.Fatalf("slot %d changed under a reader", i)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var index Index[uint32]
	const n = 1 << 20
	for i := range n {
		index.Add(uint32(i), Code{rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64()})
	}
	for _, batch := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("%d/batch%d", n, batch), func(b *testing.B) {
			queries := make([]Code, batch)
			for i := range queries {
				queries[i] = Code{rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64()}
			}
			for b.Loop() {
				index.SearchBatch(queries, 31)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "us/query")
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	var index Index[int]
	for i := 0; b.Loop(); i++ {
		index.Add(i, Code{uint64(i)})
	}
}

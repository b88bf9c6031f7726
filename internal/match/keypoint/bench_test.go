package keypoint

import (
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func BenchmarkDescribe(b *testing.B) {
	photo, mark := drawPhoto(1, 800, 800), drawMark(1, 480, 190)
	b.Run("photograph", func(b *testing.B) {
		for b.Loop() {
			if _, err := Describe(photo, Photograph); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("mark", func(b *testing.B) {
		for b.Loop() {
			if _, err := Describe(mark, Mark); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSearch looks into a picture of 800 x 800 with few assets and with as many as a large marketplace has.
// ASSAY_PICTURES, a pattern of picture files, replaces the drawn pictures.
func BenchmarkSearch(b *testing.B) {
	pictures := benchPictures(b)
	for _, kinds := range [][]Kind{{Photograph}, {Mark}, {Photograph, Mark}} {
		for _, full := range []bool{false, true} {
			ix, heap := benchIndex(b, kinds, full)
			b.Run(fmt.Sprintf("kinds%v/assets%d", kinds, ix.Len()), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					ix.Search(pictures[i%len(pictures)])
				}
				b.ReportMetric(heap, "MB")
			})
		}
	}
}

// benchIndex holds 20 assets of each kind, or 50,000 photographs and 25,000 marks; heap is what it takes, in MB.
func benchIndex(b *testing.B, kinds []Kind, full bool) (ix *Index, heap float64) {
	before := heapMB()
	ix = NewIndex()
	rng := rand.New(rand.NewPCG(7, 7))
	for _, k := range kinds {
		var seeds []*Descriptors
		for i := range 60 {
			img := drawPhoto(uint64(100+i), 400, 400)
			if k == Mark {
				img = drawMark(uint64(i), 400, 160)
			}
			d, err := Describe(img, k)
			if err != nil {
				b.Fatal(err)
			}
			seeds = append(seeds, d)
		}
		n := 20
		if full {
			n = map[Kind]int{Photograph: 50_000, Mark: 25_000}[k]
		}
		for i := range n {
			if err := ix.Add(fmt.Sprint(k, i), mixed(rng, seeds[i%len(seeds)], seeds)); err != nil {
				b.Fatal(err)
			}
		}
	}
	return ix, heapMB() - before
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func benchPictures(b testing.TB) []*image.NRGBA {
	names, _ := filepath.Glob(os.Getenv("ASSAY_PICTURES"))
	var out []*image.NRGBA
	for _, f := range names {
		out = append(out, loadPicture(b, f))
	}
	for i := uint64(1); len(names) == 0 && i <= 8; i++ {
		out = append(out, drawPhoto(i, 800, 800))
	}
	return out
}

//go:build unix

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
// ASSAY_PICTURES, a pattern of picture files, replaces the drawn pictures. On a busy machine cpu-ms/op, the processor time of
// one search, says more than the clock.
func BenchmarkSearch(b *testing.B) {
	for _, kinds := range [][]Kind{{Photograph}, {Mark}, {Photograph, Mark}} {
		for _, full := range []bool{false, true} {
			b.Run(fmt.Sprintf("kinds%v/full=%v", kinds, full), func(b *testing.B) {
				pictures := benchPictures(b)
				ix, heap, filled := benchIndex(b, kinds, full)
				start := processorTime()
				for i := 0; b.Loop(); i++ {
					ix.Search(pictures[i%len(pictures)])
				}
				b.ReportMetric(float64((processorTime()-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				b.ReportMetric(heap, "heap-MB")
				b.ReportMetric(filled, "add-s")
			})
		}
	}
}

// benchIndex holds 20 assets of each kind, or 50,000 photographs and 25,000 marks; heap is what it takes, in MB, and filled
// the seconds of processor time in which descriptors were added.
func benchIndex(b *testing.B, kinds []Kind, full bool) (ix *Index, heap, filled float64) {
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
		done := ix.Gather()
		for i := range n {
			d := mixed(rng, seeds[i%len(seeds)], seeds)
			start := processorTime()
			if err := ix.Add(fmt.Sprint(k, i), d); err != nil {
				b.Fatal(err)
			}
			filled += (processorTime() - start).Seconds()
		}
		start := processorTime()
		done()
		filled += (processorTime() - start).Seconds()
	}
	return ix, heapMB() - before, filled
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func benchPictures(b *testing.B) []*image.NRGBA {
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

package signal

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"assay/internal/registry"
)

// BenchmarkCopies looks for whole pictures among 475,000 protected ones. The print of the picture, which other eyes
// use too, is not counted. It tells what the prints take (heap-MB), how long they took to learn from stored ones
// (ready-s) and how long one more takes (new-us).
func BenchmarkCopies(b *testing.B) {
	const prints = 475_000
	rng := rand.New(rand.NewPCG(1, 1))
	known := func(id string) Known {
		var data []byte
		for range 4 {
			data = binary.LittleEndian.AppendUint64(data, rng.Uint64())
		}
		return Known{Asset: registry.Asset{ID: id, BrandID: "b", Kind: registry.AssetPhotograph, Picture: "sha256:" + id},
			Print: func(context.Context, string) ([]byte, error) { return append(data, 100), nil }}
	}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before, start, d := heap(), time.Now(), NewCopies()
	for i := range prints {
		if err := d.Learn(context.Background(), known(fmt.Sprintf("asset-%08d", i))); err != nil {
			b.Fatal(err)
		}
	}
	ready, taken := time.Since(start), heap()-before
	start = time.Now()
	if err := d.Learn(context.Background(), known("new")); err != nil {
		b.Fatal(err)
	}
	one := time.Since(start)
	img := image.NewNRGBA(image.Rect(0, 0, 800, 800))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*i>>9) | 3
	}
	p := &LoadedPicture{Hash: "x", Frames: []*image.NRGBA{img}}
	p.Spectrum(0).Quality = 100
	for b.Loop() {
		if _, err := d.Look(context.Background(), p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(taken, "heap-MB")
	b.ReportMetric(ready.Seconds(), "ready-s")
	b.ReportMetric(float64(one.Nanoseconds())/1000, "new-us")
}

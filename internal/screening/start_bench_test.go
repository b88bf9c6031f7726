package screening_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/match/keypoint"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/store"
	"assay/internal/verdict/policy"
)

// BenchmarkPicture starts a process on a registry of protected pictures whose descriptors are stored, and looks at
// pictures of 800 x 800 with every built-in eye. It tells how long the start took (ready-s), what the index takes
// (heap-MB), and how long a new asset takes to be matched (new-ms). ASSAY_SCALE=1 makes it 50,000 photographs, 25,000 marks and
// 400,000 further prints, which takes several minutes to set up; without it there are a hundredth of them.
// ASSAY_DSN names a database other than an SQLite file of its own.
func BenchmarkPicture(b *testing.B) {
	scale, err := strconv.ParseFloat(os.Getenv("ASSAY_SCALE"), 64)
	if err != nil {
		scale = 0.01
	}
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	dsn := os.Getenv("ASSAY_DSN")
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(b.TempDir(), "a.db")
	}
	db, err := store.Open(ctx, dsn, store.Options{Migrate: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	blobs, err := blob.Open(ctx, "mem:")
	if err != nil {
		b.Fatal(err)
	}
	photographs, marks := int(50_000*scale), int(25_000*scale)
	protect(b, db, photographs, marks)

	before := heapMB()
	start := time.Now()
	engine, err := screening.NewEngine(policy.Default(), nil, log)
	if err != nil {
		b.Fatal(err)
	}
	follower := &screening.Follower{Library: engine.Library, Store: db, Blobs: blobs, Log: log}
	if err := follower.Load(ctx); err != nil {
		b.Fatal(err)
	}
	ready := time.Since(start)
	alsoByPrint(b, engine, int(400_000*scale))
	heap := heapMB() - before
	fresh := matchedAfter(b, db, blobs, follower, engine)

	var pictures []*signal.LoadedPicture
	for i := range uint64(8) {
		pictures = append(pictures, &signal.LoadedPicture{Hash: fmt.Sprint(i), Frames: []*image.NRGBA{scribble(1000+i, 800, 800, false)}})
	}
	for i := 0; b.Loop(); i++ {
		p := *pictures[i%len(pictures)]
		look(b, engine, &p)
	}
	b.ReportMetric(ready.Seconds(), "ready-s")
	b.ReportMetric(heap, "heap-MB")
	b.ReportMetric(float64(fresh.Microseconds())/1000, "new-ms")
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func look(b *testing.B, engine *screening.Engine, p *signal.LoadedPicture) (found []signal.Signal) {
	for _, eye := range engine.Eyes {
		s, err := eye.Look(context.Background(), p)
		if err != nil {
			b.Fatal(err)
		}
		found = append(found, s...)
	}
	return found
}

// protect stores assets with descriptors: those of a few drawn pictures, each with its own bits of the codes flipped.
func protect(b *testing.B, db *store.Store, photographs, marks int) {
	ctx := context.Background()
	fail := func(_ bool, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	fail(db.PutHolder(ctx, registry.RightsHolder{ID: "h", Name: "H"}))
	fail(db.PutBrand(ctx, registry.Brand{ID: "b", HolderID: "h", Name: "Brand"}))
	seeds := map[keypoint.Kind][][]byte{}
	for i := range uint64(40) {
		for _, kind := range []keypoint.Kind{keypoint.Photograph, keypoint.Mark} {
			d, err := keypoint.Describe(scribble(i, 500, 400, kind == keypoint.Mark), kind)
			if err != nil {
				b.Fatal(err)
			}
			data, err := d.MarshalBinary()
			if err != nil {
				b.Fatal(err)
			}
			seeds[kind] = append(seeds[kind], data)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	const batch = 500
	for from := 0; from < photographs+marks; from += batch {
		err := db.Atomic(ctx, func(ctx context.Context) error {
			for i := from; i < min(from+batch, photographs+marks); i++ {
				kind, as := keypoint.Photograph, registry.AssetPhotograph
				if i >= photographs {
					kind, as = keypoint.Mark, registry.AssetMark
				}
				a := registry.Asset{ID: fmt.Sprintf("asset-%08d", i), BrandID: "b", Kind: as, Label: "an asset", Picture: fmt.Sprintf("sha256:%064x", i)}
				if _, err := db.PutAsset(ctx, a); err != nil {
					return err
				}
				data := another(rng, seeds[kind][i%40])
				if err := db.PutPrint(ctx, a.ID, keypoint.Version+"@"+a.Picture, data); err != nil {
					return err
				}
				if err := db.PutPrint(ctx, a.ID, signal.NewCopies().Name()+"@"+a.Picture, somePrint(rng)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// another is a marshalled descriptor with one bit in ten of its codes flipped: 38 bytes a feature, the code first.
func another(rng *rand.Rand, data []byte) []byte {
	out := bytes.Clone(data)
	at := len(keypoint.Version) + 2 + 8
	n := int(binary.LittleEndian.Uint32(out[at:]))
	for f := range n {
		code := out[at+4+38*f:][:32]
		for range 24 {
			code[rng.IntN(32)] ^= 1 << rng.IntN(8)
		}
	}
	return out
}

// somePrint is a stored PDQ hash of a picture that is like no other.
func somePrint(rng *rand.Rand) []byte {
	var out []byte
	for range 4 {
		out = binary.LittleEndian.AppendUint64(out, rng.Uint64())
	}
	return append(out, 100)
}

// alsoByPrint teaches further assets to the eye for whole pictures.
func alsoByPrint(b *testing.B, engine *screening.Engine, n int) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, eye := range engine.Eyes {
		copies, ok := eye.(*signal.Copies)
		if !ok {
			continue
		}
		for i := range n {
			data := somePrint(rng)
			k := signal.Known{Asset: registry.Asset{ID: fmt.Sprintf("print-%08d", i), BrandID: "b", Kind: registry.AssetPhotograph, Picture: fmt.Sprintf("sha256:%064x", 1<<40+i)},
				Print: func(context.Context, string) ([]byte, error) { return data, nil }}
			if err := copies.Learn(context.Background(), k); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// matchedAfter is how long a running process takes from the moment an asset is saved, its own waiting between two
// questions aside, until it matches it.
func matchedAfter(b *testing.B, db *store.Store, blobs *blob.Store, follower *screening.Follower, engine *screening.Engine) time.Duration {
	ctx := context.Background()
	img := scribble(77777, 700, 600, false)
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		b.Fatal(err)
	}
	hash, err := blobs.Put(ctx, file.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.PutAsset(ctx, registry.Asset{ID: "new", BrandID: "b", Kind: registry.AssetPhotograph, Label: "new", Picture: hash}); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := follower.CatchUp(ctx); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	for _, s := range look(b, engine, &signal.LoadedPicture{Hash: "x", Frames: []*image.NRGBA{img}}) {
		if s.AssetID == "new" && s.Kind == signal.PicturePart && s.Score > keypoint.BlockScore {
			return took
		}
	}
	b.Fatal("the new asset was not matched")
	return 0
}

// scribble draws shapes by chance, on white or on a shade.
func scribble(seed uint64, w, h int, mark bool) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 9))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	tilt := 40 + rng.Float64()*60
	for y := range h {
		for x := range w {
			v := uint8(255)
			if !mark {
				v = uint8(90 + tilt*float64(x+y)/float64(w+h) + float64(rng.IntN(12)))
			}
			img.SetNRGBA(x, y, color.NRGBA{v, v, v, 255})
		}
	}
	shapes := 90
	if mark {
		shapes = 14
	}
	for range shapes {
		c := color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		cx, cy, r := w/8+rng.IntN(w*3/4), h/8+rng.IntN(h*3/4), 4+rng.IntN(min(w, h)/9)
		round := rng.IntN(2) == 0
		for y := max(0, cy-r); y < min(h, cy+r); y++ {
			for x := max(0, cx-r); x < min(w, cx+r); x++ {
				if !round || (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r {
					img.SetNRGBA(x, y, c)
				}
			}
		}
	}
	return img
}

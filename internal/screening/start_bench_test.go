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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/match/keypoint"
	"assay/internal/pgtest"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/store"
	"assay/internal/verdict/policy"
)

// BenchmarkPicture starts a process on a registry of protected pictures whose descriptors are stored, and looks at
// pictures of 800 x 800 with every built-in eye. It tells how long the start took (ready-s, and on all cores together ready-cpu-s), what everything learnt
// takes (heap-MB) and the whole process at its largest (peak-MB), and how long it takes until a new asset is matched, is
// matched no longer when it was retired, and is found inside pictures or not when that was changed (new-ms, new-print-ms,
// gone-ms, deeper-ms, shallower-ms). ASSAY_SCALE=1 makes it 50,000 photographs and 25,000 marks sought inside pictures
// and 400,000 photographs sought as a whole, which takes several minutes to set up; without it there are a
// hundredth of them. ASSAY_DSN names a database other than an SQLite file of its own, or is "postgres" for one of a new server; one that such a
// benchmark has filled is used as it is.
func BenchmarkPicture(b *testing.B) {
	scale, err := strconv.ParseFloat(os.Getenv("ASSAY_SCALE"), 64)
	if err != nil {
		scale = 0.01
	}
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	db := benchmarked(b)
	blobs, err := blob.Open(ctx, "mem:")
	if err != nil {
		b.Fatal(err)
	}
	protect(b, db, scale)

	before := heapMB()
	start, busy := time.Now(), processorTime()
	engine, err := screening.NewEngine(policy.Default(), nil, log)
	if err != nil {
		b.Fatal(err)
	}
	follower := &screening.Follower{Library: engine.Library, Store: db, Blobs: blobs, Log: log}
	if err := follower.Load(ctx); err != nil {
		b.Fatal(err)
	}
	ready, busy := time.Since(start), processorTime()-busy
	heap := heapMB() - before
	n := news{b: b, db: db, blobs: blobs, follower: follower, engine: engine}
	n.measure()

	var pictures []*signal.LoadedPicture
	for i := range uint64(8) {
		pictures = append(pictures, &signal.LoadedPicture{Hash: fmt.Sprint(i), Frames: []*image.NRGBA{scribble(1000+i, 800, 800, false)}})
	}
	for i := 0; b.Loop(); i++ {
		p := *pictures[i%len(pictures)]
		look(b, engine, &p)
	}
	b.ReportMetric(ready.Seconds(), "ready-s")
	b.ReportMetric(busy.Seconds(), "ready-cpu-s")
	b.ReportMetric(heap, "heap-MB")
	b.ReportMetric(peakMB(), "peak-MB")
	n.report()
}

// benchmarked is the database that ASSAY_DSN names, or an SQLite file of its own.
func benchmarked(b *testing.B) *store.Store {
	dsn := os.Getenv("ASSAY_DSN")
	switch dsn {
	case "":
		dsn = "sqlite:" + filepath.Join(b.TempDir(), "a.db")
	case "postgres":
		cluster, err := pgtest.Start()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(cluster.Stop)
		dsn = cluster.Database(b)
	}
	db, err := store.Open(context.Background(), dsn, store.Options{Migrate: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// processorTime is what this process has computed so far, on all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMB is what the whole process had in memory at its largest, as the system counts it; 0 where it does not.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	if err != nil {
		return 0
	}
	return kb / 1024
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
// A database that has some is taken as it is.
func protect(b *testing.B, db *store.Store, scale float64) {
	ctx := context.Background()
	if list, err := db.Assets(ctx, registry.Filter{Limit: 1}); err != nil || len(list) > 0 {
		fail(b, err)
		return
	}
	_, err := db.PutHolder(ctx, registry.RightsHolder{ID: "h", Name: "H"})
	fail(b, err)
	_, err = db.PutBrand(ctx, registry.Brand{ID: "b", HolderID: "h", Name: "Brand"})
	fail(b, err)
	seeds := map[keypoint.Kind][][]byte{}
	for i := range uint64(40) {
		for _, kind := range []keypoint.Kind{keypoint.Photograph, keypoint.Mark} {
			d, err := keypoint.Describe(scribble(i, 500, 400, kind == keypoint.Mark), kind)
			fail(b, err)
			data, err := d.MarshalBinary()
			fail(b, err)
			seeds[kind] = append(seeds[kind], data)
		}
	}
	photographs, marks, whole := int(50_000*scale), int(25_000*scale), int(400_000*scale)
	rng := rand.New(rand.NewPCG(1, 2))
	const batch = 500
	for from := 0; from < photographs+marks+whole; from += batch {
		fail(b, db.Atomic(ctx, func(ctx context.Context) error {
			for i := from; i < min(from+batch, photographs+marks+whole); i++ {
				kind, a := keypoint.Photograph, registry.Asset{ID: fmt.Sprintf("asset-%08d", i), BrandID: "b", Kind: registry.AssetPhotograph,
					Label: "an asset", Picture: fmt.Sprintf("sha256:%064x", i), Sought: registry.SoughtInside}
				switch {
				case i >= photographs+marks:
					a.Sought = registry.SoughtWhole
				case i >= photographs:
					kind, a.Kind = keypoint.Mark, registry.AssetMark
				}
				if _, err := db.PutAsset(ctx, a); err != nil {
					return err
				}
				if a.Sought == registry.SoughtInside {
					if err := db.PutPrint(ctx, a.ID, keypoint.Version+"@"+a.Picture, another(rng, seeds[kind][i%40])); err != nil {
						return err
					}
				}
				if err := db.PutPrint(ctx, a.ID, signal.NewCopies().Name()+"@"+a.Picture, somePrint(rng)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func fail(b *testing.B, err error) {
	if err != nil {
		b.Helper()
		b.Fatal(err)
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

// news measures how long a running process takes from the moment that an asset is saved until it goes by it, its own
// waiting between two questions (screening.FollowEvery) aside.
type news struct {
	b        *testing.B
	db       *store.Store
	blobs    *blob.Store
	follower *screening.Follower
	engine   *screening.Engine
	took     map[string]time.Duration
}

func (n *news) measure() {
	n.took = map[string]time.Duration{}
	img := scribble(uint64(time.Now().UnixNano()), 700, 600, false) // unlike that of an earlier run on the same database
	var file bytes.Buffer
	fail(n.b, png.Encode(&file, img))
	hash, err := n.blobs.Put(context.Background(), file.Bytes())
	fail(n.b, err)
	a := registry.Asset{ID: "new-" + hash[7:27], BrandID: "b", Kind: registry.AssetPhotograph, Label: "new", Picture: hash, Sought: registry.SoughtInside}
	n.save("new-ms", a, img, signal.PictureCopy, signal.PicturePart)
	a.Sought = registry.SoughtWhole
	n.save("shallower-ms", a, img, signal.PictureCopy)
	a.Sought = registry.SoughtInside
	n.save("deeper-ms", a, img, signal.PictureCopy, signal.PicturePart)
	a.Retired = true
	n.save("gone-ms", a, img)
	other := a
	other.ID, other.Sought, other.Retired = "print-"+hash[7:27], registry.SoughtWhole, false
	n.save("new-print-ms", other, img, signal.PictureCopy)
	other.Retired = true
	n.save("gone-print-ms", other, img)
}

// save stores an asset, and sees to it that the picture then gives findings of just these kinds for it.
func (n *news) save(what string, a registry.Asset, img *image.NRGBA, kinds ...signal.Kind) {
	n.b.Helper()
	start := time.Now()
	_, err := n.db.PutAsset(context.Background(), a)
	fail(n.b, err)
	fail(n.b, n.follower.CatchUp(context.Background()))
	n.took[what] = time.Since(start)
	found := 0
	for _, s := range look(n.b, n.engine, &signal.LoadedPicture{Hash: what, Frames: []*image.NRGBA{img}}) {
		if s.AssetID == a.ID && s.Score > keypoint.BlockScore {
			found++
			if !slices.Contains(kinds, s.Kind) {
				n.b.Errorf("%s: found as %s", what, s.Kind)
			}
		}
	}
	if found != len(kinds) {
		n.b.Errorf("%s: %d findings, want %v", what, found, kinds)
	}
}

func (n *news) report() {
	for what, took := range n.took {
		n.b.ReportMetric(float64(took.Microseconds())/1000, what)
	}
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

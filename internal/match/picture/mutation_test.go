package picture

import (
	"bytes"
	"errors"
	"image/gif"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// seeds are small files of all kinds.
func seeds(tb testing.TB) [][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		tb.Fatal("no testdata", err)
	}
	var all [][]byte
	for _, name := range names {
		all = append(all, readTestdata(tb, filepath.Base(name)))
	}
	small, clear := scene(40, 30, false), scene(40, 30, true)
	grey := Luma(small)
	all = append(all,
		pngBytes(tb, small), pngBytes(tb, clear), pngBytes(tb, grey),
		encoded(tb, func(b *bytes.Buffer) error { return gif.Encode(b, small, nil) }),
		encoded(tb, func(b *bytes.Buffer) error { return bmp.Encode(b, clear) }),
		encoded(tb, func(b *bytes.Buffer) error {
			return tiff.Encode(b, small, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}),
		gifOf(tb, patches()), apngOf(tb, patches()),
		animatedWebP(tb, "lossless_alpha.webp", "lossy_alpha.webp"),
		adam7(tb, clear),
	)
	return all
}

// mutate damages data the way storms, editors and attackers do.
func mutate(rng *rand.Rand, data []byte, all [][]byte) []byte {
	out := bytes.Clone(data)
	for range 1 + rng.IntN(4) {
		if len(out) == 0 {
			return out
		}
		at := rng.IntN(len(out))
		if rng.IntN(2) == 0 { // headers matter most
			at = rng.IntN(min(len(out), 200))
		}
		n := min(1+rng.IntN(1+rng.IntN(64)), len(out)-at)
		switch rng.IntN(8) {
		case 0:
			out[at] ^= 1 << rng.IntN(8)
		case 1:
			out[at] = []byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}[rng.IntN(6)]
		case 2:
			for i := range n {
				out[at+i] = byte(rng.Uint32())
			}
		case 3:
			out = slices.Delete(out, at, at+n)
		case 4:
			out = slices.Insert(out, at, bytes.Clone(out[at:at+n])...)
		case 5:
			out = out[:at]
		case 6:
			copy(out[at:], []byte{0x20, 0, 0x20, 0}) // sizes
		case 7:
			other := all[rng.IntN(len(all))]
			out = append(out[:at], other[min(at, len(other)):]...)
		}
	}
	return out
}

// TestMutations decodes thousands of damaged files: none may panic or allocate
// more than 64 MB. ASSAY_MUTATIONS sets how many; ASSAY_MUTATION_SEED which.
func TestMutations(t *testing.T) {
	count := envNumber(t, "ASSAY_MUTATIONS", 6000)
	seed := uint64(envNumber(t, "ASSAY_MUTATION_SEED", 1))
	all := seeds(t)
	codes := map[string]int{}
	damaged := 0
	for i := range count {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		data := mutate(rng, all[i%len(all)], all)
		var p *Picture
		used, err := allocated(func() (err error) {
			p, err = Decode(data, Limits{})
			return err
		})
		if used > 64<<20 {
			t.Errorf("mutation %d of seed %d allocated %s", i, seed, megabytes(used))
		}
		checkOutcome(t, p, err)
		var e *Error
		if errors.As(err, &e) {
			codes[e.Code]++
		} else if p.Damaged {
			damaged++
		}
	}
	t.Logf("%d mutations: %d opened damaged, errors %v", count, damaged, codes)
}

func envNumber(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// checkOutcome checks what holds for every file.
func checkOutcome(t *testing.T, p *Picture, err error) {
	t.Helper()
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Code == "" || e.Detail == "" || p != nil {
			t.Fatalf("picture %v with error %v", p, err)
		}
		if bytes.Contains([]byte(e.Detail), []byte("the decoder stopped")) {
			t.Errorf("a decoder panicked: %v", err)
		}
		return
	}
	if len(p.Frames) == 0 || p.Format == "" || p.Width <= 0 || p.Height <= 0 || p.FrameCount < len(p.Frames) {
		t.Fatalf("%+v", p)
	}
	for _, f := range p.Frames {
		if f.Rect.Size() != p.Frames[0].Rect.Size() || f.Rect.Empty() {
			t.Fatalf("frame of %v", f.Rect)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data, Limits{})
		checkOutcome(t, p, err)
	})
}

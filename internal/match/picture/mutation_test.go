package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

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
		pngBytes(tb, small), pngBytes(tb, clear), pngBytes(tb, grey), pngBytes(tb, deep(clear)),
		encoded(tb, func(b *bytes.Buffer) error { return gif.Encode(b, small, nil) }),
		encoded(tb, func(b *bytes.Buffer) error { return bmp.Encode(b, clear) }),
		encoded(tb, func(b *bytes.Buffer) error {
			return tiff.Encode(b, small, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}),
		encoded(tb, func(b *bytes.Buffer) error { return tiff.Encode(b, grey, nil) }),
		gifOf(tb, patches()), apngOf(tb, patches()),
		animatedWebP(tb, "lossless_alpha.webp", "lossy_alpha.webp"),
		animatedWebP(tb, "lossy.webp", "lossless.webp", "lossless.webp"),
		adam7(tb, clear), manyGroups(6, 5, 0, false), manyGroups(2, 2, 3, true),
	)
	return all
}

// deep is img with 16 bits a sample.
func deep(img *image.NRGBA) image.Image {
	out := image.NewNRGBA64(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.Set(x, y, img.NRGBAAt(x, y))
		}
	}
	return out
}

// largeSeeds are files of up to a megabyte.
func largeSeeds(tb testing.TB) [][]byte {
	tb.Helper()
	noisy := randomPicture(rand.New(rand.NewPCG(7, 7)), 480, 500, true)
	var lossy [][]byte
	for _, name := range []string{"lossy_alpha.webp", "lossless.webp"} {
		lossy = append(lossy, animatedWebP(tb, slices.Repeat([]string{name}, 500)...))
	}
	return append(lossy,
		jpegBytes(tb, noisy, 95), jpegBytes(tb, scene(1900, 1500, false), 60), pngBytes(tb, noisy), pngBytes(tb, scene(1700, 900, false)),
		encoded(tb, func(b *bytes.Buffer) error { return gif.Encode(b, noisy, nil) }),
		encoded(tb, func(b *bytes.Buffer) error { return bmp.Encode(b, noisy) }),
		encoded(tb, func(b *bytes.Buffer) error { return tiff.Encode(b, noisy, nil) }),
		manyGroups(52, 50, 0, true), manyGroups(100, 60, 0, false), adam7(tb, noisy),
	)
}

// everyLarge is how many small files are damaged for each large one.
const everyLarge = 50

// TestMutations decodes thousands of damaged files: none may panic or need more
// than 64 MB. All that is ever allocated is counted, garbage included; where
// that is more, as with long animations, it is how much was held at once.
// ASSAY_MUTATIONS sets how many; ASSAY_MUTATION_SEED which.
func TestMutations(t *testing.T) {
	count := envNumber(t, "ASSAY_MUTATIONS", 6000)
	seed := uint64(envNumber(t, "ASSAY_MUTATION_SEED", 1))
	small, large := seeds(t), largeSeeds(t)
	all := slices.Concat(small, large)
	s := summary{codes: map[string]int{}}
	for i := range count {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		m, original := mutator{rng, small}, small[i%len(small)]
		if i%everyLarge == 0 {
			m.all, original = all, large[i/everyLarge%len(large)]
		}
		s.decode(t, i, m.mutate(original))
		if (i+1)%50_000 == 0 || i == count-1 {
			t.Logf("mutation %d of seed %d: %v", i, seed, &s)
		}
	}
}

// summary is what became of damaged files.
type summary struct {
	codes                    map[string]int
	opened, damaged, refused int
	greediest, slowest       int // which
	most                     int64
	longest                  time.Duration
	wasteful                 int // allocated more, but not at once
}

func (s *summary) String() string {
	return fmt.Sprintf("%d opened, %d of them as damaged, %d refused (%v); at most %s (%d) and %v (%d); %d left more garbage than that",
		s.opened, s.damaged, s.refused, s.codes, megabytes(s.most), s.greediest, s.longest.Round(time.Millisecond), s.slowest, s.wasteful)
}

func (s *summary) decode(t *testing.T, i int, data []byte) {
	var p *Picture
	start := time.Now()
	used, err := allocated(func() (err error) {
		p, err = Decode(data, Limits{})
		return err
	})
	if took := time.Since(start); took > s.longest {
		s.longest, s.slowest = took, i
	}
	if used > 64<<20 {
		s.wasteful++
		used = heldAtOnce(func() { _, _ = Decode(data, Limits{}) })
	}
	if used > s.most {
		s.most, s.greediest = used, i
	}
	if used > 64<<20 {
		t.Errorf("mutation %d, %d bytes, needs %s", i, len(data), megabytes(used))
	}
	checkOutcome(t, p, err)
	var e *Error
	if errors.As(err, &e) {
		s.codes[e.Code]++
		s.refused++
		return
	}
	s.opened++
	if p.Damaged {
		s.damaged++
	}
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
			t.Errorf("a decoder panicked: %v", err) // Decode turns it into an error
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

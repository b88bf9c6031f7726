package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"pgregory.net/rapid"
)

// scene draws a picture with edges, gradients and noise, and with some
// transparency if asked.
func scene(w, h int, translucid bool) *image.NRGBA {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x ^ y) * 3), 255}
			if dx, dy := x-w/3, y-h/2; dx*dx+dy*dy < w*h/20 {
				c.R, c.G = 255-c.G, c.B
			}
			c.B += uint8(rng.IntN(9))
			if translucid {
				c.A = uint8(40 + (x+y)%216)
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(tb testing.TB, encode func(*bytes.Buffer) error) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func pngBytes(tb testing.TB, img image.Image) []byte {
	return encoded(tb, func(b *bytes.Buffer) error { return png.Encode(b, img) })
}

func jpegBytes(tb testing.TB, img image.Image, quality int) []byte {
	return encoded(tb, func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: quality}) })
}

func decodeOne(tb testing.TB, data []byte) *image.NRGBA {
	tb.Helper()
	p, err := Decode(data, Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	if len(p.Frames) != 1 {
		tb.Fatalf("%d frames", len(p.Frames))
	}
	return p.Frames[0]
}

// difference returns the largest difference of any channel value.
func difference(a, b *image.NRGBA) int {
	if a.Rect.Size() != b.Rect.Size() {
		return 256
	}
	worst := 0
	for y := range a.Rect.Dy() {
		for x := range 4 * a.Rect.Dx() {
			d := int(a.Pix[y*a.Stride+x]) - int(b.Pix[y*b.Stride+x])
			worst = max(worst, d, -d)
		}
	}
	return worst
}

func asNRGBA(img image.Image) *image.NRGBA {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(x, y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// Every kind of picture that the standard encoders write comes back unchanged.
func TestLosslessFormatsKeepPixels(t *testing.T) {
	opaque, clear := scene(61, 43, false), scene(61, 43, true)
	deep := image.NewNRGBA64(opaque.Rect)
	grey := image.NewGray(opaque.Rect)
	grey16 := image.NewGray16(opaque.Rect)
	for y := range 43 {
		for x := range 61 {
			c := clear.NRGBAAt(x, y)
			deep.SetNRGBA64(x, y, color.NRGBA64{uint16(c.R) << 8, uint16(c.G)<<8 | 77, uint16(c.B) << 8, uint16(c.A)<<8 | 200})
			grey.SetGray(x, y, color.Gray{c.R})
			grey16.SetGray16(x, y, color.Gray16{uint16(c.R)<<8 | 99})
		}
	}
	palettes := func(n int) *image.Paletted {
		p := image.NewPaletted(opaque.Rect, nil)
		for i := range n {
			p.Palette = append(p.Palette, color.NRGBA{uint8(i * 7), uint8(i * 31), uint8(255 - i), uint8(255 - i%3)})
		}
		for i := range p.Pix {
			p.Pix[i] = uint8(i * 13 % n)
		}
		return p
	}
	for name, img := range map[string]image.Image{
		"rgb": opaque, "rgba": clear, "rgba16": deep, "grey": grey, "grey16": grey16,
		"palette2": palettes(2), "palette4": palettes(4), "palette16": palettes(16), "palette256": palettes(256),
	} {
		want := asNRGBA(img)
		if name == "rgba16" {
			want = clear
		}
		data := pngBytes(t, img)
		if got := decodeOne(t, data); difference(got, want) != 0 && (name != "rgba16" || difference(got, want) > 1) {
			t.Errorf("png %s: pixels differ by up to %d", name, difference(got, want))
		}
	}
	data := encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, opaque) })
	if got := decodeOne(t, data); difference(got, opaque) != 0 {
		t.Errorf("bmp differs by %d", difference(got, opaque))
	}
	for _, compression := range []tiff.CompressionType{tiff.Uncompressed, tiff.Deflate} {
		data := encoded(t, func(b *bytes.Buffer) error {
			return tiff.Encode(b, clear, &tiff.Options{Compression: compression})
		})
		if got := decodeOne(t, data); difference(got, clear) != 0 {
			t.Errorf("tiff %v differs by %d", compression, difference(got, clear))
		}
	}
	p := palettes(200)
	data = encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, asOpaque(p), nil) })
	if got := decodeOne(t, data); difference(got, asNRGBA(asOpaque(p))) != 0 {
		t.Error("gif differs")
	}
}

func asOpaque(p *image.Paletted) *image.Paletted {
	out := *p
	out.Palette = nil
	for _, c := range p.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		n.A = 255
		out.Palette = append(out.Palette, n)
	}
	return &out
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"empty":       {nil, CodeTruncated},
		"text":        {[]byte("what a fine day it is today"), CodeUnknownFormat},
		"svg":         {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), CodeUnsupported},
		"avif":        {[]byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1"), CodeUnsupported},
		"heic":        {[]byte("\x00\x00\x00\x20ftypheic\x00\x00\x00\x00mif1heic"), CodeUnsupported},
		"jpeg header": {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"), CodeTruncated},
		"png header":  {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00"), CodeTruncated},
		"gif header":  {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), CodeTruncated},
		"webp empty":  {[]byte("RIFF\x04\x00\x00\x00WEBP"), CodeTruncated},
	} {
		_, err := Decode(c.data, Limits{})
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code || e.Detail == "" {
			t.Errorf("%s: got %v, want code %s", name, err, c.code)
		}
	}
	_, err := Decode(make([]byte, 100), Limits{MaxBytes: 99})
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeTooLarge {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestFrameSize(t *testing.T) {
	for _, c := range []struct{ w, h, fw, fh int }{
		{1, 1, 1, 1},
		{1600, 1600, 1600, 1600},
		{4000, 3000, 1600, 1200},
		{3000, 4000, 1200, 1600},
		{1920, 1080, 1600, 900},
		{860, 9000, 640, 6698},     // a product page, legible
		{860, 20_000, 508, 11_812}, // bounded by its area
		{300, 30_000, 245, 24_495},
		{65_535, 1, 65_535, 1},
	} {
		if fw, fh := frameSize(c.w, c.h); fw != c.fw || fh != c.fh {
			t.Errorf("%d x %d: got %d x %d, want %d x %d", c.w, c.h, fw, fh, c.fw, c.fh)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 65_535).Draw(t, "w"), rapid.IntRange(1, 65_535).Draw(t, "h")
		fw, fh := frameSize(w, h)
		if fw < 1 || fh < 1 || fw > w || fh > h || fw*fh > 1.01*stripPixels+70_000 {
			t.Fatalf("%d x %d: %d x %d", w, h, fw, fh)
		}
	})
}

func TestLargePictureIsScaledDown(t *testing.T) {
	for _, c := range []struct{ size, frame image.Point }{
		{image.Pt(2000, 1000), image.Pt(1600, 800)},
		{image.Pt(3301, 1401), image.Pt(1600, 679)}, // a JPEG of this size is halved first
		{image.Pt(300, 2000), image.Pt(300, 2000)},
	} {
		img := smooth(c.size.X, c.size.Y)
		want := Resize(img, c.frame.X, c.frame.Y)
		for name, data := range map[string][]byte{
			"bmp":  encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, img) }),
			"jpeg": jpegBytes(t, img, 92),
		} {
			p, err := Decode(data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if p.Width != c.size.X || p.Height != c.size.Y || p.Frames[0].Rect.Size() != c.frame {
				t.Fatalf("%s: %d x %d in %v", name, p.Width, p.Height, p.Frames[0].Rect)
			}
			if d := meanDifference(p.Frames[0], want); d > 3 {
				t.Errorf("%s of %v differs from area averaging by %.1f on average", name, c.size, d)
			}
		}
	}
}

// Headers that promise more than the limits are refused before memory is spent.
func TestPatchedHeaders(t *testing.T) {
	small := scene(64, 64, false)
	jpg, pic := jpegBytes(t, small, 80), pngBytes(t, small)
	sof := bytes.Index(jpg, []byte{0xff, 0xc0})
	anim := encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, small, nil) })
	webp := readTestdata(t, "lossless.webp")
	for name, data := range map[string][]byte{
		"jpeg":             patched(jpg, sof+5, "\x40\x00\x40\x00"),
		"progressive jpeg": patched(patched(jpg, sof+1, "\xc2"), sof+5, "\x1f\x00\x1f\x00"),
		"png":              patched(pic, 16, "\x00\x00\x3f\xff\x00\x00\x3f\xff"),
		"interlaced png":   patched(patched(pic, 16, "\x00\x00\x17\xff\x00\x00\x17\xff"), 28, "\x01"),
		"gif":              patched(anim, 6, "\xff\xff\xff\xff"),
		"webp":             patched(webp, 21, "\xff\xff\xff\x0f"),
	} {
		used, err := allocated(func() error { _, err := Decode(data, Limits{}); return err })
		var e *Error
		if !errors.As(err, &e) || used > 64<<20 {
			t.Errorf("%s: allocated %s, %v", name, megabytes(used), err)
		}
	}
}

func patched(data []byte, at int, with string) []byte {
	out := bytes.Clone(data)
	copy(out[at:], with)
	return out
}

func readTestdata(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// allocated runs do and returns the bytes it allocated in all.
func allocated(do func() error) (int64, error) {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	err := do()
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - before), err
}

// heldAtOnce returns the most that was on the heap at one time, with a collector
// that lets little garbage lie.
func heldAtOnce(do func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	held := func() int64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	before, most := held(), int64(0)
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	for {
		select {
		case <-done:
			return most - before
		default:
			most = max(most, held())
			runtime.Gosched()
		}
	}
}

// meanDifference returns the mean difference of channel values.
func meanDifference(a, b *image.NRGBA) float64 {
	if a.Rect.Size() != b.Rect.Size() {
		return 256
	}
	sum, n := 0, 0
	for y := range a.Rect.Dy() {
		for x := range 4 * a.Rect.Dx() {
			d := int(a.Pix[y*a.Stride+x]) - int(b.Pix[y*b.Stride+x])
			sum += max(d, -d)
			n++
		}
	}
	return float64(sum) / float64(n)
}

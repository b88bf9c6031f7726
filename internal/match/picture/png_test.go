package picture

import (
	"bytes"
	"compress/zlib"
	"errors"
	"image"
	"testing"
)

// adam7 writes img as an interlaced PNG without filters.
func adam7(tb testing.TB, img *image.NRGBA) []byte {
	var raw bytes.Buffer
	z := zlib.NewWriter(&raw)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for _, p := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		for y := p[1]; y < h && p[0] < w; y += p[3] {
			row := []byte{0}
			for x := p[0]; x < w; x += p[2] {
				c := img.NRGBAAt(x, y)
				row = append(row, c.R, c.G, c.B, c.A)
			}
			if _, err := z.Write(row); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	plain := pngBytes(tb, scene(w, h, true)) // for its header
	header := patched(plain[16:29], 12, "\x01")
	out := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", header)...)
	out = append(out, pngChunk("IDAT", raw.Bytes()[:10])...)
	out = append(out, pngChunk("IDAT", raw.Bytes()[10:])...)
	return append(out, pngChunk("IEND", nil)...)
}

func TestInterlacedPNG(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 2}, {5, 9}, {33, 21}} {
		img := scene(size.X, size.Y, true)
		if got := decodeOne(t, adam7(t, img)); difference(got, img) != 0 {
			t.Errorf("%v: pixels differ", size)
		}
	}
}

func TestTruncatedPNG(t *testing.T) {
	img := scene(90, 70, true)
	data := pngBytes(t, img)
	opened := 0
	for n := 0; n < len(data); n += 7 {
		p, err := Decode(data[:n], Limits{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeTruncated {
				t.Fatalf("cut to %d: %v", n, err)
			}
			continue
		}
		opened++
		if !p.Damaged {
			t.Fatalf("cut to %d of %d counts as whole", n, len(data))
		}
		checkPrefix(t, "png", p.Frames[0], img)
	}
	if opened < len(data)/7/2 {
		t.Errorf("%d of %d prefixes opened", opened, len(data)/7)
	}
}

// Checksums are not looked at: browsers show such files too.
func TestPNGWithWrongChecksums(t *testing.T) {
	img := scene(20, 20, true)
	data := pngBytes(t, img)
	at := bytes.Index(data, []byte("IEND")) - 8
	if got := decodeOne(t, patched(data, at, "\x00\x00\x00\x00")); difference(got, img) != 0 {
		t.Error("pixels differ")
	}
}

func TestTransparentColourOfPNG(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 4, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 3)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	data := pngBytes(t, img) // 8-bit RGB
	key := pngChunk("tRNS", []byte{0, img.Pix[4], 0, img.Pix[5], 0, img.Pix[6]})
	at := bytes.Index(data, []byte("IDAT")) - 4
	got := decodeOne(t, append(append(bytes.Clone(data[:at]), key...), data[at:]...))
	for i := 0; i < len(img.Pix); i += 4 {
		if want := uint8(255); i != 4 && got.Pix[i+3] != want || i == 4 && got.Pix[i+3] != 0 {
			t.Errorf("pixel %d has alpha %d", i/4, got.Pix[i+3])
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	data := pngBytes(b, scene(800, 800, false))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

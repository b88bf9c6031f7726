package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"strings"
	"testing"
)

// sample draws the picture that the files in testdata hold.
func sample() *image.NRGBA {
	const w, h = 75, 53
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(x * y % 200), 255}
			if dx, dy := x-w/3, y-h/2; dx*dx+dy*dy < 200 {
				c.R, c.G = 255-c.G, c.B
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func jpegFiles(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(names) < 20 {
		tb.Fatalf("%d files, %v", len(names), err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		files[filepath.Base(name)] = readTestdata(tb, filepath.Base(name))
	}
	return files
}

// Every kind of JPEG comes out as from image/jpeg, and like what was drawn.
func TestJPEGKinds(t *testing.T) {
	drawn := sample()
	for name, data := range jpegFiles(t) {
		t.Run(name, func(t *testing.T) {
			p, err := Decode(data, Limits{})
			if name == "arithmetic.jpg" {
				var e *Error
				if !errors.As(err, &e) || e.Code != CodeUnsupported {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Damaged || p.Format != FormatJPEG {
				t.Errorf("%s, damaged %v", p.Format, p.Damaged)
			}
			got := p.Frames[0]
			if reference, err := jpeg.Decode(bytes.NewReader(data)); err == nil {
				if d, mean := difference(got, asNRGBA(reference)), meanDifference(got, asNRGBA(reference)); d > 5 || mean > 0.5 {
					t.Errorf("differs from image/jpeg by up to %d, %.2f on average", d, mean)
				}
			} else {
				t.Logf("image/jpeg: %v", err)
			}
			if d := meanDifference(got, expected(name, drawn)); d > 15 { // the blue pattern is too fine for halved chroma
				t.Errorf("differs from the drawing by %.1f on average", d)
			}
		})
	}
}

// expected is the drawing as the file's components hold it.
func expected(name string, drawn *image.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(drawn.Rect)
	for y := range drawn.Rect.Dy() {
		for x := range drawn.Rect.Dx() {
			c := drawn.NRGBAAt(x, y)
			if strings.Contains(name, "grey") {
				c.G, c.B = c.R, c.R
			}
			if strings.Contains(name, "cmyk") || strings.Contains(name, "ycck") {
				k := uint16(255 - (x+y)%90)
				c.R, c.G, c.B = uint8(uint16(c.R)*k/255), uint8(uint16(c.G)*k/255), uint8(uint16(c.B)*k/255)
			}
			out.SetNRGBA(x, y, c)
		}
	}
	return out
}

// However much is missing at the end, what is there is shown and the rest is
// transparent, or the error says that too little is there.
func TestTruncatedJPEG(t *testing.T) {
	for _, name := range []string{"baseline_420.jpg", "baseline_restart.jpg", "progressive_420.jpg", "baseline_separate.jpg"} {
		data := readTestdata(t, name)
		whole := decodeOne(t, data)
		opened := 0
		for n := range len(data) - 2 {
			p, err := Decode(data[:n], Limits{})
			if err != nil {
				var e *Error
				if !errors.As(err, &e) || (e.Code != CodeTruncated && e.Code != CodeCorrupt) {
					t.Fatalf("%s cut to %d: %v", name, n, err)
				}
				continue
			}
			opened++
			if !p.Damaged {
				t.Fatalf("%s cut to %d of %d counts as whole", name, n, len(data))
			}
			if strings.HasPrefix(name, "baseline_4") {
				checkPrefix(t, fmt.Sprintf("%s cut to %d", name, n), p.Frames[0], whole)
			}
		}
		if opened < len(data)/5 {
			t.Errorf("%s: only %d of %d prefixes opened", name, opened, len(data))
		}
	}
}

// checkPrefix checks that part holds pixels of whole and then none at all.
func checkPrefix(t *testing.T, what string, part, whole *image.NRGBA) {
	t.Helper()
	shown := 0
	for i := 0; i < len(part.Pix); i += 4 {
		switch got := [4]byte(part.Pix[i:]); {
		case got == [4]byte(whole.Pix[i:]):
			shown++
		case got != [4]byte{}:
			t.Fatalf("%s: pixel %d is %v, want %v or nothing", what, i/4, got, whole.Pix[i:i+4])
		}
	}
	if shown < len(part.Pix)/4/20 {
		t.Fatalf("%s: %d pixels shown", what, shown)
	}
}

// Damage inside one restart interval leaves all other intervals intact.
func TestRestartMarkersLimitDamage(t *testing.T) {
	data := readTestdata(t, "baseline_restart.jpg")
	whole := decodeOne(t, data)
	second := bytes.Index(data, []byte{0xff, 0xd1})
	third := bytes.Index(data, []byte{0xff, 0xd2})
	for name, broken := range map[string][]byte{
		"overwritten": patched(data, second+3, strings.Repeat("\x5a", third-second-3)),
		"removed":     append(bytes.Clone(data[:second+4]), data[third:]...),
		"no marker":   append(bytes.Clone(data[:second]), data[second+2:]...),
		"interval":    append(bytes.Clone(data[:second]), data[third:]...),
	} {
		p, err := Decode(broken, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same := 0
		for i := 0; i < len(whole.Pix); i += 4 {
			if [4]byte(p.Frames[0].Pix[i:]) == [4]byte(whole.Pix[i:]) {
				same++
			}
		}
		// Two of seven intervals of three MCUs may suffer.
		if share := float64(same) / float64(len(whole.Pix)/4); share < 0.7 || share == 1 {
			t.Errorf("%s: %.0f %% of the pixels are intact", name, 100*share)
		}
		if name != "overwritten" && !p.Damaged {
			t.Errorf("%s: not reported", name)
		}
	}
}

// Frames of Motion JPEG leave out the Huffman tables that image/jpeg writes.
func TestJPEGWithoutHuffmanTables(t *testing.T) {
	data := jpegBytes(t, sample(), 80)
	at := bytes.Index(data, []byte{0xff, 0xc4})
	n := int(binary.BigEndian.Uint16(data[at+2:])) + 2
	bare := append(bytes.Clone(data[:at]), data[at+n:]...)
	if difference(decodeOne(t, bare), decodeOne(t, data)) != 0 {
		t.Error("pixels differ")
	}
}

// Garbage between segments and stray markers do not matter.
func TestJPEGWithGarbageBetweenSegments(t *testing.T) {
	data := readTestdata(t, "baseline_420.jpg")
	at := bytes.Index(data, []byte{0xff, 0xdb})
	odd := append(bytes.Clone(data[:at]), "garbage\xff\x00\xff\xff"...)
	odd = append(odd, data[at:]...)
	if difference(decodeOne(t, odd), decodeOne(t, data)) != 0 {
		t.Error("pixels differ")
	}
}

// withEXIF inserts an orientation after the start of a JPEG.
func withEXIF(data []byte, orientation uint16, order binary.AppendByteOrder) []byte {
	tiff := []byte("Exif\x00\x00II*\x00")
	if order == binary.BigEndian {
		tiff = []byte("Exif\x00\x00MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, field := range [][2]uint16{{0x0100, 9}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, field[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, field[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(tiff)+2))
	out := append(bytes.Clone(data[:2]), segment...)
	return append(append(out, tiff...), data[2:]...)
}

func TestOrientation(t *testing.T) {
	data := readTestdata(t, "baseline_420.jpg")
	plain := decodeOne(t, data)
	w, h := plain.Rect.Dx(), plain.Rect.Dy()
	// Where the stored pixel (x, y) is shown, by the EXIF standard: 2 mirrored,
	// 3 half turn, 4 upside down, 5 transposed, 6 quarter turn right, 7
	// transposed along the other diagonal, 8 quarter turn left.
	shown := map[uint16]func(x, y int) (int, int){
		0: func(x, y int) (int, int) { return x, y },
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return h - 1 - y, x },
		7: func(x, y int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y int) (int, int) { return y, w - 1 - x },
		9: func(x, y int) (int, int) { return x, y },
	}
	for o, where := range shown {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := Decode(withEXIF(data, o, order), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if size := p.Frames[0].Rect.Size(); size != image.Pt(p.Width, p.Height) {
				t.Fatalf("orientation %d: frame %v of %d x %d", o, size, p.Width, p.Height)
			}
			for y := range h {
				for x := range w {
					u, v := where(x, y)
					if p.Frames[0].NRGBAAt(u, v) != plain.NRGBAAt(x, y) {
						t.Fatalf("orientation %d: stored pixel (%d, %d) is not at (%d, %d)", o, x, y, u, v)
					}
				}
			}
		}
	}
}

func BenchmarkJPEG(b *testing.B) {
	for _, size := range []image.Point{{800, 800}, {1500, 1500}, {4000, 3000}} {
		data := jpegBytes(b, smooth(size.X, size.Y), 85)
		name := fmt.Sprintf("%dx%d", size.X, size.Y)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(data, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/image_jpeg", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// smooth draws a picture whose JPEG is about as dense as a photograph's.
func smooth(w, h int) *image.NRGBA {
	return Resize(scene(w/3, h/3, false), w, h)
}

package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var (
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 255, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
	none  = color.NRGBA{}
)

// patch is a plain rectangle of an animation.
type patch struct {
	rect    image.Rectangle
	colour  color.NRGBA
	dispose int
	delay   int // milliseconds
}

// The canvas is 8 x 4. After each frame the pixels at x = 1, 3 and 5 tell how
// frames were composed and disposed of.
var composition = []struct {
	patch
	want [3]color.NRGBA
}{
	{patch{image.Rect(0, 0, 8, 4), red, disposeKeep, 100}, [3]color.NRGBA{red, red, red}},
	{patch{image.Rect(0, 0, 2, 4), green, disposeRestore, 100}, [3]color.NRGBA{green, red, red}},
	{patch{image.Rect(2, 0, 4, 4), blue, disposeClear, 100}, [3]color.NRGBA{red, blue, red}},
	{patch{image.Rect(4, 0, 8, 4), green, disposeKeep, 100}, [3]color.NRGBA{red, none, green}},
}

func checkComposition(t *testing.T, data []byte) {
	t.Helper()
	p, err := Decode(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Width != 8 || p.Height != 4 || p.FrameCount != 4 || len(p.Frames) != 4 || p.Damaged {
		t.Fatalf("%d x %d, %d of %d frames, damaged %v", p.Width, p.Height, len(p.Frames), p.FrameCount, p.Damaged)
	}
	for i, c := range composition {
		for k, want := range c.want {
			if got := p.Frames[i].NRGBAAt(1+2*k, 1); got != want {
				t.Errorf("frame %d at x=%d: %v, want %v", i, 1+2*k, got, want)
			}
		}
	}
}

func gifOf(tb testing.TB, patches []patch) []byte {
	file := &gif.GIF{Config: image.Config{Width: 8, Height: 4}}
	for _, p := range patches {
		img := image.NewPaletted(p.rect, color.Palette{p.colour, color.NRGBA{}})
		file.Image = append(file.Image, img)
		file.Delay = append(file.Delay, p.delay/10)
		file.Disposal = append(file.Disposal, map[int]byte{disposeKeep: gif.DisposalNone, disposeClear: gif.DisposalBackground, disposeRestore: gif.DisposalPrevious}[p.dispose])
	}
	return encoded(tb, func(b *bytes.Buffer) error { return gif.EncodeAll(b, file) })
}

func patches() (out []patch) {
	for _, c := range composition {
		out = append(out, c.patch)
	}
	return out
}

func TestGIFComposition(t *testing.T) { checkComposition(t, gifOf(t, patches())) }

// pngChunk is one chunk with its checksum.
func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// apngOf writes an animated PNG whose first frame is the default image.
func apngOf(tb testing.TB, patches []patch) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	for i, p := range patches {
		img := image.NewNRGBA(image.Rect(0, 0, p.rect.Dx(), p.rect.Dy()))
		for k := 0; k < len(img.Pix); k += 4 {
			copy(img.Pix[k:], []byte{p.colour.R, p.colour.G, p.colour.B, p.colour.A})
		}
		img.Pix[3] = 254 // keeps the encoder from leaving out alpha
		single := pngBytes(tb, img)
		idat := bytes.Index(single, []byte("IDAT"))
		body := single[idat+4:][:binary.BigEndian.Uint32(single[idat-4:])]
		if i == 0 {
			out = append(out, single[8:33]...)
			out = append(out, pngChunk("acTL", []byte{0, 0, 0, byte(len(patches)), 0, 0, 0, 0})...)
		}
		control := make([]byte, 26)
		for k, v := range []int{i, p.rect.Dx(), p.rect.Dy(), p.rect.Min.X, p.rect.Min.Y} {
			binary.BigEndian.PutUint32(control[4*k:], uint32(v))
		}
		binary.BigEndian.PutUint16(control[20:], uint16(p.delay))
		binary.BigEndian.PutUint16(control[22:], 1000)
		control[24] = map[int]byte{disposeKeep: 0, disposeClear: 1, disposeRestore: 2}[p.dispose]
		out = append(out, pngChunk("fcTL", control)...)
		if i == 0 {
			out = append(out, pngChunk("IDAT", body)...)
		} else {
			out = append(out, pngChunk("fdAT", append([]byte{0, 0, 0, byte(i)}, body...))...)
		}
	}
	return append(out, pngChunk("IEND", nil)...)
}

func TestAPNGComposition(t *testing.T) { checkComposition(t, apngOf(t, patches())) }

// riffChunk is one chunk of a WebP file.
func riffChunk(kind string, body []byte) []byte {
	var b bytes.Buffer
	writeRIFF(&b, kind, body)
	return b.Bytes()
}

func put24(v int) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16)} }

// animatedWebP shows the coded images of still files one after the other, each
// 2*i pixels further right.
func animatedWebP(tb testing.TB, names ...string) []byte {
	body := riffChunk("VP8X", slices.Concat([]byte{0x12, 0, 0, 0}, put24(99), put24(59)))
	body = append(body, riffChunk("ANIM", make([]byte, 6))...)
	for i, name := range names {
		file := readTestdata(tb, name)
		at := 12
		if string(file[12:16]) == "VP8X" {
			at = 30
		}
		head := slices.Concat(put24(i), put24(0), put24(74), put24(52), put24(100), []byte{0})
		body = append(body, riffChunk("ANMF", append(head, file[at:]...))...)
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(out, "WEBP"...), body...)
}

func TestAnimatedWebP(t *testing.T) {
	data := animatedWebP(t, "lossless.webp", "lossy_alpha.webp", "lossy.webp")
	p, err := Decode(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Width != 100 || p.Height != 60 || len(p.Frames) != 3 || p.Damaged {
		t.Fatalf("%d x %d, %d frames, damaged %v", p.Width, p.Height, len(p.Frames), p.Damaged)
	}
	still := decodeOne(t, readTestdata(t, "lossy.webp"))
	if got, want := p.Frames[2].NRGBAAt(4+30, 20), still.NRGBAAt(30, 20); got != want {
		t.Errorf("last frame: %v, want %v", got, want)
	}
	first := decodeOne(t, readTestdata(t, "lossless.webp"))
	if got, want := p.Frames[2].NRGBAAt(1, 20), first.NRGBAAt(1, 20); got != want {
		t.Errorf("first frame shows through with %v, want %v", got, want)
	}
	if got := p.Frames[2].NRGBAAt(95, 55); got != none {
		t.Errorf("outside of all frames: %v", got)
	}
}

func TestWebPKinds(t *testing.T) {
	drawn := sample()
	for name, tolerance := range map[string]float64{"lossless.webp": 0, "lossy.webp": 15} {
		if d := meanDifference(decodeOne(t, readTestdata(t, name)), drawn); d > tolerance {
			t.Errorf("%s differs from the drawing by %.1f on average", name, d)
		}
	}
	lossless, lossy := decodeOne(t, readTestdata(t, "lossless_alpha.webp")), decodeOne(t, readTestdata(t, "lossy_alpha.webp"))
	for y := range 53 {
		for x := range 75 {
			want := uint8(255)
			if x >= 40 {
				want = uint8(4 * y)
			}
			if a, b := lossless.NRGBAAt(x, y).A, lossy.NRGBAAt(x, y).A; a != want || b != want {
				t.Fatalf("alpha at (%d, %d) is %d and %d, want %d", x, y, a, b, want)
			}
		}
	}
}

func TestTruncatedAnimationKeepsWholeFrames(t *testing.T) {
	data := gifOf(t, patches())
	p, err := Decode(data[:len(data)-30], Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Damaged || len(p.Frames) < 3 || p.Frames[0].NRGBAAt(1, 1) != red {
		t.Errorf("damaged %v, %d frames", p.Damaged, len(p.Frames))
	}
}

func TestInterlacedRowsAreAPermutation(t *testing.T) {
	for h := 1; h < 70; h++ {
		seen := make([]bool, h)
		for i := range h {
			y := interlacedRow(i, h)
			if y >= h || seen[y] {
				t.Fatalf("height %d: row %d goes to %d", h, i, y)
			}
			seen[y] = true
		}
	}
	if got := []int{interlacedRow(1, 16), interlacedRow(2, 16), interlacedRow(4, 16), interlacedRow(8, 16)}; !slices.Equal(got, []int{8, 4, 2, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestChooseFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]animationFrame, rapid.IntRange(0, 60).Draw(t, "frames"))
		for i := range all {
			all[i].delay = rapid.SampledFrom([]int{0, 40, 100, 5000}).Draw(t, "delay")
		}
		n := rapid.IntRange(1, 12).Draw(t, "kept")
		keep, kept := chooseFrames(all, n), 0
		for _, k := range keep {
			if k {
				kept++
			}
		}
		if kept != min(n, len(all)) {
			t.Fatalf("%d of %d kept, want %d", kept, len(all), n)
		}
		if len(all) > 0 && !keep[0] || (n > 1 && len(all) > 1 && !keep[len(all)-1]) {
			t.Fatal("first or last frame not kept")
		}
	})
	// A frame shown for most of the time is kept wherever it stands.
	all := make([]animationFrame, 100)
	all[37].delay = 20_000
	if !chooseFrames(all, 8)[37] {
		t.Error("the frame shown longest was not chosen")
	}
}

// The frames of an animation that is large for its budget are kept smaller.
func TestLargeAnimationStaysInBudget(t *testing.T) {
	file := &gif.GIF{Config: image.Config{Width: 800, Height: 600}}
	for i := range 30 {
		rect := image.Rect(20*i, 0, 20*i+20, 20)
		if i == 0 {
			rect = image.Rect(0, 0, 800, 600)
		}
		file.Image = append(file.Image, image.NewPaletted(rect, color.Palette{color.Gray{uint8(8 * i)}, red}))
		file.Delay = append(file.Delay, 10)
		file.Disposal = append(file.Disposal, gif.DisposalPrevious)
	}
	data := encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, file) })
	const memory = 9 << 20
	var p *Picture
	used, err := allocated(func() (err error) {
		p, err = Decode(data, Limits{MaxMemory: memory})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	size := p.Frames[0].Rect.Size()
	if used > memory || len(p.Frames) != 8 || p.FrameCount != 30 || size.X < 300 || size.X > 600 || p.Width != 800 {
		t.Errorf("allocated %s for %d of %d frames of %v", megabytes(used), len(p.Frames), p.FrameCount, size)
	}
}

func writeRIFF(b *bytes.Buffer, kind string, body []byte) {
	b.WriteString(kind)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(body))))
	b.Write(body)
	if len(body)%2 == 1 {
		b.WriteByte(0)
	}
}

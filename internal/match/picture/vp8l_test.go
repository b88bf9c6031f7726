package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"slices"
	"testing"

	"golang.org/x/image/webp"
)

// webpFileOf wraps a coded image in a file.
func webpFileOf(kind string, body []byte) []byte {
	chunk := riffChunk(kind, body)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(chunk)+4))
	return append(append(out, "WEBP"...), chunk...)
}

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	out  []byte
	acc  uint64
	bits uint
}

func (w *bitWriter) put(v int, n uint) {
	w.acc |= uint64(v) << w.bits
	for w.bits += n; w.bits >= 8; w.bits -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
}

// lone writes the code of a single symbol, which then takes no bits.
func (w *bitWriter) lone(symbol int) {
	w.put(1, 1) // simple
	w.put(0, 1) // one symbol
	w.put(1, 1) // of eight bits
	w.put(symbol, 8)
}

// greedy writes the code with as many symbols as the largest cache allows: 1,768
// of 11 bits, then 560 of 12. Its runs of lengths cost 190 bytes.
func (w *bitWriter) greedy() {
	w.put(0, 1)
	w.put(19-4, 4) // lengths of the outer code, in its own order
	for _, at := range []byte(lengthOrder) {
		n := map[byte]int{11: 2, 12: 2, 16: 1}[at]
		w.put(n, 3)
	}
	w.put(0, 1)
	const repeat, eleven, twelve = 0, 1, 3 // codes of 1 and 2 bits, reversed
	run := func(code, count int) {
		w.put(code, 2)
		for count--; count > 0; {
			n := min(count, 6)
			if count-n == 1 || count-n == 2 {
				n -= 3 - (count - n)
			}
			w.put(repeat, 1)
			w.put(n-3, 2)
			count -= n
		}
	}
	run(eleven, 1768)
	run(twelve, 560)
}

// flat writes the code of 256 symbols of 8 bits each, for an alphabet of more.
func (w *bitWriter) flat(alphabet int) {
	w.put(0, 1)
	w.put(12-4, 4)
	for _, at := range []byte(lengthOrder)[:12] {
		n := 0
		if at == 8 {
			n = 1
		}
		w.put(n, 3)
	}
	if alphabet == 256 {
		w.put(0, 1)
		return
	}
	w.put(1, 1)
	w.put(3, 3) // the number of lengths has eight bits
	w.put(256-2, 8)
}

// manyGroups is a picture of 4x4 tiles, n across, each with codes of its own, the
// largest that there are if greedy; first is the number of the first group.
func manyGroups(across, down, first int, greedy bool) []byte {
	w := &bitWriter{}
	w.put(0x2f, 8)
	w.put(4*across-1, 14)
	w.put(4*down-1, 14)
	w.put(0, 4)
	w.put(0, 1) // no transform
	if greedy {
		w.put(1, 1)
		w.put(cacheBits, 4)
	} else {
		w.put(0, 1)
	}
	w.put(1, 1) // several groups
	w.put(0, 3) // tiles of 4x4
	w.put(0, 1) // their map has no cache
	w.flat(280)
	w.flat(256)
	w.lone(0)
	w.lone(0)
	w.lone(0)
	for i := range across * down {
		number := first + i
		for _, v := range []int{number & 255, number >> 8} { // green, red
			reversed := 0
			for bit := range 8 {
				reversed |= v >> bit & 1 << (7 - bit)
			}
			w.put(reversed, 8)
		}
	}
	for i := range first + across*down {
		if greedy {
			w.greedy()
		} else {
			w.lone(i & 255)
		}
		w.lone(i * 3 & 255)
		w.lone(i * 7 & 255)
		w.lone(255)
		w.lone(0)
	}
	for range 4 * across * down * 4 * 12 / 8 {
		w.put(0, 8)
	}
	w.put(0, 7)
	return webpFileOf("VP8L", w.out)
}

// libraryWebP decodes with golang.org/x/image.
func libraryWebP(tb testing.TB, data []byte) *image.NRGBA {
	tb.Helper()
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	eachRow(img, func(y int, pix []byte) { copy(out.Pix[y*out.Stride:], pix) })
	return out
}

// A second decoder of the same format reads the same.
func TestWebPEqualsLibrary(t *testing.T) {
	files := map[string][]byte{"groups": manyGroups(9, 4, 0, false), "greedy": manyGroups(3, 3, 0, true), "gaps": manyGroups(5, 5, 900, false)}
	for _, name := range []string{"lossless.webp", "lossless_alpha.webp", "lossy.webp", "lossy_alpha.webp"} {
		files[name] = readTestdata(t, name)
	}
	for name, data := range files {
		if d := difference(decodeOne(t, data), libraryWebP(t, data)); d != 0 {
			t.Errorf("%s differs by %d", name, d)
		}
	}
}

// Tables can be far larger than the picture: they count before they exist. The
// first file made golang.org/x/image allocate 156 MB.
func TestGreedyTables(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"largest codes":  {manyGroups(52, 50, 0, true), ""},
		"cut short":      {manyGroups(100, 100, 0, true)[:1<<20-1], CodeTruncated},
		"too many":       {manyGroups(250, 100, 0, false), CodeTooLarge},
		"none is used":   {manyGroups(1, 1, 4000, true), ""},
		"the last, tiny": {manyGroups(1, 1, 65534, false), ""},
	} {
		if len(c.data) >= 1<<20 {
			t.Fatalf("%s: %d bytes", name, len(c.data))
		}
		used, err := allocated(func() error { _, err := Decode(c.data, Limits{}); return err })
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Code != c.code) || err == nil && c.code != "" {
			t.Errorf("%s: %v", name, err)
		}
		if used > 64<<20 {
			t.Errorf("%s of %d bytes allocated %s", name, len(c.data), megabytes(used))
		}
	}
}

// An animation has the memory of its frames again and again.
func TestManyLosslessFramesStayInBudget(t *testing.T) {
	still := manyGroups(26, 20, 0, true)
	body := riffChunk("VP8X", slices.Concat([]byte{0x12, 0, 0, 0}, put24(103), put24(79)))
	for range 7 {
		head := slices.Concat(put24(0), put24(0), put24(103), put24(79), put24(100), []byte{0})
		body = append(body, riffChunk("ANMF", append(head, still[12:]...))...)
	}
	data := append(append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), "WEBP"...), body...)
	used, err := allocated(func() error {
		p, err := Decode(data, Limits{})
		if err == nil && (p.Damaged || len(p.Frames) != 7) {
			t.Errorf("%d frames, damaged %v", len(p.Frames), p.Damaged)
		}
		return err
	})
	if err != nil || used > 12<<20 {
		t.Errorf("%v; allocated %s", err, megabytes(used))
	}
}

// What comes before the break is kept.
func TestTruncatedLosslessWebP(t *testing.T) {
	data := readTestdata(t, "lossless.webp")
	whole := decodeOne(t, data)
	for cut := len(data) - 1; cut > 40; cut -= 7 {
		p, err := Decode(data[:cut], Limits{})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeTruncated {
				t.Fatalf("%d bytes: %v", cut, err)
			}
			continue
		}
		if !p.Damaged {
			t.Errorf("%d bytes of %d count as whole", cut, len(data))
		}
		checkPrefix(t, "lossless WebP", p.Frames[0], whole)
	}
}

func BenchmarkLosslessWebP(b *testing.B) {
	data := manyGroups(52, 50, 0, false)
	for b.Loop() {
		if _, err := Decode(data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

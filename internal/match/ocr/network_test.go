package ocr

import (
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"io"
	"os"
	"strings"
	"testing"
	"unicode"
)

func theNetwork(t testing.TB) *Network {
	t.Helper()
	n, err := NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// viewOf is a view of rows of red, green and blue.
func viewOf(pixels []byte, width int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, width, len(pixels)/3/max(width, 1)))
	for i := range len(out.Pix) / 4 {
		copy(out.Pix[4*i:], pixels[3*i:3*i+3])
	}
	return out
}

// sample is a line drawn by training/lines/export.py.
type sample struct {
	Width       int
	Pixels      string
	Drawn, Read string // labels; Read is what the network of the training said
}

func samples(t *testing.T) []sample {
	data, err := os.ReadFile("testdata/samples.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []sample
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The whole-number network says what the network of the training said, but for
// few labels in a hundred.
func TestNetworkAgreesWithTraining(t *testing.T) {
	n := theNetwork(t)
	wrong, all := 0, 0
	for _, s := range samples(t) {
		packed, err := zlib.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(s.Pixels)))
		if err != nil {
			t.Fatal(err)
		}
		pixels, err := io.ReadAll(packed)
		if err != nil {
			t.Fatal(err)
		}
		trace, err := n.Trace(context.Background(), viewOf(pixels, s.Width))
		if err != nil {
			t.Fatal(err)
		}
		var got []rune
		last := blank
		for _, f := range trace.frames {
			if best := f.choices[0].label; best != last {
				if last = best; best != blank {
					got = append(got, n.labels.runes[best])
				}
			}
		}
		want := []rune(s.Read)
		d := edits(got, want)
		wrong, all = wrong+d, all+len(want)
		if d > 2 {
			t.Logf("%q, in training %q, drawn %q", string(got), s.Read, s.Drawn)
		}
	}
	if float64(wrong) > 0.03*float64(all) {
		t.Errorf("%d of %d labels differ", wrong, all)
	}
	t.Logf("%d of %d labels differ", wrong, all)
}

func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		above := row[0]
		row[0] = i + 1
		for j, y := range b {
			next := above
			if x != y {
				next++
			}
			above = row[j+1]
			row[j+1] = min(next, above+1, row[j]+1)
		}
	}
	return row[len(b)]
}

func TestNetworkRefusesOtherShapes(t *testing.T) {
	n := theNetwork(t)
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 8, viewHeight), image.Rect(0, 0, 100, 31), image.Rect(0, 0, mostView+1, viewHeight)} {
		if _, err := n.Trace(context.Background(), image.NewNRGBA(r)); err == nil {
			t.Errorf("%v was read", r)
		}
	}
	if _, err := n.Trace(context.Background(), image.NewNRGBA(image.Rect(0, 0, leastView, viewHeight))); err != nil {
		t.Error(err)
	}
	if _, err := n.Trace(context.Background(), image.NewNRGBA(image.Rect(0, 0, mostView, viewHeight))); err != nil {
		t.Error(err)
	}
}

func TestLabels(t *testing.T) {
	l := theNetwork(t).labels
	for r, n := range map[rune]int{'ᄀ': 1, 'ᅡ': 1, 'ᆨ': 1, 'a': 2, '7': 1, '正': 1, 'è': 2, 'カ': 1, ' ': 0, '!': 0} {
		if got := len(l.of[r]); got != n {
			t.Errorf("%q has %d labels, want %d", r, got, n)
		}
	}
	for r, n := range map[rune]int{'一': 2, '十': 1, '口': 1, '正': 0, 'a': 0} {
		if got := len(l.twins[r]); got != n {
			t.Errorf("%q has %d twins, want %d", r, got, n)
		}
	}
	for _, r := range l.runes[l.alphabet:] {
		if !unicode.Is(unicode.Han, r) {
			t.Errorf("%q is no Hanzi", r)
		}
	}
}

func BenchmarkTrace(b *testing.B) {
	n := theNetwork(b)
	view := image.NewNRGBA(image.Rect(0, 0, 320, viewHeight))
	for i := range view.Pix {
		view.Pix[i] = uint8(i * 7919 >> 3)
	}
	for b.Loop() {
		if _, err := n.Trace(context.Background(), view); err != nil {
			b.Fatal(err)
		}
	}
}

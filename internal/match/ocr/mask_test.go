package ocr

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// drawnPage is the picture of testdata/mask.png with the lines drawn in it and
// what the network of the training said (training/lines/exportmask.py).
func drawnPage(t testing.TB) (img *image.NRGBA, quads [][4][2]float64, core []byte) {
	t.Helper()
	data, err := os.ReadFile("testdata/mask.png")
	if err != nil {
		t.Fatal(err)
	}
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	img = image.NewNRGBA(p.Bounds())
	draw.Draw(img, img.Rect, p, p.Bounds().Min, draw.Src)
	var said struct {
		Lines [][4][2]float64
		Core  []byte
	}
	if data, err = os.ReadFile("testdata/mask.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &said); err != nil {
		t.Fatal(err)
	}
	return img, said.Lines, said.Core
}

func maskOf(t testing.TB, img *image.NRGBA) *maskMap {
	t.Helper()
	n, err := theMask()
	if err != nil {
		t.Fatal(err)
	}
	m, err := n.look(context.Background(), img)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The whole-number network sees what the network of the training saw.
func TestMaskAgreesWithTraining(t *testing.T) {
	img, _, core := drawnPage(t)
	m := maskOf(t, img)
	if len(core) != m.w*m.h {
		t.Fatalf("%d x %d cells, want %d in all", m.w, m.h, len(core))
	}
	others, text := 0, 0
	for i, v := range core {
		if want := float64(int8(v)) / 8; want > 0 {
			text++
			if float64(m.said[i*maskChannels+maskCore])*m.unit <= 0 && want > 0.5 {
				others++
			}
		} else if want < -0.5 && float64(m.said[i*maskChannels+maskCore])*m.unit > 0 {
			others++
		}
	}
	if text < 100 || others > text/50 {
		t.Errorf("%d of %d cells of text differ", others, text)
	}
}

// Every line drawn into the picture of the training is boxed whole.
func TestMaskBoxesLines(t *testing.T) {
	img, quads, _ := drawnPage(t)
	f := new(finder)
	found := f.maskLines(maskOf(t, img))
	missed := 0
	for _, q := range quads {
		ok := false
		for _, c := range found {
			ok = ok || whole(c.line(1), q)
		}
		if !ok {
			missed++
			t.Logf("missed %v", q)
		}
	}
	if missed > len(quads)/5 {
		t.Errorf("%d of %d lines missed", missed, len(quads))
	}
	if len(found) > 2*len(quads) {
		t.Errorf("%d boxes for %d lines", len(found), len(quads))
	}
}

// drawMask enters a line with its axis at y, in cells.
func drawMask(m *maskMap, from, length, y, height, slope float64, dark bool) {
	for i := range m.w * m.h {
		cx, cy := float64(i%m.w)+0.5, float64(i/m.w)+0.5
		said := m.said[i*maskChannels:][:maskChannels]
		offset := (y + (cx-from-length/2)*slope - cy) / height
		if cx <= from+height/4 || cx >= from+length-height/4 || math.Abs(offset) >= 0.25 {
			continue
		}
		said[maskCore], said[maskHeight], said[maskOffset] = 4000, int16(1000*math.Log2(height*maskCell/16)), int16(1000*offset)
		said[maskDark] = -2000
		if dark {
			said[maskDark] = 2000
		}
	}
}

func emptyMask() *maskMap {
	m := &maskMap{w: 120, h: 80, unit: 1.0 / 1000}
	m.said = make([]int16, m.w*m.h*maskChannels)
	for i := 0; i < len(m.said); i += maskChannels {
		m.said[i+maskCore] = -4000
	}
	return m
}

// A synthetic map of one slanted line gives that line back.
func TestMaskLineOfItsMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := emptyMask()
		height := rapid.Float64Range(3, 12).Draw(t, "height") // cells
		length := rapid.Float64Range(4, 8).Draw(t, "length") * height
		slope := math.Tan(rapid.Float64Range(-12, 12).Draw(t, "degrees") * math.Pi / 180)
		dark := rapid.Bool().Draw(t, "dark")
		drawMask(m, 60-length/2, length, 40, height, slope, dark)
		found := new(finder).maskLines(m)
		if len(found) != 1 {
			t.Fatalf("%d lines", len(found))
		}
		l := found[0].line(1)
		long := maskCell * length / math.Cos(math.Atan(slope))
		if math.Abs(l.Height-maskCell*height) > 0.1*maskCell*height || math.Abs(l.Width-long) > 0.2*maskCell*height+2*maskCell ||
			math.Abs(l.Angle-math.Atan(slope)*180/math.Pi) > 1.5 || l.Dark != dark {
			t.Fatalf("%+v for height %.1f, length %.1f, slope %.2f", l, maskCell*height, long, slope)
		}
	})
}

// Words far apart on one axis are tried as one line, and a single letter counts
// under a line of its height but nowhere else.
func TestMaskLinesTogether(t *testing.T) {
	words := emptyMask()
	drawMask(words, 10, 30, 20, 6, 0, true)
	drawMask(words, 50, 40, 20, 6, 0, true)
	if found := new(finder).maskLines(words); len(found) != 3 {
		t.Errorf("%d lines of two words", len(found))
	}
	letter := emptyMask()
	drawMask(letter, 10, 7, 40, 6, 0, true)
	if found := new(finder).maskLines(letter); len(found) != 0 {
		t.Errorf("%d lines of a letter", len(found))
	}
	drawMask(letter, 10, 40, 32, 6, 0, true)
	if found := new(finder).maskLines(letter); len(found) != 2 {
		t.Errorf("%d lines of a line and a letter", len(found))
	}
}

// Every pixel is some pane's own, and each pane sees a rim around its own.
func TestPanes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 9000).Draw(t, "side")
		at := 0
		for _, p := range panes(side) {
			if p.own != at || p.end <= p.own || p.to-p.from > paneSide || p.from%maskStep != 0 || p.own%maskCell != 0 {
				t.Fatalf("%+v after %d", p, at)
			}
			if p.own > 0 && p.own-p.from < paneRim || p.end < side && p.to-p.end < paneRim {
				t.Fatalf("%+v has no rim", p)
			}
			at = p.end
		}
		if at != side {
			t.Fatalf("ends at %d of %d", at, side)
		}
	})
}

// Where a large picture is cut into panes, lines come out as in a small one.
func TestMaskAcrossPanes(t *testing.T) {
	p := canvas(400, 2200, paper)
	for y := 60; y < 2200; y += 70 {
		lettering(t, p, "Trusted Norvik", 24, 60, y, night)
	}
	found := new(finder).maskLines(maskOf(t, p))
	seen := 0
	for y := 60.0; y < 2200; y += 70 {
		for _, c := range found {
			if l := c.line(1); math.Abs((l.Outline[0].Y+l.Outline[2].Y)/2-y+9) < 8 && l.Width > 120 {
				seen++
				break
			}
		}
	}
	if seen < 28 {
		t.Errorf("%d of 31 lines", seen)
	}
}

// Transparent pixels are white, as browsers show them.
func TestMaskOnWhite(t *testing.T) {
	p := canvas(300, 120, color.NRGBA{255, 255, 255, 255})
	q := image.NewNRGBA(p.Rect)
	lettering(t, p, "Guarantee", 30, 40, 60, color.Black)
	lettering(t, q, "Guarantee", 30, 40, 60, color.Black)
	a, b := maskOf(t, p), maskOf(t, q)
	apart := 0.0
	for i := range a.said {
		apart = max(apart, math.Abs(float64(a.said[i]-b.said[i]))*a.unit)
	}
	if apart > 1 {
		t.Errorf("they differ by %.1f", apart)
	}
}

func BenchmarkMask(b *testing.B) {
	p := canvas(800, 800, paper)
	lettering(b, p, "Authentic Norvik Guarantee", 24, 40, 80, night)
	n, err := theMask()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m, err := n.look(context.Background(), p)
		if err != nil {
			b.Fatal(err)
		}
		new(finder).maskLines(m)
	}
}

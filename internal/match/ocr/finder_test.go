package ocr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"
)

// lettering writes text of so many pixels onto p with its baseline's left end
// at (x, y).
func lettering(t testing.TB, p draw.Image, text string, px float64, x, y int, c color.Color) {
	t.Helper()
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: px, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	d := font.Drawer{Dst: p, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

func canvas(w, h int, c color.Color) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return p
}

// turned is p turned clockwise about its middle.
func turned(p *image.NRGBA, degrees float64) *image.NRGBA {
	out := image.NewNRGBA(p.Rect)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(p.Rect.Dx())/2, float64(p.Rect.Dy())/2
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			u, v := float64(x)+0.5-cx, float64(y)+0.5-cy
			r, g, b := bilinear(p, cx+u*cos+v*sin, cy+v*cos-u*sin)
			out.SetNRGBA(x, y, color.NRGBA{uint8(r), uint8(g), uint8(b), 255})
		}
	}
	return out
}

var (
	paper = color.NRGBA{245, 240, 225, 255}
	night = color.NRGBA{20, 30, 60, 255}
)

// The line is found with its size, angle and polarity, whatever they are.
func TestFindsALine(t *testing.T) {
	for _, px := range []float64{14, 24, 48, 110} {
		for _, angle := range []float64{0, 4, -7} {
			for _, dark := range []bool{true, false} {
				t.Run(fmt.Sprintf("%v px %v degrees dark=%v", px, angle, dark), func(t *testing.T) {
					ground, ink := paper, night
					if !dark {
						ground, ink = night, paper
					}
					p := canvas(960, 480, ground)
					lettering(t, p, "Trusted Norvik", px, 80, 240, ink)
					lines := Find(context.Background(), turned(p, angle), 8)
					if !slices.ContainsFunc(lines, func(l Line) bool {
						return l.Dark == dark && math.Abs(l.Angle-angle) < 2.6 && l.Height > 0.6*px && l.Height < 1.25*px && l.Width > 6*px && l.Width < 8.5*px
					}) {
						t.Errorf("found only %+v", lines)
					}
				})
			}
		}
	}
}

// Text across a hard edge stays one line.
func TestFindsALineAcrossAnEdge(t *testing.T) {
	p := canvas(500, 300, color.NRGBA{250, 250, 250, 255})
	draw.Draw(p, image.Rect(200, 0, 500, 300), image.NewUniform(color.NRGBA{150, 160, 150, 255}), image.Point{}, draw.Src)
	lettering(t, p, "Genuine Foxglen Parts", 28, 60, 150, color.NRGBA{10, 10, 10, 255})
	for _, l := range Find(context.Background(), p, 8) {
		if l.Dark && l.Width > 270 {
			return
		}
	}
	t.Fatal("no line spans the edge")
}

func TestWordsFarApartAreOneLine(t *testing.T) {
	p := canvas(700, 200, paper)
	lettering(t, p, "Authentic", 30, 40, 100, night)
	lettering(t, p, "Guarantee", 30, 235, 100, night)
	for _, l := range Find(context.Background(), p, 8) {
		if l.Width > 310 {
			return
		}
	}
	t.Fatal("the words were not joined")
}

func TestNothingToRead(t *testing.T) {
	noise := canvas(400, 400, paper)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rng.IntN(256)) | uint8(i%4/3*255)
	}
	for name, p := range map[string]*image.NRGBA{
		"flat": canvas(300, 300, paper), "transparent": image.NewNRGBA(image.Rect(0, 0, 300, 300)), "empty": image.NewNRGBA(image.Rectangle{}),
		"one pixel": canvas(1, 1, night), "a thread": canvas(2000, 1, night), "a post": canvas(3, 900, night),
	} {
		if lines := Find(context.Background(), p, 8); len(lines) > 0 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
	}
	if lines := Find(context.Background(), noise, 8); len(lines) > 8 {
		t.Errorf("noise: %d lines", len(lines))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := canvas(300, 100, paper)
	lettering(t, p, "Guarantee", 30, 40, 60, night)
	if lines := Find(ctx, p, 8); len(lines) > 0 {
		t.Error("a cancelled search went on")
	}
}

// The strips show the letters level and dark on light.
func TestStrips(t *testing.T) {
	p := canvas(640, 300, night)
	lettering(t, p, "Trusted Norvik Warranty", 32, 60, 160, paper)
	p = turned(p, 5)
	lines := Find(context.Background(), p, 1)
	if len(lines) != 1 {
		t.Fatal("not found")
	}
	for name, s := range map[string]*image.Gray{"plain": lines[0].Plain(p), "bare": lines[0].Bare(p, false), "extended": lines[0].Bare(p, true)} {
		if s.Rect.Dy() != 44+2*border {
			t.Errorf("%s: %d pixels high", name, s.Rect.Dy())
		}
		darkness := 0
		for _, v := range s.Pix {
			if v < 128 {
				darkness++
			}
		}
		if share := float64(darkness) / float64(len(s.Pix)); share < 0.05 || share > 0.40 {
			t.Errorf("%s: %.0f %% of it is ink", name, 100*share)
		}
	}
}

// The closing is never darker than the picture, and a dot narrower than the
// window is gone.
func TestHat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		size := 2*rapid.IntRange(0, 6).Draw(t, "r") + 1
		p := plane{w, h, rapid.SliceOfN(rapid.Byte(), w*h, w*h).Draw(t, "pix")}
		for _, dark := range []bool{true, false} {
			got := p.hat(size, dark)
			for i := range got.pix {
				if want := slowHat(p, size, dark, i%w, i/w); got.pix[i] != want {
					t.Fatalf("at %d,%d: %d, want %d", i%w, i/w, got.pix[i], want)
				}
			}
		}
	})
}

func slowHat(p plane, size int, dark bool, x, y int) uint8 {
	sign := 1
	if !dark {
		sign = -1
	}
	at := func(x, y int) int { return sign * int(p.pix[y*p.w+x]) }
	r := size / 2
	closed := math.MaxInt
	for b := max(0, y-r); b <= min(p.h-1, y+r); b++ {
		for a := max(0, x-r); a <= min(p.w-1, x+r); a++ {
			most := math.MinInt
			for d := max(0, b-r); d <= min(p.h-1, b+r); d++ {
				for c := max(0, a-r); c <= min(p.w-1, a+r); c++ {
					most = max(most, at(c, d))
				}
			}
			closed = min(closed, most)
		}
	}
	return uint8(closed - at(x, y))
}

// Ink is what differs from the mean of its window; sums must not drift.
func TestThreshold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 30).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
		window := 2*rapid.IntRange(1, 12).Draw(t, "r") + 1
		p := plane{w, h, rapid.SliceOfN(rapid.Byte(), w*h, w*h).Draw(t, "pix")}
		var m inkMap
		m.threshold(p, window)
		for i, got := range m.diff {
			sum, n := 0, 0
			for dy := -(window / 2); dy <= window/2; dy++ {
				for dx := -(window / 2); dx <= window/2; dx++ {
					sum += int(p.pix[min(max(i/w+dy, 0), h-1)*w+min(max(i%w+dx, 0), w-1)])
					n++
				}
			}
			want := float64(sum)/float64(n) - float64(p.pix[i])
			if got != 0 && math.Abs(float64(got)-want) > 1.1 {
				t.Fatalf("pixel %d: %d, want %.1f", i, got, want)
			}
		}
	})
}

// Components are what a flood would find.
func TestComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 24).Draw(t, "w"), rapid.IntRange(1, 24).Draw(t, "h")
		m := inkMap{w: w, h: h, diff: make([]int16, w*h)}
		for i := range m.diff {
			m.diff[i] = rapid.SampledFrom([]int16{0, 20, -20, 20}).Draw(t, "ink")
		}
		p := plane{w, h, make([]uint8, w*h)}
		var l labeller
		l.label(&m, p, true)
		area, flooded := 0, flood(m)
		for i := range l.comps {
			c := &l.comps[i]
			area += int(c.area)
			seen := 0
			l.runsOf(c, func(r run) { seen += int(r.x1 - r.x0) })
			if seen != int(c.area) {
				t.Fatalf("a component of %d pixels has runs of %d", c.area, seen)
			}
		}
		ink := 0
		for _, v := range m.diff {
			if v > 0 {
				ink++
			}
		}
		if area != ink || len(l.comps) != flooded {
			t.Fatalf("%d components of %d pixels, want %d of %d", len(l.comps), area, flooded, ink)
		}
	})
}

func flood(m inkMap) int {
	seen, n := make([]bool, len(m.diff)), 0
	for i := range m.diff {
		if m.diff[i] <= 0 || seen[i] {
			continue
		}
		n++
		seen[i] = true
		for todo := []int{i}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for d := range 9 {
				x, y := at%m.w+d%3-1, at/m.w+d/3-1
				if x >= 0 && y >= 0 && x < m.w && y < m.h && m.diff[y*m.w+x] > 0 && !seen[y*m.w+x] {
					seen[y*m.w+x] = true
					todo = append(todo, y*m.w+x)
				}
			}
		}
	}
	return n
}

// Any picture is answered, with boxes of finite size.
func FuzzFind(f *testing.F) {
	f.Add(uint16(30), uint16(20), []byte("abcdefgh"))
	f.Add(uint16(1), uint16(400), []byte{0, 255})
	f.Add(uint16(200), uint16(60), []byte{255, 255, 255, 0, 0, 0, 255})
	f.Fuzz(func(t *testing.T, w, h uint16, data []byte) {
		p := image.NewNRGBA(image.Rect(0, 0, int(w%300), int(h%300)))
		for i := range p.Pix {
			if len(data) > 0 {
				p.Pix[i] = data[(i/3+i/700)%len(data)]
			}
		}
		for _, l := range Find(context.Background(), p, 6) {
			for _, q := range l.Outline {
				if math.IsNaN(q.X+q.Y) || math.Abs(q.X) > 2000 || math.Abs(q.Y) > 2000 {
					t.Fatalf("%+v", l)
				}
			}
			if s := l.Bare(p, true); s.Rect.Dx() > maxStripSide+2*border {
				t.Fatalf("a strip of %v", s.Rect)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	p := canvas(800, 800, paper)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 150 { // things, some of them edges behind the text
		x, y := rng.IntN(800), rng.IntN(800)
		c := color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		draw.Draw(p, image.Rect(x, y, x+10+rng.IntN(120), y+10+rng.IntN(120)), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for i := range 6 {
		lettering(b, p, "Authentic Norvik Guarantee", 16+4*float64(i), 40, 80+110*i, night)
	}
	for b.Loop() {
		Find(context.Background(), p, 8)
	}
}

// Noise is the worst a picture can be: pieces everywhere.
func BenchmarkFindNoise(b *testing.B) {
	p := canvas(640, 9375, paper)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range p.Pix {
		if i%4 < 3 {
			p.Pix[i] = uint8(rng.IntN(256))
		}
	}
	for _, block := range []int{1, 2, 3} { // grains of so many pixels
		b.Run(fmt.Sprint(block), func(b *testing.B) {
			q := canvas(640, 9375, paper)
			for y := range 9375 {
				for x := range 640 {
					q.SetNRGBA(x, y, p.NRGBAAt(x/block, y/block))
				}
			}
			for b.Loop() {
				Find(context.Background(), q, 8)
			}
		})
	}
}

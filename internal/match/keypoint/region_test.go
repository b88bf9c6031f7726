package keypoint

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestLasso(t *testing.T) {
	for name, c := range map[string]struct {
		cells string
		want  []Point
	}{
		"nothing":      {"...|...", nil},
		"one block":    {"....|.##.|.##.", []Point{{1, 1}, {3, 1}, {3, 3}, {1, 3}}},
		"an angle":     {"####|####|##..|##..", []Point{{0, 0}, {4, 0}, {4, 2}, {2, 2}, {2, 4}, {0, 4}}},
		"a hole":       {"#####|#####|##.##|#####|#####", []Point{{0, 0}, {5, 0}, {5, 5}, {0, 5}}},
		"stairs":       {"#....|##...|###..|####.|#####", []Point{{0, 0}, {5, 5}, {0, 5}}},
		"other pieces": {"##..|##..|....|..##|..##", []Point{{0, 0}, {2, 0}, {2, 2}, {0, 2}}},
		"by a corner":  {"##..|##..|..##|..##", []Point{{0, 0}, {2, 0}, {2, 2}, {0, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := strings.Split(c.cells, "|")
			got := lasso(func(x, y int) bool { return rows[y][x] == '#' }, len(rows[0]), len(rows))
			if name == "stairs" { // straightened: its corners may be those of the steps
				if len(got) > 5 || math.Abs(surface(got)-13) > 3 {
					t.Errorf("%v", got)
				}
				return
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// surface of a ring, clockwise positive as y points down.
func surface(ring []Point) (sum float64) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += (a.X*b.Y - b.X*a.Y) / 2
	}
	return sum
}

func TestLassoOfAnyShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 2000 {
		w, h := 1+rng.IntN(24), 1+rng.IntN(24)
		cells := make([]bool, w*h)
		for range rng.IntN(60) { // blocks of two by two cells, as regions are made of, and single ones
			x, y, side := rng.IntN(w), rng.IntN(h), 1+rng.IntN(2)
			for v := y; v < min(h, y+side); v++ {
				for u := x; u < min(w, x+side); u++ {
					cells[v*w+u] = true
				}
			}
		}
		ring := lasso(func(x, y int) bool { return cells[y*w+x] }, w, h)
		if len(ring) > mostPoints {
			t.Fatalf("%d points", len(ring))
		}
		for _, p := range ring {
			if p.X < 0 || p.Y < 0 || p.X > float64(w) || p.Y > float64(h) {
				t.Fatalf("%v lies outside of %d x %d", p, w, h)
			}
		}
		if surface(ring) < 0 {
			t.Fatalf("not clockwise: %v", ring)
		}
	}
}

func TestRegionFollowsItsPane(t *testing.T) {
	strip := drawPhoto(820, 300, 1500)
	paste(strip, piece(drawPhoto(4, 420, 360), 0, 0, 0.6), 150, 1200, 1, 0, nil)
	m := photoIndex().Search(strip)[0]
	if m.ID != "p4" || m.Part == nil {
		t.Fatalf("%+v", m)
	}
	for i, p := range m.Part.Outline {
		if p.X < 150-126-8 || p.X > 150+126+8 || p.Y < 1200-108-8 || p.Y > 1200+108+8 {
			t.Errorf("point %d lies at %v", i, p)
		}
	}
}

func TestWholeCopyHasNoRegion(t *testing.T) {
	if m := photoIndex().Search(drawPhoto(4, 420, 360))[0]; m.ID != "p4" || m.Part != nil {
		t.Errorf("%+v", m)
	}
}

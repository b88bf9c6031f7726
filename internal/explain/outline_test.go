package explain

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/signal"
)

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []signal.Point
		want string
	}{
		{"inside", []signal.Point{{X: .1, Y: .1}, {X: .9, Y: .1}, {X: .5, Y: .9}}, "100.0,100.0 900.0,100.0 500.0,900.0"},
		{"around", []signal.Point{{X: -1, Y: -1}, {X: 2, Y: -1}, {X: 2, Y: 2}, {X: -1, Y: 2}}, "0.0,1000.0 0.0,0.0 1000.0,0.0 1000.0,1000.0"},
		{"over a side", []signal.Point{{X: .5, Y: .2}, {X: 1.5, Y: .2}, {X: 1.5, Y: .8}, {X: .5, Y: .8}}, "500.0,200.0 1000.0,200.0 1000.0,800.0 500.0,800.0"},
		{"elsewhere", []signal.Point{{X: 2, Y: 2}, {X: 3, Y: 2}, {X: 3, Y: 3}}, ""},
		{"no number", []signal.Point{{X: math.NaN(), Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}}, ""},
	} {
		if got := Polygon(Within(c.in)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWithinStaysInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) signal.Point {
			return signal.Point{X: rapid.Float64Range(-3, 4).Draw(t, "x"), Y: rapid.Float64Range(-3, 4).Draw(t, "y")}
		}), 3, 8).Draw(t, "outline")
		for _, p := range Within(list) {
			if p.X < -1e-9 || p.X > 1+1e-9 || p.Y < -1e-9 || p.Y > 1+1e-9 {
				t.Fatalf("%v is outside", p)
			}
		}
	})
}

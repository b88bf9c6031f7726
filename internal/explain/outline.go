package explain

import (
	"strconv"
	"strings"

	"assay/internal/signal"
)

// Polygon writes an outline for SVG with 1000 units a side. Numbers that are
// none are left out, and wild ones kept near the picture, so that they cannot
// paint over the page.
func Polygon(list []signal.Point) string {
	var out []string
	for _, p := range list {
		if p.X != p.X || p.Y != p.Y {
			continue
		}
		out = append(out, coordinate(p.X)+","+coordinate(p.Y))
	}
	return strings.Join(out, " ")
}

// Within is the part of an outline that lies in the picture, for pages on which
// it must not paint over what stands beside.
func Within(list []signal.Point) []signal.Point {
	for _, p := range list {
		if p.X != p.X || p.Y != p.Y {
			return nil
		}
	}
	sides := []func(p signal.Point) float64{ // how far inside of each side
		func(p signal.Point) float64 { return p.X }, func(p signal.Point) float64 { return 1 - p.X },
		func(p signal.Point) float64 { return p.Y }, func(p signal.Point) float64 { return 1 - p.Y },
	}
	for _, inside := range sides {
		var kept []signal.Point
		for i, p := range list {
			last := list[(i+len(list)-1)%len(list)]
			a, b := inside(last), inside(p)
			if (a < 0) != (b < 0) {
				f := a / (a - b)
				kept = append(kept, signal.Point{X: last.X + f*(p.X-last.X), Y: last.Y + f*(p.Y-last.Y)})
			}
			if b >= 0 {
				kept = append(kept, p)
			}
		}
		list = kept
	}
	return list
}

func coordinate(v float64) string {
	return strconv.FormatFloat(max(-0.5, min(1.5, v))*1000, 'f', 1, 64)
}

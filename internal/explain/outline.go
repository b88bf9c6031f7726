package explain

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/signal"
)

// Polygon writes an outline for SVG with 1000 units a side. Numbers that are
// none are left out, and what lies further from the picture than half its size
// is cut off, so that it cannot paint over the page.
func Polygon(list []signal.Point) string {
	return written(clip(slices.DeleteFunc(slices.Clone(list), noNumber), -0.5, 1.5))
}

// Corners writes an outline for programs, which need its points where they are:
// pictures are laid over each other by them.
func Corners(list []signal.Point) string {
	const wild = 50
	near := make([]signal.Point, len(list))
	for i, p := range list {
		if noNumber(p) {
			return ""
		}
		near[i] = signal.Point{X: max(-wild, min(wild, p.X)), Y: max(-wild, min(wild, p.Y))}
	}
	return written(near)
}

// Within is the part of an outline that lies in the picture, for pages on which
// it must not paint over what stands beside.
func Within(list []signal.Point) []signal.Point {
	if slices.ContainsFunc(list, noNumber) {
		return nil
	}
	return clip(list, 0, 1)
}

func noNumber(p signal.Point) bool { return p.X != p.X || p.Y != p.Y }

// clip cuts a polygon at the four sides of a square (Sutherland and Hodgman 1974).
func clip(list []signal.Point, low, high float64) []signal.Point {
	sides := []func(p signal.Point) float64{ // how far inside of each side
		func(p signal.Point) float64 { return p.X - low }, func(p signal.Point) float64 { return high - p.X },
		func(p signal.Point) float64 { return p.Y - low }, func(p signal.Point) float64 { return high - p.Y },
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

func written(list []signal.Point) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = coordinate(p.X) + "," + coordinate(p.Y)
	}
	return strings.Join(out, " ")
}

func coordinate(v float64) string { return strconv.FormatFloat(v*1000, 'f', 1, 64) }

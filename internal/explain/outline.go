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

func coordinate(v float64) string {
	return strconv.FormatFloat(max(-0.5, min(1.5, v))*1000, 'f', 1, 64)
}

package ocr

import (
	"cmp"
	"math"
	"slices"
)

// Parts of one line have about one height and colour and lie on one axis.
const (
	maxHeightRatio = 1.7
	maxAxisApart   = 0.4 // heights
	maxEndsApart   = 2.5 // heights
	maxTurnApart   = 5 * math.Pi / 180
)

// merge joins candidates that lie on one axis, such as words that stand far
// apart. The parts stay candidates beside the whole.
func merge(parts []*candidate) []*candidate {
	var out []*candidate
	for _, g := range collinearGroups(parts) {
		some := make([]*candidate, len(g))
		for n, i := range g {
			some[n] = parts[i]
		}
		if c := united(some); c.fit() {
			out = append(out, c)
		}
	}
	return out
}

// collinearGroups are the groups, of two or more, of candidates on one axis, as
// indices.
func collinearGroups(parts []*candidate) [][]int {
	parent := make([]int, len(parts))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	for i, a := range parts {
		for j := i + 1; j < len(parts); j++ {
			if collinear(a, parts[j]) {
				parent[root(j)] = root(i)
			}
		}
	}
	groups := make([][]int, len(parts))
	for i := range parts {
		groups[root(i)] = append(groups[root(i)], i)
	}
	var out [][]int
	for i := range parts {
		if g := groups[i]; len(g) > 1 {
			out = append(out, g)
		}
	}
	return out
}

func collinear(a, b *candidate) bool {
	h := max(a.height(), b.height())
	if h > maxHeightRatio*min(a.height(), b.height()) || math.Abs(a.grey-b.grey) > maxGreyApart {
		return false
	}
	if b.width() > a.width() {
		a, b = b, a
	}
	// A short part has no angle worth comparing.
	if math.Abs(a.angle-b.angle) > maxTurnApart && b.width() > 3*b.height() {
		return false
	}
	sin, cos := math.Sincos(a.angle)
	ax, ay := a.heart()
	bx, by := b.heart()
	x, y := bx-ax, by-ay
	return math.Abs(y*cos-x*sin) <= maxAxisApart*h && math.Abs(x*cos+y*sin)-(a.width()+b.width())/2 <= maxEndsApart*h
}

// heart is the middle of the candidate's box.
func (c *candidate) heart() (x, y float64) {
	sin, cos := math.Sincos(c.angle)
	u, v := (c.left+c.right)/2, (c.top+c.bottom)/2
	return c.centre.X + u*cos - v*sin, c.centre.Y + u*sin + v*cos
}

// united is one candidate with the ink of all, each sample weighing the same.
func united(parts []*candidate) *candidate {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b *candidate) int { return cmp.Compare(b.weight, a.weight) })
	coarse := parts[0].weight
	out := &candidate{scale: parts[0].scale, dark: parts[0].dark, weight: coarse, merged: true}
	for _, c := range parts {
		out.pieces = append(out.pieces, c.pieces...)
		out.runs += c.runs
		for next := 0.0; next < float64(len(c.points)); next += coarse / c.weight {
			out.points = append(out.points, c.points[int(next)])
		}
	}
	return out
}

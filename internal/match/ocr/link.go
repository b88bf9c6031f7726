package ocr

import (
	"cmp"
	"slices"
)

// How alike and how near two pieces of one line are; lengths are in units of
// the larger piece's longer side. Found by trial on drawn scenes.
const (
	maxSideRatio     = 4.5
	maxGapAcross     = 0.75
	maxGapDown       = 0.35
	maxCentreDown    = 0.65
	maxGreyApart     = 34 // levels
	minContrastRatio = 0.4
	minPieces        = 3
)

// bandHeight is the height, in pixels, of the stripes in which neighbours are
// looked for; a stripe keeps at most maxInCell pieces for each of its squares.
// Text is never that dense; noise is.
const (
	bandHeight = 64
	maxInCell  = 160
)

// linker groups components that stand like letters of one line.
type linker struct {
	comps  []component
	bands  [][]int32 // components by stripe, from left to right
	parent []int32
	groups map[int32][]int32
	cells  []int32
}

// eligible says whether a component may be a letter or part of one, at most
// tall pixels high.
func eligible(c *component, tall int32) bool {
	w, h := c.x1-c.x0, c.y1-c.y0
	side := max(w, h)
	return h <= tall && 2*w <= 5*tall && c.area >= 4 && side >= 3 && c.contrast >= inkFloor &&
		(side <= 20 || 100*c.area >= 12*w*h)
}

// link returns the groups of at least minPieces pieces, as indices into comps.
func (k *linker) link(comps []component, w, h int, tall int32) [][]int32 {
	k.comps = comps
	k.arrange(w, h, tall)
	k.parent = resized(k.parent, len(comps))
	for i := range k.parent {
		k.parent[i] = int32(i)
	}
	for b, band := range k.bands {
		for n, i := range band {
			k.join(i, b, n, tall)
		}
	}
	return k.collect()
}

// arrange puts the eligible pieces into stripes; where a square holds too many
// only the first found stay.
func (k *linker) arrange(w, h int, tall int32) {
	across := w/bandHeight + 1
	k.cells = resized(k.cells, across*(h/bandHeight+1))
	clear(k.cells)
	k.bands = resized(k.bands, h/bandHeight+1)
	for b := range k.bands {
		k.bands[b] = k.bands[b][:0]
	}
	for i := range k.comps {
		c := &k.comps[i]
		if !eligible(c, tall) {
			continue
		}
		b := int(c.y0+c.y1) / 2 / bandHeight
		cell := &k.cells[b*across+int(c.x0)/bandHeight]
		if *cell++; *cell <= maxInCell {
			k.bands[b] = append(k.bands[b], int32(i))
		}
	}
	for _, band := range k.bands {
		slices.SortFunc(band, func(a, b int32) int { return cmp.Compare(k.comps[a].x0, k.comps[b].x0) })
	}
}

// join links piece i, the nth of stripe b, with those to its right.
func (k *linker) join(i int32, b, n int, tall int32) {
	c := &k.comps[i]
	reach := min(maxSideRatio*c.side(), 2.5*float32(tall))
	right := c.x1 + int32(maxGapAcross*reach)
	stripes := 1 + int(maxCentreDown*reach)/bandHeight
	for o := max(0, b-stripes); o <= min(len(k.bands)-1, b+stripes); o++ {
		band := k.bands[o]
		from := n + 1
		if o != b {
			from, _ = slices.BinarySearchFunc(band, c.x0, func(a int32, x int32) int { return cmp.Compare(k.comps[a].x0, x) })
		}
		for _, j := range band[from:] {
			d := &k.comps[j]
			if d.x0 > right {
				break
			}
			if together(c, d) {
				k.unite(i, j)
			}
		}
	}
}

// together says whether two pieces, the second not left of the first, may
// belong to one line.
func together(a, b *component) bool {
	sa, sb := a.side(), b.side()
	large := max(sa, sb)
	return large <= maxSideRatio*min(sa, sb) &&
		float32(b.x0-a.x1) <= maxGapAcross*large &&
		float32(max(b.y0-a.y1, a.y0-b.y1)) <= maxGapDown*large &&
		abs(float32(a.y0+a.y1-b.y0-b.y1)) <= 2*maxCentreDown*large &&
		abs(a.grey-b.grey) <= maxGreyApart &&
		min(a.contrast, b.contrast) >= minContrastRatio*max(a.contrast, b.contrast)
}

func abs[T int | float32 | float64](v T) T {
	return max(v, -v)
}

func (k *linker) root(i int32) int32 {
	for k.parent[i] != i {
		k.parent[i] = k.parent[k.parent[i]]
		i = k.parent[i]
	}
	return i
}

func (k *linker) unite(i, j int32) {
	if a, b := k.root(i), k.root(j); a != b {
		k.parent[max(a, b)] = min(a, b)
	}
}

func (k *linker) collect() [][]int32 {
	if k.groups == nil {
		k.groups = map[int32][]int32{}
	}
	clear(k.groups)
	for _, band := range k.bands {
		for _, i := range band {
			r := k.root(i)
			k.groups[r] = append(k.groups[r], i)
		}
	}
	var roots []int32
	for r, g := range k.groups {
		if len(g) >= minPieces {
			roots = append(roots, r)
		}
	}
	slices.Sort(roots) // the same picture gives the same lines
	out := make([][]int32, len(roots))
	for n, r := range roots {
		out[n] = k.groups[r]
	}
	return out
}

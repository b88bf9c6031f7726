package ocr

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"sync"

	"assay/internal/match/picture"
)

// The map finds letters of 6 to some 60 pixels by what is narrower than a
// stroke. It is the second opinion beside the mask, which alone finds 0.965 of
// drawn lines, with the map 0.970.
const (
	mapHat    = 9  // pixels: what is wider is no stroke
	mapWindow = 31 // pixels of the neighbourhood that ink must differ from
	mapTall   = 48 // the highest piece, pixels
)

const (
	workSide = 1000 // a picture whose shorter side is longer is shrunk to it
	// maxGroups is how many groups of one map and polarity are fitted: those
	// with most ink and contrast.
	maxGroups = 150
)

// finder is the working memory of one search.
type finder struct {
	ink   inkMap
	label labeller
	link  linker
	found []*candidate
}

var finders = sync.Pool{New: func() any { return new(finder) }}

// Find returns the lines of text in img, most promising first, at most most.
// It never fails: a picture without text has no lines. A cancelled ctx ends
// the search with what was found so far.
func Find(ctx context.Context, img *image.NRGBA, most int) []Line {
	f := finders.Get().(*finder)
	defer finders.Put(f)
	factor := f.search(ctx, img)
	chosen := choose(f.found, most)
	out := make([]Line, len(chosen))
	for i, c := range chosen {
		out[i] = c.line(factor)
	}
	f.found = nil
	return out
}

// search fills f.found with candidates in the pixels of a picture that is
// factor times smaller than img.
func (f *finder) search(ctx context.Context, img *image.NRGBA) (factor float64) {
	f.found = nil
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if w < 2*minLineHeight || h < minLineHeight {
		return 1
	}
	factor = max(1, float64(min(w, h))/workSide)
	if factor > 1 {
		img = picture.Resize(img, int(math.Round(float64(w)/factor)), int(math.Round(float64(h)/factor)))
	}
	seen := f.see(ctx, img)
	p := planeOf(img)
	for _, dark := range []bool{true, false} {
		if ctx.Err() != nil {
			return factor
		}
		f.ink.threshold(p.hat(mapHat, dark), mapWindow)
		f.scan(p, dark)
	}
	if seen != nil {
		for _, c := range f.found {
			c.see(seen)
		}
	}
	return factor
}

// see adds the candidates of the mask and returns it. Without its weights the
// rest must do: NewNetwork says that they are missing.
func (f *finder) see(ctx context.Context, img *image.NRGBA) *maskMap {
	n, err := theMask()
	if err != nil {
		return nil
	}
	m, err := n.look(ctx, img)
	if err != nil {
		return nil
	}
	f.found = append(f.found, f.maskLines(m)...)
	return m
}

// scan adds the candidates of the map in one polarity, single and merged.
func (f *finder) scan(p plane, dark bool) {
	f.label.label(&f.ink, p, false)
	var fitted []*candidate
	for _, g := range f.best(f.link.link(f.label.comps, p.w, p.h, mapTall)) {
		c := &candidate{scale: 1, dark: dark}
		f.gather(c, g)
		if c.fit() {
			fitted = append(fitted, c)
		}
	}
	f.found = append(f.found, fitted...)
	f.found = append(f.found, merge(fitted)...)
}

// best drops groups too small to be a line and, where there are too many,
// those with least ink.
func (f *finder) best(groups [][]int32) [][]int32 {
	weight := make(map[int32]float32, len(groups))
	kept := groups[:0]
	for _, g := range groups {
		box, ink := f.label.comps[g[0]], float32(0)
		for _, i := range g {
			c := &f.label.comps[i]
			box.x0, box.y0, box.x1, box.y1 = min(box.x0, c.x0), min(box.y0, c.y0), max(box.x1, c.x1), max(box.y1, c.y1)
			ink += float32(c.area) * c.contrast
		}
		if w, h := box.x1-box.x0, box.y1-box.y0; w >= 24 && 10*w >= 11*h {
			weight[g[0]] = ink
			kept = append(kept, g)
		}
	}
	slices.SortStableFunc(kept, func(a, b []int32) int { return cmp.Compare(weight[b[0]], weight[a[0]]) })
	return kept[:min(len(kept), maxGroups)]
}

// gather copies the pieces of a group and samples their pixels.
func (f *finder) gather(c *candidate, group []int32) {
	area := int32(0)
	for _, i := range group {
		area += f.label.comps[i].area
	}
	step := max(1, float64(area)/maxSamples)
	c.weight = step
	next := 0.0
	at := 0.0
	for _, i := range group {
		piece := f.label.comps[i]
		c.pieces = append(c.pieces, piece)
		c.runs += int(piece.count)
		f.label.runsOf(&piece, func(r run) {
			for end := at + float64(r.x1-r.x0); next < end; next += step {
				c.points = append(c.points, Point{float64(r.x0) + math.Floor(next-at) + 0.5, float64(r.y) + 0.5})
			}
			at += float64(r.x1 - r.x0)
		})
	}
}

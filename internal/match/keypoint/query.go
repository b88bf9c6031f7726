package keypoint

import (
	"image"
	"math"
	"slices"
)

// Limits of a query picture.
const (
	querySide     = 800
	queryFeatures = 2000
	queryEmblems  = 400
	gridCell      = 16
	queryLevels   = 11 // of the field; see finderLevels
)

// query is a picture made ready: its pyramid for the comparison of pixels and its features for each kind of
// asset. Coordinates are those of the bounded copy; zoom leads back to the picture handed in.
type query struct {
	w, h    int
	zoom    float64
	pyramid pyramid
	fields  []*field
	scales  []float64
	sets    [Mark + 1]featureSet
}

func newQuery(img *image.NRGBA, wanted [Mark + 1]bool) *query {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), querySide)
	q := &query{w: w, h: h, zoom: float64(w) / float64(max(1, b.Dx()))}
	if min(w, h) < smallestSide {
		return q
	}
	if wanted[Photograph] {
		base := luma(img, 255).shrink(w, h)
		q.pyramid = buildPyramid(base, 12)
		base.release()
		q.sets[Photograph] = newFeatureSet(w, h, features(q.pyramid, queryFeatures))
	}
	if wanted[Mark] {
		c := planes(img).each(func(p plane) plane { return p.shrink(w, h) })
		var found []feature
		found, q.fields, q.scales = emblems(c, queryEmblems, queryLevels, weakestEmblem)
		c.release()
		q.sets[Mark] = newFeatureSet(w, h, found)
	}
	return q
}

// featureSet is a list of features with a grid to find them by place.
type featureSet struct {
	features         []feature
	w, h, cols       int
	starts           []int32   // by cell: where its features begin among the spotted
	spotted          []spotted // cell after cell
	finest, coarsest float64   // sizes that can occur
}

// spotted is as much of a feature as tells most of them apart.
type spotted struct {
	x, y, size, angle float32
	feature           int32
}

func newFeatureSet(w, h int, features []feature) featureSet {
	s := featureSet{features: features, w: w, h: h, cols: w/gridCell + 1, finest: math.Inf(1)}
	s.starts = make([]int32, s.cols*(h/gridCell+1)+1)
	cell := func(f *feature) int { return int(f.y)/gridCell*s.cols + int(f.x)/gridCell }
	for i := range features {
		f := &features[i]
		s.starts[cell(f)+1]++
		s.finest = min(s.finest, float64(f.size))
		s.coarsest = max(s.coarsest, float64(f.size))
	}
	for i := range len(s.starts) - 1 {
		s.starts[i+1] += s.starts[i]
	}
	s.spotted = make([]spotted, len(features))
	at := slices.Clone(s.starts)
	for i := range features {
		f := &features[i]
		c := cell(f)
		s.spotted[at[c]] = spotted{f.x, f.y, f.size, f.angle, int32(i)}
		at[c]++
	}
	return s
}

// near calls visit for runs of features whose cells touch the square of the given radius.
func (s *featureSet) near(x, y, radius float64, visit func([]spotted)) {
	x0, x1 := max(0, int(x-radius)/gridCell), min(s.w/gridCell, int(x+radius)/gridCell)
	y0, y1 := max(0, int(y-radius)/gridCell), min(s.h/gridCell, int(y+radius)/gridCell)
	for cy := y0; cy <= y1; cy++ {
		visit(s.spotted[s.starts[cy*s.cols+x0]:s.starts[cy*s.cols+x1+1]])
	}
}

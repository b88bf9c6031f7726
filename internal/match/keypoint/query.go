package keypoint

import "image"

// Limits of a query picture.
const (
	querySide     = 800
	queryFeatures = 2400
	gridCell      = 16
)

// query is a picture made ready: its pyramid, its features, and a grid to find them by place. Coordinates are
// those of the bounded copy; zoom leads back to the picture handed in.
type query struct {
	w, h     int
	zoom     float64
	pyramid  pyramid
	features []feature
	cols     int
	grid     [][]int32
}

func newQuery(img *image.NRGBA) *query {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), querySide)
	q := &query{w: w, h: h, zoom: float64(w) / float64(max(1, b.Dx()))}
	if min(w, h) < smallestSide {
		return q
	}
	q.pyramid = buildPyramid(luma(img, 255).shrink(w, h), 12)
	q.features = features(q.pyramid, queryFeatures)
	q.cols = w/gridCell + 1
	q.grid = make([][]int32, q.cols*(h/gridCell+1))
	for i := range q.features {
		c := q.cell(float64(q.features[i].x), float64(q.features[i].y))
		q.grid[c] = append(q.grid[c], int32(i))
	}
	return q
}

func (q *query) cell(x, y float64) int { return int(y)/gridCell*q.cols + int(x)/gridCell }

// near calls visit for the features whose cell touches the square of the given radius.
func (q *query) near(x, y, radius float64, visit func(i int32)) {
	x0, x1 := max(0, int(x-radius)/gridCell), min(q.w/gridCell, int(x+radius)/gridCell)
	y0, y1 := max(0, int(y-radius)/gridCell), min(q.h/gridCell, int(y+radius)/gridCell)
	for cy := y0; cy <= y1; cy++ {
		for cx := x0; cx <= x1; cx++ {
			for _, i := range q.grid[cy*q.cols+cx] {
				visit(i)
			}
		}
	}
}

package report

import (
	"image"
	"image/color"
	"math"
	"slices"

	"assay/internal/match/picture"
	"assay/internal/signal"
)

// cropSide is the longer side of an aligned crop, in pixels.
const cropSide = 260

// aligned is the place of a sighting in the listing's picture, pulled straight
// so that it lies as the protected picture does, and that picture at the same
// size. Not ok when the outlines do not tell how one lies in the other.
func aligned(mine, theirs *image.NRGBA, at *signal.Sighting) (crop, whole *image.NRGBA, ok bool) {
	if len(at.Outline) != 4 || len(at.AssetOutline) != 4 {
		return nil, nil, false
	}
	outline := upright(at)
	whole = picture.Fit(theirs, cropSide)
	w, h := whole.Rect.Dx(), whole.Rect.Dy()
	if long := max(w, h); long < cropSide {
		w, h = max(1, w*cropSide/long), max(1, h*cropSide/long)
		whole = picture.Resize(whole, w, h)
	}
	mine = coarse(mine, outline, w, h)
	toMine, ok := projection(scaledPoints(at.AssetOutline, w, h), scaledPoints(outline, mine.Rect.Dx(), mine.Rect.Dy()))
	if !ok {
		return nil, nil, false
	}
	crop = image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p := toMine.at(float64(x)+0.5, float64(y)+0.5)
			crop.SetNRGBA(x, y, sample(mine, p.X-0.5, p.Y-0.5))
		}
	}
	return crop, whole, true
}

// upright is where the protected picture's corners lie in the listing's
// picture. Of two whole pictures the order of the corners says nothing, so they
// are mirrored and turned: the listing's picture, mirrored and then turned
// clockwise by the rotation, lies like the protected one.
func upright(at *signal.Sighting) []signal.Point {
	square := []signal.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}, {X: 0, Y: 1}}
	if !slices.Equal(at.Outline, square) || !slices.Equal(at.AssetOutline, square) {
		return at.Outline
	}
	turns := (int(math.Round(at.Rotation/90))%4 + 4) % 4
	for i, p := range square {
		for range turns {
			p = signal.Point{X: p.Y, Y: 1 - p.X}
		}
		if at.Mirrored {
			p.X = 1 - p.X
		}
		square[i] = p
	}
	return square
}

// coarse shrinks a picture in which the place is much larger than w x h, so
// that no fine pattern turns into another one.
func coarse(img *image.NRGBA, outline []signal.Point, w, h int) *image.NRGBA {
	p := scaledPoints(outline, img.Rect.Dx(), img.Rect.Dy())
	across := math.Hypot(p[0].X-p[2].X, p[0].Y-p[2].Y)
	factor := across / math.Hypot(float64(w), float64(h))
	if !(factor > 1.25) {
		return img
	}
	return picture.Resize(img, max(1, int(float64(img.Rect.Dx())/factor)), max(1, int(float64(img.Rect.Dy())/factor)))
}

func scaledPoints(list []signal.Point, w, h int) (out [4]signal.Point) {
	for i := range out {
		out[i] = signal.Point{X: list[i].X * float64(w), Y: list[i].Y * float64(h)}
	}
	return out
}

// plane is a projective map; the ninth number is 1.
type plane [8]float64

func (m plane) at(x, y float64) signal.Point {
	d := m[6]*x + m[7]*y + 1
	return signal.Point{X: (m[0]*x + m[1]*y + m[2]) / d, Y: (m[3]*x + m[4]*y + m[5]) / d}
}

// projection maps four points onto four others, solved by elimination.
func projection(from, to [4]signal.Point) (m plane, ok bool) {
	var a [8][9]float64
	for i, p := range from {
		q := to[i]
		a[2*i] = [9]float64{p.X, p.Y, 1, 0, 0, 0, -p.X * q.X, -p.Y * q.X, q.X}
		a[2*i+1] = [9]float64{0, 0, 0, p.X, p.Y, 1, -p.X * q.Y, -p.Y * q.Y, q.Y}
	}
	for c := range 8 {
		best := c
		for r := c; r < 8; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		if !(math.Abs(a[c][c]) > 1e-9) {
			return m, false
		}
		for r := range 8 {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := c; k < 9; k++ {
				a[r][k] -= f * a[c][k]
			}
		}
	}
	for i := range m {
		m[i] = a[i][8] / a[i][i]
	}
	return m, true
}

// sample interpolates between four pixels; outside of the picture there is
// nothing.
func sample(img *image.NRGBA, x, y float64) color.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if !(x > -1 && y > -1 && x < float64(w) && y < float64(h)) {
		return color.NRGBA{}
	}
	left, top := math.Floor(x), math.Floor(y)
	fx, fy := x-left, y-top
	var sum [4]float64
	for _, n := range [4]struct{ dx, dy, weight float64 }{{0, 0, (1 - fx) * (1 - fy)}, {1, 0, fx * (1 - fy)}, {0, 1, (1 - fx) * fy}, {1, 1, fx * fy}} {
		px := min(max(int(left+n.dx), 0), w-1)
		py := min(max(int(top+n.dy), 0), h-1)
		p := img.Pix[py*img.Stride+4*px:][:4:4]
		weight := n.weight * float64(p[3])
		sum[0] += weight * float64(p[0])
		sum[1] += weight * float64(p[1])
		sum[2] += weight * float64(p[2])
		sum[3] += weight
	}
	if sum[3] == 0 {
		return color.NRGBA{}
	}
	return color.NRGBA{uint8(sum[0]/sum[3] + 0.5), uint8(sum[1]/sum[3] + 0.5), uint8(sum[2]/sum[3] + 0.5), uint8(sum[3] + 0.5)}
}

// backdrop is what a picture with transparency is seen on: dark under light
// marks, for a white one on white is not seen at all.
func backdrop(img *image.NRGBA) color.NRGBA {
	sum, weight := 0, 0
	for i := 0; i+3 < len(img.Pix); i += 4 {
		p := img.Pix[i : i+4]
		sum += (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000 * int(p[3])
		weight += int(p[3])
	}
	if weight > 0 && sum/weight > 200 {
		return color.NRGBA{60, 60, 60, 255}
	}
	return color.NRGBA{255, 255, 255, 255}
}

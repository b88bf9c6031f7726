package pdq

import (
	"image"
	"sync"
)

const (
	side    = 64  // of the reduced picture
	maxSide = 512 // pictures beyond it are first resized to 512x512
	minSide = 5   // pictures below it have no hash
	lanes   = 4   // rows filtered together: their sums do not wait for each other
)

// Analyse reduces img to its spectrum. See Compute for what it accepts.
func Analyse(img *image.NRGBA) Spectrum {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if w < minSide || h < minSide {
		return Spectrum{}
	}
	ws := workspaces.Get().(*workspace)
	defer workspaces.Put(ws)
	var small [side][side]float32
	ws.reduce(img, &small)
	s := Spectrum{Quality: quality(&small)}
	transform(&small, &s.coef)
	return s
}

// workspace holds the two buffers that a picture of 512x512 needs.
type workspace struct {
	full   [maxSide * maxSide]float32 // filtered rows, then both axes once
	strip  [maxSide * maxSide]float32 // result of the first column filter
	narrow [maxSide * side]float32    // only the columns that survive
	sum    [maxSide]float32
	lane   [lanes][maxSide]float32
	source [maxSide]int32 // where in a row of the picture each luma column is found, in bytes
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// reduce averages img down to 64x64: two passes of a box filter over rows and
// columns (a tent filter after Jarosz), then one sample per cell. The sums are
// sliding ones whose rounding is part of the hash, so each is formed in the
// reference's order; what the samples do not need is left out.
func (ws *workspace) reduce(img *image.NRGBA, small *[side][side]float32) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	outW, outH := w, h
	if w > maxSide || h > maxSide {
		outW, outH = maxSide, maxSide
	}
	for x := range outW {
		ws.source[x] = int32(x * w / outW * 4) // nearest neighbour as CImg's resize has it
	}
	rowAxis, colAxis := newAxis(outW), newAxis(outH)
	luma := func(y int, dst []float32) { fillLuma(dst, img, y*h/outH, ws.source[:outW]) }

	if outW == side && outH == side { // already reduced, e.g. by a video tool
		for y := range side {
			luma(y, small[y][:])
		}
		return
	}
	ws.filterRows(&rowAxis, outH, luma)
	ws.filterColumns(&colAxis, outW)
	ws.sampleRows(&rowAxis, outH)
	ws.sampleColumns(&colAxis, small)
}

// filterRows writes the row filter of the luma to full.
func (ws *workspace) filterRows(a *axis, rows int, luma func(int, []float32)) {
	for y := 0; y < rows; y += lanes {
		n := min(lanes, rows-y)
		for l := range n {
			luma(y+l, ws.lane[l][:a.n])
		}
		a.slide(&ws.lane)
		for l := range n {
			a.mean(ws.full[(y+l)*a.n:][:a.n], ws.lane[l][:a.n])
		}
	}
}

// filterColumns writes the column filter of full to strip, row by row: all
// columns advance together, so memory is read in order.
func (ws *workspace) filterColumns(a *axis, cols int) {
	sum := ws.sum[:cols]
	clear(sum)
	for y := range a.ahead {
		addRow(sum, ws.full[y*cols:][:cols])
	}
	for y := range a.n {
		if in := y + a.ahead; in < a.n {
			addRow(sum, ws.full[in*cols:][:cols])
		}
		if out := y - a.behind - 1; out >= 0 {
			subtractRow(sum, ws.full[out*cols:][:cols])
		}
		divideRow(ws.strip[y*cols:][:cols], sum, a.count[y])
	}
}

// sampleRows runs the second row filter over strip and keeps 64 columns.
func (ws *workspace) sampleRows(a *axis, rows int) {
	at := samples(a.n)
	for y := 0; y < rows; y += lanes {
		n := min(lanes, rows-y)
		for l := range n {
			copy(ws.lane[l][:a.n], ws.strip[(y+l)*a.n:][:a.n])
		}
		a.slide(&ws.lane)
		for l := range n {
			dst := ws.narrow[(y+l)*side:][:side]
			for k, x := range at {
				dst[k] = ws.lane[l][x] / a.count[x]
			}
		}
	}
}

// sampleColumns runs the second column filter over narrow and keeps 64 rows.
func (ws *workspace) sampleColumns(a *axis, small *[side][side]float32) {
	at := samples(a.n)
	sum := ws.sum[:side]
	clear(sum)
	for y := range a.ahead {
		addRow(sum, ws.narrow[y*side:][:side])
	}
	k := 0
	for y := range a.n {
		if in := y + a.ahead; in < a.n {
			addRow(sum, ws.narrow[in*side:][:side])
		}
		if out := y - a.behind - 1; out >= 0 {
			subtractRow(sum, ws.narrow[out*side:][:side])
		}
		for ; k < side && at[k] == y; k++ {
			divideRow(small[k][:], sum, a.count[y])
		}
	}
}

// samples returns the position of the centre of each of 64 cells along n.
func samples(n int) (at [side]int) {
	for i := range at {
		at[i] = int((float64(i) + 0.5) * float64(n) / side)
	}
	return at
}

// fillLuma writes the luma of row y of img at the given byte offsets, which rise,
// to dst.
func fillLuma(dst []float32, img *image.NRGBA, y int, offsets []int32) {
	row := img.Pix[y*img.Stride:]
	done := opaqueLuma(dst, row, offsets)
	for i, o := range offsets[done:] {
		p := row[o : o+4 : o+4]
		r, g, b := p[0], p[1], p[2]
		if a := p[3]; a != 255 {
			r, g, b = onWhite(r, a), onWhite(g, a), onWhite(b, a)
		}
		dst[done+i] = lumaR[r] + lumaG[g] + lumaB[b]
	}
}

// opaqueLuma does what it can of fillLuma where all pixels are opaque, and
// returns how many that are.
var opaqueLuma = func([]float32, []byte, []int32) int { return 0 }

// onWhite shows a channel value of opacity a before a white wall.
func onWhite(v, a uint8) uint8 {
	return uint8((uint32(v)*uint32(a) + 255*(255-uint32(a)) + 127) / 255)
}

// The reference's luma weights times every channel value, in its precision.
var lumaR, lumaG, lumaB = weights(0.299), weights(0.587), weights(0.114)

func weights(w float32) (t [256]float32) {
	for v := range t {
		t[v] = w * float32(v)
	}
	return t
}

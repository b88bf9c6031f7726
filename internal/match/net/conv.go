package net

import "unsafe"

// conv is a convolution with its weights in the order in which the kernels read them.
type conv struct {
	high, wide int     // window
	down, on   int     // from one window to the next
	top, left  int     // zeros around the picture that the windows may cover
	blocks     []block // one for each sixteen channels of the result
}

type block struct {
	weights []int16
	post    post
}

func (c *conv) shape(a *Map) (h, w int) {
	h, w = a.H+2*c.top-c.high, a.W+2*c.left-c.wide
	if h < 0 || w < 0 {
		return 0, 0
	}
	return h/c.down + 1, w/c.on + 1
}

const size = unsafe.Sizeof(int16(0))

// run computes the result row by row; a row that is not a multiple of the kernel's width ends in a tile that
// overlaps the one before, and one narrower than a tile is computed pixel by pixel.
func (c *conv) run(a, to *Map) {
	j := job{
		dstStep: uintptr(to.C) * size,
		srcStep: uintptr(a.C*c.on) * size,
		rowStep: uintptr(a.stride()) * size,
		rows:    uintptr(c.high),
		pairs:   uintptr(c.wide * a.C / 2),
	}
	for i := 0; i < len(c.blocks); i++ {
		b, out, tile := &c.blocks[i], i*lanes, kernels.tile
		j.weights, j.post = &b.weights[0], &b.post
		if kernels.twice != nil && to.W >= kernels.width && i+1 < len(c.blocks) {
			i++
			b, tile = &c.blocks[i], kernels.twice
			j.weights2, j.post2 = &b.weights[0], &b.post
		}
		c.rows(&j, a, to, out, tile)
	}
}

// rows runs tile over the whole map; out is the first channel it computes.
func (c *conv) rows(j *job, a, to *Map, out int, tile func(*job)) {
	width := kernels.width
	var aside [maxWidth * lanes]int16
	for y := range to.H {
		at := a.at(y*c.down-c.top, -c.left)
		first := to.at(y, 0) + out
		if to.W < width {
			c.narrow(j, a, at, to, first, &aside)
			continue
		}
		for x := 0; x < to.W; x += width {
			x = min(x, to.W-width)
			j.src, j.dst = &a.all[at+x*c.on*a.C], &to.all[first+x*to.C]
			tile(j)
		}
	}
}

// narrow computes a row's pixels one at a time, the same pixel in all places of the tile.
func (c *conv) narrow(j *job, a *Map, at int, to *Map, out int, aside *[maxWidth * lanes]int16) {
	n := *j
	n.srcStep, n.dstStep, n.dst = 0, lanes*size, &aside[0]
	for x := range to.W {
		n.src = &a.all[at+x*c.on*a.C]
		kernels.tile(&n)
		copy(to.all[out+x*to.C:out+x*to.C+lanes], aside[:lanes])
	}
}

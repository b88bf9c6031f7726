package net

import "unsafe"

// conv is a convolution with its weights in the order in which the kernels read them.
type conv struct {
	high, wide int     // window
	down, on   int     // from one window to the next
	top, left  int     // zeros around the picture that the windows may cover
	small      bool    // it reads bytes
	raw        []byte  // weights as they lie in the file: by channel of the result, row, column and channel of the window
	blocks     []block // one for each sixteen channels of the result
}

type block struct {
	weights []int32 // by step and lane: two words, or four bytes where the activations are bytes
	post    post
}

func (c *conv) shape(a *Map) (h, w int) {
	h, w = a.H+2*c.top-c.high, a.W+2*c.left-c.wide
	if h < 0 || w < 0 {
		return 0, 0
	}
	return h/c.down + 1, w/c.on + 1
}

// pack brings the weights into the kernels' order. Of the channels that a map is filled up with all weights are zero.
func (c *conv) pack(from, to *slot) {
	each, values := 2, c.high*c.wide*from.channels // activations of a step, weights of a channel of the result
	if c.small = from.small; c.small {
		each = 4
	}
	steps := c.wide * from.filled / each
	for i := range c.blocks {
		c.blocks[i].weights = make([]int32, c.high*steps*lanes)
	}
	for i, w := range c.raw {
		k, i := i/values, i%values
		y, x, ch := i/from.channels/c.wide, i/from.channels%c.wide, i%from.channels
		at := x*from.filled + ch // within the row of the window
		four := &c.blocks[k/lanes].weights[(y*steps+at/each)*lanes+k%lanes]
		if c.small {
			(*[4]int8)(unsafe.Pointer(four))[at%4] = int8(w)
		} else {
			(*[2]int16)(unsafe.Pointer(four))[at%2] = int16(int8(w))
		}
	}
	c.raw = nil
}

// run computes the result, sixteen channels at a time or twice as many.
func (c *conv) run(j *job, a, to *Map) {
	*j = job{
		dstStep: uintptr(to.C) * to.size(),
		srcStep: uintptr(a.C*c.on) * a.size(),
		rowStep: uintptr(a.stride()) * a.size(),
		rows:    uintptr(c.high),
		steps:   uintptr(c.wide*a.C) * a.size() / 4,
		size:    to.size(),
	}
	tiles := &kernels.words
	if c.small {
		tiles = &kernels.bytes
	}
	for i := 0; i < len(c.blocks); i++ {
		b, out, tile := &c.blocks[i], i*lanes, tiles.one
		j.weights, j.post = &b.weights[0], &b.post
		if tiles.two != nil && i+1 < len(c.blocks) {
			i++
			b, tile = &c.blocks[i], tiles.two
			j.weights2, j.post2 = &b.weights[0], &b.post
		}
		j.mask = 1<<min(lanes, to.C-i*lanes) - 1
		if to.W < group {
			c.narrow(j, a, to, out, tile)
		} else {
			c.groups(j, a, to, out, tile)
		}
	}
}

// groups runs tile over the whole map, group after group of neighbouring pixels; the last group of a row overlaps the one
// before where the width asks for it. out is the first channel that is computed.
func (c *conv) groups(j *job, a, to *Map, out int, tile func(*job)) {
	waiting := false
	for y := range to.H {
		at, first := a.at(y*c.down-c.top, -c.left), to.at(y, 0)+out
		for x := 0; x < to.W; x += group {
			x = min(x, to.W-group)
			j.src2, j.dst2 = j.src, j.dst
			j.src, j.dst = a.address(at+x*c.on*a.C), to.address(first+x*to.C)
			if waiting = kernels.pair && !waiting; !waiting {
				tile(j)
			}
		}
	}
	if waiting {
		j.src2, j.dst2 = j.src, j.dst
		tile(j)
	}
}

// narrow computes a map without room for a group pixel by pixel, the same pixel in all places of the tile.
func (c *conv) narrow(j *job, a, to *Map, out int, tile func(*job)) {
	j.srcStep, j.dstStep = 0, 0
	for y := range to.H {
		for x := range to.W {
			j.src, j.dst = a.address(a.at(y*c.down-c.top, x*c.on-c.left)), to.address(to.at(y, x)+out)
			j.src2, j.dst2 = j.src, j.dst
			tile(j)
		}
	}
}

package keypoint

import (
	"math"
	"math/bits"
	"slices"
)

// border keeps the whole descriptor patch, turned by any angle, inside its level.
const border = patchRadius + 1

// emblemBorder is smaller: cells outside of the picture are simply empty.
const emblemBorder = 6

// spot is a keypoint before it is described.
type spot struct {
	x, y     int // pixels of its level
	level    int
	response int32
}

// Least determinants of the Hessian that count. In an asset, about 3 grey levels of curvature each way; of the few features
// for marks that are kept of a query all are stronger, but for plain pictures, and what is not looked at costs no time.
const (
	weakest       = 30
	weakestEmblem = 90
)

// detect returns at most budget spots: maxima of the determinant of the Hessian (blobs and corners),
// spread over the picture so that interface text or one ornament cannot take the whole budget.
func detect(p pyramid, budget, border int, least int32) []spot {
	var total float64
	weight := make([]float64, len(p.levels))
	for i, l := range p.levels {
		// Coarse levels hold few places but survive resizing and blur: share by side, not by area.
		weight[i] = math.Sqrt(float64(l.smooth.w) * float64(l.smooth.h))
		total += weight[i]
	}
	var out []spot
	spare := 0.0
	var scratch []int32
	if len(p.levels) > 0 {
		scratch = numsKept.take(len(p.levels[0].smooth.pix))
		defer numsKept.give(scratch)
	}
	for i := len(p.levels) - 1; i >= 0; i-- {
		quota := float64(budget)*weight[i]/total + spare
		got := spread(maxima(p.levels[i].smooth, i, border, least, scratch), p.levels[i].smooth, int(quota))
		spare = quota - float64(len(got))
		out = append(out, got...)
	}
	return out
}

// maxima finds local maxima of the Hessian's determinant in a 5x5 neighbourhood. It needs resp as working
// space, of a size with the plane.
func maxima(p plane, lv, border int, least int32, resp []int32) []spot {
	if p.w <= 2*border || p.h <= 2*border {
		return nil
	}
	var out []spot
	crests := make([]uint8, p.w/8+1)
	next := border - 2 // row to be filled, as late as possible: those in use stay in the cache
	for y := border; y < p.h-border; y++ {
		for ; next <= y+2; next++ {
			hessianRow(p, next, border, resp[next*p.w:(next+1)*p.w])
		}
		row := resp[y*p.w : (y+1)*p.w]
		try := func(x int) {
			v := row[x]
			if v >= least && v > row[x-1] && v >= row[x+1] && peak(resp, p.w, x, y, v) {
				out = append(out, spot{x, y, lv, v})
			}
		}
		n := crestsFast(resp, p.w, y, border, p.w-border, least, crests)
		for i, c := range crests[:n] {
			for ; c != 0; c &= c - 1 {
				try(border + 8*i + bits.TrailingZeros8(c))
			}
		}
		for x := border + 8*n; x < p.w-border; x++ {
			try(x)
		}
	}
	return out
}

func peak(resp []int32, w, x, y int, v int32) bool {
	for dy := -2; dy <= 2; dy++ {
		for _, u := range resp[(y+dy)*w+x-2 : (y+dy)*w+x+3] {
			if u > v {
				return false
			}
		}
	}
	return true
}

// hessianRow takes second differences two pixels apart, which 8-bit levels resolve well.
func hessianRow(p plane, y, border int, out []int32) {
	n := p.w
	a, b, c := p.row(y - 2)[:n], p.row(y)[:n], p.row(y + 2)[:n]
	out = out[:n]
	for x := hessianFast(a, b, c, out, border-2, n-border+2); x < n-border+2; x++ {
		m := 2 * int32(b[x])
		xx := int32(b[x-2]) + int32(b[x+2]) - m
		yy := int32(a[x]) + int32(c[x]) - m
		xy := int32(a[x-2]) + int32(c[x+2]) - int32(a[x+2]) - int32(c[x-2])
		out[x] = xx*yy - xy*xy/16
	}
}

// tiles is the number of tiles along each side between which the budget of a level is balanced.
const tiles = 8

// spread keeps the strongest n spots while no tile gets more than twice its share.
func spread(all []spot, p plane, n int) []spot {
	order := make([]uint64, len(all)) // strongest first, then from the top left: numbers are sorted faster than spots
	for i, s := range all {
		order[i] = uint64(^uint32(s.response))<<32 | uint64(s.y*p.w+s.x)
	}
	slices.Sort(order)
	most := max(2, 2*n/(tiles*tiles))
	var used [tiles * tiles]int
	kept := make([]spot, 0, min(n, len(all)))
	for _, o := range order {
		if len(kept) == n {
			break
		}
		at := int(uint32(o))
		s := spot{x: at % p.w, y: at / p.w, level: all[0].level, response: int32(^uint32(o >> 32))}
		t := s.y*tiles/p.h*tiles + s.x*tiles/p.w
		if used[t] < most {
			used[t]++
			kept = append(kept, s)
		}
	}
	return kept
}

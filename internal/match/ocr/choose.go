package ocr

import (
	"cmp"
	"math"
	"slices"
)

const (
	leastScore = 0.03 // candidates below are not worth reading
	sameLine   = 0.6  // overlap, as share of both, above which two are one line
	longer     = 1.12 // a box this much longer is kept beside a shorter one: it may be the whole line
)

// choose returns the best candidates, without doubles of one polarity.
func choose(all []*candidate, most int) []*candidate {
	for _, c := range all {
		c.score = score(&c.features)
	}
	slices.SortStableFunc(all, func(a, b *candidate) int { return cmp.Compare(b.score, a.score) })
	var kept []*candidate
	for _, c := range all {
		if c.score < leastScore || len(kept) == most {
			break
		}
		if !slices.ContainsFunc(kept, func(k *candidate) bool { return c.doubles(k) }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// doubles says whether c shows nothing that the better k does not.
func (c *candidate) doubles(k *candidate) bool {
	if c.dark != k.dark {
		return false
	}
	ck, kk := c.scale, k.scale
	return ck*c.width() < longer*kk*k.width() && ck*c.height() > 0.85*kk*k.height() && overlap(c, k) > sameLine
}

// overlap is the common area of two boxes as share of their union, both taken
// at the angle of the first: lines that overlap much have nearly one angle.
func overlap(a, b *candidate) float64 {
	sin, cos := math.Sincos(a.angle)
	ax, ay := a.heart()
	bx, by := b.heart()
	x, y := b.scale*bx-a.scale*ax, b.scale*by-a.scale*ay
	du, dv := math.Abs(x*cos+y*sin), math.Abs(y*cos-x*sin)
	aw, ah, bw, bh := a.scale*a.width(), a.scale*a.height(), b.scale*b.width(), b.scale*b.height()
	u := min(aw, bw, (aw+bw)/2-du)
	v := min(ah, bh, (ah+bh)/2-dv)
	if u <= 0 || v <= 0 {
		return 0
	}
	return u * v / (aw*ah + bw*bh - u*v)
}

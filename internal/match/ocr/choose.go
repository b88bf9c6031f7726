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
	inside     = 0.85 // share of a box that lies in a better one: a part of its line
	weaker     = 0.5  // share of a better one's score, of the other polarity, that is only its counterforms
)

// choose returns the best candidates, without doubles of one polarity.
func choose(all []*candidate, most int) []*candidate {
	for _, c := range all {
		c.judge()
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
	common, union, share := overlap(c, k)
	if common == 0 {
		return false
	}
	if c.dark != k.dark {
		return common > sameLine*union && c.score < weaker*k.score
	}
	if share > inside {
		return true
	}
	ck, kk := c.scale, k.scale
	return ck*c.width() < longer*kk*k.width() && ck*c.height() > 0.85*kk*k.height() && common > sameLine*union
}

// overlap is the area that two boxes have in common, that of both together, and
// the common share of the first. Both are taken at the angle of the first:
// lines that overlap much have nearly one angle.
func overlap(a, b *candidate) (common, union, share float64) {
	sin, cos := math.Sincos(a.angle)
	ax, ay := a.heart()
	bx, by := b.heart()
	x, y := b.scale*bx-a.scale*ax, b.scale*by-a.scale*ay
	du, dv := math.Abs(x*cos+y*sin), math.Abs(y*cos-x*sin)
	aw, ah, bw, bh := a.scale*a.width(), a.scale*a.height(), b.scale*b.width(), b.scale*b.height()
	u := min(aw, bw, (aw+bw)/2-du)
	v := min(ah, bh, (ah+bh)/2-dv)
	if u <= 0 || v <= 0 {
		return 0, aw*ah + bw*bh, 0
	}
	return u * v, aw*ah + bw*bh - u*v, u * v / (aw * ah)
}

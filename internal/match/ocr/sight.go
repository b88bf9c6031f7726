package ocr

import "math"

// sight is what the mask says of a candidate's box, whoever found it.
type sight [sightCount]float64

const (
	sightInside   = iota // mean probability of core along the axis
	sightWeakest         // the same in the stretch of one height where it is lowest
	sightBeyond          // beyond the end where it is higher
	sightBeyondBy        // beyond the other
	sightHeight          // logarithm to base 2 of the height that the mask sees, over the box's
	sightHeightBy        // its magnitude
	sightAxis            // magnitude of the distance from the box's axis to the mask's, heights
	sightPolarity        // 1 where the mask is sure of the candidate's polarity, -1 of the other
	sightPixels          // logarithm to base 2 of the box's height in pixels
	sightLength          // logarithm to base 2 of its length in heights
	sightMerged
	sightCount
)

// glances are how many places are looked at in each height of length.
const glances = 4

// see compares the candidate with the mask.
func (c *candidate) see(m *maskMap) {
	h := c.height()
	middle := (c.top + c.bottom) / 2
	s := &c.sight
	s[sightPixels], s[sightLength] = math.Log2(c.scale*h), math.Log2(c.width()/h)
	if c.merged {
		s[sightMerged] = 1
	}
	var inside []float64
	var weight, height, off, dark float64
	for u := c.left + maskInset*h; u <= c.right-maskInset*h; u += h / glances {
		p, said := c.glance(m, u, middle)
		inside = append(inside, p)
		if p < 0.2 {
			continue
		}
		weight += p
		high := math.Exp2(float64(said[maskHeight])*m.unit) * 16 / c.scale
		height += p * math.Log2(high/h)
		off += p * float64(said[maskOffset]) * m.unit * high / h
		dark += p * math.Tanh(float64(said[maskDark])*m.unit/2)
	}
	s[sightInside], s[sightWeakest] = mean(inside), lowest(inside, glances)
	before, after := c.beyond(m, c.left-1.5*h, middle), c.beyond(m, c.right+0.5*h, middle)
	s[sightBeyond], s[sightBeyondBy] = max(before, after), min(before, after)
	if weight > 0 {
		s[sightHeight], s[sightAxis], s[sightPolarity] = height/weight, math.Abs(off/weight), dark/weight
		s[sightHeightBy] = math.Abs(s[sightHeight])
	}
	if !c.dark {
		s[sightPolarity] = -s[sightPolarity]
	}
}

// beyond is the mean probability of core along one height from u on.
func (c *candidate) beyond(m *maskMap, u, v float64) float64 {
	sum := 0.0
	for k := range glances {
		p, _ := c.glance(m, u+(float64(k)+0.5)*c.height()/glances, v)
		sum += p / glances
	}
	return sum
}

// glance is the probability of core at a place of the candidate, and all that
// the mask says there; outside the picture it is nothing.
func (c *candidate) glance(m *maskMap, u, v float64) (p float64, said []int16) {
	sin, cos := math.Sincos(c.angle)
	x := c.scale * (c.centre.X + u*cos - v*sin) / maskCell
	y := c.scale * (c.centre.Y + u*sin + v*cos) / maskCell
	if x < 0 || y < 0 || int(x) >= m.w || int(y) >= m.h {
		return 0, nothing[:]
	}
	said = m.at(int(x), int(y))
	return 1 / (1 + math.Exp(-float64(said[maskCore])*m.unit)), said
}

var nothing [maskChannels]int16

// lowest is the least mean of so many neighbours.
func lowest(v []float64, window int) float64 {
	least := mean(v)
	for i := 0; i+window <= len(v); i++ {
		least = min(least, mean(v[i:i+window]))
	}
	return least
}

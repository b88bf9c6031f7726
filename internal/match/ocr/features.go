package ocr

import "math"

// features are what the score of a candidate is made of; heights and lengths
// are in units of the line's height unless said otherwise.
type features [featureCount]float64

const (
	featureLength      = iota
	featureHeight      // pixels of the picture
	featurePieces      // per height of length
	featureFill        // share of the box that is ink
	featureGreySpread  // of the pieces, levels
	featureContrast    // mean, levels
	featureContrastDev // of the pieces, levels
	featureStroke      // mean width of strokes
	featureSideMedian
	featureSideMost
	featureSideDev
	featureSideUpper // 80th percentile
	featureTilt      // degrees
	featureRow0      // share of ink in each fifth of the height
	featureRow1
	featureRow2
	featureRow3
	featureRow4
	featureOutside    // share of ink cut away with the edges
	featureColumnDev  // unevenness of ink along the line
	featureColumnLow  // emptiest stretch
	featureGaps       // changes between ink and gap, per height of length
	featureCovered    // share of the length that has ink
	featurePieceCount // how many, logarithm
	featureCount
)

func (c *candidate) describe() {
	f, h, length := &c.features, c.height(), c.width()
	f[featureLength], f[featureHeight], f[featureTilt] = length/h, h*c.scale, math.Abs(c.angle)*180/math.Pi
	c.describePieces(f, h, length)
	c.describeRows(f, h)
	c.describeColumns(f, h, length)
}

func (c *candidate) describePieces(f *features, h, length float64) {
	var area, grey, contrast, most float64
	sides := make([]float64, len(c.pieces))
	for i := range c.pieces {
		p := &c.pieces[i]
		a := float64(p.area)
		area += a
		grey += a * float64(p.grey)
		contrast += a * float64(p.contrast)
		sides[i] = float64(p.side()) / h
		most = max(most, sides[i])
	}
	c.grey = grey / area
	var greys, contrasts, spread float64
	sideMean, contrastMean := mean(sides), 0.0
	for i := range c.pieces {
		contrastMean += float64(c.pieces[i].contrast) / float64(len(c.pieces))
	}
	for i := range c.pieces {
		p := &c.pieces[i]
		greys += float64(p.area) * square(float64(p.grey)-c.grey)
		contrasts += square(float64(p.contrast) - contrastMean)
		spread += square(sides[i] - sideMean)
	}
	n := float64(len(c.pieces))
	f[featurePieces], f[featurePieceCount] = n*h/length, math.Log(n)
	f[featureFill] = area / (length * h)
	f[featureGreySpread], f[featureContrast], f[featureContrastDev] = math.Sqrt(greys/area), contrast/area, math.Sqrt(contrasts/n)
	f[featureStroke] = area / float64(max(c.runs, 1)) / h
	f[featureSideMedian], f[featureSideUpper], f[featureSideMost] = percentile(sides, 0.5), percentile(sides, 0.8), most
	f[featureSideDev] = math.Sqrt(spread / n)
}

func (c *candidate) describeRows(f *features, h float64) {
	outside := 0
	for _, v := range c.across {
		if v < c.top || v > c.bottom {
			outside++
			continue
		}
		f[featureRow0+min(int(5*(v-c.top)/h), 4)] += 1 / float64(len(c.across))
	}
	f[featureOutside] = float64(outside) / float64(len(c.across))
}

func (c *candidate) describeColumns(f *features, h, length float64) {
	coarse, fine := make([]float64, max(1, int(length/h))), make([]bool, int(10*length/h)+1)
	for _, u := range c.along {
		if u < c.left || u > c.right {
			continue
		}
		if i := int((u - c.left) / h); i < len(coarse) {
			coarse[i]++
		}
		fine[min(int(10*(u-c.left)/h), len(fine)-1)] = true
	}
	m, low, spread := max(mean(coarse), 1), math.Inf(1), 0.0
	for _, n := range coarse {
		low = min(low, n)
		spread += square(n - m)
	}
	f[featureColumnDev], f[featureColumnLow] = math.Sqrt(spread/float64(len(coarse)))/m, low/m
	covered, changes := 0, 0
	for i, ink := range fine {
		if ink {
			covered++
		}
		if i > 0 && ink != fine[i-1] {
			changes++
		}
	}
	f[featureCovered], f[featureGaps] = float64(covered)/float64(len(fine)), float64(changes)*h/length
}

func mean(s []float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range s {
		sum += v
	}
	return sum / float64(len(s))
}

func square(v float64) float64 { return v * v }

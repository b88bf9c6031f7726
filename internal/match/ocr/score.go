package ocr

import "math"

// judge sets the probability that the candidate is one whole line of text:
// logistic regression on its features, their logarithms and what the mask says
// of it. The weights are learnt from drawn scenes by TestTrain; see
// docs/sentences.md.
func (c *candidate) judge() {
	weights, z := scoreWeights[:], float64(scoreBias)
	if c.fromMask {
		weights, z = maskWeights[:], maskBias
	}
	for i, v := range c.terms() {
		z += weights[i] * v
	}
	c.score = 1 / (1 + math.Exp(-z))
}

// terms are the features followed by their logarithms, which a line from the
// mask has not, and what the mask says.
func (c *candidate) terms() []float64 {
	if c.fromMask {
		return c.sight[:]
	}
	out := make([]float64, 2*featureCount, 2*featureCount+sightCount)
	for i, v := range c.features {
		out[i], out[featureCount+i] = v, math.Log(math.Abs(v)+0.02)
	}
	return append(out, c.sight[:]...)
}

// From 63811 candidates.
const scoreBias = -25.7549

var scoreWeights = [2*featureCount + sightCount]float64{
	-0.11898,
	0.011632,
	0.12576,
	-0.2545,
	0.015223,
	-0.0062329,
	0.032816,
	-3.4706,
	-0.38564,
	0.51205,
	-2.4941,
	0.11187,
	-0.1797,
	0.83003,
	5.3995,
	-5.4028,
	5.9267,
	-8.4209,
	53.464,
	1.0226,
	-1.1686,
	0.14625,
	4.4889,
	0.46255,
	1.5429,
	-0.56293,
	-0.2792,
	0.74357,
	-0.66119,
	3.7327,
	-0.25696,
	-0.80088,
	-0.19276,
	-0.33907,
	0.52702,
	-0.35528,
	0.10088,
	-0.056544,
	-1.5671,
	0.92063,
	-1.497,
	1.0542,
	-1.2515,
	-0.066422,
	0.36061,
	-0.014717,
	-1.9608,
	-1.6056,
	6.0052,
	0.20359,
	-8.4103,
	-0.86105,
	-2.0325,
	-3.1556,
	3.5506,
	0.46228,
	-0.3915,
	1.0453,
	-0.92417,
}

// From 1740 candidates.
const maskBias = -26.8108

var maskWeights = [sightCount]float64{
	27.415,
	-1.6592,
	-4.2445,
	-51.988,
	10.274,
	-2.3505,
	3.058,
	3.0171,
	0.92858,
	-0.23781,
	1.6096,
}

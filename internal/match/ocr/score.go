package ocr

import "math"

// score is the probability that a candidate is one whole line of text:
// logistic regression on its features and their logarithms. The weights are
// learnt from drawn scenes by TestTrain; see docs/sentences.md.
func score(f *features) float64 {
	z := float64(scoreBias)
	for i, v := range f.terms() {
		z += scoreWeights[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// terms are the features followed by their logarithms.
func (f *features) terms() []float64 {
	out := make([]float64, 2*featureCount)
	for i, v := range f {
		out[i], out[featureCount+i] = v, math.Log(math.Abs(v)+0.02)
	}
	return out
}

// From 24480 candidates.
const scoreBias = -43.2102

var scoreWeights = [2 * featureCount]float64{
	-0.32573,
	-0.04514,
	-0.10812,
	9.2335,
	-0.043135,
	-0.042633,
	0.0089428,
	-1.6297,
	0.86589,
	0.75514,
	-3.2885,
	-0.40135,
	-0.12203,
	-2.2494,
	4.4974,
	-1.6188,
	-1.5106,
	0.42312,
	-8.8176,
	-0.83117,
	1.4903,
	-0.20645,
	-0.90067,
	1.807,
	5.447,
	1.2647,
	-1.315,
	0.466,
	-0.40927,
	4.92,
	-0.33592,
	-3.8914,
	-0.70467,
	-0.38772,
	0.54085,
	1.6901,
	-0.0053215,
	0.070317,
	-1.7703,
	0.92664,
	-0.38686,
	-0.40595,
	-1.5116,
	0.53286,
	0.012723,
	-0.11406,
	-0.15936,
	-0.8682,
}

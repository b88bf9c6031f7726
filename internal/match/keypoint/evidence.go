package keypoint

import "slices"

// Blocks agree by chance as well: a straight edge lies on any other one, since the position was chosen so that it does, while
// what has structure in both directions agrees to within noise only where it is the same. So for a block of given contrast
// and relief it was counted how often its correlation falls where, in pieces of copies and in what resembled other
// photographs most (scripts/hardcopies/parts.py). The logarithm of the ratio is its evidence.
var (
	byContrast    = []float64{1.5, 3, 5, 8, 13, 25} // standard deviation, grey levels
	byRelief      = []float64{0.5, 1, 2, 4}         // grey levels by pixel
	byCorrelation = []float64{-0.2, 0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.87, 0.92, 0.95, 0.975, 0.99}
)

// evidenceOf says how much likelier a block is in a copy than in a look-alike, in nats, between -2 and 4.
func evidenceOf(contrast, relief, correlation float64) float64 {
	return float64(evidences[bin(byContrast, contrast)][bin(byRelief, relief)][bin(byCorrelation, correlation)]) / 16
}

// The same was counted for the features that were found: by how many bits their codes differ, and how far they lie from
// where the position puts them, in their own sizes. A copy has features that are nearly equal and lie exactly in their places.
var (
	byBits    = []float64{12, 18, 24, 30, 36, 42, 48, 51.5}
	byAstray  = []float64{0.35, 0.7, 1.2, 2, 3.5}
	witnesses = [9][6]int8{ // in sixteenths
		{64, 64, 64, 42, 18, 10},
		{57, 58, 52, 26, 1, -11},
		{47, 45, 37, 16, -11, -21},
		{36, 34, 25, 8, -17, -20},
		{29, 28, 20, 2, -18, -19},
		{24, 23, 15, -1, -16, -17},
		{20, 19, 13, -3, -15, -13},
		{19, 18, 11, -1, -13, -10},
		{19, 16, 9, -2, -9, -4},
	}
)

// witnessOf says how much likelier such a feature is in a copy than in a look-alike, in nats, between -1.5 and 4.
func witnessOf(bits, astray float64) float64 {
	return float64(witnesses[bin(byBits, bits)][bin(byAstray, astray)]) / 16
}

// bin is how many of the ascending bounds a value reaches.
func bin(bounds []float64, v float64) int {
	n := slices.IndexFunc(bounds, func(b float64) bool { return v < b })
	if n < 0 {
		return len(bounds)
	}
	return n
}

// evidences are in sixteenths, by contrast, relief and correlation.
var evidences = [7][5][13]int8{
	{
		{-17, -15, 1, -1, 8, 16, -2, 4, 4, 2, 2, 4, 4},
		{-14, -10, -12, -4, 10, 27, 23, 28, 27, 27, 28, 22, 19},
		{-16, -16, -11, -17, -7, -1, 2, 7, 13, 15, 15, 14, 21},
		{-24, -21, -22, -18, -14, -11, -7, -3, 4, 10, 16, 20, 26},
		{-27, -25, -25, -23, -20, -18, -15, -12, -8, 1, 12, 28, 47},
	},
	{
		{-17, -13, 3, -7, 0, 6, 17, 21, 18, 8, 9, 14, 15},
		{-17, -11, -9, -5, -2, 6, 25, 35, 29, 13, 14, 10, 8},
		{-17, -12, -9, -7, -6, 12, 28, 49, 33, 20, 22, 22, 26},
		{-24, -23, -23, -18, -14, -10, 0, 6, 3, 10, 15, 20, 25},
		{-27, -25, -25, -23, -20, -18, -15, -12, -8, 1, 12, 28, 47},
	},
	{
		{-19, -18, 6, -9, -6, -1, -1, 6, 25, 26, 31, 20, 20},
		{-17, -16, -14, -10, -6, -1, 5, 17, 36, 50, 26, 11, 9},
		{-19, -15, -15, -13, -8, 0, 10, 29, 50, 55, 21, 11, 14},
		{-23, -20, -19, -12, -9, 0, 15, 23, 43, 44, 20, 22, 27},
		{-26, -28, -22, -18, -20, -13, -4, -2, -2, 4, 11, 27, 45},
	},
	{
		{-21, -13, 15, -8, -8, -5, -1, -12, 0, -13, 17, 15, 26},
		{-11, -15, -13, -10, -12, -7, -7, 2, 2, 14, 40, 36, 11},
		{-18, -17, -16, -12, -10, -9, -5, 0, 17, 38, 58, 32, 14},
		{-21, -22, -23, -18, -12, -7, -4, 10, 28, 46, 56, 28, 17},
		{-26, -27, -28, -23, -25, -16, -10, 7, 19, 37, 43, 33, 47},
	},
	{
		{-24, -17, 10, -8, -8, -8, 2, -11, -8, -17, -6, 21, 19},
		{-17, -13, -18, -12, -11, -3, 0, 2, 1, 1, 9, 35, 31},
		{-16, -18, -20, -16, -13, -10, -8, -4, -2, 5, 23, 54, 27},
		{-25, -22, -22, -20, -16, -11, -6, -3, 6, 20, 39, 59, 17},
		{-32, -30, -31, -27, -21, -17, -11, -5, 7, 22, 41, 57, 25},
	},
	{
		{-7, -6, 17, -3, 0, 3, -1, -3, -5, -1, -27, -11, 4},
		{-14, -12, -10, -14, -9, -1, 0, 2, 1, 3, 3, 6, 22},
		{-20, -20, -18, -21, -17, -12, -7, -7, -4, -5, -1, 18, 46},
		{-26, -24, -27, -22, -17, -16, -11, -7, -2, 0, 10, 36, 59},
		{-29, -27, -26, -25, -21, -19, -16, -13, -7, 2, 14, 39, 58},
	},
	{
		{-7, -9, 14, -2, 6, 2, 10, -2, -3, -8, -2, -20, -9},
		{-13, -5, -4, -7, -5, -1, 0, 2, 7, 1, -3, -7, 13},
		{-25, -22, -21, -20, -21, -16, -11, -10, -7, -5, -4, 1, 23},
		{-25, -24, -24, -21, -17, -16, -12, -10, -8, -6, -3, 4, 28},
		{-24, -22, -24, -22, -20, -18, -15, -13, -11, -5, 1, 16, 47},
	},
}

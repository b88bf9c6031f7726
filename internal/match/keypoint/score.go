package keypoint

import "math"

// score weighs the evidence for one position. The weights come from a logistic regression on pictures that no
// measurement in docs/recognition.md counts twice (two halves by asset, each scored by the other's fit); they
// are rounded, and all of them are positive: more of any evidence never lowers the score.
func score(a aligned, l likeness) float64 {
	if a.inliers == 0 {
		return 0
	}
	z := -32.0
	z += 1.2 * math.Log1p(a.support)
	z += 9.2 * a.support / float64(a.inliers)
	z += 6.2 * l.blocks
	z += 5.3 * l.good
	z += 3.7 * math.Log1p(float64(l.count))
	z += 1.9 * l.covered
	return 1 / (1 + math.Exp(-z))
}

package keypoint

import "math"

// score weighs the evidence for one position. The weights are those of a logistic regression, rounded; fitted on
// one half of the assets it ranked the other half as well (docs/recognition.md). All are positive: more of any
// evidence never lowers the score.
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

// markScore is the same for marks, fitted on scenes drawn from other marks, badges and pictures than those of
// any table in docs/recognition.md. What hurts is what other marks have: one place that differs, a stretch, few
// shared pixels.
func markScore(a aligned, l likeField) float64 {
	z := -3.2
	z += 1.7 * math.Log(max(0.03, 1.03-l.whole))
	z -= 3.9 * math.Log(max(0.03, 1.03-l.blocks))
	z -= 2.1 * math.Log(1.1-max(-0.2, l.worst))
	z += 11.7 * l.inside
	z += 0.35 * math.Log1p(a.support)
	z -= 3.6 * math.Log(max(1, float64(l.count)))
	z -= 9.2 * min(0.41, math.Log(a.pose.skewness()))
	return 1 / (1 + math.Exp(-z))
}

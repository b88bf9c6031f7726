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

// evidence is what the network says of a mark: how sure it is of this one and of the strongest rival in the same place,
// and how many pixels of the query one of the template covers.
type evidence struct{ sure, rival, density float64 }

// markScore is the same for marks: what the network says, and the measures of the fit. The weights come from scenes
// that the network was not trained on, drawn with other marks than any table of docs/recognition.md
// (training/marks/fuse.py).
func markScore(a aligned, l likeField, e evidence) float64 {
	z := -6.913
	z += 1.285 * e.sure
	z -= 0.081 * min(max(e.rival, -6), 6)
	z += 0.254 * l.whole
	z += 1.219 * l.blocks
	z += 1.354 * max(-0.2, l.worst)
	z += 1.251 * l.inside
	z += 0.533 * math.Log1p(a.support)
	z += 0.898 * math.Log(max(1, float64(l.count)))
	z -= 2.053 * min(0.41, math.Log(max(1, a.pose.skewness())))
	z -= 0.303 * math.Log(min(max(e.density, 0.3), 3))
	z -= 0.471 * math.Log(min(max(e.density, 0.3), 1))
	return 1 / (1 + math.Exp(-z-markOffset))
}

// markOffset moves the score so that ReviewScore lies where one in two hundred pictures without the mark does.
const markOffset = -1.4

package keypoint

import "math"

// score is how likely a photograph is there, as a whole or in part, and whether the part says more.
func score(a *aligned, l *likeness) (p float64, byPart bool) {
	if a.inliers == 0 {
		return 0, false
	}
	part := partLogit(a, &l.part)
	most := BlockScore - 0.01
	if l.part.share >= goodPart {
		most = 1
	}
	ofWhole, ofPart := logistic(min(wholeLogit(a, l), part+fullest)), min(logistic(part), most)
	return max(ofWhole, ofPart), ofPart > ofWhole
}

// fullest is by how much the whole may say more than its largest part: goods of one cut agree in their outlines and nowhere else.
const fullest = 4

// goodPart is the share of a photograph that must be there for more than a review: logos and faces recur in other
// photographs.
const goodPart = 0.2

// wholeLogit takes what is not there for disagreement. The weights are those of a logistic regression, rounded; fitted on
// one half of the assets it ranked the other half as well (docs/recognition.md). All are positive: more of any
// evidence never lowers the score.
func wholeLogit(a *aligned, l *likeness) float64 {
	z := -32.3
	z += 1.2 * math.Log1p(a.support)
	z += 9.2 * a.support / float64(a.inliers)
	z += 6.2 * l.blocks
	z += 5.3 * l.good
	z += 3.7 * math.Log1p(float64(l.count))
	z += 1.9 * l.covered
	return z
}

// partLogit asks nothing of what is not there. Its weights come from pieces, cut-outs and collages of photographs that no kit
// has (scripts/hardcopies/parts.py), among look-alikes: other photographs of the same scene, and packs of the same brand.
func partLogit(a *aligned, p *part) float64 {
	z := -12.1
	z += 2.22 * math.Log1p(p.evidence)
	z += 0.98 * math.Log1p(float64(p.core))
	z -= 1.28 * math.Log1p(p.against)
	z += 0.32 * math.Sqrt(p.witness)
	z += 0.88 * math.Log1p(a.support)
	return z
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// markScore is the same for marks: how sure the network is, how much the signature differs, and three measures of the fit.
// The weights come from scenes that the networks were not trained on, drawn with other marks than any table of
// docs/recognition.md (training/marks/fuse.py).
func markScore(t *affine, l likeField, sure float64) float64 {
	z := -3.001
	z += 1.085 * sure
	z -= 10.087 * l.unlike
	z += 2.229 * l.inside
	z += 0.756 * math.Log(max(1, float64(l.count)))
	z -= 5.222 * min(0.41, math.Log(max(1, t.skewness())))
	return logistic(z + markOffset)
}

// markOffset moves the score so that about one in a hundred of the pictures it was fitted on, with other marks or none,
// passes ReviewScore. Every second of those marks is a badge of a protected one's style; of ordinary pictures with other
// marks one in two hundred passes (docs/recognition.md).
const markOffset = -1.6

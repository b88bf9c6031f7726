package policy

import (
	"math"
	"slices"

	"assay/internal/signal"
	"assay/internal/verdict"
)

// scoring holds the numbers of the policy's section score.
type scoring struct {
	review, block float64 // lower ends of the bands of review and block
	corroboration float64
	weights       map[signal.Kind]float64 // 1 where a kind is not named
}

func defaultScoring() scoring {
	return scoring{review: 0.5, block: 0.9, corroboration: 0.5, weights: map[signal.Kind]float64{}}
}

// evidence sums up the signals, which must not be licensed. Of each kind only
// the strongest counts, so that a name said ten times is not ten proofs. With
// m the largest of the weighted kinds and m' the others,
//
//	evidence = 1 - (1 - m) * product of (1 - corroboration * m')
//
// It lies in 0..1, is at least m, and grows with every signal: where two
// kinds change places both forms agree, and each is increasing in each m.
func (s scoring) evidence(signals []signal.Signal) float64 {
	kinds := make([]signal.Kind, 0, 16)
	strongest := make([]float64, 0, 16)
	for i := range signals {
		kind := signals[i].Kind
		at := slices.Index(kinds, kind)
		if at < 0 {
			at = len(kinds)
			kinds, strongest = append(kinds, kind), append(strongest, 0)
		}
		strongest[at] = max(strongest[at], s.weight(kind)*unit(signals[i].Score))
	}
	if len(strongest) == 0 {
		return 0
	}
	slices.Sort(strongest) // the same sum whatever order the signals came in
	last := len(strongest) - 1
	rest := 1.0
	for _, v := range strongest[:last] {
		rest *= 1 - s.corroboration*v
	}
	return 1 - (1-strongest[last])*rest
}

func (s scoring) weight(k signal.Kind) float64 {
	if w, ok := s.weights[k]; ok {
		return w
	}
	return 1
}

// score places the evidence inside the band of the decision, so that the two
// never contradict each other and equal decisions still rank by evidence.
func (s scoring) score(d verdict.Decision, evidence float64) float64 {
	switch d {
	case verdict.Block:
		return s.block + (1-s.block)*evidence
	case verdict.Review:
		return s.review + (below(s.block)-s.review)*evidence
	}
	return below(s.review) * evidence
}

// below is the greatest number under the upper end of a band.
func below(v float64) float64 { return math.Nextafter(v, 0) }

// unit forces a score into 0..1; what is no number counts in full, because a
// broken detector must not make a listing look harmless.
func unit(v float64) float64 {
	if math.IsNaN(v) {
		return 1
	}
	return min(max(v, 0), 1)
}

package main

import (
	"math"

	"assay/internal/match/lexicon"
)

// An example is one finding with the truth about it.
type example struct {
	slope  lexicon.Slope
	truth  float64
	weight float64
}

// examples are the findings to learn from. An infringing row teaches its own
// brand's finding, or the bare claim where no brand is named; an innocent row
// all its findings, which share its weight. Both sides weigh the same in all,
// so that 0.5 is where an infringing and an innocent listing are as likely.
func examples(rows []row) []example {
	var out []example
	var sum [2]float64
	for _, r := range rows {
		var mine []example
		for _, s := range r.slopes {
			switch {
			case s.Licensed:
			case r.infringes && s.BrandID == r.brand:
				mine = append(mine, example{slope: s, truth: 1})
			case !r.infringes:
				mine = append(mine, example{slope: s})
			}
		}
		for i := range mine {
			mine[i].weight = 1 / float64(len(mine))
			sum[int(mine[i].truth)] += mine[i].weight
		}
		out = append(out, mine...)
	}
	half := (sum[0] + sum[1]) / 2
	for i := range out {
		out[i].weight *= half / max(sum[int(out[i].truth)], 1)
	}
	return out
}

func (w weights) logit(s lexicon.Slope) float64 {
	sum := s.Offset
	for n, x := range s.Features {
		sum += x * w[n]
	}
	return sum
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// fit minimises the log loss of the examples plus half the strength times the
// squared distance from the prior, by gradient descent with a step of its own
// for each weight (its curvature's bound) and projection: a weight that speaks
// for infringement never comes to speak against it, nor the other way round.
func fit(rows []row, from weights, strength float64) weights {
	ex := examples(rows)
	total := 0.0
	curve := map[string]float64{}
	for _, e := range ex {
		total += e.weight
		norm := 0.0
		for _, x := range e.slope.Features {
			norm += math.Abs(x)
		}
		for n, x := range e.slope.Features {
			curve[n] += e.weight * math.Abs(x) * norm / 4
		}
	}
	pull := strength * total / float64(len(from))
	w := weights{}
	for n, v := range from {
		w[n] = v
	}
	for range 3000 {
		grad := map[string]float64{}
		for _, e := range ex {
			d := e.weight * (sigmoid(w.logit(e.slope)) - e.truth)
			for n, x := range e.slope.Features {
				grad[n] += d * x
			}
		}
		for n := range w {
			if curve[n] == 0 {
				continue
			}
			v := w[n] - (grad[n]+pull*(w[n]-from[n]))/(curve[n]+pull)
			if from[n] != 0 && math.Signbit(v) != math.Signbit(from[n]) {
				v = 0
			}
			w[n] = v
		}
	}
	return w
}

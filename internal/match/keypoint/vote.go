package keypoint

import (
	"cmp"
	"math"
	"slices"
)

// Limits of the look-up, in bits of 64 and 256.
const (
	perFeature = 6 // matches kept of one feature and reading
)

// limits are, by kind, the distances of first words and of codes up to which features are alike, the number of
// lists opened for one feature and reading, how many features of the index are looked at before no further list is
// opened, the length of a list above which it tells nothing (corners and bars lie in many marks), how many votes an asset must
// have, under how many readings features are looked up, and how many candidates are compared by their pixels. Marks have fewer
// and less certain features, and no mirror images.
var limits = [Mark + 1]struct{ sign, code, probes, scan, longest, votes, readings, finalists int }{
	Photograph: {12, 44, 12, 500, math.MaxInt, 2, 2, 12},
	Mark:       {18, 64, 6, 200, 1000, 1, 1, 120},
}

// vote is one feature of the query that looks like one of an asset.
type vote struct {
	asset    uint32
	reading  reading
	feature  uint16 // of the asset
	query    int32
	distance uint8
	weight   float32
}

// candidate is an asset in a position that several votes agree on.
type candidate struct {
	asset   uint32
	reading reading
	pose    affine
	weight  float64
	prior   float64 // of a mark: what speaks for it before its edges are compared, in terms of their correlation
	place   int     // of a mark: which proposal of the signatures it belongs to, or 0; of each only the turn that fits best is kept
}

// candidates gathers the votes for each asset and keeps the positions with the greatest support.
func (s *shelf) candidates(q *featureSet, all []vote, most int) []candidate {
	slices.SortFunc(all, func(a, b vote) int {
		return cmp.Or(cmp.Compare(a.asset, b.asset), cmp.Compare(a.reading, b.reading), cmp.Compare(a.distance, b.distance))
	})
	var out []candidate
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].asset == all[0].asset && all[n].reading == all[0].reading {
			n++
		}
		out = append(out, s.agree(q, all[:n])...)
		all = all[n:]
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.asset, b.asset))
	})
	return out[:min(len(out), most)]
}

// placed is a vote with its two places worked out.
type placed struct {
	vote
	x, y, size, angle      float64 // in the asset
	u, v, qsize, direction float64 // in the query
}

// votePrior is the prior of positions that votes propose.
const votePrior = 0.1

// hypotheses bounds the work for one asset; votes come nearest first.
const hypotheses = 48

// agree lets each of the best votes propose a similarity and counts the support of the others.
func (s *shelf) agree(q *featureSet, votes []vote) []candidate {
	r := votes[0].reading
	var places [4 * hypotheses]placed
	ps := places[:min(len(votes), 4*hypotheses)]
	for i := range ps {
		s.place(&ps[i], q, votes[i])
	}
	best, by := candidate{}, -1
	for i := range ps[:min(len(ps), hypotheses)] {
		p := &ps[i]
		t := p.similarity()
		weight := 0.0
		for j := range ps {
			if o := &ps[j]; o.supports(&t, p) {
				weight += float64(o.weight)
			}
		}
		if weight > best.weight {
			best, by = candidate{asset: votes[0].asset, reading: r, pose: t, weight: weight, prior: votePrior}, i
		}
	}
	if by < 0 {
		return nil
	}
	var links [4 * hypotheses]link
	n := 0
	for j := range ps {
		if o := &ps[j]; o.supports(&best.pose, &ps[by]) {
			links[n] = link{o.x, o.y, o.u, o.v, float64(o.weight)}
			n++
		}
	}
	if t, ok := fitSimilarity(links[:n], r == flipped); ok && n >= 4 {
		best.pose = t
	}
	return []candidate{best}
}

// place works the places of a vote out.
func (s *shelf) place(p *placed, q *featureSet, v vote) {
	f := &q.features[v.query]
	*p = placed{vote: v, u: float64(f.x), v: float64(f.y), qsize: float64(f.size), direction: float64(f.angle)}
	a := &s.assets[v.asset]
	if a.d != nil {
		p.x, p.y, p.size, p.angle = a.d.place(&a.d.features[v.feature])
	} else {
		own := a.photo.stored(int(v.feature))
		p.x, p.y, p.size, p.angle = own.place(unitOf(int(a.photo.w), int(a.photo.h)))
	}
	if v.reading == flipped {
		p.angle = math.Pi - p.angle
	}
}

func (p *placed) similarity() affine {
	return anchored(p.x, p.y, p.u, p.v, p.qsize/p.size, p.direction-p.angle, p.reading == flipped)
}

// supports says whether a vote fits the position that another one proposes.
func (p *placed) supports(t *affine, by *placed) bool {
	ratio := p.qsize / p.size * by.size / by.qsize
	if ratio < 0.7 || ratio > 1.43 {
		return false
	}
	if apart(p.direction-p.angle, by.direction-by.angle, 0.5) {
		return false
	}
	u, v := t.apply(p.x, p.y)
	fx, fy, dx, dy := p.u-by.u, p.v-by.v, u-p.u, v-p.v
	reach := 3*p.qsize + 0.15*math.Sqrt(fx*fx+fy*fy)
	return dx*dx+dy*dy < reach*reach
}

// apart says that two angles differ by more than most; they may be off by whole turns, up to three.
func apart(a, b, most float64) bool {
	d := math.Abs(a - b)
	for d > math.Pi {
		d = math.Abs(d - 2*math.Pi)
	}
	return d > most
}

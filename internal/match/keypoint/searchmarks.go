package keypoint

import (
	"cmp"
	"slices"
)

// rounds of fitting: ever fewer candidates with ever more care.
var rounds = [...]struct{ keep, steps, grid int }{
	{keep: 40, steps: 3, grid: 2},
	{keep: 16, steps: 5, grid: 2},
	{keep: 8, steps: 10, grid: 1},
}

// fitted is a candidate with its template laid on the query.
type fitted struct {
	aligned
	fit  *fitting
	drop int
	r    float64
}

// searchMarks lays the template of each candidate on the query, coarsely, and the best ones again with care.
func (s *shelf) searchMarks(q *query) []Match {
	set := &q.sets[Mark]
	var all []fitted
	for _, c := range s.candidates(set, s.votes(set, Mark), limits[Mark].finalists) {
		all = append(all, s.sketch(q, c))
	}
	for i, r := range rounds {
		if i > 0 {
			slices.SortStableFunc(all, func(a, b fitted) int { return cmp.Compare(b.r, a.r) })
		}
		all = all[:min(len(all), r.keep)]
		for i := range all {
			all[i].refine(q, s, r.steps, r.grid)
		}
	}
	var out []Match
	for _, f := range all {
		if f.r <= 0 {
			continue
		}
		d := s.assets[f.asset].d
		l := f.fit.judge(&f.pose)
		m := Match{ID: s.assets[f.asset].id, Kind: Mark, Score: markScore(f.aligned, l), Scale: f.pose.scale() / q.zoom,
			Rotation: f.pose.rotation(), Inliers: f.inliers, Correlation: l.whole}
		m.Outline, m.AssetOutline = outlines(d, &f.pose, q.zoom)
		if probeMark != nil {
			probeMark(m, f.aligned, l)
		}
		if probePair != nil {
			probePair(m, &f, l)
		}
		out = append(out, m)
	}
	return out
}

// Tests look over the shoulder.
var (
	probeMark func(Match, aligned, likeField)
	probePair func(Match, *fitted, likeField)
)

// sketch fits a template with every second pixel, from the voted position and from the aligned one.
func (s *shelf) sketch(q *query, c candidate) fitted {
	d := s.assets[c.asset].d
	f := newFitting(q, d, 2)
	out := fitted{fit: f, aligned: aligned{candidate: c}}
	starts := []affine{c.pose}
	if a, ok := s.align(&q.sets[Mark], c); ok {
		out.aligned = a
		starts = append(starts, a.pose)
	}
	for _, t := range starts {
		lv := f.level(&t)
		for drop := range d.template.on {
			if r := f.correlate(&t, lv, drop); r > out.r {
				out.pose, out.drop, out.r = t, drop, r
			}
		}
	}
	return out
}

// refine moves the template by the given number of steps, on a grid of its pixels.
func (f *fitted) refine(q *query, s *shelf, steps, grid int) {
	if f.r <= 0 {
		return
	}
	if f.fit.grid != grid {
		f.fit = newFitting(q, s.assets[f.asset].d, grid)
	}
	f.pose, f.r = f.fit.refine(f.pose, f.drop, steps)
}

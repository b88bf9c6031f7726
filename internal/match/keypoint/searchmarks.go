package keypoint

import (
	"cmp"
	"slices"
)

// markFinalists is the number of candidates that are fitted in full.
const markFinalists = 12

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
	for _, c := range s.candidates(set, s.votes(set, Mark)) {
		all = append(all, s.sketch(q, c))
	}
	all = slices.DeleteFunc(all, func(f fitted) bool { return f.r <= 0 })
	slices.SortFunc(all, func(a, b fitted) int { return cmp.Compare(b.r, a.r) })
	var out []Match
	for _, f := range all[:min(len(all), markFinalists)] {
		d := s.assets[f.asset].d
		f.fit = newFitting(q, d, 1)
		f.pose, f.r = f.fit.refine(f.pose, f.drop, 14)
		l := f.fit.judge(&f.pose)
		m := Match{ID: s.assets[f.asset].id, Kind: Mark, Score: markScore(f.aligned, l), Scale: f.pose.scale() / q.zoom,
			Rotation: f.pose.rotation(), Inliers: f.inliers, Correlation: l.whole}
		m.Outline, m.AssetOutline = outlines(d, &f.pose, q.zoom)
		if probeMark != nil {
			probeMark(m, f.aligned, l)
		}
		out = append(out, m)
	}
	return out
}

var probeMark func(Match, aligned, likeField)

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
	if out.r > 0 {
		out.pose, out.r = f.refine(out.pose, out.drop, 8)
	}
	return out
}

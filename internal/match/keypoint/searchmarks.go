package keypoint

import (
	"cmp"
	"slices"
)

// rounds of fitting: ever fewer candidates with ever more care.
var rounds = [...]struct{ keep, steps, grid int }{
	{keep: 40, steps: 3, grid: 2},
	{keep: 20, steps: 5, grid: 2},
	{keep: 14, steps: 10, grid: 1},
}

// fitted is a candidate with its template laid on the query.
type fitted struct {
	aligned
	fit  *fitting
	drop int
	r    float64
}

// searchMarks lays the template of each candidate on the query, coarsely, and the best ones again with care. Signatures
// see small and plain marks, votes of features large ones with much in them.
func (s *shelf) searchMarks(q *query) []Match {
	set := &q.sets[Mark]
	proposals := append(s.recognise(q), s.candidates(set, s.votes(set, Mark), limits[Mark].finalists)...)
	var all []fitted
	for _, f := range s.glance(q, proposals) {
		all = append(all, s.sketch(q, f))
	}
	for i, r := range rounds {
		if i > 0 {
			slices.SortStableFunc(all, func(a, b fitted) int { return cmp.Compare(b.r+b.prior, a.r+a.prior) })
		}
		all = all[:min(len(all), r.keep)]
		for i := range all {
			all[i].refine(q, s, r.steps, r.grid)
		}
	}
	return s.judged(q, all)
}

// judged asks the networks about every fitted candidate.
func (s *shelf) judged(q *query, all []fitted) []Match {
	all = slices.DeleteFunc(all, func(f fitted) bool { return f.r <= 0 })
	places := make([]sight, len(all))
	for i := range all {
		places[i] = all[i].fit.t.under(&all[i].pose)
	}
	out := make([]Match, 0, len(all))
	for i, code := range q.sign(places) {
		f := &all[i]
		l := f.fit.judge(&f.pose)
		l.unlike = float64(code.distance(&f.fit.t.on[l.drop].code)) / signatureBits
		o := f.fit.overlay(&f.pose, l.drop)
		m := Match{ID: s.assets[f.asset].id, Kind: Mark, Scale: f.pose.scale() / q.zoom, Rotation: f.pose.rotation(),
			Inliers: f.inliers, Correlation: l.whole, Score: markScore(&f.pose, l, o.verify(f.density()))}
		m.Outline, m.AssetOutline = outlines(s.assets[f.asset].d, &f.pose, q.zoom)
		if probeMark != nil {
			probeMark(m, f.aligned, l)
		}
		if probePair != nil {
			probePair(m, f, l)
		}
		out = append(out, m)
	}
	return out
}

// density is how many pixels of the query one of the template covers.
func (f *fitted) density() float64 { return f.pose.scale() / f.fit.t.pose.scale() }

// Tests look over the shoulder.
var (
	probeMark func(Match, aligned, likeField)
	probePair func(Match, *fitted, likeField)
)

// glance tries the proposed positions with few pixels and few steps and keeps the best for the first round. Of the turns of one
// proposal only the one that fits best is climbed from: the others would take the places of other marks.
func (s *shelf) glance(q *query, all []candidate) []fitted {
	out := make([]fitted, 0, len(all))
	var fit fitting // of one proposal after the other
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].place > 0 && all[n].place == all[0].place {
			n++
		}
		fit.take(q, s.assets[all[0].asset].d, 3)
		f := fit.best(all[:n])
		if f.r > 0 {
			f.pose, f.r = fit.refine(f.pose, f.drop, glanceSteps)
		}
		out = append(out, f)
		all = all[n:]
	}
	slices.SortStableFunc(out, func(a, b fitted) int { return cmp.Compare(b.r+b.prior, a.r+a.prior) })
	return out[:min(len(out), rounds[0].keep)]
}

// best is the position of the mark, and the backdrop, that correlates best as it stands.
func (f *fitting) best(turns []candidate) fitted {
	out := fitted{aligned: aligned{candidate: turns[0]}}
	for _, c := range turns {
		lv := f.level(&c.pose)
		for drop := range f.t.on {
			if r := f.correlate(&c.pose, lv, drop); r > out.r {
				out.candidate, out.drop, out.r = c, drop, r
			}
		}
	}
	return out
}

// glanceSteps is how often each freedom of a position is tried in a glance.
const glanceSteps = 2

// sketch fits a template with every second pixel, from the position seen at a glance and from the aligned one.
func (s *shelf) sketch(q *query, seen fitted) fitted {
	d := s.assets[seen.asset].d
	f := newFitting(q, d, 2)
	out := fitted{fit: f, aligned: aligned{candidate: seen.candidate}}
	starts := []affine{seen.pose}
	if a, ok := s.align(&q.sets[Mark], seen.candidate); ok {
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

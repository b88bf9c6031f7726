package keypoint

func (s *shelf) searchMarks(q *query) []Match {
	set := &q.sets[Mark]
	var out []Match
	for _, c := range s.candidates(set, s.votes(set, Mark)) {
		d := s.assets[c.asset].d
		a, ok := s.align(set, c)
		if !ok {
			a.pose = c.pose
		}
		f := newFitting(q, d, 1)
		best, r := f.refine(c.pose, 12)
		if ok {
			if other, r2 := f.refine(a.pose, 12); r2 > r {
				best = other
			}
		}
		a.pose = best
		l := f.judge(&best)
		m := Match{ID: s.assets[c.asset].id, Kind: Mark, Score: max(0, l.whole), Scale: best.scale() / q.zoom, Rotation: best.rotation(), Inliers: a.inliers, Correlation: l.whole}
		m.Outline, m.AssetOutline = outlines(d, &best, q.zoom)
		if probe != nil {
			probe(m, a, likeness{whole: l.whole, blocks: l.blocks, good: l.good, count: l.count, covered: l.inside})
		}
		out = append(out, m)
	}
	return out
}

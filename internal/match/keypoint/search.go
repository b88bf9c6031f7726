package keypoint

// search runs the look-up, the alignment and the comparison of pixels for one kind of asset.
func (s *shelf) search(q *query, kind Kind) []Match {
	set := &q.sets[kind]
	if len(set.features) == 0 {
		return nil
	}
	if kind == Mark {
		return s.searchMarks(q)
	}
	var out []Match
	d := new(Descriptors)
	for _, c := range s.candidates(set, s.votes(set, kind), limits[kind].finalists) {
		s.unpack(c.asset, d)
		a, ok := align(d, set, c)
		if !ok {
			continue
		}
		l := compare(q, d, &a.pose)
		m := Match{
			ID: s.assets[c.asset].id, Kind: kind, Score: score(a, l),
			Mirrored: c.reading == flipped, Scale: a.pose.scale() / q.zoom, Rotation: a.pose.rotation(),
			Inliers: a.inliers, Correlation: l.blocks,
		}
		if probe != nil {
			probe(m, a, l)
		}
		m.Outline, m.AssetOutline = outlines(d, &a.pose, q.zoom)
		out = append(out, m)
	}
	return out
}

var probe func(Match, aligned, likeness)

func outlines(d *Descriptors, t *affine, zoom float64) (in, own [4]Point) {
	w, h := float64(d.w), float64(d.h)
	own = [4]Point{{0, 0}, {w, 0}, {w, h}, {0, h}}
	for i, p := range own {
		u, v := t.apply(p.X, p.Y)
		in[i] = Point{u / zoom, v / zoom}
	}
	return in, own
}

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
	d, c := new(Descriptors), comparison{q: q}
	for _, seen := range s.candidates(set, s.votes(set, kind), limits[kind].finalists) {
		s.unpack(seen.asset, d)
		a, ok := align(d, set, seen)
		if !ok {
			continue
		}
		l := c.judge(d, set, &a)
		likely, byPart := score(&a, &l)
		m := Match{
			ID: s.assets[seen.asset].id, Kind: kind, Score: likely,
			Mirrored: seen.reading == flipped, Scale: a.pose.scale() / q.zoom, Rotation: a.pose.rotation(),
			Inliers: a.inliers, Correlation: l.blocks,
		}
		m.Outline, m.AssetOutline = outlines(d, &a.pose, q.zoom)
		if byPart && likely >= leastTold {
			m.Part = c.region(d, &a.pose, q.zoom)
		}
		if probe != nil {
			probe(m, a, l)
		}
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

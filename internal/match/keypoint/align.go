package keypoint

import "math"

// Where the position is already known, codes may differ by guidedLimit; those that differ by supportLimit or
// more add nothing to the support.
const (
	guidedLimit  = 70
	supportLimit = 52
	unsure       = 0.02 // weight in the fit of a feature of a photograph that adds nothing to the support
)

// Inliers lie at most so far from their predicted places, in parts of the asset's longer side, when all is done; a
// photograph is at most so much stretched.
const (
	lastReach  = 0.012
	mostSkewed = 1.5
)

// aligned is a candidate refined with all features of its asset.
type aligned struct {
	candidate
	inliers int
	support float64   // sum over the inliers of how alike their codes are, each 0 to 1
	chances int       // features of the asset that lie inside the query at a size it can show
	links   []link    // the inliers
	found   []finding // what is known of each
}

// finding tells of an inlier how alike the codes are, 0 to 1, and its size in the query.
type finding struct{ alike, size float64 }

// align searches near the predicted place of every feature of a mark and fits an affine map, twice.
func (s *shelf) align(q *featureSet, c candidate) (aligned, bool) {
	return align(s.assets[c.asset].d, q, c)
}

func align(d *Descriptors, q *featureSet, c candidate) (aligned, bool) {
	out := aligned{candidate: c}
	long := float64(max(d.w, d.h)) * c.pose.scale()
	for _, reach := range []float64{0.06 * long, 0.025 * long, lastReach * long} {
		links := out.look(d, q, reach)
		t, ok := fitSimilarity(links, c.reading == flipped)
		if len(links) >= 7 {
			if a, fine := fitAffine(links); fine && a.skewness() < mostSkewed {
				t, ok = a, true
			}
		}
		if !ok {
			return out, false
		}
		out.pose = t
	}
	return out, out.pose.scale() > 0.02 && out.pose.scale() < 40
}

// look gathers the inliers of the present position.
func (a *aligned) look(d *Descriptors, q *featureSet, reach float64) []link {
	a.links, a.found, a.chances = guided(d, q, &a.pose, a.reading, reach)
	a.inliers, a.support = len(a.links), 0
	for i := range a.found {
		a.support += a.found[i].alike
	}
	return a.links
}

// guided links each feature of the asset to the most alike feature of the query near its predicted place.
func guided(d *Descriptors, q *featureSet, t *affine, r reading, reach float64) (links []link, found []finding, chances int) {
	scale, turn := t.scale(), t.rotation()
	used := make([]bool, len(q.features))
	for i := range d.features {
		x, y, size, angle := d.place(&d.features[i])
		u, v := t.apply(x, y)
		want := size * scale
		if u < 0 || v < 0 || u >= float64(q.w) || v >= float64(q.h) || want < q.finest*0.85 || want > q.coarsest*1.2 {
			continue
		}
		chances++
		if r == flipped {
			angle = math.Pi - angle
		}
		own := d.features[i].code
		if r == flipped {
			own = own.mirrored()
		}
		radius := reach + 1.5*want
		best, at := guidedLimit+1, int32(-1)
		q.near(u, v, radius, func(some []spotted) {
			for k := range some {
				f := &some[k]
				dx, dy := float64(f.x)-u, float64(f.y)-v
				ratio := float64(f.size) / want
				if dx*dx+dy*dy > radius*radius || ratio < 0.7 || ratio > 1.43 || apart(float64(f.angle), angle+turn, 0.4) {
					continue
				}
				c, n := &q.features[f.feature].code, 0
				if d.kind == Photograph {
					n = c.distanceKept(&own, r)
				} else {
					n = c.distance(&own)
				}
				if n < best {
					best, at = n, f.feature
				}
			}
		})
		if at < 0 || used[at] { // one feature of the query supports one of the asset
			continue
		}
		used[at] = true
		near := max(0, 1-float64(best)/supportLimit)
		found = append(found, finding{near, want})
		weight := 1 / (want * want)
		if d.kind == Photograph {
			weight *= unsure + near*near
		}
		links = append(links, link{x, y, float64(q.features[at].x), float64(q.features[at].y), weight})
	}
	return links, found, chances
}

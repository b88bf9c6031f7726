package keypoint

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestChooseTests draws the point pairs of tests.go again, from the pictures in the folder ASSAY_PATCHES.
// Candidates that come out the same in two renderings of a patch rank first; one is taken when it is
// correlated with none taken before, under any symmetry (the greedy search of ORB, Rublee et al. 2011).
func TestChooseTests(t *testing.T) {
	glob := os.Getenv("ASSAY_PATCHES")
	if glob == "" {
		t.Skip("ASSAY_PATCHES is not set")
	}
	skip := strings.Split(os.Getenv("ASSAY_SKIP"), ",")
	rng := rand.New(rand.NewPCG(1, 2))
	var pairs [][2]patch
	names, _ := filepath.Glob(glob)
	for _, f := range names {
		if slices.Contains(skip, strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))) {
			continue
		}
		base := luma(loadPicture(t, f), 255)
		pairs = append(pairs, patchPairs(base, rng)...)
	}
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	pairs = pairs[:min(len(pairs), 6000)]
	t.Logf("%d pairs of patches", len(pairs))
	cands := candidateTests(rng, 3000)
	for i := range cands {
		cands[i].measure(pairs)
	}
	slices.SortFunc(cands, func(a, b testCandidate) int {
		if a.error < b.error {
			return -1
		}
		return 1
	})
	for limit := 0.10; ; limit += 0.02 {
		got := greedy(cands, limit)
		t.Logf("limit %.2f: %d tests", limit, len(got))
		if len(got) == 64 {
			fmt.Println("// error of first and last:", got[0].error, got[63].error)
			for _, c := range got {
				fmt.Printf("\t{%.1f, %.1f, %.1f, %.1f},\n", c.test[0], c.test[1], c.test[2], c.test[3])
			}
			return
		}
	}
}

type patch struct {
	p         plane
	x, y, dir int
}

func (a patch) bit(t *[4]float64, g int) bool {
	sx, sy := signs(g)
	sin, cos := math.Sincos(2 * math.Pi * float64(a.dir) / directions)
	at := func(x, y float64) uint8 {
		x, y = sx*x, sy*y
		u, v := int(math.Round(cos*x-sin*y)), int(math.Round(sin*x+cos*y))
		return a.p.pix[(a.y+v)*a.p.w+a.x+u]
	}
	return at(t[0], t[1]) < at(t[2], t[3])
}

type testCandidate struct {
	test  [4]float64
	error float64
	bits  [4][]uint64
	mean  [4]float64
}

func candidateTests(rng *rand.Rand, n int) []testCandidate {
	var out []testCandidate
	for len(out) < n {
		var t [4]float64
		for i := range t {
			t[i] = math.Round(rng.NormFloat64()*19) / 2
		}
		if max(math.Hypot(t[0], t[1]), math.Hypot(t[2], t[3])) <= patchRadius-0.5 && math.Hypot(t[0]-t[2], t[1]-t[3]) >= 3 {
			out = append(out, testCandidate{test: t})
		}
	}
	return out
}

func (c *testCandidate) measure(pairs [][2]patch) {
	n := len(pairs)
	var wrong, all float64
	for g := range 4 {
		c.bits[g] = make([]uint64, (n+63)/64)
		ones, bad := 0, 0
		for i := range pairs {
			a, b := pairs[i][0].bit(&c.test, g), pairs[i][1].bit(&c.test, g)
			if a {
				ones++
				c.bits[g][i/64] |= 1 << (i % 64)
			}
			if a != b {
				bad++
			}
		}
		p := float64(ones) / float64(n)
		c.mean[g] = p
		wrong += float64(bad) / float64(n)
		all += 2*p*(1-p) - 0.6*math.Abs(p-0.5)
	}
	c.error = wrong / max(all, 1e-3)
}

func correlation(a []uint64, ma float64, b []uint64, mb float64, n int) float64 {
	both := 0
	for i := range a {
		for v := a[i] & b[i]; v != 0; v &= v - 1 {
			both++
		}
	}
	s := math.Sqrt(ma * (1 - ma) * mb * (1 - mb))
	return math.Abs(float64(both)/float64(n)-ma*mb) / max(s, 1e-6)
}

func greedy(cands []testCandidate, limit float64) (got []testCandidate) {
	n := len(cands[0].bits[0]) * 64
next:
	for _, c := range cands {
		for g := 1; g < 4; g++ { // its own images
			if correlation(c.bits[0], c.mean[0], c.bits[g], c.mean[g], n) > limit+0.1 {
				continue next
			}
		}
		for i := range got {
			for g := range 4 {
				if correlation(c.bits[0], c.mean[0], got[i].bits[g], got[i].mean[g], n) > limit {
					continue next
				}
			}
		}
		if got = append(got, c); len(got) == 64 {
			return got
		}
	}
	return got
}

// patchPairs renders a picture turned, scaled, blurred and noisy, and pairs the spots found in both.
func patchPairs(base plane, rng *rand.Rand) (out [][2]patch) {
	turn, scale := (rng.Float64()-0.5)*6.28, 0.55+0.45*rng.Float64()
	long := int(math.Hypot(float64(base.w), float64(base.h)) * scale)
	t := anchored(float64(base.w)/2, float64(base.h)/2, float64(long)/2, float64(long)/2, scale, turn, false)
	sin, cos := math.Sincos(-turn)
	img := newPlane(long, long)
	src := base
	if scale < 0.8 {
		src = base.smooth()
	}
	for y := range long {
		for x := range long {
			dx, dy := float64(x-long/2)/scale, float64(y-long/2)/scale
			u, v := cos*dx-sin*dy+float64(base.w)/2, sin*dx+cos*dy+float64(base.h)/2
			g := 128.0
			if u >= 0 && v >= 0 && u < float64(base.w-1) && v < float64(base.h-1) {
				i, j := int(u), int(v)
				a, b := u-float64(i), v-float64(j)
				r, s := src.pix[j*base.w+i:], src.pix[(j+1)*base.w+i:]
				g = (1-b)*((1-a)*float64(r[0])+a*float64(r[1])) + b*((1-a)*float64(s[0])+a*float64(s[1]))
			}
			img.pix[y*long+x] = uint8(min(max(g+rng.NormFloat64()*6, 0), 255))
		}
	}
	if rng.IntN(3) == 0 {
		img = img.smooth().smooth()
	}
	pa, pb := buildPyramid(base, 10), buildPyramid(img, 10)
	sb := detect(pb, 600, border, weakest)
	for _, a := range detect(pa, 300, border, weakest) {
		la := &pa.levels[a.level]
		fa := describeSpot(la, a)
		u, v := t.apply(float64(fa.x), float64(fa.y))
		for _, b := range sb {
			lb := &pb.levels[b.level]
			fb := describeSpot(lb, b)
			r := float64(fb.size) / (float64(fa.size) * scale)
			if math.Hypot(u-float64(fb.x), v-float64(fb.y)) > 2*float64(fb.size) || r < 0.8 || r > 1.25 {
				continue
			}
			if math.Abs(wrap(float64(fb.angle-fa.angle)-turn)) > 0.3 {
				continue
			}
			d := func(f feature) int {
				return int(math.Round(float64(f.angle)/(2*math.Pi)*directions)+directions) % directions
			}
			out = append(out, [2]patch{{la.smooth, a.x, a.y, d(fa)}, {lb.smooth, b.x, b.y, d(fb)}})
			break
		}
	}
	return out
}

// TestSeparation prints how well codes of paired patches stand out from those of others.
func TestSeparation(t *testing.T) {
	glob := os.Getenv("ASSAY_PATCHES")
	if glob == "" {
		t.Skip("ASSAY_PATCHES is not set")
	}
	rng := rand.New(rand.NewPCG(5, 2))
	var pairs [][2]feature
	spots := 0
	names, _ := filepath.Glob(glob)
	for i, f := range names {
		if i%3 != 0 {
			continue
		}
		for _, p := range patchPairs(luma(loadPicture(t, f), 255), rng) {
			var fs [2]feature
			for k := range fs {
				l := level{1, p[k].p}
				fs[k] = describeSpot(&l, spot{x: p[k].x, y: p[k].y})
			}
			pairs = append(pairs, fs)
		}
		spots += 300
	}
	var same []int
	var other [257]int
	total := 0
	for i := range pairs {
		same = append(same, pairs[i][0].code.distance(&pairs[i][1].code))
		for range 300 {
			j := rng.IntN(len(pairs))
			if d := j - i; d > 200 || d < -200 {
				other[pairs[i][0].code.distance(&pairs[j][1].code)]++
				total++
			}
		}
	}
	slices.Sort(same)
	for i := 1; i < len(other); i++ {
		other[i] += other[i-1]
	}
	fmt.Printf("%d pairs of %d spots\n", len(pairs), spots)
	for _, q := range []float64{.2, .35, .5, .65, .8, .9} {
		d := same[int(q*float64(len(same)))]
		fmt.Printf("recall %.2f at distance %d: %.2e of others\n", q, d, float64(other[d])/float64(total))
	}
}

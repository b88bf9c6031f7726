package keypoint

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestChooseCellTests chooses the comparisons of celltests.go from marks (ASSAY_MARKS) laid on photographs
// (ASSAY_BACKGROUNDS), by the same criterion as TestChooseTests.
func TestChooseCellTests(t *testing.T) {
	marks, _ := filepath.Glob(os.Getenv("ASSAY_MARKS"))
	backs, _ := filepath.Glob(os.Getenv("ASSAY_BACKGROUNDS"))
	if len(marks) == 0 || len(backs) == 0 {
		t.Skip("ASSAY_MARKS and ASSAY_BACKGROUNDS are not set")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var pairs [][2][partCount]int32
	for i, m := range marks {
		c := cutMark(loadPicture(t, m))
		bg := loadPicture(t, backs[i%len(backs)])
		pairs = append(pairs, emblemPairs(&c, bg, rng)...)
	}
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	t.Logf("%d pairs", len(pairs))
	pairs = pairs[:min(len(pairs), 12000)]
	var cands []cellCandidate
	for part := range 3 {
		for i := range perPart {
			if part > 0 {
				cands = append(cands, cellCandidate{test: cellTest{int16(part*perPart + i), -1}})
			}
			for j := range i {
				cands = append(cands, cellCandidate{test: cellTest{int16(part*perPart + i), int16(part*perPart + j)}})
			}
		}
	}
	for i := range cands {
		cands[i].measure(pairs)
	}
	slices.SortFunc(cands, func(a, b cellCandidate) int {
		if a.error < b.error {
			return -1
		}
		return 1
	})
	for limit := 0.2; ; limit += 0.02 {
		got := greedyCells(cands, limit)
		if len(got) < 256 {
			continue
		}
		t.Logf("limit %.2f; errors %.2f %.2f %.2f", limit, got[0].error, got[100].error, got[255].error)
		for g := range 4 {
			fmt.Println("\t{")
			for i := range 64 {
				fmt.Printf("\t\t{%d, %d},\n", got[i*4+g].test.i, got[i*4+g].test.j)
			}
			fmt.Println("\t},")
		}
		return
	}
}

type cellCandidate struct {
	test  cellTest
	error float64
	bits  []uint64
	mean  float64
}

func (c *cellTest) of(v *[partCount]int32) bool {
	d := v[c.i]
	if c.j >= 0 {
		d -= v[c.j]
	}
	return d < 0
}

func (c *cellCandidate) measure(pairs [][2][partCount]int32) {
	n := len(pairs)
	c.bits = make([]uint64, (n+63)/64)
	ones, bad := 0, 0
	for i := range pairs {
		a, b := c.test.of(&pairs[i][0]), c.test.of(&pairs[i][1])
		if a {
			ones++
			c.bits[i/64] |= 1 << (i % 64)
		}
		if a != b {
			bad++
		}
	}
	p := float64(ones) / float64(n)
	c.mean = p
	c.error = float64(bad) / float64(n) / max(2*p*(1-p)-0.3*math.Abs(p-0.5), 1e-3)
}

func greedyCells(cands []cellCandidate, limit float64) (got []cellCandidate) {
	n := len(cands[0].bits) * 64
next:
	for _, c := range cands {
		for i := range got {
			if correlation(c.bits, c.mean, got[i].bits, got[i].mean, n) > limit {
				continue next
			}
		}
		if got = append(got, c); len(got) == 256 {
			return got
		}
	}
	return got
}

// emblemPairs lays a mark on a picture, recoloured and turned a little, and pairs the spots found in both.
func emblemPairs(c *cutout, bg *image.NRGBA, rng *rand.Rand) (out [][2][partCount]int32) {
	scene, t := layMark(c, bg, rng)
	g := c.backdrops()
	r := c.render(c.side(markSize, markLong), 0, g[rng.IntN(len(g))])
	sa, fa, la := emblemSpots(r.colour, markSpots, 9)
	sb, fb, lb := emblemSpots(scene, 2000, 9)
	back := r.pose.inverse()
	for _, a := range sa {
		x, y := (float64(a.x)+.5)/la[a.level], (float64(a.y)+.5)/la[a.level]
		x, y = back.apply(x, y)
		u, v := t.apply(x, y)
		size := 1 / la[a.level] * back.scale() * t.scale()
		best, at := 3.0, -1
		for i, b := range sb {
			sz := 1 / lb[b.level]
			if q := sz / size; q < 0.87 || q > 1.15 {
				continue
			}
			if d := math.Hypot((float64(b.x)+.5)*sz-u, (float64(b.y)+.5)*sz-v) / sz; d < best {
				best, at = d, i
			}
		}
		if at < 0 {
			continue
		}
		var p [2][partCount]int32
		fa[a.level].cells(a.x, a.y, &p[0])
		b := sb[at]
		fb[b.level].cells(b.x, b.y, &p[1])
		out = append(out, p)
	}
	return out
}

func emblemSpots(c colour, budget, most int) ([]spot, []*field, []float64) {
	fields, scales := fieldPyramid(c, most)
	p := pyramid{}
	for i, f := range fields {
		p.levels = append(p.levels, level{scales[i], f.energy.smooth().smooth().smooth()})
	}
	return detect(p, budget, emblemBorder, weakest), fields, scales
}

func layMark(c *cutout, bg *image.NRGBA, rng *rand.Rand) (colour, affine) {
	scene := planes(bg)
	side := 40 + 160*rng.Float64()
	turn := (rng.Float64() - 0.5) * 0.3
	m := *c
	if rng.IntN(3) == 0 { // recolour
		switch rng.IntN(3) {
		case 0:
			m.colour = m.colour.each(func(p plane) plane {
				q := newPlane(p.w, p.h)
				for i, v := range p.pix {
					q.pix[i] = 255 - v
				}
				return q
			})
		case 1:
			m.colour = colour{m.colour[2], m.colour[0], m.colour[1]}
		case 2:
			m.colour = m.colour.each(func(p plane) plane {
				q := newPlane(p.w, p.h)
				v := uint8(rng.IntN(256))
				for i := range q.pix {
					q.pix[i] = v
				}
				return q
			})
		}
	}
	opacity := 1 - 0.5*rng.Float64()*float64(rng.IntN(2))
	// Two renderings tell colour and opacity apart.
	r, s := m.render(side, turn, 0), m.render(side, turn, 255)
	rw, rh := r.colour[0].w, r.colour[0].h
	ox, oy := rng.IntN(max(1, scene[0].w-rw)), rng.IntN(max(1, scene[0].h-rh))
	for y := range min(rh, scene[0].h-oy) {
		for x := range min(rw, scene[0].w-ox) {
			for k := range scene {
				a := 255 - (int(s.colour[k].pix[y*rw+x]) - int(r.colour[k].pix[y*rw+x]))
				o := (oy+y)*scene[k].w + ox + x
				b := float64(scene[k].pix[o])
				over := float64(r.colour[k].pix[y*rw+x]) + b*float64(255-a)/255
				scene[k].pix[o] = uint8(min(max(b+(over-b)*opacity+rng.NormFloat64()*3, 0), 255))
			}
		}
	}
	t := r.pose
	t.c += float64(ox)
	t.f += float64(oy)
	return scene, t
}

// TestCellSeparation prints how well emblem codes of paired patches stand out from those of others.
func TestCellSeparation(t *testing.T) {
	marks, _ := filepath.Glob(os.Getenv("ASSAY_MARKS"))
	backs, _ := filepath.Glob(os.Getenv("ASSAY_BACKGROUNDS"))
	if len(marks) == 0 || len(backs) == 0 {
		t.Skip("ASSAY_MARKS and ASSAY_BACKGROUNDS are not set")
	}
	rng := rand.New(rand.NewPCG(7, 2))
	var pairs [][2]code
	for i, m := range marks {
		c := cutMark(loadPicture(t, m))
		for _, p := range emblemPairs(&c, loadPicture(t, backs[i%len(backs)]), rng) {
			pairs = append(pairs, [2]code{codeOf(&p[0]), codeOf(&p[1])})
		}
	}
	var same []int
	var other [257]int
	total := 0
	for i := range pairs {
		same = append(same, pairs[i][0].distance(&pairs[i][1]))
		for range 300 {
			j := rng.IntN(len(pairs))
			if d := j - i; d > 200 || d < -200 {
				other[pairs[i][0].distance(&pairs[j][1])]++
				total++
			}
		}
	}
	slices.Sort(same)
	for i := 1; i < len(other); i++ {
		other[i] += other[i-1]
	}
	fmt.Printf("%d pairs\n", len(pairs))
	for _, q := range []float64{.1, .2, .35, .5, .65, .8, .9} {
		d := same[int(q*float64(len(same)))]
		fmt.Printf("recall %.2f at distance %d: %.2e of others\n", q, d, float64(other[d])/float64(total))
	}
}

func codeOf(v *[partCount]int32) (c code) {
	for g := range c {
		for i := range 64 {
			t := cellTests[g][i]
			if t.of(v) {
				c[g] |= 1 << i
			}
		}
	}
	return c
}

package ocr

import (
	"math"
	"slices"
)

// Found is a protected sentence on a page.
type Found struct {
	Hit
	Reading Reading
	Lines   []int // of the page, in reading order; several when the sentence is broken
}

// On returns the phrases that stand on a page, each where it is borne out
// best: in one line, or running over two or three lines of a block.
func (p *Phrases) On(page *Page) []Found {
	best := map[string]int{}
	var out []Found
	add := func(hits []Hit, r Reading, lines []int) {
		for _, h := range hits {
			i, seen := best[h.ID]
			if !seen {
				best[h.ID], i = len(out), len(out)
				out = append(out, Found{})
			}
			if !seen || h.Similarity > out[i].Similarity {
				out[i] = Found{h, r, lines}
			}
		}
	}
	for _, r := range page.Readings {
		hits, _, _ := p.in(r)
		add(hits, r, []int{r.Line})
	}
	for _, block := range page.blocks() {
		r, ends := page.join(block)
		hits, from, to := p.in(r)
		if len(hits) > 0 && r.Trace != nil && from < ends[0] && to > ends[len(ends)-2] { // begins in the first line, ends in the last
			add(hits, r, block)
		}
	}
	return out
}

// Lean is the page without what the network could hardly read and what
// resembles no phrase: most of what would have to be kept. A phrase registered
// later is not looked for there.
func (p *Phrases) Lean(page *Page) *Page {
	out := page.copy()
	out.Readings = slices.DeleteFunc(out.Readings, func(r Reading) bool { return r.Trace != nil && r.Confidence < legible && !p.suspects(r) })
	return out
}

// in returns the phrases of one reading and, when it has a trace, the frames
// they stand in.
func (p *Phrases) in(r Reading) (hits []Hit, from, to int) {
	if r.Trace != nil {
		n, err := NewNetwork()
		if err != nil {
			return nil, 0, 0
		}
		return p.spot(r.Trace, n.labels)
	}
	return p.Match(r.Text, r.Confidence), 0, 0
}

// Lines of one block differ in height by at most this factor, in angle by so
// many degrees, and lie at most so many heights apart.
const (
	blockHeight = 1.5
	blockAngle  = 6
	blockGap    = 1.3
	blockOver   = 0.3 // share of the shorter that lies under the longer
)

// blocks are two or three lines under each other that read on.
func (p *Page) blocks() [][]int {
	below := make([]int, len(p.Lines))
	for i := range p.Lines {
		below[i] = p.below(i)
	}
	var out [][]int
	for i, j := range below {
		if j < 0 {
			continue
		}
		out = append(out, []int{i, j})
		if k := below[j]; k >= 0 {
			out = append(out, []int{i, j, k})
		}
	}
	return out
}

// below is the nearest line under a line that continues its block, or -1.
func (p *Page) below(i int) int {
	a := &p.Lines[i]
	if p.trace(i) == nil {
		return -1
	}
	at, gap := -1, 0.0
	for j := range p.Lines {
		b, read := &p.Lines[j], p.trace(j)
		if i == j || read == nil || max(a.Height, b.Height) > blockHeight*min(a.Height, b.Height) || math.Abs(a.Angle-b.Angle) > blockAngle {
			continue
		}
		from, to, over, under := a.across(b)
		d := over - a.Height
		if min(to, a.Width)-max(from, 0) < blockOver*min(a.Width, b.Width) || over < 0.7*a.Height || under < over || d > blockGap*a.Height {
			continue
		}
		// A line is often found twice, whole and in part or as its own counterforms.
		same := at >= 0 && math.Abs(d-gap) < 0.5*a.Height
		if at < 0 || same && read.Confidence > p.trace(at).Confidence || !same && d < gap {
			at, gap = j, d
		}
	}
	return at
}

// across is where another line begins and ends along this one, and its top and
// bottom below this one's top.
func (l *Line) across(b *Line) (from, to, over, under float64) {
	sin, cos := sincos(l.Angle)
	place := func(q Point) (u, v float64) {
		x, y := q.X-l.Outline[0].X, q.Y-l.Outline[0].Y
		return x*cos + y*sin, y*cos - x*sin
	}
	from, v0 := place(b.Outline[0])
	to, v1 := place(b.Outline[1])
	_, v2 := place(b.Outline[2])
	_, v3 := place(b.Outline[3])
	return from, to, (v0 + v1) / 2, (v2 + v3) / 2
}

// trace is that of the surest reading of a line by the network, nil without.
func (p *Page) trace(line int) *Reading {
	var best *Reading
	for i := range p.Readings {
		if r := &p.Readings[i]; r.Line == line && r.Trace != nil && (best == nil || r.Confidence > best.Confidence) {
			best = r
		}
	}
	if best != nil && best.Confidence < legible {
		return nil
	}
	return best
}

// join is the lines' surest readings as one, and the frame at which each ends.
func (p *Page) join(lines []int) (r Reading, ends []int) {
	var traces []*Trace
	for n, i := range lines {
		one := p.trace(i)
		if n == 0 {
			r = *one
		}
		r.Confidence = min(r.Confidence, one.Confidence)
		traces = append(traces, one.Trace)
		end := len(one.Trace.frames)
		if n > 0 {
			end += ends[n-1] + 1
		}
		ends = append(ends, end)
	}
	r.Trace = joined(traces...)
	if n, err := NewNetwork(); err == nil {
		letters, _ := r.Trace.letters(n.labels)
		r.Text = textOf(letters)
	}
	return r, ends
}

// Outline is the box around lines, at the angle of the first.
func (p *Page) Outline(lines []int) [4]Point {
	a := &p.Lines[lines[0]]
	if len(lines) == 1 {
		return a.Outline
	}
	sin, cos := sincos(a.Angle)
	var u, v []float64
	for _, i := range lines {
		for _, q := range p.Lines[i].Outline {
			x, y := q.X-a.Outline[0].X, q.Y-a.Outline[0].Y
			u, v = append(u, x*cos+y*sin), append(v, y*cos-x*sin)
		}
	}
	back := func(u, v float64) Point {
		return Point{a.Outline[0].X + u*cos - v*sin, a.Outline[0].Y + u*sin + v*cos}
	}
	return [4]Point{back(slices.Min(u), slices.Min(v)), back(slices.Max(u), slices.Min(v)), back(slices.Max(u), slices.Max(v)), back(slices.Min(u), slices.Max(v))}
}

package ocr

import (
	"context"
	"fmt"
	"image"
	"slices"
)

// Reading is what stands in one line, as one reader saw it.
type Reading struct {
	Line       int // index in Page.Lines
	Text       string
	Confidence float64
	Script     Script
	Bare       bool // read with what lies behind the text removed
}

// Page is what was read in one picture. It never changes; Again returns
// another.
type Page struct {
	Lines    []Line
	Readings []Reading
	scripts  []Script
	twice    []bool // lines that were read a second time
}

const (
	linesPerMegapixel = 12
	leastLines        = 8
	mostLines         = 48
	// sure is the confidence with which a line needs no other script: the
	// wrong script's readings lie below 0.6, the right one's around 0.9.
	sure = 0.80
	// A line deserves a second look, in the script that came nearest, when its
	// reading is at least legible, or its shape is likely that of text.
	legible    = 0.45
	likelyText = 0.50
)

// Read finds the lines of img and reads them in the scripts wanted, each line
// until a reading is sure; unsure ones a second time with the background
// removed. A picture without lines costs no reading at all.
func Read(ctx context.Context, img *image.NRGBA, r Reader, scripts []Script) (*Page, error) {
	most := min(max(leastLines, linesPerMegapixel*img.Rect.Dx()*img.Rect.Dy()/1_000_000), mostLines)
	p := &Page{Lines: Find(ctx, img, most), scripts: scripts}
	p.twice = make([]bool, len(p.Lines))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	plain := make([]*image.Gray, len(p.Lines))
	open := make([]int, len(p.Lines))
	for i, l := range p.Lines {
		plain[i], open[i] = l.Plain(img), i
	}
	for _, s := range scripts {
		strips := make([]*image.Gray, len(open))
		for n, i := range open {
			strips[n] = plain[i]
		}
		if err := p.read(ctx, r, s, open, strips, false); err != nil {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(i int) bool { return p.best(i).Confidence >= sure })
	}
	return p.again(ctx, img, r, func(best Reading) bool {
		return best.Confidence < sure && (best.Confidence >= legible || p.Lines[best.Line].Score >= likelyText)
	})
}

// Again reads lines a second time, with the background removed and also beyond
// their ends: those that were read once and whose readings are doubtful.
func (p *Page) Again(ctx context.Context, img *image.NRGBA, r Reader, doubtful func(readings []Reading) bool) (*Page, error) {
	return p.again(ctx, img, r, func(best Reading) bool {
		var readings []Reading
		for _, o := range p.Readings {
			if o.Line == best.Line {
				readings = append(readings, o)
			}
		}
		return doubtful(readings)
	})
}

func (p *Page) again(ctx context.Context, img *image.NRGBA, r Reader, want func(best Reading) bool) (*Page, error) {
	next := &Page{Lines: p.Lines, Readings: slices.Clone(p.Readings), scripts: p.scripts, twice: slices.Clone(p.twice)}
	for _, s := range p.scripts {
		var open []int
		var strips []*image.Gray
		for i, l := range p.Lines {
			if best := p.best(i); !next.twice[i] && best.Script == s && want(best) {
				strips, open = append(strips, l.Bare(img, false), l.Bare(img, true)), append(open, i, i)
				next.twice[i] = true
			}
		}
		if err := next.read(ctx, r, s, open, strips, true); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// read reads strips, each of the line of the same place in open.
func (p *Page) read(ctx context.Context, r Reader, s Script, open []int, strips []*image.Gray, bare bool) error {
	for from := 0; from < len(open); from += maxLines {
		to := min(from+maxLines, len(open))
		texts, err := r.Read(ctx, strips[from:to], s)
		if err != nil {
			return err
		}
		for _, t := range texts {
			if t.Line < 0 || t.Line >= to-from {
				return fmt.Errorf("%s read line %d of %d", r.Name(), t.Line, to-from)
			}
			p.Readings = append(p.Readings, Reading{Line: open[from+t.Line], Text: t.Text, Confidence: t.Confidence, Script: s, Bare: bare})
		}
	}
	return nil
}

// best is the surest reading of a line, or one of no confidence.
func (p *Page) best(line int) Reading {
	best := Reading{Line: line}
	for _, r := range p.Readings {
		if r.Line == line && r.Confidence > best.Confidence {
			best = r
		}
	}
	return best
}

// Texts are the surest readings of the lines, from top to bottom, without
// those below least and without lines that only repeat a part of another.
func (p *Page) Texts(least float64) []Reading {
	var out []Reading
	for i := range p.Lines {
		best := p.best(i)
		if best.Confidence < least || slices.ContainsFunc(out, func(o Reading) bool { return p.repeats(best, o) }) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(o Reading) bool { return p.repeats(o, best) }), best)
	}
	slices.SortStableFunc(out, func(a, b Reading) int {
		ya, yb := p.Lines[a.Line].Outline[0].Y, p.Lines[b.Line].Outline[0].Y
		switch {
		case ya < yb:
			return -1
		case ya > yb:
			return 1
		}
		return 0
	})
	return out
}

// repeats says whether a lies inside b's line and says nothing more.
func (p *Page) repeats(a, b Reading) bool {
	la, lb := &p.Lines[a.Line], &p.Lines[b.Line]
	mid := Point{(la.Outline[0].X + la.Outline[2].X) / 2, (la.Outline[0].Y + la.Outline[2].Y) / 2}
	if !lb.contains(mid) {
		return false
	}
	sa, _, _ := symbols(a.Text)
	sb, _, _ := symbols(b.Text)
	return within(sa, sb) || len(sa) < len(sb) && a.Confidence < b.Confidence
}

// contains says whether a place lies in the line's box.
func (l *Line) contains(q Point) bool {
	for i, a := range l.Outline {
		b := l.Outline[(i+1)%4]
		if (b.X-a.X)*(q.Y-a.Y)-(b.Y-a.Y)*(q.X-a.X) < 0 {
			return false
		}
	}
	return true
}

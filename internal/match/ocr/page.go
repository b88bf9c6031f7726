package ocr

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"
)

// Reading is what stands in one line, as one reader saw it.
type Reading struct {
	Line       int // index in Page.Lines
	Text       string
	Confidence float64
	Script     Script
	Bare       bool   // read with what lies behind the text removed
	Look       Look   // of the network
	Trace      *Trace // what else could stand there; nil when the network did not read it
}

// Page is what was read in one picture. It never changes; Again returns
// another.
type Page struct {
	Lines    []Line
	Readings []Reading
	scripts  []Script
	looked   []Look // how many looks the network has had at each line
	twice    []bool // lines that the second reader read a second time
}

// Equal says whether nothing was read in q that was not in p.
func (p *Page) Equal(q *Page) bool {
	return len(p.Readings) == len(q.Readings) && slices.Equal(p.looked, q.looked) && slices.Equal(p.twice, q.twice)
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

func sincos(degrees float64) (sin, cos float64) { return math.Sincos(degrees * math.Pi / 180) }

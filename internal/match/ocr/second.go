package ocr

import (
	"context"
	"image"
	"slices"
)

// scan reads every line with a reader of single scripts, in one script after
// the other until a reading is sure; unsure ones a second time with the
// background removed.
func (p *Page) scan(ctx context.Context, img *image.NRGBA, r Reader) (*Page, error) {
	plain := make([]*image.Gray, len(p.Lines))
	open := make([]int, len(p.Lines))
	for i, l := range p.Lines {
		plain[i], open[i] = l.Plain(img), i
	}
	for _, s := range p.scripts {
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

// again reads lines a second time, with the background removed and also beyond
// their ends: those that were read once and are wanted.
func (p *Page) again(ctx context.Context, img *image.NRGBA, r Reader, want func(best Reading) bool) (*Page, error) {
	next := p.copy()
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

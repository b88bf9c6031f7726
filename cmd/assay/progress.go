package main

import (
	"cmp"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress shows how far long work has come, on standard error and only when
// a person is looking at it.
type progress struct {
	bars *mpb.Progress
	bar  *mpb.Bar
}

// newProgress is a bar of total steps; 0 means that nobody knows how many.
func newProgress(w io.Writer, label string, total int64) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &progress{}
	}
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48))
	bar := bars.AddBar(total,
		mpb.PrependDecorators(decor.Name(label+" ", decor.WC{W: 22, C: decor.DindentRight}), decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))
	return &progress{bars, bar}
}

func (p *progress) step() { p.to(-1) }

// to sets the bar to n steps, or one further when n is negative.
func (p *progress) to(n int64) {
	switch {
	case p.bar == nil:
	case n < 0:
		p.bar.Increment()
	default:
		p.bar.SetCurrent(n)
	}
}

func (p *progress) done() {
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.bars.Wait()
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

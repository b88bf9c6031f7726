package ocr

import (
	"context"
	"image"
	"slices"
	"strings"
	"unicode"
)

// Eyes read pictures: the network every line, and a second reader, where there
// is one, the lines that the network leaves in doubt. Either may be missing.
type Eyes struct {
	Network *Network
	Second  Reader
}

// Name is both readers' names; readings of another name are not comparable.
func (e Eyes) Name() string {
	var names []string
	if e.Network != nil {
		names = append(names, e.Network.Name())
	}
	if e.Second != nil {
		names = append(names, e.Second.Name())
	}
	return strings.Join(names, "+")
}

// Available lists the scripts that are read, and says what is amiss with the
// second reader; reason is empty when nothing is.
func (e Eyes) Available() (scripts []Script, reason string) {
	if e.Second != nil {
		scripts, reason = e.Second.Available()
	}
	if e.Network != nil {
		scripts = Scripts
	}
	return scripts, reason
}

// A network costs a hundredth of a process, so that it looks at more lines.
const (
	networkLines = 3 // times as many
	// certain is the confidence with which a line needs no other look.
	certain = 0.90
	// unsure is the confidence below which a line that is shaped like text is
	// shown to the second reader.
	unsure = 0.50
	// noText is the confidence below which the network did not see text.
	noText = 0.25
)

// Read finds the lines of img and reads them: with the network those in doubt
// in more than one look, without it in the scripts wanted, each line until a
// reading is sure. A picture without lines costs no reading at all.
func (e Eyes) Read(ctx context.Context, img *image.NRGBA, scripts []Script) (*Page, error) {
	most := min(max(leastLines, linesPerMegapixel*img.Rect.Dx()*img.Rect.Dy()/1_000_000), mostLines)
	if e.Network != nil {
		most *= networkLines
	}
	p := &Page{Lines: Find(ctx, img, most), scripts: scripts}
	p.twice, p.looked = make([]bool, len(p.Lines)), make([]Look, len(p.Lines))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.Network == nil {
		return p.scan(ctx, img, e.Second)
	}
	for i := range p.Lines {
		if err := p.look(ctx, img, e.Network, i); err != nil {
			return nil, err
		}
		if best := p.best(i); best.Confidence < certain && (best.Confidence >= legible || p.Lines[i].Score >= likelyText) && !p.outshone(i) {
			if err := p.look(ctx, img, e.Network, i); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// look has the network look at a line in the next way.
func (p *Page) look(ctx context.Context, img *image.NRGBA, n *Network, line int) error {
	look := p.looked[line]
	view := p.Lines[line].View(img, look)
	p.looked[line]++
	if view.Rect.Dx() < leastView {
		return nil
	}
	t, err := n.Trace(ctx, view)
	if err != nil {
		return err
	}
	letters, confidence := t.letters(n.labels)
	if text := textOf(letters); text != "" && confidence >= noText {
		p.Readings = append(p.Readings, Reading{Line: line, Text: text, Confidence: confidence, Script: ScriptOf(text), Look: look, Trace: t})
	}
	return nil
}

// ScriptOf is the script that most of a text is written in; a syllable or a
// Hanzi says as much as two letters or more.
func ScriptOf(text string) Script {
	count := map[Script]int{}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Hangul, r):
			count[Hangul] += 2
		case unicode.Is(unicode.Han, r):
			count[Han] += 2
		case unicode.IsLetter(r):
			count[Latin]++
		}
	}
	best := Latin
	for _, s := range Scripts {
		if count[s] > count[best] {
			best = s
		}
	}
	return best
}

// Again reads the lines whose readings are doubtful in the ways that have not
// been tried: the network's other looks, then the second reader.
func (e Eyes) Again(ctx context.Context, img *image.NRGBA, p *Page, doubtful func(readings []Reading) bool) (*Page, error) {
	next := p.copy()
	inDoubt := func(line int) bool { return doubtful(next.of(line)) }
	if e.Network != nil {
		for i := range next.Lines {
			for next.looked[i] < looks && inDoubt(i) {
				if err := next.look(ctx, img, e.Network, i); err != nil {
					return nil, err
				}
			}
		}
	}
	if e.Second == nil {
		return next, nil
	}
	if e.Network == nil {
		return next.again(ctx, img, e.Second, func(best Reading) bool { return inDoubt(best.Line) })
	}
	return next, next.consult(ctx, img, e.Second, func(line int) bool {
		return next.best(line).Confidence < unsure && next.Lines[line].Score >= likelyText && !next.outshone(line) || inDoubt(line)
	})
}

// consult has the second reader read lines in doubt, in the script that the
// network saw there: as they are and with the background removed.
func (p *Page) consult(ctx context.Context, img *image.NRGBA, r Reader, inDoubt func(line int) bool) error {
	can, _ := r.Available()
	for _, s := range can {
		var open []int
		var strips []*image.Gray
		for i, l := range p.Lines {
			if !p.twice[i] && p.best(i).Script == s && inDoubt(i) {
				strips, open = append(strips, l.Plain(img), l.Bare(img, false), l.Bare(img, true)), append(open, i, i, i)
				p.twice[i] = true
			}
		}
		if err := p.read(ctx, r, s, open, strips, true); err != nil {
			return err
		}
	}
	return nil
}

// outshone says whether the middle of a line lies in another that was read
// surely: it is that line's counterforms, or a part of it.
func (p *Page) outshone(line int) bool {
	l := &p.Lines[line]
	mid := Point{(l.Outline[0].X + l.Outline[2].X) / 2, (l.Outline[0].Y + l.Outline[2].Y) / 2}
	for j := range p.Lines {
		if j != line && p.Lines[j].contains(mid) && p.best(j).Confidence >= sure {
			return true
		}
	}
	return false
}

func (p *Page) copy() *Page {
	return &Page{Lines: p.Lines, Readings: slices.Clone(p.Readings), scripts: p.scripts, looked: slices.Clone(p.looked), twice: slices.Clone(p.twice)}
}

// of are the readings of a line.
func (p *Page) of(line int) []Reading {
	var out []Reading
	for _, r := range p.Readings {
		if r.Line == line {
			out = append(out, r)
		}
	}
	return out
}

package lexicon

import (
	"unicode/utf8"
)

// maskRun counts mask signs in the text between two symbols that touch the
// letters on the sides asked for; 0 if there are none or a space intervenes.
func (f *fieldText) maskRun(after, before int) (n int, touchesLeft, touchesRight bool) {
	from, to := 0, len(f.text)
	if after >= 0 {
		from = f.syms[after].end(f.text)
	}
	if before < len(f.syms) {
		to = int(f.syms[before].at)
	}
	if to-from > 24 || from >= to {
		return 0, false, false
	}
	gap := f.text[from:to]
	first, _ := utf8.DecodeRuneInString(gap)
	last, _ := utf8.DecodeLastRuneInString(gap)
	for _, r := range gap {
		if isMask(r) {
			n++
		}
	}
	return n, isMask(first), isMask(last)
}

func isMask(r rune) bool { return theFolding().lookup(r).class() == classMask }

// masked probes for a hidden letter next to token i: inside, in front of or
// behind it.
func (p *prober) masked(i int) {
	t := p.tokens[i]
	if p.f.syms[t.start].flag&gapMask != 0 || i == 0 {
		n, left, right := p.f.maskRun(t.start-1, t.start)
		switch {
		case n == 0:
		case left && right && i > 0 && p.tokens[i-1].kind == t.kind:
			p.hidden(p.lefts(i-1), t.start)
			if t.kind == scriptHan {
				p.hiddenLast(i - 1)
			}
		default:
			if right {
				p.hiddenFirst(t.start)
			}
			if left && i > 0 {
				p.hiddenLast(i - 1)
			}
		}
	}
	if i == len(p.tokens)-1 {
		if n, left, _ := p.f.maskRun(t.end-1, len(p.f.syms)); n > 0 && left {
			p.hiddenLast(i)
		}
	}
	if n := t.end - t.start; n <= 2 && isMaskLetter(p.f.syms[t.start].base) && isMaskLetter(p.f.syms[t.end-1].base) {
		p.maskLetter(i)
	}
}

func isMaskLetter(s uint16) bool { return s == 'o' || s == 'x' || s == '0' }

// maskLetter treats a single o or x that touches Hangul or Han as a mask.
func (p *prober) maskLetter(i int) {
	t := p.tokens[i]
	touch := func(j int) bool {
		return p.f.syms[j].flag&gapAny == 0
	}
	left := i > 0 && p.tokens[i-1].kind != scriptLatin && touch(t.start)
	right := i+1 < len(p.tokens) && p.tokens[i+1].kind != scriptLatin && touch(t.end)
	switch {
	case left && right:
		p.hidden(p.lefts(i-1), t.end)
		p.hiddenLast(i - 1)
	case left:
		p.hiddenLast(i - 1)
	case right:
		p.hiddenFirst(t.end)
	}
}

// lefts gives the symbols where the part left of a mask may begin: the token,
// the one before it, and for Han every place of the run.
func (p *prober) lefts(i int) (starts [8]int) {
	for k := range starts {
		starts[k] = -1
	}
	t := p.tokens[i]
	starts[0] = t.start
	n := 1
	if i > 0 && p.tokens[i-1].kind == t.kind {
		starts[n] = p.tokens[i-1].start
		n++
	}
	if t.kind == scriptHan {
		for s := t.end - 1; s > t.start && n < len(starts); s-- {
			starts[n] = s
			n++
		}
	}
	return starts
}

// hidden probes left part + mask + right part, which begins at symbol right.
func (p *prober) hidden(starts [8]int, right int) {
	f := p.f
	for _, s := range starts {
		if s < 0 || right-s > maxNear {
			continue
		}
		p.r.reset()
		for k := s; k < right; k++ {
			if k >= right-2 && isMaskLetter(f.syms[k].base) && scriptOf(f.syms[s].base) != scriptLatin {
				continue // the mask letter itself
			}
			p.r.push(f.syms[k].base)
		}
		cut := p.r.n
		for k := right; k < len(f.syms) && p.r.n < maxNear; k++ {
			if k > right && f.syms[k].flag&(gapSpace|gapMask) != 0 || scriptOf(f.syms[k].base) != scriptOf(f.syms[right].base) && !isDigit(f.syms[k].base) {
				break
			}
			p.r.push(f.syms[k].base)
			if f.syms[k].flag&flagLast == 0 || isLatin(f.syms[k].base) && !f.breakBefore(k+1) {
				continue
			}
			n := p.r.n
			p.near.probe(holeKey(p.r.h[cut], p.r.suffix(cut, n)), func(id int32) { p.unmask(id, s, k, cut, n) })
		}
	}
}

// hiddenFirst probes a mask in front of the word at symbol start.
func (p *prober) hiddenFirst(start int) {
	f := p.f
	p.r.reset()
	for k := start; k < len(f.syms) && p.r.n < maxNear; k++ {
		if k > start && f.syms[k].flag&(gapSpace|gapMask) != 0 {
			return
		}
		p.r.push(f.syms[k].base)
		if f.syms[k].flag&flagLast == 0 || isLatin(f.syms[k].base) && !f.breakBefore(k+1) {
			continue
		}
		n := p.r.n
		p.near.probe(holeKey(0, p.r.suffix(0, n)), func(id int32) { p.unmask(id, start, k, 0, n) })
	}
}

// hiddenLast probes a mask behind token i.
func (p *prober) hiddenLast(i int) {
	for _, s := range p.lefts(i) {
		if s < 0 || p.tokens[i].end-s > maxNear {
			continue
		}
		p.r.reset()
		for k := s; k < p.tokens[i].end; k++ {
			p.r.push(p.f.syms[k].base)
		}
		n := p.r.n
		p.near.probe(holeKey(p.r.h[n], 0), func(id int32) { p.unmask(id, s, p.tokens[i].end-1, n, n) })
	}
}

// unmask verifies that the name is the n loaded symbols with one or two units
// hidden at cut.
func (p *prober) unmask(id int32, start, end, cut, n int) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	hidden := len(want) - n
	if hidden < 1 || n < 1 || !p.agree(want, 0, cut) || !p.agree(want[cut+hidden:], cut, n) {
		return
	}
	if isLatin(want[0]) && n < 2 || !isJamo(want[0]) && hidden > 2 {
		return
	}
	p.found(id, start, end, byMasked, 1-0.5*float64(hidden)/float64(len(want)))
}

package lexicon

// A prober walks a field's words and asks nearby for names almost written.
type prober struct {
	r      rolling
	key    []byte
	tokens []token
	found  func(pattern int32, start, end int, how disguise, similarity float64)
	near   *nearby
	ly     *layer
	f      *fieldText
}

// run calls found for every near miss in f.
func (p *prober) run(ly *layer, f *fieldText, found func(int32, int, int, disguise, float64)) {
	p.ly, p.near, p.f, p.found = ly, ly.near, f, found
	if len(f.syms) == 0 {
		return
	}
	p.tokenize()
	for i := range p.tokens {
		switch p.tokens[i].kind {
		case scriptLatin:
			p.latin(i)
		case scriptHangul:
			p.hangul(i)
		case scriptHan:
			p.han(i)
		}
		p.masked(i)
	}
}

// latin probes tokens i, i+1 … as one word.
func (p *prober) latin(i int) {
	p.r.reset()
	first := p.tokens[i].start
	for j := i; j < len(p.tokens) && j < i+maxJoin && p.tokens[j].kind == scriptLatin; j++ {
		for s := p.tokens[j].start; s < p.tokens[j].end; s++ {
			if !p.r.push(p.f.syms[s].base) {
				return
			}
		}
		n := p.r.n
		if n < 4 || !p.hasLetters(first, first+n) {
			continue
		}
		p.edits(first, n)
		p.swaps(first, n)
		if n >= 5 && j == i {
			p.sound(first, n, scriptLatin)
		}
	}
}

func (p *prober) hasLetters(from, to int) bool {
	n := 0
	for _, s := range p.f.syms[from:to] {
		if isLatin(s.base) {
			n++
		}
	}
	return 2*n >= to-from && n > 2
}

// hangul probes the beginnings of a word, since particles follow names. Pieces
// with only punctuation or pictures between them count as one word.
func (p *prober) hangul(i int) {
	t := p.tokens[i]
	end := t.end
	for j := i + 1; j < len(p.tokens) && j < i+maxJoin && p.tokens[j].kind == scriptHangul && p.f.syms[end].flag&gapSpace == 0; j++ {
		end = p.tokens[j].end
	}
	p.hangulFrom(t.start, end)
	for s, n := t.start+1, 0; s < t.end && n < 4; s++ { // 이브생롤랑: behind an affix
		if p.f.marks[s]&(markAffixEnd|markWordEnd) != 0 {
			p.hangulFrom(s, end)
			n++
		}
	}
}

func (p *prober) hangulFrom(start, end int) {
	p.r.reset()
	for s := start; s < end && p.r.n < maxNear; s++ {
		p.r.push(p.f.syms[s].base)
	}
	n, count := p.r.n, 0
	for k := 1; k <= n && count < 12; k++ {
		if p.f.syms[start+k-1].flag&flagLast == 0 {
			continue
		}
		if count++; count < 2 {
			continue
		}
		if k < n && !p.f.wordEndAfter(start+k-1) && p.f.marks[start+k]&markWord == 0 {
			continue
		}
		if k >= 4 {
			p.edits(start, k)
		}
		if count >= 4 {
			p.syllables(start, k)
		}
		p.sound(start, k, scriptHangul)
	}
}

// han probes every place of the run, since Chinese has no spaces.
func (p *prober) han(i int) {
	t := p.tokens[i]
	for s := t.start; s < t.end; s++ {
		p.r.reset()
		for k := s; k < t.end && p.r.n < 6; k++ {
			p.r.push(p.f.syms[k].base)
			if p.r.n >= 3 {
				for j := 0; j < p.r.n; j++ {
					p.near.probe(holeKey(p.r.h[j], p.r.suffix(j+1, p.r.n)), func(id int32) { p.edit(id, s, p.r.n, j, 1) })
				}
			}
			if p.r.n >= 2 {
				p.sound(s, p.r.n, scriptHan)
			}
		}
	}
}

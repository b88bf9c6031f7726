package lexicon

import "unicode/utf8"

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

// A token is a run of symbols of one script without a gap that separates words.
type token struct {
	start, end int // end is exclusive
	kind       script
}

// maxJoin is how many tokens a name may be spread over.
const maxJoin = 3

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

// tokenize splits at gaps and changes of script; digits count as Latin when
// they touch Latin letters. Letters that stand alone are put together.
func (p *prober) tokenize() {
	p.tokens = p.tokens[:0]
	f := p.f
	start := 0
	for i := 1; i <= len(f.syms); i++ {
		if i < len(f.syms) && f.syms[i].flag&(gapHard|gapMask) == 0 && tokenKind(f.syms[i].base) == tokenKind(f.syms[i-1].base) {
			continue
		}
		p.tokens = append(p.tokens, token{start, i, tokenKind(f.syms[start].base)})
		start = i
	}
}

func tokenKind(s uint16) script {
	k := scriptOf(s)
	if k == scriptDigit {
		return scriptLatin
	}
	return k
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

// edits probes for one symbol wrong, missing or added in the n loaded symbols.
func (p *prober) edits(first, n int) {
	r, near := &p.r, p.near
	for i := 0; i <= n; i++ {
		before, at := r.h[i], i
		if k := holeKey(before, r.suffix(i, n)); near.maybe(k) {
			near.probe(k, func(id int32) { p.edit(id, first, n, at, 0) })
		}
		if i == n {
			break
		}
		after := r.suffix(i+1, n)
		if k := holeKey(before, after); near.maybe(k) {
			near.probe(k, func(id int32) { p.edit(id, first, n, at, 1) })
		}
		if k := wholeKey(before*rollPowers[n-i-1] + after); near.maybe(k) {
			near.probe(k, func(id int32) { p.extra(id, first, n, at) })
		}
	}
}

// swaps probes for two neighbours exchanged.
func (p *prober) swaps(first, n int) {
	r := &p.r
	for i := 0; i+1 < n; i++ {
		if r.syms[i] == r.syms[i+1] {
			continue
		}
		h := (r.h[i]*rollFactor+uint64(r.syms[i+1]))*rollFactor + uint64(r.syms[i])
		k := wholeKey(h*rollPowers[n-i-2] + r.suffix(i+2, n))
		if !p.near.maybe(k) {
			continue
		}
		p.near.probe(k, func(id int32) {
			want := p.ly.symbolsOf(&p.ly.patterns[id])
			if len(want) == n && p.agree(want, 0, i) && p.agree(want[i+2:], i+2, n) {
				p.found(id, first, first+n-1, byTypo, 1-0.5/float64(n))
			}
		})
	}
}

// agree compares want with the loaded symbols from to to.
func (p *prober) agree(want []uint16, from, to int) bool {
	if len(want) < to-from {
		return false
	}
	for i := from; i < to; i++ {
		if lossy(want[i-from]) != p.r.syms[i] {
			return false
		}
	}
	return true
}

// edit verifies a hole: text symbol i (if size is 1) stands for some of want.
func (p *prober) edit(id int32, first, n, i, size int) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	hidden := len(want) - (n - size)
	if hidden < 1 || !p.agree(want, 0, i) || !p.agree(want[i+hidden:], i+size, n) {
		return
	}
	if size == 1 && hidden == 1 && lossy(want[i]) == p.r.syms[i] {
		return // the name itself, which the automaton finds
	}
	if size == 1 && hidden <= 2 && isLatin(want[i]) && (p.r.syms[i] == 'o' || p.r.syms[i] == 'x') && len(want) >= 6 {
		p.found(id, first, first+n-1, byMasked, 1-0.4*float64(hidden)/float64(len(want)))
		return
	}
	if hidden != 1 {
		return
	}
	cost := 1.0
	if size == 1 {
		cost = letterDistance(want[i], p.r.syms[i])
	} else if isJamo(want[i]) {
		cost = 0.8
	}
	if (i == 0 || i == len(want)-1) && cost > 0.35 {
		cost += 0.3
	}
	how := byTypo
	if cost <= 0.35 { // the letters sound alike
		how = bySound
	}
	p.report(id, want, first, n, cost, how)
}

// extra verifies that the text without its symbol i is the name.
func (p *prober) extra(id int32, first, n, i int) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	if len(want) != n-1 || !p.agree(want, 0, i) || !p.agree(want[i:], i+1, n) {
		return
	}
	cost := 0.9
	if i > 0 && p.r.syms[i] == p.r.syms[i-1] {
		cost = 0.5
	}
	if i == 0 || i == n-1 {
		cost += 0.5
	}
	p.report(id, want, first, n, cost, byTypo)
}

// report passes on a typo that is slight for the length of the name.
func (p *prober) report(id int32, want []uint16, first, n int, cost float64, how disguise) {
	sim := 1 - cost/float64(len(want))
	if sim < 0.78 {
		return
	}
	p.found(id, first, first+n-1, how, sim)
}

// letterDistance is the cost of one letter for another: less for letters that
// look or sound alike.
func letterDistance(a, b uint16) float64 {
	switch {
	case isVowelJamo(a) && isVowelJamo(b):
		if vowelClass(a) == vowelClass(b) {
			return 0.2
		}
		return 0.7
	case isJamo(a) && isJamo(b) && !isVowelJamo(a) && !isVowelJamo(b):
		if onsetClass(a, 0) == onsetClass(b, 0) {
			return 0.2
		}
		return 1
	case isHan(a) && isHan(b):
		if x := hanSound(a); x != 0 && x == hanSound(b) {
			return 0.3
		}
		return 0.8
	case isLatin(a) && isLatin(b) && isVowelLetter(a) && isVowelLetter(b):
		return 0.8
	}
	return 1
}

func isVowelLetter(s uint16) bool {
	switch s {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
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

// sound probes the sound key of n symbols from start.
func (p *prober) sound(start, n int, kind script) {
	key := p.key[:0]
	switch kind {
	case scriptHangul:
		var buf [maxNear + 4]uint16
		for i := range n {
			buf[i] = p.f.syms[start+i].base
		}
		key = hangulSound(key, buf[:n])
	case scriptLatin:
		var buf [maxNear + 4]uint16
		for i := range n {
			buf[i] = p.f.syms[start+i].base
		}
		key = latinSound(key, buf[:n])
	case scriptHan:
		for i := range n {
			c := hanSound(p.f.syms[start+i].base)
			key = append(key, byte(c), byte(c>>8))
		}
	}
	p.key = key
	if len(key) < 3 {
		return
	}
	p.near.probe(soundHash(kind, key), func(id int32) { p.heard(id, start, n, kind) })
}

// heard verifies a sound: the keys agree, the lengths are near.
func (p *prober) heard(id int32, start, n int, kind script) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	if d := len(want) - n; d > 4 || d < -3 {
		return
	}
	var buf [256]byte
	key, k := soundKey(buf[:0], want)
	if k != kind || string(key) != string(p.key) {
		return
	}
	sim := 0.85
	if len(want) >= 7 || kind == scriptHan && len(want) >= 3 {
		sim = 0.9
	}
	p.found(id, start, start+n-1, bySound, sim)
}

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

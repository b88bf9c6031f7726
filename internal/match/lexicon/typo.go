package lexicon

import "strings"

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
	if size == 1 && p.r.syms[i] == anyName {
		p.found(id, first, first+n-1, byMasked, 1-0.4/float64(len(want)))
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

// anyName stands for a character that is not to be written, as in 劳某士.
const anyName = '某'

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
		if x := hanSound(a); x != 0 && x == hanSound(b) || sameShape(a, b) {
			return 0.3
		}
		return 0.8
	case isLatin(a) && isLatin(b) && isVowelLetter(a) && isVowelLetter(b):
		return 0.8
	}
	return 1
}

// shapes are ideographs that are easily taken for one another.
var shapes = strings.Fields("土士 未末 己已巳 日曰 大太犬丈 人入八 王玉壬 天夫 木本术 干千于 力刀刃 乌鸟 免兔 斤斥 古占 目且 贝见 午牛 今令 西酉 戊戍戌 爪瓜 尔你 奈余 苦若 拔拨 候侯 莱菜 蒂帝 驰弛 迪油 奧奥 欧殴 姿安 妆壮 兰三")

func sameShape(a, b uint16) bool {
	for _, s := range shapes {
		if strings.ContainsRune(s, rune(a)) && strings.ContainsRune(s, rune(b)) {
			return true
		}
	}
	return false
}

func isVowelLetter(s uint16) bool {
	switch s {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// syllables probes for one syllable written otherwise in the n loaded jamo.
func (p *prober) syllables(first, n int) {
	for from := 0; from < n; {
		to := from + 1
		for to < n && p.f.syms[first+to].flag&flagFirst == 0 {
			to++
		}
		a, b := from, to
		p.near.probe(holeKey(p.r.h[a], p.r.suffix(b, n)), func(id int32) { p.syllable(id, first, n, a, b) })
		from = to
	}
}

// syllable verifies that the jamo from a to b stand for one syllable of the
// name, and weighs how it differs.
func (p *prober) syllable(id int32, first, n, a, b int) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	end := a + len(want) - (n - b + a)
	if end <= a+1 || end-a > 4 || !isJamo(want[0]) || len(unitStarts(want)) < 5 || !p.agree(want, 0, a) || !p.agree(want[end:], b, n) ||
		len(unitStarts(want[a:end])) != 2 || isVowelJamo(want[a]) {
		return
	}
	cost := 0.0
	for i := range max(end-a, b-a) {
		switch {
		case a+i >= end || a+i >= b:
			cost += 0.8
		case want[a+i] != p.r.syms[a+i]:
			cost += letterDistance(want[a+i], p.r.syms[a+i])
		}
	}
	if cost > 1 { // less is a single jamo, which edits finds
		p.report(id, want, first, n, cost, byTypo)
	}
}

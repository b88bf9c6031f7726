package lexicon

// A token is a run of symbols of one script without a gap that separates words.
type token struct {
	start, end int // end is exclusive
	kind       script
}

// maxJoin is how many tokens a name may be spread over.
const maxJoin = 3

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

package lexicon

// scorePhrase weighs a protected sentence.
func (s *scorer) scorePhrase(p phraseFind) Finding {
	ph := &p.layer.phrases.phrases[p.hit.phrase]
	e := &p.layer.entries[ph.entry]
	t := &tally{logit: s.w.PhraseStart}
	t.add("phrase_found", s.w.PhraseFound, "")
	t.add("phrase_doubt", s.w.PhraseDoubt*(1-p.hit.similarity), "")
	for _, x := range s.ctx.excuses {
		if x.term.role == roleDisclaimer || x.term.role == roleNominative {
			t.add(x.term.code, s.w.Disclaimer/2, x.text())
		}
	}
	t.sort()
	f := Finding{BrandID: e.BrandID, AssetID: e.AssetID, Kind: "phrase", Score: logistic(t.logit), For: t.pro, Against: t.contras, Intent: "protected_sentence"}
	f.Licensed = s.doc.Licensed != nil && s.doc.Licensed(e.BrandID)
	if f.Licensed {
		f.Intent = "licensed_use"
		f.Against = append(f.Against, Reason{Code: "licensed"})
	}
	if p.hit.reordered {
		f.Against = append(f.Against, Reason{Code: "phrase_reordered"})
	}
	var dis disguise
	for i := p.hit.start; i <= p.hit.end && i < len(p.field.syms); i++ {
		dis |= writing(p.field.syms[i].flag)
	}
	if p.hit.similarity < 0.999 && !p.hit.reordered {
		dis |= byTypo
	}
	if p.hit.reordered {
		dis |= byOrder
	}
	a, b := p.field.span(p.hit.start, min(p.hit.end, len(p.field.syms)-1))
	f.Spans = []Span{{p.field.name, a, b, p.field.text[a:b], e.Text, dis.codes()}}
	return f
}

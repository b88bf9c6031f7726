package lexicon

// excuseFeatures adds what makes the use fair, each role once: at full weight
// in the field that names the brand, at half from elsewhere, and at half again
// if the name was hidden, which nobody does who uses it fairly.
func (s *scorer) excuseFeatures(t *tally, c *candidate) {
	trust := 1.0
	if t.has("disguised", "spaced_out") {
		trust = 0.5
	}
	var best [roleCancel + 1]said
	var share [roleCancel + 1]float64
	for _, e := range s.ctx.excuses {
		w := trust
		if e.field.name != c.field.name {
			w /= 2
		}
		if r := e.term.role; w > share[r] && (r != roleNominative && r != roleSense || c.close(e, useReach)) {
			best[r], share[r] = e, w
		}
	}
	for r, w := range s.excuseWeights() {
		if share[r] > 0 {
			t.add(best[r].term.code, w*share[r], best[r].text())
		}
	}
	if s.ctx.usedItem && share[roleSecondHand] < 1 {
		t.add("condition_used", s.w.SecondHand*(1-share[roleSecondHand]), s.doc.Condition)
	}
	if share[roleCompatible] < trust {
		s.smallWordFeatures(t, c, trust)
	}
}

// excuseWeights are the weights by role; 0 for roles that excuse nothing.
func (s *scorer) excuseWeights() [roleCancel + 1]float64 {
	return [roleCancel + 1]float64{
		roleCompatible: s.w.Compatible, roleDisclaimer: s.w.Disclaimer, roleSecondHand: s.w.SecondHand,
		roleProof: s.w.Proof, roleNominative: s.w.Nominative, roleSense: s.w.Sense,
	}
}

func (s *scorer) smallWordFeatures(t *tally, c *candidate, trust float64) {
	u, ok := s.smallWord(c)
	if !ok {
		return
	}
	t.add(u.term.code, s.w.CompatibleWord*trust, u.text())
	if s.ctx.parts {
		t.add("compatible_part", s.w.CompatiblePart*trust, "")
	}
}

// smallWord looks for "for", per, 용 and the like next to the name.
func (s *scorer) smallWord(c *candidate) (said, bool) {
	v, f := s.l.vocab, c.field
	for i := range f.hits {
		h := &f.hits[i]
		t := &v.terms[v.words[h.word].term]
		a, b := int(h.start), int(h.end)
		switch {
		case h.off:
		case t.role == roleCompatibleBefore && b < c.start && f.breaks(b, c.start) <= 2 && c.start-b < 16:
			return said{t, f, a, b}, true
		case t.role == roleCompatibleAfter && a > c.end && f.breaks(c.end, a) <= 3 && a-c.end < 32:
			return said{t, f, a, b}, true
		}
	}
	return said{}, false
}

// breaks counts gaps between symbols a and b.
func (f *fieldText) breaks(a, b int) int {
	n := 0
	for i := a + 1; i <= b; i++ {
		if f.syms[i].flag&gapHard != 0 {
			n++
		}
	}
	return n
}

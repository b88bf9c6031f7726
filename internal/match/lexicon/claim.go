package lexicon

import (
	"slices"
)

// plainClaim is the weight from which a claim says by itself that the goods are
// counterfeit, whatever licence the seller has.
const plainClaim = 1.4

// claimFeatures adds claims and hints; it reports whether the goods are plainly
// offered as counterfeits.
func (s *scorer) claimFeatures(t *tally) bool {
	share := 1.0
	for _, c := range s.ctx.claims {
		t.add(c.term.code, s.w.Claim*c.term.weight*share, c.text())
		share *= 0.6
	}
	for _, h := range s.ctx.hints {
		t.add(h.term.code, s.w.Hint*share, h.text())
		share *= 0.6
	}
	if d := s.ctx.denied; d != nil && len(s.ctx.claims) == 0 {
		t.add("claim_denied", s.w.ClaimDenied, d.text())
	}
	return slices.ContainsFunc(s.ctx.claims, func(c said) bool { return c.term.weight >= plainClaim })
}

func (s *scorer) addClaimSpans(f *Finding) {
	for _, c := range s.ctx.claims {
		f.Spans = append(f.Spans, c.evidence())
	}
}

// scoreClaims weighs claims on their own, whatever brand is meant.
func (s *scorer) scoreClaims() (Finding, bool) {
	if len(s.ctx.claims) == 0 {
		return Finding{}, false
	}
	t := &tally{logit: s.w.ClaimStart}
	share := 1.0
	for _, c := range s.ctx.claims {
		t.add(c.term.code, s.w.ClaimAlone*c.term.weight*share, c.text())
		share *= 0.6
	}
	for _, h := range s.ctx.hints {
		t.add(h.term.code, s.w.ClaimHint*share, h.text())
		share *= 0.6
	}
	traded, foreign := false, false
	for i, k := range s.l.vocab.goods {
		if s.ctx.goods.has(i) {
			traded, foreign = traded || k.trade, foreign || !k.trade && !k.part
		}
	}
	if traded {
		t.add("goods_traded", s.w.ClaimTraded, "")
	}
	if foreign {
		t.add("goods_foreign", s.w.ClaimForeign, "")
	}
	if d := s.ctx.denied; d != nil {
		t.add("claim_denied", s.w.ClaimDeniedAlone, d.text())
	}
	t.sort()
	f := Finding{Kind: "claim", Score: logistic(t.logit), For: t.pro, Against: t.contras, Intent: "counterfeit_claim"}
	if f.Score < 0.5 {
		f.Intent = "other_sense"
	}
	s.addClaimSpans(&f)
	return f, true
}

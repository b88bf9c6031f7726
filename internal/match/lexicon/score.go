package lexicon

import (
	"cmp"
	"math/bits"
	"slices"
)

// A scorer weighs what an examiner found in one document.
type scorer struct {
	l   *Lexicon
	x   *examiner
	doc Document
	w   *weightSet
	ctx context
	all bool // keep findings of any score
}

func newScorer(l *Lexicon, x *examiner, doc Document) *scorer {
	s := &scorer{l: l, x: x, doc: doc, w: weights()}
	s.gather()
	return s
}

// findings scores every brand that was found, sentences and bare claims.
func (s *scorer) findings() []Finding {
	if !s.doc.Apart {
		s.dropCovered()
	}
	out := s.weigh()
	slices.SortStableFunc(out, byScore)
	if !s.doc.Apart {
		out = out[:min(len(out), maxFindings)]
	}
	return out
}

// weigh scores what is left of the candidates, sentences and bare claims.
func (s *scorer) weigh() []Finding {
	var out []Finding
	for i := range s.x.cands {
		if c := &s.x.cands[i]; c.layer != nil {
			if f, ok := s.scoreName(c); ok {
				out = append(out, f)
			}
		}
	}
	for _, p := range s.x.found {
		out = append(out, s.scorePhrase(p))
	}
	if f, ok := s.scoreClaims(); ok {
		out = append(out, f)
	}
	return out
}

// leastScore is the score from which a name is reported.
const leastScore = 0.01

// maxScored is how many brands of one document are weighed in full.
const maxScored = 128

// dropCovered removes a candidate that lies inside a stronger one of another
// brand, and of uncertain ones on the same spot those that are clearly weaker.
func (s *scorer) dropCovered() {
	cands := s.x.cands
	if len(cands) < 2 {
		return
	}
	order := make([]int, 0, len(cands))
	for i := range cands {
		order = append(order, i)
	}
	strength := make([]float64, len(cands))
	for i := range cands {
		strength[i] = cands[i].strength()
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	var kept []int
	for n, i := range order {
		c := &cands[i]
		if n >= maxScored {
			c.layer = nil
			continue
		}
		covered := false
		for _, j := range kept[:min(len(kept), 64)] {
			k := &cands[j]
			if k.field != c.field || c.start < k.start || c.end > k.end {
				continue
			}
			longer := k.end-k.start > c.end-c.start
			if longer && strength[j] >= strength[i] || strength[j] > strength[i]+0.8 && k.similarity > c.similarity {
				covered = true
				break
			}
		}
		if covered {
			c.layer = nil
			continue
		}
		kept = append(kept, i)
	}
}

// scoreName weighs one brand.
func (s *scorer) scoreName(c *candidate) (Finding, bool) {
	t := &tally{logit: s.w.Start}
	b := s.l.brands[c.entry().BrandID]
	c.features(s.w, func(code string, w float64) { t.add(code, w, "") })
	if n := s.rivals(c); n > 1 {
		t.add("name_shared", s.w.NameShared*float64(bits.Len(uint(n-1))), "")
	}
	s.goodsFeatures(t, b)
	claims := s.claimFeatures(t)
	s.useFeatures(t, c)
	s.excuseFeatures(t, c)
	s.priceFeatures(t, b)
	licensed := s.doc.Licensed != nil && s.doc.Licensed(b.info.ID) && !claims
	if licensed {
		t.note("licensed")
	}
	if s.x.branded[b.info.ID] {
		t.add("brand_field", s.w.BrandField, s.doc.BrandField)
	}
	p := logistic(t.logit)
	if p < leastScore && !s.doc.Apart && !s.all {
		return Finding{}, false
	}
	t.sort()
	f := Finding{BrandID: b.info.ID, AssetID: c.entry().AssetID, Kind: "name", Score: p, Licensed: licensed, For: t.pro, Against: t.contras}
	f.Spans = append(f.Spans, c.evidence())
	f.Intent = s.intent(&f, claims)
	s.addClaimSpans(&f)
	if f.Intent == "false_affiliation" {
		f.Kind = "affiliation"
		s.addTieSpan(&f, c)
	}
	return f, true
}

// rivals counts brands whose uncertain candidates lie on the same spot.
func (s *scorer) rivals(c *candidate) int {
	if s.doc.Apart || c.dis&(byMasked|bySound|byTypo|byInitials) == 0 {
		return 1
	}
	n := 0
	for i := range s.x.cands {
		o := &s.x.cands[i]
		if o.layer != nil && o.field == c.field && o.start == c.start && o.end == c.end {
			n++
		}
	}
	return n
}

// intent names what the finding amounts to.
func (s *scorer) intent(f *Finding, claims bool) string {
	switch {
	case f.Score >= 0.5 && claims:
		return "counterfeit_claim"
	case f.Licensed:
		return "licensed_use"
	case f.Score >= 0.5:
		for _, r := range f.For {
			if r.Code == "affiliation_official" || r.Code == "affiliation_channel" {
				return "false_affiliation"
			}
		}
		return "brand_misuse"
	}
	for _, r := range f.Against {
		switch r.Code {
		case "compatible_with", "compatible_before", "compatible_after", "disclaimer", "second_hand", "condition_used", "proof_of_origin", "parallel_import", "nominative_repair", "nominative_story":
			return "fair_use"
		}
	}
	return "other_sense"
}

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
}

// A context is what the whole document says, whatever brand it names.
type context struct {
	goods    goodsSet // of title and category; of other fields if those name none
	claims   []said
	hints    []said
	denied   *said
	excuses  []said // compatible, disclaimer, second hand, proof, nominative, sense
	styles   []said
	ties     []said // affiliation
	usedItem bool
	parts    bool // the goods are, or include, a part or accessory
}

// said is a term with where it was said.
type said struct {
	term       *term
	field      *fieldText
	start, end int
}

func (s said) text() string {
	a, b := s.field.span(s.start, s.end)
	return s.field.text[a:b]
}

func newScorer(l *Lexicon, x *examiner, doc Document) *scorer {
	s := &scorer{l: l, x: x, doc: doc, w: weights()}
	s.gather()
	return s
}

// gather sorts the vocabulary hits of all fields by role.
func (s *scorer) gather() {
	v := s.l.vocab
	var rest goodsSet
	for _, f := range s.x.fields {
		if f.leet {
			continue
		}
		for i := range f.hits {
			h := &f.hits[i]
			if h.off {
				continue
			}
			t := &v.terms[v.words[h.word].term]
			if t.groups > 0 && !v.groupsNear(f, i) {
				continue
			}
			if t.role == roleGoods {
				if f.name == "title" || f.name == "brand" {
					s.ctx.goods.add(t.goods)
				} else if v.goods[t.goods].trade { // what else a description mentions is seldom what is sold
					rest.add(t.goods)
				}
				continue
			}
			s.put(said{t, f, int(h.start), int(h.end)}, h.denied)
		}
	}
	s.ctx.goods = s.categoryGoods(s.ctx.goods)
	if s.ctx.goods.empty() {
		s.ctx.goods = rest
	}
	s.ctx.usedItem = isUsed(s.doc.Condition)
	_, _, s.ctx.parts = v.classes(s.ctx.goods)
}

// categoryGoods adds the kinds named by the listing's category.
func (s *scorer) categoryGoods(g goodsSet) goodsSet {
	if s.doc.Category == "" {
		return g
	}
	f := &fieldText{text: s.doc.Category}
	f.syms = append(f.syms, s.x.k.read(s.doc.Category, false)...)
	if len(f.syms) == 0 {
		return g
	}
	v := s.l.vocab
	v.spot(f)
	for _, h := range f.hits {
		if t := v.terms[v.words[h.word].term]; t.role == roleGoods && !h.off {
			g.add(t.goods)
		}
	}
	return g
}

func isUsed(condition string) bool {
	switch condition {
	case "used", "second_hand", "refurbished", "used_like_new", "used_good", "used_fair":
		return true
	}
	return false
}

// groupsNear reports whether every group of an `all` term is present near hit
// i, which must be of its first group.
func (v *vocabulary) groupsNear(f *fieldText, i int) bool {
	h := f.hits[i]
	w := &v.words[h.word]
	t := &v.terms[w.term]
	if w.group != 0 {
		return false
	}
	have := uint8(1)
	v.near(f, i, int32(t.within), func(o *wordHit, _ *term) {
		if ow := &v.words[o.word]; ow.term == w.term && (o.start > h.end || o.end < h.start) {
			have |= 1 << ow.group
		}
	})
	return bits.OnesCount8(have) == t.groups
}

func (s *scorer) put(w said, denied bool) {
	c := &s.ctx
	switch w.term.role {
	case roleClaim, roleHint:
		switch {
		case denied:
			c.denied = &w
		case w.term.role == roleClaim:
			c.claims = addSaid(c.claims, w)
		default:
			c.hints = addSaid(c.hints, w)
		}
	case roleStyle:
		c.styles = addSaid(c.styles, w)
	case roleAffiliation:
		c.ties = addSaid(c.ties, w)
	case roleCompatible, roleDisclaimer, roleSecondHand, roleProof, roleNominative, roleSense:
		c.excuses = addExcuse(c.excuses, w)
	}
}

// addSaid keeps the first saying of each term.
func addSaid(list []said, w said) []said {
	if slices.ContainsFunc(list, func(o said) bool { return o.term == w.term }) || len(list) >= 16 {
		return list
	}
	return append(list, w)
}

// addExcuse keeps the first saying of each term in each field.
func addExcuse(list []said, w said) []said {
	same := func(o said) bool { return o.term == w.term && o.field == w.field }
	if slices.ContainsFunc(list, same) || len(list) >= 32 {
		return list
	}
	return append(list, w)
}

// findings scores every brand that was found, sentences and bare claims.
func (s *scorer) findings() []Finding {
	var out []Finding
	if !s.doc.Apart {
		s.dropCovered()
	}
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
	slices.SortStableFunc(out, byScore)
	if !s.doc.Apart {
		out = out[:min(len(out), maxFindings)]
	}
	return out
}

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

// tally sums reasons.
type tally struct {
	logit        float64
	pro, contras []Reason
}

func (t *tally) add(code string, w float64, detail string) {
	if w == 0 {
		return
	}
	t.logit += w
	if w > 0 {
		t.pro = append(t.pro, Reason{code, w, detail})
	} else {
		t.contras = append(t.contras, Reason{code, w, detail})
	}
}

// note records a reason that decides by itself and has no weight.
func (t *tally) note(code string) { t.contras = append(t.contras, Reason{Code: code}) }

// has reports whether one of the codes is among the reasons.
func (t *tally) has(codes ...string) bool {
	in := func(r Reason) bool { return slices.Contains(codes, r.Code) }
	return slices.ContainsFunc(t.pro, in) || slices.ContainsFunc(t.contras, in)
}

func (t *tally) sort() {
	slices.SortStableFunc(t.pro, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	slices.SortStableFunc(t.contras, func(a, b Reason) int { return cmp.Compare(a.Weight, b.Weight) })
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
	if p < 0.01 && !s.doc.Apart {
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

func (s *scorer) addTieSpan(f *Finding, c *candidate) {
	for _, u := range s.ctx.ties {
		if c.close(u, useReach) {
			f.Spans = append(f.Spans, u.evidence())
			return
		}
	}
}

func (c *candidate) evidence() Span {
	a, b := c.field.span(c.start, c.end)
	return Span{Field: c.field.name, Start: a, End: b, Text: c.field.text[a:b], Matched: c.entry().Text, Disguises: c.dis.codes()}
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

// goodsFeatures compares what is sold with what the brand makes.
func (s *scorer) goodsFeatures(t *tally, b *brand) {
	v := s.l.vocab
	g := s.ctx.goods
	if g.empty() {
		t.add("goods_unknown", s.w.GoodsUnknown, "")
		return
	}
	var own, related, traded, foreign, media, part bool
	names := [6]string{}
	for i, k := range v.goods {
		if !g.has(i) {
			continue
		}
		switch {
		case b.goods.has(i):
			own, names[0] = true, k.kind
		case k.part:
			part, names[5] = true, k.kind
		case b.class.has(i):
			related, names[1] = true, k.kind
		case k.trade:
			traded, names[2] = true, k.kind
			related = related || b.goods.empty()
		case k.class == "media":
			media, names[4] = true, k.kind
		default:
			foreign, names[3] = true, k.kind
		}
	}
	switch {
	case own:
		t.add("goods_own", s.w.GoodsOwn, names[0])
	case related:
		t.add("goods_related", s.w.GoodsRelated, names[1])
	case traded:
		t.add("goods_traded", s.w.GoodsTraded, names[2])
	}
	if media {
		t.add("goods_media", s.w.GoodsMedia, names[4])
	}
	if foreign {
		w := s.w.GoodsForeign
		if own {
			w /= 2 // 바게트 숄더백: a passing word
		}
		t.add("goods_foreign", w, names[3])
	}
	if part {
		t.add("goods_part", s.w.GoodsPart, names[5])
	}

}

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

// plainClaim is the weight from which a claim says by itself that the goods are
// counterfeit, whatever licence the seller has.
const plainClaim = 1.4

// useReach is how near, in symbols, words must stand that say how a name is
// used.
const useReach = 40

// useFeatures adds style and affiliation words near the name.
func (s *scorer) useFeatures(t *tally, c *candidate) {
	for _, u := range s.ctx.styles {
		if c.close(u, useReach) {
			t.add(u.term.code, s.w.Style, u.text())
			break
		}
	}
	for _, u := range s.ctx.ties {
		if c.close(u, useReach) {
			t.add(u.term.code, s.w.Affiliation, u.text())
			break
		}
	}
}

func (c *candidate) close(u said, reach int) bool {
	return u.field.name == c.field.name && u.start <= c.end+reach && u.end >= c.start-reach && (u.end < c.start || u.start > c.end)
}

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

// priceFeatures compares the price with the brand's usual one, which says
// something only about new goods of a kind the brand makes.
func (s *scorer) priceFeatures(t *tally, b *brand) {
	if t.has("second_hand", "condition_used", "nominative_repair", "nominative_story", "compatible_with", "compatible_before", "compatible_after", "goods_media", "goods_foreign", "goods_part") || !t.has("goods_own", "goods_related") && len(s.ctx.claims) == 0 {
		return
	}
	usual := b.usualPrice(s.doc.Currency)
	if usual <= 0 || s.doc.Price <= 0 {
		return
	}
	switch r := s.doc.Price / usual; {
	case r < 0.25:
		t.add("price_tiny", s.w.PriceTiny, "")
	case r < 0.6:
		t.add("price_low", s.w.PriceLow, "")
	}
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
		case "compatible_with", "compatible_before", "compatible_after", "disclaimer", "second_hand", "condition_used", "proof_of_origin", "nominative_repair", "nominative_story":
			return "fair_use"
		}
	}
	return "other_sense"
}

func (s *scorer) addClaimSpans(f *Finding) {
	for _, c := range s.ctx.claims {
		f.Spans = append(f.Spans, c.evidence())
	}
}

func (s said) evidence() Span {
	a, b := s.field.span(s.start, s.end)
	return Span{Field: s.field.name, Start: a, End: b, Text: s.field.text[a:b], Matched: s.term.code}
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

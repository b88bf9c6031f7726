package statement

import (
	"slices"
	"time"
)

// letter is what the seller reads.
func (w writing) letter() Document {
	d := w.start()
	kind := string(w.s.Kind)
	cured := w.s.Ground.Code == Cured
	lead := "seller." + kind + ".lead"
	switch {
	case cured:
		lead = "seller.cured.lead"
	case w.s.Kind == Restored && w.reversed():
		lead = "seller.restored.reversed"
	case w.s.Kind == Removed && w.s.Objection:
		lead = "seller.removed.appealed"
	}
	d.Title = w.t("seller." + kind + ".title")
	d.Greeting = w.t("greeting.anybody")
	if w.names.Seller != "" {
		d.Greeting = w.t("greeting", "Name", quote(w.names.Seller))
	}
	if len(w.s.Goods) > 0 {
		d.Lead = []string{w.t(lead, "Count", len(w.s.Goods))}
	} else {
		d.Lead = []string{w.t(lead)}
	}
	if len(w.s.Goods) > 0 {
		d.Sections = append(d.Sections, w.goods())
	}
	d.Sections = append(d.Sections, w.why(w.fact, true))
	for _, sec := range []Section{w.means(), w.can(), w.how()} {
		if len(sec.Text)+len(sec.List) > 0 {
			d.Sections = append(d.Sections, sec)
		}
	}
	d.Closing = w.closing()
	return d
}

// Cured is the ground of goods that are back because their seller changed them.
const Cured = "cured"

// reversed reports whether an earlier decision is taken back: then somebody
// was wronged, and not merely looked at.
func (w writing) reversed() bool {
	return slices.ContainsFunc(w.s.Goods, func(g Goods) bool { return g.Reverses != "" })
}

// why gives the facts and the ground.
func (w writing) why(say func(Fact) string, named bool) Section {
	sec := Section{Code: "why", Title: w.t("why")}
	if key := "action.reversal." + w.s.Ground.Code; w.s.Kind == Lifted && w.p.Has(key) {
		sec.Text = []string{w.p.T(key) + map[bool]string{true: "。", false: "."}[w.p.Lang() == "zh"]}
		return sec
	}
	if len(w.s.Goods) == 0 {
		sec.Text = []string{w.t("terms", "Clause", w.pick([]string{"clause." + w.s.Ground.Clause, "clause.rights_of_others"}))}
		return sec
	}
	because := w.because()
	sec.Text = []string{because[0]}
	if w.s.Reply != "" && named {
		sec.Text = append(sec.Text, w.t("reply", "Text", quoteLong(w.s.Reply)))
	}
	if w.s.Kind.Restricts() {
		if facts := w.facts(say); len(facts) > 0 {
			sec.Text = append(sec.Text, w.t("found"))
			sec.List = facts
		}
	}
	sec.After = append(because[1:], w.from(named)...)
	return sec
}

// from says whether the decision goes back to a notice, and to whose: naming
// him lets the seller settle the matter with the owner of the right, which is
// what Article 17(3)(b) DSA allows the name to be told for.
func (w writing) from(named bool) []string {
	if len(w.s.Notices) == 0 && !w.s.Kind.Restricts() {
		return nil
	}
	if len(w.s.Notices) == 0 {
		return []string{w.t("from." + string(w.s.Source))}
	}
	var out []string
	for _, n := range w.s.Notices {
		line := w.t("from.notice.on", "Date", w.date(n.At))
		if !w.s.Kind.Restricts() {
			line = w.t("from.about", "Date", w.date(n.At))
		} else if named && n.HolderID != "" {
			line = w.t("from.notice.of", "Date", w.date(n.At), "Holder", w.holder(n.HolderID))
		}
		if named && w.s.Kind.Restricts() && n.Said != "" {
			line = w.join(line, w.t("from.said", "Text", quoteLong(n.Said)))
		}
		out = append(out, line)
	}
	return out
}

// quoteLong bounds what a party said.
func quoteLong(s string) string {
	const most = 4000
	r := []rune(plainLines(s))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}

// means says what follows for the goods and the shop.
func (w writing) means() Section {
	sec := Section{Code: "means", Title: w.t("means")}
	if w.s.Kind.Restricts() && w.s.Kind != Sanction {
		if w.s.Until != nil {
			sec.List = append(sec.List, w.t("means.until", "Count", len(w.s.Goods), "Date", w.last(*w.s.Until)))
		} else {
			sec.List = append(sec.List, w.t("means.open."+string(w.s.Kind), "Count", len(w.s.Goods)))
		}
		sec.List = append(sec.List, w.territories())
	}
	for _, g := range w.s.Goods {
		if g.Overtaken {
			sec.List = append(sec.List, w.t("means.overtaken"))
			break
		}
	}
	for _, e := range w.s.Effects {
		sec.List = append(sec.List, w.effect(e))
	}
	if len(w.s.Effects) == 0 && w.s.Kind.Restricts() && w.s.Kind != Upheld {
		sec.List = append(sec.List, w.t("means.no_penalty"))
	}
	return sec
}

// effect is one thing that befalls the shop, with its dates.
func (w writing) effect(e Effect) string {
	key := "effect." + e.Kind
	if e.Back {
		key = "effect_back." + e.Kind
	}
	var line string
	if e.Kind == Points || e.Kind == Strike {
		line = w.t(key, "Count", e.Amount)
	} else {
		line = w.pick([]string{key, "effect.other"})
	}
	switch {
	case e.Back || e.Kind == Warning || e.Kind == Reopen:
	case e.Until != nil:
		line = w.join(line, w.t("effect.until", "From", w.date(e.From), "Until", w.last(*e.Until)))
	default:
		line = w.join(line, w.t("effect.from", "From", w.date(e.From)))
	}
	return line
}

// can says what the seller can do, and until when.
func (w writing) can() Section {
	r := w.s.Redress
	sec := Section{Code: "can", Title: w.t("can")}
	if !w.s.Kind.Restricts() {
		return sec
	}
	if r.Cure && (w.s.Kind == Removed || w.s.Kind == Held) {
		line := w.t("can.cure", "Count", len(w.s.Goods))
		if slices.ContainsFunc(w.s.Effects, func(e Effect) bool { return (e.Kind == Points || e.Kind == Strike) && !e.Back }) {
			line = w.join(line, w.t("can.cure_penalty"))
		}
		sec.List = append(sec.List, line)
	}
	if open(r.AnswerUntil, w.s.CreatedAt) {
		sec.List = append(sec.List, w.t("can.answer", "Date", w.last(*r.AnswerUntil)))
	}
	if open(r.AppealUntil, w.s.CreatedAt) {
		sec.List = append(sec.List, w.t("can.appeal", "Date", w.last(*r.AppealUntil)))
	}
	if r.Outside != "" {
		sec.List = append(sec.List, w.t("outside."+r.Outside))
	}
	if r.Court {
		sec.List = append(sec.List, w.t("can.court"))
	}
	return sec
}

func open(until *time.Time, now time.Time) bool { return until != nil && until.After(now) }

// how says who and what decided, by which rules.
func (w writing) how() Section {
	return Section{Code: "how", Title: w.t("how"), Text: append([]string{w.automation()}, w.versions()...)}
}

func (w writing) closing() []string {
	if w.s.Kind == Restored && w.reversed() && w.s.Ground.Code != Cured {
		return []string{w.t("sorry"), w.t("closing")}
	}
	return []string{w.t("closing")}
}

// answer is what a notifier reads, and a rights holder whose brand was found.
// It tells nothing of the shop's penalties.
func (w writing) answer() Document {
	d := w.start()
	told := "own"
	if w.s.Source != Own || len(w.s.Notices) > 0 {
		told = "told"
	}
	kind := string(w.s.Kind)
	d.Title = w.t("notifier." + kind + ".title")
	d.Greeting = w.t("greeting.anybody")
	for _, n := range w.s.Notices {
		if n.HolderID != "" {
			d.Greeting = w.t("greeting", "Name", w.holder(n.HolderID))
			break
		}
	}
	d.Lead = []string{w.t("notifier."+kind+"."+told, "Count", len(w.s.Goods))}
	if len(w.s.Goods) > 0 {
		d.Sections = append(d.Sections, w.goods())
	}
	why := w.why(w.fact, false)
	if w.s.Reply != "" {
		why.Text = append(why.Text[:1:1], append([]string{w.t("reply", "Text", quoteLong(w.s.Reply))}, why.Text[1:]...)...)
	}
	d.Sections = append(d.Sections, why)
	if can := w.holderCan(); len(can.List) > 0 {
		d.Sections = append(d.Sections, can)
	}
	d.Sections = append(d.Sections, Section{Code: "how", Title: w.t("how"), Text: append([]string{w.automation()}, w.policyOnly()...)})
	d.Closing = []string{w.t("closing")}
	return d
}

func (w writing) policyOnly() []string {
	if w.s.Policy == "" {
		return nil
	}
	return []string{w.t("how.policy", "Version", w.s.Policy)}
}

// holderCan is the other side's redress: who was refused, or sees goods come
// back, may object as well (Article 20(1) DSA).
func (w writing) holderCan() Section {
	sec := Section{Code: "can", Title: w.t("can")}
	if w.s.Kind != Kept && w.s.Kind != Restored {
		return sec
	}
	until := MonthsAfter(w.s.Country, w.s.CreatedAt, AppealMonths)
	if !w.s.Objection {
		sec.List = append(sec.List, w.t("can.appeal", "Date", w.last(until)))
	}
	if out := profileOf(w.s.Country).Outside; out != "" {
		sec.List = append(sec.List, w.t("outside."+out))
	}
	sec.List = append(sec.List, w.t("can.court"))
	return sec
}

// public is what everybody may read: no shop, no title, no words of the
// parties, nothing that names a person.
func (w writing) public() Document {
	d := w.start()
	if title := "public." + string(w.s.Kind) + ".title"; len(w.s.Goods) > 0 {
		d.Title = w.t(title, "Count", len(w.s.Goods))
	} else {
		d.Title = w.t(title)
	}
	d.Lead = []string{w.t("public.lead")}
	why := w.why(w.openFact, false)
	means := Section{Code: "means", Title: w.t("means")}
	if w.s.Kind.Restricts() && len(w.s.Goods) > 0 {
		means.List = append(means.List, w.territories())
	}
	if len(w.s.Goods) == 0 {
		for _, e := range w.s.Effects {
			means.List = append(means.List, w.effect(e))
		}
	}
	d.Sections = append(d.Sections, why)
	if len(means.List) > 0 {
		d.Sections = append(d.Sections, means)
	}
	d.Sections = append(d.Sections, Section{Code: "how", Title: w.t("how"), Text: append([]string{w.automation()}, w.policyOnly()...)})
	return d
}

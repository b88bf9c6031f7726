package statement

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Bounds of what one statement repeats of a listing.
const (
	maxFacts = 8
	maxQuote = 200 // runes of a text
)

// untold are facts about the check itself, and what the machine only wondered
// about: no ground for anything.
var untold = []signal.Kind{signal.PictureUnread, signal.PictureSkipped, signal.DetectorFailed}

// facts are what a verdict stood on, the strongest first, each once. What a
// licence covers is none.
func (w *Writer) facts(ctx context.Context, v verdict.Verdict) ([]Fact, error) {
	var out []Fact
	for _, i := range ranked(v) {
		s := v.Signals[i]
		f, err := w.fact(ctx, s)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, f.same) {
			out = append(out, f)
		}
		if len(out) == maxFacts {
			break
		}
	}
	return out, nil
}

// ranked are the signals that the verdict's reasons name, the strongest first.
func ranked(v verdict.Verdict) []int {
	var list []int
	for _, r := range v.Reasons {
		for _, i := range r.Signals {
			if i >= 0 && i < len(v.Signals) && !slices.Contains(list, i) && !v.Signals[i].Licensed && !slices.Contains(untold, v.Signals[i].Kind) {
				list = append(list, i)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(v.Signals[b].Score, v.Signals[a].Score) })
	return list
}

func (w *Writer) fact(ctx context.Context, s signal.Signal) (Fact, error) {
	f := Fact{Kind: s.Kind}
	if s.Sighting != nil {
		f.Picture = s.Sighting.Picture + 1
	}
	if len(s.Spans) > 0 {
		f.Field, _, _ = strings.Cut(s.Spans[0].Field, ":")
		f.Text, f.Matched = quote(s.Spans[0].Text), quote(s.Spans[0].Matched)
	}
	a, err := known(w.Store.Asset(ctx, s.AssetID))
	if err != nil {
		return f, err
	}
	if a.ID != "" {
		f.Asset = explain.AssetName(a)
	}
	b, err := known(w.Store.Brand(ctx, cmp.Or(s.BrandID, a.BrandID)))
	if err != nil {
		return f, err
	}
	f.Brand = b.Name
	r, err := known(w.Store.Right(ctx, cmp.Or(s.RightID, a.RightID)))
	if err != nil || r.ID == "" {
		return f, err
	}
	f.Right = &Right{ID: r.ID, Kind: r.Kind, Office: r.Office, Number: r.Number}
	return f, nil
}

// same reports whether two facts say the same to a reader.
func (f Fact) same(o Fact) bool {
	return f.Kind == o.Kind && f.Brand == o.Brand && f.Asset == o.Asset && f.Picture == o.Picture && f.Text == o.Text && f.Field == o.Field
}

// quote is a text as it may stand in a letter: plain and short.
func quote(s string) string {
	r := []rune(strings.Join(strings.Fields(explain.Plain(s)), " "))
	if len(r) > maxQuote {
		return string(r[:maxQuote]) + "…"
	}
	return string(r)
}

// known turns a missing row into the zero one: what a verdict refers to may
// have been taken out of the registry.
func known[T any](v T, err error) (T, error) {
	if fault.Is(err, fault.NotFound) {
		var none T
		return none, nil
	}
	return v, err
}

// law are the rights that count for a reason, by the kinds that may carry it.
var law = map[string][]registry.RightKind{
	"counterfeit":        {registry.Trademark, registry.Design},
	"trademark_in_text":  {registry.Trademark},
	"mark_in_picture":    {registry.Trademark, registry.Copyright},
	"stolen_photograph":  {registry.Copyright},
	"false_affiliation":  {registry.Trademark, registry.Copyright},
	"other_infringement": {registry.Trademark, registry.Copyright, registry.Design, registry.Patent},
}

// ground finds the right that a decision rests on. Without one that was in
// force the decision rests on the marketplace's terms.
func (w *Writer) ground(ctx context.Context, code string, goods []Goods) (Ground, error) {
	g := Ground{Code: code, Clause: clauseOf(code)}
	kinds := law[code]
	if kinds == nil {
		return g, nil
	}
	add := func(r Right) {
		if len(g.Rights) < 5 && slices.Contains(kinds, r.Kind) && !slices.ContainsFunc(g.Rights, func(o Right) bool { return o.ID == r.ID }) {
			g.Rights = append(g.Rights, r)
		}
	}
	for _, one := range goods {
		for _, f := range one.Facts {
			if f.Right == nil {
				continue
			}
			if r, err := known(w.Store.Right(ctx, f.Right.ID)); err != nil {
				return g, err
			} else if r.InForce(w.Now()) {
				add(*f.Right)
			}
		}
	}
	if len(g.Rights) == 0 { // what was found names none: the brand's own
		if err := w.brandRights(ctx, goods, kinds, add); err != nil {
			return g, err
		}
	}
	if g.Law = len(g.Rights) > 0; g.Law {
		g.Clause = ""
	}
	return g, nil
}

func (w *Writer) brandRights(ctx context.Context, goods []Goods, kinds []registry.RightKind, add func(Right)) error {
	seen := map[string]bool{"": true}
	for _, one := range goods {
		if seen[one.BrandID] {
			continue
		}
		seen[one.BrandID] = true
		list, err := w.Store.Rights(ctx, registry.Filter{BrandID: one.BrandID, Limit: 50})
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.InForce(w.Now()) && r.Kind == kinds[0] {
				add(Right{ID: r.ID, Kind: r.Kind, Office: r.Office, Number: r.Number})
			}
		}
	}
	return nil
}

// clauses are the marketplace's terms that a decision may rest on, by reason;
// message "statement.clause.<code>".
var clauses = map[string]string{
	"counterfeit": "counterfeit", "trademark_in_text": "brand_use", "mark_in_picture": "brand_use", "stolen_photograph": "own_pictures",
	"false_affiliation": "affiliation", "no_licence": "licence", "other_infringement": "rights_of_others", "forged_papers": "papers",
	"taken_back": "rights_of_others", "repeated": "repeat", "milestone": "repeat", "identity": "identity", "authority_order": "order", "safety": "safety",
}

func clauseOf(reason string) string { return cmp.Or(clauses[reason], "rights_of_others") }

// Clauses lists the clauses, each once.
func Clauses() []string {
	var out []string
	for _, c := range clauses {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// plainLines is a text of several lines, without what cannot be seen.
func plainLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = explain.Plain(strings.TrimSpace(strings.TrimRight(l, "\r")))
	}
	return strings.Join(lines, "\n")
}

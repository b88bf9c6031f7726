package statement

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"assay/internal/calendar"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// WriterStore is what writing statements needs of the store.
type WriterStore interface {
	Store
	ledger.Store
	Seller(ctx context.Context, id string) (seller.Seller, error)
	Asset(ctx context.Context, id string) (registry.Asset, error)
	Brand(ctx context.Context, id string) (registry.Brand, error)
	Right(ctx context.Context, id string) (registry.Right, error)
	Rights(ctx context.Context, f registry.Filter) ([]registry.Right, error)
	Decision(ctx context.Context, id string) (casefile.Decision, error)
	Case(ctx context.Context, id string) (casefile.Case, error)
}

// Clocks are until when the parties of a decision may speak.
type Clocks struct {
	Answer *time.Time // of the seller's first answer; nil: none is asked for
	Appeal *time.Time // of an appeal; nil: none is open
	Cure   bool       // changing the listing may bring it back
}

// Writer writes the statement of each decision, in the deciding transaction.
// It implements casefile.Follower and comes after those whose effects it
// tells of.
type Writer struct {
	Store WriterStore
	Now   func() time.Time
	// Curing finds the decision whose goods a decision brings back because they
	// were changed, "" for any other; nil: none does.
	Curing func(ctx context.Context, j casefile.Judged) (string, error)
	// Actions finds what befell shops; nil: nothing does.
	Actions ActionStore
	// Notices finds what was said from outside about the goods of a case; nil: nothing was.
	Notices func(ctx context.Context, c casefile.Case) ([]Notice, error)
	// Clocks finds until when a decision may be answered; nil: the appeal of
	// AppealMonths is all there is.
	Clocks func(ctx context.Context, decisionID string) (Clocks, error)
}

// AppealMonths is how long a decision may be appealed, where nothing else is
// set (Article 20(1) DSA: at least six months).
const AppealMonths = 6

// Follow writes one statement for each seller, kind and ground.
func (w *Writer) Follow(ctx context.Context, judged []casefile.Judged) error {
	type key struct{ seller, group, kind, ground string }
	var order []key
	parts := map[key][]casefile.Judged{}
	for _, j := range judged {
		kind, tell, err := w.kindOf(ctx, j)
		if err != nil {
			return err
		}
		if !tell {
			continue
		}
		k := key{j.Case.SellerID, j.Decision.GroupID, string(kind), j.Decision.Reason}
		if k.group == "" {
			k.group = j.Decision.ID
		}
		if _, seen := parts[k]; !seen {
			order = append(order, k)
		}
		parts[k] = append(parts[k], j)
	}
	for _, k := range order {
		s, err := w.compose(ctx, Kind(k.kind), parts[k])
		if err != nil {
			return err
		}
		if err := w.add(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is what a decision means to its parties; tell is false when nothing
// was restricted, restored or refused.
func (w *Writer) kindOf(ctx context.Context, j casefile.Judged) (kind Kind, tell bool, err error) {
	objected := j.Case.Source == casefile.FromAppeal
	if j.Confirms() {
		return Upheld, objected, nil // by lot: nothing is new to the parties
	}
	if j.Decision.Outcome == verdict.Block {
		if j.Applied && j.Listing.Status == listing.Held {
			return Held, true, nil
		}
		return Removed, true, nil
	}
	was := j.Decision.Was
	if j.Decision.Reason == casefile.TakenBack && j.Listing.Status != listing.Live {
		return Held, j.Listing.Status == listing.Held, nil // as it stood before: the question is open again
	}
	if j.Decision.Reverses != "" || was == listing.Removed || was == listing.Held {
		return Restored, true, nil
	}
	if j.Case.Source == casefile.FromSample {
		return Kept, false, nil
	}
	if objected || j.Before != nil && j.Before.Outcome == verdict.Block {
		return Kept, true, nil
	}
	notices, err := w.noticesOf(ctx, j.Case)
	return Kept, len(notices) > 0 || j.Case.Source == casefile.FromNotice, err
}

func (w *Writer) noticesOf(ctx context.Context, c casefile.Case) ([]Notice, error) {
	if w.Notices == nil {
		return nil, nil
	}
	return w.Notices(ctx, c)
}

func (w *Writer) compose(ctx context.Context, kind Kind, part []casefile.Judged) (Statement, error) {
	first := part[0]
	s := Statement{ID: idOf(kind, first.Decision.ID), Kind: kind, SellerID: first.Case.SellerID, GroupID: first.Decision.GroupID,
		Source: Own, Decided: ByPerson, From: first.Decision.CreatedAt, CreatedAt: first.Decision.CreatedAt, Objection: first.Case.Source == casefile.FromAppeal}
	who, err := w.Store.Seller(ctx, s.SellerID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return s, err
	}
	s.Language, s.Country = languageOf(who), who.Country
	for _, j := range part {
		g, err := w.goods(ctx, j)
		if err != nil {
			return s, err
		}
		s.Goods = append(s.Goods, g)
		if err := w.origin(ctx, &s, j); err != nil {
			return s, err
		}
	}
	if s.Objection {
		s.Reply = first.Decision.Note
	}
	if s.Ground, err = w.ground(ctx, first.Decision.Reason, s.Goods); err != nil {
		return s, err
	}
	s.Territory = territory(s.Ground, s.Goods)
	if err := w.effects(ctx, &s, part); err != nil {
		return s, err
	}
	return s, w.redress(ctx, &s, who, kind)
}

// idOf makes the same statement of the same decision, however often it is told.
func idOf(kind Kind, decisionID string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("statement\x00"+string(kind)+"\x00"+decisionID)).String()
}

// languageOf is the language of letters to a seller: his own, or that of his
// country where he did not choose one.
func languageOf(who seller.Seller) string {
	if who.Language != "" {
		return message.Match(who.Language)
	}
	switch who.Country {
	case "KR":
		return "ko"
	case "CN", "SG":
		return "zh"
	case "IT", "SM":
		return "it"
	}
	return message.Languages()[0].Code
}

func (w *Writer) goods(ctx context.Context, j casefile.Judged) (Goods, error) {
	o := j.Revision.Offer
	g := Goods{DecisionID: j.Decision.ID, CaseID: j.Case.ID, ListingID: j.Case.ListingID, RevisionID: j.Case.RevisionID, ExternalID: j.Listing.ExternalID,
		Title: o.Title, Language: o.Language, Country: o.Country, GTIN: o.GTIN, Since: j.Listing.CreatedAt, Was: j.Decision.Was, Status: j.Listing.Status,
		BrandID: j.Case.BrandID, HolderID: j.Case.HolderID, Reverses: j.Decision.Reverses, Overtaken: !j.Applied}
	facts, err := w.facts(ctx, j.Verdict)
	g.Facts = facts
	return g, err
}

// origin gathers where the decisions come from: notices, detection, and who decided.
func (w *Writer) origin(ctx context.Context, s *Statement, j casefile.Judged) error {
	notices, err := w.noticesOf(ctx, j.Case)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if !slices.ContainsFunc(s.Notices, func(o Notice) bool { return o.ID == n.ID }) {
			s.Notices = append(s.Notices, n)
		}
	}
	s.Source = sourceOf(s.Notices, j.Case.Source)
	machine := j.Verdict.ID != "" && len(j.Verdict.Reasons) > 0 && j.Case.Source != casefile.FromNotice
	s.Detected = s.Detected || machine && len(s.Notices) == 0 || j.Case.Source == casefile.FromSimilar
	switch {
	case j.Decision.Automated:
		s.Decided = ByMachine
	case machine && !s.Objection && s.Decided == ByPerson:
		s.Decided = ByBoth
	}
	s.Policy = cmp.Or(s.Policy, j.Verdict.Policy)
	return nil
}

// sourceOf is the weightiest of what was said from outside.
func sourceOf(notices []Notice, from casefile.Source) Source {
	rank := []Source{Trusted, Noticed, Told}
	for _, r := range rank {
		if slices.ContainsFunc(notices, func(n Notice) bool { return n.Source == r }) {
			return r
		}
	}
	if from == casefile.FromNotice {
		return Noticed
	}
	return Own
}

// redress says how the decision can be put right, and until when.
func (w *Writer) redress(ctx context.Context, s *Statement, who seller.Seller, kind Kind) error {
	profile := profileOf(who.Country)
	appeal := MonthsAfter(who.Country, s.CreatedAt, AppealMonths)
	s.Redress = Redress{Outside: profile.Outside, Court: true, AppealUntil: &appeal}
	switch kind {
	case Restored, Lifted:
		s.Redress = Redress{}
	case Upheld:
		s.Redress.AppealUntil = nil // was the appeal, or its answer; see Clocks
	}
	if w.Clocks == nil || len(s.Goods) == 0 {
		return nil
	}
	c, err := w.Clocks(ctx, s.Goods[0].DecisionID)
	if err != nil {
		return err
	}
	if kind != Restored && kind != Lifted {
		s.Redress.AnswerUntil, s.Redress.AppealUntil, s.Redress.Cure = c.Answer, c.Appeal, c.Cure
	}
	return nil
}

// MonthsAfter is the end of the day, in a country, that lies so many months
// after t.
func MonthsAfter(country string, t time.Time, months int) time.Time {
	zone := calendar.For(country).Zone()
	y, m, d := t.In(zone).AddDate(0, months, 0).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).UTC()
}

// territory is where the decision holds: where the rights it rests on do, and
// everywhere when one of them has no bounds or it rests on the terms.
func territory(g Ground, goods []Goods) []string {
	var out []string
	if !g.Law || len(g.Rights) == 0 {
		return countriesOf(goods)
	}
	for _, r := range g.Rights {
		list, known := reach(r.Office)
		if !known {
			return countriesOf(goods)
		}
		out = append(out, list...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// countriesOf are where the goods are offered, nil when one of them says not.
func countriesOf(goods []Goods) []string {
	var out []string
	for _, g := range goods {
		if len(g.Country) != 2 {
			return nil
		}
		out = append(out, strings.ToUpper(g.Country))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// add keeps a statement and writes it down in the ledger.
func (w *Writer) add(ctx context.Context, s Statement) error {
	if err := w.Store.AddStatement(ctx, s); err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"kind": s.Kind, "seller": s.SellerID, "decisions": s.DecisionIDs(), "source": s.Source,
		"decided": s.Decided, "ground": s.Ground.Code, "law": s.Ground.Law})
	if err != nil {
		return err
	}
	_, err = w.Store.Append(ctx, ledger.Entry{At: s.CreatedAt, Actor: "system", Kind: "statement.given", Subject: s.ID, Data: data})
	return err
}

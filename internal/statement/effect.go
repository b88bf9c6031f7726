package statement

import (
	"context"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/enforcement"
)

// ActionStore finds enforcement actions and the ladders they rest on.
type ActionStore interface {
	ActionsOf(ctx context.Context, decisionIDs []string) ([]enforcement.Action, error)
	LadderVersion(ctx context.Context, id string) (enforcement.Edition, error)
}

// effectOf is how statements call an action; those on listings they tell in
// their own words.
var effectOf = map[enforcement.Kind]string{enforcement.Warn: Warning, enforcement.Point: Points, enforcement.Strike: Strike,
	enforcement.Restrict: Restrict, enforcement.Suspend: Suspend, enforcement.Close: Close, enforcement.Reopen: Reopen}

// effects gathers what the decisions cost the shop, and what is given back of
// what earlier ones cost. Points that last equally long are one effect.
func (w *Writer) effects(ctx context.Context, s *Statement, part []casefile.Judged) error {
	if w.Actions == nil {
		return nil
	}
	made, err := w.Actions.ActionsOf(ctx, s.DecisionIDs())
	if err != nil {
		return err
	}
	for _, a := range made {
		if a.ReversedAt == nil {
			if err := w.addEffect(ctx, s, a, false); err != nil {
				return err
			}
		}
	}
	earlier := earlierThan(part)
	for _, j := range part {
		if w.Curing == nil {
			break
		}
		id, err := w.Curing(ctx, j)
		if err != nil {
			return err
		}
		if id != "" {
			earlier = append(earlier, id)
		}
	}
	if len(earlier) == 0 {
		return nil
	}
	return w.givenBack(ctx, s, earlier)
}

// givenBack tells what is taken back now of what earlier decisions did. What
// is put in its place, such as fewer points, is told as the difference.
func (w *Writer) givenBack(ctx context.Context, s *Statement, earlier []string) error {
	list, err := w.Actions.ActionsOf(ctx, earlier)
	if err != nil {
		return err
	}
	now := s.CreatedAt.Truncate(time.Microsecond)
	kept := map[string]bool{} // taken back and done again
	for _, a := range list {
		switch {
		case a.ReversedAt == nil && a.CreatedAt.Equal(now) && a.Points+a.Strikes == 0:
			kept[effectOf[a.Kind]] = true
			continue
		case a.ReversedAt == nil && a.CreatedAt.Equal(now):
			a.Points, a.Strikes = -a.Points, -a.Strikes
		case a.ReversedAt == nil, !a.Until.IsZero() && a.Until.Before(now), !slices.Contains(s.DecisionIDs(), a.Reversal) && !a.ReversedAt.Equal(now):
			continue
		}
		if err := w.addEffect(ctx, s, a, true); err != nil {
			return err
		}
	}
	s.Effects = slices.DeleteFunc(s.Effects, func(e Effect) bool {
		counted := e.Kind == Points || e.Kind == Strike
		return e.Back && (counted && e.Amount <= 0 || !counted && kept[e.Kind])
	})
	return nil
}

// earlierThan are the decisions that others may take back.
func earlierThan(part []casefile.Judged) []string {
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, j := range part {
		add(j.Decision.Reverses)
		add(j.Case.AppealOf)
		if j.Before != nil {
			add(j.Before.ID)
		}
	}
	return out
}

func (w *Writer) addEffect(ctx context.Context, s *Statement, a enforcement.Action, back bool) error {
	e, err := w.effectFrom(ctx, a)
	if err != nil || e.Kind == "" {
		return err
	}
	if e.Back = back; s.Ladder == "" {
		s.Ladder = a.Ladder
	}
	for i, o := range s.Effects {
		if o.Kind == e.Kind && o.Back == e.Back && (e.Kind == Points || e.Kind == Strike) && (back || sameEnd(o, e)) {
			s.Effects[i].Amount += e.Amount
			return nil
		}
	}
	s.Effects = append(s.Effects, e)
	return nil
}

func sameEnd(a, b Effect) bool {
	return a.From.Equal(b.From) && (a.Until == nil) == (b.Until == nil) && (a.Until == nil || a.Until.Equal(*b.Until))
}

// effectFrom is an action as statements tell it. Points and strikes end with
// the life that their ladder gives them.
func (w *Writer) effectFrom(ctx context.Context, a enforcement.Action) (Effect, error) {
	e := Effect{ID: a.ID, Kind: effectOf[a.Kind], Amount: a.Points + a.Strikes, From: a.From}
	if !a.Until.IsZero() {
		e.Until = &a.Until
	}
	if e.Until != nil || e.Kind != Points && e.Kind != Strike {
		return e, nil
	}
	v, err := known(w.Actions.LadderVersion(ctx, a.Ladder))
	if err != nil || v.ID == "" {
		return e, err
	}
	rules, err := enforcement.Parse([]byte(v.Source))
	if err != nil {
		return e, err
	}
	if p := rules.Profiles[a.Profile]; p != nil {
		days := p.PointsLife
		if e.Kind == Strike {
			days = p.StrikesLife
		}
		if days > 0 {
			end := a.From.Add(time.Duration(days) * 24 * time.Hour)
			e.Until = &end
		}
	}
	return e, nil
}

// Told hears of every change of a shop's penalties (enforcement.Ladder.Tell)
// and gives reasons for those that no decision on goods has given: what people
// ordered, and what they took back.
func (w *Writer) Told(ctx context.Context, sellerID string, list []enforcement.Action) error {
	for _, a := range list {
		back := a.ReversedAt != nil
		switch {
		case a.OnListing(), !back && a.DecisionID != "", back && !slices.Contains(enforcement.Reversals, a.ReversalReason):
			continue
		}
		e, err := w.effectFrom(ctx, a)
		if err != nil {
			return err
		}
		if e.Back = back; e.Kind == "" {
			continue
		}
		reason := a.Reason
		if back {
			reason = a.ReversalReason
		}
		if err := w.shop(ctx, sellerID, reason, e, a); err != nil {
			return err
		}
	}
	return nil
}

// shop writes the statement of one measure against a shop.
func (w *Writer) shop(ctx context.Context, sellerID, reason string, e Effect, a enforcement.Action) error {
	now := w.Now()
	who, err := w.Store.Seller(ctx, sellerID)
	if err != nil {
		return err
	}
	kind := Sanction
	if e.Back || e.Kind == Reopen {
		kind = Lifted
	}
	s := Statement{ID: idOf(kind, a.ID), Kind: kind, SellerID: sellerID, Effects: []Effect{e}, Source: Own, Decided: ByPerson, Ladder: a.Ladder,
		Ground: Ground{Code: reason, Clause: clauseOf(reason)}, From: now, Until: e.Until, CreatedAt: now, Language: languageOf(who), Country: who.Country}
	if a.ActorID == "system" {
		s.Decided = ByMachine
	}
	if err := w.redress(ctx, &s, who, kind); err != nil {
		return err
	}
	return w.add(ctx, s)
}

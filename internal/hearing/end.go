package hearing

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/statement"
	"assay/internal/verdict"
)

// TendJob gives silence its results; it runs every TendEvery.
const (
	TendJob   = "hearing.tend"
	TendEvery = 5 * time.Minute
)

// end closes a hearing; the decision stands.
func (k *Clerk) end(ctx context.Context, h *Hearing, how End, actor string) error {
	h.State, h.Due, h.End = Ended, nil, how
	return k.put(ctx, h, "hearing.ended", actor, map[string]any{"end": how})
}

// giveBack takes the decision back without a person: the complainant is
// silent, or no longer complains. It is a decision of its own, with everything
// that follows from one.
func (k *Clerk) giveBack(ctx context.Context, h *Hearing, how End, reason, actor string) error {
	first, err := k.Store.Case(ctx, h.FirstCaseID)
	if err != nil {
		return err
	}
	if still, err := k.stands(ctx, *h); err != nil {
		return err
	} else if !still {
		return k.end(ctx, h, Overtaken, actor)
	}
	c := k.caseOf(*h, first)
	if h.CaseID != "" { // dropped just before; the answer needs a case of its own
		c.ID = idOf(h.DecisionID, "withdrawal", h.By)
	}
	h.State, h.Due, h.End, h.CaseID = Ended, nil, how, c.ID
	if err := k.put(ctx, h, "hearing.ended", actor, map[string]any{"end": how}); err != nil {
		return err
	}
	_, err = k.Desk.Rule(ctx, []casefile.Ruling{{Case: c, Answer: casefile.Answer{Outcome: verdict.Pass, Reason: reason}, Reverses: h.DecisionID, Automated: true}}, clerk)
	if err != nil {
		return err
	}
	*h, err = k.Store.Hearing(ctx, h.ID) // Follow has noted the decision
	return err
}

// stands reports whether the decision of a hearing is the last word on its listing.
func (k *Clerk) stands(ctx context.Context, h Hearing) (bool, error) {
	last, err := k.Store.LastDecided(ctx, h.ListingID)
	if err != nil {
		return false, err
	}
	return last.Decision.Outcome == verdict.Block, nil
}

// Tend gives every clock that has run out its result. Each hearing is a
// transaction of its own; running again changes nothing that is done.
func (k *Clerk) Tend(ctx context.Context, _ json.RawMessage) error {
	for {
		due, err := k.Store.DueHearings(ctx, k.Now(), 100)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, h := range due {
			if err := k.expire(ctx, h.ID); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
		if len(due) < 100 {
			return nil
		}
	}
}

// expire ends the turn of one hearing whose time is over.
func (k *Clerk) expire(ctx context.Context, id string) error {
	_, err := k.change(ctx, id, func(ctx context.Context, h *Hearing, now time.Time) error {
		if h.Due == nil || now.Before(*h.Due) {
			return nil
		}
		switch h.State {
		case AwaitsSeller:
			return k.end(ctx, h, SellerSilent, clerk.ID)
		case AwaitsComplainant:
			return k.giveBack(ctx, h, ComplainantSilent, ReasonSilent, clerk.ID)
		}
		return nil // a person is late; the queue shows it
	})
	return err
}

// Cure brings goods back whose seller changed them so that nothing of what
// was found is left. Screening calls it inside its transaction, when it has
// opened the case that asks for the return; a case that is not plainly cured
// stays for a person.
func (k *Clerk) Cure(ctx context.Context, c casefile.Case, v verdict.Verdict, now time.Time) (cured bool, err error) {
	list, _, err := k.Store.Hearings(ctx, Filter{ListingID: c.ListingID, Kind: Objection, Newest: true, Limit: 10})
	if err != nil || len(list) == 0 {
		return false, err
	}
	h := list[0]
	ok, err := k.curable(ctx, h, list, v, now)
	if err != nil || !ok {
		return false, err
	}
	if h.State != Ended {
		if err := k.dropCase(ctx, h); err != nil {
			return false, err
		}
	}
	h.State, h.Due, h.End = Ended, nil, Cured
	if err := k.put(ctx, &h, "hearing.cured", clerk.ID, map[string]any{"decision": h.DecisionID, "verdict": v.ID}); err != nil {
		return false, err
	}
	if k.Penalties != nil {
		if err := k.Penalties.Reduce(ctx, h.DecisionID, rules().Cure.Keep, clerk); err != nil {
			return false, err
		}
	}
	_, err = k.Desk.Rule(ctx, []casefile.Ruling{{Case: c, Answer: casefile.Answer{Outcome: verdict.Pass, Reason: statement.Cured}, Automated: true}}, clerk)
	return err == nil, err
}

// curable reports whether a changed listing may come back by itself: the
// ground can be mended, not too often, the shop is open, and the new verdict
// knows nothing of what the old one stood on.
func (k *Clerk) curable(ctx context.Context, h Hearing, all []Hearing, v verdict.Verdict, now time.Time) (bool, error) {
	rule := rules().Cure
	if !h.Curable || v.Decision != verdict.Pass || h.End == Court {
		return false, nil
	}
	often := 0
	for _, o := range all {
		if o.End == Cured && o.UpdatedAt.After(now.AddDate(0, 0, -rule.Days)) {
			often++
		}
	}
	if often >= rule.Most {
		return false, nil
	}
	s, err := k.Store.Seller(ctx, h.SellerID)
	if err != nil || s.Status == seller.Suspended || s.Status == seller.Closed {
		return false, err
	}
	if l, err := k.Store.Listing(ctx, h.ListingID); err != nil || l.Status != listing.Removed {
		return false, err
	}
	first, err := k.Store.Case(ctx, h.FirstCaseID)
	if err != nil || first.VerdictID == "" { // a person found it: a person must see that it is gone
		return false, err
	}
	old, err := k.Store.Verdict(ctx, first.VerdictID)
	if err != nil || len(old.Signals) == 0 {
		return false, err
	}
	return gone(old, v), nil
}

// gone reports whether nothing that an old verdict stood on is in a new one.
func gone(old, now verdict.Verdict) bool {
	for _, r := range old.Reasons {
		for _, i := range r.Signals {
			if i < 0 || i >= len(old.Signals) || old.Signals[i].Licensed {
				continue
			}
			was := old.Signals[i]
			for _, s := range now.Signals {
				if !s.Licensed && s.Kind == was.Kind && s.AssetID == was.AssetID && s.BrandID == was.BrandID {
					return false
				}
			}
		}
	}
	return !slices.ContainsFunc(now.Matched, func(id string) bool { return slices.Contains(old.Matched, id) })
}

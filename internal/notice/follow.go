package notice

import (
	"context"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// Follower answers notices when cases are decided: a casefile.Follower.
type Follower struct {
	Store Store
	Now   func() time.Time
}

// Follow implements casefile.Follower. A removal answers every notice about
// the listing, whichever case it was decided in; that a listing stays answers
// those of the case alone. A decision that takes another one back answers anew.
func (f *Follower) Follow(ctx context.Context, judged []casefile.Judged) error {
	var listings, taken []string
	for _, j := range judged {
		listings = append(listings, j.Case.ListingID)
		for _, id := range []string{j.Decision.Reverses, beforeOf(j)} {
			if id != "" {
				taken = append(taken, id)
			}
		}
	}
	waiting, err := f.Store.WaitingOn(ctx, listings)
	if err != nil {
		return err
	}
	answered, err := f.Store.ItemsDecided(ctx, taken)
	if err != nil {
		return err
	}
	var changed []Item
	for _, j := range judged {
		if j.Confirms() {
			continue
		}
		for _, it := range answered {
			if it.DecisionID == j.Decision.Reverses || it.DecisionID == beforeOf(j) {
				it = again(it, j)
				if it.State == Waiting {
					if err := f.reopen(ctx, it, j.Decision.CreatedAt); err != nil {
						return err
					}
				}
				changed = append(changed, it)
			}
		}
		for _, it := range waiting {
			block := j.Decision.Outcome == verdict.Block
			if it.ListingID != j.Case.ListingID || !block && it.CaseID != j.Case.ID || j.Decision.Reason == casefile.TakenBack {
				continue
			}
			changed = append(changed, answer(it, j))
		}
		if err := f.overtake(ctx, j); err != nil {
			return err
		}
	}
	return f.keep(ctx, changed, judged)
}

func beforeOf(j casefile.Judged) string {
	if j.Before == nil {
		return ""
	}
	return j.Before.ID
}

func answer(it Item, j casefile.Judged) Item {
	at := j.Decision.CreatedAt
	it.State, it.DecisionID, it.DecidedAt = Refused, j.Decision.ID, &at
	if j.Decision.Outcome == verdict.Block {
		it.State = Accepted
	}
	return it
}

// again answers a line that was answered by a decision that no longer stands.
func again(it Item, j casefile.Judged) Item {
	switch {
	case it.State != Accepted && it.State != Refused:
		return it
	case j.Decision.Reason == casefile.TakenBack:
		it.State, it.DecisionID, it.DecidedAt = Waiting, "", nil
		return it
	}
	it.Overturned = it.State == Accepted && j.Decision.Outcome == verdict.Pass
	return answer(it, j)
}

// reopen asks again in a case that another one had overtaken.
func (f *Follower) reopen(ctx context.Context, it Item, now time.Time) error {
	c, err := f.Store.Case(ctx, it.CaseID)
	if err != nil || c.State != casefile.Superseded {
		return err
	}
	c.State, c.UpdatedAt = casefile.Open, now
	if err := f.Store.PutCase(ctx, c); !fault.Is(err, fault.Conflict) { // another one asks already
		return err
	}
	return nil
}

// overtake closes the notice's case of a listing that another case removed.
func (f *Follower) overtake(ctx context.Context, j casefile.Judged) error {
	if j.Decision.Outcome != verdict.Block || j.Case.Source == casefile.FromNotice || !j.Applied {
		return nil
	}
	c, err := f.Store.OpenCaseOf(ctx, j.Case.ListingID, casefile.FromNotice)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.State, c.UpdatedAt, c.AssigneeID, c.LeaseUntil, c.Hold = casefile.Superseded, j.Decision.CreatedAt, "", nil, nil
	return f.Store.PutCase(ctx, c)
}

// keep stores the answers, and closes the notices that are answered whole.
func (f *Follower) keep(ctx context.Context, changed []Item, judged []casefile.Judged) error {
	if len(changed) == 0 {
		return nil
	}
	if err := f.Store.PutItems(ctx, changed); err != nil {
		return err
	}
	var ids []string
	for _, it := range changed {
		ids = append(ids, it.NoticeID)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		n, err := f.Store.Notice(ctx, id)
		if err != nil {
			return err
		}
		if err := settle(ctx, f.Store, judged[0].Decision.CreatedAt, &n, judged[0].Decision.ActorID); err != nil {
			return err
		}
	}
	return nil
}

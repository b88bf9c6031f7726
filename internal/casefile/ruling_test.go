package casefile_test

import (
	"context"
	"errors"
	"testing"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/verdict"
)

// witness keeps what it was told, and may refuse.
type witness struct {
	heard  [][]casefile.Judged
	refuse error
}

func (w *witness) Follow(_ context.Context, judged []casefile.Judged) error {
	w.heard = append(w.heard, judged)
	return w.refuse
}

func TestFollowersHearWhatWasDecidedTogether(t *testing.T) {
	o, w := open(t, "one", "two"), &witness{}
	o.Followers = []casefile.Follower{w}
	var rulings []casefile.Ruling
	for _, id := range []string{"one", "two"} {
		rulings = append(rulings, casefile.Ruling{Case: o.get(t, id), Group: "g", Answer: casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit"}})
	}
	must(t, o.store.Atomic(o.ctx, func(ctx context.Context) error {
		_, err := o.Rule(ctx, rulings, anna)
		return err
	}))
	if len(w.heard) != 1 || len(w.heard[0]) != 2 {
		t.Fatalf("heard %d times", len(w.heard))
	}
	for _, j := range w.heard[0] {
		if j.Decision.Was != listing.Pending || j.Listing.Status != listing.Removed || j.Before != nil || !j.Applied || j.Verdict.ID == "" {
			t.Errorf("told %+v", j)
		}
	}
	group, err := o.store.GroupDecisions(o.ctx, "g")
	must(t, err)
	if len(group) != 2 {
		t.Errorf("%d decisions in the group", len(group))
	}
}

func TestAFollowerThatFailsUndoesTheDecision(t *testing.T) {
	o, w := open(t, "one"), &witness{refuse: errors.New("no")}
	o.Followers = []casefile.Follower{w}
	c := o.get(t, "one")
	if _, err := o.Decide(o.ctx, "one", casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: c.Version}, anna); !errors.Is(err, w.refuse) {
		t.Fatalf("got %v", err)
	}
	list, err := o.store.Decisions(o.ctx, "one")
	must(t, err)
	l, err := o.store.Listing(o.ctx, c.ListingID)
	must(t, err)
	if len(list) != 0 || l.Status != listing.Pending || o.get(t, "one").State != casefile.Open {
		t.Errorf("%d decisions, the listing is %s", len(list), l.Status)
	}
}

func TestWhoWasInvolvedBeforeMayNotDecide(t *testing.T) {
	o := open(t, "one")
	c := o.get(t, "one")
	c.Barred = []string{anna.ID}
	must(t, o.store.PutCase(o.ctx, c))
	if _, err := o.Claim(o.ctx, "one", anna); !fault.Is(err, fault.Forbidden) {
		t.Errorf("claimed: %v", err)
	}
	answer := casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: o.get(t, "one").Version}
	if _, err := o.Decide(o.ctx, "one", answer, anna); !fault.Is(err, fault.Forbidden) {
		t.Errorf("decided: %v", err)
	}
	if _, err := o.Next(o.ctx, casefile.Filter{}, anna); !fault.Is(err, fault.NotFound) {
		t.Errorf("was given it: %v", err)
	}
	_, err := o.Decide(o.ctx, "one", answer, ben)
	must(t, err)
}

// A second look that comes to another answer takes the first decision back; one
// that comes to the same confirms it.
func TestASecondLookTakesBackOrConfirms(t *testing.T) {
	for _, c := range []struct {
		outcome verdict.Decision
		reason  string
		back    bool
	}{{verdict.Pass, "licensed", true}, {verdict.Block, "counterfeit", false}} {
		o, w := open(t, "one"), &witness{}
		first, err := o.Decide(o.ctx, "one", casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: o.get(t, "one").Version}, anna)
		must(t, err)
		o.Followers = []casefile.Follower{w}
		again := first
		again.ID, again.Source, again.AppealOf, again.State, again.Version, again.Decision = "again", casefile.FromAppeal, first.Decision.ID, casefile.Open, 0, nil
		must(t, o.store.PutCase(o.ctx, again))
		_, err = o.Decide(o.ctx, "again", casefile.Answer{Outcome: c.outcome, Reason: c.reason, Version: 1}, ben)
		must(t, err)
		j := w.heard[0][0]
		if (j.Decision.Reverses == first.Decision.ID) != c.back || j.Confirms() == c.back {
			t.Errorf("%s: reverses %q, confirms %v", c.outcome, j.Decision.Reverses, j.Confirms())
		}
	}
}

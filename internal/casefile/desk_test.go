package casefile_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/store"
	"assay/internal/verdict"
)

type office struct {
	casefile.Desk
	ctx   context.Context
	store *store.Store
	clock time.Time
}

func open(t *testing.T, cases ...string) *office {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	o := &office{ctx: ctx, store: db, clock: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	o.Desk = casefile.Desk{Store: db, Now: func() time.Time { return o.clock }}
	_, err = db.PutSeller(ctx, seller.Seller{ID: "shop", ExternalID: "shop", Name: "Shop", Verification: seller.Verified, Status: seller.Active})
	must(t, err)
	for i, id := range cases {
		l := listing.Listing{ID: "l-" + id, Market: "main", ExternalID: id, SellerID: "shop", Status: listing.Held}
		r := listing.Revision{ListingID: l.ID, Source: "api", ContentHash: id, Offer: listing.Offer{Title: id}}
		_, r, _, err := db.PutRevision(ctx, l, r)
		must(t, err)
		v := verdict.Verdict{ID: "v-" + id, RevisionID: r.ID, ListingID: l.ID, Decision: verdict.Review, Policy: "p"}
		must(t, db.PutVerdict(ctx, v))
		must(t, db.PutCase(ctx, casefile.Case{ID: id, ListingID: l.ID, RevisionID: r.ID, VerdictID: v.ID, SellerID: "shop", Title: id,
			Proposed: verdict.Review, State: casefile.Open, TurnAt: o.clock.Add(time.Duration(i) * time.Minute), DueAt: o.clock.Add(time.Hour), CreatedAt: o.clock, UpdatedAt: o.clock}))
	}
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var anna, ben = casefile.Actor{ID: "a", Name: "A"}, casefile.Actor{ID: "b", Name: "B"}

func (o *office) get(t *testing.T, id string) casefile.Case {
	t.Helper()
	c, err := o.store.Case(o.ctx, id)
	must(t, err)
	return c
}

func TestAClaimKeepsOthersOffUntilItEnds(t *testing.T) {
	o := open(t, "one")
	_, err := o.Claim(o.ctx, "one", anna)
	must(t, err)
	if _, err := o.Claim(o.ctx, "one", ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second reviewer got it: %v", err)
	}
	answer := casefile.Answer{Outcome: verdict.Pass, Reason: "no_infringement", Version: o.get(t, "one").Version}
	if _, err := o.Decide(o.ctx, "one", answer, ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody else decided it: %v", err)
	}
	if _, err := o.Release(o.ctx, "one", ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody else gave it back: %v", err)
	}
	o.clock = o.clock.Add(casefile.Lease)
	if _, err := o.Claim(o.ctx, "one", ben); err != nil {
		t.Errorf("after the lease ended: %v", err)
	}
}

func TestTwoDecideAtOnceOneCounts(t *testing.T) {
	o := open(t, "one")
	answer := casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: o.get(t, "one").Version}
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() { _, errs[i] = o.Decide(o.ctx, "one", answer, anna) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	list, err := o.store.Decisions(o.ctx, "one")
	must(t, err)
	if won != 1 || len(list) != 1 {
		t.Errorf("%d answers won and %d decisions were kept", won, len(list))
	}
}

func TestDecisionsCanBeMadeAgainAndAreAllKept(t *testing.T) {
	o := open(t, "one")
	for _, a := range []casefile.Answer{{Outcome: verdict.Block, Reason: "counterfeit"}, {Outcome: verdict.Pass, Reason: "licensed", Note: "licence came by mail"}} {
		a.Version = o.get(t, "one").Version
		_, err := o.Decide(o.ctx, "one", a, anna)
		must(t, err)
	}
	list, err := o.store.Decisions(o.ctx, "one")
	must(t, err)
	l, err := o.store.Listing(o.ctx, "l-one")
	must(t, err)
	if len(list) != 2 || l.Status != listing.Live {
		t.Errorf("%d decisions, listing %s", len(list), l.Status)
	}
}

func TestAnAnswerNeedsAFittingReason(t *testing.T) {
	o := open(t, "one")
	for name, a := range map[string]casefile.Answer{
		"no outcome":      {Reason: "licensed"},
		"review":          {Outcome: verdict.Review, Reason: "licensed"},
		"reason of other": {Outcome: verdict.Pass, Reason: "counterfeit"},
		"long note":       {Outcome: verdict.Pass, Reason: "licensed", Note: strings.Repeat("x", 5000)},
	} {
		if _, err := o.Decide(o.ctx, "one", a, anna); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNextHandsOutEachCaseOnce(t *testing.T) {
	ids := []string{"one", "two", "three", "four", "five"}
	o := open(t, ids...)
	if c, err := o.Next(o.ctx, casefile.Filter{}, anna); err != nil || c.ID != "one" {
		t.Fatalf("first %s, %v", c.ID, err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := map[string]int{}
	for range 4 {
		wg.Go(func() {
			if c, err := o.Next(o.ctx, casefile.Filter{}, ben); err == nil {
				mu.Lock()
				got[c.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range got {
		if n != 1 || id == "one" {
			t.Errorf("%s was handed out %d times", id, n)
		}
	}
	for range ids {
		_, _ = o.Next(o.ctx, casefile.Filter{}, ben)
	}
	if _, err := o.Next(o.ctx, casefile.Filter{}, anna); !fault.Is(err, fault.NotFound) {
		t.Errorf("an empty queue answered %v", err)
	}
}

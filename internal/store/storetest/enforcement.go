package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

var enforcementTests = map[string]func(*testing.T, *kit){
	"every field survives":                enforcementFields,
	"pages of actions":                    enforcementPages,
	"ladders":                             enforcementLadders,
	"a block costs, and a reversal gives": enforcementGivesBack,
	"decided again":                       enforcementAgain,
	"one listing is counted once":         enforcementOnce,
	"a group costs what its day may cost": enforcementGroup,
	"three strikes and four eyes":         enforcementClosure,
	"a closure falls with its decision":   enforcementWithdrawn,
	"by hand and back":                    enforcementByHand,
	"a reopening taken back":              enforcementReopenUndone,
	"a shut shop has nothing on sale":     enforcementShut,
	"killed half-way":                     enforcementKilled,
	"removed while paused":                enforcementRemovedWhilePaused,
	"time does its part":                  enforcementTend,
	"others limit shops too":              enforcementOthers,
	"a new ladder changes no old penalty": enforcementVersions,
}

// court is a desk with a ladder and a clock.
type court struct {
	*kit
	ladder *enforcement.Ladder
	desk   *casefile.Desk
	clock  time.Time
	jobs   []job.Job
}

// Enqueue keeps the jobs, for the test to run when it likes.
func (c *court) Enqueue(_ context.Context, jobs ...job.Job) error {
	c.jobs = append(c.jobs, jobs...)
	return nil
}

var anna, ben = casefile.Actor{ID: "anna", Name: "Anna"}, casefile.Actor{ID: "ben", Name: "Ben"}

func newCourt(k *kit) *court {
	k.seller("s")
	c := &court{kit: k, clock: noon}
	now := func() time.Time { return c.clock }
	c.ladder = &enforcement.Ladder{Store: k.Store, Queue: c, Now: now}
	c.desk = &casefile.Desk{Store: k.Store, Now: now, Followers: []casefile.Follower{c.ladder}}
	return c
}

// block opens a case of shop s and blocks it; it returns the decided case.
func (c *court) block(id, ground string) casefile.Case {
	c.t.Helper()
	c.open(id, "s", nil)
	return c.decide(id, verdict.Block, ground, anna)
}

func (c *court) decide(id string, outcome verdict.Decision, reason string, by casefile.Actor) casefile.Case {
	c.t.Helper()
	k := got[casefile.Case](c.kit)(c.Case(c.ctx, id))
	return got[casefile.Case](c.kit)(c.desk.Decide(c.ctx, id, casefile.Answer{Outcome: outcome, Reason: reason, Version: k.Version}, by))
}

func (c *court) later(days int) { c.clock = c.clock.Add(time.Duration(days) * 24 * time.Hour) }

func (c *court) account() enforcement.Overview {
	c.t.Helper()
	return got[enforcement.Overview](c.kit)(c.ladder.Standing(c.ctx, "s"))
}

func (c *court) stands(points, strikes int, status seller.Status) {
	c.t.Helper()
	a := c.account()
	if a.Standing.Points != points || a.Standing.Strikes != strikes || a.Status != status {
		c.t.Fatalf("%d points, %d strikes, %s; want %d, %d, %s\n%+v", a.Standing.Points, a.Standing.Strikes, a.Status, points, strikes, status, a.Actions)
	}
	s := got[seller.Seller](c.kit)(c.Seller(c.ctx, "s"))
	if s.Status != status {
		c.t.Fatalf("the seller is %s, want %s", s.Status, status)
	}
}

// held counts what stands of a kind.
func (c *court) held(kind enforcement.Kind) int {
	c.t.Helper()
	list, _, err := c.Actions(c.ctx, enforcement.Filter{SellerID: "s", Kind: kind, Limit: 200})
	c.must(err)
	return len(slices.DeleteFunc(list, func(a enforcement.Action) bool { return a.ReversedAt != nil }))
}

// work runs the jobs that wait, oldest first.
func (c *court) work() {
	c.t.Helper()
	for len(c.jobs) > 0 {
		j := c.jobs[0]
		c.jobs = c.jobs[1:]
		c.must(c.ladder.Shop(c.ctx, j.Args))
	}
}

func (c *court) status(listingID string) listing.Status {
	c.t.Helper()
	return got[listing.Listing](c.kit)(c.Listing(c.ctx, listingID)).Status
}

func enforcementFields(t *testing.T, k *kit) {
	c := newCourt(k)
	c.open("c", "s", nil)
	var a enforcement.Action
	fill(&a)
	a.SellerID, a.ListingID, a.CaseID = "s", "listing-c", "c"
	k.must(k.PutActions(k.ctx, []enforcement.Action{a}))
	same(t, "action", got[enforcement.Action](k)(k.Action(k.ctx, a.ID)), a)
	a.ReversedAt, a.Until, a.Factors, a.Points = nil, time.Time{}, nil, 77
	k.must(k.PutActions(k.ctx, []enforcement.Action{a}))
	same(t, "replaced action", got[enforcement.Action](k)(k.Action(k.ctx, a.ID)), a)
	_, err := k.Action(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	k.refuses(fault.Invalid, k.PutActions(k.ctx, []enforcement.Action{{ID: "x", SellerID: "none"}}))

	var p enforcement.Closure
	fill(&p)
	p.SellerID = "s"
	k.must(k.PutClosure(k.ctx, p))
	same(t, "closure", got[enforcement.Closure](k)(k.Closure(k.ctx, p.ID)), p)
	k.must(k.PutClosure(k.ctx, enforcement.Closure{ID: "open", SellerID: "s", State: enforcement.ClosureOpen}))
	k.refuses(fault.Conflict, k.PutClosure(k.ctx, enforcement.Closure{ID: "second", SellerID: "s", State: enforcement.ClosureOpen}))

	got[enforcement.Record](k)(k.LockRecord(k.ctx, "s"))
	var r enforcement.Record
	fill(&r)
	r.SellerID = "s"
	k.must(k.PutRecord(k.ctx, r))
	same(t, "record", got[enforcement.Record](k)(k.Record(k.ctx, "s")), r)
	same(t, "locked record", got[enforcement.Record](k)(k.LockRecord(k.ctx, "s")), r)
	same(t, "due", got[[]string](k)(k.DueRecords(k.ctx, r.NextAt, 10)), []string{"s"})
	if list := got[[]string](k)(k.DueRecords(k.ctx, r.NextAt.Add(-time.Second), 10)); len(list) != 0 {
		t.Fatalf("%v are due too soon", list)
	}
	_, err = k.LockRecord(k.ctx, "none")
	k.refuses(fault.Invalid, err)
	k.must(k.PutKey(k.ctx, access.Key{ID: "key", Hash: "h", ActorID: "anna"}))
	if who := got[string](k)(k.PersonBehind(k.ctx, "key")); who != "anna" {
		t.Fatalf("behind the key is %q", who)
	}
}

func enforcementPages(t *testing.T, k *kit) {
	newCourt(k)
	var want []string
	for i := range 7 {
		id := fmt.Sprint("a", i)
		k.must(k.PutActions(k.ctx, []enforcement.Action{{ID: id, SellerID: "s", Kind: enforcement.Warn, From: noon, CreatedAt: noon}}))
		k.must(k.PutClosure(k.ctx, enforcement.Closure{ID: id, SellerID: "s", State: map[bool]enforcement.ClosureState{true: enforcement.ClosureOpen, false: enforcement.ClosureRefused}[i == 3], CreatedAt: noon}))
		want = append([]string{id}, want...)
	}
	var actions, closures []string
	for after, first := "", true; first || after != ""; first = false {
		list, next, err := k.Actions(k.ctx, enforcement.Filter{SellerID: "s", After: after, Limit: 3})
		k.must(err)
		actions = append(actions, ids(list, func(a enforcement.Action) string { return a.ID })...)
		after = next
	}
	same(t, "actions", actions, want)
	for after, first := "", true; first || after != ""; first = false {
		list, next, err := k.Closures(k.ctx, enforcement.ClosureFilter{After: after, Limit: 2})
		k.must(err)
		closures = append(closures, ids(list, func(a enforcement.Closure) string { return a.ID })...)
		after = next
	}
	same(t, "closures", closures, []string{"a3", "a6", "a5", "a4", "a2", "a1", "a0"})
	_, _, err := k.Actions(k.ctx, enforcement.Filter{After: "nonsense"})
	k.refuses(fault.Invalid, err)
}

func enforcementLadders(t *testing.T, k *kit) {
	v := enforcement.Edition{ID: "l@1", Source: "text", ActorID: "anna", CreatedAt: noon}
	k.must(k.PutLadder(k.ctx, v))
	k.must(k.PutLadder(k.ctx, v))
	k.refuses(fault.Conflict, k.PutLadder(k.ctx, enforcement.Edition{ID: "l@1", Source: "other"}))
	_, err := k.ActiveLadder(k.ctx)
	k.refuses(fault.NotFound, err)
	k.must(k.PutLadder(k.ctx, enforcement.Edition{ID: "l@2", Source: "two", CreatedAt: noon.Add(time.Second)}))
	k.must(k.ActivateLadder(k.ctx, "l@1"))
	k.must(k.ActivateLadder(k.ctx, "l@2"))
	k.refuses(fault.NotFound, k.ActivateLadder(k.ctx, "none"))
	if a := got[enforcement.Edition](k)(k.ActiveLadder(k.ctx)); a.ID != "l@2" || !a.Active {
		t.Fatalf("in force is %+v", a)
	}
	list := got[[]enforcement.Edition](k)(k.Ladders(k.ctx))
	same(t, "ladders", ids(list, func(v enforcement.Edition) string { return v.ID }), []string{"l@2", "l@1"})
}

func enforcementGivesBack(t *testing.T, k *kit) {
	c := newCourt(k)
	for i := range 3 {
		c.block(fmt.Sprint("c", i), "false_affiliation")
		c.later(1)
	}
	c.stands(12, 0, seller.Restricted)
	if c.held(enforcement.Restrict) != 1 || c.held(enforcement.Remove) != 3 || c.held(enforcement.Warn) != 1 {
		t.Fatalf("%d restrictions, %d removals, %d warnings", c.held(enforcement.Restrict), c.held(enforcement.Remove), c.held(enforcement.Warn))
	}
	decision := got[casefile.Case](k)(k.Case(k.ctx, "c2")).Decision.ID
	of := got[[]enforcement.Action](k)(k.ActionsOf(k.ctx, []string{decision}))
	kinds := ids(of, func(a enforcement.Action) string { return string(a.Kind) })
	slices.Sort(kinds)
	same(t, "what the decision did", kinds, []string{"point", "remove", "restrict"})

	c.later(3)
	c.open("appeal", "s", func(a *casefile.Case) { a.Source, a.AppealOf = casefile.FromAppeal, decision })
	first := got[casefile.Case](k)(k.Case(k.ctx, "c2"))
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		_, err := c.desk.Rule(ctx, []casefile.Ruling{{Case: first, Reverses: decision, Answer: casefile.Answer{Outcome: verdict.Pass, Reason: "licensed"}}}, ben)
		return err
	}))
	c.stands(8, 0, seller.Active)
	if c.held(enforcement.Restrict) != 0 || c.held(enforcement.Warn) != 1 || c.held(enforcement.Restore) != 1 {
		t.Fatal("the restriction outlived its decision")
	}
	entries := got[[]string](k)(c.ledgerKinds("s"))
	for _, kind := range []string{"action.taken", "action.reversed", "standing.changed"} {
		if !slices.Contains(entries, kind) {
			t.Errorf("the ledger lacks %s: %v", kind, entries)
		}
	}
	k.must(c.ladder.Refresh(k.ctx, "s")) // and nothing changes by asking again
	c.stands(8, 0, seller.Active)
}

func (c *court) ledgerKinds(subject string) ([]string, error) {
	list, err := c.EntriesAbout(c.ctx, subject, 100)
	var out []string
	for _, e := range list {
		out = append(out, e.Kind)
	}
	return out, err
}

// A case decided again costs what its last decision says, from the day of the first.
func enforcementAgain(t *testing.T, k *kit) {
	c := newCourt(k)
	c.block("c", "counterfeit")
	c.stands(0, 1, seller.Active)
	c.later(2)
	c.decide("c", verdict.Block, "trademark_in_text", ben)
	c.stands(2, 0, seller.Active)
	if e := c.account().Standing.Counts[0]; !e.At.Equal(noon) {
		t.Errorf("the wrong under its new name counts from %s", e.At)
	}
	c.decide("c", verdict.Pass, "licensed", ben)
	c.stands(0, 0, seller.Active)
	for _, a := range c.account().Actions {
		if a.ReversedAt == nil {
			t.Errorf("%s stands: %+v", a.Kind, a)
		}
	}
	c.decide("c", verdict.Block, "counterfeit", ben)
	c.stands(0, 1, seller.Active)
}

func enforcementOnce(t *testing.T, k *kit) {
	c := newCourt(k)
	first := c.block("c", "trademark_in_text")
	for source, appeal := range map[casefile.Source]string{casefile.FromNotice: "", casefile.FromAppeal: first.Decision.ID} {
		k.must(k.PutCase(k.ctx, casefile.Case{ID: "x-" + string(source), Source: source, AppealOf: appeal, ListingID: first.ListingID, RevisionID: first.RevisionID,
			SellerID: "s", Title: "t", Reason: "mark", State: casefile.Open, DueAt: noon, CreatedAt: noon, UpdatedAt: noon}))
		c.decide("x-"+string(source), verdict.Block, "counterfeit", anna)
	}
	c.stands(2, 0, seller.Active)
	x := c.open("auto", "s", nil)
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		_, err := c.desk.Rule(ctx, []casefile.Ruling{{Case: x, Automated: true, Answer: casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit"}}}, anna)
		return err
	}))
	c.stands(2, 0, seller.Active)
}

func enforcementGroup(t *testing.T, k *kit) {
	c := newCourt(k)
	var rulings []casefile.Ruling
	for i := range 40 {
		rulings = append(rulings, casefile.Ruling{Case: c.open(fmt.Sprint("g", i), "s", nil), Group: "g",
			Answer: casefile.Answer{Outcome: verdict.Block, Reason: []string{"trademark_in_text", "counterfeit"}[i%2]}})
	}
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error { _, err := c.desk.Rule(ctx, rulings, anna); return err }))
	c.stands(6, 1, seller.Active)
	for i := range rulings {
		done := got[casefile.Case](k)(k.Case(k.ctx, rulings[i].Case.ID))
		rulings[i].Case, rulings[i].Reverses, rulings[i].Answer = done, done.Decision.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed"}
	}
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error { _, err := c.desk.Rule(ctx, rulings, anna); return err }))
	c.stands(0, 0, seller.Active)
	for _, a := range c.account().Actions {
		if a.ReversedAt == nil {
			t.Fatalf("%s stands: %+v", a.Kind, a)
		}
	}
}

func (c *court) proposal(state enforcement.ClosureState) enforcement.Closure {
	c.t.Helper()
	list, _, err := c.Closures(c.ctx, enforcement.ClosureFilter{SellerID: "s", State: state})
	c.must(err)
	if len(list) != 1 {
		c.t.Fatalf("%d proposals are %s", len(list), state)
	}
	return list[0]
}

func (c *court) strikes(n int) {
	c.t.Helper()
	for i := range n {
		c.block(fmt.Sprint("strike", c.next(), i), "counterfeit")
		c.later(5)
	}
}

func enforcementClosure(t *testing.T, k *kit) {
	c := newCourt(k)
	c.strikes(3)
	c.stands(0, 3, seller.Active) // no machine closes a shop
	p := c.proposal(enforcement.ClosureOpen)
	if p.ProposedBy != "system" || !slices.Contains(p.Barred, "anna") || p.Factors == nil || p.Factors.Number != 3 || p.Factors.Gravity["counterfeit"] != 3 {
		t.Fatalf("the proposal is %+v", p)
	}
	k.must(k.PutKey(k.ctx, access.Key{ID: "key", Hash: "h", ActorID: "anna"}))
	for _, who := range []casefile.Actor{anna, {ID: "key"}} {
		_, err := c.ladder.Settle(k.ctx, p.ID, true, "", who)
		k.refuses(fault.Forbidden, err)
	}
	_, err := c.ladder.Settle(k.ctx, p.ID, false, " ", ben)
	k.refuses(fault.Invalid, err)
	got[enforcement.Closure](k)(c.ladder.Settle(k.ctx, p.ID, false, "the last one was a misunderstanding", ben))
	_, err = c.ladder.Settle(k.ctx, p.ID, true, "", ben)
	k.refuses(fault.Conflict, err)
	k.must(c.ladder.Refresh(k.ctx, "s")) // a refusal stays one
	if list, _, _ := k.Closures(k.ctx, enforcement.ClosureFilter{State: enforcement.ClosureOpen}); len(list) != 0 {
		t.Fatal("the refused proposal came back")
	}
	c.strikes(1) // but who goes on is proposed again
	p = c.proposal(enforcement.ClosureOpen)
	got[enforcement.Closure](k)(c.ladder.Settle(k.ctx, p.ID, true, "", ben))
	c.stands(0, 4, seller.Closed)
	_, err = c.ladder.Act(k.ctx, "s", enforcement.Order{Kind: enforcement.Close, Reason: "other", Note: "n"}, ben)
	k.refuses(fault.Conflict, err)
	got[enforcement.Done](k)(c.ladder.Act(k.ctx, "s", enforcement.Order{Kind: enforcement.Reopen, Reason: "agreement", Note: "n"}, ben))
	c.stands(0, 4, seller.Active)
	kinds := got[[]string](k)(c.ledgerKinds("s"))
	for _, kind := range []string{"closure.proposed", "closure.refused", "closure.confirmed"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("the ledger lacks %s", kind)
		}
	}
}

func enforcementWithdrawn(t *testing.T, k *kit) {
	c := newCourt(k)
	c.block("one", "counterfeit")
	c.later(5)
	c.strikes(2)
	p := c.proposal(enforcement.ClosureOpen)
	c.decide("one", verdict.Pass, "licensed", ben)
	if got[enforcement.Closure](k)(k.Closure(k.ctx, p.ID)).State != enforcement.ClosureWithdrawn {
		t.Fatal("the proposal outlived its decision")
	}
	c.decide("one", verdict.Block, "counterfeit", anna)
	p = c.proposal(enforcement.ClosureOpen)
	got[enforcement.Closure](k)(c.ladder.Settle(k.ctx, p.ID, true, "", ben))
	c.stands(0, 3, seller.Closed)
	c.decide("one", verdict.Pass, "licensed", ben)
	c.stands(0, 2, seller.Active)
	if c.held(enforcement.Close) != 0 {
		t.Fatal("the closing outlived its decision")
	}
}

func enforcementByHand(t *testing.T, k *kit) {
	c := newCourt(k)
	k.revision("l", "s", "title")
	got[bool](k)(k.SetStatus(k.ctx, "l", 0, listing.Live, noon))
	order := func(o enforcement.Order) enforcement.Action {
		t.Helper()
		o.Note = "because"
		done := got[enforcement.Done](k)(c.ladder.Act(k.ctx, "s", o, anna))
		return *done.Action
	}
	undo := func(a enforcement.Action) {
		t.Helper()
		got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
		_, err := c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben)
		k.refuses(fault.Conflict, err)
	}
	for _, kind := range []enforcement.Kind{enforcement.Pause, enforcement.Remove} {
		a := order(enforcement.Order{Kind: kind, ListingID: "l", Reason: "safety"})
		if s := c.status("l"); s != a.Became || s == listing.Live {
			t.Fatalf("after %s the listing is %s", kind, s)
		}
		undo(a)
		if s := c.status("l"); s != listing.Live {
			t.Fatalf("after the undo the listing is %s", s)
		}
	}
	points := order(enforcement.Order{Kind: enforcement.Point, Reason: "no_licence", Points: 5})
	strike := order(enforcement.Order{Kind: enforcement.Strike, Reason: "forged_papers"})
	c.stands(5, 1, seller.Active)
	undo(points)
	undo(strike)
	c.stands(0, 0, seller.Active)
	restrict := order(enforcement.Order{Kind: enforcement.Restrict, Reason: "identity"})
	c.stands(0, 0, seller.Restricted)
	suspend := order(enforcement.Order{Kind: enforcement.Suspend, Reason: "safety", Days: 3})
	if suspend.Factors == nil || !suspend.Until.Equal(noon.Add(72*time.Hour)) {
		t.Errorf("suspended %+v", suspend)
	}
	c.stands(0, 0, seller.Suspended)
	undo(suspend)
	c.stands(0, 0, seller.Restricted)
	undo(restrict)
	c.stands(0, 0, seller.Active)
	order(enforcement.Order{Kind: enforcement.Warn, Reason: "other"})
	from := c.clock.Add(48 * time.Hour)
	order(enforcement.Order{Kind: enforcement.Suspend, Reason: "safety", Days: 1, From: &from})
	c.stands(0, 0, seller.Active) // not yet
	for _, bad := range []enforcement.Order{{Kind: "fly", Reason: "other", Note: "n"}, {Kind: enforcement.Warn, Reason: "mood", Note: "n"}, {Kind: enforcement.Warn, Reason: "other"},
		{Kind: enforcement.Suspend, Reason: "other", Note: "n"}, {Kind: enforcement.Remove, Reason: "other", Note: "n"}, {Kind: enforcement.Remove, Reason: "other", Note: "n", ListingID: "none"},
		{Kind: enforcement.Strike, Reason: "other", Note: "n"}, {Kind: enforcement.Point, Reason: "counterfeit", Note: "n", Points: -1}} {
		_, err := c.ladder.Act(k.ctx, "s", bad, anna)
		k.refuses(fault.Invalid, err)
	}
	_, err := c.ladder.Act(k.ctx, "none", enforcement.Order{Kind: enforcement.Warn, Reason: "other", Note: "n"}, anna)
	k.refuses(fault.NotFound, err)
}

func enforcementReopenUndone(t *testing.T, k *kit) {
	c := newCourt(k)
	act := func(o enforcement.Order) enforcement.Action {
		o.Note = "n"
		return *got[enforcement.Done](k)(c.ladder.Act(k.ctx, "s", o, anna)).Action
	}
	_, err := c.ladder.Act(k.ctx, "s", enforcement.Order{Kind: enforcement.Reopen, Reason: "mistake", Note: "n"}, anna)
	k.refuses(fault.Conflict, err)
	act(enforcement.Order{Kind: enforcement.Suspend, Reason: "safety", Days: 30})
	act(enforcement.Order{Kind: enforcement.Restrict, Reason: "identity", Days: 60})
	r := act(enforcement.Order{Kind: enforcement.Reopen, Reason: "cured"})
	c.stands(0, 0, seller.Active)
	got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, r.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
	c.stands(0, 0, seller.Suspended)
	c.later(31)
	k.must(c.ladder.Tend(k.ctx, nil))
	c.stands(0, 0, seller.Restricted)
}

// shelves gives the shop listings of every status.
func (c *court) shelves(live int) {
	for i := range live {
		id := fmt.Sprintf("%x-live", i)
		c.revision(id, "s", id)
		got[bool](c.kit)(c.SetStatus(c.ctx, id, 0, listing.Live, noon))
	}
	for _, s := range []listing.Status{listing.Held, listing.Removed, listing.Gone} {
		c.revision(string(s), "s", string(s))
		got[bool](c.kit)(c.SetStatus(c.ctx, string(s), 0, s, noon))
	}
}

func (c *court) onSale() int {
	c.t.Helper()
	list, _, err := c.Listings(c.ctx, listing.Filter{SellerID: "s", Status: listing.Live, Limit: 200})
	c.must(err)
	return len(list)
}

func (c *court) suspend() enforcement.Action {
	c.t.Helper()
	return *got[enforcement.Done](c.kit)(c.ladder.Act(c.ctx, "s", enforcement.Order{Kind: enforcement.Suspend, Reason: "safety", Note: "n", Days: 3}, anna)).Action
}

func enforcementShut(t *testing.T, k *kit) {
	c := newCourt(k)
	c.shelves(20)
	k.seller("other")
	k.revision("theirs", "other", "theirs")
	got[bool](k)(k.SetStatus(k.ctx, "theirs", 0, listing.Live, noon))
	a := c.suspend()
	c.work()
	if c.onSale() != 0 || c.status("theirs") != listing.Live {
		t.Fatalf("%d on sale in a shut shop, the neighbour's is %s", c.onSale(), c.status("theirs"))
	}
	// Nothing goes on sale meanwhile, whoever says so; what was said counts later.
	got[bool](k)(k.SetStatus(k.ctx, "held", 0, listing.Live, noon))
	if s := c.status("held"); s != listing.Held {
		t.Fatalf("a shut shop's listing is %s", s)
	}
	got[bool](k)(k.SetStatus(k.ctx, "0-live", 0, listing.Held, noon)) // a case holds this one now
	got[bool](k)(k.SetStatus(k.ctx, "1-live", 0, listing.Removed, noon))
	got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
	c.work()
	if n := c.onSale(); n != 19 { // 20, less two, and the one that was freed
		t.Fatalf("%d on sale, want 19", n)
	}
	for id, want := range map[string]listing.Status{"held": listing.Live, "0-live": listing.Held, "1-live": listing.Removed, "removed": listing.Removed, "gone": listing.Gone} {
		if s := c.status(id); s != want {
			t.Errorf("%s is %s, want %s", id, s, want)
		}
	}
}

// Jobs that were lost half-way, run twice, or are overtaken by the next change
// come to the same end.
func enforcementKilled(t *testing.T, k *kit) {
	c := newCourt(k)
	c.shelves(20)
	a := c.suspend()
	jobs := c.jobs
	for _, j := range jobs[:7] {
		k.must(c.ladder.Shop(k.ctx, j.Args))
	}
	died := errors.New("killed")
	err := k.Atomic(k.ctx, func(ctx context.Context) error {
		if err := c.ladder.Shop(ctx, jobs[7].Args); err != nil {
			return err
		}
		return died
	})
	if !errors.Is(err, died) {
		t.Fatal(err)
	}
	c.jobs = append(slices.Clone(jobs), jobs[3])
	c.work()
	if n := c.onSale(); n != 0 {
		t.Fatalf("%d on sale", n)
	}
	c.jobs = nil
	got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
	c.jobs = append(c.jobs, jobs...) // late jobs of the suspension
	c.work()
	if n := c.onSale(); n != 20 {
		t.Fatalf("%d on sale, want 20", n)
	}
}

func enforcementRemovedWhilePaused(t *testing.T, k *kit) {
	c := newCourt(k)
	c.shelves(2)
	a := c.suspend()
	c.work()
	got[bool](k)(k.SetStatus(k.ctx, "0-live", 0, listing.Removed, noon))
	got[bool](k)(k.SetStatus(k.ctx, "1-live", 0, listing.Removed, noon))
	got[bool](k)(k.SetStatus(k.ctx, "1-live", 0, listing.Held, noon)) // the removal was taken back: as it was
	got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
	c.work()
	got[bool](k)(k.SetStatus(k.ctx, "0-live", 0, listing.Held, noon))
	if c.status("0-live") != listing.Live || c.status("1-live") != listing.Live {
		t.Fatalf("after all of it %s and %s", c.status("0-live"), c.status("1-live"))
	}
}

func enforcementTend(t *testing.T, k *kit) {
	c := newCourt(k)
	c.shelves(3)
	c.suspend()
	c.work()
	for i := range 3 {
		c.block(fmt.Sprint("c", i), "false_affiliation")
		c.clock = c.clock.Add(24 * time.Hour)
	}
	k.must(c.ladder.Tend(k.ctx, json.RawMessage(`{}`)))
	c.work()
	c.stands(12, 0, seller.Restricted) // the suspension is over, the milestone is not
	if c.onSale() != 3 {
		t.Fatalf("%d on sale", c.onSale())
	}
	c.later(362)
	k.must(c.ladder.Tend(k.ctx, nil))
	c.stands(8, 0, seller.Active)
	c.later(10)
	k.must(c.ladder.Tend(k.ctx, nil))
	c.stands(0, 0, seller.Active)
	if r := got[enforcement.Record](k)(k.Record(k.ctx, "s")); !r.NextAt.IsZero() {
		t.Errorf("something is due: %+v", r)
	}
}

// The marketplace may limit a shop by itself: its listings follow, and the
// ladder does not free what it has not bound.
func enforcementOthers(t *testing.T, k *kit) {
	c := newCourt(k)
	c.shelves(3)
	s := got[seller.Seller](k)(k.Seller(k.ctx, "s"))
	s.Status = seller.Closed
	got[bool](k)(k.PutSeller(k.ctx, s))
	k.must(c.ladder.Tend(k.ctx, nil))
	c.work()
	if c.onSale() != 0 {
		t.Fatal("a closed shop sells")
	}
	a := c.suspend()
	got[enforcement.Action](k)(c.ladder.Reverse(k.ctx, a.ID, enforcement.Undo{Reason: "mistake", Note: "n"}, ben))
	c.stands(0, 0, seller.Closed)
	got[enforcement.Done](k)(c.ladder.Act(k.ctx, "s", enforcement.Order{Kind: enforcement.Reopen, Reason: "mistake", Note: "n"}, anna))
	c.work()
	c.stands(0, 0, seller.Active)
	if c.onSale() != 3 {
		t.Fatalf("%d on sale", c.onSale())
	}
}

func enforcementVersions(t *testing.T, k *kit) {
	c := newCourt(k)
	c.block("c", "trademark_in_text")
	text := string(enforcement.Default().Source())
	_, err := c.ladder.Save(k.ctx, text+"# changed\n", true, anna)
	k.refuses(fault.Conflict, err)
	harsh := `name: harsh
number: 1
profiles:
  p:
    grounds: {counterfeit: {points: 90}, trademark_in_text: {points: 50}, mark_in_picture: {}, stolen_photograph: {}, false_affiliation: {}, no_licence: {}, other_infringement: {}, forged_papers: {}}
    milestones: [{points: 1, effect: restrict}]
choose: [{profile: p}]
`
	got[enforcement.Edition](k)(c.ladder.Save(k.ctx, harsh, true, anna))
	k.must(c.ladder.Refresh(k.ctx, "s"))
	c.stands(2, 0, seller.Active)
	_, list, err := c.ladder.Preview(k.ctx, "s", []string{"trademark_in_text"}, 0)
	k.must(err)
	if len(list) != 1 || list[0].Cost.Points != 50 || list[0].Points != 52 || len(list[0].Measures) != 1 || list[0].Measures[0].Effect != enforcement.EffectRestrict {
		t.Fatalf("the preview is %+v", list)
	}
	c.later(1)
	c.block("d", "trademark_in_text")
	c.stands(52, 0, seller.Restricted)
	got[enforcement.Edition](k)(c.ladder.Activate(k.ctx, enforcement.Default().ID(), anna))
	for _, a := range c.account().Actions {
		want := map[string]string{"c": "default@1", "d": "harsh@1"}[a.CaseID]
		if want != "" && a.Ladder != want {
			t.Errorf("%s of case %s is stamped %s", a.Kind, a.CaseID, a.Ladder)
		}
	}
}

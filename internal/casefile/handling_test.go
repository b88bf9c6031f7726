package casefile_test

import (
	"slices"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/verdict"
)

// staffed is an office in which Anna, Ben and Carla may decide.
func staffed(t *testing.T, cases ...string) *office {
	t.Helper()
	o := open(t, cases...)
	for _, p := range []casefile.Actor{anna, ben, {ID: "c", Name: "C"}} {
		must(t, o.store.PutAccount(o.ctx, access.Account{ID: p.ID, Email: p.ID + "@example.org", Name: p.Name, Role: access.Reviewer}))
	}
	return o
}

func (o *office) kinds(t *testing.T, subject string) (kinds []string) {
	t.Helper()
	list, err := o.store.EntriesAbout(o.ctx, subject, 100)
	must(t, err)
	for _, e := range slices.Backward(list) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func (o *office) note(t *testing.T, id string) casefile.Note {
	t.Helper()
	list, err := o.store.Notes(o.ctx, id)
	must(t, err)
	if len(list) == 0 {
		t.Fatal("nothing was written down")
	}
	return list[len(list)-1]
}

func TestAHeldCaseComesBackByItself(t *testing.T) {
	o := staffed(t, "one")
	until := o.clock.Add(48 * time.Hour)
	for name, in := range map[string]casefile.HoldIn{
		"no reason": {Until: until}, "past": {Reason: "other", Until: o.clock}, "too long": {Reason: "other", Until: o.clock.Add(casefile.LongestHold + 1)},
	} {
		in.Version = 1
		if _, err := o.Hold(o.ctx, "one", in, anna); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := o.Hold(o.ctx, "one", casefile.HoldIn{Reason: "waiting_seller", Note: "invoice asked for", Until: until, Version: 1}, anna)
	must(t, err)
	if n := o.note(t, "one"); c.HeldBy(o.clock) != "" || n.Kind != casefile.HeldUp || n.Text != "invoice asked for" || n.ActorName != "A" {
		t.Errorf("%+v %+v", c, n)
	}
	if _, err := o.Next(o.ctx, casefile.Filter{}, ben); !fault.Is(err, fault.NotFound) {
		t.Errorf("a held case was handed out: %v", err)
	}
	if _, err := o.Hold(o.ctx, "one", casefile.HoldIn{Reason: "other", Until: until, Version: 1}, ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("with an old version: %v", err)
	}
	o.clock = until
	got, err := o.Next(o.ctx, casefile.Filter{}, ben)
	must(t, err)
	if got.ID != "one" || got.Hold != nil {
		t.Errorf("it came back as %+v", got)
	}
	if kinds := o.kinds(t, "one"); !slices.Equal(kinds, []string{"case.held", "case.claimed"}) {
		t.Errorf("the ledger says %v", kinds)
	}
}

func TestClaimingEndsAHold(t *testing.T) {
	o := staffed(t, "one")
	_, err := o.Hold(o.ctx, "one", casefile.HoldIn{Reason: "other", Until: o.clock.Add(time.Hour), Version: 1}, anna)
	must(t, err)
	c, err := o.Claim(o.ctx, "one", ben)
	must(t, err)
	if c.Hold != nil || c.HeldBy(o.clock) != ben.ID {
		t.Errorf("%+v", c)
	}
}

func TestHandingOver(t *testing.T) {
	o := staffed(t, "one", "two")
	_, err := o.SaveTeam(o.ctx, casefile.Team{ID: "kr", Name: "Korea", Country: "KR", Members: []casefile.Seat{{AccountID: "b", Decides: true}}}, anna)
	must(t, err)
	for name, in := range map[string]casefile.HandOverIn{"nobody": {}, "both": {AccountID: "b", Desk: "kr"}, "no such person": {AccountID: "x"}, "no such desk": {Desk: "x"},
		"one who may not": {AccountID: "b"}} {
		in.Version = 1
		if _, err := o.HandOver(o.ctx, "one", in, anna); !fault.Is(err, fault.Invalid) {
			t.Errorf("to %s: %v", name, err)
		}
	}
	c, err := o.HandOver(o.ctx, "one", casefile.HandOverIn{Desk: "kr", Note: "please", Version: 1}, anna)
	must(t, err)
	if n := o.note(t, "one"); c.Desk != "kr" || n.ToName != "Korea" || n.Text != "please" {
		t.Errorf("%+v %+v", c, n)
	}
	limited := casefile.Actor{ID: "b", Name: "B", Desks: []string{"kr"}}
	if c, err = o.HandOver(o.ctx, "one", casefile.HandOverIn{AccountID: "c", Version: c.Version}, limited); err != nil || c.AssigneeID != "c" {
		t.Fatalf("%+v %v", c, err)
	}
	if want := time.Date(2026, 11, 3, 15, 0, 0, 0, time.UTC); !c.LeaseUntil.Equal(want) { // the end of Tuesday in Korea
		t.Errorf("he has it until %s", c.LeaseUntil)
	}
	o.clock = o.clock.Add(time.Hour)
	if c, err = o.Claim(o.ctx, "one", casefile.Actor{ID: "c"}); err != nil || c.LeaseUntil.Sub(o.clock) < 2*casefile.Lease {
		t.Errorf("opening it cut his time short: %v %v", c.LeaseUntil, err)
	}
	if c, err = o.HandOver(o.ctx, "one", casefile.HandOverIn{Desk: casefile.Common, Version: c.Version}, casefile.Actor{ID: "c"}); err != nil || c.Desk != "" || c.HeldBy(o.clock) != "" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestOthersDesksAreClosed(t *testing.T) {
	o := staffed(t, "one", "two")
	c := o.get(t, "one")
	c.Desk = "it"
	must(t, o.store.PutCase(o.ctx, c))
	limited := casefile.Actor{ID: "b", Name: "B", Desks: []string{"it"}}
	for id, want := range map[string]bool{"one": true, "two": false} {
		_, err := o.Claim(o.ctx, id, limited)
		if (err == nil) != want || !want && !fault.Is(err, fault.Forbidden) {
			t.Errorf("claiming %s: %v", id, err)
		}
	}
	answer := casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: o.get(t, "two").Version}
	if _, err := o.Decide(o.ctx, "two", answer, limited); !fault.Is(err, fault.Forbidden) {
		t.Errorf("deciding: %v", err)
	}
	if _, err := o.Write(o.ctx, "two", "hello", limited); !fault.Is(err, fault.Forbidden) {
		t.Errorf("writing: %v", err)
	}
	if got, err := o.Next(o.ctx, casefile.Filter{}, casefile.Actor{ID: "z", Desks: []string{"fr"}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another desk was given %v %v", got.ID, err)
	}
}

func TestASecondPersonIsAsked(t *testing.T) {
	o := staffed(t, "one")
	if _, err := o.Ask(o.ctx, "one", casefile.AskIn{AccountID: "x", Text: "?", Version: 1}, anna); !fault.Is(err, fault.Invalid) {
		t.Errorf("nobody was asked: %v", err)
	}
	if _, err := o.Ask(o.ctx, "one", casefile.AskIn{AccountID: "a", Text: "?", Version: 1}, anna); !fault.Is(err, fault.Invalid) {
		t.Errorf("oneself: %v", err)
	}
	c, err := o.Ask(o.ctx, "one", casefile.AskIn{AccountID: "b", Text: "Is this stitching theirs?", Version: 1}, anna)
	must(t, err)
	page, err := o.store.Cases(o.ctx, casefile.Ask{Asked: true}.Filter("b", o.clock, 0))
	must(t, err)
	if len(page.Cases) != 1 || !c.OnHold(o.clock) {
		t.Fatalf("%d cases in his queue; %+v", len(page.Cases), c)
	}
	if _, err := o.Opine(o.ctx, "one", casefile.OpinionIn{Text: "yes", Version: c.Version}, casefile.Actor{ID: "c"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else answered: %v", err)
	}
	if _, err := o.Opine(o.ctx, "one", casefile.OpinionIn{Version: c.Version}, ben); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty opinion: %v", err)
	}
	c, err = o.Opine(o.ctx, "one", casefile.OpinionIn{Outcome: verdict.Block, Text: "Not theirs.", Version: c.Version}, ben)
	must(t, err)
	if n := o.note(t, "one"); n.Kind != casefile.Opinion || n.Outcome != verdict.Block || n.ToID != "a" || c.AskedID != "" || c.HeldBy(o.clock) != "a" || c.OnHold(o.clock) {
		t.Errorf("%+v %+v", n, c)
	}
}

func TestTwoPeopleDecideGraveRemovals(t *testing.T) {
	o := staffed(t, "one")
	l, err := casefile.ParseLevels([]byte("two_people: {grounds: [counterfeit]}"))
	must(t, err)
	o.Levels = l
	answer := func(who casefile.Actor, outcome verdict.Decision, reason string) casefile.Case {
		t.Helper()
		c, err := o.Decide(o.ctx, "one", casefile.Answer{Outcome: outcome, Reason: reason, Version: o.get(t, "one").Version}, who)
		must(t, err)
		return c
	}
	if c := answer(anna, verdict.Block, "counterfeit"); c.State != casefile.Open || c.ProposalID == "" {
		t.Fatalf("one person was enough: %+v", c)
	}
	if c := answer(anna, verdict.Block, "counterfeit"); c.State != casefile.Open {
		t.Fatal("saying it twice was enough")
	}
	if _, err := o.Next(o.ctx, casefile.Filter{}, anna); !fault.Is(err, fault.NotFound) {
		t.Errorf("the first person got it again: %v", err)
	}
	if l, err := o.store.Listing(o.ctx, "l-one"); err != nil || l.Status != listing.Pending {
		t.Errorf("the listing is %s already", l.Status)
	}
	if c := answer(ben, verdict.Block, "counterfeit"); c.State != casefile.Closed || c.Decision.ActorID != "b" || c.ProposalID != "" {
		t.Errorf("two people were not enough: %+v", c)
	}
	list, err := o.store.Proposals(o.ctx, casefile.ProposalFilter{State: casefile.Confirmed})
	must(t, err)
	if len(list) != 1 || list[0].ByID != "a" || list[0].OtherID != "b" {
		t.Errorf("kept are %+v", list)
	}
}

func TestAnotherAnswerCountsAnew(t *testing.T) {
	o := staffed(t, "one")
	l, err := casefile.ParseLevels([]byte("two_people: {grounds: [counterfeit, other_infringement]}"))
	must(t, err)
	o.Levels = l
	for _, c := range []struct {
		who    casefile.Actor
		reason string
		want   casefile.State
	}{{anna, "counterfeit", casefile.Open}, {ben, "other_infringement", casefile.Open}, {anna, "other_infringement", casefile.Closed}} {
		got, err := o.Decide(o.ctx, "one", casefile.Answer{Outcome: verdict.Block, Reason: c.reason, Version: o.get(t, "one").Version}, c.who)
		must(t, err)
		if got.State != c.want {
			t.Errorf("after %s by %s it is %s", c.reason, c.who.ID, got.State)
		}
	}
	o = staffed(t, "one")
	o.Levels = l
	for _, c := range []struct {
		who    casefile.Actor
		answer casefile.Answer
		want   casefile.State
	}{{anna, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit"}, casefile.Open}, {ben, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed"}, casefile.Closed}} {
		c.answer.Version = o.get(t, "one").Version
		got, err := o.Decide(o.ctx, "one", c.answer, c.who)
		must(t, err)
		if got.State != c.want {
			t.Errorf("after %s it is %s", c.answer.Reason, got.State)
		}
	}
}

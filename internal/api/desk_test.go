package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// member makes a reviewer's key that is a member of desks.
func (k *kit) member(desk string, decides bool) (secret, id string) {
	k.t.Helper()
	secret, key, err := k.api.d.Gate.NewKey(context.Background(), access.Key{Name: "member of " + desk, Role: access.Reviewer, Scopes: access.Granted(access.Reviewer)})
	must(k.t, err)
	k.want(k.ask("admin", "PUT", base+"/desks/"+desk, DeskIn{Name: desk, Members: []casefile.Seat{{AccountID: key.ID, Decides: decides}}}), 200, nil)
	return secret, key.ID
}

// person makes somebody who can be asked and handed cases.
func (k *kit) person(id string) {
	k.t.Helper()
	must(k.t, k.store.PutAccount(context.Background(), access.Account{ID: id, Email: id + "@example.org", Name: "Person " + id, Role: access.Reviewer}))
}

func (k *kit) caseNow(id string) casefile.Case {
	k.t.Helper()
	var d Dossier
	k.want(k.ask("admin", "GET", base+"/cases/"+id, nil), 200, &d)
	return d.Case
}

func TestMembersOfADeskSeeItsCasesOnly(t *testing.T) {
	k := newKit(t)
	kr, _ := k.member("kr", true)
	look, _ := k.member("it", false)
	k.want(k.ask("admin", "POST", base+"/cases/case-a/handover", casefile.HandOverIn{Desk: "kr", Version: 1}), 200, nil)
	var page Page[casefile.Case]
	for as, want := range map[string]int{"reviewer": 2, kr: 1, look: 0, "holder:a": 1} {
		if k.want(k.ask(as, "GET", base+"/cases", nil), 200, &page); len(page.Items) != want {
			t.Errorf("%d cases, want %d", len(page.Items), want)
		}
	}
	k.want(k.ask(kr, "GET", base+"/cases/case-a", nil), 200, nil)
	k.wantProblem(k.ask(kr, "GET", base+"/cases/case-b", nil), 404, fault.NotFound)
	for _, path := range []string{"claim", "release"} {
		k.wantProblem(k.ask(kr, "POST", base+"/cases/case-b/"+path, nil), 404, fault.NotFound)
	}
	k.wantProblem(k.ask(kr, "POST", base+"/cases/case-b/decision", casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: 1}), 404, fault.NotFound)
	k.want(k.ask("admin", "POST", base+"/cases/case-b/handover", casefile.HandOverIn{Desk: "it", Version: 1}), 200, nil)
	k.want(k.ask(look, "GET", base+"/cases/case-b", nil), 200, nil)
	k.wantProblem(k.ask(look, "POST", base+"/cases/case-b/claim", nil), 403, fault.Forbidden)
	k.wantProblem(k.ask(look, "POST", base+"/cases/next", nil), 404, fault.NotFound)
	var c casefile.Case
	if k.want(k.ask(kr, "POST", base+"/cases/next", nil), 200, &c); c.ID != "case-a" {
		t.Errorf("was given %s", c.ID)
	}
	k.want(k.ask(kr, "POST", base+"/cases/case-a/decision", casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: c.Version}), 200, nil)
	k.want(k.ask("admin", "DELETE", base+"/desks/it", nil), 204, nil)
	if c := k.caseNow("case-b"); c.Desk != "" {
		t.Errorf("it still lies with %q", c.Desk)
	}
	k.wantProblem(k.ask("admin", "DELETE", base+"/desks/it", nil), 404, fault.NotFound)
}

func TestHandlingByAPI(t *testing.T) {
	k := newKit(t)
	k.person("anna")
	until := k.now.Add(time.Hour)
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/hold", casefile.HoldIn{Reason: "waiting_holder", Note: "asked for the invoice", Until: until, Version: 1}), 200, nil)
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-a/hold", casefile.HoldIn{Reason: "other", Until: until, Version: 1}), 409, fault.Conflict)
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-a/hold", casefile.HoldIn{Reason: "bored", Until: until, Version: 2}), 422, fault.Invalid)
	var page Page[casefile.Case]
	for query, want := range map[string]int{"held=yes": 1, "held=no": 1, "": 2, "severity=1": 0, "desk=-": 2, "desk=kr": 0, "clock=overdue": 2, "older=1": 0, "asked=true": 0, "two_people=true": 0, "source=notice": 0} {
		if k.want(k.ask("reviewer", "GET", base+"/cases?"+query, nil), 200, &page); len(page.Items) != want {
			t.Errorf("%s: %d cases, want %d", query, len(page.Items), want)
		}
	}
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/ask", casefile.AskIn{AccountID: "anna", Text: "Theirs?", Version: 2}), 200, nil)
	k.wantProblem(k.ask("admin", "POST", base+"/cases/case-a/opinion", casefile.OpinionIn{Text: "yes", Version: 3}), 403, fault.Forbidden)
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/notes", NoteIn{Text: "called the shop"}), 201, nil)
	var d Dossier
	k.want(k.ask("reviewer", "GET", base+"/cases/case-a", nil), 200, &d)
	if len(d.Notes) != 3 || d.Notes[1].ToName != "Person anna" || d.Notes[2].Text != "called the shop" || d.Clock != casefile.Overdue {
		t.Errorf("the dossier has %+v, %s", d.Notes, d.Clock)
	}
	var holders Dossier
	k.want(k.ask("holder:a", "GET", base+"/cases/case-a", nil), 200, &holders)
	if len(holders.Notes) != 0 || holders.Case.Hold != nil || holders.Case.AskedID != "" {
		t.Errorf("the holder reads %+v", holders)
	}
	var people Page[casefile.Colleague]
	if k.want(k.ask("reviewer", "GET", base+"/colleagues", nil), 200, &people); len(people.Items) != 1 {
		t.Errorf("colleagues %+v", people)
	}
}

func TestViewsByAPI(t *testing.T) {
	k := newKit(t)
	kr, _ := k.member("kr", true)
	var v casefile.View
	k.want(k.ask("reviewer", "POST", base+"/views", ViewIn{Name: "Late names", Ask: casefile.Ask{Reason: "text_name", Clock: casefile.Overdue}}), 201, &v)
	k.want(k.ask("reviewer", "POST", base+"/views", ViewIn{Name: "For all", Desk: casefile.Common}), 201, nil)
	var page Page[CountedView]
	k.want(k.ask("reviewer", "GET", base+"/views", nil), 200, &page)
	if len(page.Items) != 2 || page.Items[1].Count != 2 {
		t.Errorf("views %+v", page.Items)
	}
	if k.want(k.ask(kr, "GET", base+"/views", nil), 200, &page); len(page.Items) != 1 || page.Items[0].Count != 0 {
		t.Errorf("another's views are %+v", page.Items)
	}
	k.wantProblem(k.ask(kr, "PUT", base+"/views/"+v.ID, ViewIn{Name: "x"}), 404, fault.NotFound)
	k.wantProblem(k.ask(kr, "POST", base+"/views", ViewIn{Name: "x", Desk: "it"}), 403, fault.Forbidden)
	k.wantProblem(k.ask("reviewer", "POST", base+"/views", ViewIn{Name: "x", Desk: "none"}), 422, fault.Invalid)
	var changed casefile.View
	k.want(k.ask("reviewer", "PUT", base+"/views/"+v.ID, ViewIn{Name: "Names"}), 200, &changed)
	if changed.Name != "Names" || changed.Ask != (casefile.Ask{}) || changed.ID != v.ID {
		t.Errorf("changed to %+v", changed)
	}
	k.want(k.ask("reviewer", "DELETE", base+"/views/"+v.ID, nil), http.StatusNoContent, nil)
	k.wantProblem(k.ask("reviewer", "DELETE", base+"/views/"+v.ID, nil), 404, fault.NotFound)
}

func TestTwoPeopleByAPI(t *testing.T) {
	k := newKit(t)
	l, err := casefile.ParseLevels([]byte("two_people: {grounds: [counterfeit]}"))
	must(t, err)
	k.api.d.Desk.Levels = l
	answer := func(as string) (c casefile.Case) {
		k.want(k.ask(as, "POST", base+"/cases/case-a/decision", casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: k.caseNow("case-a").Version}), 200, &c)
		return c
	}
	first := answer("reviewer")
	if first.State != casefile.Open || first.ProposalID == "" {
		t.Fatalf("after one it is %+v", first)
	}
	var page Page[casefile.Proposal]
	if k.want(k.ask("admin", "GET", base+"/proposals?state=open", nil), 200, &page); len(page.Items) != 1 || page.Items[0].Subject != "case-a" {
		t.Errorf("proposals %+v", page.Items)
	}
	it, _ := k.member("it", true)
	if k.want(k.ask(it, "GET", base+"/proposals", nil), 200, &page); len(page.Items) != 0 {
		t.Error("another desk reads it")
	}
	k.wantProblem(k.ask(it, "POST", base+"/proposals/"+first.ProposalID+"/refuse", map[string]any{}), 404, fault.NotFound)
	k.wantProblem(k.ask("admin", "POST", base+"/proposals/"+first.ProposalID+"/confirm", map[string]any{}), 422, fault.Invalid)
	if c := answer("admin"); c.State != casefile.Closed {
		t.Errorf("after two it is %s", c.State)
	}
	k.wantProblem(k.ask("admin", "POST", base+"/proposals/"+first.ProposalID+"/refuse", map[string]any{}), 409, fault.Conflict)
}

package storetest

import (
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
)

var teamTests = map[string]func(*testing.T, *kit){
	"kept":       teamKept,
	"rights":     teamRights,
	"deleted":    teamDeleted,
	"colleagues": teamColleagues,
	"filters":    handlingFilters,
	"notes":      notesKept,
	"views":      viewsKept,
}

func (k *kit) team(id string, common bool, members ...casefile.Seat) casefile.Team {
	k.t.Helper()
	if members == nil {
		members = []casefile.Seat{}
	}
	v := casefile.Team{ID: id, Name: "Desk " + id, Common: common, Members: members, CreatedAt: noon, UpdatedAt: noon}
	k.must(k.PutTeam(k.ctx, v))
	return v
}

func teamKept(t *testing.T, k *kit) {
	var v casefile.Team
	fill(&v)
	v.Members = []casefile.Seat{{AccountID: "a", Decides: true}, {AccountID: "b"}}
	k.must(k.PutTeam(k.ctx, v))
	same(t, "desk", got[casefile.Team](k)(k.Team(k.ctx, v.ID)), v)
	v.Members, v.Rank, v.Rules.Brands = []casefile.Seat{{AccountID: "c"}}, 5, []string{"x"}
	k.must(k.PutTeam(k.ctx, v))
	first := k.team("z", false)
	same(t, "by rank", got[[]casefile.Team](k)(k.Teams(k.ctx)), []casefile.Team{first, v})
	_, err := k.Team(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func teamRights(t *testing.T, k *kit) {
	k.team("kr", true, casefile.Seat{AccountID: "a", Decides: true}, casefile.Seat{AccountID: "b"})
	k.team("it", false, casefile.Seat{AccountID: "a"}, casefile.Seat{AccountID: "b", Decides: true})
	for who, want := range map[string][]access.DeskRight{
		"a": {{Desk: "it"}, {Desk: "kr", Decide: true}, {Decide: true}},
		"b": {{Desk: "it", Decide: true}, {Desk: "kr"}, {}},
		"c": {},
	} {
		same(t, "rights of "+who, got[[]access.DeskRight](k)(k.DeskRights(k.ctx, who)), want)
	}
}

func teamDeleted(t *testing.T, k *kit) {
	k.seller("s")
	k.team("kr", false, casefile.Seat{AccountID: "a"})
	k.open("open", "s", func(c *casefile.Case) { c.Desk = "kr" })
	k.open("closed", "s", func(c *casefile.Case) { c.Desk, c.State = "kr", casefile.Closed })
	k.must(k.PutView(k.ctx, casefile.View{ID: "v", Name: "v", OwnerID: "a", Desk: "kr", CreatedAt: noon}))
	k.must(k.DeleteTeam(k.ctx, "kr"))
	k.refuses(fault.NotFound, k.DeleteTeam(k.ctx, "kr"))
	if c := got[casefile.Case](k)(k.Case(k.ctx, "open")); c.Desk != "" || c.Version != 2 {
		t.Errorf("the open case lies with %q in version %d", c.Desk, c.Version)
	}
	if c := got[casefile.Case](k)(k.Case(k.ctx, "closed")); c.Desk != "kr" {
		t.Errorf("the closed case lies with %q", c.Desk)
	}
	same(t, "rights", got[[]access.DeskRight](k)(k.DeskRights(k.ctx, "a")), []access.DeskRight{})
	_, err := k.View(k.ctx, "v")
	k.refuses(fault.NotFound, err)
}

func teamColleagues(t *testing.T, k *kit) {
	for id, role := range map[string]access.Role{"admin": access.Admin, "free": access.Reviewer, "bound": access.Reviewer, "sees": access.Reviewer, "shop": access.Seller} {
		k.must(k.PutAccount(k.ctx, access.Account{ID: id, Email: id + "@example.org", Name: "Name " + id, Role: role}))
	}
	k.must(k.PutAccount(k.ctx, access.Account{ID: "gone", Email: "gone@example.org", Name: "Gone", Role: access.Reviewer, Disabled: true}))
	k.team("kr", true, casefile.Seat{AccountID: "bound", Decides: true}, casefile.Seat{AccountID: "sees"}, casefile.Seat{AccountID: "admin"})
	same(t, "colleagues", got[[]casefile.Colleague](k)(k.Colleagues(k.ctx)), []casefile.Colleague{
		{ID: "admin", Name: "Name admin"}, {ID: "bound", Name: "Name bound", Desks: []string{"kr", ""}}, {ID: "free", Name: "Name free"}, {ID: "sees", Name: "Name sees", Desks: []string{}}})
}

func handlingFilters(t *testing.T, k *kit) {
	k.seller("s")
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	k.open("a", "s", func(c *casefile.Case) { c.Desk, c.Severity, c.TurnAt = "kr", 3, at(1) })
	k.open("b", "s", func(c *casefile.Case) { c.DueAt, c.TurnAt, c.AskedID = at(5), at(2), "anna" })
	k.open("c", "s", func(c *casefile.Case) {
		c.Desk, c.TurnAt, c.CreatedAt, c.Hold = "it", at(3), at(-9), &casefile.Hold{Reason: "other", Until: at(1)}
	})
	k.open("d", "s", func(c *casefile.Case) { c.TurnAt, c.State, c.ProposalID = at(4), casefile.Closed, "p" })
	yes, no := true, false
	for want, f := range map[string]casefile.Filter{
		"abc": {State: casefile.Open}, "a": {Desk: "kr"}, "bd": {Desk: casefile.Common}, "ac": {Within: []string{"kr", "it"}}, "": {Within: []string{}},
		"b": {AskedID: "anna"}, "c": {OnHold: &yes, Now: noon}, "abd": {OnHold: &no, Now: noon}, "abcd": {OnHold: &no, Now: at(1)},
		"acd": {DueBy: at(4)}, "d": {TwoPeople: true},
	} {
		list := ""
		for _, c := range got[casefile.Page](k)(k.Cases(k.ctx, f)).Cases {
			list += c.ID
		}
		if list != want {
			t.Errorf("%+v gives %q, want %q", f, list, want)
		}
	}
	for _, c := range []struct {
		f    casefile.Filter
		most int
		want int
	}{{casefile.Filter{}, 10, 3}, {casefile.Filter{}, 2, 2}, {casefile.Filter{State: casefile.Closed}, 10, 1}, {casefile.Filter{Severity: 2}, 10, 1}, {casefile.Filter{OpenedBy: at(-1)}, 10, 1}} {
		if n := got[int](k)(k.CountUpTo(k.ctx, c.f, c.most)); n != c.want {
			t.Errorf("%+v up to %d counts %d, want %d", c.f, c.most, n, c.want)
		}
	}
}

func notesKept(t *testing.T, k *kit) {
	k.seller("s")
	k.open("c", "s", nil)
	k.must(k.PutAccount(k.ctx, access.Account{ID: "anna", Email: "anna@example.org", Name: "Anna"}))
	k.team("kr", false)
	var n casefile.Note
	fill(&n)
	n.CaseID, n.ActorID, n.ActorName, n.ToID, n.ToName, n.CreatedAt = "c", "anna", "Anna", "kr", "Desk kr", noon
	k.must(k.AddNote(k.ctx, n))
	second := casefile.Note{ID: "n2", CaseID: "c", Kind: casefile.Remark, ActorID: "gone", CreatedAt: noon.Add(time.Second)}
	k.must(k.AddNote(k.ctx, second))
	same(t, "notes", got[[]casefile.Note](k)(k.Notes(k.ctx, "c")), []casefile.Note{n, second})
	same(t, "none", got[[]casefile.Note](k)(k.Notes(k.ctx, "other")), []casefile.Note{})
	k.refuses(fault.Invalid, k.AddNote(k.ctx, casefile.Note{ID: "n3", CaseID: "none"}))
}

func viewsKept(t *testing.T, k *kit) {
	var v casefile.View
	fill(&v)
	v.ID, v.Name, v.OwnerID, v.Desk = "v1", "a", "anna", ""
	k.must(k.PutView(k.ctx, v))
	same(t, "view", got[casefile.View](k)(k.View(k.ctx, "v1")), v)
	k.must(k.PutView(k.ctx, casefile.View{ID: "v2", Name: "b", OwnerID: "ben", Desk: "kr", CreatedAt: noon}))
	k.must(k.PutView(k.ctx, casefile.View{ID: "v3", Name: "c", OwnerID: "ben", CreatedAt: noon}))
	k.must(k.PutView(k.ctx, casefile.View{ID: "v4", Name: "d", OwnerID: "ben", Desk: casefile.Common, CreatedAt: noon}))
	id := func(v casefile.View) string { return v.ID }
	for _, c := range []struct {
		desks []string
		want  []string
	}{{nil, []string{"v1", "v2", "v4"}}, {[]string{}, []string{"v1", "v4"}}, {[]string{"kr"}, []string{"v1", "v2", "v4"}}} {
		same(t, "views", ids(got[[]casefile.View](k)(k.Views(k.ctx, "anna", c.desks)), id), c.want)
	}
	k.must(k.DeleteView(k.ctx, "v1"))
	k.refuses(fault.NotFound, k.DeleteView(k.ctx, "v1"))
}

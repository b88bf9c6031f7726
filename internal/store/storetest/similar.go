package storetest

import (
	"context"
	"fmt"
	"testing"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/verdict"
)

var similarTests = map[string]func(*testing.T, *kit){
	"prints":            similarPrints,
	"missing prints":    similarUnprinted,
	"what is alike":     similarCatalogue,
	"groups":            similarGroups,
	"members":           similarMembers,
	"stay-down prints":  similarStayDowns,
	"decided in a body": similarPasts,
}

func aPrint(hash string, n uint64) signal.Print {
	p := signal.Print{Hash: hash, Quality: 70}
	for i := range p.Codes {
		p.Codes[i] = pdq.Hash{n, uint64(i), ^n, n << i}
	}
	return p
}

func similarPrints(t *testing.T, k *kit) {
	k.seller("s")
	for _, id := range []string{"a", "b"} {
		k.revision(id, "s", "Title "+id)
	}
	a := similar.Shown{ListingID: "a", Revision: 1, Link: "shop.example/a", Pictures: []string{"p1", "p2", "p1"}, Prints: []signal.Print{aPrint("p1", 1)}}
	b := similar.Shown{ListingID: "b", Revision: 1, Pictures: []string{"p1"}, Prints: []signal.Print{aPrint("p1", 1), aPrint("p3", 3)}}
	for range 2 { // again changes nothing
		k.must(k.KeepPrints(k.ctx, []similar.Shown{a, b}))
	}
	prints := got[map[string]signal.Print](k)(k.PrintsOf(k.ctx, []string{"p1", "p2", "p3"}))
	same(t, "prints", prints, map[string]signal.Print{"p1": aPrint("p1", 1), "p3": aPrint("p3", 3)})
	rows := got[[]similar.PicturePrint](k)(k.PicturePrints(k.ctx, 0, 10))
	titles := got[[]similar.ListingPrint](k)(k.ListingPrints(k.ctx, 0, 10))
	if len(rows) != 2 || rows[0].Code != aPrint("", 1).Codes[0] || rows[0].Quality != 70 || len(titles) != 2 || titles[0].Title != "Title a" || titles[0].Seq <= rows[1].Seq {
		t.Fatalf("followed %+v, %+v", rows, titles)
	}
	same(t, "by number", got[map[int64]string](k)(k.PicturesAt(k.ctx, []int64{rows[1].Seq, 99})), map[int64]string{rows[1].Seq: "p3"})
	same(t, "who shows what", got[map[string][]string](k)(k.Showing(k.ctx, []string{"p1", "p2", "p9"}, 10)), map[string][]string{"p1": {"a", "b"}, "p2": {"a"}})

	// A newer revision shows something else; an older one that comes late does not count.
	a.Revision, a.Pictures, a.Prints = 3, []string{"p3"}, nil
	late := similar.Shown{ListingID: "a", Revision: 2, Pictures: []string{"p1"}}
	k.must(k.KeepPrints(k.ctx, []similar.Shown{a}))
	k.must(k.KeepPrints(k.ctx, []similar.Shown{late}))
	same(t, "who shows it now", got[map[string][]string](k)(k.Showing(k.ctx, []string{"p1", "p3"}, 10)), map[string][]string{"p1": {"b"}, "p3": {"a"}})
	news := got[[]similar.ListingPrint](k)(k.ListingPrints(k.ctx, titles[1].Seq, 10))
	if len(news) != 1 || news[0].ListingID != "a" {
		t.Fatalf("news %+v", news)
	}
}

func similarUnprinted(t *testing.T, k *kit) {
	k.seller("s")
	for _, id := range []string{"a", "b", "c", "waiting"} {
		k.revision(id, "s", "Title "+id)
		if id != "waiting" {
			got[bool](k)(k.SetStatus(k.ctx, id, 0, listing.Live, noon))
		}
	}
	k.must(k.KeepPrints(k.ctx, []similar.Shown{{ListingID: "b", Revision: 1}}))
	ids := func(after string, limit int) (out []string) {
		for _, r := range got[[]listing.Revision](k)(k.Unprinted(k.ctx, after, limit)) {
			out = append(out, r.ID)
		}
		return out
	}
	same(t, "first", ids("", 1), []string{"a.1"})
	same(t, "rest", ids("a", 10), []string{"c.1"})
}

func similarCatalogue(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	k.seller("s")
	k.seller("friend")
	for i, shop := range []string{"s", "s", "friend"} {
		id := fmt.Sprint("l", i)
		r := k.revision(id, shop, "Title "+id)
		v := verdict.Verdict{ID: "v" + id, RevisionID: r.ID, ListingID: id, Matched: []string{"asset"}, CreatedAt: noon}
		k.must(k.PutVerdict(k.ctx, v))
		k.must(k.PutCase(k.ctx, casefile.Case{ID: "c" + id, ListingID: id, RevisionID: r.ID, VerdictID: v.ID, SellerID: shop, BrandID: "b", Source: casefile.FromScreening, State: casefile.Open, DueAt: noon, CreatedAt: noon, UpdatedAt: noon}))
		k.must(k.KeepPrints(k.ctx, []similar.Shown{{ListingID: id, Revision: 1, Pictures: []string{"p" + fmt.Sprint(i%2)}}}))
	}
	rows := got[[]similar.Row](k)(k.ListingRows(k.ctx, []string{"l1", "none"}))
	same(t, "rows", rows, []similar.Row{{ListingID: "l1", RevisionID: "l1.1", Revision: 1, SellerID: "s", Status: listing.Pending, Title: "Title l1", VerdictID: "vl1"}})
	if all := got[[]similar.Found](k)(k.FoundFor(k.ctx, "b", nil, 10)); len(all) != 3 || all[0].Matched[0] != "asset" {
		t.Errorf("found %+v", all)
	}
	if own := got[[]similar.Found](k)(k.FoundFor(k.ctx, "b", []string{"friend"}, 10)); len(own) != 1 || own[0].ListingID != "l2" {
		t.Errorf("of one seller %+v", own)
	}
	same(t, "sharing", got[[]string](k)(k.Sharing(k.ctx, "s", 10)), []string{"friend"})
}

func similarGroups(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	k.seller("s")
	c := k.open("c", "s", nil)
	var g similar.Group
	fill(&g)
	g.CaseID, g.BrandID, g.HolderID, g.Version = c.ID, "b", "h", 0
	k.must(k.PutGroup(k.ctx, g))
	g.Version = 1
	same(t, "group", got[similar.Group](k)(k.Group(k.ctx, g.ID)), g)
	g.DecidedAt, g.UndoneAt, g.BrandID, g.HolderID = nil, nil, "", ""
	k.must(k.PutGroup(k.ctx, g))
	k.refuses(fault.Conflict, k.PutGroup(k.ctx, g))
	g.Version = 2
	same(t, "groups of a case", got[[]similar.Group](k)(k.GroupsOf(k.ctx, c.ID)), []similar.Group{g})
	_, err := k.Group(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func similarMembers(t *testing.T, k *kit) {
	k.seller("s")
	c := k.open("c", "s", nil)
	k.must(k.PutGroup(k.ctx, similar.Group{ID: "g", CaseID: c.ID, State: similar.Choosing}))
	var members []similar.Member
	for i, bar := range []string{"", "", similar.Cleared, similar.Down} {
		r := k.revision(fmt.Sprint("l", i), "s", fmt.Sprint("Title ", i))
		var m similar.Member
		fill(&m)
		m.GroupID, m.ListingID, m.RevisionID, m.SellerID, m.Status = "g", r.ListingID, r.ID, "s", listing.Pending
		m.Place, m.Bar, m.Selected, m.Decision, m.Problem, m.Undone = i+1, bar, bar == "", "", "", ""
		m.Whys = []similar.Why{{Code: similar.SamePicture, Score: 0.9}}
		members = append(members, m)
	}
	k.must(k.AddMembers(k.ctx, members))
	changed := members[0]
	changed.Selected = false
	k.must(k.AddMembers(k.ctx, []similar.Member{changed})) // those that are there stay
	list := func(f similar.MemberFilter) []similar.Member {
		return got[[]similar.Member](k)(k.Members(k.ctx, "g", f))
	}
	same(t, "members", list(similar.MemberFilter{}), members[:2])
	same(t, "after", list(similar.MemberFilter{After: 1}), members[1:2])
	same(t, "apart", list(similar.MemberFilter{Apart: true}), members[2:])
	if n := len(list(similar.MemberFilter{Why: similar.LikeWords})); n != 0 {
		t.Errorf("%d for another reason", n)
	}
	for _, step := range []struct {
		ids  []string
		on   bool
		want int
	}{{nil, false, 2}, {nil, true, 2}, {[]string{"l2", "l3", "l0"}, true, 1}, {[]string{}, true, 0}} {
		if n := got[int](k)(k.Select(k.ctx, "g", step.ids, step.on)); n != step.want {
			t.Errorf("%v %v: %d, want %d", step.ids, step.on, n, step.want)
		}
	}
	members[0].Decision, members[1].Problem, members[2].Selected = "d", similar.Changed, true
	k.must(k.SaveMembers(k.ctx, members[:3]))
	same(t, "problems", list(similar.MemberFilter{Problems: true}), members[1:2])
	n := got[similar.Counts](k)(k.CountMembers(k.ctx, "g"))
	same(t, "counts", n, similar.Counts{Members: 4, Selected: 3, Sellers: 1, Decided: 1, Left: 1, ByWhy: map[string]int{similar.SamePicture: 4}, ByBar: map[string]int{similar.Cleared: 1, similar.Down: 1}})
}

func similarStayDowns(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	k.seller("s")
	c := k.open("c", "s", nil)
	code := aPrint("", 5).Codes[0]
	d := signal.StayDown{ID: "d", CaseID: c.ID, ListingID: c.ListingID, RevisionID: c.RevisionID, SellerID: "s", BrandID: "b", Ground: "counterfeit",
		Pictures: []signal.StayedDown{{Hash: "p1", Code: &code}, {Hash: "p2"}}, Title: "title", Words: "words", GTIN: "4006381333931", MPN: "VB-1500", MadeAt: noon}
	head := got[int64](k)(k.ChangeHead(k.ctx))
	for i, want := range []bool{true, false} {
		if changed := got[bool](k)(k.PutStayDown(k.ctx, d)); changed != want {
			t.Errorf("put %d: changed %v", i, changed)
		}
	}
	same(t, "print", got[signal.StayDown](k)(k.StayDown(k.ctx, d.ID)), d)
	same(t, "standing", got[[]signal.StayDown](k)(k.StayDowns(k.ctx, "", 10)), []signal.StayDown{d})
	same(t, "of the listing", got[[]signal.StayDown](k)(k.StayDownsOf(k.ctx, c.ListingID)), []signal.StayDown{d})
	at := noon
	d.LiftedAt, d.LiftedBy = &at, "other"
	got[bool](k)(k.PutStayDown(k.ctx, d))
	if n := len(got[[]signal.StayDown](k)(k.StayDowns(k.ctx, "", 10))); n != 0 {
		t.Errorf("%d stand after lifting", n)
	}
	if now := got[int64](k)(k.ChangeHead(k.ctx)); now != head+2 {
		t.Errorf("%d changes were told, want 2", now-head)
	}
	_, err := k.StayDown(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func similarPasts(t *testing.T, k *kit) {
	k.seller("s")
	c := k.open("c", "s", nil)
	for i, o := range []verdict.Decision{verdict.Block, verdict.Pass} {
		k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
			return k.AddDecision(ctx, casefile.Decision{ID: fmt.Sprint("d", i), CaseID: c.ID, Outcome: o, Reason: "licensed", CreatedAt: noon})
		}))
	}
	k.revision("fresh", "s", "never decided")
	same(t, "pasts", got[map[string]similar.Past](k)(k.Pasts(k.ctx, []string{c.ListingID, "fresh"})), map[string]similar.Past{c.ListingID: {CaseID: "c", RevisionID: c.RevisionID,
		NewestID: c.RevisionID, DecisionID: "d1", Outcome: verdict.Pass, Reason: "licensed", At: noon}})
}

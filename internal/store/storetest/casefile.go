package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/verdict"
)

var caseTests = map[string]func(*testing.T, *kit){
	"every field survives":       caseFields,
	"versions":                   caseVersions,
	"one open case per listing":  caseOneOpen,
	"references":                 caseReferences,
	"filters":                    caseFilters,
	"pages":                      casePages,
	"decisions":                  caseDecisions,
	"a decider can be forgotten": caseForgotten,
	"precision":                  casePrecision,
	"pages of precisions":        casePrecisionPages,
}

func caseFields(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	k.seller("s")
	rev := k.revision("l", "s", "title")
	k.must(k.PutVerdict(k.ctx, verdict.Verdict{ID: "v", RevisionID: rev.ID, ListingID: "l"}))
	var c casefile.Case
	fill(&c)
	c.ListingID, c.RevisionID, c.VerdictID, c.SellerID, c.BrandID, c.HolderID = "l", rev.ID, "v", "s", "b", "h"
	c.Decision, c.Version = nil, 0
	k.must(k.PutCase(k.ctx, c))
	c.Version = 1
	same(t, "case", got[casefile.Case](k)(k.Case(k.ctx, c.ID)), c)

	c.VerdictID, c.BrandID, c.HolderID, c.AssigneeID, c.LeaseUntil, c.TurnAt = "", "", "", "", nil, noon.Add(-time.Hour)
	k.must(k.PutCase(k.ctx, c))
	c.Version = 2
	same(t, "replaced case", got[casefile.Case](k)(k.Case(k.ctx, c.ID)), c)
	_, err := k.Case(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func caseVersions(t *testing.T, k *kit) {
	k.seller("s")
	c := k.open("c", "s", nil)
	for want := 2; want < 5; want++ {
		c.Severity++
		k.must(k.PutCase(k.ctx, c))
		stale := c
		stale.Severity = 99
		k.refuses(fault.Conflict, k.PutCase(k.ctx, stale))
		c = got[casefile.Case](k)(k.Case(k.ctx, "c"))
		if c.Version != want || c.Severity != want-1 {
			t.Fatalf("version %d with severity %d, want %d and %d", c.Version, c.Severity, want, want-1)
		}
	}
	c.Version++
	k.refuses(fault.Conflict, k.PutCase(k.ctx, c))
	c.Version = 0
	k.refuses(fault.Conflict, k.PutCase(k.ctx, c))
	c.ID, c.Version = "none", 3
	k.refuses(fault.NotFound, k.PutCase(k.ctx, c))
}

func caseOneOpen(t *testing.T, k *kit) {
	k.seller("s")
	c := k.open("c1", "s", nil)
	second := c
	second.ID, second.Version = "c2", 0
	k.refuses(fault.Conflict, k.PutCase(k.ctx, second))
	_, err := k.OpenCase(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	same(t, "open case", got[casefile.Case](k)(k.OpenCase(k.ctx, c.ListingID)), c)

	// A refused case does not spoil the transaction it was refused in.
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		if err := k.PutCase(ctx, second); !fault.Is(err, fault.Conflict) {
			t.Errorf("want a conflict, got %v", err)
		}
		c.State = casefile.Superseded
		if err := k.PutCase(ctx, c); err != nil {
			return err
		}
		return k.PutCase(ctx, second)
	}))
	c.State, c.Version = casefile.Open, 2
	k.refuses(fault.Conflict, k.PutCase(k.ctx, c)) // reopening beside an open one
	if open := got[casefile.Case](k)(k.OpenCase(k.ctx, c.ListingID)); open.ID != "c2" {
		t.Fatalf("the open case is %s", open.ID)
	}

	notice := second
	notice.ID, notice.Source = "n", casefile.FromNotice
	k.must(k.PutCase(k.ctx, notice)) // another source may ask beside
	if open := got[casefile.Case](k)(k.OpenCaseOf(k.ctx, c.ListingID, casefile.FromNotice)); open.ID != "n" {
		t.Fatalf("the open case of a notice is %s", open.ID)
	}
	page := got[casefile.Page](k)(k.Cases(k.ctx, casefile.Filter{Source: casefile.FromNotice}))
	same(t, "cases of notices", ids(page.Cases, func(c casefile.Case) string { return c.ID }), []string{"n"})
}

func caseReferences(t *testing.T, k *kit) {
	k.seller("s")
	rev := k.revision("l", "s", "title")
	good := casefile.Case{ID: "c", ListingID: "l", RevisionID: rev.ID, SellerID: "s", State: casefile.Open, DueAt: noon}
	for name, spoil := range map[string]func(*casefile.Case){
		"revision": func(c *casefile.Case) { c.RevisionID = "none" },
		"verdict":  func(c *casefile.Case) { c.VerdictID = "none" },
		"seller":   func(c *casefile.Case) { c.SellerID = "none" },
		"brand":    func(c *casefile.Case) { c.BrandID = "none" },
		"holder":   func(c *casefile.Case) { c.HolderID = "none" },
		"listing":  func(c *casefile.Case) { c.ListingID = "none" },
	} {
		c := good
		spoil(&c)
		if err := k.PutCase(k.ctx, c); !fault.Is(err, fault.Invalid) {
			t.Errorf("case of no %s: %v", name, err)
		}
	}
	k.must(k.PutCase(k.ctx, good))
}

func caseFilters(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	k.seller("s1")
	k.seller("s2")
	hour := func(n int) *time.Time { at := noon.Add(time.Duration(n) * time.Hour); return &at }
	k.open("high", "s1", func(c *casefile.Case) { c.TurnAt, c.Title = noon.Add(-time.Hour), "100% ÄCHT" })
	k.open("late", "s1", func(c *casefile.Case) {
		c.DueAt, c.TurnAt = noon.Add(time.Hour), noon.Add(time.Minute)
		c.Reason, c.Proposed = "name", verdict.Block
	})
	k.open("early", "s2", func(c *casefile.Case) { c.BrandID, c.HolderID, c.TurnAt = "b", "h", noon })
	k.open("claimed", "s2", func(c *casefile.Case) { c.AssigneeID, c.LeaseUntil, c.TurnAt = "anna", hour(1), *hour(1) })
	k.open("lapsed", "s2", func(c *casefile.Case) { c.AssigneeID, c.LeaseUntil, c.TurnAt = "anna", hour(-1), *hour(2) })
	k.open("closed", "s2", func(c *casefile.Case) { c.State, c.HolderID, c.TurnAt = casefile.Closed, "h", *hour(3) })
	open := casefile.Open
	for _, c := range []struct {
		name string
		f    casefile.Filter
		want []string
	}{
		{"queue", casefile.Filter{State: open}, []string{"high", "early", "late", "claimed", "lapsed"}},
		{"all states", casefile.Filter{}, []string{"high", "early", "late", "claimed", "lapsed", "closed"}},
		{"unassigned", casefile.Filter{State: open, Unassigned: true, Now: noon}, []string{"high", "early", "late", "lapsed"}},
		{"assignee", casefile.Filter{AssigneeID: "anna"}, []string{"claimed", "lapsed"}},
		{"holder", casefile.Filter{HolderID: "h"}, []string{"early", "closed"}},
		{"brand", casefile.Filter{BrandID: "b"}, []string{"early"}},
		{"seller", casefile.Filter{State: open, SellerID: "s2"}, []string{"early", "claimed", "lapsed"}},
		{"reason", casefile.Filter{Reason: "name"}, []string{"late"}},
		{"proposed", casefile.Filter{Proposed: verdict.Block}, []string{"late"}},
		{"title", casefile.Filter{Query: "0% ächt"}, []string{"high"}},
		{"nobody", casefile.Filter{HolderID: "-"}, []string{}},
	} {
		page := got[casefile.Page](k)(k.Cases(k.ctx, c.f))
		same(t, c.name, ids(page.Cases, func(c casefile.Case) string { return c.ID }), c.want)
	}
	same(t, "counts", got[map[string]int](k)(k.CountCases(k.ctx, casefile.Filter{})), map[string]int{"mark": 4, "name": 1})
	same(t, "counts of the holder", got[map[string]int](k)(k.CountCases(k.ctx, casefile.Filter{HolderID: "h"})), map[string]int{"mark": 1})
	_, err := k.Cases(k.ctx, casefile.Filter{After: "nonsense"})
	k.refuses(fault.Invalid, err)
}

func casePages(t *testing.T, k *kit) {
	k.seller("s")
	var want []string
	for i := range 30 { // many alike, so that every part of the order decides somewhere
		turn, id := i%4, fmt.Sprintf("c%02d", (i*7)%30)
		k.open(id, "s", func(c *casefile.Case) {
			c.TurnAt = noon.Add(time.Duration(turn) * time.Microsecond)
		})
		want = append(want, fmt.Sprintf("%d %s", turn, id))
	}
	slices.Sort(want)
	for i := range want {
		want[i] = want[i][2:]
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := casefile.Filter{State: casefile.Open, Limit: rapid.IntRange(1, 32).Draw(rt, "limit")}
		var seen []string
		for {
			page, err := k.Cases(k.ctx, f)
			if err != nil {
				rt.Fatal(err)
			}
			seen = append(seen, ids(page.Cases, func(c casefile.Case) string { return c.ID })...)
			if f.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(seen, want) {
			rt.Fatalf("pages of %d show %v, want %v", f.Limit, seen, want)
		}
	})
}

func caseDecisions(t *testing.T, k *kit) {
	k.seller("s")
	c := k.open("c", "s", nil)
	k.must(k.PutAccount(k.ctx, access.Account{ID: "anna", Email: "anna@example.org", Name: "Anna"}))
	k.must(k.PutKey(k.ctx, access.Key{ID: "key", Name: "robot", Hash: "00"}))
	_, err := k.LastDecided(k.ctx, c.ListingID)
	k.refuses(fault.NotFound, err)
	k.refuses(fault.NotFound, k.AddDecision(k.ctx, casefile.Decision{ID: "d", CaseID: "none"}))

	var first casefile.Decision
	fill(&first)
	first.CaseID, first.ActorID, first.ActorName, first.CreatedAt = "c", "anna", "Anna", noon
	second := casefile.Decision{ID: "d2", CaseID: "c", Outcome: verdict.Pass, ActorID: "key", ActorName: "robot", CreatedAt: noon}
	k.must(k.AddDecision(k.ctx, first))
	k.must(k.AddDecision(k.ctx, second))
	k.must(k.AddDecision(k.ctx, first)) // the same again changes nothing
	same(t, "decisions", got[[]casefile.Decision](k)(k.Decisions(k.ctx, "c")), []casefile.Decision{first, second})
	c.Decision = &second
	same(t, "case", got[casefile.Case](k)(k.Case(k.ctx, "c")), c)
	same(t, "page", got[casefile.Page](k)(k.Cases(k.ctx, casefile.Filter{})).Cases, []casefile.Case{c})
	same(t, "last decided", got[casefile.Case](k)(k.LastDecided(k.ctx, c.ListingID)), c)
	same(t, "one decision", got[casefile.Decision](k)(k.Decision(k.ctx, first.ID)), first)
	same(t, "a group", got[[]casefile.Decision](k)(k.GroupDecisions(k.ctx, first.GroupID)), []casefile.Decision{first})
	same(t, "no group", got[[]casefile.Decision](k)(k.GroupDecisions(k.ctx, "")), []casefile.Decision{})
	_, err = k.Decision(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	same(t, "of no case", got[[]casefile.Decision](k)(k.Decisions(k.ctx, "none")), []casefile.Decision{})
}

func caseForgotten(t *testing.T, k *kit) {
	k.seller("s")
	k.open("c", "s", nil)
	anna := access.Account{ID: "anna", Email: "anna@example.org", Name: "Anna"}
	k.must(k.PutAccount(k.ctx, anna))
	k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "d", CaseID: "c", ActorID: "anna", ActorName: "Anna"}))
	anna.Name, anna.Email = "", "forgotten"
	k.must(k.PutAccount(k.ctx, anna))
	if d := got[[]casefile.Decision](k)(k.Decisions(k.ctx, "c"))[0]; d.ActorName != "" || d.ActorID != "anna" {
		t.Fatalf("the decision still says %+v", d)
	}
}

// judged stores a case on these assets that was decided so, one answer after
// the other.
func (k *kit) judged(id string, matched []string, outcomes ...verdict.Decision) {
	k.t.Helper()
	c := k.open(id, "s", nil)
	k.must(k.PutVerdict(k.ctx, verdict.Verdict{ID: "v-" + id, RevisionID: c.RevisionID, ListingID: c.ListingID, Matched: matched}))
	c.VerdictID = "v-" + id
	k.must(k.PutCase(k.ctx, c))
	for i, o := range outcomes {
		k.must(k.AddDecision(k.ctx, casefile.Decision{ID: fmt.Sprint("d-", id, "-", i), CaseID: id, Outcome: o, CreatedAt: noon}))
	}
}

func casePrecision(t *testing.T, k *kit) {
	k.seller("s")
	k.brand("b1", k.holder("h1"))
	k.brand("b2", k.holder("h2"))
	for _, id := range []string{"good", "bad", "un_used"} {
		k.asset(id, "b1")
	}
	k.asset("other", "b2")
	const pass, block = verdict.Pass, verdict.Block
	k.judged("1", []string{"good"}, block)
	k.judged("2", []string{"bad", "good", "b1"}, pass, block) // decided again: the last counts
	k.judged("3", []string{"bad"}, block, pass)
	k.judged("4", []string{"bad"}, pass)
	k.judged("5", []string{"bad", "gone"}) // still open
	k.judged("6", nil, pass)
	k.judged("7", []string{"other"}, pass)
	k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "d-4-0", CaseID: "4", Outcome: block})) // the same id changes nothing

	bad, good, other := casefile.Measure("bad", 3, 1), casefile.Measure("good", 2, 2), casefile.Measure("other", 1, 0)
	for _, want := range []casefile.Precision{bad, good, other, casefile.Measure("un_used", 0, 0), casefile.Measure("gone", 0, 0)} {
		same(t, want.AssetID, got[casefile.Precision](k)(k.Precision(k.ctx, want.AssetID)), want)
	}
	for _, c := range []struct {
		f    registry.Filter
		want []casefile.Precision
	}{
		{registry.Filter{}, []casefile.Precision{bad, other, good}}, // 1 of 3: at most 0.792; 0 of 1: at most 0.793
		{registry.Filter{BrandID: "b1"}, []casefile.Precision{bad, good}},
		{registry.Filter{HolderID: "h2"}, []casefile.Precision{other}},
		{registry.Filter{HolderID: "-"}, []casefile.Precision{}},
	} {
		page := got[casefile.PrecisionPage](k)(k.Precisions(k.ctx, c.f))
		same(t, "worst first", page.Assets, c.want)
	}
	id := func(c casefile.Case) string { return c.ID }
	same(t, "cases of an asset", ids(got[casefile.Page](k)(k.Cases(k.ctx, casefile.Filter{AssetID: "bad"})).Cases, id), []string{"2", "3", "4"})
	_, err := k.Precisions(k.ctx, registry.Filter{After: "nonsense"})
	k.refuses(fault.Invalid, err)
}

func casePrecisionPages(t *testing.T, k *kit) {
	k.seller("s")
	k.brand("b", k.holder("h"))
	var want []casefile.Precision
	for i := range 9 {
		asset := fmt.Sprint("a", i)
		k.asset(asset, "b")
		decided, confirmed := i/3+1, 0
		for n := range decided {
			outcome := verdict.Pass
			if i%2 == 0 && n == 0 {
				outcome, confirmed = verdict.Block, 1
			}
			k.judged(fmt.Sprint(i, "-", n), []string{asset}, outcome)
		}
		want = append(want, casefile.Measure(asset, decided, confirmed))
	}
	slices.SortStableFunc(want, func(x, y casefile.Precision) int { return cmp.Compare(x.High, y.High) })
	for limit := range 10 {
		var seen []casefile.Precision
		f := registry.Filter{Limit: limit + 1}
		for {
			page := got[casefile.PrecisionPage](k)(k.Precisions(k.ctx, f))
			seen = append(seen, page.Assets...)
			if f.After = page.Next; page.Next == "" {
				break
			}
		}
		same(t, fmt.Sprint("pages of ", limit+1), seen, want)
	}
}

package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/trial"
	"assay/internal/verdict"
)

var trialTests = map[string]func(*testing.T, *kit){
	"back-tests":          trialBackTests,
	"rows and counts":     trialRows,
	"past verdicts":       trialPast,
	"shadows":             trialShadows,
	"precision of a rule": trialRules,
}

func (k *kit) policy(id string) {
	k.t.Helper()
	k.must(k.PutPolicy(k.ctx, verdict.Version{ID: id, Source: "text of " + id, ActorID: "anna", CreatedAt: noon}))
}

func trialBackTests(t *testing.T, k *kit) {
	k.policy("p@1")
	var b trial.BackTest
	fill(&b)
	b.PolicyID = "p@1"
	k.must(k.PutBackTest(k.ctx, b))
	same(t, "back-test", got[trial.BackTest](k)(k.BackTest(k.ctx, b.ID)), b)
	b.State, b.Looked, b.Cursor, b.Problem = trial.Done, 7, "next", "none"
	k.must(k.PutBackTest(k.ctx, b))
	same(t, "later", got[[]trial.BackTest](k)(k.BackTests(k.ctx, "p@1", 0)), []trial.BackTest{b})
	same(t, "of another", got[[]trial.BackTest](k)(k.BackTests(k.ctx, "p@2", 0)), []trial.BackTest{})
	k.must(k.DropTrial(k.ctx, b.ID))
	_, err := k.BackTest(k.ctx, b.ID)
	k.refuses(fault.NotFound, err)
	b.PolicyID = "none"
	k.refuses(fault.Invalid, k.PutBackTest(k.ctx, b))
}

// tried stores a row of trial "t" and, unless it is "", a person's answer.
func (k *kit) tried(n int, seller string, was, now, answer verdict.Decision) {
	k.t.Helper()
	id := fmt.Sprint("c", n)
	c := k.open(id, seller, nil)
	r := trial.Rejudged{TrialID: "t", VerdictID: fmt.Sprint("v", n), RevisionID: c.RevisionID, ListingID: c.ListingID, SellerID: seller, Title: c.Title,
		Was: was, Now: now, Rules: []string{"r"}, CreatedAt: noon.Add(time.Duration(n) * time.Minute)}
	k.must(k.AddRows(k.ctx, []trial.Rejudged{r}))
	k.must(k.AddRows(k.ctx, []trial.Rejudged{r})) // twice is once
	if answer != "" {
		k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "d" + id, CaseID: id, Outcome: answer, CreatedAt: noon}))
		k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "e" + id, CaseID: id, Outcome: verdict.Pass, Automated: true, CreatedAt: noon.Add(time.Hour)}))
	}
}

func trialRows(t *testing.T, k *kit) {
	const pass, review, block = verdict.Pass, verdict.Review, verdict.Block
	k.seller("s1")
	k.seller("s2")
	k.tried(1, "s1", pass, pass, "")
	k.tried(2, "s1", review, block, block)
	k.tried(3, "s1", review, block, pass)
	k.tried(4, "s2", pass, review, pass)
	k.tried(5, "s2", block, pass, "")
	same(t, "moves", got[[]trial.Move](k)(k.Moves(k.ctx, "t")), []trial.Move{
		{Was: block, Now: pass, Count: 1}, {Was: pass, Now: pass, Count: 1}, {Was: pass, Now: review, Count: 1, Refused: 1},
		{Was: review, Now: block, Count: 2, Confirmed: 1, Refused: 1}})
	hits, sellers, err := k.Hits(k.ctx, "t", 1)
	k.must(err)
	same(t, "hits", hits, []trial.Hit{{SellerID: "s1", Name: hits[0].Name, Block: 2, Refused: 1}})
	if sellers != 2 {
		t.Errorf("%d sellers", sellers)
	}
	id := func(r trial.Rejudged) string { return r.VerdictID + ":" + string(r.Answer) }
	first := got[trial.RowPage](k)(k.Rows(k.ctx, trial.RowFilter{TrialID: "t", Changed: true, Limit: 3}))
	same(t, "rows", ids(first.Rows, id), []string{"v5:", "v4:pass", "v3:pass"})
	second := got[trial.RowPage](k)(k.Rows(k.ctx, trial.RowFilter{TrialID: "t", Changed: true, Limit: 3, After: first.Next}))
	same(t, "more rows", ids(second.Rows, id), []string{"v2:block"})
	same(t, "one seller", ids(got[trial.RowPage](k)(k.Rows(k.ctx, trial.RowFilter{TrialID: "t", SellerID: "s2", Now: review})).Rows, id), []string{"v4:pass"})
	k.must(k.DropTrial(k.ctx, "t"))
	same(t, "dropped", got[[]trial.Move](k)(k.Moves(k.ctx, "t")), []trial.Move(nil))
}

func trialPast(t *testing.T, k *kit) {
	k.seller("s")
	var want []string
	for i := range 5 {
		rev := k.revision(fmt.Sprint("l", i), "s", "title")
		for n := range 2 { // only the second of a revision is its newest
			v := verdict.Verdict{ID: fmt.Sprintf("v%d%d", i, n), RevisionID: rev.ID, ListingID: fmt.Sprint("l", i), CreatedAt: noon.Add(time.Duration(i*10+n) * time.Minute)}
			k.must(k.PutVerdict(k.ctx, v))
		}
		want = append([]string{fmt.Sprintf("v%d1", i)}, want...)
	}
	var seen []string
	for after := ""; ; {
		list, next, err := k.PastVerdicts(k.ctx, noon, noon.Add(time.Hour), after, 2)
		k.must(err)
		for _, p := range list {
			seen = append(seen, p.Verdict.ID)
			if p.Revision.ID != p.Verdict.RevisionID || p.Seller.ID != "s" {
				t.Errorf("%s comes with %s of %s", p.Verdict.ID, p.Revision.ID, p.Seller.ID)
			}
		}
		if after = next; next == "" {
			break
		}
	}
	same(t, "past", seen, want)
	list, _, err := k.PastVerdicts(k.ctx, noon.Add(10*time.Minute), noon.Add(21*time.Minute), "", 9)
	k.must(err)
	same(t, "a window ends before its end", ids(list, func(p trial.Past) string { return p.Verdict.ID }), []string{"v20", "v11"})
}

func trialShadows(t *testing.T, k *kit) {
	k.policy("p@1")
	k.policy("p@2")
	k.must(k.ActivatePolicy(k.ctx, "p@1"))
	k.must(k.SetShadow(k.ctx, "p@2", true))
	k.refuses(fault.NotFound, k.SetShadow(k.ctx, "none", true))
	shadows := func() []string {
		var out []string
		for _, v := range got[[]verdict.Version](k)(k.Policies(k.ctx)) {
			if v.Shadow {
				out = append(out, v.ID)
			}
		}
		return out
	}
	same(t, "shadows", shadows(), []string{"p@2"})
	k.must(k.ActivatePolicy(k.ctx, "p@2")) // what is in force is no shadow of itself
	same(t, "after activation", shadows(), []string(nil))
}

func trialRules(t *testing.T, k *kit) {
	k.seller("s")
	const pass, block = verdict.Pass, verdict.Block
	answer := func(n int, print string, outcomes ...verdict.Decision) {
		id := fmt.Sprint("c", n)
		c := k.open(id, "s", nil)
		k.must(k.PutVerdict(k.ctx, verdict.Verdict{ID: "v" + id, RevisionID: c.RevisionID, ListingID: c.ListingID, Reasons: []verdict.Reason{
			{Rule: "sure", Print: print, Decision: block}, {Rule: "note", Print: "n", Decision: pass}}}))
		c.VerdictID = "v" + id
		k.must(k.PutCase(k.ctx, c))
		for i, o := range outcomes {
			k.must(k.AddDecision(k.ctx, casefile.Decision{ID: fmt.Sprint("d", id, i), CaseID: id, Outcome: o, CreatedAt: noon.Add(time.Duration(i) * time.Hour)}))
		}
	}
	answer(1, "a", block)
	answer(2, "a", block, pass)
	answer(3, "a")
	answer(4, "b", pass)
	k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "auto", CaseID: "c3", Outcome: block, Automated: true, CreatedAt: noon}))
	k.must(k.AddDecision(k.ctx, casefile.Decision{ID: "auto1", CaseID: "c1", Outcome: pass, Automated: true, CreatedAt: noon.Add(9 * time.Hour)}))
	figure := func(print string, decided, confirmed int) trial.RuleFigure {
		return trial.RuleFigure{Rule: "sure", Print: print, Shown: casefile.Measure("", decided, confirmed)}
	}
	same(t, "all", got[[]trial.RuleFigure](k)(k.RuleFigures(k.ctx, noon)), []trial.RuleFigure{figure("a", 2, 1), figure("b", 1, 0)})
	same(t, "one", got[[]trial.RuleFigure](k)(k.RuleFigures(k.ctx, noon, "b")), []trial.RuleFigure{figure("b", 1, 0)})
	same(t, "lately", got[[]trial.RuleFigure](k)(k.RuleFigures(k.ctx, noon.Add(time.Minute))), []trial.RuleFigure{figure("a", 1, 0)})
}

package screening_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/screening"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// automated is the default policy with claim-sure automatic.
func automated(t *testing.T, automation string) *policy.Policy {
	t.Helper()
	text := strings.Replace(string(policy.DefaultSource()), "  - id: claim-sure\n", "  - id: claim-sure\n    automatic: true\n", 1)
	p, err := policy.Parse([]byte(strings.Replace(text, "\nrules:\n", "\nautomation: "+automation+"\nrules:\n", 1)))
	must(t, err)
	return p
}

func TestARuleActsAloneOnlyWhilePeopleAgree(t *testing.T) {
	h := newHouse(t)
	h.service.Desk = h.desk
	h.service.Engine.SetPolicy(automated(t, "{precision: 0.90, sample_blocks: 0}"))
	n := 0
	next := func() listing.Listing { n++; return h.offer(fmt.Sprint("l", n), fmt.Sprintf("%s %d", fake, n)) }
	for range 34 { // 34 of 34: lower bound 0.898
		l := next()
		if l.Status != listing.Held {
			t.Fatalf("listing %d is %s before the rule has proved itself", n, l.Status)
		}
		h.decide(l, verdict.Block, "counterfeit")
	}
	h.decide(next(), verdict.Block, "counterfeit") // 35 of 35: 0.901
	l := next()
	if l.Status != listing.Removed {
		t.Fatalf("the proven rule left the listing %s", l.Status)
	}
	last, err := h.store.LastDecided(h.ctx, l.ID)
	must(t, err)
	if d := last.Decision; !d.Automated || d.Reason != "counterfeit" || d.ActorID != screening.System.ID {
		t.Errorf("decided as %+v", d)
	}
	if _, open := h.openCase(l); open {
		t.Error("a case is open although nobody is asked")
	}
	c, err := h.store.Case(h.ctx, last.ID) // a person finds the machine wrong
	must(t, err)
	_, err = h.desk.Decide(h.ctx, c.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: c.Version}, casefile.Actor{ID: "r", Name: "R"})
	must(t, err)
	if l := next(); l.Status != listing.Held {
		t.Errorf("after a mistake the rule still acts: %s", l.Status)
	}
}

func TestTheLotBringsAutomaticRemovalsBeforeAPerson(t *testing.T) {
	h := newHouse(t)
	h.service.Desk = h.desk
	h.service.Engine.SetPolicy(automated(t, "{precision: 0.90, sample_blocks: 1, sample_passes: 1}"))
	for i := range 35 {
		h.decide(h.offer(fmt.Sprint("l", i), fmt.Sprintf("%s %d", fake, i)), verdict.Block, "counterfeit")
	}
	l := h.offer("machine", fake)
	sample, err := h.store.OpenCaseOf(h.ctx, l.ID, casefile.FromSample)
	must(t, err)
	removal, err := h.store.Decision(h.ctx, sample.AppealOf)
	must(t, err)
	if l.Status != listing.Removed || !removal.Automated {
		t.Fatalf("%s by %+v", l.Status, removal)
	}
	done, err := h.desk.Decide(h.ctx, sample.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: sample.Version}, casefile.Actor{ID: "r", Name: "R"})
	must(t, err)
	if done.Decision.Reverses != removal.ID {
		t.Errorf("the answer takes back %q, not the removal", done.Decision.Reverses)
	}
	if l, err = h.store.Listing(h.ctx, l.ID); err != nil || l.Status != listing.Live {
		t.Errorf("the listing is %s (%v)", l.Status, err)
	}
	plain := h.offer("plain", honest)
	if c, err := h.store.OpenCaseOf(h.ctx, plain.ID, casefile.FromSample); err != nil || plain.Status != listing.Live || c.AppealOf != "" {
		t.Errorf("a passed listing was not drawn: %v", err)
	}
}

func TestAShadowJudgesBesideThePolicyInForce(t *testing.T) {
	h := newHouse(t)
	strict, err := policy.Parse([]byte(strings.NewReplacer("number: 1\n", "number: 2\n", "text_review: 0.50", "text_review: 0.01").Replace(string(policy.DefaultSource()))))
	must(t, err)
	h.service.Engine.SetShadows([]*policy.Policy{strict})
	kept := h.offer("a", fake)
	loose := h.offer("b", excused)
	page, err := h.store.Rows(h.ctx, trial.RowFilter{TrialID: trial.ShadowID("default@2")})
	must(t, err)
	if len(page.Rows) != 2 {
		t.Fatalf("%d rows", len(page.Rows))
	}
	for _, r := range page.Rows {
		changed := r.Was != r.Now
		if r.ListingID == kept.ID && changed || r.ListingID == loose.ID && (r.Was != verdict.Pass || r.Now != verdict.Review || len(r.Rules) == 0) {
			t.Errorf("%s: %s becomes %s by %v", r.Title, r.Was, r.Now, r.Rules)
		}
	}
	if loose.Status != listing.Live {
		t.Errorf("a shadow had an effect: %s", loose.Status)
	}
}

func TestABackTestSaysWhoWouldHaveBeenHit(t *testing.T) {
	h := newHouse(t)
	for _, title := range []string{fake, honest, excused} {
		h.offer(title, title)
	}
	source := strings.NewReplacer("number: 1\n", "number: 2\n", "text_review: 0.50", "text_review: 0.01").Replace(string(policy.DefaultSource()))
	must(t, h.store.PutPolicy(h.ctx, verdict.Version{ID: "default@2", Source: source, ActorID: "lead", CreatedAt: h.clock}))
	bench := &trial.Bench{Store: h.store, Queue: h.store.Jobs(), Now: func() time.Time { return h.clock }}
	begun, err := bench.Begin(h.ctx, trial.BackTest{PolicyID: "default@2", From: h.clock.Add(-time.Hour), Until: h.clock.Add(time.Hour), ActorID: "lead"})
	must(t, err)
	args := []byte(`{"id":"` + begun.ID + `"}`)
	must(t, bench.Run(context.Background(), args))
	must(t, bench.Run(context.Background(), args)) // twice is once
	done, err := h.store.BackTest(h.ctx, begun.ID)
	must(t, err)
	sum, err := bench.Summary(h.ctx, begun.ID)
	must(t, err)
	if done.State != trial.Done || done.Looked != 3 || sum.Looked != 3 || sum.Changed != 1 || sum.Sellers != 1 || sum.Hits[0].Name != "Shop" {
		t.Errorf("%+v gives %+v", done, sum)
	}
	if _, err := bench.Begin(h.ctx, trial.BackTest{PolicyID: "none@1", From: h.clock.Add(-time.Hour), Until: h.clock}); err == nil {
		t.Error("a version that is not there was tried")
	}
}

// excused names the brand, and is passed because it is second hand.
const excused = "Second hand Veltrana sneakers"

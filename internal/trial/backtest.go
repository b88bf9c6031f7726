package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/ledger"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Job is the kind of the job that goes on with a back-test.
const Job = "trial.backtest"

// Bounds of a back-test: verdicts in all, in one transaction, and
// transactions in one job. Kept is how many back-tests are remembered.
const (
	Most    = 200_000
	page    = 250
	perJob  = 40
	kept    = 20
	maxSpan = 3 * 366 * 24 * time.Hour
)

// BenchStore is what back-tests need of the store.
type BenchStore interface {
	Store
	verdict.Store
	ledger.Store
	Brand(ctx context.Context, id string) (registry.Brand, error)
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Bench runs trials.
type Bench struct {
	Store BenchStore
	Queue job.Queue
	Now   func() time.Time
}

type backTestArgs struct {
	ID     string `json:"id"`
	Cursor string `json:"cursor"`
}

// Begin starts a back-test of a saved version over the verdicts given from
// and before until.
func (b *Bench) Begin(ctx context.Context, t BackTest) (BackTest, error) {
	if t.Most <= 0 || t.Most > Most {
		t.Most = Most
	}
	switch {
	case !t.From.Before(t.Until):
		return t, &fault.Error{Code: fault.Invalid, Message: "the first day must come before the last",
			Fields: []fault.Field{{Path: "from", Code: "order", Message: "choose an earlier day"}}}
	case t.Until.Sub(t.From) > maxSpan:
		return t, &fault.Error{Code: fault.Invalid, Message: "a back-test covers three years at most",
			Fields: []fault.Field{{Path: "from", Code: "range", Message: "choose a later day"}}}
	}
	if _, _, err := b.Version(ctx, t.PolicyID); err != nil {
		return t, err
	}
	now := b.Now()
	t.ID, t.State, t.CreatedAt, t.UpdatedAt = uuid.Must(uuid.NewV7()).String(), Waiting, now, now
	t.Looked, t.Cursor, t.Problem = 0, "", ""
	return t, b.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := b.forget(ctx); err != nil {
			return err
		}
		if err := b.Store.PutBackTest(ctx, t); err != nil {
			return err
		}
		if err := b.enter(ctx, "policy.backtest", t.PolicyID, t.ActorID, map[string]any{"backtest": t.ID, "from": t.From, "until": t.Until}); err != nil {
			return err
		}
		return b.Queue.Enqueue(ctx, job.Make(Job, t.ID, backTestArgs{ID: t.ID}))
	})
}

// forget drops the oldest back-tests, so that they do not pile up.
func (b *Bench) forget(ctx context.Context) error {
	all, err := b.Store.BackTests(ctx, "", 500)
	if err != nil {
		return err
	}
	for i := kept - 1; i < len(all); i++ {
		if err := b.Store.DropTrial(ctx, all[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// Run handles Job: some pages, then a job for the rest. Each page is one
// transaction with the place where the next begins, so a lost worker's page
// is judged again to the same rows.
func (b *Bench) Run(ctx context.Context, raw json.RawMessage) error {
	var args backTestArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Stop(fmt.Errorf("arguments of %s: %w", Job, err))
	}
	t, err := b.Store.BackTest(ctx, args.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // dropped
	}
	if err != nil {
		return err
	}
	if t.State == Done || t.State == Failed {
		return nil
	}
	_, p, err := b.Version(ctx, t.PolicyID)
	if err != nil {
		t.State, t.Problem, t.UpdatedAt = Failed, "policy", b.Now()
		return b.Store.PutBackTest(ctx, t)
	}
	brands := map[string]registry.Brand{}
	for n := 1; t.State != Done; n++ {
		if err := b.step(ctx, &t, p, brands, n == perJob); err != nil || n == perJob {
			return err
		}
	}
	return nil
}

// step judges one page; last says that another job goes on after it.
func (b *Bench) step(ctx context.Context, t *BackTest, p *policy.Policy, brands map[string]registry.Brand, last bool) error {
	past, next, err := b.Store.PastVerdicts(ctx, t.From, t.Until, t.Cursor, min(page, t.Most-t.Looked))
	if err != nil {
		return err
	}
	rows := make([]Rejudged, len(past))
	for i, one := range past {
		if err := b.know(ctx, brands, one.Verdict.Signals); err != nil {
			return err
		}
		rows[i] = Judge(p, t.ID, one.Verdict, policy.Facts{Signals: one.Verdict.Signals, Revision: one.Revision,
			Seller: one.Seller, Brands: brands, Now: one.Verdict.CreatedAt})
	}
	t.Looked += len(past)
	t.State, t.Cursor, t.UpdatedAt = Running, next, b.Now()
	if next == "" || t.Looked >= t.Most {
		t.State = Done
	}
	return b.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := b.Store.AddRows(ctx, rows); err != nil {
			return err
		}
		if err := b.Store.PutBackTest(ctx, *t); err != nil {
			return err
		}
		if !last || t.State == Done {
			return nil
		}
		return b.Queue.Enqueue(ctx, job.Make(Job, t.ID+t.Cursor, backTestArgs{ID: t.ID, Cursor: t.Cursor}))
	})
}

// Judge is what a policy would have said in place of a verdict.
func Judge(p *policy.Policy, trialID string, was verdict.Verdict, f policy.Facts) Rejudged {
	now := p.Decide(f)
	r := Rejudged{TrialID: trialID, VerdictID: was.ID, RevisionID: was.RevisionID, ListingID: was.ListingID, SellerID: f.Seller.ID,
		Title: f.Revision.Offer.Title, Was: was.Decision, Now: now.Decision, Rules: []string{}, CreatedAt: was.CreatedAt}
	for _, reason := range now.Reasons {
		if reason.Decision == now.Decision && !slices.Contains(r.Rules, reason.Rule) {
			r.Rules = append(r.Rules, reason.Rule)
		}
	}
	return r
}

// know reads the brands that signals name; one that is gone is not known.
func (b *Bench) know(ctx context.Context, brands map[string]registry.Brand, signals []signal.Signal) error {
	for _, s := range signals {
		if _, known := brands[s.BrandID]; known || s.BrandID == "" {
			continue
		}
		brand, err := b.Store.Brand(ctx, s.BrandID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			brands[s.BrandID] = brand
		}
	}
	return nil
}

// Summary reads how a trial stands.
func (b *Bench) Summary(ctx context.Context, trialID string) (Summary, error) {
	moves, err := b.Store.Moves(ctx, trialID)
	if err != nil {
		return Summary{}, err
	}
	hits, sellers, err := b.Store.Hits(ctx, trialID, 50)
	return Summarise(moves, sellers, hits), err
}

// Shadow lets a version judge beside the one in force, or stops that and
// forgets what it found. At most MaxShadows do so at once.
func (b *Bench) Shadow(ctx context.Context, policyID string, on bool, actorID string) error {
	if _, _, err := b.Version(ctx, policyID); err != nil {
		return err
	}
	return b.Store.Atomic(ctx, func(ctx context.Context) error {
		all, err := b.Store.Policies(ctx)
		if err != nil {
			return err
		}
		running := 0
		for _, v := range all {
			switch {
			case v.ID == policyID && v.Shadow == on:
				return nil
			case v.ID == policyID && v.Active && on:
				return fault.New(fault.Conflict, "this version is in force; a shadow runs beside it")
			case v.Shadow:
				running++
			}
		}
		if on && running >= MaxShadows {
			return fault.New(fault.Conflict, "%d versions run as shadows already; stop one first", MaxShadows)
		}
		if err := b.Store.DropTrial(ctx, ShadowID(policyID)); err != nil {
			return err
		}
		if err := b.Store.SetShadow(ctx, policyID, on); err != nil {
			return err
		}
		kind := "policy.shadow_started"
		if !on {
			kind = "policy.shadow_stopped"
		}
		return b.enter(ctx, kind, policyID, actorID, map[string]any{})
	})
}

// MaxShadows is how many versions may judge beside the one in force.
const MaxShadows = 3

func (b *Bench) enter(ctx context.Context, kind, subject, actor string, said map[string]any) error {
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = b.Store.Append(ctx, ledger.Entry{At: b.Now(), Actor: actor, Kind: kind, Subject: subject, Data: data})
	return err
}

package screening

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/trial"
	"assay/internal/verdict"
)

// Store is what screening needs of the store.
type Store interface {
	registry.Store
	seller.Store
	listing.Store
	verdict.Store
	casefile.Store
	search.Store
	similar.PrintStore
	trial.Store
	ledger.Store
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Service screens stored revisions and answers sellers before publication.
type Service struct {
	Engine  *Engine
	Store   Store
	Blobs   *blob.Store
	Fetcher intake.Fetcher
	Now     func() time.Time
	Log     *slog.Logger
	// CatchUp makes the engine as new as the registry; see Follower.
	CatchUp func(context.Context) error
	// Flood and Keeper, when set, brake assets that match far too much.
	Flood  *Flood
	Keeper *registry.Keeper
	// Watch, when not nil, finds what saved searches want of each revision.
	Watch *search.Watch
	// Desk carries out what the policy may decide without a person; without it
	// a person is asked about everything.
	Desk *casefile.Desk
	// Levels say how urgent cases are; nil: casefile.Usual.
	Levels *casefile.Levels
	// Cure, when not nil, is asked about removed goods that pass after their
	// seller changed them: it decides the case and brings them back, or not.
	Cure func(ctx context.Context, c casefile.Case, v verdict.Verdict, now time.Time) (bool, error)
	// Given, when not nil, is told each stored verdict, for metrics.
	Given func(verdict.Verdict)
}

// Screen handles intake.ScreenJob: all verdicts of the batch, the cases they
// open, the listings' states and the ledger entries are one transaction.
func (s *Service) Screen(ctx context.Context, raw json.RawMessage) error {
	var args intake.ScreenArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Stop(fmt.Errorf("arguments of %s: %w", intake.ScreenJob, err))
	}
	if err := s.CatchUp(ctx); err != nil {
		return fmt.Errorf("catch up with the registry: %w", err)
	}
	if s.Watch != nil {
		if err := s.Watch.CatchUp(ctx); err != nil {
			return fmt.Errorf("catch up with the saved searches: %w", err)
		}
	}
	outcomes, err := s.examineAll(ctx, args.Revisions)
	if err != nil {
		return err
	}
	braked, err := s.brake(ctx, outcomes)
	if err != nil {
		return err
	}
	if braked { // the verdicts that showed it must not stand as they are
		if err := s.CatchUp(ctx); err != nil {
			return fmt.Errorf("catch up with the registry: %w", err)
		}
		if outcomes, err = s.examineAll(ctx, args.Revisions); err != nil {
			return err
		}
	}
	err = s.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := s.Store.KeepPrints(ctx, shownBy(outcomes)); err != nil {
			return err
		}
		for _, o := range outcomes {
			if err := s.record(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && s.Given != nil {
		for _, o := range outcomes {
			s.Given(o.verdict)
		}
	}
	return err
}

// shownBy is what the examined revisions show. Their prints were taken while
// looking; keeping them first gives all workers one order of locks.
func shownBy(outcomes []outcome) []similar.Shown {
	out := make([]similar.Shown, len(outcomes))
	for i, o := range outcomes {
		out[i] = similar.ShownBy(o.subject.Revision, o.subject.Prints)
	}
	return out
}

// examineAll examines the revisions that are still there.
func (s *Service) examineAll(ctx context.Context, revisions []string) ([]outcome, error) {
	outcomes := make([]outcome, 0, len(revisions))
	for _, id := range revisions {
		o, err := s.examine(ctx, id)
		if fault.Is(err, fault.NotFound) {
			s.Log.Warn("revision to screen is gone", "revision", id)
			continue
		}
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// brake counts what was matched, and brakes the assets that matched too much.
func (s *Service) brake(ctx context.Context, outcomes []outcome) (braked bool, err error) {
	if s.Flood == nil || s.Keeper == nil {
		return false, nil
	}
	for _, o := range outcomes {
		for _, b := range s.Flood.note(o.subject, o.verdict) {
			if s.Engine.Library.Braked(b.AssetID) {
				continue
			}
			kept, changed, err := s.Keeper.Brake(ctx, b, "system")
			if err != nil {
				return false, fmt.Errorf("brake asset %s: %w", b.AssetID, err)
			}
			if kept.ReleasedAt != nil { // by somebody who has seen these matches
				s.Flood.forget(b.AssetID, *kept.ReleasedAt)
				continue
			}
			if changed {
				s.Log.Warn("an asset matches far too much and is braked", "asset", b.AssetID, "matched", b.Matched, "looked", b.Looked, "sellers", b.Sellers)
			}
			braked = true
		}
	}
	return braked, nil
}

// outcome is a verdict with what it was given on.
type outcome struct {
	subject *signal.Subject
	verdict verdict.Verdict
	reason  string // of the case; "": the verdict's first
	alerts  []search.Alert
}

// examine gives the verdict on a stored revision.
func (s *Service) examine(ctx context.Context, revisionID string) (outcome, error) {
	rev, err := s.Store.Revision(ctx, revisionID)
	if err != nil {
		return outcome{}, err
	}
	l, err := s.Store.Listing(ctx, rev.ListingID)
	if err != nil {
		return outcome{}, err
	}
	o, err := s.judge(ctx, rev, l.SellerID, s.stored)
	if err == nil && s.Watch != nil {
		o.alerts = s.Watch.Look(ctx, search.Offered{Listing: l, Revision: rev, Read: signal.ReadFields(o.subject.Read)})
	}
	return o, err
}

func (s *Service) judge(ctx context.Context, rev listing.Revision, sellerID string, get Source) (outcome, error) {
	who, err := s.Store.Seller(ctx, sellerID)
	if err != nil {
		return outcome{}, err
	}
	licences, err := s.Store.Licences(ctx, registry.Filter{SellerID: sellerID, Limit: 500})
	if err != nil {
		return outcome{}, err
	}
	subject := &signal.Subject{Revision: rev, Seller: who, Licences: licences, Now: s.Now()}
	v, err := s.Engine.Examine(ctx, subject, get)
	return outcome{subject: subject, verdict: v}, err
}

func (s *Service) stored(ctx context.Context, p listing.Picture) ([]byte, error) {
	return s.Blobs.Get(ctx, p.Hash)
}

// DryRun answers a seller before publication; nothing is stored.
func (s *Service) DryRun(ctx context.Context, sellerID string, row listing.Row) (verdict.Verdict, error) {
	if err := intake.Check(row); err != nil {
		return verdict.Verdict{}, err
	}
	if err := s.CatchUp(ctx); err != nil {
		return verdict.Verdict{}, fmt.Errorf("catch up with the registry: %w", err)
	}
	rev := listing.Revision{ID: "dry-run", Number: 1, Source: "dry-run", Offer: row.Offer, CreatedAt: s.Now()}
	rev.Offer.Pictures = slices.Clone(row.Offer.Pictures)
	for i := range rev.Offer.Pictures {
		rev.Offer.Pictures[i].State = listing.PictureStored
	}
	o, err := s.judge(signal.Unkept(ctx), rev, sellerID, func(ctx context.Context, p listing.Picture) ([]byte, error) {
		if p.Hash != "" {
			return s.Blobs.Get(ctx, p.Hash)
		}
		data, _, err := s.Fetcher.Fetch(ctx, p.URL)
		if err != nil && ctx.Err() == nil {
			return nil, fault.Wrap(err, fault.NotFound, "the picture could not be fetched")
		}
		return data, err
	})
	return o.verdict, err
}

// Ready reports whether the engine has learnt the registry.
func (s *Service) Ready(context.Context) error {
	if !s.Engine.Library.Loaded() {
		return fault.New(fault.Unavailable, "the registry is still being learnt")
	}
	return nil
}

// record stores one outcome inside the caller's transaction.
func (s *Service) record(ctx context.Context, o outcome) error {
	v := o.verdict
	if _, err := s.Store.Verdict(ctx, v.ID); err == nil {
		return nil // this very screening was recorded before the worker was lost
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := s.Store.PutVerdict(ctx, v); err != nil {
		return err
	}
	if err := s.Store.AddRows(ctx, s.Engine.Shadow(o.subject, v)); err != nil {
		return err
	}
	if err := s.Store.KeepText(ctx, o.subject.Revision.ID, signal.ReadFields(o.subject.Read)); err != nil {
		return err
	}
	if _, err := s.Store.AddAlerts(ctx, o.alerts); err != nil {
		return err
	}
	l, err := s.Store.Listing(ctx, v.ListingID)
	if err != nil {
		return err
	}
	effect := "overtaken"
	if l.Revision == o.subject.Revision.Number {
		if effect, err = s.settle(ctx, o, l); err != nil {
			return err
		}
	}
	data, err := json.Marshal(map[string]any{"verdict": v.ID, "revision": v.RevisionID, "decision": v.Decision, "policy": v.Policy,
		"matched": v.Matched, "effect": effect})
	if err != nil {
		return err
	}
	_, err = s.Store.Append(ctx, ledger.Entry{At: s.Now(), Actor: "system", Kind: "verdict.given", Subject: v.ListingID, Data: data})
	return err
}

// settle gives the verdict on the newest revision its effect and names it.
func (s *Service) settle(ctx context.Context, o outcome, l listing.Listing) (string, error) {
	v := o.verdict
	past, err := s.history(ctx, o, l)
	if err != nil {
		return "", err
	}
	switch {
	case past.cleared:
		return "cleared_before", s.put(ctx, o, listing.Live, past.open, false)
	case v.Decision == verdict.Pass && l.Status == listing.Removed:
		o.reason = "return_asked"
		if err := s.put(ctx, o, listing.Removed, past.open, true); err != nil {
			return "", err
		}
		return s.comeBack(ctx, o)
	case v.Decision == verdict.Pass:
		if err := s.put(ctx, o, listing.Live, past.open, false); err != nil {
			return "", err
		}
		return "live", s.sample(ctx, o, "", s.Engine.Policy().Automation().SamplePasses)
	case l.Status == listing.Removed && past.sameAsRemoved:
		return "stays_removed", s.put(ctx, o, listing.Removed, past.open, false)
	case v.Decision == verdict.Block:
		if removed, err := s.act(ctx, o, past.open); removed || err != nil {
			return "removed", err
		}
		return "held", s.put(ctx, o, listing.Held, past.open, true)
	case l.Status == listing.Removed:
		return "held", s.put(ctx, o, listing.Held, past.open, true)
	}
	return "review", s.put(ctx, o, reviewStatus(l.Status), past.open, true)
}

// comeBack lets goods back on sale at once whose seller has plainly mended
// them; others wait for a person.
func (s *Service) comeBack(ctx context.Context, o outcome) (string, error) {
	if s.Cure == nil {
		return "asks_to_return", nil
	}
	c, err := s.Store.OpenCase(ctx, o.verdict.ListingID)
	if err != nil {
		return "", err
	}
	cured, err := s.Cure(ctx, c, o.verdict, s.Now())
	if cured {
		return "cured", err
	}
	return "asks_to_return", err
}

// reviewStatus is where a listing stands while a person looks at a mere
// suspicion: what is new waits, what was on sale as it is stays on sale.
func reviewStatus(now listing.Status) listing.Status {
	if now == listing.Live {
		return listing.Live
	}
	return listing.Held
}

// history is what people said about this listing before.
type history struct {
	open          *casefile.Case
	cleared       bool // a person passed the same substance with the same matches
	sameAsRemoved bool // a person removed the same substance
}

func (s *Service) history(ctx context.Context, o outcome, l listing.Listing) (history, error) {
	var h history
	open, err := s.Store.OpenCase(ctx, l.ID)
	if err == nil {
		h.open = &open
	} else if !fault.Is(err, fault.NotFound) {
		return h, err
	}
	last, err := s.Store.LastDecided(ctx, l.ID)
	if fault.Is(err, fault.NotFound) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	judged, err := s.Store.Revision(ctx, last.RevisionID)
	if err != nil {
		return h, err
	}
	if last.Decision.Reason == casefile.TakenBack || judged.Offer.SubstanceHash() != o.subject.Revision.Offer.SubstanceHash() {
		return h, nil
	}
	if last.Decision.Outcome == verdict.Block {
		h.sameAsRemoved = true
		return h, nil
	}
	before, err := s.Store.Verdict(ctx, last.VerdictID) // cases of notices may have none
	if err != nil && !(last.VerdictID == "" && fault.Is(err, fault.NotFound)) {
		return h, err
	}
	h.cleared = !slices.ContainsFunc(o.verdict.Matched, func(id string) bool { return !slices.Contains(before.Matched, id) })
	return h, nil
}

// put sets the listing's state and opens, renews or overtakes its case.
func (s *Service) put(ctx context.Context, o outcome, status listing.Status, open *casefile.Case, ask bool) error {
	if _, err := s.Store.SetStatus(ctx, o.verdict.ListingID, o.subject.Revision.Number, status, s.Now()); err != nil {
		return err
	}
	switch {
	case ask && open != nil:
		// Its clock and its turn run on from when it was opened: a seller who
		// changes the listing again and again does not push it back.
		renewed := s.caseOf(o)
		renewed.ID, renewed.Version, renewed.CreatedAt, renewed.Desk = open.ID, open.Version, open.CreatedAt, open.Desk
		renewed.AssigneeID, renewed.LeaseUntil = open.AssigneeID, open.LeaseUntil
		return s.receive(ctx, renewed, o)
	case ask:
		return s.receive(ctx, s.caseOf(o), o)
	case open != nil:
		open.State, open.UpdatedAt, open.AssigneeID, open.LeaseUntil = casefile.Superseded, s.Now(), "", nil
		return s.Store.PutCase(ctx, *open)
	}
	return nil
}

// receive gives a case its place in the queue and stores it.
func (s *Service) receive(ctx context.Context, c casefile.Case, o outcome) error {
	l, err := s.Store.Listing(ctx, c.ListingID)
	if err != nil {
		return err
	}
	r := casefile.Reception{Teams: s.Store, Levels: s.Levels}
	c, err = r.Receive(ctx, c, casefile.Facts{Offer: o.subject.Revision.Offer, Market: l.Market, Country: o.subject.Seller.Country})
	if err != nil {
		return err
	}
	return s.Store.PutCase(ctx, c)
}

func (s *Service) caseOf(o outcome) casefile.Case {
	v, now := o.verdict, s.Now()
	c := casefile.Case{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("case\x00"+v.ID)).String(), ListingID: v.ListingID, RevisionID: v.RevisionID,
		VerdictID: v.ID, SellerID: o.subject.Seller.ID, Title: o.subject.Revision.Offer.Title, Proposed: v.Decision, Score: v.Score,
		Source: casefile.FromScreening, State: casefile.Open, CreatedAt: now, UpdatedAt: now}
	if c.Reason = o.reason; c.Reason == "" && len(v.Reasons) > 0 {
		c.Reason = v.Reasons[0].Code
	}
	for _, f := range v.Signals {
		if f.BrandID != "" && !f.Licensed {
			c.BrandID = f.BrandID
			break
		}
	}
	if b, ok := s.Engine.Library.Brand(c.BrandID); ok {
		c.HolderID = b.HolderID
	}
	return c
}

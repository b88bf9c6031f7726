package similar

import (
	"context"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// DownStore keeps stay-down prints.
type DownStore interface {
	// PutStayDown inserts or replaces by ID and records a registry.Change of
	// the kind "staydown" when anything changed, so that every worker hears.
	PutStayDown(ctx context.Context, s signal.StayDown) (changed bool, err error)
	StayDown(ctx context.Context, id string) (signal.StayDown, error)
	// StayDowns are those that stand, by id, after one; StayDownsOf those of a
	// listing that stand.
	StayDowns(ctx context.Context, after string, limit int) ([]signal.StayDown, error)
	StayDownsOf(ctx context.Context, listingID string) ([]signal.StayDown, error)
}

// Follower leaves stay-down prints behind decisions to block, and lifts them
// when a decision is taken back: a casefile.Follower.
type Follower struct {
	Store interface {
		DownStore
		PrintsOf(ctx context.Context, hashes []string) (map[string]signal.Print, error)
	}
	Now func() time.Time
}

// Follow implements casefile.Follower. What the policy decided by itself
// leaves no print: one mistake would make the next.
func (f *Follower) Follow(ctx context.Context, judged []casefile.Judged) error {
	for _, j := range judged {
		if err := f.lift(ctx, j); err != nil {
			return err
		}
		d := j.Decision
		if d.Outcome != verdict.Block || d.Automated || !signal.StaysDown(d.Reason) || j.Revision.ID == "" {
			continue
		}
		var hashes []string
		for _, p := range j.Revision.Offer.Pictures {
			hashes = append(hashes, p.Hash)
		}
		prints, err := f.Store.PrintsOf(ctx, hashes)
		if err != nil {
			return err
		}
		s := signal.StayDownOf(j.Revision, prints)
		s.ID, s.CaseID, s.SellerID, s.BrandID, s.Ground, s.MadeAt = d.ID, j.Case.ID, j.Case.SellerID, j.Case.BrandID, d.Reason, d.CreatedAt
		if _, err := f.Store.PutStayDown(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// lift takes away the prints of decisions that this one puts an end to: the
// one it reverses, the one before it in the same case, and, when it lets the
// goods pass, every one that stands against the same revision.
func (f *Follower) lift(ctx context.Context, j casefile.Judged) error {
	ids := []string{j.Decision.Reverses}
	if j.Before != nil {
		ids = append(ids, j.Before.ID)
	}
	if j.Decision.Outcome == verdict.Pass && j.Decision.Reason != casefile.TakenBack {
		list, err := f.Store.StayDownsOf(ctx, j.Case.ListingID)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.RevisionID == j.Revision.ID {
				ids = append(ids, s.ID)
			}
		}
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		s, err := f.Store.StayDown(ctx, id)
		if fault.Is(err, fault.NotFound) || err == nil && s.LiftedAt != nil {
			continue
		}
		if err != nil {
			return err
		}
		at := j.Decision.CreatedAt
		s.LiftedAt, s.LiftedBy = &at, j.Decision.ID
		if _, err := f.Store.PutStayDown(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

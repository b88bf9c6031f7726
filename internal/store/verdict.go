package store

import (
	"context"
	"fmt"
	"math"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/verdict"
)

type verdictRow struct {
	bun.BaseModel `bun:"table:verdicts"`
	ID            string  `bun:"id,pk"`
	RevisionID    string  `bun:"revision_id"`
	ListingID     string  `bun:"listing_id"`
	Decision      string  `bun:"decision"`
	Score         float64 `bun:"score"`
	Matched       string  `bun:"matched"`
	Reasons       string  `bun:"reasons"`
	Signals       string  `bun:"signals"`
	Policy        string  `bun:"policy"`
	Detectors     string  `bun:"detectors"`
	TookMS        float64 `bun:"took_ms"`
	CreatedAt     instant `bun:"created_at"`
}

func (r verdictRow) domain() (verdict.Verdict, error) {
	v := verdict.Verdict{
		ID: r.ID, RevisionID: r.RevisionID, ListingID: r.ListingID, Decision: verdict.Decision(r.Decision), Score: r.Score,
		Policy: r.Policy, TookMS: r.TookMS, CreatedAt: r.CreatedAt.Time,
	}
	return v, decode(r.Matched, &v.Matched, r.Reasons, &v.Reasons, r.Signals, &v.Signals, r.Detectors, &v.Detectors)
}

// PutVerdict implements verdict.Store.
func (s *Store) PutVerdict(ctx context.Context, v verdict.Verdict) error {
	if math.IsNaN(v.Score) || math.IsInf(v.Score, 0) {
		return fmt.Errorf("verdict %s has the score %v", v.ID, v.Score)
	}
	row := verdictRow{
		ID: v.ID, RevisionID: v.RevisionID, ListingID: v.ListingID, Decision: string(v.Decision), Score: v.Score,
		Matched: encode(v.Matched), Reasons: encode(v.Reasons), Signals: encode(v.Signals), Policy: v.Policy,
		Detectors: encode(v.Detectors), TookMS: v.TookMS, CreatedAt: s.stamp(v.CreatedAt),
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "revision_id", "revisions", v.RevisionID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx)
		return s.wrap(ctx, "store a verdict", err)
	})
}

// Verdict implements verdict.Store.
func (s *Store) Verdict(ctx context.Context, id string) (verdict.Verdict, error) {
	return one[verdictRow](ctx, s, "verdict", byID(id))
}

// VerdictsOf implements verdict.Store.
func (s *Store) VerdictsOf(ctx context.Context, listingID string, limit int) ([]verdict.Verdict, error) {
	return many[verdictRow](ctx, s, "verdicts", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("listing_id = ?", listingID).Order("created_at DESC", "id DESC").Limit(int64(limited(limit, 50, 500)))
	})
}

type policyRow struct {
	bun.BaseModel `bun:"table:policies"`
	ID            string  `bun:"id,pk"`
	Source        string  `bun:"source"`
	Active        bool    `bun:"active"`
	Shadow        bool    `bun:"shadow"`
	ActorID       string  `bun:"actor_id"`
	CreatedAt     instant `bun:"created_at"`
}

func (r policyRow) domain() (verdict.Version, error) {
	return verdict.Version{ID: r.ID, Source: r.Source, Active: r.Active, Shadow: r.Shadow, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time}, nil
}

// PutPolicy implements verdict.Store. The same text again changes nothing;
// another text under a known id is fault.Conflict.
func (s *Store) PutPolicy(ctx context.Context, v verdict.Version) error {
	row := policyRow{ID: v.ID, Source: v.Source, ActorID: v.ActorID, CreatedAt: s.stamp(v.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "store a policy", err)
		}
		old, err := one[policyRow](ctx, s, "policy", byID(v.ID))
		if err == nil && old.Source != clean(v.Source) {
			return fault.New(fault.Conflict, "policy %s exists with another text; save it under the next number", v.ID)
		}
		return err
	})
}

// ActivatePolicy implements verdict.Store.
func (s *Store) ActivatePolicy(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := s.lockHead(ctx, db, "policy"); err != nil { // one at a time
			return err
		}
		if _, err := one[policyRow](ctx, s, "policy", byID(id)); err != nil {
			return err
		}
		for _, active := range []bool{false, true} {
			q := db.NewUpdate().Table("policies").Set("active = ?", active)
			if active { // what is in force is no shadow beside it
				q.Set("shadow = ?", false)
				q.Where("id = ?", id)
			} else {
				q.Where("active").Where("id <> ?", id)
			}
			if _, err := q.Exec(ctx); err != nil {
				return s.wrap(ctx, "activate a policy", err)
			}
		}
		return nil
	})
}

// ActivePolicy implements verdict.Store.
func (s *Store) ActivePolicy(ctx context.Context) (verdict.Version, error) {
	return one[policyRow](ctx, s, "active policy", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active") })
}

// Policies implements verdict.Store.
func (s *Store) Policies(ctx context.Context) ([]verdict.Version, error) {
	return many[policyRow](ctx, s, "policies", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.OrderExpr("created_at DESC, LENGTH(id) DESC, id DESC") // default@10 after default@9
	})
}

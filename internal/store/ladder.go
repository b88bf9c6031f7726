package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/enforcement"
	"assay/internal/fault"
)

type ladderRow struct {
	bun.BaseModel `bun:"table:ladders"`
	ID            string  `bun:"id,pk"`
	Source        string  `bun:"source"`
	Active        bool    `bun:"active"`
	ActorID       string  `bun:"actor_id"`
	CreatedAt     instant `bun:"created_at"`
}

func (r ladderRow) domain() (enforcement.Edition, error) {
	return enforcement.Edition{ID: r.ID, Source: r.Source, Active: r.Active, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time}, nil
}

// PutLadder implements enforcement.Store.
func (s *Store) PutLadder(ctx context.Context, v enforcement.Edition) error {
	row := ladderRow{ID: v.ID, Source: v.Source, ActorID: v.ActorID, CreatedAt: s.stamp(v.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "store a ladder", err)
		}
		old, err := one[ladderRow](ctx, s, "ladder", byID(v.ID))
		if err == nil && old.Source != clean(v.Source) {
			return fault.New(fault.Conflict, "the ladder %s exists with another text; save it under the next number", v.ID)
		}
		return err
	})
}

// ActivateLadder implements enforcement.Store.
func (s *Store) ActivateLadder(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := s.lockHead(ctx, db, "ladder"); err != nil { // one at a time
			return err
		}
		if _, err := one[ladderRow](ctx, s, "ladder", byID(id)); err != nil {
			return err
		}
		if _, err := db.NewUpdate().Table("ladders").Set("active = ?", false).Where("active").Where("id <> ?", id).Exec(ctx); err != nil {
			return s.wrap(ctx, "activate a ladder", err)
		}
		_, err := db.NewUpdate().Table("ladders").Set("active = ?", true).Where("id = ?", id).Exec(ctx)
		return s.wrap(ctx, "activate a ladder", err)
	})
}

// ActiveLadder implements enforcement.Store.
func (s *Store) ActiveLadder(ctx context.Context) (enforcement.Edition, error) {
	return one[ladderRow](ctx, s, "active ladder", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active") })
}

// LadderVersion implements enforcement.Store.
func (s *Store) LadderVersion(ctx context.Context, id string) (enforcement.Edition, error) {
	return one[ladderRow](ctx, s, "ladder", byID(id))
}

// Ladders implements enforcement.Store.
func (s *Store) Ladders(ctx context.Context) ([]enforcement.Edition, error) {
	return many[ladderRow](ctx, s, "ladders", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.OrderExpr("created_at DESC, LENGTH(id) DESC, id DESC")
	})
}

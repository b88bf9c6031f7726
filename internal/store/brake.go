package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type brakeRow struct {
	bun.BaseModel `bun:"table:brakes"`
	ID            string  `bun:"id,pk"` // of the asset
	Reason        string  `bun:"reason"`
	Matched       int     `bun:"matched"`
	Looked        int     `bun:"looked"`
	Sellers       int     `bun:"sellers"`
	Since         instant `bun:"since"`
	BrakedAt      instant `bun:"braked_at"`
	ReleasedAt    instant `bun:"released_at,nullzero"`
	ReleasedBy    string  `bun:"released_by"`
}

func (r brakeRow) key() string            { return r.ID }
func (r brakeRow) keep(brakeRow) brakeRow { return r }
func (r brakeRow) touch(instant) brakeRow { return r }

func (r brakeRow) domain() (registry.Brake, error) {
	return registry.Brake{
		AssetID: r.ID, Reason: r.Reason, Matched: r.Matched, Looked: r.Looked, Sellers: r.Sellers, Since: r.Since.Time,
		BrakedAt: r.BrakedAt.Time, ReleasedAt: r.ReleasedAt.optional(), ReleasedBy: r.ReleasedBy,
	}, nil
}

// PutBrake implements registry.Store.
func (s *Store) PutBrake(ctx context.Context, b registry.Brake) (bool, error) {
	return replace(ctx, s, "brake", brakeRow{
		ID: b.AssetID, Reason: b.Reason, Matched: b.Matched, Looked: b.Looked, Sellers: b.Sellers, Since: at(b.Since),
		BrakedAt: at(b.BrakedAt), ReleasedAt: atOptional(b.ReleasedAt), ReleasedBy: b.ReleasedBy,
	}, s.stamp(b.BrakedAt), func(ctx context.Context, db bun.IDB) error { return s.refer(ctx, db, "asset", "assets", b.AssetID) })
}

// Brake implements registry.Store.
func (s *Store) Brake(ctx context.Context, assetID string) (registry.Brake, error) {
	return one[brakeRow](ctx, s, "brake", byID(assetID))
}

// Brakes implements registry.Store.
func (s *Store) Brakes(ctx context.Context, f registry.Filter, held bool) ([]registry.Brake, error) {
	f.Query = "" // a brake has no words of its own
	return entries[brakeRow](ctx, s, "brakes", f, func(q *bun.SelectQuery) {
		ofAsset(q, "id", f)
		if held {
			q.Where("released_at IS NULL")
		}
	})
}

// CountBrakes implements registry.Store.
func (s *Store) CountBrakes(ctx context.Context) (int, error) {
	n, err := s.reader(ctx).NewSelect().Table("brakes").Where("released_at IS NULL").Count(ctx)
	return int(n), s.wrap(ctx, "count brakes", err)
}

// ofAsset narrows a table of what belongs to assets.
func ofAsset(q *bun.SelectQuery, column string, f registry.Filter) {
	if f.BrandID != "" {
		q.Where("? IN (SELECT id FROM assets WHERE brand_id = ?)", bun.Ident(column), f.BrandID)
	}
	if f.HolderID != "" {
		q.Where("? IN (SELECT a.id FROM assets a JOIN brands b ON b.id = a.brand_id WHERE b.holder_id = ?)", bun.Ident(column), f.HolderID)
	}
}

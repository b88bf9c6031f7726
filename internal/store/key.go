package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/access"
)

type keyRow struct {
	bun.BaseModel `bun:"table:api_keys"`
	ID            string  `bun:"id,pk"`
	Name          string  `bun:"name"`
	Hash          string  `bun:"hash"`
	Role          string  `bun:"role"`
	OrgID         string  `bun:"org_id"`
	Scopes        string  `bun:"scopes"`
	ActorID       string  `bun:"actor_id"`
	ExpiresAt     instant `bun:"expires_at,nullzero"`
	RevokedAt     instant `bun:"revoked_at,nullzero"`
	CreatedAt     instant `bun:"created_at"`
}

func (r keyRow) domain() (access.Key, error) {
	k := access.Key{
		ID: r.ID, Name: r.Name, Hash: r.Hash, Role: access.Role(r.Role), OrgID: r.OrgID, ActorID: r.ActorID,
		ExpiresAt: r.ExpiresAt.optional(), RevokedAt: r.RevokedAt.optional(), CreatedAt: r.CreatedAt.Time,
	}
	return k, decode(r.Scopes, &k.Scopes)
}

// PutKey implements access.Store: it inserts or replaces by ID.
func (s *Store) PutKey(ctx context.Context, k access.Key) error {
	row := keyRow{
		ID: k.ID, Name: k.Name, Hash: k.Hash, Role: string(k.Role), OrgID: k.OrgID, Scopes: encode(k.Scopes), ActorID: k.ActorID,
		ExpiresAt: atOptional(k.ExpiresAt), RevokedAt: atOptional(k.RevokedAt), CreatedAt: s.stamp(k.CreatedAt),
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a key", err)
	})
}

// KeyByHash implements access.Store.
func (s *Store) KeyByHash(ctx context.Context, hash string) (access.Key, error) {
	return one[keyRow](ctx, s, "key", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("hash = ?", hash) })
}

// Keys implements access.Store, newest first.
func (s *Store) Keys(ctx context.Context) ([]access.Key, error) {
	return many[keyRow](ctx, s, "keys", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("created_at DESC", "id DESC") })
}

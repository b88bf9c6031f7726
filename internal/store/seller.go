package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"assay/internal/seller"
)

type sellerRow struct {
	bun.BaseModel `bun:"table:sellers"`
	ID            string  `bun:"id,pk"`
	ExternalID    string  `bun:"external_id"`
	Name          string  `bun:"name"`
	Country       string  `bun:"country"`
	Language      string  `bun:"language"`
	Email         string  `bun:"email"`
	Verification  string  `bun:"verification"`
	VerifiedUntil instant `bun:"verified_until,nullzero"`
	Status        string  `bun:"status"`
	Search        string  `bun:"search"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r sellerRow) key() string { return r.ID }

func (r sellerRow) keep(old sellerRow) sellerRow {
	r.CreatedAt, r.UpdatedAt = old.CreatedAt, old.UpdatedAt
	return r
}

func (r sellerRow) touch(at instant) sellerRow { r.UpdatedAt = at; return r }

func (r sellerRow) domain() (seller.Seller, error) {
	return seller.Seller{
		ID: r.ID, ExternalID: r.ExternalID, Name: r.Name, Country: r.Country, Language: r.Language, Email: r.Email,
		Verification: seller.Verification(r.Verification), VerifiedUntil: r.VerifiedUntil.optional(),
		Status: seller.Status(r.Status), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}, nil
}

// PutSeller implements seller.Store. It records a registry change of the kind
// "seller"; when a seller was first seen stays as it is.
func (s *Store) PutSeller(ctx context.Context, v seller.Seller) (bool, error) {
	name, external := clean(v.Name), clean(v.ExternalID) // strangers' words
	return replace(ctx, s, "seller", sellerRow{
		ID: v.ID, ExternalID: external, Name: name, Country: v.Country, Language: v.Language, Email: v.Email,
		Verification: string(v.Verification), VerifiedUntil: atOptional(v.VerifiedUntil), Status: string(v.Status),
		Search: searchable(external, name), CreatedAt: s.stamp(v.CreatedAt),
	}, s.stamp(v.UpdatedAt), func(context.Context, bun.IDB) error { return nil })
}

// Seller implements seller.Store.
func (s *Store) Seller(ctx context.Context, id string) (seller.Seller, error) {
	return one[sellerRow](ctx, s, "seller", byID(id))
}

// SellersByID implements seller.Store; ids that do not exist are left out.
func (s *Store) SellersByID(ctx context.Context, ids []string) (map[string]seller.Seller, error) {
	out := make(map[string]seller.Seller, len(ids))
	for part := range slices.Chunk(ids, 500) {
		list, err := many[sellerRow](ctx, s, "sellers", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("id IN (?)", bun.List(part))
		})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out[v.ID] = v
		}
	}
	return out, nil
}

// Sellers implements seller.Store.
func (s *Store) Sellers(ctx context.Context, f seller.Filter) ([]seller.Seller, error) {
	if err := checkQuery(f.Query); err != nil {
		return nil, err
	}
	return many[sellerRow](ctx, s, "sellers", func(q *bun.SelectQuery) *bun.SelectQuery {
		find(q, "search", f.Query)
		narrow(q, "status", string(f.Status))
		if f.After != "" {
			q.Where("id > ?", f.After)
		}
		return q.Order("id").Limit(int64(limited(f.Limit, 50, 500)))
	})
}

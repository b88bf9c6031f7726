package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type holderRow struct {
	bun.BaseModel `bun:"table:holders"`
	ID            string  `bun:"id,pk"`
	Name          string  `bun:"name"`
	Country       string  `bun:"country"`
	Language      string  `bun:"language"`
	Email         string  `bun:"email"`
	Search        string  `bun:"search"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r holderRow) key() string { return r.ID }

func (r holderRow) keep(old holderRow) holderRow { r.UpdatedAt = old.UpdatedAt; return r }

func (r holderRow) touch(at instant) holderRow { r.UpdatedAt = at; return r }

func (r holderRow) domain() (registry.RightsHolder, error) {
	return registry.RightsHolder{ID: r.ID, Name: r.Name, Country: r.Country, Language: r.Language, Email: r.Email, UpdatedAt: r.UpdatedAt.Time}, nil
}

// PutHolder implements registry.Store.
func (s *Store) PutHolder(ctx context.Context, h registry.RightsHolder) (bool, error) {
	return replace(ctx, s, "holder", holderRow{
		ID: h.ID, Name: h.Name, Country: h.Country, Language: h.Language, Email: h.Email,
		Search: searchable(h.ID, h.Name),
	}, s.stamp(h.UpdatedAt), func(context.Context, bun.IDB) error { return nil })
}

// Holder implements registry.Store.
func (s *Store) Holder(ctx context.Context, id string) (registry.RightsHolder, error) {
	return one[holderRow](ctx, s, "rights holder", byID(id))
}

// Holders implements registry.Store.
func (s *Store) Holders(ctx context.Context, f registry.Filter) ([]registry.RightsHolder, error) {
	return entries[holderRow](ctx, s, "rights holders", f, func(q *bun.SelectQuery) {
		narrow(q, "id", f.HolderID)
		if f.BrandID != "" {
			q.Where("id IN (SELECT holder_id FROM brands WHERE id = ?)", f.BrandID)
		}
		if f.SellerID != "" {
			q.Where("id IN (SELECT b.holder_id FROM brands b JOIN licences l ON l.brand_id = b.id WHERE l.seller_id = ?)", f.SellerID)
		}
	})
}

// entries reads one page of a registry table in the order of ids.
func entries[R row[D], D any](ctx context.Context, s *Store, what string, f registry.Filter, more func(*bun.SelectQuery)) ([]D, error) {
	if err := checkQuery(f.Query); err != nil {
		return nil, err
	}
	return many[R](ctx, s, what, func(q *bun.SelectQuery) *bun.SelectQuery {
		find(q, "search", f.Query)
		more(q)
		if f.After != "" {
			q.Where("id > ?", f.After)
		}
		return q.Order("id").Limit(int64(limited(f.Limit, 50, 500)))
	})
}

// ofBrand narrows a table of what belongs to brands.
func ofBrand(q *bun.SelectQuery, f registry.Filter) {
	narrow(q, "brand_id", f.BrandID)
	if f.HolderID != "" {
		q.Where("brand_id IN (SELECT id FROM brands WHERE holder_id = ?)", f.HolderID)
	}
}

// licensedTo narrows to the brands a seller has licences of, whatever their state.
func licensedTo(q *bun.SelectQuery, column, sellerID string) {
	if sellerID != "" {
		q.Where("? IN (SELECT brand_id FROM licences WHERE seller_id = ?)", bun.Ident(column), sellerID)
	}
}

package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type brandRow struct {
	bun.BaseModel `bun:"table:brands"`
	ID            string  `bun:"id,pk"`
	HolderID      string  `bun:"holder_id"`
	Name          string  `bun:"name"`
	Goods         string  `bun:"goods"`
	UsualPrice    string  `bun:"usual_price"`
	GatedGoods    bool    `bun:"gated_goods"`
	Website       string  `bun:"website"`
	Search        string  `bun:"search"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r brandRow) key() string { return r.ID }

func (r brandRow) keep(old brandRow) brandRow { r.UpdatedAt = old.UpdatedAt; return r }

func (r brandRow) touch(at instant) brandRow { r.UpdatedAt = at; return r }

func (r brandRow) domain() (registry.Brand, error) {
	b := registry.Brand{ID: r.ID, HolderID: r.HolderID, Name: r.Name, GatedGoods: r.GatedGoods, Website: r.Website, UpdatedAt: r.UpdatedAt.Time}
	return b, decode(r.Goods, &b.Goods, r.UsualPrice, &b.UsualPrice)
}

// PutBrand implements registry.Store.
func (s *Store) PutBrand(ctx context.Context, b registry.Brand) (bool, error) {
	return replace(ctx, s, "brand", brandRow{
		ID: b.ID, HolderID: b.HolderID, Name: b.Name, Goods: encode(b.Goods), UsualPrice: encode(b.UsualPrice),
		GatedGoods: b.GatedGoods, Website: b.Website, Search: searchable(b.ID, b.Name),
	}, s.stamp(b.UpdatedAt), func(ctx context.Context, db bun.IDB) error { return s.refer(ctx, db, "holder", "holders", b.HolderID) })
}

// Brand implements registry.Store.
func (s *Store) Brand(ctx context.Context, id string) (registry.Brand, error) {
	return one[brandRow](ctx, s, "brand", byID(id))
}

// Brands implements registry.Store.
func (s *Store) Brands(ctx context.Context, f registry.Filter) ([]registry.Brand, error) {
	return entries[brandRow](ctx, s, "brands", f, func(q *bun.SelectQuery) {
		narrow(q, "id", f.BrandID)
		narrow(q, "holder_id", f.HolderID)
		licensedTo(q, "id", f.SellerID)
	})
}

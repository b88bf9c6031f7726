package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/registry"
)

type licenceRow struct {
	bun.BaseModel `bun:"table:licences"`
	ID            string  `bun:"id,pk"`
	BrandID       string  `bun:"brand_id"`
	SellerID      string  `bun:"seller_id"`
	AssetIDs      string  `bun:"asset_ids"`
	Categories    string  `bun:"categories"`
	Territories   string  `bun:"territories"`
	FromOn        string  `bun:"from_on"`
	UntilOn       string  `bun:"until_on"`
	Document      string  `bun:"document"`
	Status        string  `bun:"status"`
	Search        string  `bun:"search"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r licenceRow) key() string { return r.ID }

func (r licenceRow) keep(old licenceRow) licenceRow { r.UpdatedAt = old.UpdatedAt; return r }

func (r licenceRow) touch(at instant) licenceRow { r.UpdatedAt = at; return r }

func (r licenceRow) domain() (registry.Licence, error) {
	l := registry.Licence{
		ID: r.ID, BrandID: r.BrandID, SellerID: r.SellerID, Document: r.Document,
		Status: registry.LicenceStatus(r.Status), UpdatedAt: r.UpdatedAt.Time,
	}
	if err := days(r.FromOn, &l.From, r.UntilOn, &l.Until); err != nil {
		return l, err
	}
	return l, decode(r.AssetIDs, &l.AssetIDs, r.Categories, &l.Categories, r.Territories, &l.Territories)
}

// PutLicence implements registry.Store. Assets it names must be of its brand.
func (s *Store) PutLicence(ctx context.Context, l registry.Licence) (bool, error) {
	return replace(ctx, s, "licence", licenceRow{
		ID: l.ID, BrandID: l.BrandID, SellerID: l.SellerID,
		AssetIDs: encode(l.AssetIDs), Categories: encode(l.Categories), Territories: encode(l.Territories),
		FromOn: l.From.String(), UntilOn: l.Until.String(), Document: l.Document, Status: string(l.Status),
		Search: searchable(l.ID, l.SellerID, l.Document),
	}, s.stamp(l.UpdatedAt), func(ctx context.Context, db bun.IDB) error { return s.checkLicence(ctx, db, l) })
}

func (s *Store) checkLicence(ctx context.Context, db bun.IDB, l registry.Licence) error {
	if err := s.refer(ctx, db, "brand", "brands", l.BrandID); err != nil {
		return err
	}
	if err := s.refer(ctx, db, "seller", "sellers", l.SellerID); err != nil {
		return err
	}
	for i, id := range l.AssetIDs {
		found, err := db.NewSelect().Table("assets").Where("id = ?", id).Where("brand_id = ?", l.BrandID).Exists(ctx)
		if err != nil {
			return s.wrap(ctx, "look for assets", err)
		}
		if !found {
			return &fault.Error{Code: fault.Invalid, Message: "this refers to something that does not exist",
				Fields: []fault.Field{{Path: fmt.Sprintf("assets[%d]", i), Code: "unknown_reference", Message: "the brand has no asset " + id}}}
		}
	}
	return nil
}

// Licence implements registry.Store.
func (s *Store) Licence(ctx context.Context, id string) (registry.Licence, error) {
	return one[licenceRow](ctx, s, "licence", byID(id))
}

// Licences implements registry.Store.
func (s *Store) Licences(ctx context.Context, f registry.Filter) ([]registry.Licence, error) {
	return entries[licenceRow](ctx, s, "licences", f, func(q *bun.SelectQuery) {
		ofBrand(q, f)
		narrow(q, "seller_id", f.SellerID)
		narrow(q, "status", f.Kind)
	})
}

package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type rightRow struct {
	bun.BaseModel `bun:"table:rights"`
	ID            string  `bun:"id,pk"`
	BrandID       string  `bun:"brand_id"`
	Kind          string  `bun:"kind"`
	Office        string  `bun:"office"`
	Number        string  `bun:"number"`
	Classes       string  `bun:"classes"`
	Territories   string  `bun:"territories"`
	FiledOn       string  `bun:"filed_on"`
	RegisteredOn  string  `bun:"registered_on"`
	ExpiresOn     string  `bun:"expires_on"`
	Status        string  `bun:"status"`
	Search        string  `bun:"search"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r rightRow) key() string { return r.ID }

func (r rightRow) keep(old rightRow) rightRow { r.UpdatedAt = old.UpdatedAt; return r }

func (r rightRow) touch(at instant) rightRow { r.UpdatedAt = at; return r }

func (r rightRow) domain() (registry.Right, error) {
	v := registry.Right{
		ID: r.ID, BrandID: r.BrandID, Kind: registry.RightKind(r.Kind), Office: r.Office, Number: r.Number,
		Status: registry.RightStatus(r.Status), UpdatedAt: r.UpdatedAt.Time,
	}
	if err := days(r.FiledOn, &v.FiledOn, r.RegisteredOn, &v.RegisteredOn, r.ExpiresOn, &v.ExpiresOn); err != nil {
		return v, err
	}
	return v, decode(r.Classes, &v.Classes, r.Territories, &v.Territories)
}

// days reads dates: days(text, &d, text, &d ...).
func days(pairs ...any) error {
	for i := 0; i < len(pairs); i += 2 {
		if err := pairs[i+1].(*registry.Date).UnmarshalText([]byte(pairs[i].(string))); err != nil {
			return err
		}
	}
	return nil
}

// PutRight implements registry.Store.
func (s *Store) PutRight(ctx context.Context, r registry.Right) (bool, error) {
	return replace(ctx, s, "right", rightRow{
		ID: r.ID, BrandID: r.BrandID, Kind: string(r.Kind), Office: r.Office, Number: r.Number,
		Classes: encode(r.Classes), Territories: encode(r.Territories),
		FiledOn: r.FiledOn.String(), RegisteredOn: r.RegisteredOn.String(), ExpiresOn: r.ExpiresOn.String(),
		Status: string(r.Status), Search: searchable(r.ID, r.Number),
	}, s.stamp(r.UpdatedAt), func(ctx context.Context, db bun.IDB) error { return s.refer(ctx, db, "brand", "brands", r.BrandID) })
}

// Right implements registry.Store.
func (s *Store) Right(ctx context.Context, id string) (registry.Right, error) {
	return one[rightRow](ctx, s, "right", byID(id))
}

// Rights implements registry.Store.
func (s *Store) Rights(ctx context.Context, f registry.Filter) ([]registry.Right, error) {
	return entries[rightRow](ctx, s, "rights", f, func(q *bun.SelectQuery) {
		ofBrand(q, f)
		licensedTo(q, "brand_id", f.SellerID)
		narrow(q, "kind", f.Kind)
	})
}

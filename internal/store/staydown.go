package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/signal"
)

type stayDownRow struct {
	bun.BaseModel `bun:"table:stay_downs"`
	ID            string  `bun:"id,pk"`
	CaseID        string  `bun:"case_id"`
	ListingID     string  `bun:"listing_id"`
	RevisionID    string  `bun:"revision_id"`
	SellerID      string  `bun:"seller_id"`
	BrandID       string  `bun:"brand_id,nullzero"`
	Ground        string  `bun:"ground"`
	Pictures      string  `bun:"pictures"` // JSON
	Title         string  `bun:"title"`
	Words         string  `bun:"words"`
	GTIN          string  `bun:"gtin"`
	MPN           string  `bun:"mpn"`
	MadeAt        instant `bun:"made_at"`
	LiftedAt      instant `bun:"lifted_at,nullzero"`
	LiftedBy      string  `bun:"lifted_by"`
}

func (r stayDownRow) key() string                  { return r.ID }
func (r stayDownRow) keep(stayDownRow) stayDownRow { return r }
func (r stayDownRow) touch(instant) stayDownRow    { return r }

func (r stayDownRow) domain() (signal.StayDown, error) {
	d := signal.StayDown{ID: r.ID, CaseID: r.CaseID, ListingID: r.ListingID, RevisionID: r.RevisionID, SellerID: r.SellerID, BrandID: r.BrandID,
		Ground: r.Ground, Title: r.Title, Words: r.Words, GTIN: r.GTIN, MPN: r.MPN, MadeAt: r.MadeAt.Time, LiftedAt: r.LiftedAt.optional(), LiftedBy: r.LiftedBy}
	return d, decode(r.Pictures, &d.Pictures)
}

// PutStayDown implements similar.DownStore.
func (s *Store) PutStayDown(ctx context.Context, d signal.StayDown) (bool, error) {
	return replace(ctx, s, "staydown", stayDownRow{ID: d.ID, CaseID: d.CaseID, ListingID: d.ListingID, RevisionID: d.RevisionID, SellerID: d.SellerID,
		BrandID: d.BrandID, Ground: d.Ground, Pictures: encode(d.Pictures), Title: clean(d.Title), Words: d.Words, GTIN: d.GTIN, MPN: clean(d.MPN),
		MadeAt: at(d.MadeAt), LiftedAt: atOptional(d.LiftedAt), LiftedBy: d.LiftedBy}, s.stamp(d.MadeAt),
		func(ctx context.Context, db bun.IDB) error { return s.refer(ctx, db, "case", "cases", d.CaseID) })
}

// StayDown implements similar.DownStore.
func (s *Store) StayDown(ctx context.Context, id string) (signal.StayDown, error) {
	return one[stayDownRow](ctx, s, "stay-down print", byID(id))
}

// StayDowns implements similar.DownStore.
func (s *Store) StayDowns(ctx context.Context, after string, limit int) ([]signal.StayDown, error) {
	return many[stayDownRow](ctx, s, "stay-down prints", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("lifted_at IS NULL").Where("id > ?", after).Order("id").Limit(int64(limited(limit, 50, 500)))
	})
}

// StayDownsOf implements similar.DownStore.
func (s *Store) StayDownsOf(ctx context.Context, listingID string) ([]signal.StayDown, error) {
	return many[stayDownRow](ctx, s, "stay-down prints", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("lifted_at IS NULL").Where("listing_id = ?", listingID).Order("id")
	})
}

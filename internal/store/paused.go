package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
)

// This file keeps the listings of shut shops off sale. A row of paused stands
// for a listing that would be live if its shop were not suspended or closed.

type pausedRow struct {
	bun.BaseModel `bun:"table:paused"`
	ListingID     string  `bun:"listing_id,pk"`
	SellerID      string  `bun:"seller_id"`
	PausedAt      instant `bun:"paused_at"`
}

// shelf is what decides whether a listing may be live.
type shelf struct {
	SellerID string `bun:"seller_id"`
	Status   string `bun:"status"`
	Shop     string `bun:"shop"`
	Paused   bool   `bun:"paused"`
}

func (s *Store) shelf(ctx context.Context, db bun.IDB, listingID string) (shelf, error) {
	var v shelf
	q := db.NewSelect().TableExpr("listings AS l").Column("l.seller_id", "l.status").ColumnExpr("s.status AS shop").
		ColumnExpr("EXISTS (SELECT 1 FROM paused p WHERE p.listing_id = l.id) AS paused").
		Join("JOIN sellers AS s ON s.id = l.seller_id").Where("l.id = ?", listingID)
	if s.engine == PostgreSQL {
		q = q.For("SHARE OF s") // the shop's status stays until the transaction ends
	}
	return v, s.missing(ctx, "listing", q.Scan(ctx, &v))
}

// settle is the status that a listing gets when it is to have status, and
// what becomes of its note: a shut shop's listing is held and not live, and
// one that such a pause had taken off sale before it was removed returns as
// what it was then.
func (v shelf) settle(status listing.Status) (got listing.Status, note, forget bool) {
	if status == listing.Held && v.Status == string(listing.Removed) && v.Paused {
		status = listing.Live
	}
	switch {
	case status == listing.Live && enforcement.Shut(seller.Status(v.Shop)):
		return listing.Held, !v.Paused, false
	case status == listing.Live, status == listing.Held:
		return status, false, v.Paused
	}
	return status, false, false
}

// SetStatus implements listing.Store.
func (s *Store) SetStatus(ctx context.Context, id string, revision int, status listing.Status, when time.Time) (bool, error) {
	done := false
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		v, err := s.shelf(ctx, db, id)
		if err != nil {
			return err
		}
		got, note, forget := v.settle(status)
		q := db.NewUpdate().Table("listings").Set("status = ?", string(got)).Set("updated_at = ?", s.stamp(when)).Where("id = ?", id)
		if revision != 0 {
			q.Where("revision = ?", revision)
		}
		n, err := affected(q.Exec(ctx))
		if done = n > 0; err != nil || !done {
			return s.wrap(ctx, "set the status of a listing", err)
		}
		switch {
		case note:
			row := pausedRow{ListingID: id, SellerID: v.SellerID, PausedAt: s.stamp(when)}
			_, err = db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		case forget:
			_, err = db.NewDelete().Table("paused").Where("listing_id = ?", id).Exec(ctx)
		}
		return s.wrap(ctx, "note a paused listing", err)
	})
	return done, err
}

// PauseLive implements enforcement.Store.
func (s *Store) PauseLive(ctx context.Context, sellerID, from, before string, limit int, when time.Time) (int, error) {
	return s.shift(ctx, func(ctx context.Context, db bun.IDB) ([]string, error) {
		q := db.NewSelect().TableExpr("listings AS l").Column("l.id").Where("l.seller_id = ?", sellerID).Where("l.status = 'live'")
		ids, err := s.stretch(ctx, q, "l.id", from, before, limit)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		rows := make([]pausedRow, len(ids))
		for i, id := range ids {
			rows[i] = pausedRow{ListingID: id, SellerID: sellerID, PausedAt: s.stamp(when)}
		}
		if _, err := db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return nil, s.wrap(ctx, "note paused listings", err)
		}
		return ids, s.moveAll(ctx, db, ids, listing.Live, listing.Held, when)
	})
}

// ResumePaused implements enforcement.Store. Notes of removed listings stay:
// their decision may yet be taken back.
func (s *Store) ResumePaused(ctx context.Context, sellerID, from, before string, limit int, when time.Time) (int, error) {
	return s.shift(ctx, func(ctx context.Context, db bun.IDB) ([]string, error) {
		q := db.NewSelect().TableExpr("paused AS p").Column("p.listing_id").Join("JOIN listings AS l ON l.id = p.listing_id").
			Where("p.seller_id = ?", sellerID).Where("l.status <> 'removed'")
		ids, err := s.stretch(ctx, q, "p.listing_id", from, before, limit)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		if err := s.moveAll(ctx, db, ids, listing.Held, listing.Live, when); err != nil {
			return nil, err
		}
		_, err = db.NewDelete().Table("paused").Where("listing_id IN (?)", bun.List(ids)).Exec(ctx)
		return ids, s.wrap(ctx, "forget paused listings", err)
	})
}

func (s *Store) shift(ctx context.Context, do func(ctx context.Context, db bun.IDB) ([]string, error)) (n int, err error) {
	err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		ids, err := do(ctx, db)
		n = len(ids)
		return err
	})
	return n, err
}

// stretch reads the ids of a range, locked, in their order.
func (s *Store) stretch(ctx context.Context, q *bun.SelectQuery, column, from, before string, limit int) ([]string, error) {
	if limit < 1 || limit > 5000 {
		return nil, fault.New(fault.Invalid, "move 1 to 5,000 listings at once")
	}
	if from != "" {
		q.Where("? >= ?", bun.Ident(column), from)
	}
	if before != "" {
		q.Where("? < ?", bun.Ident(column), before)
	}
	if s.engine == PostgreSQL {
		q = q.For("UPDATE OF l")
	}
	var ids []string
	err := q.Order(column).Limit(int64(limit)).Scan(ctx, &ids)
	return ids, s.wrap(ctx, "read a stretch of listings", err)
}

func (s *Store) moveAll(ctx context.Context, db bun.IDB, ids []string, from, to listing.Status, when time.Time) error {
	_, err := db.NewUpdate().Table("listings").Set("status = ?", string(to)).Set("updated_at = ?", s.stamp(when)).
		Where("id IN (?)", bun.List(ids)).Where("status = ?", string(from)).Exec(ctx)
	return s.wrap(ctx, "move listings", err)
}

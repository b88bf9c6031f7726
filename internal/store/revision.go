package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/listing"
)

type revisionRow struct {
	bun.BaseModel `bun:"table:revisions"`
	ID            string  `bun:"id,pk"`
	ListingID     string  `bun:"listing_id"`
	Number        int     `bun:"number"`
	Source        string  `bun:"source"`
	ContentHash   string  `bun:"content_hash"`
	Offer         string  `bun:"offer"`
	CreatedAt     instant `bun:"created_at"`
}

func (r revisionRow) domain() (listing.Revision, error) {
	v := listing.Revision{ID: r.ID, ListingID: r.ListingID, Number: r.Number, Source: r.Source, ContentHash: r.ContentHash, CreatedAt: r.CreatedAt.Time}
	return v, decode(r.Offer, &v.Offer)
}

// PutRevision implements listing.Store. Times that are zero become the
// present, and the content hash is computed when it is empty. A listing id
// that does not belong to (Market, ExternalID) is fault.Conflict, a seller
// that does not exist fault.Invalid.
func (s *Store) PutRevision(ctx context.Context, l listing.Listing, r listing.Revision) (listing.Listing, listing.Revision, bool, error) {
	if r.ContentHash == "" {
		r.ContentHash = r.Offer.ContentHash()
	}
	row := listingRow{ID: l.ID, Market: clean(l.Market), ExternalID: clean(l.ExternalID), SellerID: l.SellerID, CreatedAt: s.stamp(l.CreatedAt)}
	r.ListingID, r.CreatedAt = l.ID, s.stamp(r.CreatedAt).Time

	// Feeds come again and again, mostly unchanged: look before locking.
	stored, err := s.listingRow(ctx, s.reader(ctx), l.ID, false)
	if err != nil {
		return listing.Listing{}, listing.Revision{}, false, err
	}
	changed := false
	if len(stored) == 0 || stored[0].ContentHash != r.ContentHash {
		err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
			row, changed, err = s.addRevision(ctx, db, row, r)
			return err
		})
		if err != nil {
			return listing.Listing{}, listing.Revision{}, false, err
		}
	} else {
		row = stored[0]
	}
	rev, err := s.Revision(ctx, listing.RevisionID(row.ID, row.Revision))
	return row.listing(), rev, changed, err
}

// listingRow is the row of a listing, if there is one.
func (s *Store) listingRow(ctx context.Context, db bun.IDB, id string, lock bool) (rows []listingRow, err error) {
	q := db.NewSelect().Model(&rows).Where("id = ?", id)
	if lock {
		q = s.lockRow(q)
	}
	return rows, s.wrap(ctx, "read a listing", q.Scan(ctx))
}

// addRevision adds r as the newest revision unless the newest is the same,
// and returns the listing as it then is.
func (s *Store) addRevision(ctx context.Context, db bun.IDB, row listingRow, r listing.Revision) (listingRow, bool, error) {
	if err := s.refer(ctx, db, "seller", "sellers", row.SellerID); err != nil {
		return row, false, err
	}
	row.news(r, 1)
	n, err := affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return row, false, s.wrap(ctx, "store a listing", err)
	}
	if n == 0 { // it was there, or another writer was faster
		stored, err := s.listingRow(ctx, db, row.ID, true)
		if err != nil {
			return row, false, err
		}
		if len(stored) == 0 {
			return row, false, fault.New(fault.Conflict, "listing %s of market %s has another id", row.ExternalID, row.Market)
		}
		old := stored[0]
		if old.ContentHash == r.ContentHash {
			return old, false, nil
		}
		old.SellerID = row.SellerID
		old.news(r, old.Revision+1)
		row = old
		if _, err := db.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return row, false, s.wrap(ctx, "store a listing", err)
		}
	}
	_, err = db.NewInsert().Model(&revisionRow{
		ID: listing.RevisionID(row.ID, row.Revision), ListingID: row.ID, Number: row.Revision, Source: r.Source,
		ContentHash: r.ContentHash, Offer: encode(r.Offer), CreatedAt: at(r.CreatedAt),
	}).Exec(ctx)
	return row, true, s.wrap(ctx, "store a revision", err)
}

// news makes r revision number n of the listing. What was removed stays so
// until somebody decides.
func (r *listingRow) news(rev listing.Revision, n int) {
	r.Revision, r.ContentHash, r.UpdatedAt = n, rev.ContentHash, at(rev.CreatedAt)
	if r.Status != string(listing.Removed) {
		r.Status = string(listing.Pending)
	}
	r.show(rev.Offer)
}

// Revision implements listing.Store.
func (s *Store) Revision(ctx context.Context, id string) (listing.Revision, error) {
	return one[revisionRow](ctx, s, "revision", byID(id))
}

// Revisions implements listing.Store.
func (s *Store) Revisions(ctx context.Context, listingID string) ([]listing.Revision, error) {
	return many[revisionRow](ctx, s, "revisions", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("listing_id = ?", listingID).Order("number DESC")
	})
}

// SettlePicture implements listing.Store. A number the revision does not have,
// or a picture that still waits, is fault.Invalid.
func (s *Store) SettlePicture(ctx context.Context, revisionID string, n int, p listing.Picture) (waiting int, err error) {
	if p.State == listing.PictureWaiting {
		return 0, fault.New(fault.Invalid, "a settled picture is stored, failed or skipped")
	}
	err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		var row revisionRow
		if err := s.lockRow(db.NewSelect().Model(&row).Where("id = ?", revisionID)).Scan(ctx); err != nil {
			return s.missing(ctx, "revision", err)
		}
		rev, err := row.domain()
		if err != nil {
			return err
		}
		pictures := rev.Offer.Pictures
		if n < 0 || n >= len(pictures) {
			return fault.New(fault.Invalid, "revision %s has %d pictures and none with number %d", revisionID, len(pictures), n)
		}
		if pictures[n].State == listing.PictureWaiting {
			p.URL = pictures[n].URL
			pictures[n] = p
			err = s.saveOffer(ctx, db, rev)
		}
		waiting = 0
		for _, p := range pictures {
			if p.State == listing.PictureWaiting {
				waiting++
			}
		}
		return err
	})
	return waiting, err
}

// saveOffer stores what became of a revision's pictures, and the one that a
// list shows when the revision is the newest.
func (s *Store) saveOffer(ctx context.Context, db bun.IDB, rev listing.Revision) error {
	_, err := db.NewUpdate().Table("revisions").Set("offer = ?", encode(rev.Offer)).Where("id = ?", rev.ID).Exec(ctx)
	if err != nil {
		return s.wrap(ctx, "store a picture's state", err)
	}
	_, err = db.NewUpdate().Table("listings").Set("picture = ?", firstStored(rev.Offer)).
		Where("id = ?", rev.ListingID).Where("revision = ?", rev.Number).Where("picture <> ?", firstStored(rev.Offer)).Exec(ctx)
	return s.wrap(ctx, "store a listing's picture", err)
}

package store

import (
	"context"
	"slices"

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
	rev := revisionRow{ListingID: l.ID, Source: clean(r.Source), ContentHash: r.ContentHash, Offer: encode(r.Offer), CreatedAt: s.stamp(r.CreatedAt)}
	row.show(r.Offer)

	// Feeds come again and again, mostly unchanged: look before locking.
	stored, err := s.listingRow(ctx, s.reader(ctx), l.ID, false)
	changed := false
	switch {
	case err != nil:
	case len(stored) == 1 && stored[0].ContentHash == r.ContentHash:
		row = stored[0]
	default:
		err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
			fresh, add := row, rev // do may run again
			changed, err = s.addRevision(ctx, db, &fresh, &add)
			row, rev = fresh, add
			return err
		})
	}
	if err != nil {
		return listing.Listing{}, listing.Revision{}, false, err
	}
	if !changed {
		r, err = s.Revision(ctx, listing.RevisionID(row.ID, row.Revision))
	} else {
		r, err = rev.domain()
	}
	return row.listing(), r, changed, err
}

// listingRow is the row of a listing, if there is one.
func (s *Store) listingRow(ctx context.Context, db bun.IDB, id string, lock bool) (rows []listingRow, err error) {
	q := db.NewSelect().Model(&rows).Where("id = ?", id)
	if lock {
		q = s.lockRow(q)
	}
	return rows, s.wrap(ctx, "read a listing", q.Scan(ctx))
}

// addRevision adds rev as the newest revision unless the newest is the same,
// and leaves in row and rev what is stored.
func (s *Store) addRevision(ctx context.Context, db bun.IDB, row *listingRow, rev *revisionRow) (bool, error) {
	if err := s.refer(ctx, db, "seller", "sellers", row.SellerID); err != nil {
		return false, err
	}
	row.follow(rev, 1, listing.Pending)
	n, err := affected(db.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return false, s.wrap(ctx, "store a listing", err)
	}
	if n == 0 { // it was there, or another writer was faster
		if same, err := s.succeed(ctx, db, row, rev); same || err != nil {
			return false, err
		}
	}
	rev.ID, rev.Number = listing.RevisionID(row.ID, row.Revision), row.Revision
	_, err = db.NewInsert().Model(rev).Exec(ctx)
	return true, s.wrap(ctx, "store a revision", err)
}

// succeed puts row in the place of the stored one, with the next number,
// unless that says the same already; then row becomes the stored one.
func (s *Store) succeed(ctx context.Context, db bun.IDB, row *listingRow, rev *revisionRow) (same bool, err error) {
	stored, err := s.listingRow(ctx, db, row.ID, true)
	if err != nil {
		return false, err
	}
	if len(stored) == 0 {
		return false, fault.New(fault.Conflict, "listing %s of market %s has another id", row.ExternalID, row.Market)
	}
	old := stored[0]
	if old.ContentHash == rev.ContentHash {
		*row = old
		return true, nil
	}
	row.Market, row.ExternalID, row.CreatedAt = old.Market, old.ExternalID, old.CreatedAt
	row.follow(rev, old.Revision+1, listing.Status(old.Status))
	_, err = db.NewUpdate().Model(row).WherePK().Exec(ctx)
	return false, s.wrap(ctx, "store a listing", err)
}

// follow makes rev revision number n of the listing. What was removed stays so
// until somebody decides.
func (r *listingRow) follow(rev *revisionRow, n int, status listing.Status) {
	if status != listing.Removed {
		status = listing.Pending
	}
	r.Revision, r.Status, r.ContentHash, r.UpdatedAt = n, string(status), rev.ContentHash, rev.CreatedAt
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

// FirstPictures are the hashes of the first stored picture of revisions, by
// the revisions' ids; those without one are missing.
func (s *Store) FirstPictures(ctx context.Context, revisionIDs []string) (map[string]string, error) {
	out := make(map[string]string, len(revisionIDs))
	for part := range slices.Chunk(revisionIDs, 500) {
		list, err := many[revisionRow](ctx, s, "revisions", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("id IN (?)", bun.List(part))
		})
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			for _, p := range slices.Backward(r.Offer.Pictures) {
				if p.Hash != "" {
					out[r.ID] = p.Hash
				}
			}
		}
	}
	return out, nil
}

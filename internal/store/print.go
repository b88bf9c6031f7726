package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/signal"
	"assay/internal/similar"
)

type picturePrintRow struct {
	bun.BaseModel `bun:"table:picture_prints"`
	Picture       string `bun:"picture,pk"`
	Seq           int64  `bun:"seq"`
	Codes         []byte `bun:"codes"`
	Quality       int    `bun:"quality"`
}

func (r picturePrintRow) print() signal.Print {
	p := signal.Print{Hash: r.Picture, Quality: r.Quality}
	p.UnmarshalPrint(r.Codes)
	return p
}

func (r picturePrintRow) domain() (similar.PicturePrint, error) {
	return similar.PicturePrint{Seq: r.Seq, Code: r.print().Codes[pdq.Original], Quality: r.Quality}, nil
}

type listingPrintRow struct {
	bun.BaseModel `bun:"table:listing_prints,alias:p"`
	ListingID     string `bun:"listing_id,pk"`
	Seq           int64  `bun:"seq"`
	Revision      int    `bun:"revision"`
	Link          string `bun:"link"`
	Title         string `bun:"title,scanonly"`
}

func (r listingPrintRow) domain() (similar.ListingPrint, error) {
	return similar.ListingPrint{Seq: r.Seq, ListingID: r.ListingID, Title: r.Title}, nil
}

type listingPictureRow struct {
	bun.BaseModel `bun:"table:listing_pictures"`
	ListingID     string `bun:"listing_id,pk"`
	Picture       string `bun:"picture,pk"`
}

// inParts keeps statements below the engines' bounds on variables.
const inParts = 500

// KeepPrints implements similar.PrintStore.
func (s *Store) KeepPrints(ctx context.Context, shown []similar.Shown) error {
	fresh, err := s.unkept(ctx, shown)
	if err != nil || len(fresh.prints) == 0 && len(fresh.shown) == 0 {
		return err
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		head, err := s.lockHead(ctx, db, "print")
		if err != nil {
			return err
		}
		if fresh, err = s.unkept(ctx, shown); err != nil { // nobody else keeps prints now
			return err
		}
		var rows []picturePrintRow
		for _, p := range fresh.prints {
			head.Seq++
			rows = append(rows, picturePrintRow{Picture: p.Hash, Seq: head.Seq, Codes: p.MarshalPrint(), Quality: p.Quality})
		}
		for part := range slices.Chunk(rows, inParts) {
			if _, err := db.NewInsert().Model(&part).Exec(ctx); err != nil {
				return s.wrap(ctx, "keep prints of pictures", err)
			}
		}
		for _, v := range fresh.shown {
			head.Seq++
			if err := s.show(ctx, db, v, head.Seq); err != nil {
				return err
			}
		}
		return s.moveHead(ctx, db, head)
	})
}

// unkeptPrints are prints and listings that say something new.
type unkeptPrints struct {
	prints []signal.Print
	shown  []similar.Shown
}

func (s *Store) unkept(ctx context.Context, shown []similar.Shown) (unkeptPrints, error) {
	var out unkeptPrints
	var pictures, listings []string
	for _, v := range shown {
		listings = append(listings, v.ListingID)
		for _, p := range v.Prints {
			pictures = append(pictures, p.Hash)
		}
	}
	known, err := s.PrintsOf(ctx, pictures)
	if err != nil {
		return out, err
	}
	var rows []listingPrintRow
	for part := range slices.Chunk(listings, inParts) {
		var some []listingPrintRow
		err := s.reader(ctx).NewSelect().Model(&some).Column("listing_id", "revision").Where("listing_id IN (?)", bun.List(part)).Scan(ctx)
		if err != nil {
			return out, s.wrap(ctx, "read prints of listings", err)
		}
		rows = append(rows, some...)
	}
	newest := make(map[string]int, len(rows))
	for _, r := range rows {
		newest[r.ListingID] = r.Revision
	}
	for _, v := range shown {
		if v.Revision > newest[v.ListingID] {
			newest[v.ListingID] = v.Revision
			out.shown = append(out.shown, v)
		}
		for _, p := range v.Prints {
			if _, ok := known[p.Hash]; !ok && p.Hash != "" {
				known[p.Hash] = p
				out.prints = append(out.prints, p)
			}
		}
	}
	return out, nil
}

// show stores what a listing's newest revision shows.
func (s *Store) show(ctx context.Context, db bun.IDB, v similar.Shown, seq int64) error {
	row := listingPrintRow{ListingID: v.ListingID, Seq: seq, Revision: v.Revision, Link: v.Link}
	if _, err := db.NewInsert().Model(&row).On("CONFLICT (listing_id) DO UPDATE").Exec(ctx); err != nil {
		return s.wrap(ctx, "keep the print of a listing", err)
	}
	if _, err := db.NewDelete().Table("listing_pictures").Where("listing_id = ?", v.ListingID).Exec(ctx); err != nil {
		return s.wrap(ctx, "forget what a listing showed", err)
	}
	var rows []listingPictureRow
	for _, p := range v.Pictures {
		rows = append(rows, listingPictureRow{ListingID: v.ListingID, Picture: p})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.wrap(ctx, "keep what a listing shows", err)
}

// PrintsOf implements similar.PrintStore.
func (s *Store) PrintsOf(ctx context.Context, hashes []string) (map[string]signal.Print, error) {
	out := make(map[string]signal.Print, len(hashes))
	for part := range slices.Chunk(hashes, inParts) {
		var rows []picturePrintRow
		err := s.reader(ctx).NewSelect().Model(&rows).Where("picture IN (?)", bun.List(part)).Scan(ctx)
		if err != nil {
			return nil, s.wrap(ctx, "read prints", err)
		}
		for _, r := range rows {
			out[r.Picture] = r.print()
		}
	}
	return out, nil
}

// PicturePrints implements similar.PrintStore.
func (s *Store) PicturePrints(ctx context.Context, after int64, limit int) ([]similar.PicturePrint, error) {
	return many[picturePrintRow](ctx, s, "prints of pictures", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("seq > ?", after).Order("seq").Limit(int64(limited(limit, 500, 10_000)))
	})
}

// ListingPrints implements similar.PrintStore.
func (s *Store) ListingPrints(ctx context.Context, after int64, limit int) ([]similar.ListingPrint, error) {
	return many[listingPrintRow](ctx, s, "prints of listings", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Column("p.listing_id", "p.seq", "p.revision").ColumnExpr("l.title AS title").Join("JOIN listings AS l ON l.id = p.listing_id").
			Where("p.seq > ?", after).Order("p.seq").Limit(int64(limited(limit, 500, 10_000)))
	})
}

// PicturesAt implements similar.PrintStore.
func (s *Store) PicturesAt(ctx context.Context, seqs []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(seqs))
	for part := range slices.Chunk(seqs, inParts) {
		var rows []picturePrintRow
		err := s.reader(ctx).NewSelect().Model(&rows).Column("picture", "seq").Where("seq IN (?)", bun.List(part)).Scan(ctx)
		if err != nil {
			return nil, s.wrap(ctx, "read prints by number", err)
		}
		for _, r := range rows {
			out[r.Seq] = r.Picture
		}
	}
	return out, nil
}

// Unprinted implements similar.PrintStore.
func (s *Store) Unprinted(ctx context.Context, after string, limit int) ([]listing.Revision, error) {
	return many[revisionRow](ctx, s, "listings without a print", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id IN (?)", s.reader(ctx).NewSelect().TableExpr("listings AS l").ColumnExpr("l.id || '.' || l.revision").
			Join("LEFT JOIN listing_prints AS p ON p.listing_id = l.id").Where("p.listing_id IS NULL").Where("l.status <> 'pending'").
			Where("l.id > ?", after).OrderExpr("l.id").Limit(int64(limited(limit, 50, 500)))).Order("listing_id")
	})
}

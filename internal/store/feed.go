package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"assay/internal/listing"
)

type feedRow struct {
	bun.BaseModel `bun:"table:feeds"`
	ID            string  `bun:"id,pk"`
	Market        string  `bun:"market"`
	SellerID      string  `bun:"seller_id,nullzero"`
	OnlySeller    bool    `bun:"only_seller"`
	Name          string  `bun:"name"`
	Format        string  `bun:"format"`
	Blob          string  `bun:"blob"`
	Mapping       string  `bun:"mapping"`
	Currency      string  `bun:"currency"`
	Pictures      string  `bun:"pictures"`
	State         string  `bun:"state"`
	Problem       string  `bun:"problem"`
	Rows          int     `bun:"row_count"`
	Changed       int     `bun:"changed"`
	Unchanged     int     `bun:"unchanged"`
	Rejected      int     `bun:"rejected"`
	Warnings      int     `bun:"warnings"`
	ActorID       string  `bun:"actor_id"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r feedRow) domain() (listing.Feed, error) {
	return listing.Feed{
		ID: r.ID, Market: r.Market, SellerID: r.SellerID, OnlySeller: r.OnlySeller, Name: r.Name,
		Format: r.Format, Blob: r.Blob, Mapping: r.Mapping, Currency: r.Currency, Pictures: r.Pictures,
		State: listing.FeedState(r.State), Problem: r.Problem, Rows: r.Rows, Changed: r.Changed, Unchanged: r.Unchanged,
		Rejected: r.Rejected, Warnings: r.Warnings, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}, nil
}

// PutFeed implements listing.Store.
func (s *Store) PutFeed(ctx context.Context, f listing.Feed) error {
	row := feedRow{
		ID: f.ID, Market: f.Market, SellerID: f.SellerID, OnlySeller: f.OnlySeller, Name: f.Name,
		Format: f.Format, Blob: f.Blob, Mapping: f.Mapping, Currency: f.Currency, Pictures: f.Pictures,
		State: string(f.State), Problem: f.Problem, Rows: f.Rows, Changed: f.Changed, Unchanged: f.Unchanged,
		Rejected: f.Rejected, Warnings: f.Warnings, ActorID: f.ActorID, CreatedAt: s.stamp(f.CreatedAt), UpdatedAt: s.stamp(f.UpdatedAt),
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.referIf(ctx, db, "seller", "sellers", f.SellerID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a feed", err)
	})
}

// Feed implements listing.Store.
func (s *Store) Feed(ctx context.Context, id string) (listing.Feed, error) {
	return one[feedRow](ctx, s, "feed", byID(id))
}

// Feeds implements listing.Store; after is the id of the last one seen.
func (s *Store) Feeds(ctx context.Context, sellerID, after string, limit int) ([]listing.Feed, error) {
	return many[feedRow](ctx, s, "feeds", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "seller_id", sellerID)
		if after != "" {
			q.Where("(created_at, id) < (SELECT f.created_at, f.id FROM feeds f WHERE f.id = ?)", after)
		}
		return q.Order("created_at DESC", "id DESC").Limit(int64(limited(limit, 50, 500)))
	})
}

type problemRow struct {
	bun.BaseModel `bun:"table:problems"`
	FeedID        string `bun:"feed_id,pk"`
	Line          int    `bun:"line,pk"`
	Ordinal       int    `bun:"ordinal,pk"`
	RowID         string `bun:"row_id"`
	Column        string `bun:"column_name"`
	Code          string `bun:"code"`
	Message       string `bun:"message"`
	Rejected      bool   `bun:"rejected"`
	Raw           string `bun:"raw"`
}

func (r problemRow) domain() (listing.RowProblem, error) {
	return listing.RowProblem{FeedID: r.FeedID, Line: r.Line, Ordinal: r.Ordinal, RowID: r.RowID, Column: r.Column,
		Code: r.Code, Message: r.Message, Rejected: r.Rejected, Raw: r.Raw}, nil
}

// AddProblems implements listing.Store.
func (s *Store) AddProblems(ctx context.Context, list []listing.RowProblem) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]problemRow, len(list))
	for i, p := range list {
		rows[i] = problemRow{FeedID: p.FeedID, Line: p.Line, Ordinal: p.Ordinal, RowID: p.RowID, Column: p.Column,
			Code: p.Code, Message: p.Message, Rejected: p.Rejected, Raw: p.Raw}
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		for part := range slices.Chunk(rows, 500) {
			if _, err := db.NewInsert().Model(&part).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return s.wrap(ctx, "store row problems", err)
			}
		}
		return nil
	})
}

// Problems implements listing.Store.
func (s *Store) Problems(ctx context.Context, feedID string, after, limit int) ([]listing.RowProblem, error) {
	limit = limited(limit, 100, 1000)
	list, err := many[problemRow](ctx, s, "row problems", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("feed_id = ?", feedID).Where("line > ?", after).Order("line", "ordinal").Limit(int64(limit))
	})
	if err != nil || len(list) < limit {
		return list, err
	}
	last := list[limit-1] // a line is not torn between pages
	rest, err := many[problemRow](ctx, s, "row problems", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("feed_id = ?", feedID).Where("line = ?", last.Line).Where("ordinal > ?", last.Ordinal).Order("ordinal")
	})
	return append(list, rest...), err
}

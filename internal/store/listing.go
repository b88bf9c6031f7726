package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/listing"
)

type listingRow struct {
	bun.BaseModel `bun:"table:listings"`
	ID            string  `bun:"id,pk"`
	Market        string  `bun:"market"`
	ExternalID    string  `bun:"external_id"`
	SellerID      string  `bun:"seller_id"`
	Revision      int     `bun:"revision"`
	Status        string  `bun:"status"`
	ContentHash   string  `bun:"content_hash"`
	Title         string  `bun:"title"`
	Picture       string  `bun:"picture"`
	Search        string  `bun:"search"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r listingRow) domain() (listing.Listing, error) { return r.listing(), nil }

func (r listingRow) listing() listing.Listing {
	return listing.Listing{
		ID: r.ID, Market: r.Market, ExternalID: r.ExternalID, SellerID: r.SellerID, Revision: r.Revision,
		Status: listing.Status(r.Status), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

// show takes over what a list shows of an offer.
func (r *listingRow) show(o listing.Offer) {
	r.Title, r.Picture = clean(o.Title), firstStored(o)
	r.Search = searchable(r.ExternalID, o.Title)
}

func firstStored(o listing.Offer) string {
	for _, p := range o.Pictures {
		if p.State == listing.PictureStored {
			return p.Hash
		}
	}
	return ""
}

// summaryRow is a listing as a list shows it.
type summaryRow listingRow

func (r summaryRow) domain() (listing.Summary, error) {
	return listing.Summary{Listing: listingRow(r).listing(), Title: r.Title, Picture: r.Picture}, nil
}

// Listing implements listing.Store.
func (s *Store) Listing(ctx context.Context, id string) (listing.Listing, error) {
	return one[listingRow](ctx, s, "listing", byID(id))
}

// Listings implements listing.Store.
func (s *Store) Listings(ctx context.Context, f listing.Filter) ([]listing.Summary, string, error) {
	if err := checkQuery(f.Query); err != nil {
		return nil, "", err
	}
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	rows, err := many[summaryRow](ctx, s, "listings", func(q *bun.SelectQuery) *bun.SelectQuery {
		filterListings(q, f)
		if f.After != "" {
			q.Where("(created_at, id) < (?, ?)", at(after.At), after.ID)
		}
		return q.Order("created_at DESC", "id DESC").Limit(int64(limit + 1))
	})
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	last := rows[limit-1]
	return rows[:limit], place{At: last.CreatedAt, ID: last.ID}.cursor(), nil
}

func filterListings(q *bun.SelectQuery, f listing.Filter) {
	narrow(q, "market", f.Market)
	narrow(q, "seller_id", f.SellerID)
	narrow(q, "status", string(f.Status))
	if f.HolderID != "" {
		q.Where("id IN (SELECT listing_id FROM cases WHERE holder_id = ?)", f.HolderID)
	}
	find(q, "search", f.Query)
}

// CountListings implements listing.Store.
func (s *Store) CountListings(ctx context.Context) (map[listing.Status]int, error) {
	n, err := s.count(ctx, s.reader(ctx).NewSelect().Table("listings"), "status")
	out := make(map[listing.Status]int, len(n))
	for status, count := range n {
		out[listing.Status(status)] = count
	}
	return out, err
}

// count counts the rows of q by a column.
func (s *Store) count(ctx context.Context, q *bun.SelectQuery, column string) (map[string]int, error) {
	var groups []struct {
		Name string `bun:"name"`
		N    int    `bun:"n"`
	}
	err := q.ColumnExpr("? AS name, COUNT(*) AS n", bun.Ident(column)).GroupExpr("?", bun.Ident(column)).Scan(ctx, &groups)
	if err != nil {
		return nil, s.wrap(ctx, "count", err)
	}
	out := make(map[string]int, len(groups))
	for _, g := range groups {
		out[g.Name] = g.N
	}
	return out, nil
}

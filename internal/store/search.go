package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/search"
)

type searchRow struct {
	bun.BaseModel `bun:"table:searches,alias:s"`
	ID            string  `bun:"id,pk"`
	HolderID      string  `bun:"holder_id,nullzero"`
	Name          string  `bun:"name"`
	Query         string  `bun:"query"`
	ActorID       string  `bun:"actor_id"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r searchRow) domain() (search.Saved, error) {
	v := search.Saved{ID: r.ID, HolderID: r.HolderID, Name: r.Name, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
	return v, decode(r.Query, &v.Query)
}

// PutSearch implements search.Store.
func (s *Store) PutSearch(ctx context.Context, v search.Saved) error {
	row := searchRow{ID: v.ID, HolderID: v.HolderID, Name: clean(v.Name), Query: encode(v.Query), ActorID: v.ActorID,
		CreatedAt: s.stamp(v.CreatedAt), UpdatedAt: s.stamp(v.UpdatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.referIf(ctx, db, "holder_id", "holders", v.HolderID); err != nil {
			return err
		}
		return s.changeSearches(ctx, db, func() error {
			n, err := affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
				Where("COALESCE(s.holder_id, '') = ?", v.HolderID).Exec(ctx))
			if err == nil && n == 0 {
				return fault.New(fault.Conflict, "this search belongs to somebody else")
			}
			return s.wrap(ctx, "store a search", err)
		})
	})
}

// changeSearches gives a change of the searches the next number.
func (s *Store) changeSearches(ctx context.Context, db bun.IDB, change func() error) error {
	head, err := s.lockHead(ctx, db, "search")
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	head.Seq++
	return s.moveHead(ctx, db, head)
}

// SearchHead implements search.Store.
func (s *Store) SearchHead(ctx context.Context) (int64, error) {
	var head headRow
	err := s.reader(ctx).NewSelect().Model(&head).Where("name = 'search'").Scan(ctx)
	return head.Seq, s.wrap(ctx, "read the newest change of a search", err)
}

// Search implements search.Store.
func (s *Store) Search(ctx context.Context, id string) (search.Saved, error) {
	v, err := one[searchRow](ctx, s, "search", byID(id))
	if err != nil {
		return v, err
	}
	counts, err := s.unread(ctx, s.reader(ctx), func(q *bun.SelectQuery) { q.Where("search_id = ?", id) })
	v.Unread = counts[id]
	return v, err
}

// Searches implements search.Store.
func (s *Store) Searches(ctx context.Context, holderID string) ([]search.Saved, error) {
	list, err := many[searchRow](ctx, s, "searches", func(q *bun.SelectQuery) *bun.SelectQuery {
		owned(q, holderID)
		return q.Order("name", "id").Limit(10 * search.MaxSaved)
	})
	if err != nil {
		return nil, err
	}
	counts, err := s.unread(ctx, s.reader(ctx), func(q *bun.SelectQuery) { owned(q, holderID) })
	for i := range list {
		list[i].Unread = counts[list[i].ID]
	}
	return list, err
}

// AllSearches implements search.Store.
func (s *Store) AllSearches(ctx context.Context, after string, limit int) ([]search.Saved, error) {
	return many[searchRow](ctx, s, "searches", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id > ?", after).Order("id").Limit(int64(limited(limit, 500, 1000)))
	})
}

// DeleteSearch implements search.Store.
func (s *Store) DeleteSearch(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		return s.changeSearches(ctx, db, func() error {
			// The lock keeps screenings from adding alerts until the search is gone.
			var row searchRow
			if err := s.lockRow(db.NewSelect().Model(&row).Where("id = ?", id)).Scan(ctx); err != nil {
				return s.missing(ctx, "search", err)
			}
			if _, err := db.NewDelete().Table("alerts").Where("search_id = ?", id).Exec(ctx); err != nil {
				return s.wrap(ctx, "delete alerts", err)
			}
			_, err := db.NewDelete().Model(&row).WherePK().Exec(ctx)
			return s.wrap(ctx, "delete a search", err)
		})
	})
}

// owned selects the rows of one owner; "" is the marketplace's own people.
func owned(q *bun.SelectQuery, holderID string) {
	if holderID == "" {
		q.Where("holder_id IS NULL")
	} else {
		q.Where("holder_id = ?", holderID)
	}
}

// unread counts the unread alerts of searches.
func (s *Store) unread(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery)) (map[string]int, error) {
	q := db.NewSelect().Table("alerts").Where("read_at IS NULL")
	narrow(q)
	return s.count(ctx, q, "search_id")
}

type offeredRow struct {
	bun.BaseModel `bun:"table:revisions,alias:r"`
	ID            string  `bun:"id"`
	ListingID     string  `bun:"listing_id"`
	Number        int     `bun:"number"`
	Source        string  `bun:"source"`
	ContentHash   string  `bun:"content_hash"`
	Offer         string  `bun:"offer"`
	CreatedAt     instant `bun:"created_at"`
	Market        string  `bun:"market"`
	ExternalID    string  `bun:"external_id"`
	SellerID      string  `bun:"seller_id"`
	Status        string  `bun:"status"`
	ListedAt      instant `bun:"listed_at"`
	UpdatedAt     instant `bun:"updated_at"`
	Read          string  `bun:"read"` // "": nothing
}

func (r offeredRow) domain() (search.Offered, error) {
	rev, err := revisionRow{ID: r.ID, ListingID: r.ListingID, Number: r.Number, Source: r.Source, ContentHash: r.ContentHash,
		Offer: r.Offer, CreatedAt: r.CreatedAt}.domain()
	if err != nil {
		return search.Offered{}, err
	}
	var read []lexicon.Field
	if r.Read != "" {
		err = decode(r.Read, &read)
	}
	return search.Offered{Read: read, Revision: rev, Listing: listing.Listing{ID: r.ListingID, Market: r.Market, ExternalID: r.ExternalID, SellerID: r.SellerID,
		Revision: r.Number, Status: listing.Status(r.Status), CreatedAt: r.ListedAt.Time, UpdatedAt: r.UpdatedAt.Time}}, err
}

// Stretch implements search.Store. It first finds where the stretch ends, by
// the index alone, so that its cost does not depend on how much passes.
func (s *Store) Stretch(ctx context.Context, ask search.Stretch) ([]search.Offered, search.Place, bool, error) {
	last, more, err := s.endOf(ctx, ask)
	if err != nil {
		return nil, search.Place{}, false, err
	}
	rows, err := many[offeredRow](ctx, s, "offers", func(q *bun.SelectQuery) *bun.SelectQuery {
		within(q, ask)
		if more {
			q.Where("(r.created_at, r.id) >= (?, ?)", at(last.At), last.ID)
		}
		narrow(q, "l.market", ask.Market)
		narrow(q, "l.seller_id", ask.SellerID)
		narrow(q, "l.status", string(ask.Status))
		return q.Column("r.id", "r.listing_id", "r.number", "r.source", "r.content_hash", "r.offer", "r.created_at",
			"l.market", "l.external_id", "l.seller_id", "l.status", "l.updated_at").ColumnExpr("l.created_at AS listed_at").
			ColumnExpr("COALESCE(CAST(t.fields AS TEXT), '') AS read").Join("LEFT JOIN picture_texts AS t ON t.revision_id = r.id").
			Join("JOIN listings AS l ON l.id = r.listing_id AND l.revision = r.number").
			OrderExpr("r.created_at DESC, r.id DESC")
	})
	return rows, last, more, err
}

// endOf is the last of the revisions to look at; more when there are so many.
func (s *Store) endOf(ctx context.Context, ask search.Stretch) (search.Place, bool, error) {
	var ends []struct {
		ID        string  `bun:"id"`
		CreatedAt instant `bun:"created_at"`
	}
	q := s.reader(ctx).NewSelect().TableExpr("revisions AS r").Column("r.id", "r.created_at")
	within(q, ask)
	err := q.OrderExpr("r.created_at DESC, r.id DESC").Offset(int64(max(ask.Revisions, 1)-1)).Limit(1).Scan(ctx, &ends)
	if err != nil || len(ends) == 0 {
		return search.Place{}, false, s.wrap(ctx, "find a stretch of offers", err)
	}
	return search.Place{At: ends[0].CreatedAt.Time, ID: ends[0].ID}, true, nil
}

// within bounds a walk over revisions.
func within(q *bun.SelectQuery, ask search.Stretch) {
	if ask.After.ID != "" {
		q.Where("(r.created_at, r.id) < (?, ?)", at(ask.After.At), ask.After.ID)
	}
	if !ask.From.IsZero() {
		q.Where("r.created_at >= ?", at(ask.From))
	}
	if !ask.Before.IsZero() {
		q.Where("r.created_at < ?", at(ask.Before))
	}
}

type alertRow struct {
	bun.BaseModel `bun:"table:alerts,alias:a"`
	ID            string  `bun:"id,pk"`
	SearchID      string  `bun:"search_id"`
	HolderID      string  `bun:"holder_id,nullzero"`
	ListingID     string  `bun:"listing_id"`
	RevisionID    string  `bun:"revision_id"`
	Substance     string  `bun:"substance"`
	Hit           string  `bun:"hit"`
	ReadAt        instant `bun:"read_at,nullzero"`
	CreatedAt     instant `bun:"created_at"`
	Status        string  `bun:"status,scanonly"` // of the listing
}

func (r alertRow) domain() (search.Alert, error) {
	v := search.Alert{ID: r.ID, SearchID: r.SearchID, HolderID: r.HolderID, Substance: r.Substance, ReadAt: r.ReadAt.optional(), CreatedAt: r.CreatedAt.Time}
	err := decode(r.Hit, &v.Hit)
	v.Hit.Status = listing.Status(r.Status)
	return v, err
}

func (s *Store) alertRow(a search.Alert) alertRow {
	a.Hit.SellerName = "" // kept with the sellers alone
	return alertRow{ID: a.ID, SearchID: a.SearchID, HolderID: a.HolderID, ListingID: a.Hit.ListingID, RevisionID: a.Hit.RevisionID,
		Substance: a.Substance, Hit: encode(a.Hit), ReadAt: atOptional(a.ReadAt), CreatedAt: s.stamp(a.CreatedAt)}
}

// AddAlerts implements search.Store.
func (s *Store) AddAlerts(ctx context.Context, alerts []search.Alert) (added int, err error) {
	if len(alerts) == 0 {
		return 0, nil
	}
	err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		added = 0
		open, err := s.openSearches(ctx, db, alerts)
		if err != nil {
			return err
		}
		known, err := s.toldBefore(ctx, db, alerts)
		if err != nil {
			return err
		}
		var rows []alertRow
		for _, a := range alerts {
			row := s.alertRow(a)
			if told := (told{row.SearchID, row.ListingID, row.Substance}); open[a.SearchID] {
				if known[told] && row.ReadAt.IsZero() {
					row.ReadAt = row.CreatedAt
				}
				known[told] = true
				rows = append(rows, row)
			}
		}
		for part := range slices.Chunk(rows, 500) {
			n, err := affected(db.NewInsert().Model(&part).On("CONFLICT DO NOTHING").Exec(ctx))
			if err != nil {
				return s.wrap(ctx, "store alerts", err)
			}
			added += int(n)
		}
		return nil
	})
	return added, err
}

// openSearches are the searches that take alerts. They stay until the
// transaction ends: a weak lock, so that screenings do not wait for each other.
func (s *Store) openSearches(ctx context.Context, db bun.IDB, alerts []search.Alert) (map[string]bool, error) {
	var ids []string
	for _, a := range alerts {
		ids = append(ids, a.SearchID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	q := db.NewSelect().Table("searches").Column("id").Where("id IN (?)", bun.List(ids)).Order("id")
	if s.engine == PostgreSQL {
		q = q.For("KEY SHARE")
	}
	var there []string
	if err := q.Scan(ctx, &there); err != nil {
		return nil, s.wrap(ctx, "look for searches", err)
	}
	counts, err := s.unread(ctx, db, func(q *bun.SelectQuery) { q.Where("search_id IN (?)", bun.List(ids)) })
	open := map[string]bool{}
	for _, id := range there {
		open[id] = counts[id] < search.MaxUnread
	}
	return open, err
}

// told is what an alert says.
type told struct{ search, listing, substance string }

// toldBefore is what alerts of other revisions have said.
func (s *Store) toldBefore(ctx context.Context, db bun.IDB, alerts []search.Alert) (map[told]bool, error) {
	var listings []string
	for _, a := range alerts {
		listings = append(listings, a.Hit.ListingID)
	}
	slices.Sort(listings)
	var rows []alertRow
	err := db.NewSelect().Model(&rows).Column("search_id", "listing_id", "substance").
		Where("listing_id IN (?)", bun.List(slices.Compact(listings))).Scan(ctx)
	known := map[told]bool{}
	for _, r := range rows {
		known[told{r.SearchID, r.ListingID, r.Substance}] = true
	}
	return known, s.wrap(ctx, "read alerts", err)
}

// Alerts implements search.Store.
func (s *Store) Alerts(ctx context.Context, f search.AlertFilter) ([]search.Alert, string, error) {
	after, err := search.ParsePlace(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	list, err := many[alertRow](ctx, s, "alerts", func(q *bun.SelectQuery) *bun.SelectQuery {
		if owned(q, f.HolderID); f.SearchID != "" {
			q.Where("a.search_id = ?", f.SearchID)
		}
		if f.Unread {
			q.Where("a.read_at IS NULL")
		}
		if after.ID != "" {
			q.Where("(a.created_at, a.id) < (?, ?)", at(after.At), after.ID)
		}
		return q.ColumnExpr("a.*").ColumnExpr("l.status AS status").Join("JOIN listings AS l ON l.id = a.listing_id").
			OrderExpr("a.created_at DESC, a.id DESC").Limit(int64(limit + 1))
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], search.Place{At: last.CreatedAt, ID: last.ID}.Cursor(), nil
}

// CountUnread implements search.Store.
func (s *Store) CountUnread(ctx context.Context, holderID string) (int, error) {
	q := s.reader(ctx).NewSelect().Table("alerts").Where("read_at IS NULL")
	owned(q, holderID)
	n, err := q.Count(ctx)
	return int(n), s.wrap(ctx, "count alerts", err)
}

// ReadAlerts implements search.Store.
func (s *Store) ReadAlerts(ctx context.Context, holderID, searchID string, ids []string, when time.Time) (int, error) {
	read := 0
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		q := db.NewUpdate().Table("alerts").Set("read_at = ?", s.stamp(when)).Where("read_at IS NULL")
		if holderID == "" {
			q.Where("holder_id IS NULL")
		} else {
			q.Where("holder_id = ?", holderID)
		}
		if searchID != "" {
			q.Where("search_id = ?", searchID)
		}
		if len(ids) > 0 {
			q.Where("id IN (?)", bun.List(ids))
		}
		n, err := affected(q.Exec(ctx))
		read = int(n)
		return s.wrap(ctx, "mark alerts as read", err)
	})
	return read, err
}

// DeleteAlerts implements search.Store.
func (s *Store) DeleteAlerts(ctx context.Context, before time.Time) (int, error) {
	deleted := 0
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewDelete().Table("alerts").Where("created_at < ?", s.stamp(before)).Exec(ctx))
		deleted = int(n)
		return s.wrap(ctx, "delete old alerts", err)
	})
	return deleted, err
}

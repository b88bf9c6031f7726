package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/enforcement"
	"assay/internal/listing"
	"assay/internal/seller"
)

var _ enforcement.House = (*Store)(nil)

type standingRow struct {
	bun.BaseModel `bun:"table:standings"`
	SellerID      string  `bun:"seller_id,pk"`
	Market        string  `bun:"market"`
	Status        string  `bun:"status"`
	Points        int     `bun:"points"`
	Strikes       int     `bun:"strikes"`
	NextAt        instant `bun:"next_at,nullzero"`
	Version       int     `bun:"version"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r standingRow) domain() (enforcement.Record, error) {
	return enforcement.Record{SellerID: r.SellerID, Market: r.Market, Status: seller.Status(r.Status), Points: r.Points, Strikes: r.Strikes,
		NextAt: r.NextAt.Time, Version: r.Version, UpdatedAt: r.UpdatedAt.Time}, nil
}

// LockRecord implements enforcement.Store.
func (s *Store) LockRecord(ctx context.Context, sellerID string) (enforcement.Record, error) {
	var out enforcement.Record
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "seller_id", "sellers", sellerID); err != nil {
			return err
		}
		row := standingRow{SellerID: sellerID, UpdatedAt: s.stamp(time.Time{})}
		if _, err := db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return s.wrap(ctx, "make a shop's record", err)
		}
		if err := s.lockRow(db.NewSelect().Model(&row).WherePK()).Scan(ctx); err != nil {
			return s.wrap(ctx, "lock a shop's record", err)
		}
		var err error
		out, err = row.domain()
		return err
	})
	return out, err
}

// Record implements enforcement.Store.
func (s *Store) Record(ctx context.Context, sellerID string) (enforcement.Record, error) {
	return one[standingRow](ctx, s, "record of a shop", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("seller_id = ?", sellerID) })
}

// PutRecord implements enforcement.Store.
func (s *Store) PutRecord(ctx context.Context, r enforcement.Record) error {
	row := standingRow{SellerID: r.SellerID, Market: clean(r.Market), Status: string(r.Status), Points: r.Points, Strikes: r.Strikes,
		Version: r.Version, UpdatedAt: s.stamp(r.UpdatedAt)}
	if !r.NextAt.IsZero() {
		row.NextAt = at(r.NextAt)
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&row).On("CONFLICT (seller_id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a shop's record", err)
	})
}

// DueRecords implements enforcement.Store.
func (s *Store) DueRecords(ctx context.Context, until time.Time, limit int) ([]string, error) {
	var ids []string
	err := s.reader(ctx).NewSelect().Table("standings").Column("seller_id").Where("next_at IS NOT NULL AND next_at <= ?", at(until)).
		Order("next_at", "seller_id").Limit(int64(limited(limit, 100, 1000))).Scan(ctx, &ids)
	return ids, s.wrap(ctx, "read due shops", err)
}

// StrayShops implements enforcement.Store.
func (s *Store) StrayShops(ctx context.Context, limit int) ([]string, error) {
	var shut, open []string
	db := s.reader(ctx)
	limit = limited(limit, 100, 1000)
	err := db.NewSelect().TableExpr("sellers AS s").Column("s.id").Where("s.status IN ('suspended', 'closed')").
		Where("EXISTS (SELECT 1 FROM listings l WHERE l.seller_id = s.id AND l.status = 'live')").Limit(int64(limit)).Scan(ctx, &shut)
	if err != nil {
		return nil, s.wrap(ctx, "look for shut shops on sale", err)
	}
	err = db.NewSelect().TableExpr("paused AS p").ColumnExpr("DISTINCT p.seller_id").Join("JOIN sellers AS s ON s.id = p.seller_id").
		Join("JOIN listings AS l ON l.id = p.listing_id").Where("s.status NOT IN ('suspended', 'closed')").Where("l.status = 'held'").
		Limit(int64(limit)).Scan(ctx, &open)
	return append(shut, open...), s.wrap(ctx, "look for open shops off sale", err)
}

type actionRow struct {
	bun.BaseModel  `bun:"table:actions,alias:x"`
	ID             string  `bun:"id,pk"`
	Kind           string  `bun:"kind"`
	SellerID       string  `bun:"seller_id"`
	ListingID      string  `bun:"listing_id,nullzero"`
	RevisionID     string  `bun:"revision_id"`
	CaseID         string  `bun:"case_id,nullzero"`
	DecisionID     string  `bun:"decision_id"`
	CauseID        string  `bun:"cause_id"`
	Mark           string  `bun:"mark"`
	Milestone      string  `bun:"milestone"`
	Reason         string  `bun:"reason"`
	Note           string  `bun:"note"`
	Points         int     `bun:"points"`
	Strikes        int     `bun:"strikes"`
	Was            string  `bun:"was"`
	Became         string  `bun:"became"`
	FromAt         instant `bun:"from_at"`
	UntilAt        instant `bun:"until_at,nullzero"`
	Ladder         string  `bun:"ladder"`
	Profile        string  `bun:"profile"`
	Factors        string  `bun:"factors"` // JSON
	ActorID        string  `bun:"actor_id"`
	CreatedAt      instant `bun:"created_at"`
	ReversedAt     instant `bun:"reversed_at,nullzero"`
	ReversedBy     string  `bun:"reversed_by"`
	Reversal       string  `bun:"reversal"`
	ReversalReason string  `bun:"reversal_reason"`
	ReversalNote   string  `bun:"reversal_note"`
}

func (r actionRow) domain() (enforcement.Action, error) {
	a := enforcement.Action{
		ID: r.ID, Kind: enforcement.Kind(r.Kind), SellerID: r.SellerID, ListingID: r.ListingID, RevisionID: r.RevisionID, CaseID: r.CaseID,
		DecisionID: r.DecisionID, CauseID: r.CauseID, Mark: r.Mark, Milestone: r.Milestone, Reason: r.Reason, Note: r.Note,
		Points: r.Points, Strikes: r.Strikes, Was: listing.Status(r.Was), Became: listing.Status(r.Became), From: r.FromAt.Time, Until: r.UntilAt.Time,
		Ladder: r.Ladder, Profile: r.Profile, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time,
		ReversedAt: r.ReversedAt.optional(), ReversedBy: r.ReversedBy, Reversal: r.Reversal, ReversalReason: r.ReversalReason, ReversalNote: r.ReversalNote,
	}
	return a, decode(r.Factors, &a.Factors)
}

func (s *Store) actionRow(a enforcement.Action) actionRow {
	row := actionRow{
		ID: a.ID, Kind: string(a.Kind), SellerID: a.SellerID, ListingID: a.ListingID, RevisionID: a.RevisionID, CaseID: a.CaseID,
		DecisionID: a.DecisionID, CauseID: a.CauseID, Mark: a.Mark, Milestone: a.Milestone, Reason: a.Reason, Note: a.Note,
		Points: a.Points, Strikes: a.Strikes, Was: string(a.Was), Became: string(a.Became), FromAt: s.stamp(a.From),
		Ladder: a.Ladder, Profile: a.Profile, Factors: encode(a.Factors), ActorID: a.ActorID, CreatedAt: s.stamp(a.CreatedAt),
		ReversedAt: atOptional(a.ReversedAt), ReversedBy: a.ReversedBy, Reversal: a.Reversal, ReversalReason: a.ReversalReason, ReversalNote: a.ReversalNote,
	}
	if !a.Until.IsZero() {
		row.UntilAt = at(a.Until)
	}
	return row
}

// PutActions implements enforcement.Store.
func (s *Store) PutActions(ctx context.Context, list []enforcement.Action) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]actionRow, len(list))
	for i, a := range list {
		rows[i] = s.actionRow(a)
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		for part := range slices.Chunk(rows, 300) { // PostgreSQL takes at most 65,535 values
			if _, err := db.NewInsert().Model(&part).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
				return s.wrap(ctx, "store actions", err)
			}
		}
		return nil
	})
}

// Action implements enforcement.Store.
func (s *Store) Action(ctx context.Context, id string) (enforcement.Action, error) {
	return one[actionRow](ctx, s, "action", byID(id))
}

// Actions implements enforcement.Store.
func (s *Store) Actions(ctx context.Context, f enforcement.Filter) ([]enforcement.Action, string, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	list, err := many[actionRow](ctx, s, "actions", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "seller_id", f.SellerID)
		narrow(q, "listing_id", f.ListingID)
		narrow(q, "case_id", f.CaseID)
		narrow(q, "kind", string(f.Kind))
		if f.After != "" {
			q.Where("(x.created_at, x.id) < (?, ?)", at(after.At), after.ID)
		}
		return q.Order("x.created_at DESC", "x.id DESC").Limit(int64(limit + 1))
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], place{At: last.CreatedAt, ID: last.ID}.cursor(), nil
}

// ActionsOf implements enforcement.Store.
func (s *Store) ActionsOf(ctx context.Context, decisionIDs []string) ([]enforcement.Action, error) {
	return s.actionsBy(ctx, "decision_id", decisionIDs)
}

// ActionsOfCases implements enforcement.Store.
func (s *Store) ActionsOfCases(ctx context.Context, caseIDs []string) ([]enforcement.Action, error) {
	return s.actionsBy(ctx, "case_id", caseIDs)
}

func (s *Store) actionsBy(ctx context.Context, column string, ids []string) ([]enforcement.Action, error) {
	out := []enforcement.Action{}
	for part := range slices.Chunk(ids, 500) {
		list, err := many[actionRow](ctx, s, "actions", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("? IN (?)", bun.Ident("x."+column), bun.List(part)).Where("? <> ''", bun.Ident("x."+column)).Order("x.created_at", "x.id")
		})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// Penalties implements enforcement.Store.
func (s *Store) Penalties(ctx context.Context, sellerID string) ([]enforcement.Action, error) {
	return many[actionRow](ctx, s, "penalties", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("x.seller_id = ?", sellerID).Where("x.kind NOT IN ('pause', 'remove', 'restore')").Order("x.from_at", "x.id")
	})
}

type closureRow struct {
	bun.BaseModel `bun:"table:closures"`
	ID            string  `bun:"id,pk"`
	SellerID      string  `bun:"seller_id"`
	State         string  `bun:"state"`
	Place         int     `bun:"place"`
	Reason        string  `bun:"reason"`
	Milestone     string  `bun:"milestone"`
	Mark          string  `bun:"mark"`
	Note          string  `bun:"note"`
	ProposedBy    string  `bun:"proposed_by"`
	Barred        string  `bun:"barred"` // JSON
	ActionID      string  `bun:"action_id"`
	Factors       string  `bun:"factors"` // JSON
	Ladder        string  `bun:"ladder"`
	Profile       string  `bun:"profile"`
	DecidedBy     string  `bun:"decided_by"`
	DecidedNote   string  `bun:"decided_note"`
	DecidedAt     instant `bun:"decided_at,nullzero"`
	CreatedAt     instant `bun:"created_at"`
}

func (r closureRow) domain() (enforcement.Closure, error) {
	c := enforcement.Closure{ID: r.ID, SellerID: r.SellerID, State: enforcement.ClosureState(r.State), Reason: r.Reason, Milestone: r.Milestone, Mark: r.Mark,
		Note: r.Note, ProposedBy: r.ProposedBy, ActionID: r.ActionID, Ladder: r.Ladder, Profile: r.Profile, DecidedBy: r.DecidedBy,
		DecidedNote: r.DecidedNote, DecidedAt: r.DecidedAt.optional(), CreatedAt: r.CreatedAt.Time}
	return c, decode(r.Barred, &c.Barred, r.Factors, &c.Factors)
}

// PutClosure implements enforcement.Store. A second open proposal for a shop
// is fault.Conflict.
func (s *Store) PutClosure(ctx context.Context, c enforcement.Closure) error {
	row := closureRow{ID: c.ID, SellerID: c.SellerID, State: string(c.State), Reason: c.Reason, Milestone: c.Milestone, Mark: c.Mark, Note: c.Note,
		ProposedBy: c.ProposedBy, Barred: encode(c.Barred), ActionID: c.ActionID, Factors: encode(c.Factors), Ladder: c.Ladder, Profile: c.Profile,
		DecidedBy: c.DecidedBy, DecidedNote: c.DecidedNote, DecidedAt: atOptional(c.DecidedAt), CreatedAt: s.stamp(c.CreatedAt)}
	if c.State != enforcement.ClosureOpen {
		row.Place = 1
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "seller_id", "sellers", c.SellerID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a closure", err)
	})
}

// Closure implements enforcement.Store.
func (s *Store) Closure(ctx context.Context, id string) (enforcement.Closure, error) {
	return one[closureRow](ctx, s, "closure", byID(id))
}

// Closures implements enforcement.Store.
func (s *Store) Closures(ctx context.Context, f enforcement.ClosureFilter) ([]enforcement.Closure, string, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	rows, err := many[closureRow](ctx, s, "closures", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "seller_id", f.SellerID)
		narrow(q, "state", string(f.State))
		if f.After != "" {
			q.Where("(place > ? OR place = ? AND (created_at, id) < (?, ?))", after.Rank, after.Rank, at(after.At), after.ID)
		}
		return q.Order("place", "created_at DESC", "id DESC").Limit(int64(limit + 1))
	})
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	last := rows[limit-1]
	rank := 0
	if last.State != enforcement.ClosureOpen {
		rank = 1
	}
	return rows[:limit], place{Rank: rank, At: last.CreatedAt, ID: last.ID}.cursor(), nil
}

// PersonBehind implements enforcement.Store.
func (s *Store) PersonBehind(ctx context.Context, actorID string) (string, error) {
	var made []string
	err := s.reader(ctx).NewSelect().Table("api_keys").Column("actor_id").Where("id = ?", actorID).Scan(ctx, &made)
	if err != nil || len(made) == 0 || made[0] == "" {
		return actorID, s.wrap(ctx, "look for the maker of a key", err)
	}
	return made[0], nil
}

// CountListingsOf implements enforcement.Store.
func (s *Store) CountListingsOf(ctx context.Context, sellerID string) (int, error) {
	n, err := s.reader(ctx).NewSelect().Table("listings").Where("seller_id = ?", sellerID).Count(ctx)
	return int(n), s.wrap(ctx, "count a shop's listings", err)
}

package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/hearing"
)

type hearingRow struct {
	bun.BaseModel `bun:"table:hearings,alias:h"`
	ID            string  `bun:"id,pk"`
	Kind          string  `bun:"kind"`
	Side          string  `bun:"side"`
	DecisionID    string  `bun:"decision_id"`
	CaseID        string  `bun:"case_id"`
	ListingID     string  `bun:"listing_id"`
	SellerID      string  `bun:"seller_id"`
	HolderID      string  `bun:"holder_id"`
	State         string  `bun:"state"`
	DueAt         instant `bun:"due_at,nullzero"`
	Body          string  `bun:"body"`
	Version       int     `bun:"version"`
	CreatedAt     instant `bun:"created_at"`
}

func (r hearingRow) domain() (hearing.Hearing, error) {
	var h hearing.Hearing
	err := decode(r.Body, &h)
	h.Version = r.Version
	return h, err
}

// PutHearing implements hearing.Store.
func (s *Store) PutHearing(ctx context.Context, h hearing.Hearing) error {
	row := hearingRow{ID: h.ID, Kind: string(h.Kind), Side: string(h.By), DecisionID: h.DecisionID, CaseID: h.CaseID, ListingID: h.ListingID, SellerID: h.SellerID,
		HolderID: h.HolderID, State: string(h.State), DueAt: atOptional(h.Due), Body: clean(encode(h)), Version: h.Version + 1, CreatedAt: s.stamp(h.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "listing_id", "listings", h.ListingID); err != nil {
			return err
		}
		if err := s.refer(ctx, db, "seller_id", "sellers", h.SellerID); err != nil {
			return err
		}
		if h.Version == 0 {
			n, err := affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
			if err == nil && n == 0 {
				return fault.New(fault.Conflict, "this decision has a hearing of that kind already")
			}
			return s.wrap(ctx, "store a hearing", err)
		}
		n, err := affected(db.NewUpdate().Model(&row).WherePK().Where("version = ?", h.Version).Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "store a hearing", err)
		}
		if _, err := one[hearingRow](ctx, s, "hearing", byID(h.ID)); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "this hearing was changed in the meantime; look at it again")
	})
}

// Hearing implements hearing.Store.
func (s *Store) Hearing(ctx context.Context, id string) (hearing.Hearing, error) {
	return one[hearingRow](ctx, s, "hearing", byID(id))
}

// never stands for the clock of hearings that have none, so that they sort last.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Hearings implements hearing.Store.
func (s *Store) Hearings(ctx context.Context, f hearing.Filter) ([]hearing.Hearing, string, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	list, err := many[hearingRow](ctx, s, "hearings", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "h.seller_id", f.SellerID)
		narrow(q, "h.listing_id", f.ListingID)
		narrow(q, "h.decision_id", f.DecisionID)
		narrow(q, "h.kind", string(f.Kind))
		narrow(q, "h.state", string(f.State))
		if f.HolderID != "" { // said twice, so that SQLite knows that the partial index serves
			q.Where("h.holder_id = ? AND h.holder_id <> ''", f.HolderID)
		}
		if f.CaseID != "" {
			q.Where("h.case_id = ? AND h.case_id <> ''", f.CaseID)
		}
		if f.Open {
			q.Where("h.state <> ?", string(hearing.Ended))
		}
		if f.Newest {
			if f.After != "" {
				q.Where("(h.created_at, h.id) < (?, ?)", at(after.At), after.ID)
			}
			return q.OrderExpr("h.created_at DESC, h.id DESC").Limit(int64(limit + 1))
		}
		if f.After != "" {
			q.Where("(COALESCE(h.due_at, ?), h.id) > (?, ?)", at(never), at(after.At), after.ID)
		}
		return q.OrderExpr("COALESCE(h.due_at, ?), h.id", at(never)).Limit(int64(limit + 1))
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	at := never
	if f.Newest {
		at = last.CreatedAt
	} else if last.Due != nil {
		at = *last.Due
	}
	return list[:limit], place{At: at, ID: last.ID}.cursor(), nil
}

// DueHearings implements hearing.Store. Those that wait for a person's decision
// have no result of their own.
func (s *Store) DueHearings(ctx context.Context, before time.Time, limit int) ([]hearing.Hearing, error) {
	return many[hearingRow](ctx, s, "hearings", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("h.due_at IS NOT NULL AND h.due_at <= ?", at(before)).Where("h.state IN (?, ?)", string(hearing.AwaitsSeller), string(hearing.AwaitsComplainant)).
			OrderExpr("h.due_at, h.id").Limit(int64(limited(limit, 100, 1000)))
	})
}

type restitutionRow struct {
	bun.BaseModel `bun:"table:restitutions,alias:r"`
	DecisionID    string  `bun:"decision_id,pk"`
	SellerID      string  `bun:"seller_id"`
	Body          string  `bun:"body"`
	CreatedAt     instant `bun:"created_at"`
}

func (r restitutionRow) domain() (hearing.Restitution, error) {
	var v hearing.Restitution
	err := decode(r.Body, &v)
	return v, err
}

// AddRestitution implements hearing.Store.
func (s *Store) AddRestitution(ctx context.Context, r hearing.Restitution) error {
	row := restitutionRow{DecisionID: r.DecisionID, SellerID: r.SellerID, Body: encode(r), CreatedAt: s.stamp(r.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "seller_id", "sellers", r.SellerID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).On("CONFLICT (decision_id) DO NOTHING").Exec(ctx)
		return s.wrap(ctx, "store a restitution", err)
	})
}

// Restitutions implements hearing.Store.
func (s *Store) Restitutions(ctx context.Context, sellerID, cursor string, limit int) ([]hearing.Restitution, string, error) {
	after, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	limit = limited(limit, 50, 200)
	list, err := many[restitutionRow](ctx, s, "restitutions", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "r.seller_id", sellerID)
		if cursor != "" {
			q.Where("(r.created_at, r.decision_id) < (?, ?)", at(after.At), after.ID)
		}
		return q.OrderExpr("r.created_at DESC, r.decision_id DESC").Limit(int64(limit + 1))
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], place{At: last.CreatedAt, ID: last.DecisionID}.cursor(), nil
}

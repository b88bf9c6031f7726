package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"assay/internal/statement"
)

type statementRow struct {
	bun.BaseModel `bun:"table:statements,alias:s"`
	ID            string  `bun:"id,pk"`
	Kind          string  `bun:"kind"`
	SellerID      string  `bun:"seller_id"`
	Restricts     bool    `bun:"restricts"`
	Body          string  `bun:"body"`
	CreatedAt     instant `bun:"created_at"`
}

func (r statementRow) domain() (statement.Statement, error) {
	var s statement.Statement
	err := decode(r.Body, &s)
	return s, err
}

// statementRef is one thing that a statement is about.
type statementRef struct {
	bun.BaseModel `bun:"table:statement_refs"`
	StatementID   string  `bun:"statement_id"`
	Sort          string  `bun:"sort"`
	Ref           string  `bun:"ref"`
	CreatedAt     instant `bun:"created_at"`
}

// AddStatement implements statement.Store.
func (s *Store) AddStatement(ctx context.Context, v statement.Statement) error {
	row := statementRow{ID: v.ID, Kind: string(v.Kind), SellerID: v.SellerID, Restricts: v.Kind.Restricts(), Body: clean(encode(v)), CreatedAt: s.stamp(v.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "seller_id", "sellers", v.SellerID); err != nil {
			return err
		}
		n, err := affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		if err != nil || n == 0 {
			return s.wrap(ctx, "store a statement", err)
		}
		for part := range slices.Chunk(refsOf(v, row.CreatedAt), 500) {
			if _, err := db.NewInsert().Model(&part).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return s.wrap(ctx, "store what a statement is about", err)
			}
		}
		return nil
	})
}

func refsOf(v statement.Statement, when instant) []statementRef {
	var out []statementRef
	add := func(sort string, ids ...string) {
		for _, id := range ids {
			if id != "" {
				out = append(out, statementRef{StatementID: v.ID, Sort: sort, Ref: id, CreatedAt: when})
			}
		}
	}
	add("decision", v.DecisionIDs()...)
	for _, g := range v.Goods {
		add("listing", g.ListingID)
	}
	add("holder", v.Holders()...)
	return out
}

// Statement implements statement.Store.
func (s *Store) Statement(ctx context.Context, id string) (statement.Statement, error) {
	return one[statementRow](ctx, s, "statement", byID(id))
}

// Statements implements statement.Store.
func (s *Store) Statements(ctx context.Context, f statement.Filter) ([]statement.Statement, string, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	list, err := many[statementRow](ctx, s, "statements", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "s.kind", string(f.Kind))
		narrow(q, "s.seller_id", f.SellerID)
		if f.Restricts {
			q.Where("s.restricts")
		}
		about(q, "holder", f.HolderID)
		about(q, "decision", f.DecisionID)
		about(q, "listing", f.ListingID)
		order, compare := "s.created_at DESC, s.id DESC", "(s.created_at, s.id) < (?, ?)"
		if f.Oldest {
			order, compare = "s.created_at, s.id", "(s.created_at, s.id) > (?, ?)"
		}
		if f.After != "" {
			q.Where(compare, at(after.At), after.ID)
		}
		return q.OrderExpr(order).Limit(int64(limit + 1))
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], place{At: last.CreatedAt, ID: last.ID}.cursor(), nil
}

// about narrows to statements that are about something.
func about(q *bun.SelectQuery, sort, ref string) {
	if ref != "" {
		q.Where("s.id IN (SELECT statement_id FROM statement_refs WHERE sort = ? AND ref = ?)", sort, ref)
	}
}

package store

import (
	"cmp"
	"context"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
)

type caseRow struct {
	bun.BaseModel `bun:"table:cases,alias:c"`
	ID            string  `bun:"id,pk"`
	Source        string  `bun:"source"`
	ListingID     string  `bun:"listing_id"`
	RevisionID    string  `bun:"revision_id"`
	VerdictID     string  `bun:"verdict_id,nullzero"`
	SellerID      string  `bun:"seller_id"`
	BrandID       string  `bun:"brand_id,nullzero"`
	HolderID      string  `bun:"holder_id,nullzero"`
	Title         string  `bun:"title"`
	Reason        string  `bun:"reason"`
	Proposed      string  `bun:"proposed"`
	Score         float64 `bun:"score"`
	TurnAt        instant `bun:"turn_at"`
	State         string  `bun:"state"`
	AssigneeID    string  `bun:"assignee_id"`
	LeaseUntil    instant `bun:"lease_until,nullzero"`
	DueAt         instant `bun:"due_at"`
	Desk          string  `bun:"desk"`
	Severity      int     `bun:"severity"`
	Exposure      int     `bun:"exposure"`
	Tier          string  `bun:"tier"`
	ProposalID    string  `bun:"proposal_id"`
	Hold          string  `bun:"hold"` // JSON
	HeldUntil     instant `bun:"held_until,nullzero"`
	AskedID       string  `bun:"asked_id"`
	AppealOf      string  `bun:"appeal_of"`
	Barred        string  `bun:"barred"` // JSON
	Version       int     `bun:"version"`
	Search        string  `bun:"search"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r caseRow) domain() (casefile.Case, error) {
	c := casefile.Case{
		ID: r.ID, Source: casefile.Source(r.Source), ListingID: r.ListingID, RevisionID: r.RevisionID, VerdictID: r.VerdictID, SellerID: r.SellerID,
		BrandID: r.BrandID, HolderID: r.HolderID, Title: r.Title, Reason: r.Reason, Proposed: verdict.Decision(r.Proposed),
		Score: r.Score, TurnAt: r.TurnAt.Time, State: casefile.State(r.State), AssigneeID: r.AssigneeID,
		LeaseUntil: r.LeaseUntil.optional(), DueAt: r.DueAt.Time, Desk: r.Desk, Severity: r.Severity, Exposure: r.Exposure, Tier: r.Tier, ProposalID: r.ProposalID,
		AskedID: r.AskedID, AppealOf: r.AppealOf, Version: r.Version, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
	return c, decode(r.Hold, &c.Hold, r.Barred, &c.Barred)
}

func (s *Store) caseRow(c casefile.Case) caseRow {
	row := caseRow{
		ID: c.ID, Source: string(cmp.Or(c.Source, casefile.FromScreening)), ListingID: c.ListingID, RevisionID: c.RevisionID, VerdictID: c.VerdictID, SellerID: c.SellerID,
		BrandID: c.BrandID, HolderID: c.HolderID, Title: clean(c.Title), Reason: c.Reason, Proposed: string(c.Proposed),
		Score: c.Score, TurnAt: at(c.TurnAt), State: string(c.State), AssigneeID: c.AssigneeID,
		LeaseUntil: atOptional(c.LeaseUntil), DueAt: at(c.DueAt), Desk: c.Desk, Severity: c.Severity, Exposure: c.Exposure, Tier: c.Tier, ProposalID: c.ProposalID, Hold: encode(c.Hold),
		AskedID: c.AskedID, AppealOf: c.AppealOf, Barred: encode(c.Barred), Version: c.Version + 1, Search: searchable(c.Title),
		CreatedAt: s.stamp(c.CreatedAt), UpdatedAt: s.stamp(c.UpdatedAt),
	}
	if c.Hold != nil {
		row.HeldUntil = at(c.Hold.Until)
	}
	return row
}

// PutCase implements casefile.Store. Version 0 inserts. The case's Decision is
// not stored with it: it is the last that AddDecision was given.
func (s *Store) PutCase(ctx context.Context, c casefile.Case) error {
	row := s.caseRow(c)
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.checkCase(ctx, db, c); err != nil {
			return err
		}
		if c.Version == 0 {
			n, err := affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
			if err == nil && n == 0 {
				return fault.New(fault.Conflict, "this case exists already, or its listing has an open one")
			}
			return s.wrap(ctx, "store a case", err)
		}
		n, err := affected(db.NewUpdate().Model(&row).WherePK().Where("version = ?", c.Version).
			Where("(? <> 'open' OR NOT EXISTS (SELECT 1 FROM cases o WHERE o.listing_id = ? AND o.source = ? AND o.state = 'open' AND o.id <> ?))",
				row.State, row.ListingID, row.Source, row.ID).Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "store a case", err)
		}
		if _, err := one[caseRow](ctx, s, "case", byID(c.ID)); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "this case was changed in the meantime, or its listing has another open one")
	})
}

func (s *Store) checkCase(ctx context.Context, db bun.IDB, c casefile.Case) error {
	for _, r := range []struct{ field, table, id string }{
		{"revision_id", "revisions", c.RevisionID}, {"seller_id", "sellers", c.SellerID},
		{"verdict_id", "verdicts", c.VerdictID}, {"brand_id", "brands", c.BrandID}, {"holder_id", "holders", c.HolderID},
	} {
		if err := s.referIf(ctx, db, r.field, r.table, r.id); err != nil {
			return err
		}
	}
	return nil
}

// Case implements casefile.Store.
func (s *Store) Case(ctx context.Context, id string) (casefile.Case, error) {
	return s.decided(ctx)(one[caseRow](ctx, s, "case", byID(id)))
}

// OpenCase implements casefile.Store.
func (s *Store) OpenCase(ctx context.Context, listingID string) (casefile.Case, error) {
	return s.OpenCaseOf(ctx, listingID, casefile.FromScreening)
}

// OpenCaseOf implements casefile.Store.
func (s *Store) OpenCaseOf(ctx context.Context, listingID string, source casefile.Source) (casefile.Case, error) {
	return s.decided(ctx)(one[caseRow](ctx, s, "open case", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("listing_id = ?", listingID).Where("source = ?", string(source)).Where("state = 'open'")
	}))
}

// LastDecided implements casefile.Store.
func (s *Store) LastDecided(ctx context.Context, listingID string) (casefile.Case, error) {
	return s.decided(ctx)(one[caseRow](ctx, s, "decided case", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Join("JOIN decisions AS d ON d.case_id = c.id").Where("c.listing_id = ?", listingID).
			Order("d.created_at DESC", "d.number DESC", "d.id DESC")
	}))
}

// Cases implements casefile.Store.
func (s *Store) Cases(ctx context.Context, f casefile.Filter) (casefile.Page, error) {
	if err := checkQuery(f.Query); err != nil {
		return casefile.Page{}, err
	}
	after, err := readCursor(f.After)
	if err != nil {
		return casefile.Page{}, err
	}
	limit := limited(f.Limit, 50, 200)
	rows, err := many[caseRow](ctx, s, "cases", func(q *bun.SelectQuery) *bun.SelectQuery {
		s.filterCases(q, f)
		if f.After != "" {
			q.Where("(c.turn_at, c.id) > (?, ?)", at(after.At), after.ID)
		}
		return q.Order("c.turn_at", "c.id").Limit(int64(limit + 1))
	})
	if err != nil {
		return casefile.Page{}, err
	}
	page := casefile.Page{Cases: rows[:min(limit, len(rows))]}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Next = place{At: last.TurnAt, ID: last.ID}.cursor()
	}
	return page, s.addLast(ctx, page.Cases)
}

func (s *Store) filterCases(q *bun.SelectQuery, f casefile.Filter) {
	f.Now = s.stamp(f.Now).Time
	narrow(q, "state", string(f.State))
	narrow(q, "source", string(f.Source))
	if f.AssigneeID != "" { // said twice, so that SQLite knows that the partial index serves
		q.Where("c.assignee_id = ? AND c.assignee_id <> ''", f.AssigneeID)
	}
	narrow(q, "holder_id", f.HolderID)
	narrow(q, "brand_id", f.BrandID)
	narrow(q, "seller_id", f.SellerID)
	if f.AssetID != "" {
		q.Where("c.id IN (SELECT case_id FROM judged WHERE asset_id = ?)", f.AssetID)
	}
	narrow(q, "reason", f.Reason)
	narrow(q, "proposed", string(f.Proposed))
	if f.Unassigned {
		q.Where("(c.assignee_id = '' OR c.lease_until IS NULL OR c.lease_until <= ?)", s.stamp(f.Now))
	}
	filterHandling(q, f, at(f.Now))
	find(q, "search", f.Query)
}

// filterHandling narrows by desk, clock and what people did with the case.
func filterHandling(q *bun.SelectQuery, f casefile.Filter, now instant) {
	switch f.Desk {
	case "":
	case casefile.Common:
		q.Where("c.desk = ''")
	default:
		q.Where("c.desk = ?", f.Desk)
	}
	switch {
	case f.Within == nil:
	case len(f.Within) == 0:
		q.Where("1 = 0")
	default:
		q.Where("c.desk IN (?)", bun.List(f.Within))
	}
	if f.AskedID != "" {
		q.Where("c.asked_id = ? AND c.asked_id <> ''", f.AskedID)
	}
	if f.Severity > 0 {
		q.Where("c.severity >= ?", f.Severity)
	}
	if !f.OpenedBy.IsZero() {
		q.Where("c.created_at <= ?", at(f.OpenedBy))
	}
	if !f.DueBy.IsZero() {
		q.Where("c.due_at <= ?", at(f.DueBy))
	}
	if f.OnHold != nil && *f.OnHold {
		q.Where("c.held_until > ?", now)
	} else if f.OnHold != nil {
		q.Where("(c.held_until IS NULL OR c.held_until <= ?)", now)
	}
	if f.TwoPeople {
		q.Where("c.proposal_id > ''") // not <>, which no index serves
	}
}

// CountCases implements casefile.Store. A State in the filter goes before "open".
func (s *Store) CountCases(ctx context.Context, f casefile.Filter) (map[string]int, error) {
	if err := checkQuery(f.Query); err != nil {
		return nil, err
	}
	if f.State == "" {
		f.State = casefile.Open
	}
	q := s.reader(ctx).NewSelect().TableExpr("cases AS c")
	s.filterCases(q, f)
	return s.count(ctx, q, "reason")
}

// CountUpTo implements casefile.Store.
func (s *Store) CountUpTo(ctx context.Context, f casefile.Filter, limit int) (int, error) {
	if err := checkQuery(f.Query); err != nil {
		return 0, err
	}
	f.State = cmp.Or(f.State, casefile.Open)
	q := s.reader(ctx).NewSelect().TableExpr("cases AS c").ColumnExpr("1")
	s.filterCases(q, f)
	n, err := s.reader(ctx).NewSelect().TableExpr("(?) AS counted", q.Limit(int64(limit))).Count(ctx)
	return int(n), s.wrap(ctx, "count cases", err)
}

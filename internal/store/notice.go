package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/notice"
)

type noticeRow struct {
	bun.BaseModel `bun:"table:notices,alias:n"`
	ID            string  `bun:"id,pk"`
	Number        int64   `bun:"number"`
	Kind          string  `bun:"kind"`
	Profile       string  `bun:"profile"`
	State         string  `bun:"state"`
	HolderID      string  `bun:"holder_id,nullzero"`
	BrandID       string  `bun:"brand_id"`
	RightID       string  `bun:"right_id"`
	Owner         string  `bun:"owner"`
	Work          string  `bun:"work"`
	Facts         string  `bun:"facts"`
	Lines         string  `bun:"lines"`
	Contact       string  `bun:"contact"`  // JSON
	Declared      string  `bun:"declared"` // JSON
	OnBehalf      bool    `bun:"on_behalf"`
	Door          string  `bun:"door"`
	ActorID       string  `bun:"actor_id"`
	Notifier      string  `bun:"notifier"`
	Print         string  `bun:"print"`
	Tier          string  `bun:"tier"`
	Missing       string  `bun:"missing"` // JSON
	RepairBy      instant `bun:"repair_by,nullzero"`
	Version       int     `bun:"version"`
	Search        string  `bun:"search"`
	SentAt        instant `bun:"sent_at,nullzero"`
	ClosedAt      instant `bun:"closed_at,nullzero"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r noticeRow) domain() (notice.Notice, error) {
	n := notice.Notice{ID: r.ID, Number: r.Number, Kind: notice.Kind(r.Kind), Profile: notice.Profile(r.Profile), State: notice.State(r.State), HolderID: r.HolderID,
		BrandID: r.BrandID, RightID: r.RightID, Owner: r.Owner, Work: r.Work, Facts: r.Facts, Lines: r.Lines, OnBehalf: r.OnBehalf, Door: r.Door, ActorID: r.ActorID,
		Tier: notice.Tier(r.Tier), RepairBy: r.RepairBy.optional(), Version: r.Version, SentAt: r.SentAt.optional(), ClosedAt: r.ClosedAt.optional(),
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
	return n, decode(r.Contact, &n.Contact, r.Declared, &n.Declared, r.Missing, &n.Missing)
}

// PutNotice implements notice.Store.
func (s *Store) PutNotice(ctx context.Context, n notice.Notice) error {
	row := noticeRow{ID: n.ID, Number: n.Number, Kind: string(n.Kind), Profile: string(n.Profile), State: string(n.State), HolderID: n.HolderID, BrandID: clean(n.BrandID),
		RightID: clean(n.RightID), Owner: clean(n.Owner), Work: clean(n.Work), Facts: clean(n.Facts), Lines: clean(n.Lines), Contact: encode(n.Contact),
		Declared: encode(n.Declared), OnBehalf: n.OnBehalf, Door: n.Door, ActorID: n.ActorID, Notifier: n.Notifier(), Print: n.Print(), Tier: string(n.Tier),
		Missing: encode(n.Missing), RepairBy: atOptional(n.RepairBy), Version: n.Version + 1, Search: searchable(strconv.FormatInt(n.Number, 10), n.Facts),
		SentAt: atOptional(n.SentAt), ClosedAt: atOptional(n.ClosedAt), CreatedAt: s.stamp(n.CreatedAt), UpdatedAt: s.stamp(n.UpdatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.referIf(ctx, db, "holder_id", "holders", n.HolderID); err != nil {
			return err
		}
		var count int64
		var err error
		if n.Version == 0 {
			count, err = affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		} else {
			count, err = affected(db.NewUpdate().Model(&row).WherePK().Where("version = ?", n.Version).Exec(ctx))
		}
		if err == nil && count == 0 {
			return fault.New(fault.Conflict, "this notice was changed in the meantime")
		}
		return s.wrap(ctx, "store a notice", err)
	})
}

// NextNumber implements notice.Store.
func (s *Store) NextNumber(ctx context.Context) (int64, error) {
	var seq int64
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		head, err := s.lockHead(ctx, db, "notice")
		if err != nil {
			return err
		}
		head.Seq++
		seq = head.Seq
		return s.moveHead(ctx, db, head)
	})
	return seq, err
}

// Notice implements notice.Store.
func (s *Store) Notice(ctx context.Context, id string) (notice.Notice, error) {
	return one[noticeRow](ctx, s, "notice", byID(id))
}

// SameNotice implements notice.Store.
func (s *Store) SameNotice(ctx context.Context, notifier, print string) (notice.Notice, error) {
	return one[noticeRow](ctx, s, "notice", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("notifier = ?", notifier).Where("print = ?", print).Where("state IN ('open', 'incomplete')").Order("created_at", "id")
	})
}

// DeleteDraft implements notice.Store.
func (s *Store) DeleteDraft(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewDelete().Table("notices").Where("id = ?", id).Where("state = 'draft'").Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "delete a draft", err)
		}
		if _, err := s.Notice(ctx, id); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "this notice was sent already; it can be withdrawn")
	})
}

// Overdue implements notice.Store.
func (s *Store) Overdue(ctx context.Context, t time.Time, limit int) ([]notice.Notice, error) {
	return many[noticeRow](ctx, s, "overdue notices", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("state = 'incomplete'").Where("repair_by <= ?", at(t)).Order("repair_by", "id").Limit(int64(limited(limit, 100, 1000)))
	})
}

// Notices implements notice.Store.
func (s *Store) Notices(ctx context.Context, f notice.Filter) ([]notice.Row, string, error) {
	if err := checkQuery(f.Query); err != nil {
		return nil, "", err
	}
	after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := limited(f.Limit, 50, 200)
	list, err := many[noticeRow](ctx, s, "notices", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "state", string(f.State))
		narrow(q, "kind", string(f.Kind))
		narrow(q, "holder_id", f.HolderID)
		narrow(q, "brand_id", f.BrandID)
		find(q, "search", f.Query)
		if f.After != "" {
			q.Where("(created_at, id) < (?, ?)", at(after.At), after.ID)
		}
		return q.Order("created_at DESC", "id DESC").Limit(int64(limit + 1))
	})
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = place{At: list[limit-1].CreatedAt, ID: list[limit-1].ID}.cursor()
	}
	rows, err := s.countedNotices(ctx, list)
	return rows, next, err
}

func (s *Store) countedNotices(ctx context.Context, list []notice.Notice) ([]notice.Row, error) {
	rows, ids := make([]notice.Row, len(list)), make([]string, len(list))
	for i, n := range list {
		rows[i], ids[i] = notice.Row{Notice: n, Counts: notice.Counts{}}, n.ID
	}
	if len(ids) == 0 {
		return rows, nil
	}
	var groups []struct {
		NoticeID string `bun:"notice_id"`
		State    string `bun:"state"`
		N        int    `bun:"n"`
	}
	err := s.reader(ctx).NewSelect().Table("notice_items").ColumnExpr("notice_id, state, COUNT(*) AS n").Where("notice_id IN (?)", bun.List(ids)).
		GroupExpr("notice_id, state").Scan(ctx, &groups)
	for _, g := range groups {
		rows[slices.Index(ids, g.NoticeID)].Counts[notice.ItemState(g.State)] = g.N
	}
	return rows, s.wrap(ctx, "count lines of notices", err)
}

type noticeItemRow struct {
	bun.BaseModel `bun:"table:notice_items"`
	NoticeID      string  `bun:"notice_id,pk"`
	Line          int     `bun:"line,pk"`
	Raw           string  `bun:"raw"`
	ListingID     string  `bun:"listing_id"`
	RevisionID    string  `bun:"revision_id"`
	CaseID        string  `bun:"case_id"`
	State         string  `bun:"state"`
	Problem       string  `bun:"problem"`
	First         string  `bun:"first"`
	Paused        bool    `bun:"paused"`
	DecisionID    string  `bun:"decision_id"`
	Overturned    bool    `bun:"overturned"`
	DecidedAt     instant `bun:"decided_at,nullzero"`
}

func (r noticeItemRow) domain() (notice.Item, error) {
	return notice.Item{NoticeID: r.NoticeID, Line: r.Line, Raw: r.Raw, ListingID: r.ListingID, RevisionID: r.RevisionID, CaseID: r.CaseID, State: notice.ItemState(r.State),
		Problem: r.Problem, First: notice.Action(r.First), Paused: r.Paused, DecisionID: r.DecisionID, Overturned: r.Overturned, DecidedAt: r.DecidedAt.optional()}, nil
}

// PutItems implements notice.Store.
func (s *Store) PutItems(ctx context.Context, items []notice.Item) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		for part := range slices.Chunk(items, 200) {
			rows := make([]noticeItemRow, len(part))
			for i, it := range part {
				rows[i] = noticeItemRow{NoticeID: it.NoticeID, Line: it.Line, Raw: clean(it.Raw), ListingID: it.ListingID, RevisionID: it.RevisionID, CaseID: it.CaseID,
					State: string(it.State), Problem: it.Problem, First: string(it.First), Paused: it.Paused, DecisionID: it.DecisionID, Overturned: it.Overturned,
					DecidedAt: atOptional(it.DecidedAt)}
			}
			if _, err := db.NewInsert().Model(&rows).On("CONFLICT (notice_id, line) DO UPDATE").Exec(ctx); err != nil {
				return s.wrap(ctx, "store lines of a notice", err)
			}
		}
		return nil
	})
}

// Items implements notice.Store.
func (s *Store) Items(ctx context.Context, noticeID string, after, limit int) ([]notice.Item, error) {
	return many[noticeItemRow](ctx, s, "lines of a notice", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("notice_id = ?", noticeID).Where("line > ?", after).Order("line").Limit(int64(limited(limit, 50, notice.MaxLines)))
	})
}

// ItemsOfCase implements notice.Store.
func (s *Store) ItemsOfCase(ctx context.Context, caseID string) ([]notice.Item, error) {
	return many[noticeItemRow](ctx, s, "lines of notices", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("case_id = ? AND case_id <> ''", caseID).Order("notice_id", "line").Limit(1000)
	})
}

// WaitingOn implements notice.Store.
func (s *Store) WaitingOn(ctx context.Context, listingIDs []string) ([]notice.Item, error) {
	return s.itemsIn(ctx, listingIDs, func(q *bun.SelectQuery, part []string) {
		q.Where("state = 'waiting'").Where("listing_id IN (?)", bun.List(part))
	})
}

// ItemsDecided implements notice.Store.
func (s *Store) ItemsDecided(ctx context.Context, decisionIDs []string) ([]notice.Item, error) {
	return s.itemsIn(ctx, decisionIDs, func(q *bun.SelectQuery, part []string) {
		q.Where("decision_id <> ''").Where("decision_id IN (?)", bun.List(part))
	})
}

func (s *Store) itemsIn(ctx context.Context, ids []string, narrow func(q *bun.SelectQuery, part []string)) ([]notice.Item, error) {
	var out []notice.Item
	for part := range slices.Chunk(ids, inParts) {
		rows, err := many[noticeItemRow](ctx, s, "lines of notices", func(q *bun.SelectQuery) *bun.SelectQuery {
			narrow(q, part)
			return q.Order("notice_id", "line")
		})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// CountItems implements notice.Store.
func (s *Store) CountItems(ctx context.Context, noticeID string) (notice.Counts, error) {
	n, err := s.count(ctx, s.reader(ctx).NewSelect().Table("notice_items").Where("notice_id = ?", noticeID), "state")
	out := make(notice.Counts, len(n))
	for state, count := range n {
		out[notice.ItemState(state)] = count
	}
	return out, err
}

// OpenFor implements notice.Store.
func (s *Store) OpenFor(ctx context.Context, notifier string, kind notice.Kind, listingIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(listingIDs, inParts) {
		var ids []string
		err := s.reader(ctx).NewSelect().TableExpr("notice_items AS i").Join("JOIN notices AS n ON n.id = i.notice_id").ColumnExpr("DISTINCT i.listing_id").
			Where("i.state = 'waiting'").Where("n.state = 'open'").Where("n.notifier = ?", notifier).Where("n.kind = ?", string(kind)).
			Where("i.listing_id IN (?)", bun.List(part)).Scan(ctx, &ids)
		if err != nil {
			return nil, s.wrap(ctx, "look for open notices", err)
		}
		for _, id := range ids {
			out[id] = true
		}
	}
	return out, nil
}

type namedRow struct {
	bun.BaseModel `bun:"table:listings,alias:l"`
	ID            string `bun:"id"`
	ExternalID    string `bun:"external_id"`
	Link          string `bun:"link"`
	Revision      int    `bun:"revision"`
	SellerID      string `bun:"seller_id"`
	Status        string `bun:"status"`
	Title         string `bun:"title"`
}

func (r namedRow) domain() (notice.Named, error) {
	return notice.Named{ListingID: r.ID, ExternalID: r.ExternalID, Link: r.Link, Revision: r.Revision, SellerID: r.SellerID, Status: listing.Status(r.Status), Title: r.Title}, nil
}

// Resolve implements notice.Store.
func (s *Store) Resolve(ctx context.Context, names, links []string) ([]notice.Named, error) {
	var out []notice.Named
	seen := map[string]bool{}
	for _, by := range []struct {
		where string
		list  []string
	}{{"l.id IN (?)", names}, {"l.external_id IN (?)", names}, {"p.link <> '' AND p.link IN (?)", links}} {
		for part := range slices.Chunk(by.list, inParts) {
			rows, err := many[namedRow](ctx, s, "named listings", func(q *bun.SelectQuery) *bun.SelectQuery {
				return q.Column("l.id", "l.external_id", "l.revision", "l.seller_id", "l.status", "l.title").ColumnExpr("COALESCE(p.link, '') AS link").
					Join("LEFT JOIN listing_prints AS p ON p.listing_id = l.id").Where(by.where, bun.List(part)).Limit(5000)
			})
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if !seen[r.ListingID] {
					seen[r.ListingID] = true
					out = append(out, r)
				}
			}
		}
	}
	return out, nil
}

// Figures implements notice.Store.
func (s *Store) Figures(ctx context.Context, notifier string, since time.Time) (notice.Accuracy, error) {
	var rows []struct {
		State      string `bun:"state"`
		Overturned bool   `bun:"overturned"`
		N          int    `bun:"n"`
	}
	a := notice.Accuracy{Notifier: notifier}
	db := s.reader(ctx)
	err := db.NewSelect().TableExpr("notices AS n").Join("JOIN notice_items AS i ON i.notice_id = n.id").
		ColumnExpr("i.state, i.overturned, COUNT(*) AS n").Where("n.notifier = ?", notifier).Where("n.sent_at >= ?", at(since)).
		Where("n.state NOT IN ('draft', 'incomplete', 'lapsed')").GroupExpr("i.state, i.overturned").Scan(ctx, &rows)
	if err != nil {
		return a, s.wrap(ctx, "measure a notifier", err)
	}
	for _, r := range rows {
		switch {
		case r.Overturned && r.State == string(notice.Refused):
			a.Overturned += r.N
		case r.State == string(notice.Accepted):
			a.Accepted += r.N
		case r.State == string(notice.Refused):
			a.Refused += r.N
		case r.State == string(notice.Retired):
			a.Retired += r.N
		}
	}
	n, err := db.NewSelect().Table("notices").Where("notifier = ?", notifier).Where("sent_at >= ?", at(since)).Where("state NOT IN ('draft', 'incomplete', 'lapsed')").Count(ctx)
	a.Notices = int(n)
	return a, s.wrap(ctx, "count the notices of a notifier", err)
}

// NamedSince implements notice.Store.
func (s *Store) NamedSince(ctx context.Context, notifier string, since time.Time) (int, error) {
	n, err := s.reader(ctx).NewSelect().TableExpr("notices AS n").Join("JOIN notice_items AS i ON i.notice_id = n.id").
		Where("n.notifier = ?", notifier).Where("n.sent_at >= ?", at(since)).Where("n.state <> 'incomplete'").Count(ctx)
	return int(n), s.wrap(ctx, "count what a notifier named", err)
}

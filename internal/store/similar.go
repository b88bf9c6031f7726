package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/similar"
	"assay/internal/verdict"
)

type likeRow struct {
	bun.BaseModel `bun:"table:listings,alias:l"`
	ID            string `bun:"id"`
	Revision      int    `bun:"revision"`
	SellerID      string `bun:"seller_id"`
	Status        string `bun:"status"`
	Title         string `bun:"title"`
	Picture       string `bun:"picture"`
	VerdictID     string `bun:"verdict_id"`
}

func (r likeRow) domain() (similar.Row, error) {
	return similar.Row{ListingID: r.ID, RevisionID: listing.RevisionID(r.ID, r.Revision), Revision: r.Revision, SellerID: r.SellerID,
		Status: listing.Status(r.Status), Title: r.Title, Picture: r.Picture, VerdictID: r.VerdictID}, nil
}

// ListingRows implements similar.Catalogue.
func (s *Store) ListingRows(ctx context.Context, listingIDs []string) ([]similar.Row, error) {
	out := make([]similar.Row, 0, len(listingIDs))
	for part := range slices.Chunk(listingIDs, inParts) {
		rows, err := many[likeRow](ctx, s, "listings", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Column("l.id", "l.revision", "l.seller_id", "l.status", "l.title", "l.picture").
				ColumnExpr("COALESCE((SELECT v.id FROM verdicts AS v WHERE v.revision_id = l.id || '.' || l.revision ORDER BY v.created_at DESC, v.id DESC LIMIT 1), '') AS verdict_id").
				Where("l.id IN (?)", bun.List(part))
		})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Showing implements similar.Catalogue.
func (s *Store) Showing(ctx context.Context, pictures []string, limit int) (map[string][]string, error) {
	out := map[string][]string{}
	for part := range slices.Chunk(pictures, inParts) {
		var rows []listingPictureRow
		err := s.reader(ctx).NewSelect().Model(&rows).Where("picture IN (?)", bun.List(part)).Order("picture", "listing_id").Limit(int64(limit)).Scan(ctx)
		if err != nil {
			return nil, s.wrap(ctx, "read who shows a picture", err)
		}
		for _, r := range rows {
			out[r.Picture] = append(out[r.Picture], r.ListingID)
		}
		if limit -= len(rows); limit <= 0 {
			break
		}
	}
	return out, nil
}

type foundRow struct {
	bun.BaseModel `bun:"table:cases,alias:c"`
	ListingID     string `bun:"listing_id"`
	SellerID      string `bun:"seller_id"`
	Matched       string `bun:"matched"`
}

func (r foundRow) domain() (similar.Found, error) {
	f := similar.Found{ListingID: r.ListingID, SellerID: r.SellerID}
	return f, decode(r.Matched, &f.Matched)
}

// FoundFor implements similar.Catalogue.
func (s *Store) FoundFor(ctx context.Context, brandID string, sellers []string, limit int) ([]similar.Found, error) {
	return many[foundRow](ctx, s, "listings of a brand", func(q *bun.SelectQuery) *bun.SelectQuery {
		if q.Where("c.brand_id = ?", brandID); len(sellers) > 0 {
			q.Where("c.seller_id IN (?)", bun.List(sellers))
		}
		return q.Column("c.listing_id", "c.seller_id").ColumnExpr("COALESCE(v.matched, 'null') AS matched").
			Join("LEFT JOIN verdicts AS v ON v.id = c.verdict_id").OrderExpr("c.created_at DESC, c.id").Limit(int64(limit))
	})
}

// Sharing implements similar.Catalogue.
func (s *Store) Sharing(ctx context.Context, sellerID string, limit int) ([]string, error) {
	var ids []string
	err := s.reader(ctx).NewSelect().TableExpr("listings AS l").Join("JOIN listing_pictures AS p ON p.listing_id = l.id").
		Join("JOIN listing_pictures AS o ON o.picture = p.picture AND o.listing_id <> p.listing_id").
		Join("JOIN listings AS m ON m.id = o.listing_id").Where("l.seller_id = ?", sellerID).Where("m.seller_id <> ?", sellerID).
		ColumnExpr("DISTINCT m.seller_id").Limit(int64(limit)).Scan(ctx, &ids)
	return ids, s.wrap(ctx, "read who shares pictures", err)
}

type pastRow struct {
	bun.BaseModel `bun:"table:cases,alias:c"`
	ListingID     string  `bun:"listing_id"`
	Newest        int     `bun:"newest"`
	CaseID        string  `bun:"case_id"`
	RevisionID    string  `bun:"revision_id"`
	DecisionID    string  `bun:"decision_id"`
	Outcome       string  `bun:"outcome"`
	Reason        string  `bun:"reason"`
	At            instant `bun:"at"`
}

// Pasts implements similar.Catalogue.
func (s *Store) Pasts(ctx context.Context, listingIDs []string) (map[string]similar.Past, error) {
	out := make(map[string]similar.Past, len(listingIDs))
	for part := range slices.Chunk(listingIDs, inParts) {
		var rows []pastRow
		err := s.reader(ctx).NewSelect().Model(&rows).Column("c.listing_id", "c.revision_id").
			ColumnExpr("c.id AS case_id, l.revision AS newest, d.id AS decision_id, d.outcome, d.reason, d.created_at AS at").
			Join("JOIN decisions AS d ON d.case_id = c.id").Join("JOIN listings AS l ON l.id = c.listing_id").
			Where("c.listing_id IN (?)", bun.List(part)).OrderExpr("d.created_at, d.number, d.id").Scan(ctx)
		if err != nil {
			return nil, s.wrap(ctx, "read what was decided", err)
		}
		for _, r := range rows {
			out[r.ListingID] = similar.Past{CaseID: r.CaseID, RevisionID: r.RevisionID, NewestID: listing.RevisionID(r.ListingID, r.Newest),
				DecisionID: r.DecisionID, Outcome: verdict.Decision(r.Outcome), Reason: r.Reason, At: r.At.Time}
		}
	}
	return out, nil
}

type groupRow struct {
	bun.BaseModel `bun:"table:similar_groups"`
	ID            string  `bun:"id,pk"`
	CaseID        string  `bun:"case_id"`
	BrandID       string  `bun:"brand_id,nullzero"`
	HolderID      string  `bun:"holder_id,nullzero"`
	Title         string  `bun:"title"`
	State         string  `bun:"state"`
	Outcome       string  `bun:"outcome"`
	Reason        string  `bun:"reason"`
	Note          string  `bun:"note"`
	ActorID       string  `bun:"actor_id"`
	Version       int     `bun:"version"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
	DecidedAt     instant `bun:"decided_at,nullzero"`
	UndoneAt      instant `bun:"undone_at,nullzero"`
}

func (r groupRow) domain() (similar.Group, error) {
	return similar.Group{ID: r.ID, CaseID: r.CaseID, BrandID: r.BrandID, HolderID: r.HolderID, Title: r.Title, State: similar.State(r.State),
		Outcome: verdict.Decision(r.Outcome), Reason: r.Reason, Note: r.Note, ActorID: r.ActorID, Version: r.Version, CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time, DecidedAt: r.DecidedAt.optional(), UndoneAt: r.UndoneAt.optional()}, nil
}

// PutGroup implements similar.Store.
func (s *Store) PutGroup(ctx context.Context, g similar.Group) error {
	row := groupRow{ID: g.ID, CaseID: g.CaseID, BrandID: g.BrandID, HolderID: g.HolderID, Title: clean(g.Title), State: string(g.State),
		Outcome: string(g.Outcome), Reason: g.Reason, Note: clean(g.Note), ActorID: g.ActorID, Version: g.Version + 1, CreatedAt: s.stamp(g.CreatedAt),
		UpdatedAt: s.stamp(g.UpdatedAt), DecidedAt: atOptional(g.DecidedAt), UndoneAt: atOptional(g.UndoneAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "case", "cases", g.CaseID); err != nil {
			return err
		}
		var n int64
		var err error
		if g.Version == 0 {
			n, err = affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		} else {
			n, err = affected(db.NewUpdate().Model(&row).WherePK().Where("version = ?", g.Version).Exec(ctx))
		}
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "this group was changed in the meantime")
		}
		return s.wrap(ctx, "store a group", err)
	})
}

// Group implements similar.Store.
func (s *Store) Group(ctx context.Context, id string) (similar.Group, error) {
	return one[groupRow](ctx, s, "group", byID(id))
}

// GroupsOf implements similar.Store.
func (s *Store) GroupsOf(ctx context.Context, caseID string) ([]similar.Group, error) {
	return many[groupRow](ctx, s, "groups", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("case_id = ?", caseID).Order("created_at DESC", "id DESC").Limit(100)
	})
}

type groupMemberRow struct {
	bun.BaseModel `bun:"table:similar_members,alias:m"`
	GroupID       string  `bun:"group_id,pk"`
	ListingID     string  `bun:"listing_id,pk"`
	RevisionID    string  `bun:"revision_id"`
	SellerID      string  `bun:"seller_id"`
	Title         string  `bun:"title"`
	Picture       string  `bun:"picture"`
	Status        string  `bun:"status,scanonly"`
	Place         int     `bun:"place"`
	Score         float64 `bun:"score"`
	Whys          string  `bun:"whys"` // JSON
	Selected      bool    `bun:"selected"`
	Bar           string  `bun:"bar"`
	CaseID        string  `bun:"case_id"`
	Reopen        bool    `bun:"reopen"`
	DecisionID    string  `bun:"decision_id"`
	Problem       string  `bun:"problem"`
	Undone        string  `bun:"undone"`
}

func (r groupMemberRow) domain() (similar.Member, error) {
	m := similar.Member{GroupID: r.GroupID, ListingID: r.ListingID, RevisionID: r.RevisionID, SellerID: r.SellerID, Title: r.Title, Picture: r.Picture,
		Status: listing.Status(r.Status), Place: r.Place, Score: r.Score, Selected: r.Selected, Bar: r.Bar, CaseID: r.CaseID, Reopen: r.Reopen,
		Decision: r.DecisionID, Problem: r.Problem, Undone: r.Undone}
	return m, decode(r.Whys, &m.Whys)
}

func groupMemberRowOf(m similar.Member) groupMemberRow {
	return groupMemberRow{GroupID: m.GroupID, ListingID: m.ListingID, RevisionID: m.RevisionID, SellerID: m.SellerID, Title: clean(m.Title), Picture: m.Picture,
		Place: m.Place, Score: m.Score, Whys: encode(m.Whys), Selected: m.Selected, Bar: m.Bar, CaseID: m.CaseID, Reopen: m.Reopen,
		DecisionID: m.Decision, Problem: m.Problem, Undone: m.Undone}
}

// AddMembers implements similar.Store.
func (s *Store) AddMembers(ctx context.Context, members []similar.Member) error {
	return s.putMembers(ctx, members, "CONFLICT DO NOTHING", "add members to a group")
}

// SaveMembers implements similar.Store.
func (s *Store) SaveMembers(ctx context.Context, members []similar.Member) error {
	return s.putMembers(ctx, members, "CONFLICT (group_id, listing_id) DO UPDATE", "store members of a group")
}

func (s *Store) putMembers(ctx context.Context, members []similar.Member, conflict, what string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		for part := range slices.Chunk(members, 200) {
			rows := make([]groupMemberRow, len(part))
			for i, m := range part {
				rows[i] = groupMemberRowOf(m)
			}
			if _, err := db.NewInsert().Model(&rows).On(conflict).Exec(ctx); err != nil {
				return s.wrap(ctx, what, err)
			}
		}
		return nil
	})
}

// Members implements similar.Store.
func (s *Store) Members(ctx context.Context, groupID string, f similar.MemberFilter) ([]similar.Member, error) {
	return many[groupMemberRow](ctx, s, "members of a group", func(q *bun.SelectQuery) *bun.SelectQuery {
		q.ColumnExpr("m.*").ColumnExpr("l.status AS status").Join("JOIN listings AS l ON l.id = m.listing_id").Where("m.group_id = ?", groupID)
		switch {
		case f.Problems:
			q.Where("(m.problem <> '' OR m.undone NOT IN ('', ?))", similar.Back)
		case f.Selected:
			q.Where("m.selected")
		case f.Apart:
			q.Where("m.bar <> ''")
		default:
			q.Where("m.bar = ''")
		}
		if f.Why != "" {
			q.Where("CAST(m.whys AS TEXT) LIKE ?", `%"code":"`+f.Why+`"%`)
		}
		return q.Where("m.place > ?", f.After).OrderExpr("m.place, m.listing_id").Limit(int64(limited(f.Limit, 50, similar.Most)))
	})
}

// Select implements similar.Store.
func (s *Store) Select(ctx context.Context, groupID string, listingIDs []string, selected bool) (int, error) {
	total := 0
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		total = 0
		set := func(narrow func(*bun.UpdateQuery)) error {
			q := db.NewUpdate().Table("similar_members").Set("selected = ?", selected).Where("group_id = ?", groupID).Where("selected <> ?", selected).
				Where("bar NOT IN (?, ?)", similar.Down, similar.Left)
			narrow(q)
			n, err := affected(q.Exec(ctx))
			total += int(n)
			return s.wrap(ctx, "select members of a group", err)
		}
		if listingIDs == nil {
			return set(func(q *bun.UpdateQuery) {
				if selected {
					q.Where("bar = ''")
				}
			})
		}
		for part := range slices.Chunk(listingIDs, inParts) {
			if err := set(func(q *bun.UpdateQuery) { q.Where("listing_id IN (?)", bun.List(part)) }); err != nil {
				return err
			}
		}
		return nil
	})
	return total, err
}

// CountMembers implements similar.Store.
func (s *Store) CountMembers(ctx context.Context, groupID string) (similar.Counts, error) {
	c := similar.Counts{ByWhy: map[string]int{}, ByBar: map[string]int{}}
	var rows []groupMemberRow
	err := s.reader(ctx).NewSelect().Model(&rows).Column("seller_id", "whys", "selected", "bar", "decision_id", "problem", "undone").
		Where("group_id = ?", groupID).Scan(ctx)
	if err != nil {
		return c, s.wrap(ctx, "count members of a group", err)
	}
	sellers := map[string]bool{}
	for _, r := range rows {
		m, err := r.domain()
		if err != nil {
			return c, err
		}
		tally(&c, m, sellers)
	}
	c.Sellers = len(sellers)
	return c, nil
}

func tally(c *similar.Counts, m similar.Member, sellers map[string]bool) {
	c.Members++
	if m.Bar != "" {
		c.ByBar[m.Bar]++
	}
	for _, w := range m.Whys {
		c.ByWhy[w.Code]++
	}
	if !m.Selected {
		return
	}
	c.Selected++
	sellers[m.SellerID] = true
	switch {
	case m.Problem != "":
		c.Left++
	case m.Decision != "":
		c.Decided++
	}
	switch m.Undone {
	case "":
	case similar.Back:
		c.Undone++
	default:
		c.Kept++
	}
}

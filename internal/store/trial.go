package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/trial"
	"assay/internal/verdict"
)

type backTestRow struct {
	bun.BaseModel `bun:"table:backtests"`
	ID            string  `bun:"id,pk"`
	PolicyID      string  `bun:"policy_id"`
	From          instant `bun:"from_at"`
	Until         instant `bun:"until_at"`
	Most          int     `bun:"most"`
	State         string  `bun:"state"`
	Problem       string  `bun:"problem"`
	Looked        int     `bun:"looked"`
	NextPage      string  `bun:"next_page"`
	ActorID       string  `bun:"actor_id"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r backTestRow) domain() (trial.BackTest, error) {
	return trial.BackTest{ID: r.ID, PolicyID: r.PolicyID, From: r.From.Time, Until: r.Until.Time, Most: r.Most, State: trial.State(r.State),
		Problem: r.Problem, Looked: r.Looked, Cursor: r.NextPage, ActorID: r.ActorID, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}, nil
}

// PutBackTest implements trial.Store.
func (s *Store) PutBackTest(ctx context.Context, b trial.BackTest) error {
	row := backTestRow{ID: b.ID, PolicyID: b.PolicyID, From: at(b.From), Until: at(b.Until), Most: b.Most, State: string(b.State), Problem: b.Problem,
		Looked: b.Looked, NextPage: b.Cursor, ActorID: b.ActorID, CreatedAt: s.stamp(b.CreatedAt), UpdatedAt: s.stamp(b.UpdatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "policy_id", "policies", b.PolicyID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Set("state = EXCLUDED.state").Set("problem = EXCLUDED.problem").
			Set("looked = EXCLUDED.looked").Set("next_page = EXCLUDED.next_page").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
		return s.wrap(ctx, "store a back-test", err)
	})
}

// BackTest implements trial.Store.
func (s *Store) BackTest(ctx context.Context, id string) (trial.BackTest, error) {
	return one[backTestRow](ctx, s, "back-test", byID(id))
}

// BackTests implements trial.Store.
func (s *Store) BackTests(ctx context.Context, policyID string, limit int) ([]trial.BackTest, error) {
	return many[backTestRow](ctx, s, "back-tests", func(q *bun.SelectQuery) *bun.SelectQuery {
		narrow(q, "policy_id", policyID)
		return q.Order("created_at DESC", "id DESC").Limit(int64(limited(limit, 50, 500)))
	})
}

// DropTrial implements trial.Store.
func (s *Store) DropTrial(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := db.NewDelete().Table("trial_rows").Where("trial_id = ?", id).Exec(ctx); err != nil {
			return s.wrap(ctx, "forget a trial", err)
		}
		_, err := db.NewDelete().Table("backtests").Where("id = ?", id).Exec(ctx)
		return s.wrap(ctx, "forget a trial", err)
	})
}

type trialRow struct {
	bun.BaseModel `bun:"table:trial_rows,alias:t"`
	TrialID       string  `bun:"trial_id,pk"`
	VerdictID     string  `bun:"verdict_id,pk"`
	RevisionID    string  `bun:"revision_id"`
	ListingID     string  `bun:"listing_id"`
	SellerID      string  `bun:"seller_id"`
	Title         string  `bun:"title"`
	Was           string  `bun:"was"`
	Now           string  `bun:"now"`
	Rules         string  `bun:"rules"`
	Answer        string  `bun:"answer,scanonly"`
	CreatedAt     instant `bun:"created_at"`
}

func (r trialRow) domain() (trial.Rejudged, error) {
	d := trial.Rejudged{TrialID: r.TrialID, VerdictID: r.VerdictID, RevisionID: r.RevisionID, ListingID: r.ListingID, SellerID: r.SellerID,
		Title: r.Title, Was: verdict.Decision(r.Was), Now: verdict.Decision(r.Now), Answer: verdict.Decision(r.Answer), CreatedAt: r.CreatedAt.Time}
	return d, decode(r.Rules, &d.Rules)
}

// AddRows implements trial.Store.
func (s *Store) AddRows(ctx context.Context, list []trial.Rejudged) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]trialRow, len(list))
	for i, r := range list {
		rows[i] = trialRow{TrialID: r.TrialID, VerdictID: r.VerdictID, RevisionID: r.RevisionID, ListingID: r.ListingID, SellerID: r.SellerID,
			Title: clean(r.Title), Was: string(r.Was), Now: string(r.Now), Rules: encode(r.Rules), CreatedAt: s.stamp(r.CreatedAt)}
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
		return s.wrap(ctx, "store rows of a trial", err)
	})
}

// lastAnswer is what a person last decided about revision t.revision_id.
const lastAnswer = `COALESCE((SELECT d.outcome FROM decisions AS d JOIN cases AS c ON c.id = d.case_id
	WHERE c.revision_id = t.revision_id AND NOT d.automated ORDER BY d.created_at DESC, d.id DESC LIMIT 1), '')`

// Rows implements trial.Store.
func (s *Store) Rows(ctx context.Context, f trial.RowFilter) (trial.RowPage, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return trial.RowPage{}, err
	}
	limit := limited(f.Limit, 50, 200)
	rows, err := many[trialRow](ctx, s, "rows of a trial", func(q *bun.SelectQuery) *bun.SelectQuery {
		q.ColumnExpr("t.*").ColumnExpr(lastAnswer+" AS answer").Where("t.trial_id = ?", f.TrialID)
		narrow(q, "seller_id", f.SellerID)
		narrow(q, "was", string(f.Was))
		narrow(q, "now", string(f.Now))
		if f.Changed {
			q.Where("t.was <> t.now")
		}
		if f.After != "" {
			q.Where("(t.created_at, t.verdict_id) < (?, ?)", at(after.At), after.ID)
		}
		return q.Order("t.created_at DESC", "t.verdict_id DESC").Limit(int64(limit + 1))
	})
	if err != nil {
		return trial.RowPage{}, err
	}
	page := trial.RowPage{Rows: rows[:min(limit, len(rows))]}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Next = place{At: last.CreatedAt, ID: last.VerdictID}.cursor()
	}
	return page, nil
}

// Moves implements trial.Store.
func (s *Store) Moves(ctx context.Context, trialID string) ([]trial.Move, error) {
	db := s.reader(ctx)
	answered := db.NewSelect().TableExpr("trial_rows AS t").ColumnExpr("t.was, t.now").ColumnExpr(lastAnswer+" AS answer").Where("t.trial_id = ?", trialID)
	var out []trial.Move
	err := db.NewSelect().TableExpr("(?) AS a", answered).ColumnExpr("a.was, a.now, COUNT(*) AS count").
		ColumnExpr("SUM(CASE a.answer WHEN 'block' THEN 1 ELSE 0 END) AS confirmed").
		ColumnExpr("SUM(CASE a.answer WHEN 'pass' THEN 1 ELSE 0 END) AS refused").
		GroupExpr("a.was, a.now").OrderExpr("a.was, a.now").Scan(ctx, &out)
	return out, s.wrap(ctx, "count a trial", err)
}

// Hits implements trial.Store.
func (s *Store) Hits(ctx context.Context, trialID string, limit int) (hits []trial.Hit, sellers int, err error) {
	db := s.reader(ctx)
	harder := db.NewSelect().TableExpr("trial_rows AS t").ColumnExpr("t.seller_id, t.now").ColumnExpr(lastAnswer+" AS answer").
		Where("t.trial_id = ?", trialID).
		Where("(CASE t.now WHEN 'block' THEN 2 WHEN 'review' THEN 1 ELSE 0 END) > (CASE t.was WHEN 'block' THEN 2 WHEN 'review' THEN 1 ELSE 0 END)")
	counted := db.NewSelect().TableExpr("(?) AS h", harder).ColumnExpr("h.seller_id").
		ColumnExpr("SUM(CASE h.now WHEN 'block' THEN 1 ELSE 0 END) AS block").
		ColumnExpr("SUM(CASE h.now WHEN 'review' THEN 1 ELSE 0 END) AS review").
		ColumnExpr("SUM(CASE h.answer WHEN 'pass' THEN 1 ELSE 0 END) AS refused").GroupExpr("h.seller_id")
	if err := db.NewSelect().TableExpr("(?) AS n", counted).ColumnExpr("COUNT(*)").Scan(ctx, &sellers); err != nil {
		return nil, 0, s.wrap(ctx, "count the sellers that are hit", err)
	}
	err = db.NewSelect().TableExpr("(?) AS n", counted).Join("LEFT JOIN sellers AS s ON s.id = n.seller_id").
		ColumnExpr("n.seller_id, COALESCE(s.name, '') AS name, n.block, n.review, n.refused").
		OrderExpr("n.block DESC, n.review DESC, n.seller_id").Limit(int64(limited(limit, 50, 200))).Scan(ctx, &hits)
	return hits, sellers, s.wrap(ctx, "read the sellers that are hit", err)
}

// PastVerdicts implements trial.Store.
func (s *Store) PastVerdicts(ctx context.Context, from, until time.Time, after string, limit int) ([]trial.Past, string, error) {
	cursor, err := readCursor(after)
	if err != nil {
		return nil, "", err
	}
	limit = limited(limit, 100, 1000)
	list, err := many[verdictRow](ctx, s, "past verdicts", func(q *bun.SelectQuery) *bun.SelectQuery {
		q.Where("created_at >= ?", at(from)).Where("created_at < ?", at(until)).
			Where("NOT EXISTS (SELECT 1 FROM verdicts AS n WHERE n.revision_id = verdict_row.revision_id AND (n.created_at, n.id) > (verdict_row.created_at, verdict_row.id) AND n.created_at < ?)", at(until))
		if after != "" {
			q.Where("(created_at, id) < (?, ?)", at(cursor.At), cursor.ID)
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
	past, err := s.past(ctx, list)
	return past, next, err
}

// past completes verdicts with their revisions and sellers.
func (s *Store) past(ctx context.Context, list []verdict.Verdict) ([]trial.Past, error) {
	if len(list) == 0 {
		return []trial.Past{}, nil
	}
	revisionIDs, listingIDs := make([]string, len(list)), make([]string, len(list))
	for i, v := range list {
		revisionIDs[i], listingIDs[i] = v.RevisionID, v.ListingID
	}
	revisions, err := many[revisionRow](ctx, s, "revisions", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("id IN (?)", bun.List(revisionIDs))
	})
	if err != nil {
		return nil, err
	}
	var owners []struct{ ID, SellerID string }
	err = s.reader(ctx).NewSelect().Table("listings").Column("id", "seller_id").Where("id IN (?)", bun.List(listingIDs)).Scan(ctx, &owners)
	if err != nil {
		return nil, s.wrap(ctx, "read whose listings they are", err)
	}
	ofRevision, ofListing, sellerIDs := map[string]listing.Revision{}, map[string]string{}, []string{}
	for _, r := range revisions {
		ofRevision[r.ID] = r
	}
	for _, o := range owners {
		ofListing[o.ID] = o.SellerID
		sellerIDs = append(sellerIDs, o.SellerID)
	}
	var sellers map[string]seller.Seller
	if sellers, err = s.SellersByID(ctx, sellerIDs); err != nil {
		return nil, err
	}
	out := make([]trial.Past, len(list))
	for i, v := range list {
		out[i] = trial.Past{Verdict: v, Revision: ofRevision[v.RevisionID], Seller: sellers[ofListing[v.ListingID]]}
	}
	return out, nil
}

// SetShadow implements trial.Store.
func (s *Store) SetShadow(ctx context.Context, policyID string, on bool) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewUpdate().Table("policies").Set("shadow = ?", on).Where("id = ?", policyID).Exec(ctx))
		if err == nil && n == 0 {
			_, err = one[policyRow](ctx, s, "policy", byID(policyID))
			return err
		}
		return s.wrap(ctx, "set a shadow", err)
	})
}

type judgedRuleRow struct {
	bun.BaseModel `bun:"table:judged_rules"`
	Rule          string `bun:"rule,pk"`
	Print         string `bun:"print,pk"`
	VerdictID     string `bun:"verdict_id,pk"`
}

// judgeRules notes which rules asked for a verdict that was answered.
func (s *Store) judgeRules(ctx context.Context, db bun.IDB, v verdict.Verdict) error {
	var rows []judgedRuleRow
	for _, r := range v.Reasons {
		if r.Print != "" && r.Decision != verdict.Pass {
			rows = append(rows, judgedRuleRow{Rule: r.Rule, Print: r.Print, VerdictID: v.ID})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := db.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.wrap(ctx, "note which rules were answered", err)
}

// RuleFigures implements trial.Store.
func (s *Store) RuleFigures(ctx context.Context, since time.Time, prints ...string) ([]trial.RuleFigure, error) {
	db := s.reader(ctx)
	answers := db.NewSelect().TableExpr("judged_rules AS j").ColumnExpr("j.rule, j.print").
		ColumnExpr(`(SELECT d.outcome FROM decisions AS d JOIN cases AS c ON c.id = d.case_id
			WHERE c.verdict_id = j.verdict_id AND NOT d.automated AND d.created_at >= ? ORDER BY d.created_at DESC, d.id DESC LIMIT 1) AS answer`, at(since))
	if len(prints) > 0 {
		answers.Where("j.print IN (?)", bun.List(prints))
	}
	var rows []struct {
		Rule, Print        string
		Decided, Confirmed int
	}
	err := db.NewSelect().TableExpr("(?) AS a", answers).Where("a.answer IS NOT NULL").
		ColumnExpr("a.rule, a.print, COUNT(*) AS decided, SUM(CASE a.answer WHEN 'block' THEN 1 ELSE 0 END) AS confirmed").
		GroupExpr("a.rule, a.print").OrderExpr("a.rule, a.print").Scan(ctx, &rows)
	out := make([]trial.RuleFigure, len(rows))
	for i, r := range rows {
		out[i] = trial.RuleFigure{Rule: r.Rule, Print: r.Print, Shown: casefile.Measure("", r.Decided, r.Confirmed)}
	}
	return out, s.wrap(ctx, "measure rules", err)
}

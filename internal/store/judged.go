package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/registry"
	"assay/internal/verdict"
)

type judgedRow struct {
	bun.BaseModel `bun:"table:judged"`
	AssetID       string `bun:"asset_id,pk"`
	CaseID        string `bun:"case_id,pk"`
}

// judge notes which assets the verdict of a decided case stands on, in place
// of what an earlier decision noted.
func (s *Store) judge(ctx context.Context, db bun.IDB, caseID, verdictID string) error {
	if _, err := db.NewDelete().Table("judged").Where("case_id = ?", caseID).Exec(ctx); err != nil {
		return s.wrap(ctx, "forget what a case stood on", err)
	}
	if verdictID == "" {
		return nil
	}
	v, err := s.Verdict(ctx, verdictID)
	if err != nil {
		return err
	}
	if err := s.judgeRules(ctx, db, v); err != nil || len(v.Matched) == 0 {
		return err
	}
	var assets []string // what was matched may be a brand, too
	err = db.NewSelect().Table("assets").Column("id").Where("id IN (?)", bun.List(v.Matched)).Scan(ctx, &assets)
	if err != nil || len(assets) == 0 {
		return s.wrap(ctx, "read what a case stands on", err)
	}
	rows := make([]judgedRow, len(assets))
	for i, id := range assets {
		rows[i] = judgedRow{AssetID: id, CaseID: caseID}
	}
	_, err = db.NewInsert().Model(&rows).Exec(ctx)
	return s.wrap(ctx, "note what a case stands on", err)
}

// precisionRow is one asset's cases by their last decision. Place orders by
// the upper end of Wilson's interval in billionths: a whole number, so that a
// cursor finds its place exactly.
type precisionRow struct {
	AssetID   string `bun:"asset_id"`
	Decided   int    `bun:"decided"`
	Confirmed int    `bun:"confirmed"`
	Place     int    `bun:"place"`
}

// precisions is the one query; narrow says of which assets.
func (s *Store) precisions(ctx context.Context, rows *[]precisionRow, narrow func(*bun.SelectQuery), page func(*bun.SelectQuery)) error {
	db := s.reader(ctx)
	counts := db.NewSelect().TableExpr("judged AS j").
		Join("JOIN decisions AS d ON d.case_id = j.case_id AND d.number = (SELECT MAX(l.number) FROM decisions AS l WHERE l.case_id = j.case_id AND NOT l.automated) AND d.reason <> 'taken_back'").
		ColumnExpr("j.asset_id, COUNT(*) AS decided, SUM(CASE d.outcome WHEN ? THEN 1 ELSE 0 END) AS confirmed", string(verdict.Block)).
		GroupExpr("j.asset_id")
	narrow(counts)
	shares := db.NewSelect().TableExpr("(?) AS c", counts).ColumnExpr("c.*").
		ColumnExpr("CAST(c.decided AS DOUBLE PRECISION) AS n, CAST(c.confirmed AS DOUBLE PRECISION) / c.decided AS p")
	const z = casefile.WilsonZ
	placed := db.NewSelect().TableExpr("(?) AS s", shares).ColumnExpr("s.asset_id, s.decided, s.confirmed").
		ColumnExpr("CAST(1000000000 * (s.p + ? / s.n + ? * SQRT(s.p * (1 - s.p) / s.n + ? / (s.n * s.n))) / (1 + ? / s.n) AS BIGINT) AS place",
			z*z/2, z, z*z/4, z*z)
	q := db.NewSelect().TableExpr("(?) AS w", placed).ColumnExpr("w.*").OrderExpr("w.place, w.asset_id")
	page(q)
	return s.wrap(ctx, "measure precision", q.Scan(ctx, rows))
}

// Precision implements casefile.Store.
func (s *Store) Precision(ctx context.Context, assetID string) (casefile.Precision, error) {
	var rows []precisionRow
	err := s.precisions(ctx, &rows, func(q *bun.SelectQuery) { q.Where("j.asset_id = ?", assetID) }, func(*bun.SelectQuery) {})
	if err != nil || len(rows) == 0 {
		return casefile.Measure(assetID, 0, 0), err
	}
	return casefile.Measure(assetID, rows[0].Decided, rows[0].Confirmed), nil
}

// Precisions implements casefile.Store.
func (s *Store) Precisions(ctx context.Context, f registry.Filter) (casefile.PrecisionPage, error) {
	after, err := readCursor(f.After)
	if err != nil {
		return casefile.PrecisionPage{}, err
	}
	limit := limited(f.Limit, 50, 200)
	var rows []precisionRow
	err = s.precisions(ctx, &rows, func(q *bun.SelectQuery) { ofAsset(q, "j.asset_id", f) }, func(q *bun.SelectQuery) {
		if f.After != "" {
			q.Where("(w.place, w.asset_id) > (?, ?)", after.Rank, after.ID)
		}
		q.Limit(int64(limit + 1))
	})
	if err != nil {
		return casefile.PrecisionPage{}, err
	}
	page := casefile.PrecisionPage{Assets: make([]casefile.Precision, min(limit, len(rows)))}
	for i := range page.Assets {
		page.Assets[i] = casefile.Measure(rows[i].AssetID, rows[i].Decided, rows[i].Confirmed)
	}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Next = place{Rank: last.Place, ID: last.AssetID}.cursor()
	}
	return page, nil
}

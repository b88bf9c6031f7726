package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

// learnableColumns are what detectors need of an asset. A start reads hundreds
// of thousands of rows, so these are scanned by hand and no time is parsed.
const learnableColumns = "id, brand_id, COALESCE(right_id, ''), kind, text, language, script, picture, sought, retired, dismissed_spellings, innocent_pictures"

// Learnables implements registry.Store.
func (s *Store) Learnables(ctx context.Context, after string, limit int) ([]registry.Learnable, error) {
	return s.learnables(ctx, "id > ? ORDER BY id LIMIT ?", after, limited(limit, 500, 10_000))
}

// LearnablesOf implements registry.Store.
func (s *Store) LearnablesOf(ctx context.Context, ids []string) ([]registry.Learnable, error) {
	if len(ids) == 0 {
		return []registry.Learnable{}, nil
	}
	return s.learnables(ctx, "id IN (?) ORDER BY id", bun.List(ids))
}

func (s *Store) learnables(ctx context.Context, which string, args ...any) ([]registry.Learnable, error) {
	list := []registry.Learnable{}
	err := s.scan(ctx, "read assets", func(rows *sql.Rows) error {
		l, err := scanLearnable(rows)
		list = append(list, l)
		return err
	}, "SELECT "+learnableColumns+" FROM assets WHERE "+which, args...)
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := 0 // both lists rise by asset
	which, args = "asset_id >= ? AND asset_id <= ?", []any{list[0].Asset.ID, list[len(list)-1].Asset.ID}
	if len(list) < 20 { // some of many, far apart
		ids := make([]string, len(list))
		for i, l := range list {
			ids[i] = l.Asset.ID
		}
		which, args = "asset_id IN (?)", []any{bun.List(ids)}
	}
	err = s.scan(ctx, "read prints", func(rows *sql.Rows) error {
		var p registry.StoredPrint
		if err := rows.Scan(&p.AssetID, &p.Detector, &p.Data); err != nil {
			return err
		}
		for at < len(list) && list[at].Asset.ID < p.AssetID {
			at++
		}
		if at < len(list) && list[at].Asset.ID == p.AssetID {
			p.AssetID = list[at].Asset.ID
			list[at].Prints = append(list[at].Prints, p)
		}
		return nil
	}, "SELECT asset_id, detector, data FROM prints WHERE "+which+" ORDER BY asset_id, detector", args...)
	return list, err
}

func scanLearnable(rows *sql.Rows) (l registry.Learnable, err error) {
	a := &l.Asset
	var dismissed, innocent string
	if err := rows.Scan(&a.ID, &a.BrandID, &a.RightID, &a.Kind, &a.Text, &a.Language, &a.Script, &a.Picture, &a.Sought, &a.Retired,
		&dismissed, &innocent); err != nil {
		return l, err
	}
	if dismissed != "null" {
		if err := decode(dismissed, &a.DismissedSpellings); err != nil {
			return l, err
		}
	}
	if innocent != "null" {
		err = decode(innocent, &a.InnocentPictures)
	}
	return l, err
}

// scan shows every row of a query to take.
func (s *Store) scan(ctx context.Context, what string, take func(*sql.Rows) error, query string, args ...any) error {
	rows, err := s.reader(ctx).QueryContext(ctx, query, args...)
	if err != nil {
		return s.wrap(ctx, what, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return s.wrap(ctx, what, err)
		}
	}
	return s.wrap(ctx, what, rows.Err())
}

package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type assetRow struct {
	bun.BaseModel    `bun:"table:assets"`
	ID               string  `bun:"id,pk"`
	BrandID          string  `bun:"brand_id"`
	RightID          string  `bun:"right_id,nullzero"`
	Kind             string  `bun:"kind"`
	Label            string  `bun:"label"`
	Text             string  `bun:"text"`
	Language         string  `bun:"language"`
	Script           string  `bun:"script"`
	Picture          string  `bun:"picture"`
	Sought           string  `bun:"sought"`
	Retired          bool    `bun:"retired"`
	Dismissed        string  `bun:"dismissed_spellings"`
	InnocentPictures string  `bun:"innocent_pictures"`
	Search           string  `bun:"search"`
	UpdatedAt        instant `bun:"updated_at"`
}

func (r assetRow) key() string { return r.ID }

func (r assetRow) keep(old assetRow) assetRow { r.UpdatedAt = old.UpdatedAt; return r }

func (r assetRow) touch(at instant) assetRow { r.UpdatedAt = at; return r }

func (r assetRow) domain() (registry.Asset, error) {
	a := registry.Asset{
		ID: r.ID, BrandID: r.BrandID, RightID: r.RightID, Kind: registry.AssetKind(r.Kind), Label: r.Label, Text: r.Text,
		Language: r.Language, Script: r.Script, Picture: r.Picture, Sought: registry.Sought(r.Sought), Retired: r.Retired, UpdatedAt: r.UpdatedAt.Time,
	}
	if err := decode(r.Dismissed, &a.DismissedSpellings); err != nil {
		return a, err
	}
	return a, decode(r.InnocentPictures, &a.InnocentPictures)
}

// PutAsset implements registry.Store.
func (s *Store) PutAsset(ctx context.Context, a registry.Asset) (bool, error) {
	return replace(ctx, s, "asset", assetRow{
		ID: a.ID, BrandID: a.BrandID, RightID: a.RightID, Kind: string(a.Kind), Label: a.Label, Text: a.Text,
		Language: a.Language, Script: a.Script, Picture: a.Picture, Sought: string(a.Depth()), Retired: a.Retired,
		Dismissed:        encode(a.DismissedSpellings),
		InnocentPictures: encode(a.InnocentPictures),
		Search:           searchable(a.ID, a.Label, a.Text),
	}, s.stamp(a.UpdatedAt), func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "brand", "brands", a.BrandID); err != nil {
			return err
		}
		return s.referIf(ctx, db, "right", "rights", a.RightID)
	})
}

// Asset implements registry.Store.
func (s *Store) Asset(ctx context.Context, id string) (registry.Asset, error) {
	return one[assetRow](ctx, s, "asset", byID(id))
}

// Assets implements registry.Store.
func (s *Store) Assets(ctx context.Context, f registry.Filter) ([]registry.Asset, error) {
	return entries[assetRow](ctx, s, "assets", f, assetsOf(f))
}

func assetsOf(f registry.Filter) func(*bun.SelectQuery) {
	return func(q *bun.SelectQuery) {
		ofBrand(q, f)
		licensedTo(q, "brand_id", f.SellerID)
		narrow(q, "kind", f.Kind)
		narrow(q, "sought", string(f.Sought))
	}
}

// CountMatching implements registry.Store.
func (s *Store) CountMatching(ctx context.Context, f registry.Filter) (int, error) {
	if err := checkQuery(f.Query); err != nil {
		return 0, err
	}
	q := s.reader(ctx).NewSelect().Model((*assetRow)(nil))
	find(q, "search", f.Query)
	assetsOf(f)(q)
	n, err := q.Count(ctx)
	return int(n), s.wrap(ctx, "count assets", err)
}

// MoveSought implements registry.Store.
func (s *Store) MoveSought(ctx context.Context, f registry.Filter, to registry.Sought, when time.Time) (moved []registry.Asset, err error) {
	f.Kind = string(registry.AssetPhotograph)
	err = s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		head, err := s.lockHead(ctx, db, "change") // nobody else changes the registry now
		if err != nil {
			return err
		}
		moved, err = entries[assetRow](ctx, s, "assets", f, func(q *bun.SelectQuery) {
			assetsOf(f)(q)
			q.Where("sought <> ?", string(to))
		})
		if err != nil || len(moved) == 0 {
			return err
		}
		ids, changes, stamp := make([]string, len(moved)), make([]changeRow, len(moved)), s.stamp(when)
		for i := range moved {
			head.Seq++
			moved[i].Sought, moved[i].UpdatedAt = to, stamp.Time
			ids[i], changes[i] = moved[i].ID, changeRow{Seq: head.Seq, Kind: "asset", ObjectID: moved[i].ID}
		}
		if _, err := db.NewUpdate().Model((*assetRow)(nil)).Set("sought = ?", string(to)).Set("updated_at = ?", stamp).Where("id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
			return s.wrap(ctx, "store assets", err)
		}
		if _, err := db.NewInsert().Model(&changes).Exec(ctx); err != nil {
			return s.wrap(ctx, "record the changes", err)
		}
		return s.moveHead(ctx, db, head)
	})
	return moved, err
}

// CountAssets implements registry.Store.
func (s *Store) CountAssets(ctx context.Context) ([]registry.Tally, error) {
	list := []registry.Tally{}
	err := s.scan(ctx, "count assets", func(rows *sql.Rows) error {
		var t registry.Tally
		err := rows.Scan(&t.Kind, &t.Sought, &t.Count)
		list = append(list, t)
		return err
	}, "SELECT kind, sought, COUNT(*) FROM assets WHERE NOT retired GROUP BY kind, sought ORDER BY kind, sought")
	return list, err
}

type printRow struct {
	bun.BaseModel `bun:"table:prints"`
	AssetID       string `bun:"asset_id,pk"`
	Detector      string `bun:"detector,pk"`
	Data          []byte `bun:"data"`
}

func (r printRow) domain() ([]byte, error) { return r.Data, nil }

// Print implements registry.Store.
func (s *Store) Print(ctx context.Context, assetID, detector string) ([]byte, error) {
	return one[printRow](ctx, s, "print", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("asset_id = ?", assetID).Where("detector = ?", detector)
	})
}

// PutPrint implements registry.Store.
func (s *Store) PutPrint(ctx context.Context, assetID, detector string, data []byte) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "asset", "assets", assetID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&printRow{AssetID: assetID, Detector: detector, Data: notNull(data)}).
			On("CONFLICT (asset_id, detector) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a print", err)
	})
}

// notNull is b, never NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

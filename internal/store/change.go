package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
)

type changeRow struct {
	bun.BaseModel `bun:"table:changes"`
	Seq           int64  `bun:"seq,pk"`
	Kind          string `bun:"kind"`
	ObjectID      string `bun:"object_id"`
}

func (r changeRow) domain() (registry.Change, error) {
	return registry.Change{Seq: r.Seq, Kind: r.Kind, ID: r.ObjectID}, nil
}

// entry is a row of the registry.
type entry[R any] interface {
	comparable
	key() string
	keep(old R) R       // with the stamps of the stored row
	touch(at instant) R // with the stamp of a change
}

// replace stores a row when it is news, with its Change. check looks for what
// the row refers to.
func replace[R entry[R]](ctx context.Context, s *Store, kind string, fresh R, when instant, check func(ctx context.Context, db bun.IDB) error) (bool, error) {
	if _, same, err := beside(ctx, s, kind, fresh); same || err != nil {
		return false, err
	}
	changed := false
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		changed = false
		head, err := s.lockHead(ctx, db, "change")
		if err != nil {
			return err
		}
		row, same, err := beside(ctx, s, kind, fresh) // nobody else changes the registry now, so this answer holds
		if same || err != nil {
			return err
		}
		if err := check(ctx, db); err != nil {
			return err
		}
		row = row.touch(when)
		if _, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
			return s.wrap(ctx, "store "+kind, err)
		}
		head.Seq++
		if _, err := db.NewInsert().Model(&changeRow{Seq: head.Seq, Kind: kind, ObjectID: row.key()}).Exec(ctx); err != nil {
			return s.wrap(ctx, "record the change", err)
		}
		changed = true
		return s.moveHead(ctx, db, head)
	})
	return changed, err
}

// beside reads the stored row, if there is one, and returns fresh with its
// stamps and whether that says the same.
func beside[R entry[R]](ctx context.Context, s *Store, kind string, fresh R) (row R, same bool, err error) {
	var old []R
	err = s.reader(ctx).NewSelect().Model(&old).Where("id = ?", fresh.key()).Scan(ctx)
	if err != nil || len(old) == 0 {
		return fresh, false, s.wrap(ctx, "read "+kind, err)
	}
	row = fresh.keep(old[0])
	return row, row == old[0], nil
}

// headRow is the last number given out of one kind.
type headRow struct {
	bun.BaseModel `bun:"table:heads"`
	Name          string `bun:"name,pk"`
	Seq           int64  `bun:"seq"`
	Hash          string `bun:"hash"`
}

// lockHead keeps everybody else from numbering until the transaction ends.
func (s *Store) lockHead(ctx context.Context, db bun.IDB, name string) (headRow, error) {
	var head headRow
	err := s.lockRow(db.NewSelect().Model(&head).Where("name = ?", name)).Scan(ctx)
	return head, s.wrap(ctx, "lock the head of "+name, err)
}

func (s *Store) moveHead(ctx context.Context, db bun.IDB, head headRow) error {
	_, err := db.NewUpdate().Model(&head).WherePK().Exec(ctx)
	return s.wrap(ctx, "move the head of "+head.Name, err)
}

// Changes implements registry.Store.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]registry.Change, error) {
	return many[changeRow](ctx, s, "changes", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("seq > ?", after).Order("seq").Limit(int64(limited(limit, 500, 10_000)))
	})
}

// ChangeHead implements registry.Store.
func (s *Store) ChangeHead(ctx context.Context) (int64, error) {
	var seq int64
	err := s.reader(ctx).NewRaw("SELECT COALESCE(MAX(seq), 0) FROM changes").Scan(ctx, &seq)
	return seq, s.wrap(ctx, "read the newest change", err)
}

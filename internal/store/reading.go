package store

import (
	"context"

	"github.com/uptrace/bun"
)

type readingRow struct {
	bun.BaseModel `bun:"table:readings"`
	Picture       string `bun:"picture,pk"`
	Reader        string `bun:"reader"`
	Data          []byte `bun:"data"`
}

func (r readingRow) domain() ([]byte, error) { return r.Data, nil }

// Reading implements signal.Pages.
func (s *Store) Reading(ctx context.Context, picture, reader string) ([]byte, error) {
	return one[readingRow](ctx, s, "reading", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("picture = ?", picture).Where("reader = ?", reader)
	})
}

// PutReading implements signal.Pages. What another reader said is replaced.
func (s *Store) PutReading(ctx context.Context, picture, reader string, data []byte) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&readingRow{Picture: picture, Reader: reader, Data: notNull(data)}).
			On("CONFLICT (picture) DO UPDATE").Set("reader = EXCLUDED.reader").Set("data = EXCLUDED.data").Exec(ctx)
		return s.wrap(ctx, "store what was read", err)
	})
}

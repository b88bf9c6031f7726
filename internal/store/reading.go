package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

type readingRow struct {
	bun.BaseModel `bun:"table:readings"`
	Picture       string  `bun:"picture,pk"`
	Reader        string  `bun:"reader"`
	Data          []byte  `bun:"data"`
	UsedAt        instant `bun:"used_at"`
}

func (r readingRow) domain() (readingRow, error) { return r, nil }

// noteUse is how old the note of a reading's last use may be before it is
// written again: to look at a picture shall seldom cost a write.
const noteUse = 24 * time.Hour

// Reading implements signal.Pages.
func (s *Store) Reading(ctx context.Context, picture, reader string) ([]byte, error) {
	r, err := one[readingRow](ctx, s, "reading", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("picture = ?", picture).Where("reader = ?", reader)
	})
	if err != nil {
		return nil, err
	}
	now := at(s.now())
	if now.Sub(r.UsedAt.Time) < noteUse {
		return r.Data, nil
	}
	return r.Data, s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewUpdate().Table("readings").Set("used_at = ?", now).Where("picture = ?", picture).Exec(ctx)
		return s.wrap(ctx, "note that a reading was used", err)
	})
}

// PutReading implements signal.Pages. What another reader said is replaced.
func (s *Store) PutReading(ctx context.Context, picture, reader string, data []byte) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&readingRow{Picture: picture, Reader: reader, Data: notNull(data), UsedAt: at(s.now())}).
			On("CONFLICT (picture) DO UPDATE").Set("reader = EXCLUDED.reader").Set("data = EXCLUDED.data").Set("used_at = EXCLUDED.used_at").Exec(ctx)
		return s.wrap(ctx, "store what was read", err)
	})
}

// forgetAtOnce is how many readings one statement deletes, so that none holds
// the tables for long.
const forgetAtOnce = 500

// ForgetReadings deletes what was read in pictures that nobody looked at since
// before, and returns how many. A picture of a listing that is screened again,
// or asked for by a seller's check, is looked at.
func (s *Store) ForgetReadings(ctx context.Context, before time.Time) (int, error) {
	for deleted := 0; ; {
		var n int64
		err := s.write(ctx, func(ctx context.Context, db bun.IDB) (err error) {
			old := db.NewSelect().Table("readings").Column("picture").Where("used_at < ?", at(before)).OrderExpr("used_at").Limit(forgetAtOnce)
			n, err = affected(db.NewDelete().Table("readings").Where("picture IN (?)", old).Exec(ctx))
			return s.wrap(ctx, "forget old readings", err)
		})
		deleted += int(n)
		if err != nil || n < forgetAtOnce {
			return deleted, err
		}
	}
}

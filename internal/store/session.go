package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/fault"
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`
	Token         string  `bun:"token,pk"`
	Data          []byte  `bun:"data"`
	Expiry        instant `bun:"expiry"`
}

func (r sessionRow) domain() ([]byte, error) { return r.Data, nil }

// sealed is what is kept of a token, so that a copy of the database lets
// nobody in.
func sealed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// PutSession implements access.Store.
func (s *Store) PutSession(ctx context.Context, token string, data []byte, expiry time.Time) error {
	row := sessionRow{Token: sealed(token), Data: notNull(data), Expiry: at(expiry)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&row).On("CONFLICT (token) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a session", err)
	})
}

// Session implements access.Store; an expired one is fault.NotFound.
func (s *Store) Session(ctx context.Context, token string, now time.Time) ([]byte, error) {
	return one[sessionRow](ctx, s, "session", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("token = ?", sealed(token)).Where("expiry > ?", at(now))
	})
}

// DeleteSession implements access.Store; deleting none is no error.
func (s *Store) DeleteSession(ctx context.Context, token string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewDelete().Table("sessions").Where("token = ?", sealed(token)).Exec(ctx)
		return s.wrap(ctx, "delete a session", err)
	})
}

// keepAnswers is how long an idempotency key is remembered.
const keepAnswers = 24 * time.Hour

// DeleteExpired implements access.Store.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := db.NewDelete().Table("sessions").Where("expiry <= ?", at(now)).Exec(ctx); err != nil {
			return s.wrap(ctx, "delete expired sessions", err)
		}
		_, err := db.NewDelete().Table("answers").Where("at <= ?", at(now.Add(-keepAnswers))).Exec(ctx)
		return s.wrap(ctx, "delete old answers", err)
	})
}

type answerRow struct {
	bun.BaseModel `bun:"table:answers"`
	Principal     string  `bun:"principal,pk"`
	RequestKey    string  `bun:"request_key,pk"`
	RequestHash   string  `bun:"request_hash"`
	Status        int     `bun:"status"`
	Answer        []byte  `bun:"answer"`
	At            instant `bun:"at"`
}

func (r answerRow) domain() (answerRow, error) { return r, nil }

// Remember implements access.Store; the first answer stays.
func (s *Store) Remember(ctx context.Context, principal, key, requestHash string, status int, answer []byte, when time.Time) error {
	row := answerRow{Principal: principal, RequestKey: key, RequestHash: requestHash, Status: status, Answer: notNull(answer), At: s.stamp(when)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "remember an answer", err)
		}
		_, _, _, err = s.Recall(ctx, principal, key, requestHash)
		return err
	})
}

// Recall implements access.Store.
func (s *Store) Recall(ctx context.Context, principal, key, requestHash string) (status int, answer []byte, found bool, err error) {
	row, err := one[answerRow](ctx, s, "answer", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("principal = ?", principal).Where("request_key = ?", key)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return 0, nil, false, nil
	case err != nil:
		return 0, nil, false, err
	case row.RequestHash != requestHash:
		return 0, nil, false, fault.New(fault.Conflict, "this idempotency key was used for another request; choose a new one")
	}
	return row.Status, row.Answer, true, nil
}

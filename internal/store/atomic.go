package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"assay/internal/fault"
)

// transaction is one open transaction of either engine.
type transaction struct {
	db               bun.IDB
	raw              any // *sql.Tx or pgx.Tx, for River
	alone            func(do func() error) error
	commit, rollback func(context.Context) error
	depth            int   // savepoints open
	failed           error // first statement that failed; such a transaction is never committed
}

// transactionKey finds the transaction of one store in a context, so that two
// stores can be used together.
type transactionKey struct{ store *Store }

func (s *Store) transaction(ctx context.Context) *transaction {
	tx, _ := ctx.Value(transactionKey{s}).(*transaction)
	return tx
}

const (
	attempts     = 10
	rollbackTime = 5 * time.Second
)

// Atomic runs do in one transaction. The transaction travels in the context
// that do is given: every method of the store and Enqueue join it. An error
// or a panic of do takes everything back, jobs included. Inside another
// Atomic it joins that one, and an error takes back its own part only.
//
// When PostgreSQL breaks a deadlock or finds that two transactions cannot be
// put in an order, do is run again from its start, so it must not do anything
// outside of the store that cannot be done twice. When that does not help the
// error is fault.Unavailable.
//
// Do not write with any other context while do runs: on SQLite, which has one
// writer, a write outside waits for this one, and gives up after half a minute.
func (s *Store) Atomic(ctx context.Context, do func(ctx context.Context) error) error {
	if tx := s.transaction(ctx); tx != nil {
		return s.nested(ctx, tx, do)
	}
	for attempt := 1; ; attempt++ {
		err := s.once(ctx, do)
		if err == nil || !retryable(err) || ctx.Err() != nil {
			return err
		}
		if attempt == attempts {
			return fault.Wrap(err, fault.Unavailable, "the database is too busy; try again later")
		}
		pause := time.Duration(attempt*(1+rand.IntN(20))) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// once runs do in a transaction of its own.
func (s *Store) once(ctx context.Context, do func(ctx context.Context) error) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return s.wrap(ctx, "begin", err)
	}
	done := false
	defer func() {
		if !done {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
			defer cancel()
			_ = tx.rollback(ctx) // a connection that cannot roll back is thrown away, and its work with it
		}
	}()
	if err := do(context.WithValue(ctx, transactionKey{s}, tx)); err != nil {
		if retryable(tx.failed) && !errors.Is(err, tx.failed) {
			return errors.Join(err, tx.failed) // do has lost it on the way, and running again would help
		}
		return err
	}
	if tx.failed != nil {
		return fmt.Errorf("a statement of this transaction failed: %w", tx.failed)
	}
	done = true
	if err := tx.commit(ctx); err != nil {
		return s.wrap(ctx, "commit", err)
	}
	return nil
}

// nested runs do between savepoints.
func (s *Store) nested(ctx context.Context, tx *transaction, do func(ctx context.Context) error) error {
	tx.depth++
	name := fmt.Sprintf("s%d", tx.depth)
	defer func() { tx.depth-- }()
	if err := s.exec(ctx, tx, "SAVEPOINT "+name); err != nil {
		return err
	}
	err := do(ctx)
	if err == nil && tx.failed == nil {
		return s.exec(ctx, tx, "RELEASE SAVEPOINT "+name)
	}
	if err == nil {
		err = tx.failed
	}
	if back := s.exec(ctx, tx, "ROLLBACK TO SAVEPOINT "+name); back != nil {
		return errors.Join(err, back)
	}
	if !retryable(err) && !retryable(tx.failed) {
		tx.failed = nil // what failed was taken back
	}
	return err
}

func (s *Store) exec(ctx context.Context, tx *transaction, statement string) error {
	if _, err := tx.db.ExecContext(ctx, statement); err != nil {
		return s.wrap(ctx, statement, err)
	}
	return nil
}

// write runs do in the transaction of ctx, or in one of its own. Store
// methods use it: they write nothing before they return a fault, so they need
// no savepoint.
func (s *Store) write(ctx context.Context, do func(ctx context.Context, db bun.IDB) error) error {
	if tx := s.transaction(ctx); tx != nil {
		return do(ctx, tx.db)
	}
	return s.Atomic(ctx, func(ctx context.Context) error { return do(ctx, s.transaction(ctx).db) })
}

// retryable reports whether running the whole transaction again may succeed.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

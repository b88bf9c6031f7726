package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"assay/internal/fault"
)

// wrap gives an engine's error its fault code, and marks the transaction of
// ctx as failed. The end of a context stays itself.
func (s *Store) wrap(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", what, err)
	if tx := s.transaction(ctx); tx != nil && tx.failed == nil {
		tx.failed = err
	}
	if end := ctx.Err(); end != nil {
		if errors.Is(err, end) {
			return err
		}
		return fmt.Errorf("%w (%w)", end, err)
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	switch codeOf(err) {
	case fault.Invalid:
		return fault.Wrap(err, fault.Invalid, "this refers to something that does not exist")
	case fault.Conflict:
		return fault.Wrap(err, fault.Conflict, "this exists already")
	case fault.Unavailable:
		return fault.Wrap(err, fault.Unavailable, "the database cannot take this now; try again later")
	}
	return err
}

// codeOf reads the engine's own error code. Errors after which a transaction
// is run again have none: they are Atomic's business.
func codeOf(err error) fault.Code {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "23503":
			return fault.Invalid
		case pg.Code == "23505":
			return fault.Conflict
		case pg.Code == "53300", pg.Code[:2] == "08", pg.Code[:2] == "57":
			return fault.Unavailable
		}
		return fault.Internal
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return fault.Invalid
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return fault.Conflict
		}
		if c := lite.Code() & 0xff; c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_FULL {
			return fault.Unavailable
		}
		return fault.Internal
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return fault.Unavailable
	}
	return fault.Internal
}

// missing turns "no rows" into fault.NotFound; other errors are wrapped.
func (s *Store) missing(ctx context.Context, what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "there is no such %s", what)
	}
	return s.wrap(ctx, "read "+what, err)
}

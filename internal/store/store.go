// Package store keeps everything in one database, SQLite or PostgreSQL, with
// one set of queries. It implements the Store interfaces of the domain rooms.
//
// A transaction travels in the context: see Atomic. Rows are kept as their
// own small structs, so that domain types know no SQL.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/similar"
	"assay/internal/verdict"
)

var (
	_ registry.Store = (*Store)(nil)
	_ seller.Store   = (*Store)(nil)
	_ listing.Store  = (*Store)(nil)
	_ casefile.Store = (*Store)(nil)
	_ verdict.Store  = (*Store)(nil)
	_ ledger.Store   = (*Store)(nil)
	_ access.Store   = (*Store)(nil)
	_ search.Store   = (*Store)(nil)
	_ similar.Store  = (*Store)(nil)
	_ notice.Store   = (*Store)(nil)
	_ job.Queue      = queue{}
)

// Engines, as Engine names them.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Options say how to open a store; the zero value serves.
type Options struct {
	// Migrate brings the schema up to date; without it Open refuses a database
	// whose schema is not current.
	Migrate bool
	// Connections bounds the pool of PostgreSQL and the readers of SQLite;
	// 0 means 20 and 4. A DSN's pool_max_conns goes before it.
	Connections int
	// Now is the clock for stamps that a caller leaves empty; nil: time.Now.
	Now func() time.Time
}

// Store is safe for concurrent use.
type Store struct {
	engine string
	db     *bun.DB // writes, and on PostgreSQL reads too
	read   *bun.DB
	jobs   *river.Database
	begin  func(ctx context.Context) (*transaction, error)
	now    func() time.Time
	close  func() error
}

// Open opens the database that dsn names: "sqlite:PATH", or a PostgreSQL
// address "postgres://user@host/name". It checks that the schema is the one
// this program was built for, or brings it there when opt.Migrate is set.
func Open(ctx context.Context, dsn string, opt Options) (*Store, error) {
	s, err := connect(ctx, dsn, opt)
	if err != nil {
		return nil, err
	}
	if opt.Migrate {
		_, err = s.Migrate(ctx)
	} else {
		err = s.checkSchema(ctx)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func connect(ctx context.Context, dsn string, opt Options) (*Store, error) {
	s := &Store{now: opt.Now}
	if s.now == nil {
		s.now = time.Now
	}
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		return s, s.openSQLite(ctx, rest, opt)
	case "postgres", "postgresql":
		return s, s.openPostgres(ctx, dsn, opt)
	}
	return nil, fault.New(fault.Invalid, "the database address must begin with sqlite: or postgres://, for example sqlite:/var/lib/assay/assay.db")
}

// Engine is SQLite or PostgreSQL.
func (s *Store) Engine() string { return s.engine }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.db.PingContext(ctx); err != nil {
		return s.wrap(ctx, "reach the database", err)
	}
	return nil
}

// Close waits for nothing: stop the job runner first.
func (s *Store) Close() error { return s.close() }

// JobDatabase is where package river works jobs from.
func (s *Store) JobDatabase() *river.Database { return s.jobs }

// stamp is t, or the present when t is zero.
func (s *Store) stamp(t time.Time) instant {
	if t.IsZero() {
		t = s.now()
	}
	return at(t)
}

// reader is where a read runs: in the transaction of ctx if there is one.
func (s *Store) reader(ctx context.Context) bun.IDB {
	if tx := s.transaction(ctx); tx != nil {
		return tx.db
	}
	return s.read
}

// lockRow makes a select keep its rows locked until the transaction ends.
// SQLite has one writer at a time and needs no locks.
func (s *Store) lockRow(q *bun.SelectQuery) *bun.SelectQuery {
	if s.engine == PostgreSQL {
		return q.For("UPDATE")
	}
	return q
}

// affected is the number of rows a statement changed.
func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count changed rows: %w", err)
	}
	return n, nil
}

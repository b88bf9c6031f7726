package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"assay/internal/fault"
	"assay/internal/job/river"
)

// openPostgres opens one pool that bun (through database/sql) and River (as
// pgx) take their connections from.
func (s *Store) openPostgres(ctx context.Context, dsn string, opt Options) error {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the database address is not a PostgreSQL one; write postgres://user:password@host/name")
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		cfg.MaxConns = 20
		if opt.Connections > 0 {
			cfg.MaxConns = int32(opt.Connections)
		}
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "assay"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", err)
	}
	db := sql.OpenDB(connector{stdlib.GetPoolConnector(pool)})
	db.SetMaxIdleConns(0) // the pool below keeps them
	s.close = func() error { err := db.Close(); pool.Close(); return err }
	if err := pool.Ping(ctx); err != nil {
		s.close()
		return fault.Wrap(err, fault.Unavailable, "PostgreSQL at %s does not answer; is it running, and may this user enter?", cfg.ConnConfig.Host)
	}
	s.engine = PostgreSQL
	s.db = bun.NewDB(db, plain{pgdialect.New()})
	s.read = s.db
	s.begin = s.beginPostgres
	s.jobs, err = river.Postgres(pool)
	if err != nil {
		s.close()
	}
	return err
}

// connector and conn make queries without arguments, which is all that bun
// sends, run in one round trip and leave nothing in the statement cache:
// their texts differ with every value. River's queries keep being prepared.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	dc, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	std, ok := dc.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("pgx gave a connection of type %T", dc)
	}
	return &conn{std}, nil
}

type conn struct{ *stdlib.Conn }

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		args = []driver.NamedValue{{Ordinal: 1, Value: pgx.QueryExecModeExec}}
	}
	return c.Conn.QueryContext(ctx, query, args)
}

// beginPostgres opens the transaction on the pgx side, because River wants a
// pgx.Tx; bun runs on the same connection and so inside the same transaction.
func (s *Store) beginPostgres(ctx context.Context) (*transaction, error) {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var tx pgx.Tx
	err = c.Raw(func(dc any) error {
		tx, err = dc.(*conn).Conn.Conn().Begin(ctx)
		return err
	})
	if err != nil {
		c.Close()
		return nil, err
	}
	return &transaction{
		db:  c,
		raw: tx,
		// Raw keeps the connection to itself while pgx uses it directly.
		alone:    func(do func() error) error { return c.Raw(func(any) error { return do() }) },
		commit:   func(ctx context.Context) error { defer c.Close(); return tx.Commit(ctx) },
		rollback: func(ctx context.Context) error { defer c.Close(); return tx.Rollback(ctx) },
	}, nil
}

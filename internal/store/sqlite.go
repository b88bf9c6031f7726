package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // database/sql driver "sqlite"

	"assay/internal/fault"
	"assay/internal/job/river"
)

// Settings of every connection. WAL lets readers and the writer work side by
// side. With synchronous=FULL a commit is on the disk before it is
// acknowledged, so neither a killed process nor a lost power supply takes
// back what was answered; NORMAL would survive the first only.
var sqlitePragmas = []string{
	"busy_timeout(10000)",
	"journal_mode(WAL)",
	"synchronous(FULL)",
	"foreign_keys(1)",
	"temp_store(MEMORY)",
	"cache_size(-32000)",
	"journal_size_limit(67108864)",
}

// openSQLite opens one writing connection, which bun and River share, because
// SQLite has one writer at a time, and a pool that can only read.
func (s *Store) openSQLite(ctx context.Context, path string, opt Options) error {
	if path == "" {
		return fault.New(fault.Invalid, "the database address names no file; write sqlite:PATH, for example sqlite:assay.db")
	}
	if err := touch(path); err != nil {
		return fmt.Errorf("open the database file %s: %w", path, err)
	}
	writer, err := sql.Open("sqlite", sqliteDSN(path, "_txlock=immediate"))
	if err != nil {
		return err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)"))
	if err != nil {
		return errors.Join(err, writer.Close())
	}
	readers := opt.Connections
	if readers <= 0 {
		readers = 4
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	s.close = func() error { return errors.Join(reader.Close(), writer.Close()) }
	if err := writer.PingContext(ctx); err != nil { // creates the WAL before the first reader
		return errors.Join(fmt.Errorf("open the database file %s: %w", path, err), s.close())
	}
	s.engine = SQLite
	s.db = bun.NewDB(writer, plain{sqlitedialect.New()})
	s.read = bun.NewDB(reader, plain{sqlitedialect.New()})
	s.begin = s.beginSQLite
	s.jobs, err = river.SQLite(writer, reader)
	if err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func sqliteDSN(path, extra string) string {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + extra
	for _, p := range sqlitePragmas {
		dsn += "&_pragma=" + p
	}
	return dsn
}

// touch makes the file, readable by its owner only: it holds personal data.
// The files SQLite puts beside it take over its permissions.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// writerWait bounds how long a transaction waits for the one before it.
const writerWait = 30 * time.Second

func (s *Store) beginSQLite(ctx context.Context) (*transaction, error) {
	wait, cancel := context.WithTimeout(ctx, writerWait)
	defer cancel()
	c, err := s.db.Conn(wait)
	if err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			return nil, fault.New(fault.Unavailable,
				"another transaction has been writing for %v; was the store used inside of Atomic with a context from outside?", writerWait)
		}
		return nil, err
	}
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &transaction{
		db:       tx,
		raw:      tx.Tx,
		commit:   func(context.Context) error { return errors.Join(commitSQLite(ctx, tx, c), c.Close()) },
		rollback: func(context.Context) error { return errors.Join(tx.Rollback(), c.Close()) },
	}, nil
}

// commitSQLite leaves no transaction open when the commit fails, say on a full
// disk: database/sql would give the only writing connection on as it is.
func commitSQLite(ctx context.Context, tx bun.Tx, c bun.Conn) error {
	err := tx.Commit()
	if err != nil {
		_, _ = c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // fails when there is none, as it should be
	}
	return err
}

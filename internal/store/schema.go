package store

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"regexp"

	"github.com/pressly/goose/v3"

	"assay/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

var textType = regexp.MustCompile(`\bTEXT\b`)

// migrationFiles are the migrations as one engine reads them.
func migrationFiles(engine string) (fs.FS, error) {
	files, err := fs.Sub(migrations, "migrations")
	if engine == PostgreSQL {
		files = collated{files}
	}
	return files, err
}

// collated gives every TEXT column the collation "C".
type collated struct{ fs.FS }

func (c collated) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	b, err := io.ReadAll(f)
	return collatedFile{f, bytes.NewReader(textType.ReplaceAll(b, []byte(`TEXT COLLATE "C"`)))}, err
}

type collatedFile struct {
	fs.File
	text *bytes.Reader
}

func (f collatedFile) Read(b []byte) (int, error) { return f.text.Read(b) }

func (s *Store) goose() (*goose.Provider, error) {
	files, err := migrationFiles(s.engine)
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if s.engine == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, s.db.DB, files, goose.WithSlog(slog.New(slog.DiscardHandler)), goose.WithDisableGlobalRegistry(true))
}

// Migrate brings the schema, and that of the jobs, up to date and returns how
// many steps that took. Several processes may call it at once.
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	unlock, err := s.lockSchema(ctx)
	if err != nil {
		return 0, s.wrap(ctx, "wait for others who migrate", err)
	}
	defer unlock()
	p, err := s.goose()
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	n, err := s.jobs.Migrate(ctx)
	if err != nil {
		return len(done) + n, fmt.Errorf("migrate the jobs: %w", err)
	}
	return len(done) + n, nil
}

// schemaLock is the number of the advisory lock of those who migrate.
const schemaLock = 0x6173736179

// lockSchema keeps a second process waiting. On SQLite each step runs in a
// transaction that nobody else can write beside.
func (s *Store) lockSchema(ctx context.Context) (unlock func(), err error) {
	if s.engine == SQLite {
		return func() {}, nil
	}
	c, err := s.db.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", schemaLock); err != nil {
		c.Close()
		return nil, err
	}
	return func() {
		_, _ = c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", schemaLock)
		c.Close()
	}, nil
}

// SchemaVersion is the number of the newest migration the database has seen.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	p, err := s.goose()
	if err != nil {
		return 0, err
	}
	v, err := p.GetDBVersion(ctx)
	return v, s.wrap(ctx, "read the schema version", err)
}

// checkSchema says what to do when the schema is not this program's.
func (s *Store) checkSchema(ctx context.Context) error {
	p, err := s.goose()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return s.wrap(ctx, "read the schema version", err)
	}
	switch {
	case have > want:
		return fault.New(fault.Unavailable, "the database has schema version %d, this program knows %d: run a newer assay", have, want)
	case have < want:
		return fault.New(fault.Unavailable, "the database has schema version %d, this program needs %d: make a backup and run `assay migrate`", have, want)
	}
	current, err := s.jobs.Current(ctx)
	if err == nil && !current {
		return fault.New(fault.Unavailable, "the job tables are out of date: make a backup and run `assay migrate`")
	}
	return err
}

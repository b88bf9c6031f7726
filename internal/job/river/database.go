// Package river keeps and works jobs with River (riverqueue.com). It is the
// only package that knows River: the rest of the house speaks package job.
package river

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	riverqueue "github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"assay/internal/job"
)

// Database is where jobs are kept.
type Database struct {
	driver database
}

// database is what differs between the engines: the type of a transaction.
type database interface {
	insert(ctx context.Context, tx any, jobs []riverqueue.InsertManyParams) error
	migrate(ctx context.Context) (int, error)
	current(ctx context.Context) (bool, error)
	count(ctx context.Context) (map[rivertype.JobState]int, error)
	release(ctx context.Context) error
	client(cfg *riverqueue.Config) (client, error)
}

// client is River's client without the type of a transaction.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	JobList(ctx context.Context, p *riverqueue.JobListParams) (*riverqueue.JobListResult, error)
	JobRetry(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// SQLite keeps jobs in an SQLite database. The writer must be limited to one
// connection; the reader is what counts and lists use.
func SQLite(writer, reader *sql.DB) (*Database, error) {
	return open[*sql.Tx](riversqlite.New(writer), riversqlite.New(reader), true)
}

// Postgres keeps jobs in a PostgreSQL database.
func Postgres(pool *pgxpool.Pool) (*Database, error) {
	driver := riverpgxv5.New(pool)
	return open[pgx.Tx](driver, driver, false)
}

type engine[Tx any] struct {
	driver, reader riverdriver.Driver[Tx]
	inserter       *riverqueue.Client[Tx]
	alone          bool // one process at a time works on this database
}

func open[Tx any](driver, reader riverdriver.Driver[Tx], alone bool) (*Database, error) {
	inserter, err := riverqueue.NewClient(driver, &riverqueue.Config{Logger: quiet, FetchCooldown: cooldown})
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return &Database{&engine[Tx]{driver, reader, inserter, alone}}, nil
}

var quiet = slog.New(slog.DiscardHandler)

func (e *engine[Tx]) insert(ctx context.Context, tx any, jobs []riverqueue.InsertManyParams) error {
	t, ok := tx.(Tx)
	if !ok {
		return fmt.Errorf("enqueue: a transaction of type %T belongs to another engine", tx)
	}
	_, err := e.inserter.InsertManyTx(ctx, t, jobs)
	return err
}

func (e *engine[Tx]) migrator() (*rivermigrate.Migrator[Tx], error) {
	return rivermigrate.New(e.driver, &rivermigrate.Config{Logger: quiet})
}

func (e *engine[Tx]) migrate(ctx context.Context) (int, error) {
	m, err := e.migrator()
	if err != nil {
		return 0, err
	}
	done, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return 0, err
	}
	return len(done.Versions), nil
}

func (e *engine[Tx]) current(ctx context.Context) (bool, error) {
	m, err := e.migrator()
	if err != nil {
		return false, err
	}
	state, err := m.Validate(ctx, nil)
	if err != nil {
		return false, err
	}
	return state.OK, nil
}

func (e *engine[Tx]) count(ctx context.Context) (map[rivertype.JobState]int, error) {
	return e.reader.GetExecutor().JobCountByAllStates(ctx, &riverdriver.JobCountByAllStatesParams{})
}

// release makes jobs that an earlier process left running available at once,
// where no other process can be working on them.
func (e *engine[Tx]) release(ctx context.Context) error {
	if !e.alone {
		return nil
	}
	return e.driver.GetExecutor().Exec(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'")
}

func (e *engine[Tx]) client(cfg *riverqueue.Config) (client, error) {
	return riverqueue.NewClient(e.driver, cfg)
}

// Insert puts jobs into an open transaction: a *sql.Tx of SQLite, a pgx.Tx of
// PostgreSQL. Jobs whose Unique key waits or runs already are left out.
func (d *Database) Insert(ctx context.Context, tx any, jobs []job.Job) error {
	params := make([]riverqueue.InsertManyParams, 0, len(jobs))
	taken := map[[2]string]bool{}
	for _, j := range jobs {
		if err := checkKind(j.Kind); err != nil {
			return err
		}
		if key := [2]string{j.Kind, j.Unique}; j.Unique != "" {
			if taken[key] { // the engine would refuse two of a key at once
				continue
			}
			taken[key] = true
		}
		params = append(params, insertion(j))
	}
	return d.driver.insert(ctx, tx, params)
}

// Migrate brings River's tables up to date and returns the number of steps.
func (d *Database) Migrate(ctx context.Context) (int, error) { return d.driver.migrate(ctx) }

// Current reports whether River's tables are up to date.
func (d *Database) Current(ctx context.Context) (bool, error) { return d.driver.current(ctx) }

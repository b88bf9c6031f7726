package river

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	riverqueue "github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"assay/internal/fault"
	"assay/internal/job"
)

// How River looks for work. A job is told of at most once per cooldown, and
// found at the next poll when nobody told; so cooldown bounds the rate of
// fetches and poll the time a job waits for a free worker.
const (
	cooldown  = 5 * time.Millisecond
	usualPoll = 100 * time.Millisecond
)

// How long finished jobs stay visible.
const (
	keepDone   = time.Hour
	keepFailed = 30 * 24 * time.Hour
)

// Source is what a runner takes its jobs from; store.Store is one.
type Source interface{ JobDatabase() *Database }

// Options say how jobs are worked. Only Handlers is needed.
type Options struct {
	// Handlers by kind. Every runner of a database must know every kind: a job
	// of a kind it does not know fails.
	Handlers map[string]job.Handler
	Periodic []Periodic
	Workers  int           // jobs at the same time; 0: two for each processor
	Timeout  time.Duration // after which a job's context ends; 0: one minute
	Poll     time.Duration // how often to look for work when nobody tells; 0: 100 ms
	Lost     time.Duration // after which a running job is taken up again, because its worker is gone; 0: Timeout and half a minute
	Linger   time.Duration // how long Stop lets jobs finish before their context ends; 0: 10 s
	// Retry is the pause after the n-th failed attempt; nil: n to the fourth
	// power in seconds, give or take a tenth.
	Retry func(attempt int) time.Duration
	Log   *slog.Logger // nil: none
}

// Periodic is a job enqueued when a runner starts and then at an interval. Of
// several runners on one database only one does so, and never while the last
// such job waits or runs.
type Periodic struct {
	Kind     string
	Interval time.Duration // at least one second
	Args     json.RawMessage
}

// Every is a periodic job without arguments.
func Every(kind string, interval time.Duration) Periodic {
	return Periodic{Kind: kind, Interval: interval}
}

// Runner works jobs. A job may run more than once: a worker that was killed
// leaves its jobs running in name, and they are taken up again after
// Options.Lost; on SQLite, where nobody else works, when the next one starts.
type Runner struct {
	db     *Database
	client client
}

// New makes a runner; Start starts it.
func New(source Source, opt Options) (*Runner, error) {
	workers := riverqueue.NewWorkers()
	for kind, handle := range opt.Handlers {
		if err := checkKind(kind); err != nil {
			return nil, err
		}
		riverqueue.AddWorkerArgs(workers, work{kind: kind}, &worker{handle: handle, retry: opt.Retry})
	}
	cfg := config(opt)
	cfg.Workers = workers
	for _, p := range opt.Periodic {
		if opt.Handlers[p.Kind] == nil {
			return nil, fmt.Errorf("periodic job %q has no handler", p.Kind)
		}
		cfg.PeriodicJobs = append(cfg.PeriodicJobs, p.job())
	}
	db := source.JobDatabase()
	c, err := db.driver.client(cfg)
	if err != nil {
		return nil, fmt.Errorf("make a job runner: %w", err)
	}
	return &Runner{db, c}, nil
}

func config(opt Options) *riverqueue.Config {
	timeout := cmp.Or(opt.Timeout, time.Minute)
	poll := max(cmp.Or(opt.Poll, usualPoll), cooldown)
	return &riverqueue.Config{
		Queues:                      map[string]riverqueue.QueueConfig{riverqueue.QueueDefault: {MaxWorkers: cmp.Or(opt.Workers, 2*runtime.GOMAXPROCS(0))}},
		FetchCooldown:               cooldown,
		FetchPollInterval:           poll,
		JobTimeout:                  timeout,
		RescueStuckJobsAfter:        cmp.Or(opt.Lost, timeout+30*time.Second),
		CompletedJobRetentionPeriod: keepDone,
		CancelledJobRetentionPeriod: keepFailed,
		DiscardedJobRetentionPeriod: keepFailed,
		SoftStopTimeout:             cmp.Or(opt.Linger, 10*time.Second),
		Logger:                      cmp.Or(opt.Log, quiet),
		SkipUnknownJobCheck:         true,
	}
}

func (p Periodic) job() *riverqueue.PeriodicJob {
	build := func() (riverqueue.JobArgs, *riverqueue.InsertOpts) {
		params := insertion(job.Job{Kind: p.Kind, Args: p.Args, Unique: "periodic"})
		return params.Args, params.InsertOpts
	}
	return riverqueue.NewPeriodicJob(riverqueue.PeriodicInterval(p.Interval), build,
		&riverqueue.PeriodicJobOpts{ID: p.Kind, RunOnStart: true})
}

// Start begins to work. It returns at once; when ctx ends the runner stops as
// if Stop had been called.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.db.driver.release(ctx); err != nil {
		return fmt.Errorf("take up jobs left behind: %w", err)
	}
	return r.client.Start(ctx)
}

// Stop takes no new jobs, lets those that run finish for as long as
// Options.Linger, then ends their contexts, and returns when all have. When
// ctx ends first it ends their contexts at once.
func (r *Runner) Stop(ctx context.Context) error {
	err := r.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return errors.Join(err, r.client.StopAndCancel(last))
	}
	return err
}

// Counts is the state of the queue. Done counts the last hour, Failed what was
// given up in the last 30 days.
func (r *Runner) Counts(ctx context.Context) (job.Counts, error) {
	n, err := r.db.driver.count(ctx)
	if err != nil {
		return job.Counts{}, fmt.Errorf("count jobs: %w", err)
	}
	return job.Counts{
		Waiting: n[rivertype.JobStateAvailable] + n[rivertype.JobStatePending] + n[rivertype.JobStateScheduled] + n[rivertype.JobStateRetryable],
		Running: n[rivertype.JobStateRunning],
		Failed:  n[rivertype.JobStateDiscarded] + n[rivertype.JobStateCancelled],
		Done:    n[rivertype.JobStateCompleted],
	}, nil
}

// Idle waits until no job runs or waits for a worker or another attempt. Jobs
// for a later time (job.Job.After) do not count.
func (r *Runner) Idle(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := r.db.driver.count(ctx)
		if err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
		if n[rivertype.JobStateAvailable]+n[rivertype.JobStateRunning]+n[rivertype.JobStateRetryable]+n[rivertype.JobStatePending] == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Failure is a job that was given up.
type Failure struct {
	ID       int64           `json:"id"`
	Kind     string          `json:"kind"`
	Args     json.RawMessage `json:"args,omitempty"`
	Error    string          `json:"error"` // of the last attempt
	Attempts int             `json:"attempts"`
	At       time.Time       `json:"at"`
}

// Failed lists at most limit jobs that were given up, newest first.
func (r *Runner) Failed(ctx context.Context, limit int) ([]Failure, error) {
	params := riverqueue.NewJobListParams().States(rivertype.JobStateDiscarded, rivertype.JobStateCancelled).
		OrderBy(riverqueue.JobListOrderByID, riverqueue.SortOrderDesc).First(min(max(limit, 1), 1000))
	list, err := r.client.JobList(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list failed jobs: %w", err)
	}
	out := make([]Failure, len(list.Jobs))
	for i, row := range list.Jobs {
		if out[i], err = failure(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func failure(row *rivertype.JobRow) (Failure, error) {
	var w work
	if err := json.Unmarshal(row.EncodedArgs, &w); err != nil {
		return Failure{}, fmt.Errorf("read the arguments of job %d: %w", row.ID, err)
	}
	f := Failure{ID: row.ID, Kind: row.Kind, Args: w.Args, Attempts: row.Attempt}
	if row.FinalizedAt != nil {
		f.At = row.FinalizedAt.UTC()
	}
	if n := len(row.Errors); n > 0 {
		f.Error = row.Errors[n-1].Error
	}
	return f, nil
}

// Retry has a job tried again that was given up. It is fault.NotFound when
// there is no such job.
func (r *Runner) Retry(ctx context.Context, id int64) error {
	_, err := r.client.JobRetry(ctx, id)
	if errors.Is(err, riverqueue.ErrNotFound) {
		return fault.New(fault.NotFound, "there is no job %d", id)
	}
	return err
}

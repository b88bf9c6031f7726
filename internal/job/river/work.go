package river

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	riverqueue "github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"assay/internal/job"
)

// work is one job of ours as River keeps it.
type work struct {
	kind string
	Key  string          `json:"key,omitempty" river:"unique"`
	Args json.RawMessage `json:"args,omitempty"`
}

func (w work) Kind() string { return w.kind }

// Defaults of a job that does not say.
const (
	usualPriority = 2
	usualAttempts = 8
)

// unfinished are the states in which a job keeps others of its key out.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

var kindForm = regexp.MustCompile(`^[a-z0-9_][a-z0-9_.-]+$`)

// checkKind refuses what River would refuse, or worse, take in.
func checkKind(kind string) error {
	if !kindForm.MatchString(kind) {
		return fmt.Errorf("job kind %q: use two or more of a-z, 0-9, dot, dash and underscore", kind)
	}
	return nil
}

func insertion(j job.Job) riverqueue.InsertManyParams {
	opts := &riverqueue.InsertOpts{Priority: j.Priority, MaxAttempts: j.Attempts}
	if j.After.After(time.Now()) {
		opts.ScheduledAt = j.After
	}
	if opts.Priority == 0 {
		opts.Priority = usualPriority
	}
	if opts.MaxAttempts == 0 {
		opts.MaxAttempts = usualAttempts
	}
	if j.Unique != "" {
		opts.UniqueOpts = riverqueue.UniqueOpts{ByArgs: true, ByState: unfinished}
	}
	return riverqueue.InsertManyParams{Args: work{j.Kind, j.Unique, j.Args}, InsertOpts: opts}
}

// worker runs one handler.
type worker struct {
	riverqueue.WorkerDefaults[work]
	handle job.Handler
	retry  func(attempt int) time.Duration
}

func (w *worker) Work(ctx context.Context, j *riverqueue.Job[work]) error {
	if j.Attempt >= j.MaxAttempts {
		ctx = job.MarkLastTry(ctx)
	}
	err := w.handle(ctx, j.Args.Args)
	if job.Stopped(err) {
		return riverqueue.JobCancel(err)
	}
	return err
}

// NextRetry is River's own pause, attempt to the fourth power in seconds,
// unless the runner was given another.
func (w *worker) NextRetry(j *riverqueue.Job[work]) time.Time {
	if w.retry == nil {
		return time.Time{}
	}
	return time.Now().Add(w.retry(j.Attempt))
}

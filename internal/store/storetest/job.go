package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/seller"
)

var jobTests = map[string]func(*testing.T, *kit){
	"run":                      jobsRun,
	"many":                     jobsMany,
	"unique":                   jobsUnique,
	"priority":                 jobsPriority,
	"later":                    jobsLater,
	"retry":                    jobsRetry,
	"give up":                  jobsGiveUp,
	"last try":                 jobsLastTry,
	"panic":                    jobsPanic,
	"timeout":                  jobsTimeout,
	"periodic":                 jobsPeriodic,
	"handlers write":           jobsWrite,
	"stop lets jobs finish":    jobsStop,
	"stop ends those too slow": jobsStopSlow,
	"bad kind":                 jobsBadKind,
}

func nothing(context.Context, json.RawMessage) error { return nil }

// runner makes a runner, starts it, and stops it when the test ends.
func (k *kit) runner(opt river.Options) *river.Runner {
	k.t.Helper()
	r, err := river.New(k.Store, opt)
	k.must(err)
	k.must(r.Start(k.ctx))
	k.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			k.t.Error(err)
		}
	})
	return r
}

// one makes a runner's options for one kind of job.
func one(handle job.Handler) river.Options {
	return river.Options{Handlers: map[string]job.Handler{"test.job": handle}, Retry: func(int) time.Duration { return time.Millisecond }}
}

func (k *kit) enqueue(jobs ...job.Job) {
	k.t.Helper()
	k.must(k.Jobs().Enqueue(k.ctx, jobs...))
}

func (k *kit) idle(r *river.Runner) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.ctx, 30*time.Second)
	defer cancel()
	k.must(r.Idle(ctx))
}

func (k *kit) counts(r *river.Runner, want job.Counts) {
	k.t.Helper()
	if c := got[job.Counts](k)(r.Counts(k.ctx)); c != want {
		k.t.Fatalf("counts %+v, want %+v", c, want)
	}
}

// notes gathers what handlers did.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) add(s string) { n.mu.Lock(); defer n.mu.Unlock(); n.list = append(n.list, s) }

func (n *notes) sorted() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(slices.Values(n.list))
}

func jobsRun(t *testing.T, k *kit) {
	var seen notes
	r := k.runner(one(func(_ context.Context, args json.RawMessage) error { seen.add(string(args)); return nil }))
	k.must(k.Jobs().Enqueue(k.ctx))
	k.enqueue(job.Make("test.job", "", map[string]any{"id": "ünï'\"", "n": []int{1}}), job.Job{Kind: "test.job"})
	k.idle(r)
	list := seen.sorted() // PostgreSQL sets spaces and changes the order of keys
	if len(list) != 2 || list[0] != "" {
		t.Fatalf("arguments %q", list)
	}
	var args map[string]any
	k.must(json.Unmarshal([]byte(list[1]), &args))
	same(t, "arguments", args, map[string]any{"id": "ünï'\"", "n": []any{1.0}})
	k.counts(r, job.Counts{Done: 2})
}

func jobsMany(t *testing.T, k *kit) {
	var seen notes
	r := k.runner(one(func(_ context.Context, args json.RawMessage) error { seen.add(string(args)); return nil }))
	var want []string
	for i := range 4 {
		var jobs []job.Job
		for j := range 50 {
			want = append(want, fmt.Sprint(1000+i*50+j))
			jobs = append(jobs, job.Make("test.job", "", 1000+i*50+j))
		}
		k.enqueue(jobs...)
	}
	k.idle(r)
	same(t, "jobs that ran", seen.sorted(), want)
}

func jobsUnique(t *testing.T, k *kit) {
	release, running := make(chan struct{}), make(chan string, 10)
	opt := one(func(_ context.Context, args json.RawMessage) error { running <- string(args); <-release; return nil })
	opt.Handlers["other.job"] = nothing
	r := k.runner(opt)
	k.enqueue(job.Make("test.job", "k", 1))
	<-running
	k.enqueue(job.Make("test.job", "k", 2)) // one runs
	k.counts(r, job.Counts{Running: 1})
	k.enqueue(job.Make("test.job", "k2", 3), job.Make("other.job", "k", 4)) // another key, another kind
	<-running
	close(release)
	k.idle(r)
	k.counts(r, job.Counts{Done: 3})
	k.enqueue(job.Make("test.job", "k", 5), job.Make("test.job", "k", 6)) // none runs any more
	k.idle(r)
	k.counts(r, job.Counts{Done: 4})
	later := job.Make("test.job", "later", 7)
	later.After = time.Now().Add(time.Hour)
	k.enqueue(later, job.Make("test.job", "later", 8)) // one waits for its time
	k.counts(r, job.Counts{Done: 4, Waiting: 1})
}

func jobsPriority(t *testing.T, k *kit) {
	var order []string
	opt := one(func(_ context.Context, args json.RawMessage) error { order = append(order, string(args)); return nil })
	opt.Workers = 1
	for i, p := range []int{4, 0, 1, 3} {
		j := job.Make("test.job", "", i)
		j.Priority = p
		k.enqueue(j)
	}
	k.idle(k.runner(opt))
	same(t, "order", order, []string{"2", "1", "3", "0"})
}

func jobsLater(t *testing.T, k *kit) {
	r := k.runner(one(nothing))
	past, future := job.Make("test.job", "", 1), job.Make("test.job", "", 2)
	past.After, future.After = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	k.enqueue(past, future)
	k.idle(r)
	k.counts(r, job.Counts{Done: 1, Waiting: 1})
}

func jobsRetry(t *testing.T, k *kit) {
	attempts := 0
	r := k.runner(one(func(context.Context, json.RawMessage) error {
		if attempts++; attempts < 3 {
			return errors.New("not yet")
		}
		return nil
	}))
	k.enqueue(job.Make("test.job", "", 1))
	k.idle(r)
	if k.counts(r, job.Counts{Done: 1}); attempts != 3 {
		t.Fatalf("%d attempts, want 3", attempts)
	}
}

func jobsGiveUp(t *testing.T, k *kit) {
	var seen notes
	healed := false
	r := k.runner(one(func(_ context.Context, args json.RawMessage) error {
		seen.add(string(args))
		switch {
		case healed:
			return nil
		case string(args) == `"useless"`:
			return fmt.Errorf("wrapped: %w", job.Stop(errors.New("no such listing")))
		}
		return errors.New("again and again")
	}))
	twice := job.Make("test.job", "", "twice")
	twice.Attempts = 2
	k.enqueue(twice, job.Make("test.job", "", "useless"))
	k.idle(r)
	same(t, "runs", seen.sorted(), []string{`"twice"`, `"twice"`, `"useless"`})
	k.counts(r, job.Counts{Failed: 2})
	failed := got[[]river.Failure](k)(r.Failed(k.ctx, 10))
	if len(failed) != 2 || string(failed[0].Args) != `"useless"` || !strings.Contains(failed[0].Error, "no such listing") ||
		failed[1].Kind != "test.job" || failed[1].Attempts != 2 || failed[1].Error != "again and again" || failed[1].At.IsZero() {
		t.Fatalf("failed jobs %+v", failed)
	}
	if one := got[[]river.Failure](k)(r.Failed(k.ctx, 1)); len(one) != 1 {
		t.Fatalf("%d failed jobs on a page of one", len(one))
	}
	healed = true
	k.must(r.Retry(k.ctx, failed[0].ID))
	k.idle(r)
	k.counts(r, job.Counts{Failed: 1, Done: 1})
	k.refuses(fault.NotFound, r.Retry(k.ctx, 1<<40))
}

// A handler is told which of its tries is the last, so that it can settle what
// it works on instead of leaving it open for ever.
func jobsLastTry(t *testing.T, k *kit) {
	var seen notes
	r := k.runner(one(func(ctx context.Context, _ json.RawMessage) error {
		seen.add(fmt.Sprint(job.LastTry(ctx)))
		return errors.New("not now")
	}))
	j := job.Make("test.job", "", 1)
	j.Attempts = 3
	k.enqueue(j)
	k.idle(r)
	same(t, "last tries", seen.sorted(), []string{"false", "false", "true"})
}

func jobsPanic(t *testing.T, k *kit) {
	r := k.runner(one(func(context.Context, json.RawMessage) error { panic("oops") }))
	j := job.Make("test.job", "", 1)
	j.Attempts = 1
	k.enqueue(j)
	k.idle(r)
	if failed := got[[]river.Failure](k)(r.Failed(k.ctx, 10)); len(failed) != 1 || !strings.Contains(failed[0].Error, "oops") {
		t.Fatalf("failed jobs %+v", failed)
	}
}

func jobsTimeout(t *testing.T, k *kit) {
	opt := one(func(ctx context.Context, _ json.RawMessage) error { <-ctx.Done(); return ctx.Err() })
	opt.Timeout = 20 * time.Millisecond
	r := k.runner(opt)
	j := job.Make("test.job", "", 1)
	j.Attempts = 1
	k.enqueue(j)
	k.idle(r)
	k.counts(r, job.Counts{Failed: 1})
}

func jobsPeriodic(t *testing.T, k *kit) {
	ran := make(chan struct{}, 100)
	opt := one(func(context.Context, json.RawMessage) error { ran <- struct{}{}; return nil })
	opt.Periodic = []river.Periodic{river.Every("test.job", time.Second)}
	k.runner(opt)
	for range 2 {
		select {
		case <-ran:
		case <-time.After(20 * time.Second):
			t.Fatal("the periodic job does not run")
		}
	}
	opt.Periodic = []river.Periodic{river.Every("unknown.job", time.Hour)}
	if _, err := river.New(k.Store, opt); err == nil {
		t.Fatal("a periodic job that nobody handles was accepted")
	}
}

// Handlers use the store while the runner uses the same database.
func jobsWrite(t *testing.T, k *kit) {
	r := k.runner(one(func(ctx context.Context, args json.RawMessage) error {
		var n int
		if err := json.Unmarshal(args, &n); err != nil {
			return err
		}
		return k.Atomic(ctx, func(ctx context.Context) error {
			if _, err := k.PutSeller(ctx, seller.Seller{ID: fmt.Sprintf("s%03d", n)}); err != nil || n == 0 {
				return err
			}
			return k.Jobs().Enqueue(ctx, job.Make("test.job", "", n-1))
		})
	}))
	for i := range 4 {
		k.enqueue(job.Make("test.job", "", 10*i+9))
	}
	k.idle(r)
	if n := len(got[[]seller.Seller](k)(k.Sellers(k.ctx, seller.Filter{Limit: 500}))); n != 40 {
		t.Fatalf("%d rows written, want 40", n)
	}
	k.counts(r, job.Counts{Done: 10 + 20 + 30 + 40})
}

func jobsStop(t *testing.T, k *kit) {
	began, done := make(chan struct{}), false
	r, err := river.New(k.Store, one(func(ctx context.Context, _ json.RawMessage) error {
		close(began)
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond): // longer than Stop takes to be noticed
			done = true
		}
		return ctx.Err()
	}))
	k.must(err)
	k.must(r.Start(k.ctx))
	k.enqueue(job.Make("test.job", "", 1))
	<-began
	k.must(r.Stop(k.ctx))
	if k.counts(r, job.Counts{Done: 1}); !done {
		t.Fatal("the job was not let finish")
	}
}

func jobsStopSlow(t *testing.T, k *kit) {
	began := make(chan struct{})
	opt := one(func(ctx context.Context, _ json.RawMessage) error { close(began); <-ctx.Done(); return ctx.Err() })
	opt.Linger = 10 * time.Millisecond
	r, err := river.New(k.Store, opt)
	k.must(err)
	k.must(r.Start(k.ctx))
	k.enqueue(job.Make("test.job", "", 1))
	<-began
	k.must(r.Stop(k.ctx))
	if c := got[job.Counts](k)(r.Counts(k.ctx)); c.Waiting != 1 {
		t.Fatalf("a job that was cut off must wait for another run: %+v", c)
	}
}

func jobsBadKind(t *testing.T, k *kit) {
	if err := k.Jobs().Enqueue(k.ctx, job.Job{Kind: "x"}); err == nil {
		t.Error("a kind of one letter was accepted")
	}
	if _, err := river.New(k.Store, river.Options{Handlers: map[string]job.Handler{"x": nothing}}); err == nil {
		t.Error("a handler for a kind of one letter was accepted")
	}
}

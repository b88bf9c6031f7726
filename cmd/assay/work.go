package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/job/river"
	"assay/internal/registry"
)

type workerCommand struct {
	storage
	tuning
}

func (*workerCommand) Help() string {
	return `Screens listings, fetches pictures and takes in feeds. Any number of workers
may share one PostgreSQL; each may be killed at any moment.

Example:
  assay worker --database postgres://assay@db/assay --blobs s3:assay?region=eu-west-1`
}

func (w *workerCommand) Run(ctx context.Context, log *slog.Logger) error {
	a, err := w.open(ctx, w.tuning, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	log.Info("worker started", "database", a.store.Engine(), "detectors", a.engine.Names())
	runner, err := a.runner(w.tuning)
	if err != nil {
		return err
	}
	return a.work(ctx, runner)
}

// frugal lets garbage be collected before it is half as large as what is kept,
// instead of equally large: nearly all of it is the index of protected pictures,
// which holds few pointers and costs the collector little. GOGC overrules it.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// work learns the registry, then follows its changes and works on jobs until
// ctx ends; jobs in hand are finished first.
func (a *app) work(ctx context.Context, runner *river.Runner) error {
	frugal()
	start := time.Now()
	if err := a.follower.Load(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("learn the registry: %w", err)
	}
	brands, assets := a.engine.Library.Size()
	a.log.Info("registry learnt", "brands", brands, "assets", assets, "seconds", time.Since(start).Seconds())
	if c := registry.CrowdOf(a.engine.Library.Tallies()); c.Over() {
		a.log.Warn("more assets are sought inside pictures than one process is meant for: have photographs of catalogues sought as a whole",
			"marks", c.Marks, "photographs", c.Photographs, "meant marks", registry.Meant.Marks, "meant photographs", registry.Meant.Photographs)
	}
	if err := runner.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start working on jobs: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.follower.Run(gctx) })
	g.Go(func() error { return a.followPolicies(gctx) })
	err := g.Wait()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if stopErr := runner.Stop(stop); stopErr != nil && err == nil {
		err = fmt.Errorf("stop working on jobs: %w", stopErr)
	}
	return err
}

// clean drops sessions and idempotency records that are over, old alerts, and
// what was read in pictures that nobody looked at for so long.
func (a *app) clean(ctx context.Context, keepReadings time.Duration) error {
	now := time.Now().UTC()
	if _, err := a.searches.Tidy(ctx); err != nil {
		return err
	}
	if keepReadings > 0 {
		if _, err := a.store.ForgetReadings(ctx, now.Add(-keepReadings)); err != nil {
			return err
		}
	}
	return a.store.DeleteExpired(ctx, now)
}

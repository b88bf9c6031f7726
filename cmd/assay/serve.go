package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/api"
	"assay/internal/console"
	"assay/internal/fault"
	"assay/internal/job"
)

type serveCommand struct {
	storage
	tuning
	Addr      string `help:"Address to listen on." default:"127.0.0.1:8080" env:"ASSAY_ADDR"`
	Work      bool   `help:"Work on jobs in this process too." default:"true" negatable:"" env:"ASSAY_WORK"`
	PlainHTTP bool   `help:"Send cookies without TLS; only when nothing but a closed network lies between." env:"ASSAY_PLAIN_HTTP"`
}

func (*serveCommand) Help() string {
	return `Serves the console at /, the API at /api/v1, its description at /openapi.json
and /docs, and /healthz, /readyz and /metrics. Put a TLS proxy before it.

Examples:
  assay serve --database sqlite:/var/lib/assay/assay.db --blobs file:/var/lib/assay/blobs
  assay serve --no-work --database postgres://assay@db/assay --blobs s3:assay?region=eu-west-1`
}

func (s *serveCommand) Run(ctx context.Context, log *slog.Logger) error {
	a, err := s.open(ctx, s.tuning, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.serve(ctx, s.Addr, site{tuning: s.tuning, work: s.Work, plainHTTP: s.PlainHTTP}, func(url string) {
		log.Info("serving", "address", url, "database", a.store.Engine(), "detectors", a.engine.Names(), "jobs", s.Work)
	})
}

// site is how one server is set up.
type site struct {
	tuning
	work, plainHTTP bool
	demo            []console.DemoAccount
}

// serve answers requests, and works on jobs beside it, until ctx ends. The
// first page is there at once; the registry is learnt meanwhile.
func (a *app) serve(ctx context.Context, addr string, s site, listening func(url string)) error {
	runner, err := a.runner(s.tuning)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "cannot listen on %s: is another program there? Choose another with --addr", addr)
	}
	server := &http.Server{Handler: a.doors(s, runner.Counts), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-gctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(gctx), 10*time.Second)
		defer cancel()
		return server.Shutdown(stop)
	})
	g.Go(func() error {
		if s.work {
			return a.work(gctx, runner)
		}
		return a.watch(gctx)
	})
	listening("http://" + ln.Addr().String())
	return g.Wait()
}

// watch keeps the registry fresh without working on jobs, for dry runs.
func (a *app) watch(ctx context.Context) error {
	frugal()
	if err := a.follower.Load(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("learn the registry: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.follower.Run(gctx) })
	g.Go(func() error { return a.followPolicies(gctx) })
	return g.Wait()
}

// doors puts API and console behind one address.
func (a *app) doors(s site, jobs func(context.Context) (job.Counts, error)) http.Handler {
	now := func() time.Time { return time.Now().UTC() }
	programs := api.New(api.Deps{Store: a.store, Blobs: a.blobs, Queue: a.store.Jobs(), Gate: a.gate, Keeper: a.keeper, Desk: a.desk, Bench: a.bench,
		Intake: a.intake, Screener: a.service, Logger: a.log, Now: now, Version: version, Jobs: jobs, Learnt: a.engine.Library.Tallies, Outside: a.outside,
		Walker: a.walker, Searches: a.searches, Similar: a.similar, Notices: a.notices, Ladder: a.ladder, Clerk: a.clerk})
	a.service.Given = programs.CountVerdict
	people := console.New(console.Deps{Store: a.store, Blobs: a.blobs, Queue: a.store.Jobs(), Gate: a.gate, Keeper: a.keeper, Desk: a.desk, Bench: a.bench,
		Intake: a.intake, Screener: a.service, Walker: a.walker, Searches: a.searches, Similar: a.similar, Notices: a.notices, Ladder: a.ladder, Clerk: a.clerk, Logger: a.log, Now: now, Version: version, Detectors: a.engine.Names, Jobs: jobs, Learnt: a.engine.Library.Tallies,
		Demo: len(s.demo) > 0, DemoAccounts: s.demo, PlainHTTP: s.plainHTTP})
	mux := http.NewServeMux()
	for _, path := range []string{"/api/", "/openapi.json", "/openapi.yaml", "/docs", "/docs/", "/healthz", "/readyz", "/metrics"} {
		mux.Handle(path, programs.Handler())
	}
	mux.Handle("/", people.Handler())
	return mux
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"

	"assay/internal/console"
	"assay/internal/demo"
	"assay/internal/fault"
	"assay/internal/screening"
)

type demoCommand struct {
	Addr     string `help:"Address to listen on." default:"127.0.0.1:8080" env:"ASSAY_ADDR"`
	Data     string `help:"Folder for everything the demo keeps." default:"assay-demo" type:"path"`
	Database string `help:"Another database than the SQLite file in the data folder." placeholder:"URL"`
	JSON     bool   `help:"Print address and sign-ins as JSON."`
	Fill     bool   `help:"Only fill the data folder; do not serve."`
	Work     bool   `help:"Work on jobs in this process too." default:"true" negatable:""`
}

func (*demoCommand) Help() string {
	return `Fills a data folder with a made-up marketplace (invented brands, a few hundred
listings, pictures drawn by the program) and serves it. The second start is
quick. The registry lies in DATA/bundle, to screen with.

Example:
  assay demo --addr 127.0.0.1:9000 --data /tmp/assay-demo`
}

func (d *demoCommand) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	if err := os.MkdirAll(d.Data, 0o755); err != nil {
		return fault.Wrap(err, fault.Invalid, "the folder %s cannot be made", d.Data)
	}
	record, err := demo.Remembered(d.Data)
	if err != nil {
		return err
	}
	a, err := d.storage().open(ctx, demoTuning(), quieter(log))
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if !record.Filled {
		if err := d.fill(ctx, c, a, record.People); err != nil {
			return err
		}
		record.Filled = true
		if err := record.Remember(d.Data); err != nil {
			return err
		}
	}
	if d.Fill {
		return d.tell(c.out, "", record)
	}
	s := site{tuning: demoTuning(), work: d.Work, plainHTTP: true}
	for _, p := range record.People {
		s.demo = append(s.demo, console.DemoAccount{Email: p.Email, Password: p.Password, Role: p.Role})
	}
	return a.serve(ctx, d.Addr, s, func(url string) {
		if err := d.tell(c.out, url, record); err != nil {
			log.Error("cannot print the address", "error", err)
		}
	})
}

// demoTuning is what an installation begins with, its flood guard too: no asset
// of the story matches nearly as much as brakes it. What has grown old stays.
func demoTuning() tuning {
	return tuning{MigrateAtStart: true, LostAfter: usualLostAfter, FloodShare: screening.UsualFlood.Share}
}

func (d *demoCommand) storage() storage {
	s := storage{Database: d.Database, Blobs: "file:" + filepath.Join(d.Data, "blobs")}
	if s.Database == "" {
		s.Database = "sqlite:" + filepath.Join(d.Data, "assay.db")
	}
	return s
}

// fill builds the marketplace with a worker beside it.
func (d *demoCommand) fill(ctx context.Context, c terminal, a *app, people []demo.Person) error {
	_, _ = fmt.Fprintln(c.err, "Filling the made-up marketplace; this happens once ...")
	runner, err := a.runner(demoTuning())
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	if d.Work {
		go func() { ended <- a.work(work, runner) }()
	} else {
		ended <- nil
	}
	var bar *progress
	town := demo.Town{Store: a.store, Blobs: a.blobs, Gate: a.gate, Intake: a.intake, Desk: a.desk,
		Idle: func(ctx context.Context) error {
			_, _ = fmt.Fprintln(c.err, "Screening ...")
			ctx, cancel := context.WithTimeout(ctx, demo.Settled)
			defer cancel()
			return runner.Idle(ctx)
		},
		Step: func(done, total int) {
			if bar == nil {
				bar = newProgress(c.err, "drawing listings", int64(total))
			}
			bar.to(int64(done))
			if done == total {
				bar.done()
			}
		}}
	err = town.Fill(ctx, filepath.Join(d.Data, "bundle"), people)
	stop()
	if workErr := <-ended; err == nil {
		err = workErr
	}
	return err
}

// tell prints where to go and who to be.
func (d *demoCommand) tell(w io.Writer, url string, r demo.Record) error {
	if d.JSON {
		return json.NewEncoder(w).Encode(map[string]any{"address": url, "data": d.Data, "sign_ins": r.People})
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "\nAssay is at %s\n\n", url)
	for _, p := range r.People {
		_, _ = fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Role, p.Email, p.Password)
	}
	_, _ = fmt.Fprintf(t, "\nPress Ctrl-C to stop. Everything is kept in %s.\n", d.Data)
	return t.Flush()
}

// quieter keeps warnings and errors; a demo's screen is for the address.
func quieter(log *slog.Logger) *slog.Logger {
	return slog.New(levelHandler{log.Handler()})
}

type levelHandler struct{ slog.Handler }

func (h levelHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h levelHandler) WithAttrs(a []slog.Attr) slog.Handler {
	return levelHandler{h.Handler.WithAttrs(a)}
}
func (h levelHandler) WithGroup(n string) slog.Handler { return levelHandler{h.Handler.WithGroup(n)} }

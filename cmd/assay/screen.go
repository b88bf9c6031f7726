package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/feed"
	"assay/internal/listing/fetch"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/registry/bundle"
	"assay/internal/report"
	"assay/internal/screening"
	"assay/internal/seller"
	asignal "assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

type screenCommand struct {
	Registry string   `required:"" help:"Registry bundle: a folder or a zip file." placeholder:"BUNDLE" type:"path"`
	Feeds    []string `arg:"" name:"feed" help:"Feed files; - reads standard input."`

	Pictures string `help:"Folder with the pictures that the feeds name." placeholder:"DIR" type:"path" xor:"pictures"`
	Fetch    bool   `help:"Fetch pictures by their URLs (public addresses only)." xor:"pictures"`
	Format   string `help:"Feed format; auto looks at the content." default:"auto"`
	Mapping  string `help:"Field mapping for JSON, NDJSON and CSV (YAML or JSON file)." placeholder:"FILE" type:"path"`
	Seller   string `help:"External id of the seller of rows that name none." placeholder:"ID"`
	Market   string `help:"Marketplace the feeds belong to." default:"main"`
	Currency string `help:"Currency of prices that name none." placeholder:"KRW"`
	Country  string `help:"Where the goods are offered." placeholder:"KR"`

	Policy  string `help:"Policy file instead of the one that ships." placeholder:"FILE" type:"path"`
	Words   string `help:"Your own list of trade words and contexts (YAML)." placeholder:"FILE" type:"path"`
	Out     string `help:"Write one JSON line per listing here; - is standard output." placeholder:"FILE" type:"path"`
	Rejects string `help:"Write the rows that could not be read here." placeholder:"FILE" type:"path"`
	Report  string `help:"Write a self-contained HTML report here." placeholder:"FILE" type:"path"`
	Most    int    `help:"Listings shown in the report, gravest first." default:"300"`

	vision
	reading

	Language string `help:"Language of reasons and report: en, ko, zh or it." default:"en" enum:"en,ko,zh,it"`
	Workers  int    `help:"Goroutines; 0 is one for each core." default:"0"`
	JSON     bool   `help:"Print the summary as JSON."`
	FailOn   string `help:"Exit with 4 when a listing is decided so, or worse: review or block." default:"never" enum:"never,review,block"`
}

func (*screenCommand) Help() string {
	return `Examples:
  assay screen --registry brands/ products.csv --pictures images/ --out verdicts.jsonl
  assay screen --registry brands.zip feed.xml --report report.html --language ko
  zcat dump.ndjson.gz | assay screen --registry brands/ --mapping map.yaml -

Rows that cannot be read are named, kept in --rejects and do not stop the rest; the exit code is then 3.`
}

func (cmd *screenCommand) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	engine, err := cmd.engine(log)
	if err != nil {
		return err
	}
	known, problems, closeBundle, err := learnBundle(ctx, c, engine, cmd.Registry)
	if err != nil {
		return err
	}
	defer closeBundle()
	run, finish, err := cmd.open(c, engine)
	if err != nil {
		return err
	}
	source, closeSource, err := cmd.source()
	if err != nil {
		return err
	}
	defer closeSource()
	offline := &screening.Offline{Engine: engine, Known: known, Market: cmd.Market, Seller: cmd.Seller, Workers: cmd.Workers, Now: time.Now, Picture: source}
	if offline.Workers <= 0 {
		offline.Workers = runtime.GOMAXPROCS(0)
	}
	run.summary.BundleProblems = len(problems)
	for _, name := range cmd.Feeds {
		if err := cmd.feed(ctx, c, offline, run, name); err != nil {
			return err
		}
	}
	if err := finish(ctx, source); err != nil {
		return err
	}
	if err := run.summary.print(c.out, cmd.JSON, cmd.Out == "-"); err != nil {
		return err
	}
	return run.summary.verdict(cmd.FailOn)
}

func (cmd *screenCommand) engine(log *slog.Logger) (*screening.Engine, error) {
	p := policy.Default()
	if cmd.Policy != "" {
		src, err := readFile(cmd.Policy)
		if err != nil {
			return nil, err
		}
		if p, err = policy.Parse(src); err != nil {
			return nil, err
		}
	}
	var words []byte
	if cmd.Words != "" {
		var err error
		if words, err = readFile(cmd.Words); err != nil {
			return nil, err
		}
	}
	engine, err := screening.NewEngine(p, words, log)
	if err != nil {
		return nil, err
	}
	engine.Library.KeepRows() // what is found is told with labels and pictures
	if err := cmd.reading.join(engine, nil); err != nil {
		return nil, err
	}
	if !cmd.on() {
		return engine, nil
	}
	eye, err := cmd.eye(log)
	if err != nil {
		return nil, err
	}
	engine.AddEye(eye)
	return engine, nil
}

// source is where pictures come from; nil says that nobody asked for them.
func (cmd *screenCommand) source() (screening.Source, func(), error) {
	switch {
	case cmd.Pictures != "":
		folder, err := screening.OpenFolder(cmd.Pictures)
		if err != nil {
			return nil, nil, err
		}
		return folder.Get, func() { _ = folder.Close() }, nil
	case cmd.Fetch:
		f := fetch.New(fetch.Options{})
		return func(ctx context.Context, p listing.Picture) ([]byte, error) {
			data, _, err := f.Fetch(ctx, p.URL)
			return data, err
		}, func() {}, nil
	}
	return nil, func() {}, nil
}

// learnBundle teaches the engine a bundle and says what is wrong with it. The
// bundle stays open for its pictures until closeBundle.
func learnBundle(ctx context.Context, c terminal, engine *screening.Engine, path string) (known screening.Known, problems []fault.Field, closeBundle func(), err error) {
	fsys, closer, err := bundle.OpenPath(path)
	if err != nil {
		return known, nil, nil, err
	}
	closeBundle = func() { _ = closer.Close() }
	b, problems, err := bundle.Read(fsys)
	if err != nil {
		closeBundle()
		return known, nil, nil, err
	}
	for _, p := range problems {
		_, _ = fmt.Fprintf(c.err, "%s: %s\n", p.Path, p.Message)
	}
	all := knownAssets(b)
	bar := newProgress(c.err, "learning assets", int64(len(all)))
	_, err = engine.Library.LearnAll(ctx, all, bar.step)
	bar.done()
	known = screening.Known{Sellers: map[string]seller.Seller{}, Licences: map[string][]registry.Licence{}}
	for _, s := range b.Sellers {
		known.Sellers[s.ID] = s
	}
	for _, l := range b.Licences {
		known.Licences[l.SellerID] = append(known.Licences[l.SellerID], l)
	}
	return known, problems, closeBundle, err
}

func knownAssets(b *bundle.Bundle) []asignal.Known {
	brands := map[string]registry.Brand{}
	var all []asignal.Known
	for _, br := range b.Brands {
		brands[br.ID] = br
		all = append(all, asignal.Known{Brand: br})
	}
	for _, a := range b.Assets {
		if a.Retired {
			continue
		}
		all = append(all, asignal.Known{Asset: a, Brand: brands[a.BrandID],
			Picture: func(context.Context) ([]byte, error) { return b.Pictures(a.Picture) }})
	}
	return all
}

// feed screens one file.
func (cmd *screenCommand) feed(ctx context.Context, c terminal, offline *screening.Offline, run *screenRun, name string) error {
	in, size, err := openFeed(name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	opt := feed.Options{Format: feed.Format(cmd.Format), Currency: cmd.Currency, Country: cmd.Country, Seller: cmd.Seller}
	if cmd.Mapping != "" {
		src, err := readFile(cmd.Mapping)
		if err != nil {
			return err
		}
		if opt.Mapping, err = feed.ParseMapping(cmd.Mapping, src); err != nil {
			return err
		}
	}
	rows, err := feed.Open(in, name, opt)
	if err != nil {
		return err
	}
	bar := newProgress(c.err, "screening", size)
	defer bar.done()
	run.summary.begin(name, rows)
	return offline.Run(ctx, rows, func(s screening.Screened) error {
		bar.to(rows.BytesRead())
		return run.take(s)
	})
}

func openFeed(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.NotFound, "the feed %s cannot be opened", name)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func readFile(name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the file %s cannot be read", name)
	}
	return b, nil
}

// screenRun collects what one run writes.
type screenRun struct {
	printer *message.Printer
	library *screening.Library
	summary *summary
	out     *json.Encoder
	rejects io.Writer
	report  *report.Report
}

// open prepares the outputs; finish completes them.
func (cmd *screenCommand) open(c terminal, engine *screening.Engine) (*screenRun, func(context.Context, screening.Source) error, error) {
	run := &screenRun{printer: message.For(cmd.Language), library: engine.Library, summary: newSummary()}
	var closers []func() error
	sink := func(name string) (io.Writer, error) {
		if name == "-" {
			return c.out, nil
		}
		f, err := os.Create(name)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "%s cannot be written", name)
		}
		w := bufio.NewWriterSize(f, 1<<16)
		closers = append(closers, func() error {
			if err := w.Flush(); err != nil {
				return err
			}
			return f.Close()
		})
		return w, nil
	}
	if cmd.Out != "" {
		w, err := sink(cmd.Out)
		if err != nil {
			return nil, nil, err
		}
		run.out = json.NewEncoder(w)
		run.out.SetEscapeHTML(false)
	}
	if cmd.Rejects != "" {
		w, err := sink(cmd.Rejects)
		if err != nil {
			return nil, nil, err
		}
		run.rejects = w
	}
	if cmd.Report != "" {
		run.report = report.New(run.printer, engine.Library, cmd.Most)
	}
	return run, func(ctx context.Context, source screening.Source) error {
		if run.report != nil {
			w, err := sink(cmd.Report)
			if err != nil {
				return err
			}
			if err := run.report.Write(ctx, w, run.summary.figures(), source); err != nil {
				return err
			}
		}
		for _, closeFile := range closers {
			if err := closeFile(); err != nil {
				return fmt.Errorf("write results: %w", err)
			}
		}
		return nil
	}, nil
}

// line is what is written for a listing.
type line struct {
	ID       string           `json:"id"`
	Decision verdict.Decision `json:"decision"`
	Score    float64          `json:"score"`
	Matched  []string         `json:"matched"`
	Reasons  []lineReason     `json:"reasons"`
	Signals  []asignal.Signal `json:"signals"`
	MS       float64          `json:"ms"`
	Policy   string           `json:"policy"`
	Line     int              `json:"line"`
	Warnings []fault.Field    `json:"warnings,omitempty"`
}

type lineReason struct {
	Code     string           `json:"code"`
	Rule     string           `json:"rule"`
	Decision verdict.Decision `json:"decision"`
	Text     string           `json:"text"`
}

// take is told each answer, in the order of the feed.
func (r *screenRun) take(s screening.Screened) error {
	r.summary.take(s)
	if s.Reject != nil {
		if r.rejects != nil {
			return feed.WriteReject(r.rejects, *s.Reject)
		}
		return nil
	}
	if r.report != nil {
		r.report.Take(s)
	}
	if r.out == nil {
		return nil
	}
	v := s.Verdict
	l := line{ID: s.Row.ExternalID, Decision: v.Decision, Score: v.Score, Matched: v.Matched, Reasons: []lineReason{}, Signals: v.Signals,
		MS: v.TookMS, Policy: v.Policy, Line: s.Line, Warnings: s.Warnings}
	for _, reason := range v.Reasons {
		l.Reasons = append(l.Reasons, lineReason{Code: reason.Code, Rule: reason.Rule, Decision: reason.Decision, Text: report.Sentence(r.printer, r.library, v, reason)})
	}
	return r.out.Encode(l)
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"assay/internal/fault"
	"assay/internal/message"
	"assay/internal/report"
	"assay/internal/screening"
)

type evaluateCommand struct {
	Kit     string   `required:"" help:"Folder of the kit." placeholder:"DIR" type:"path"`
	Out     string   `required:"" help:"Folder for the answers; made when missing." placeholder:"DIR" type:"path"`
	Only    []string `help:"Only these tasks: photo, logo, text, phrase." placeholder:"TASK,..."`
	Policy  string   `help:"Policy file instead of the one that ships." placeholder:"FILE" type:"path"`
	Words   string   `help:"Your own list of trade words and contexts (YAML)." placeholder:"FILE" type:"path"`
	Workers int      `help:"Goroutines; 0 is one for each core." default:"0"`

	Language string `help:"Language of the pages with hits and near misses: en, ko, zh or it." default:"en" enum:"en,ko,zh,it"`
}

func (*evaluateCommand) Help() string {
	return `Registers what the kit protects, screens every question with the detectors and
the policy of production, and writes photo.jsonl, logo.jsonl, text.jsonl and
phrase.jsonl: {"id","decision","score","matched","matches","ms"}. Score the
answers with the kit's own scorer. docs/evaluation.md describes the layout, so
that you can build a kit of your own listings.

Where the kit holds labels of its pictures, photo.html and logo.html show twenty
hits and twenty near misses as a person sees them. Labels are opened for these
pages only, after the answers are written.

Example:
  assay evaluate --kit mykit/ --out answers/ --only photo,text`
}

func (cmd *evaluateCommand) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	tasks, err := cmd.tasks()
	if err != nil {
		return err
	}
	kit, err := screening.OpenKit(cmd.Kit)
	if err != nil {
		return err
	}
	if tasks, err = present(c, kit, tasks, len(cmd.Only) > 0); err != nil {
		return err
	}
	engine, err := (&screenCommand{Policy: cmd.Policy, Words: cmd.Words}).engine(log)
	if err != nil {
		return err
	}
	e := &screening.Evaluation{Kit: kit, Engine: engine, Workers: cmd.Workers}
	if e.Workers <= 0 {
		e.Workers = runtime.GOMAXPROCS(0)
	}
	bar := newProgress(c.err, "learning the kit", int64(len(kit.Known)))
	troubled, err := e.Learn(ctx, bar.step)
	bar.done()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.out, "learnt %d assets, %d not usable by every detector\n", len(kit.Known), troubled)
	if err := os.MkdirAll(cmd.Out, 0o755); err != nil {
		return fault.Wrap(err, fault.Invalid, "the folder %s cannot be made", cmd.Out)
	}
	for _, t := range tasks {
		if err := cmd.task(ctx, c, e, t); err != nil {
			return err
		}
	}
	return nil
}

// present are the tasks that the kit has questions for; what was asked for in
// vain is said, and it is an error when nothing is left.
func present(c terminal, kit *screening.Kit, tasks []screening.Task, asked bool) ([]screening.Task, error) {
	var out []screening.Task
	for _, t := range tasks {
		switch {
		case kit.Has(t):
			out = append(out, t)
		case asked:
			_, _ = fmt.Fprintf(c.err, "the kit has no questions for %s (%s)\n", t.Name, t.Input)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "the kit has nothing to answer: see docs/evaluation.md for its layout")
	}
	return out, nil
}

func (cmd *evaluateCommand) tasks() ([]screening.Task, error) {
	if len(cmd.Only) == 0 {
		return screening.Tasks, nil
	}
	var out []screening.Task
	for _, name := range cmd.Only {
		i := slices.IndexFunc(screening.Tasks, func(t screening.Task) bool { return t.Name == name })
		if i < 0 {
			return nil, fault.New(fault.Invalid, "there is no task %q: use photo, logo, text or phrase", name)
		}
		out = append(out, screening.Tasks[i])
	}
	return out, nil
}

func (cmd *evaluateCommand) task(ctx context.Context, c terminal, e *screening.Evaluation, t screening.Task) error {
	if eye := reader(); t.Sentences && eye.State == "off" {
		_, _ = fmt.Fprintf(c.err, "sentences in pictures cannot be read: %s\n", eye.Detail)
	}
	f, err := os.Create(filepath.Join(cmd.Out, t.Name+".jsonl"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the answers cannot be written")
	}
	defer func() { _ = f.Close() }()
	w := bufio.NewWriter(f)
	bar := newProgress(c.err, t.Name, 0)
	start, n := time.Now(), 0
	err = e.Run(ctx, t, w, func() { n++; bar.step() })
	bar.done()
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	_, _ = fmt.Fprintf(c.out, "%s: %d questions in %.1f s\n", t.Name, n, time.Since(start).Seconds())
	if err := f.Close(); err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	if !e.Kit.HasLabels(t) {
		return nil
	}
	return cmd.specimens(ctx, c, e, t)
}

// specimensShown is how many hits a page shows, and how many near misses.
const specimensShown = 20

// specimens writes the page of a picture task.
func (cmd *evaluateCommand) specimens(ctx context.Context, c terminal, e *screening.Evaluation, t screening.Task) error {
	answers, err := os.Open(filepath.Join(cmd.Out, t.Name+".jsonl"))
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	defer func() { _ = answers.Close() }()
	chosen, err := e.Specimens(ctx, t, answers, specimensShown)
	if err != nil {
		return err
	}
	name := filepath.Join(cmd.Out, t.Name+".html")
	page, err := os.Create(name)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the page %s cannot be written", name)
	}
	defer func() { _ = page.Close() }()
	w := bufio.NewWriter(page)
	if err := report.WriteSpecimens(ctx, w, message.For(cmd.Language), e.Engine.Library, chosen, e.Picture()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	_, _ = fmt.Fprintf(c.out, "%s: hits and near misses in %s\n", t.Name, name)
	return page.Close()
}

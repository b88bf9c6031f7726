package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"assay/internal/registry"
	"assay/internal/registry/bundle"
	"assay/internal/signal"
)

type registryCommand struct {
	Import registryImport `cmd:"" help:"Import a bundle; doing it twice changes nothing."`
	Photos registryPhotos `cmd:"" help:"Register a folder or zip of photographs; doing it twice changes nothing."`
	Sought registrySought `cmd:"" help:"Change how far all photographs that match are sought."`
	Export registryExport `cmd:"" help:"Export the registry as a bundle."`
}

type registryImport struct {
	storage
	Bundle string `arg:"" help:"Folder or zip file." type:"path"`
	Market string `help:"Marketplace the bundle's sellers belong to." default:"main"`
	JSON   bool   `help:"Print the report as JSON."`
}

func (*registryImport) Help() string {
	return `Reads registry.yaml (or .json, or several files) and its pictures; docs/bundle.md
describes every field. Bad rows are named with file and line; the others go
through, and the exit code is then 3.

Example:
  assay registry import brands/ --database sqlite:assay.db`
}

func (r *registryImport) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return r.with(ctx, log, func(a *app) error {
		fsys, closer, err := bundle.OpenPath(r.Bundle)
		if err != nil {
			return err
		}
		defer func() { _ = closer.Close() }()
		return a.take(c, r.JSON, func(im *bundle.Importer) (bundle.Report, error) {
			b, problems, err := bundle.Read(fsys)
			if err != nil {
				return bundle.Report{}, err
			}
			done, err := im.Import(ctx, b)
			done.Problems = append(problems, done.Problems...)
			return done, err
		})
	})
}

// take imports what do says and tells what became of it.
func (a *app) take(c terminal, asJSON bool, do func(*bundle.Importer) (bundle.Report, error)) error {
	bar := new(progress)
	im := &bundle.Importer{Store: a.store, Blobs: a.blobs, Ledger: a.store, Describe: signal.DescribeWhole,
		Begun: func(rows int) { bar = newProgress(c.err, "importing", int64(rows)) }, Done: func() { bar.step() }}
	done, err := do(im)
	bar.done()
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(c.out).Encode(done)
	} else {
		err = printImport(c, done)
	}
	if err == nil && len(done.Problems) > 0 {
		return partial{fmt.Sprintf("%d problems; the other rows were imported", len(done.Problems))}
	}
	return err
}

type registryPhotos struct {
	storage
	Pictures string `arg:"" help:"Folder or zip file of pictures, in folders if you like." type:"path"`
	Brand    string `required:"" help:"Id of the brand they belong to."`
	Right    string `help:"Id of the right they rest on."`
	Sought   string `help:"whole: by the print of the whole picture, for large catalogues; inside: also inside other pictures." enum:"whole,inside" default:"whole"`
	JSON     bool   `help:"Print the report as JSON."`
}

func (*registryPhotos) Help() string {
	return `Registers every picture below the folder as a photograph of one brand. A file is
known again by its path: sent again, with another picture or another --sought,
it changes that asset and keeps its label and innocent pictures. Pictures that
cannot be opened are named; the others go through, and the exit code is then 3.

Example:
  assay registry photos catalogue/ --brand veltrana --sought whole --database sqlite:assay.db`
}

func (r *registryPhotos) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return r.with(ctx, log, func(a *app) error {
		if _, err := a.store.Brand(ctx, r.Brand); err != nil {
			return err
		}
		fsys, closer, err := bundle.OpenCatalogue(r.Pictures)
		if err != nil {
			return err
		}
		defer func() { _ = closer.Close() }()
		return a.take(c, r.JSON, func(im *bundle.Importer) (bundle.Report, error) {
			return im.ImportCatalogue(ctx, fsys, registry.Asset{BrandID: r.Brand, RightID: r.Right, Sought: registry.Sought(r.Sought)})
		})
	})
}

type registrySought struct {
	storage
	To     string `arg:"" help:"whole: by the print of the whole picture; inside: also inside other pictures." enum:"whole,inside"`
	Brand  string `help:"Photographs of this brand only (id)." placeholder:"ID"`
	Holder string `help:"Photographs of this rights holder only (id)." placeholder:"ID"`
	Text   string `help:"Photographs with this in their label or id only."`
	Yes    bool   `help:"Change them; without it you are told how many they are."`
	JSON   bool   `help:"Print the numbers as JSON."`
}

func (*registrySought) Help() string {
	return `Without --yes nothing is changed. Logos and badges stay sought inside pictures.
What is stopped half-way goes on when it is done again; workers that run follow
by themselves.

Example:
  assay registry sought whole --brand veltrana --database sqlite:assay.db --yes`
}

func (r *registrySought) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return r.with(ctx, log, func(a *app) error {
		s := registry.Shift{Query: r.Text, HolderID: r.Holder, BrandID: r.Brand, To: registry.Sought(r.To)}
		count, err := a.keeper.CountShift(ctx, s)
		if err != nil {
			return err
		}
		changed := 0
		if r.Yes {
			bar := newProgress(c.err, "changing", int64(count))
			changed, err = a.keeper.Shift(ctx, s, count, "system", func(done int) { bar.to(int64(done)) })
			bar.done()
			if err != nil {
				return err
			}
		}
		if r.JSON {
			return json.NewEncoder(c.out).Encode(map[string]int{"count": count, "changed": changed})
		}
		if r.Yes {
			_, err = fmt.Fprintf(c.out, "photographs %d changed\n", changed)
		} else {
			_, err = fmt.Fprintf(c.out, "photographs %d would change; --yes changes them\n", count)
		}
		return err
	})
}

func printImport(c terminal, r bundle.Report) error {
	for _, p := range r.Problems {
		_, _ = fmt.Fprintf(c.err, "%s: %s\n", p.Path, p.Message)
	}
	for _, name := range sortedKeys(r.Sections) {
		s := r.Sections[name]
		if _, err := fmt.Fprintf(c.out, "%-9s %d created, %d changed, %d unchanged\n", name, s.Created, s.Changed, s.Unchanged); err != nil {
			return err
		}
	}
	return nil
}

type registryExport struct {
	storage
	Dir string `arg:"" help:"Folder to write to; made when missing." type:"path"`
}

func (r *registryExport) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return r.with(ctx, log, func(a *app) error {
		if err := bundle.Export(ctx, a.store, a.blobs, r.Dir); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.out, "exported to %s\n", r.Dir)
		return err
	})
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"assay/internal/registry/bundle"
)

type registryCommand struct {
	Import registryImport `cmd:"" help:"Import a bundle; doing it twice changes nothing."`
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
		b, problems, err := bundle.Read(fsys)
		if err != nil {
			return err
		}
		im := &bundle.Importer{Store: a.store, Blobs: a.blobs, Ledger: a.store}
		done, err := im.Import(ctx, b)
		if err != nil {
			return err
		}
		done.Problems = append(problems, done.Problems...)
		if r.JSON {
			err = json.NewEncoder(c.out).Encode(done)
		} else {
			err = printImport(c, done)
		}
		if err == nil && len(done.Problems) > 0 {
			return partial{fmt.Sprintf("%d problems; the other rows were imported", len(done.Problems))}
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

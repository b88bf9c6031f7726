package main

import (
	"context"
	"fmt"

	"assay/internal/store"
)

type migrateCommand struct {
	storage
}

func (*migrateCommand) Help() string {
	return `Examples:
  assay migrate --database sqlite:/var/lib/assay/assay.db
  assay migrate --database postgres://assay@db/assay`
}

func (m *migrateCommand) Run(ctx context.Context, c terminal) error {
	s, err := store.Open(ctx, m.Database, store.Options{Migrate: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	v, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "The database is at schema version %d.\n", v)
	return err
}

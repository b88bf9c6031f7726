package store_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"assay/internal/pgtest"
	"assay/internal/store"
	"assay/internal/store/storetest"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) {
	if path := os.Getenv(victimOf); path != "" {
		os.Stderr.WriteString(victim(path).Error() + "\n")
		os.Exit(0) // it should have been killed
	}
	code := pgtest.Run(m, &cluster)
	if err := goleak.Find(); err != nil && code == 0 {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

func TestSQLite(t *testing.T) { storetest.Run(t, openSQLite) }

func TestPostgreSQL(t *testing.T) { storetest.Run(t, openPostgres) }

func open(t testing.TB, dsn string, opt store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// migrated is an SQLite file to copy, so that migrating is paid for once.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "store")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "assay.db")
	s, err := store.Open(context.Background(), "sqlite:"+path, store.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // the last to close folds the WAL into the file
		return nil, err
	}
	return os.ReadFile(path)
})

func openSQLite(t *testing.T) *store.Store { return freshSQLite(t) }

func freshSQLite(t testing.TB) *store.Store {
	t.Helper()
	b, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "assay.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path, store.Options{})
}

func openPostgres(t *testing.T) *store.Store { return freshPostgres(t) }

func freshPostgres(t testing.TB) *store.Store {
	t.Helper()
	address := cluster.Copy(t, "store", func(address string) error {
		s, err := store.Open(context.Background(), address, store.Options{Migrate: true})
		if err != nil {
			return err
		}
		return s.Close()
	})
	return open(t, address, store.Options{Connections: 10})
}

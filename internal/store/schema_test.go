package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/sync/errgroup"

	"assay/internal/fault"
	"assay/internal/store"
)

// columns lists table.column of everything but River's and goose's own tables.
func columns(t *testing.T, driver, address, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var table, column string
		var null bool
		if err := rows.Scan(&table, &column, &null); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "goose_") && !strings.HasPrefix(table, "sqlite_") {
			out = append(out, fmt.Sprintf("%s.%s null=%v", table, column, null))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

const (
	sqliteColumns = `SELECT m.name, c.name, c."notnull" = 0 AND c.pk = 0 FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`
	sqliteIndexes = `SELECT m.name, i.name, i."unique" = 1 FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'`

	postgresColumns = `SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public'`
	postgresIndexes = `SELECT t.relname, i.relname, x.indisunique FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
		WHERE t.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid)`
)

func TestSameSchemaOnBothEngines(t *testing.T) {
	t.Parallel()
	path, address := filepath.Join(t.TempDir(), "assay.db"), cluster.Database(t)
	for _, dsn := range []string{"sqlite:" + path, address} {
		open(t, dsn, store.Options{Migrate: true})
	}
	for what, query := range map[string][2]string{
		"columns": {sqliteColumns, postgresColumns},
		"indexes": {sqliteIndexes, postgresIndexes},
	} {
		lite, post := columns(t, "sqlite", path, query[0]), columns(t, "pgx", address, query[1])
		if len(lite) < 10 || !reflect.DeepEqual(lite, post) {
			t.Errorf("%s differ:\nSQLite     %v\nPostgreSQL %v", what, lite, post)
		}
	}
}

// Text sorts by bytes on PostgreSQL whatever the locale of its database.
func TestTextIsCollatedByBytes(t *testing.T) {
	t.Parallel()
	address := cluster.Database(t)
	open(t, address, store.Options{Migrate: true})
	others := columns(t, "pgx", address, `SELECT table_name, column_name, true FROM information_schema.columns
		WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`)
	if len(others) > 0 {
		t.Errorf("columns with another collation: %v", others)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var newest int64
	if _, err := fmt.Sscanf(filepath.Base(files[len(files)-1]), "%05d_", &newest); err != nil {
		t.Fatal(err)
	}
	for name, dsn := range map[string]string{"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "assay.db"), "PostgreSQL": cluster.Database(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			_, err := store.Open(ctx, dsn, store.Options{})
			if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "assay migrate") {
				t.Fatalf("an empty database: %v", err)
			}
			s := open(t, dsn, store.Options{Migrate: true})
			if v, err := s.SchemaVersion(ctx); err != nil || v != newest {
				t.Fatalf("schema version %d, %v; the newest is %d", v, err, newest)
			}
			if n, err := s.Migrate(ctx); err != nil || n != 0 {
				t.Fatalf("migrating again took %d steps, %v", n, err)
			}
			if err := s.Ping(ctx); err != nil {
				t.Fatal(err)
			}
			open(t, dsn, store.Options{})
		})
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	open(t, "sqlite:"+path, store.Options{Migrate: true})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(context.Background(), "sqlite:"+path, store.Options{})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "newer assay") {
		t.Fatalf("a schema from the future: %v", err)
	}
}

// Several processes that start at once migrate one database.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	address := cluster.Database(t)
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			s, err := store.Open(context.Background(), address, store.Options{Migrate: true, Connections: 4})
			if err != nil {
				return err
			}
			return s.Close()
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]fault.Code{
		"": fault.Invalid, "mysql://x": fault.Invalid, "sqlite:": fault.Invalid, "assay.db": fault.Invalid,
		"postgres://%zz": fault.Invalid, "postgres://nobody@/x?host=/nowhere": fault.Unavailable,
	} {
		if _, err := store.Open(context.Background(), dsn, store.Options{Migrate: true}); !fault.Is(err, want) {
			t.Errorf("%q: want %s, got %v", dsn, want, err)
		}
	}
	if _, err := store.Open(context.Background(), "sqlite:"+t.TempDir(), store.Options{Migrate: true}); err == nil {
		t.Error("a folder was opened as a database")
	}
}

package pgtest_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"assay/internal/pgtest"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m, &cluster)) }

func query[T any](t *testing.T, address, statement string) T {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	var v T
	if err := db.QueryRow(ctx, statement).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDatabasesAreFreshAndApart(t *testing.T) {
	t.Parallel()
	one, two := cluster.Database(t), cluster.Database(t)
	query[int](t, one, "WITH x AS (SELECT 1) SELECT 1 FROM x")
	ctx := context.Background()
	db, err := pgx.Connect(ctx, one)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	if _, err := db.Exec(ctx, "CREATE TABLE here (n int)"); err != nil {
		t.Fatal(err)
	}
	if n := query[int](t, two, "SELECT count(*)::int FROM pg_tables WHERE tablename = 'here'"); n != 0 {
		t.Fatal("a table made in one database is seen in another")
	}
}

func TestCopyPreparesOnce(t *testing.T) {
	t.Parallel()
	prepared := 0
	prepare := func(address string) error {
		prepared++
		ctx := context.Background()
		db, err := pgx.Connect(ctx, address)
		if err != nil {
			return err
		}
		defer db.Close(ctx)
		_, err = db.Exec(ctx, "CREATE TABLE seeds (n int); INSERT INTO seeds VALUES (7)")
		return err
	}
	for range 3 {
		if n := query[int](t, cluster.Copy(t, "seeds", prepare), "SELECT n FROM seeds"); n != 7 {
			t.Fatalf("a copy holds %d, want 7", n)
		}
	}
	if prepared != 1 {
		t.Fatalf("prepared %d times, want once", prepared)
	}
}

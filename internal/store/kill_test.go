package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/ledger"
	"assay/internal/seller"
	"assay/internal/store"
)

// victimOf names the database that this process, run again as a child, writes
// to until it is killed.
const victimOf = "ASSAY_TEST_VICTIM"

// victim writes rows, each with a job and a ledger entry, and says so of each
// only after its commit.
func victim(path string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		err := s.Atomic(ctx, func(ctx context.Context) error {
			if _, err := s.PutSeller(ctx, seller.Seller{ID: strconv.Itoa(i)}); err != nil {
				return err
			}
			if err := s.Jobs().Enqueue(ctx, job.Make("test.job", "", i)); err != nil {
				return err
			}
			_, err := s.Append(ctx, ledger.Entry{Kind: "row.written", Subject: strconv.Itoa(i)})
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// What was acknowledged outlives a process that is killed in the midst of
// writing, whole: row, job and ledger entry.
func TestKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	open(t, "sqlite:"+path, store.Options{Migrate: true})
	acknowledged := 0
	for _, lines := range []int{1, 7, 40} {
		acknowledged = max(acknowledged, kill(t, path, lines))
	}
	s, ctx := open(t, "sqlite:"+path, store.Options{}), t.Context()
	entries, err := s.Entries(ctx, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Verify("", entries); err != nil {
		t.Fatal(err)
	}
	for i := range acknowledged + 1 {
		if _, err := s.Seller(ctx, strconv.Itoa(i)); err != nil {
			t.Fatalf("row %d of %d: %v", i, acknowledged, err)
		}
	}
	r, err := river.New(s, river.Options{Handlers: map[string]job.Handler{"test.job": nil}})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.Counts(ctx); err != nil || n.Waiting != len(entries) {
		t.Fatalf("%d jobs for %d entries, %v", n.Waiting, len(entries), err)
	}
}

// kill runs a victim until it has said this many lines, and returns the last.
func kill(t *testing.T, path string, lines int) (last int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), victimOf+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ {
		if last, err = strconv.Atoi(said.Text()); err != nil {
			t.Fatal(err)
		}
		if n == lines {
			_ = child.Process.Kill() // and read on: what it said before it died counts
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the victim ended by itself")
	}
	return last
}

// Two processes, here two stores, share one SQLite file: both write, and one
// works the jobs of the other.
func TestTwoStoresShareOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	one := open(t, "sqlite:"+path, store.Options{Migrate: true})
	two := open(t, "sqlite:"+path, store.Options{})
	ctx := t.Context()
	ran := make(chan string, 100)
	r, err := river.New(two, river.Options{Handlers: map[string]job.Handler{
		"test.job": func(_ context.Context, args json.RawMessage) error { ran <- string(args); return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(ctx); err != nil {
		t.Fatal(err)
	}
	const each = 20
	var g errgroup.Group
	for w, s := range []*store.Store{one, two, one, two} {
		g.Go(func() error {
			for i := range each {
				err := s.Atomic(ctx, func(ctx context.Context) error {
					if _, err := s.Append(ctx, ledger.Entry{Kind: "x"}); err != nil {
						return err
					}
					return s.Jobs().Enqueue(ctx, job.Make("test.job", "", w*each+i))
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 4 * each {
		seen[<-ran] = true
	}
	if err := r.Stop(ctx); err != nil || len(seen) != 4*each {
		t.Fatalf("%d jobs ran, want %d; %v", len(seen), 4*each, err)
	}
	entries, err := two.Entries(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Verify("", entries); err != nil || len(entries) != 4*each {
		t.Fatalf("%d entries, want %d: %v", len(entries), 4*each, err)
	}
}

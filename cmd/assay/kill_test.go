package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// outcome is what outsiders can see of an installation.
type outcome struct {
	Listings map[string]string // external id -> status, revision, decisions given, open case
	Feed     listing.Feed
	Problems int
}

// town is an installation that workers of other processes share.
type town struct {
	*app
	t       *testing.T
	ctx     context.Context
	storage storage
}

func newTown(t *testing.T, database string) *town {
	t.Helper()
	s := storage{Database: database, Blobs: "file:" + filepath.Join(t.TempDir(), "blobs")}
	ctx := t.Context()
	a, err := s.open(ctx, tuning{MigrateAtStart: true, LostAfter: usualLostAfter}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return &town{a, t, ctx, s}
}

// killFeed is large enough that workers can be killed in the midst of it.
func killFeed() []byte {
	var b strings.Builder
	b.WriteString("id,title,description,price\n")
	for i := range 1500 {
		switch {
		case i%97 == 0:
			fmt.Fprintf(&b, "k%d,,no title,1.00 EUR\n", i)
		case i%10 == 0:
			fmt.Fprintf(&b, "k%d,Veltrana replica sneakers 1:1 no %d,Mirror quality,30.00 EUR\n", i, i)
		default:
			fmt.Fprintf(&b, "k%d,Canvas shoes no %d,Plain,20.00 EUR\n", i, i)
		}
	}
	return []byte(b.String())
}

// fill registers a brand and uploads the feed; nobody works on it yet.
func (x *town) fill() {
	x.t.Helper()
	ok := func(_ bool, err error) {
		x.t.Helper()
		if err != nil {
			x.t.Fatal(err)
		}
	}
	ok(x.store.PutHolder(x.ctx, registry.RightsHolder{ID: "h", Name: "Holder"}))
	ok(x.store.PutBrand(x.ctx, registry.Brand{ID: "veltrana", HolderID: "h", Name: "Veltrana", Goods: []string{"sneakers"}}))
	ok(x.store.PutAsset(x.ctx, registry.Asset{ID: "name", BrandID: "veltrana", Kind: registry.AssetName, Text: "Veltrana"}))
	shop := listing.SellerID("main", "shop")
	ok(x.store.PutSeller(x.ctx, seller.Seller{ID: shop, ExternalID: "shop", Name: "Shop", Verification: seller.Verified, Status: seller.Active}))
	key, err := x.blobs.Put(x.ctx, killFeed())
	if err != nil {
		x.t.Fatal(err)
	}
	err = x.store.Atomic(x.ctx, func(ctx context.Context) error {
		f := listing.Feed{ID: "feed", Market: "main", SellerID: shop, Name: "k.csv", Format: "auto", Blob: key, State: listing.FeedWaiting, ActorID: "test"}
		if err := x.store.PutFeed(ctx, f); err != nil {
			return err
		}
		return x.store.Jobs().Enqueue(ctx, intake.FeedJobFor("feed"))
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// worker starts a process of this program.
func (x *town) worker() *exec.Cmd {
	x.t.Helper()
	cmd := exec.Command("assay", "worker", "--log-level", "error", "--database", x.storage.Database, "--blobs", x.storage.Blobs, "--lost-after", "3s")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// until waits for something to become true of the database.
func (x *town) until(what string, holds func() (bool, error)) {
	x.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(3 * time.Minute)
	for {
		ok, err := holds()
		if err != nil {
			x.t.Fatal(err)
		}
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			x.t.Fatalf("%s did not come about", what)
		}
	}
}

// taken waits until so many rows of the feed are in.
func (x *town) taken(rows int) {
	x.until(fmt.Sprintf("row %d", rows), func() (bool, error) {
		f, err := x.store.Feed(x.ctx, "feed")
		return f.Rows >= rows, err
	})
}

// closed waits for the end of the feed: the last rows are in a moment before it says that it is done.
func (x *town) closed() {
	x.until("end of the feed", func() (bool, error) {
		f, err := x.store.Feed(x.ctx, "feed")
		return f.State != listing.FeedWaiting && f.State != listing.FeedRunning, err
	})
}

// screened waits until so many listings have left the state in which they came.
func (x *town) screened(n int) {
	x.until(fmt.Sprintf("screening of %d", n), func() (bool, error) {
		counts, err := x.store.CountListings(x.ctx)
		total := 0
		for status, c := range counts {
			if status != listing.Pending {
				total += c
			}
		}
		return total >= n, err
	})
}

func (x *town) outcome() outcome {
	x.t.Helper()
	out := outcome{Listings: map[string]string{}}
	after := ""
	for {
		rows, next, err := x.store.Listings(x.ctx, listing.Filter{After: after, Limit: 200})
		if err != nil {
			x.t.Fatal(err)
		}
		for _, l := range rows {
			out.Listings[l.ExternalID] = x.describe(l.Listing)
		}
		if after = next; after == "" {
			break
		}
	}
	f, err := x.store.Feed(x.ctx, "feed")
	if err != nil {
		x.t.Fatal(err)
	}
	f.CreatedAt, f.UpdatedAt = time.Time{}, time.Time{}
	out.Feed = f
	problems, err := x.store.Problems(x.ctx, "feed", 0, 10_000)
	if err != nil {
		x.t.Fatal(err)
	}
	out.Problems = len(problems)
	x.verifyLedger()
	return out
}

func (x *town) describe(l listing.Listing) string {
	verdicts, err := x.store.VerdictsOf(x.ctx, l.ID, 10)
	if err != nil {
		x.t.Fatal(err)
	}
	var decisions []verdict.Decision
	for _, v := range verdicts {
		decisions = append(decisions, v.Decision)
	}
	c, err := x.store.OpenCase(x.ctx, l.ID)
	asked := ""
	if err == nil {
		asked = c.Reason
	}
	return fmt.Sprintf("%s r%d %v case %q", l.Status, l.Revision, decisions, asked)
}

// verifyLedger checks the chain, and that nothing is written twice.
func (x *town) verifyLedger() {
	x.t.Helper()
	prev, after, seen := "", int64(0), map[string]bool{}
	for {
		list, err := x.store.Entries(x.ctx, after, 1000)
		if err != nil {
			x.t.Fatal(err)
		}
		if len(list) == 0 {
			return
		}
		if prev, err = ledger.Verify(prev, list); err != nil {
			x.t.Fatal(err)
		}
		for _, e := range list {
			var d struct{ Verdict, Revision string }
			if err := json.Unmarshal(e.Data, &d); err != nil && len(e.Data) > 0 {
				x.t.Fatal(err)
			}
			key := e.Kind + " " + e.Subject + " " + d.Verdict + " " + d.Revision
			if (e.Kind == "verdict.given" || e.Kind == "listing.taken") && seen[key] {
				x.t.Errorf("the ledger says twice: %s", key)
			}
			seen[key] = true
		}
		after = list[len(list)-1].Seq
	}
}

// undisturbed is the outcome when nobody is killed.
func undisturbed(t *testing.T) outcome {
	x := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "calm.db"))
	x.fill()
	x.worker()
	x.taken(1500)
	x.closed()
	x.screened(1484)
	return x.outcome()
}

// Killing workers anywhere loses nothing and doubles nothing visible.
func TestKilledWorkers(t *testing.T) {
	want := undisturbed(t)
	if len(want.Listings) != 1484 || want.Feed.Rejected != 16 || want.Feed.State != listing.FeedDone {
		t.Fatalf("the undisturbed run is not what it should be: %d listings, feed %+v", len(want.Listings), want.Feed)
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		x := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "assay.db"))
		x.fill()
		for _, rows := range []int{100, 700, 1300} {
			w := x.worker()
			x.taken(rows)
			_ = w.Process.Kill()
			_ = w.Wait()
		}
		x.worker()
		x.finish(want)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		x := newTown(t, postgres.Database(t))
		x.fill()
		first, _ := x.worker(), x.worker()
		x.taken(300)
		_ = first.Process.Kill()
		_ = first.Wait()
		x.worker()
		x.finish(want)
	})
}

func (x *town) finish(want outcome) {
	x.t.Helper()
	x.taken(1500)
	x.closed()
	x.screened(len(want.Listings))
	got := x.outcome()
	if !maps.Equal(got.Listings, want.Listings) {
		for id, w := range want.Listings {
			if g := got.Listings[id]; g != w {
				x.t.Errorf("%s: %s, undisturbed %s", id, g, w)
			}
		}
	}
	got.Feed.Blob, want.Feed.Blob = "", ""
	if got.Feed != want.Feed || got.Problems != want.Problems {
		x.t.Errorf("feed %+v with %d problems, undisturbed %+v with %d", got.Feed, got.Problems, want.Feed, want.Problems)
	}
}

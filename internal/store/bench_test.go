package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/store"
	"assay/internal/verdict"
)

var engines = map[string]func(testing.TB) *store.Store{"SQLite": freshSQLite, "PostgreSQL": freshPostgres}

func perEngine(b *testing.B, bench func(b *testing.B, s *store.Store)) {
	for name, fresh := range engines {
		b.Run(name, func(b *testing.B) {
			s := fresh(b)
			if _, err := s.PutSeller(b.Context(), seller.Seller{ID: "s"}); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			bench(b, s)
		})
	}
}

// takeIn stores n listings in one transaction, as taking in does: the
// revision, its job, its ledger entry.
func takeIn(ctx context.Context, s *store.Store, first, n int) error {
	return s.Atomic(ctx, func(ctx context.Context) error {
		var entries []ledger.Entry
		var jobs []job.Job
		for i := first; i < first+n; i++ {
			id := fmt.Sprint("l", i)
			_, rev, _, err := s.PutRevision(ctx, listing.Listing{ID: id, Market: "m", ExternalID: id, SellerID: "s"}, listing.Revision{Offer: listing.Offer{
				Title: "A listing with a title of usual length, brand new", Description: fmt.Sprintf("%0800d", i),
				Pictures: []listing.Picture{{URL: "https://example.org/1.jpg", State: listing.PictureWaiting}}}})
			if err != nil {
				return err
			}
			entries = append(entries, ledger.Entry{Kind: "listing.taken", Subject: id, Data: json.RawMessage(`{"revision":1}`)})
			jobs = append(jobs, job.Make("listing.screen", rev.ID, map[string]string{"revision": rev.ID}))
		}
		if err := s.Jobs().Enqueue(ctx, jobs...); err != nil {
			return err
		}
		_, err := s.Append(ctx, entries...)
		return err
	})
}

// BenchmarkTakeIn is one listing a transaction, then 25.
func BenchmarkTakeIn(b *testing.B) {
	for _, batch := range []int{1, 25} {
		b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
			perEngine(b, func(b *testing.B, s *store.Store) {
				var next atomic.Int64
				b.SetParallelism(4)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := takeIn(b.Context(), s, int(next.Add(int64(batch))), batch); err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "listings/s")
			})
		})
	}
}

// BenchmarkUnchanged is a feed row that says what it said before.
func BenchmarkUnchanged(b *testing.B) {
	perEngine(b, func(b *testing.B, s *store.Store) {
		for b.Loop() {
			_, _, _, err := s.PutRevision(b.Context(), listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: "s"},
				listing.Revision{Offer: listing.Offer{Title: "t"}})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkQueue reads pages of 50 at the beginning, in the middle and near
// the end of 100,000 open cases, most of one priority.
func BenchmarkQueue(b *testing.B) {
	const cases = 100_000
	perEngine(b, func(b *testing.B, s *store.Store) {
		seedCases(b, s, cases)
		middle := cursorAt(b, s, cases/2)
		end := cursorAt(b, s, cases-200)
		for name, f := range map[string]casefile.Filter{
			"first": {}, "middle": {After: middle}, "end": {After: end},
			"unassigned": {Unassigned: true, Now: time.Now()}, "seller": {SellerID: "s"}, "reason": {Reason: "rare"},
			"desk": {Desk: "kr"}, "within": {Within: []string{"kr", ""}}, "grave": {Severity: 4}, "waiting": {OnHold: new(bool), Now: benchNoon},
		} {
			f.State, f.Limit = casefile.Open, 50
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					page, err := s.Cases(b.Context(), f)
					if err != nil || len(page.Cases) != 50 {
						b.Fatal(len(page.Cases), err)
					}
				}
			})
		}
		b.Run("page", func(b *testing.B) { queuePage(b, s) })
		b.Run("count", func(b *testing.B) {
			for b.Loop() {
				if n, err := s.CountCases(b.Context(), casefile.Filter{}); err != nil || n["mark"] == 0 {
					b.Fatal(n, err)
				}
			}
		})
	})
}

// benchNoon is when the queue is looked at: a third of it is overdue.
var benchNoon = time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)

// queuePage asks for everything that the console's queue page shows.
func queuePage(b *testing.B, s *store.Store) {
	ctx := b.Context()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	waits := false
	for b.Loop() {
		f := casefile.Filter{State: casefile.Open, OnHold: &waits, Now: benchNoon, Limit: 50}
		page, err := s.Cases(ctx, f)
		must(err)
		sellers, revisions := make([]string, len(page.Cases)), make([]string, len(page.Cases))
		for i, c := range page.Cases {
			sellers[i], revisions[i] = c.SellerID, c.RevisionID
		}
		_, err = s.SellersByID(ctx, sellers)
		must(err)
		_, err = s.FirstPictures(ctx, revisions)
		must(err)
		_, err = s.Teams(ctx)
		must(err)
		_, err = s.Views(ctx, "me", nil)
		must(err)
		_, err = s.CountCases(ctx, f)
		must(err)
		for _, ask := range []casefile.Ask{{}, {Holder: casefile.Me}, {Asked: true}, {Clock: casefile.Overdue}, {TwoPeople: true}, {Held: true}, {Severity: 4, Desk: "kr"}} {
			_, err := s.CountUpTo(ctx, ask.Filter("me", benchNoon, 6*time.Hour), 1001)
			must(err)
		}
	}
}

func seedCases(b *testing.B, s *store.Store, n int) {
	b.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const batch = 1000
	for first := 0; first < n; first += batch {
		err := s.Atomic(b.Context(), func(ctx context.Context) error {
			for i := first; i < first+batch; i++ {
				id := fmt.Sprintf("%08d", i)
				_, rev, _, err := s.PutRevision(ctx, listing.Listing{ID: id, Market: "m", ExternalID: id, SellerID: "s"}, listing.Revision{Offer: listing.Offer{Title: "t"}})
				if err != nil {
					return err
				}
				c := casefile.Case{ID: "c" + id, ListingID: id, RevisionID: rev.ID, SellerID: "s", Title: "A title of usual length", Reason: "mark",
					Proposed: verdict.Review, State: casefile.Open, DueAt: start.Add(time.Duration(i*7919%n) * time.Second), Severity: 1 + i%4}
				c.TurnAt = c.DueAt.Add(time.Duration(i%5) * time.Hour)
				if i%3 == 0 {
					c.Desk = "kr"
				}
				if i%1000 < 5 {
					c.Reason = "rare"
				}
				if err := s.PutCase(ctx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func cursorAt(b *testing.B, s *store.Store, n int) string {
	b.Helper()
	f := casefile.Filter{State: casefile.Open, Limit: 200}
	for seen := 0; seen < n; seen += 200 {
		page, err := s.Cases(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		f.After = page.Next
	}
	return f.After
}

// BenchmarkJobs is how many empty jobs a runner works.
func BenchmarkJobs(b *testing.B) {
	perEngine(b, func(b *testing.B, s *store.Store) {
		jobs := make([]job.Job, b.N)
		for i := range jobs {
			jobs[i] = job.Make("test.job", "", i)
		}
		if err := s.Jobs().Enqueue(b.Context(), jobs...); err != nil {
			b.Fatal(err)
		}
		r, err := river.New(s, river.Options{Workers: 100, Handlers: map[string]job.Handler{
			"test.job": func(context.Context, json.RawMessage) error { return nil }}})
		if err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		if err := r.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := r.Idle(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		if err := r.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkLatency is from enqueueing one job to its start, in an idle runner.
func BenchmarkLatency(b *testing.B) {
	perEngine(b, func(b *testing.B, s *store.Store) {
		started := make(chan struct{})
		r, err := river.New(s, river.Options{Handlers: map[string]job.Handler{
			"test.job": func(context.Context, json.RawMessage) error { started <- struct{}{}; return nil }}})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := s.Jobs().Enqueue(b.Context(), job.Make("test.job", "", 1)); err != nil {
				b.Fatal(err)
			}
			<-started
		}
		if err := r.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
}

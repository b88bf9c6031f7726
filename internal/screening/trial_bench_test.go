package screening_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/store"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// BenchmarkBackTest judges 5,000 verdicts of the past again, rows and all.
func BenchmarkBackTest(b *testing.B) {
	const verdicts = 5000
	ctx, start := context.Background(), time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "a.db"), store.Options{Migrate: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.PutSeller(ctx, seller.Seller{ID: "s", ExternalID: "s", Name: "S", Verification: seller.Verified, Status: seller.Active}); err != nil {
		b.Fatal(err)
	}
	err = db.Atomic(ctx, func(ctx context.Context) error {
		for i := range verdicts {
			l := listing.Listing{ID: fmt.Sprint("l", i), Market: "main", ExternalID: fmt.Sprint(i), SellerID: "s"}
			_, r, _, err := db.PutRevision(ctx, l, listing.Revision{ListingID: l.ID, ContentHash: l.ID, Offer: listing.Offer{Title: "a bag of canvas"}, CreatedAt: start})
			if err != nil {
				return err
			}
			v := verdict.Verdict{ID: fmt.Sprint("v", i), RevisionID: r.ID, ListingID: l.ID, Decision: verdict.Review, Policy: "default@1", CreatedAt: start.Add(time.Duration(i) * time.Second),
				Signals: []signal.Signal{{Kind: signal.TextName, BrandID: "b", Score: float64(i%100) / 100}, {Kind: signal.PictureMark, BrandID: "b", Score: float64(i%70) / 100}}}
			if err := db.PutVerdict(ctx, v); err != nil {
				return err
			}
		}
		return db.PutPolicy(ctx, verdict.Version{ID: "default@1", Source: string(policy.DefaultSource()), ActorID: "lead", CreatedAt: start})
	})
	if err != nil {
		b.Fatal(err)
	}
	bench := &trial.Bench{Store: db, Queue: db.Jobs(), Now: func() time.Time { return start }}
	for b.Loop() {
		t, err := bench.Begin(ctx, trial.BackTest{PolicyID: "default@1", From: start.Add(-time.Hour), Until: start.AddDate(0, 0, 1), ActorID: "lead"})
		if err != nil {
			b.Fatal(err)
		}
		if err := bench.Run(ctx, []byte(`{"id":"`+t.ID+`"}`)); err != nil {
			b.Fatal(err)
		}
		if s, err := bench.Summary(ctx, t.ID); err != nil || s.Looked != verdicts {
			b.Fatal(s, err)
		}
	}
	b.ReportMetric(verdicts*float64(b.N)/b.Elapsed().Seconds(), "verdicts/s")
}

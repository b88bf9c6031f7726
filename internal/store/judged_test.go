package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/store"
	"assay/internal/verdict"
)

// Decisions of before the migration count for the precision of assets as if
// they had been taken after it.
func TestOldDecisionsAreMeasured(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("migrations/00004_judged.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, fill, _ := strings.Cut(string(source), "INSERT INTO")
	fill, _, _ = strings.Cut("INSERT INTO"+fill, ";")
	path, address := filepath.Join(t.TempDir(), "assay.db"), cluster.Database(t)
	for driver, dsn := range map[string]string{"sqlite": "sqlite:" + path, "pgx": address} {
		s := open(t, dsn, store.Options{Migrate: true})
		decideOne(t, s)
		db, err := sql.Open(driver, strings.TrimPrefix(dsn, "sqlite:"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, statement := range []string{"DELETE FROM judged", fill} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", driver, err)
			}
		}
		for id, want := range map[string]int{"a_b": 1, "a": 0, "axb": 0} {
			if p, err := s.Precision(t.Context(), id); err != nil || p.Decided != want {
				t.Errorf("%s: %s was decided on %d times, want %d (%v)", driver, id, p.Decided, want, err)
			}
		}
	}
}

// decideOne stores a decided case that stands on the asset "a_b", beside
// assets with ids like it.
func decideOne(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(_ bool, err error) { t.Helper(); must(err) }
	put(s.PutHolder(ctx, registry.RightsHolder{ID: "h"}))
	put(s.PutBrand(ctx, registry.Brand{ID: "b", HolderID: "h"}))
	for _, id := range []string{"a_b", "a", "axb"} {
		put(s.PutAsset(ctx, registry.Asset{ID: id, BrandID: "b"}))
	}
	put(s.PutSeller(ctx, seller.Seller{ID: "s", CreatedAt: now, UpdatedAt: now}))
	_, rev, _, err := s.PutRevision(ctx, listing.Listing{ID: "l", Market: "main", SellerID: "s"}, listing.Revision{Offer: listing.Offer{Title: "x"}})
	must(err)
	must(s.PutVerdict(ctx, verdict.Verdict{ID: "v", RevisionID: rev.ID, ListingID: "l", Matched: []string{"other", "a_b"}}))
	must(s.PutCase(ctx, casefile.Case{ID: "c", ListingID: "l", RevisionID: rev.ID, VerdictID: "v", SellerID: "s", State: casefile.Open, DueAt: now}))
	must(s.AddDecision(ctx, casefile.Decision{ID: "d", CaseID: "c", Outcome: verdict.Block}))
}

package demo_test

import (
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/demo"
	"assay/internal/enforcement"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/similar"
	"assay/internal/store"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// fill builds the marketplace with few everyday listings.
func fill(t *testing.T) *store.Store {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "a.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	engine, err := screening.NewEngine(policy.Default(), nil, log)
	must(t, err)
	now := func() time.Time { return time.Now().UTC() }
	follower := &screening.Follower{Library: engine.Library, Store: db, Blobs: blobs, Log: log}
	in := &intake.Intake{Store: db, Blobs: blobs, Queue: db.Jobs(), Now: now}
	flood := screening.UsualFlood
	flood.Fill = 20 // there are fewer listings than in a demo
	service := &screening.Service{Engine: engine, Store: db, Blobs: blobs, Now: now, Log: log, CatchUp: follower.CatchUp, Flood: screening.NewFlood(flood),
		Keeper: &registry.Keeper{Store: db, Sellers: db, Blobs: blobs, Ledger: db, Now: now, Atomic: db.Atomic}}
	runner, err := river.New(db, river.Options{Handlers: map[string]job.Handler{
		intake.ScreenJob: service.Screen, intake.FetchJob: in.FetchPicture, intake.FeedJob: in.ImportFeed}})
	must(t, err)
	must(t, runner.Start(context.WithoutCancel(ctx)))
	defer func() { must(t, runner.Stop(context.WithoutCancel(ctx))) }()
	record, err := demo.Remembered(dir)
	must(t, err)
	town := demo.Town{Store: db, Blobs: blobs, Gate: &access.Gate{Store: db, Now: now}, Intake: in, Desk: &casefile.Desk{Store: db, Now: now, Followers: []casefile.Follower{&enforcement.Ladder{Store: db, Queue: db.Jobs(), Now: now}, &similar.Follower{Store: db, Now: now}, &notice.Follower{Store: db, Now: now}}},
		Idle: runner.Idle, Everyday: 20}
	for range 2 { // a second time, as after an interruption, changes nothing
		must(t, town.Fill(ctx, filepath.Join(dir, "bundle"), record.People))
	}
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The story must be told by the program, not by its author.
func TestStory(t *testing.T) {
	db := fill(t)
	want := map[string]string{}
	for decision, ids := range map[string][]string{
		"review": {"s-001", "s-002", "s-003", "s-004", "s-024"},
		"block":  {"s-005", "s-006", "s-007", "s-008", "s-009", "s-010", "s-011", "s-012", "s-013", "s-014", "s-015", "s-016", "s-025", "second-veltrana"},
		"pass":   {"s-017", "s-018", "s-019", "s-020", "s-021", "s-022", "s-023", "autumn-mug", "lamp-moon"},
	} {
		for _, id := range ids {
			want[id] = decision
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		list, err := db.VerdictsOf(t.Context(), listing.ID("main", id), 10)
		must(t, err)
		if len(list) != 1 || string(list[0].Decision) != want[id] {
			t.Errorf("%s: %d verdicts, %v; want one that says %s", id, len(list), decisions(list), want[id])
		}
	}
	rows, _, err := db.Listings(t.Context(), listing.Filter{Limit: 200})
	must(t, err)
	for _, l := range rows {
		if l.ExternalID[:2] == "o-" && l.Status != listing.Live {
			t.Errorf("the everyday listing %s (%s) is %s", l.ExternalID, l.Title, l.Status)
		}
	}
	for id, status := range map[string]listing.Status{"s-004": listing.Removed, "s-005": listing.Held, "s-017": listing.Live} {
		if l, err := db.Listing(t.Context(), listing.ID("main", id)); err != nil || l.Status != status {
			t.Errorf("%s is %s (%v), want %s", id, l.Status, err, status)
		}
	}
	if n, err := db.CountBrakes(t.Context()); err != nil || n != 0 {
		t.Errorf("%d assets of the story match far too much (%v)", n, err)
	}
	f, err := db.Feed(t.Context(), "demo-feed")
	must(t, err)
	if f.Rejected != 1 || f.Warnings == 0 || f.State != listing.FeedDone {
		t.Errorf("the demo's feed: %+v", f)
	}
}

func decisions(list []verdict.Verdict) (out []verdict.Decision) {
	for _, v := range list {
		out = append(out, v.Decision)
	}
	return out
}

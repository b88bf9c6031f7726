// Package consoletest is a small made-up marketplace behind a real console:
// real store, real screening, pictures drawn here. The tests of the console
// and of the browser play on it.
package consoletest

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/console"
	"assay/internal/enforcement"
	"assay/internal/hearing"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/listing/intake"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/search"
	"assay/internal/similar"
	"assay/internal/statement"
	"assay/internal/store"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Password opens every account of the stage.
const Password = "correct horse battery staple"

// Stage is the marketplace.
type Stage struct {
	Store  *store.Store
	Blobs  *blob.Store
	Gate   *access.Gate
	Keeper *registry.Keeper
	Desk   *casefile.Desk
	Ladder *enforcement.Ladder
	Clerk  *hearing.Clerk
	// Complained are the rights holders who complained, by the listing.
	Complained map[string]string
	Similar    *similar.Service
	Notices    *notice.Service
	Intake     *intake.Intake
	Service    *screening.Service
	Console    *console.Console
	Follower   *screening.Follower
	Walker     *search.Walker
	Searches   *search.Keeper

	t      testing.TB
	ahead  atomic.Int64
	engine *screening.Engine
	log    *slog.Logger
}

// Now is the clock of the stage.
func Now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// now is the stage's clock with what Advance has put it forward.
func (s *Stage) now() time.Time { return Now().Add(time.Duration(s.ahead.Load())) }

// Advance puts the clock of decisions, penalties and hearings forward; pages and
// sessions keep the real one.
func (s *Stage) Advance(d time.Duration) { s.ahead.Add(int64(d)) }

// New builds the stage in a temporary folder and fills it.
func New(t testing.TB) *Stage {
	t.Helper()
	s := &Stage{t: t, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.open()
	s.fill()
	return s
}

// Empty builds the stage without anything on it but an administrator.
func Empty(t testing.TB) *Stage {
	t.Helper()
	s := &Stage{t: t, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.open()
	s.account(access.Admin, "")
	s.account(access.Reviewer, "")
	return s
}

func (s *Stage) open() {
	s.t.Helper()
	var err error
	s.Store, err = store.Open(s.t.Context(), "sqlite:"+filepath.Join(s.t.TempDir(), "assay.db"), store.Options{Migrate: true})
	s.must(err)
	s.t.Cleanup(func() { _ = s.Store.Close() })
	s.Blobs, err = blob.Open(s.t.Context(), "mem:")
	s.must(err)
	s.Gate = &access.Gate{Store: s.Store, Now: Now, Ledger: s.Store, Atomic: s.Store.Atomic}
	s.Keeper = &registry.Keeper{Store: s.Store, Sellers: s.Store, Blobs: s.Blobs, Ledger: s.Store, Now: Now, Atomic: s.Store.Atomic}
	s.Ladder = &enforcement.Ladder{Store: s.Store, Queue: s.Store.Jobs(), Now: s.now}
	s.Desk = &casefile.Desk{Store: s.Store, Now: s.now, Keeper: s.Keeper}
	s.Desk.Followers = append(s.Desk.Followers, s.Ladder, &similar.Follower{Store: s.Store, Now: Now}, &notice.Follower{Store: s.Store, Now: Now})
	s.Clerk = hearing.Join(s.Desk, s.Store, s.Ladder, s.notices, s.now)
	s.Similar = similar.New(s.Store, s.Desk, Now)
	s.Notices = notice.NewService(s.Store, casefile.Reception{Teams: s.Store}, Now)
	s.Intake = &intake.Intake{Store: s.Store, Blobs: s.Blobs, Queue: s.Store.Jobs(), Now: Now}
	s.engine, err = screening.NewEngine(policy.Default(), nil, s.log)
	s.must(err)
	s.Follower = &screening.Follower{Library: s.engine.Library, Store: s.Store, Blobs: s.Blobs, Log: s.log}
	s.Service = &screening.Service{Engine: s.engine, Store: s.Store, Blobs: s.Blobs, Now: Now, Log: s.log, CatchUp: s.Follower.CatchUp}
	s.Walker = &search.Walker{Store: s.Store, Now: time.Now}
	s.Searches = &search.Keeper{Store: s.Store, Now: Now, Atomic: s.Store.Atomic}
	s.Service.Cure = s.Clerk.Cure
	s.Service.Watch = &search.Watch{Store: s.Store, Now: Now, Log: s.log}
	s.Console = console.New(s.Deps())
}

// Deps is what the console of the stage is built from.
func (s *Stage) Deps() console.Deps {
	return console.Deps{Store: s.Store, Blobs: s.Blobs, Queue: s.Store.Jobs(), Gate: s.Gate, Keeper: s.Keeper, Desk: s.Desk, Ladder: s.Ladder, Clerk: s.Clerk, Bench: &trial.Bench{Store: s.Store, Queue: s.Store.Jobs(), Now: Now}, Intake: s.Intake,
		Screener: s.Service, Walker: s.Walker, Searches: s.Searches, Similar: s.Similar, Notices: s.Notices, Logger: s.log, Now: Now, Version: "test", Detectors: s.engine.Names, PlainHTTP: true, MaxUpload: 64 << 20}
}

// Work runs the jobs of the stage until the test ends.
func (s *Stage) Work() *river.Runner {
	s.t.Helper()
	s.must(s.Follower.Load(s.t.Context()))
	r, err := river.New(s.Store, river.Options{Workers: 2, Timeout: time.Minute, Log: s.log, Handlers: map[string]job.Handler{
		enforcement.ShopJob: s.Ladder.Shop, enforcement.TendJob: s.Ladder.Tend, hearing.TendJob: s.Clerk.Tend,
		intake.ScreenJob: s.Service.Screen, intake.FetchJob: s.Intake.FetchPicture, intake.FeedJob: s.Intake.ImportFeed}})
	s.must(err)
	s.must(r.Start(context.WithoutCancel(s.t.Context())))
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = r.Stop(ctx)
	})
	return r
}

// notices are those of the store, and what Complained puts in their place.
func (s *Stage) notices(ctx context.Context, c casefile.Case) ([]statement.Notice, error) {
	if id := s.Complained[c.ListingID]; id != "" {
		return []statement.Notice{{ID: "notice-" + c.ListingID, HolderID: id, Source: statement.Noticed, Said: "This is our mark.", At: c.CreatedAt}}, nil
	}
	return hearing.NoticesIn(s.Store)(ctx, c)
}

// Email is the address of a role's account.
func Email(role access.Role) string { return string(role) + "@stage.example" }

// hash is costly on purpose, so all accounts of all stages share one.
var hash = sync.OnceValue(func() string {
	h, err := access.HashPassword(Password)
	if err != nil {
		panic(err)
	}
	return h
})

func (s *Stage) account(role access.Role, org string) {
	s.t.Helper()
	s.must(s.Store.PutAccount(s.t.Context(), access.Account{ID: "account-" + string(role), Email: Email(role), Name: "The " + string(role), Role: role, OrgID: org,
		PasswordHash: hash(), CreatedAt: Now(), UpdatedAt: Now()}))
}

func (s *Stage) policy() {
	s.t.Helper()
	p := policy.Default()
	s.must(s.Store.PutPolicy(s.t.Context(), verdict.Version{ID: p.ID(), Source: string(policy.DefaultSource()), ActorID: "system", CreatedAt: Now()}))
	s.must(s.Store.ActivatePolicy(s.t.Context(), p.ID()))
}

func (s *Stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Package api is the door for programs: a JSON API under /api/v1, described
// by OpenAPI 3.1, with the pages and probes an operator needs beside it.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/hearing"
	"assay/internal/job"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/signal/outside"
	"assay/internal/similar"
	"assay/internal/statement"
	"assay/internal/trial"
	"assay/internal/verdict"
)

// Store is what this door reads and writes.
type Store interface {
	registry.Store
	seller.Store
	listing.Store
	verdict.Store
	casefile.Store
	enforcement.Store
	ledger.Store
	statement.Store
	hearing.Store
	access.Store
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Screener answers before publication.
type Screener interface {
	// DryRun screens a row without storing it.
	DryRun(ctx context.Context, sellerID string, row listing.Row) (verdict.Verdict, error)
	// Ready is nil once the detectors know the registry.
	Ready(ctx context.Context) error
}

// Limits bound what callers may ask for. Zero fields mean the default.
type Limits struct {
	Requests    float64       // a second and principal; 50
	Burst       int           // requests at once; 100
	Body        int64         // bytes of a JSON body; 2 MiB
	Picture     int64         // bytes of one picture; 32 MiB
	Feed        int64         // bytes of one feed file; 1 GiB
	FeedArchive int64         // bytes of the pictures sent with a feed, unpacked; 4 GiB
	Row         int           // bytes of one row of a bulk upload; 1 MiB
	Batch       int           // rows of a bulk upload in one transaction; 100
	Time        time.Duration // for one ordinary request; 30 s
	LongTime    time.Duration // for one upload of a feed or check of the ledger; 30 min
	Idle        time.Duration // a bulk upload may pause; 60 s
}

func (l Limits) withDefaults() Limits {
	or(&l.Requests, 50)
	or(&l.Burst, 100)
	or(&l.Body, 2<<20)
	or(&l.Picture, 32<<20)
	or(&l.Feed, 1<<30)
	or(&l.FeedArchive, 4<<30)
	or(&l.Row, 1<<20)
	or(&l.Batch, 100)
	or(&l.Time, 30*time.Second)
	or(&l.LongTime, 30*time.Minute)
	or(&l.Idle, time.Minute)
	return l
}

func or[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Deps is what the door needs of the rooms behind it.
type Deps struct {
	Store    Store
	Bench    *trial.Bench // keeps and tries policies
	Blobs    *blob.Store
	Queue    job.Queue
	Gate     *access.Gate
	Keeper   *registry.Keeper
	Desk     *casefile.Desk
	Intake   *intake.Intake
	Screener Screener
	Learnt   func() []registry.Tally // how many assets this process looks for; optional
	Walker   *search.Walker          // runs searches
	Searches *search.Keeper          // keeps searches and their alerts
	Similar  *similar.Service        // goods that are decided together
	Notices  *notice.Service         // what people outside say
	Ladder   *enforcement.Ladder
	Clerk    *hearing.Clerk
	Logger   *slog.Logger
	Now      func() time.Time
	Limits   Limits
	Version  string
	// Jobs counts the queue for the metrics; nil leaves them out.
	Jobs func(ctx context.Context) (job.Counts, error)
	// Outside is the operator's own vision service; nil when there is none.
	Outside *outside.Eye
}

// API is the door.
type API struct {
	d      Deps
	mux    *http.ServeMux
	huma   huma.API
	routes []access.Route
	rates  rates
	flying flights
	meter  *meter
}

// New opens the door: it registers every operation.
func New(d Deps) *API {
	d.Limits = d.Limits.withDefaults()
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	a := &API{d: d, mux: http.NewServeMux(), meter: newMeter(d)}
	a.rates.perSecond, a.rates.burst = d.Limits.Requests, d.Limits.Burst
	a.huma = huma.NewAPI(describe(d.Version), (*mount)(a))
	a.registerMe()
	a.registerRegistry()
	a.registerBrakes()
	a.registerPrecision()
	a.registerSpellings()
	a.registerSellers()
	a.registerPictures()
	a.registerListings()
	a.registerBulk()
	a.registerFeeds()
	a.registerScreenings()
	a.registerCases()
	a.registerHandling()
	a.registerDesks()
	a.registerSimilar()
	a.registerNotices()
	a.registerSearches()
	a.registerEnforcement()
	a.registerLadders()
	a.registerStatements()
	a.registerHearings()
	a.registerPolicies()
	a.registerAccounts()
	a.registerLedger()
	a.tellSchemas()
	a.registerDocs()
	a.registerHealth()
	return a
}

// Handler serves everything: /api/v1, /openapi.json, /openapi.yaml, /docs,
// /healthz, /readyz and /metrics.
func (a *API) Handler() http.Handler { return a.watch(http.HandlerFunc(a.serve)) }

// Routes are all ways in, with what they need.
func (a *API) Routes() []access.Route { return slices.Clone(a.routes) }

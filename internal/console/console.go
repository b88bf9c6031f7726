// Package console is the door for people: server-rendered pages with a little
// script of our own, all embedded.
package console

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

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
	"assay/internal/similar"
	"assay/internal/statement"
	"assay/internal/trial"
	"assay/internal/verdict"
)

// Store is what the pages read. What they change goes through Gate, Keeper,
// Desk and Intake, except for sellers and feeds, which have no keeper.
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
	// FirstPictures are the hashes of the first stored picture of revisions.
	FirstPictures(ctx context.Context, revisionIDs []string) (map[string]string, error)
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Screener answers what would happen to a listing that is not stored yet.
type Screener interface {
	DryRun(ctx context.Context, sellerID string, row listing.Row) (verdict.Verdict, error)
}

// DemoAccount is one that the sign-in page offers with one click.
type DemoAccount struct {
	Email, Password string
	Role            access.Role
}

// Deps is what the console is built from. Everything is required unless it
// says otherwise.
type Deps struct {
	Store    Store
	Blobs    *blob.Store
	Queue    job.Queue
	Gate     *access.Gate
	Keeper   *registry.Keeper
	Desk     *casefile.Desk
	Bench    *trial.Bench // keeps and tries policies
	Intake   *intake.Intake
	Screener Screener
	Walker   *search.Walker   // runs searches
	Searches *search.Keeper   // keeps searches and their alerts
	Similar  *similar.Service // goods that are decided together
	Notices  *notice.Service  // what people outside say
	Ladder   *enforcement.Ladder
	Clerk    *hearing.Clerk
	Logger   *slog.Logger
	Now      func() time.Time
	Version  string
	// Detectors names, with versions, what looks at listings; optional.
	Detectors func() []string
	// Learnt is how many assets this process looks for, for the overview; optional.
	Learnt func() []registry.Tally
	// Jobs counts background work for the overview; optional.
	Jobs func(ctx context.Context) (job.Counts, error)
	// Demo offers DemoAccounts on the sign-in page. Never with real data.
	Demo         bool
	DemoAccounts []DemoAccount
	// PlainHTTP sends cookies without Secure, for installations that are
	// reached without TLS under another name than localhost.
	PlainHTTP bool
	// MaxUpload bounds one uploaded feed or picture archive in bytes; 0 means 2 GiB.
	MaxUpload int64
}

// Console serves the pages.
type Console struct {
	Deps
	sessions *scs.SessionManager
	static   *static
	pages    *voices
	thumbs   *thumbs
	routes   []route
}

// New builds the console. It panics when an embedded template is broken,
// which the tests of this package would have found.
func New(d Deps) *Console {
	if d.MaxUpload == 0 {
		d.MaxUpload = 2 << 30
	}
	c := &Console{Deps: d, sessions: newSessions(d), static: newStatic(), thumbs: newThumbs(d.Blobs)}
	c.pages = newVoices(c.static)
	c.routes = c.table()
	return c
}

// Handler is everything: pages, pictures, scripts and styles.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range c.routes {
		mux.Handle(rt.Method+" "+rt.Pattern, c.guard(rt))
	}
	mux.Handle("/", c.guard(route{Route: access.Route{Pattern: "/", Public: true}, serve: c.nowhere}))
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(c.guard(route{Route: access.Route{Pattern: "/", Public: true}, serve: c.crossOrigin}))
	pages := c.sessions.LoadAndSave(origin.Handler(mux))
	root := http.NewServeMux()
	root.Handle("GET /static/{version}/{name}", c.static)
	root.Handle("/", pages)
	return secure(c.recovered(root))
}

// secure sets the headers that hold for every answer. Style and script come
// from files of our own only.
func secure(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into a log line and a plain answer.
func (c *Console) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			c.Logger.Error("console panic", "path", r.URL.Path, "cause", v)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

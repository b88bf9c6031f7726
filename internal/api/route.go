package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"assay/internal/access"
	"assay/internal/fault"
)

const base = "/api/v1"

// way is what an operation says about itself beyond OpenAPI. It travels in
// huma.Operation.Metadata, so that none can be registered without it.
type way struct {
	permission    access.Permission // "" means anybody who is known
	replays       bool              // an Idempotency-Key is honoured
	replaysItself bool              // the same, but the operation sees to it
	secret        bool              // its answer or body must not be kept, so it takes no Idempotency-Key
	status        int               // of success, when it is not 200 or 204
	long          bool              // may take Limits.LongTime
	open          bool              // reads and writes at its own pace and sets its own deadlines
}

const wayKey = "way"

// deed describes an operation: its name, method and path below base.
func deed(id, method, path, tag, summary, description string, w way) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: base + path, Tags: []string{tag}, Summary: summary,
		Description: description, Metadata: map[string]any{wayKey: w}, Errors: errorsOf(method, w),
		BodyReadTimeout: -1, DefaultStatus: w.status, Security: []map[string][]string{{"key": {}}}}
	if w.permission != "" {
		o.Description = strings.TrimSpace(o.Description + "\n\nNeeds the scope `" + string(w.permission) + "`.")
	}
	if w.replays || w.replaysItself {
		o.Parameters = append(o.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header",
			Description: "Your own name for this request (1 to 200 printable characters). Sent again with the same body, it gives the first answer and does nothing.",
			Schema:      &huma.Schema{Type: huma.TypeString}})
	}
	return o
}

func errorsOf(method string, w way) []int {
	codes := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests}
	if method != http.MethodGet {
		codes = append(codes, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return codes
}

// handle registers an operation whose errors are faults.
func handle[I, O any](a *API, o huma.Operation, do func(ctx context.Context, in *I) (*O, error)) {
	o.MaxBodyBytes = a.d.Limits.Body
	huma.Register(a.huma, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// mount is the adapter of the framework: it puts every operation behind guard.
type mount API

// Handle implements huma.Adapter.
func (m *mount) Handle(o *huma.Operation, do func(huma.Context)) {
	a := (*API)(m)
	w, ok := o.Metadata[wayKey].(way)
	if !ok {
		panic("operation " + o.OperationID + " does not say who may do it")
	}
	rt := access.Route{Method: o.Method, Pattern: o.Path, Permission: w.permission}
	next := http.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { do(humago.NewContext(o, r, rw)) }))
	a.mount(rt, a.timed(w, a.replayed(w, next)))
}

// ServeHTTP implements huma.Adapter.
func (m *mount) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// mount adds one route, guarded.
func (a *API) mount(rt access.Route, next http.Handler) {
	a.routes = append(a.routes, rt)
	a.mux.Handle(rt.Method+" "+rt.Pattern, a.guard(rt, next))
}

// guard lets through who may pass.
func (a *API) guard(rt access.Route, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.Public {
			next.ServeHTTP(w, r)
			return
		}
		p, err := a.caller(r)
		if err != nil {
			writeProblem(w, a.problem(r.Context(), err))
			return
		}
		visitOf(r.Context()).principal = p.ID
		if !a.rates.allow(p.ID, a.d.Now()) {
			writeProblem(w, newProblem(r.Context(), tooMany, "this key sends too many requests; slow down, or use the bulk and feed uploads"))
			return
		}
		if !rt.Admits(p, true) {
			writeProblem(w, newProblem(r.Context(), fault.Forbidden, "this key may not do that; it needs the scope "+string(rt.Permission)+" and a role that has it"))
			return
		}
		next.ServeHTTP(w, r.WithContext(access.With(r.Context(), p)))
	})
}

// caller is who asks. Keys only: a browser's session never opens this door,
// so no page can be made to use it.
func (a *API) caller(r *http.Request) (access.Principal, error) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return access.Principal{}, fault.New(fault.Unauthenticated, "send an API key: Authorization: Bearer assay_...")
	}
	return a.d.Gate.Key(r.Context(), strings.TrimSpace(secret))
}

// timed bounds how long a request may take, on the wire and behind it.
func (a *API) timed(w way, next http.Handler) http.Handler {
	if w.open {
		return next
	}
	limit := a.d.Limits.Time
	if w.long {
		limit = a.d.Limits.LongTime
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		c := http.NewResponseController(rw)
		_ = c.SetReadDeadline(time.Now().Add(limit)) // not every writer can; then the context alone bounds it
		_ = c.SetWriteDeadline(time.Now().Add(limit + 10*time.Second))
		next.ServeHTTP(rw, r.WithContext(ctx))
	})
}

// serve answers what the table of routes does not know as problems too.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	if _, pattern := a.mux.Handler(r); pattern != "" {
		a.mux.ServeHTTP(w, r)
		return
	}
	probe := refusal{header: http.Header{}}
	a.mux.ServeHTTP(&probe, r)
	switch probe.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.header.Get("Allow"))
		writeProblem(w, newProblem(r.Context(), badMethod, "this address does not take "+r.Method+"; it takes "+probe.header.Get("Allow")))
	default:
		writeProblem(w, newProblem(r.Context(), fault.NotFound, "there is nothing at this address; see /docs"))
	}
}

// refusal catches how the table of routes refuses.
type refusal struct {
	header http.Header
	status int
}

func (p *refusal) Header() http.Header         { return p.header }
func (p *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (p *refusal) WriteHeader(status int)      { p.status = status }

// me is the caller; guard has put him there.
func me(ctx context.Context) access.Principal {
	p, _ := access.From(ctx)
	return p
}

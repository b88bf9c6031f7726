package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/message"
)

// visit is what is known of one request, for the log and for problems.
type visit struct {
	id        string
	language  string
	principal string // id, "" when nobody is known
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{language: "en"}
}

func (v *visit) title(code fault.Code) string {
	if p := message.For(v.language); p.Has("fault." + string(code)) {
		return p.T("fault." + string(code))
	}
	return http.StatusText(statusOf[code])
}

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func newVisit(r *http.Request) *visit {
	v := &visit{id: r.Header.Get("X-Request-Id"), language: message.Match(r.Header.Get("Accept-Language"))}
	if !requestIDForm.MatchString(v.id) {
		v.id = uuid.Must(uuid.NewV7()).String()
	}
	return v
}

// watched is a response that remembers how it went.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// watch surrounds every request: an id, safe headers, an answer even to a
// panic, one line in the log and one count in the metrics.
func (a *API) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(plain http.ResponseWriter, r *http.Request) {
		start := time.Now()
		v := newVisit(r)
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		w := &watched{ResponseWriter: plain}
		h := w.Header()
		h.Set("X-Request-Id", v.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		defer func() {
			failure := recover()
			if failure != nil && failure != http.ErrAbortHandler {
				a.d.Logger.LogAttrs(r.Context(), slog.LevelError, "request panicked", slog.String("request", v.id),
					slog.String("panic", fmt.Sprint(failure)), slog.String("stack", string(debug.Stack())))
				if w.status == 0 {
					writeProblem(w, newProblem(r.Context(), fault.Internal, "something went wrong on our side; quote the request id if it stays"))
					failure = nil
				}
			}
			a.note(r, w, v, time.Since(start))
			if failure != nil { // half an answer is out: cut it, so that nobody takes it for whole
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// note writes the log line: routes and ids, no addresses, queries or bodies.
func (a *API) note(r *http.Request, w *watched, v *visit, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "unmatched"
	}
	a.meter.request(route, w.status, took)
	level := slog.LevelInfo
	if w.status >= 500 {
		level = slog.LevelWarn
	}
	a.d.Logger.LogAttrs(r.Context(), level, "request", slog.String("request", v.id), slog.String("route", route),
		slog.Int("status", w.status), slog.Int64("bytes", w.bytes), slog.Duration("took", took), slog.String("principal", v.principal))
}

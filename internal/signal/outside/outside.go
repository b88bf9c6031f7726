// Package outside asks a vision service of the operator's own: an embedding or
// a detector on a GPU that speaks the small HTTP interface of docs/outside.md.
// It is an eye like the built-in ones, and never in their way: answers are
// bounded in time and size, every value is checked, and a service that is down
// is not asked again until it may have come back.
package outside

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/fault"
	"assay/internal/signal"
)

// UsualTimeout is what the service has for one picture unless Options say
// otherwise.
const UsualTimeout = 2 * time.Second

// Options say how to reach the service.
type Options struct {
	URL      string        // where pictures are sent: http or https
	Token    string        // sent as a bearer token; "" sends none
	Timeout  time.Duration // for one picture; 0 means UsualTimeout
	MinScore float64       // findings below are left out, 0..1
	// Required says that a listing which the service could not look at needs a
	// person, even while the service is known to be down.
	Required bool
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: slog.Default()
}

// Eye asks the service about pictures. It is a signal.PictureDetector and a
// signal.Learner, and safe for concurrent use.
type Eye struct {
	o       Options
	client  *http.Client
	breaker breaker

	mu     sync.RWMutex
	assets map[string]asset
	labels map[string][]string // label in lower case -> asset ids

	answered, failed, away atomic.Int64
	dropped                [reasons]atomic.Int64
	lastError              atomic.Pointer[string]
}

// asset is what is needed of an asset to make a finding a signal.
type asset struct{ label, brand, right, picture string }

// New is an eye that knows no asset yet. Options that cannot work are
// fault.Invalid.
func New(o Options) (*Eye, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.New(fault.Invalid, "the outside service needs an address like http://127.0.0.1:9000/look, not %q", o.URL)
	}
	if o.MinScore < 0 || o.MinScore > 1 {
		return nil, fault.New(fault.Invalid, "the least score of the outside service lies between 0 and 1, not at %v", o.MinScore)
	}
	if o.Timeout == 0 {
		o.Timeout = UsualTimeout
	}
	if o.Timeout < 0 || o.Timeout > time.Minute {
		return nil, fault.New(fault.Invalid, "the outside service may take up to a minute for a picture, not %s", o.Timeout)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	way := http.DefaultTransport.(*http.Transport).Clone()
	way.MaxIdleConnsPerHost, way.DisableCompression = 32, true
	return &Eye{o: o, breaker: newBreaker(o.Now), assets: map[string]asset{}, labels: map[string][]string{},
		client: &http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Name implements signal.PictureDetector. The service's own model is named in
// each signal: "outside/1 badges-7".
func (*Eye) Name() string { return "outside/1" }

// Learn remembers what a finding must name; the service itself learns assets
// through the API, see docs/outside.md.
func (e *Eye) Learn(_ context.Context, k signal.Known) error {
	if k.Asset.ID == "" {
		return nil
	}
	e.Forget(k.Asset.ID)
	a := asset{label: fold(k.Asset.Label), brand: k.Asset.BrandID, right: k.Asset.RightID, picture: k.Asset.Picture}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.assets[k.Asset.ID] = a
	if a.label != "" {
		e.labels[a.label] = append(e.labels[a.label], k.Asset.ID)
	}
	return nil
}

// Forget implements signal.Learner.
func (e *Eye) Forget(assetID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, ok := e.assets[assetID]
	if !ok {
		return
	}
	delete(e.assets, assetID)
	others := slices.DeleteFunc(e.labels[a.label], func(id string) bool { return id == assetID })
	if len(others) == 0 {
		delete(e.labels, a.label)
	} else {
		e.labels[a.label] = others
	}
}

func fold(label string) string { return strings.ToLower(strings.TrimSpace(label)) }

// find gives the asset of an id, or of a label that one asset alone bears.
func (e *Eye) find(id, label string) (string, asset, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if ids := e.labels[fold(label)]; id == "" && len(ids) == 1 {
		id = ids[0]
	}
	a, ok := e.assets[id]
	return id, a, ok
}

// Look implements signal.PictureDetector. While the service is known to be
// down it answers signal.ErrAway at once, unless the service is required.
func (e *Eye) Look(ctx context.Context, p *signal.LoadedPicture) ([]signal.Signal, error) {
	probe, ok := e.breaker.enter()
	if !ok {
		return nil, e.gone(errOpen)
	}
	found, err := e.ask(ctx, p)
	var refusal refused
	switch {
	case err != nil && ctx.Err() != nil: // whoever asked has gone; that says nothing of the service
		e.breaker.leave(probe, nothingLearnt)
		return nil, ctx.Err()
	case err == nil || errors.As(err, &refusal):
		e.answered.Add(1)
		if e.breaker.leave(probe, answered) {
			e.o.Log.Info("the outside vision service is back")
		}
		return found, err
	}
	e.failed.Add(1)
	text := err.Error()
	e.lastError.Store(&text)
	if e.breaker.leave(probe, failed) {
		e.o.Log.Warn("the outside vision service is away; listings are screened without it", "for", pause, "required", e.o.Required, "error", err)
	}
	if probe {
		return nil, e.gone(err)
	}
	return nil, err
}

var errOpen = errors.New("the outside service is known to be down")

// gone is what becomes of a picture that the service is known not to see.
func (e *Eye) gone(why error) error {
	e.away.Add(1)
	if e.o.Required {
		return why
	}
	return fmt.Errorf("%w: %w", signal.ErrAway, why)
}

// Status is how the service is doing, for doctor and metrics.
type Status struct {
	State     State
	Answered  int64 // pictures
	Failed    int64 // requests without a usable answer
	Away      int64 // pictures it did not see because it was known to be down
	Dropped   map[string]int64
	LastError string
}

// Status counts since the start of this process.
func (e *Eye) Status() Status {
	s := Status{State: e.breaker.state(), Answered: e.answered.Load(), Failed: e.failed.Load(), Away: e.away.Load(), Dropped: map[string]int64{}}
	for r, name := range reasonNames {
		s.Dropped[name] = e.dropped[r].Load()
	}
	if text := e.lastError.Load(); text != nil {
		s.LastError = *text
	}
	return s
}

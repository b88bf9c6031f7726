package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal/outside"
	"assay/internal/verdict"
)

// registerHealth adds what an operator's machines ask. Metrics need a key with
// system:read: a door that trusted its own machine's address would be open to
// everybody behind a proxy on it.
func (a *API) registerHealth() {
	a.mount(access.Route{Method: http.MethodGet, Pattern: "/healthz", Public: true}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok\n")
	}))
	a.mount(access.Route{Method: http.MethodGet, Pattern: "/readyz", Public: true}, http.HandlerFunc(a.ready))
	metrics := promhttp.HandlerFor(a.meter.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 3, Timeout: 20 * time.Second})
	a.mount(access.Route{Method: http.MethodGet, Pattern: "/metrics", Permission: access.SystemRead}, metrics)
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the reader has gone; nothing is left to do
}

// ready says whether requests can be answered: the database is there and the
// detectors know the registry.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	_, err := a.d.Store.ChangeHead(ctx)
	what := "database"
	if err == nil {
		what, err = "detectors", a.d.Screener.Ready(ctx)
	}
	if err != nil {
		a.d.Logger.LogAttrs(r.Context(), slog.LevelWarn, "not ready", slog.String("what", what), slog.Any("error", err))
		writeProblem(w, newProblem(r.Context(), fault.Unavailable, "not ready: "+what))
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

// meter counts what passes through the door, and looks at the store when it
// is read.
type meter struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	verdicts *prometheus.CounterVec
}

func newMeter(d Deps) *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "assay_http_request_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}}, []string{"route", "status"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "assay_verdicts_total", Help: "Verdicts given by this process, by decision."}, []string{"decision"}),
	}
	for _, decision := range []verdict.Decision{verdict.Pass, verdict.Review, verdict.Block} {
		m.verdicts.WithLabelValues(string(decision))
	}
	m.registry.MustRegister(m.requests, m.verdicts, tally{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meter) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// CountVerdict counts a verdict for the metrics; screening calls it.
func (a *API) CountVerdict(v verdict.Verdict) {
	a.meter.verdicts.WithLabelValues(string(v.Decision)).Inc()
}

// tally reads figures from the store when somebody asks for the metrics.
type tally struct{ d Deps }

var (
	listingsDesc = prometheus.NewDesc("assay_listings", "Listings, by status.", []string{"status"}, nil)
	brakesDesc   = prometheus.NewDesc("assay_braked_assets", "Assets that match far too much and wait for a person.", nil, nil)
	assetsDesc   = prometheus.NewDesc("assay_assets", "Assets that this process looks for, by kind and by how far they are sought.", []string{"kind", "sought"}, nil)
	meantDesc    = prometheus.NewDesc("assay_assets_meant", "Assets sought inside pictures that one process is meant for.", []string{"kind"}, nil)
	jobsDesc     = prometheus.NewDesc("assay_jobs", "Jobs, by state.", []string{"state"}, nil)

	outsideStateDesc    = prometheus.NewDesc("assay_outside_state", "Breaker of the operator's own vision service: 1 for the state it is in.", []string{"state"}, nil)
	outsidePicturesDesc = prometheus.NewDesc("assay_outside_pictures_total", "Pictures for that service, by what became of them.", []string{"result"}, nil)
	outsideDroppedDesc  = prometheus.NewDesc("assay_outside_dropped_total", "Findings of that service that could not be used, by reason.", []string{"reason"}, nil)
)

// Describe implements prometheus.Collector.
func (t tally) Describe(out chan<- *prometheus.Desc) {
	out <- listingsDesc
	out <- brakesDesc
	out <- jobsDesc
	out <- assetsDesc
	out <- meantDesc
	if t.d.Outside != nil {
		out <- outsideStateDesc
		out <- outsidePicturesDesc
		out <- outsideDroppedDesc
	}
}

// collectOutside tells how the operator's own vision service is doing.
func (t tally) collectOutside(out chan<- prometheus.Metric) {
	if t.d.Outside == nil {
		return
	}
	s := t.d.Outside.Status()
	for _, state := range outside.States {
		n := 0.0
		if state == s.State {
			n = 1
		}
		out <- prometheus.MustNewConstMetric(outsideStateDesc, prometheus.GaugeValue, n, string(state))
	}
	count := func(d *prometheus.Desc, n int64, label string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), label)
	}
	count(outsidePicturesDesc, s.Answered, "answered")
	count(outsidePicturesDesc, s.Failed, "failed")
	count(outsidePicturesDesc, s.Away, "away")
	for reason, n := range s.Dropped {
		count(outsideDroppedDesc, n, reason)
	}
}

// collectAssets tells how many assets are looked for, beside how many are meant.
func (t tally) collectAssets(out chan<- prometheus.Metric) {
	if t.d.Learnt == nil {
		return
	}
	for _, n := range t.d.Learnt() {
		out <- prometheus.MustNewConstMetric(assetsDesc, prometheus.GaugeValue, float64(n.Count), string(n.Kind), string(n.Sought))
	}
	out <- prometheus.MustNewConstMetric(meantDesc, prometheus.GaugeValue, float64(registry.Meant.Marks), "mark")
	out <- prometheus.MustNewConstMetric(meantDesc, prometheus.GaugeValue, float64(registry.Meant.Photographs), "photograph")
}

// Collect implements prometheus.Collector.
func (t tally) Collect(out chan<- prometheus.Metric) {
	t.collectOutside(out)
	t.collectAssets(out)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, n int, label string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), label)
	}
	listings, err := t.d.Store.CountListings(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(listingsDesc, err)
	}
	for status, n := range listings {
		gauge(listingsDesc, n, string(status))
	}
	if braked, err := t.d.Store.CountBrakes(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(brakesDesc, err)
	} else {
		out <- prometheus.MustNewConstMetric(brakesDesc, prometheus.GaugeValue, float64(braked))
	}
	if t.d.Jobs == nil {
		return
	}
	jobs, err := t.d.Jobs(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(jobsDesc, err)
		return
	}
	gauge(jobsDesc, jobs.Waiting, "waiting")
	gauge(jobsDesc, jobs.Running, "running")
	gauge(jobsDesc, jobs.Failed, "failed")
	gauge(jobsDesc, jobs.Done, "done")
}

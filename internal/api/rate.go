package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limits how often each principal may ask. It is held in memory, per
// process; there are as many entries as keys in use.
type rates struct {
	perSecond float64
	burst     int

	mu sync.Mutex
	of map[string]*rate.Limiter
}

// maxRates bounds the table; beyond it everybody starts afresh.
const maxRates = 50_000

func (r *rates) allow(id string, now time.Time) bool {
	r.mu.Lock()
	if r.of == nil || len(r.of) > maxRates {
		r.of = map[string]*rate.Limiter{}
	}
	l, ok := r.of[id]
	if !ok {
		l = rate.NewLimiter(rate.Limit(r.perSecond), r.burst)
		r.of[id] = l
	}
	r.mu.Unlock()
	return l.AllowN(now, 1)
}

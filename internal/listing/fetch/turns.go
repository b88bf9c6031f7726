package fetch

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

const maxHosts = 4096 // hosts remembered; then the pacing begins anew

// turns paces the requests to each host.
type turns struct {
	perSecond float64
	mu        sync.Mutex
	hosts     map[string]*rate.Limiter
}

func newTurns(perSecond float64) *turns {
	return &turns{perSecond: perSecond, hosts: make(map[string]*rate.Limiter)}
}

func (t *turns) wait(ctx context.Context, host string) error {
	if t.perSecond < 0 {
		return ctx.Err()
	}
	return t.of(strings.ToLower(host)).Wait(ctx)
}

func (t *turns) of(host string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.hosts[host]
	if l == nil {
		if len(t.hosts) >= maxHosts {
			clear(t.hosts)
		}
		l = rate.NewLimiter(rate.Limit(t.perSecond), max(1, int(2*t.perSecond)))
		t.hosts[host] = l
	}
	return l
}

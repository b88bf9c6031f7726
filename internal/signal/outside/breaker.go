package outside

import (
	"sync"
	"time"
)

// The breaker opens after this many failures in a row, and lets one picture
// try again after each pause.
const (
	openAfter = 5
	pause     = 30 * time.Second
)

// State of the breaker.
type State string

const (
	Closed   State = "closed"    // the service is asked
	Open     State = "open"      // it is not
	HalfOpen State = "half_open" // the next picture tries, or is trying
)

// States lists all of them.
var States = []State{Closed, HalfOpen, Open}

// outcome is what a request taught about the service.
type outcome int

const (
	answered outcome = iota
	failed
	nothingLearnt
)

// breaker keeps a dead service from being asked (M. Nygard, Release It!).
type breaker struct {
	now func() time.Time

	mu       sync.Mutex
	failures int       // in a row; at openAfter it is open
	tryAt    time.Time // when an open one lets somebody try
	trying   bool
}

func newBreaker(now func() time.Time) breaker { return breaker{now: now} }

// enter reports whether the service may be asked now, and whether as a probe.
// Whoever enters must leave.
func (b *breaker) enter() (probe, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < openAfter {
		return false, true
	}
	if b.trying || b.now().Before(b.tryAt) {
		return false, false
	}
	b.trying = true
	return true, true
}

// leave reports whether the service has just gone or come back.
func (b *breaker) leave(probe bool, o outcome) (turned bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.trying = false
	}
	open := b.failures >= openAfter
	switch {
	case o == answered:
		b.failures = 0
		return open
	case o == failed && open:
		if probe {
			b.tryAt = b.now().Add(pause)
		}
	case o == failed:
		b.failures++
		if b.failures == openAfter {
			b.tryAt = b.now().Add(pause)
			return true
		}
	}
	return false
}

func (b *breaker) state() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.failures < openAfter:
		return Closed
	case b.trying || !b.now().Before(b.tryAt):
		return HalfOpen
	}
	return Open
}

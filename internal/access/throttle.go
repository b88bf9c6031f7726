package access

import (
	"net/netip"
	"sync"
	"time"
)

// throttle counts tries per name in leaky buckets: each name has so many
// tries at once and gets them back evenly over refill. It is held in memory:
// a restart forgives, which costs an attacker more than it gives.
type throttle struct {
	refill time.Duration
	names  int // names remembered at most

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	used float64
	size float64
	at   time.Time
}

func (t *throttle) level(b bucket, now time.Time) float64 {
	back := now.Sub(b.at).Seconds() / t.refill.Seconds() * b.size
	return max(0, b.used-max(0, back))
}

// take uses up one try of name and reports whether there was one left.
func (t *throttle) take(name string, size int, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buckets == nil {
		t.buckets = map[string]bucket{}
	}
	b, known := t.buckets[name]
	if !known {
		t.makeRoom(now)
	}
	b.size = float64(size)
	b.used = t.level(b, now)
	b.at = now
	ok := b.used+1 <= b.size
	if ok {
		b.used++
	}
	t.buckets[name] = b
	return ok
}

// giveBack returns the try that take used, because it was a good one.
func (t *throttle) giveBack(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b, ok := t.buckets[name]; ok {
		b.used = max(0, b.used-1)
		t.buckets[name] = b
	}
}

// makeRoom forgets names that have all their tries back, and when a flood of
// names has left none of those, any one.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.buckets) < t.names {
		return
	}
	for name, b := range t.buckets {
		if t.level(b, now) == 0 {
			delete(t.buckets, name)
		}
	}
	for name := range t.buckets {
		if len(t.buckets) < t.names {
			return
		}
		delete(t.buckets, name)
	}
}

// network is the part of an address that one customer usually has for himself:
// all of an IPv4 address, the first 64 bits of an IPv6 address.
func network(ip string) string {
	if host, err := netip.ParseAddrPort(ip); err == nil {
		ip = host.Addr().String()
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return p.String()
}

package screening

import (
	"container/list"
	"sync"

	"assay/internal/signal"
)

// looks remembers what the eyes said of the newest pictures, by their bytes:
// shops show the same picture in many listings. A change of the registry
// makes it forget.
type looks struct {
	mu    sync.Mutex
	limit int
	order *list.List
	rows  map[string]*list.Element
}

type look struct {
	hash       string
	generation int64
	found      []signal.Signal
	print      signal.Print
}

func newLooks(limit int) *looks {
	return &looks{limit: limit, order: list.New(), rows: map[string]*list.Element{}}
}

func (l *looks) recall(hash string, generation int64) (seen, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.rows[hash]
	if !ok || hash == "" || e.Value.(*look).generation != generation {
		return seen{}, false
	}
	l.order.MoveToFront(e)
	kept := e.Value.(*look)
	return seen{hash: hash, found: kept.found, print: kept.print, sure: true}, true
}

func (l *looks) remember(hash string, generation int64, s seen) {
	if hash == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.rows[hash]; ok {
		l.order.Remove(e)
	}
	l.rows[hash] = l.order.PushFront(&look{hash, generation, s.found, s.print})
	if l.order.Len() > l.limit {
		oldest := l.order.Back()
		l.order.Remove(oldest)
		delete(l.rows, oldest.Value.(*look).hash)
	}
}

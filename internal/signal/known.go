package signal

import "sync"

// known remembers the assets a learner has taken in.
type knownAssets struct {
	mu   *sync.RWMutex
	rows map[string]Known
}

func newKnownAssets() knownAssets {
	return knownAssets{mu: new(sync.RWMutex), rows: map[string]Known{}}
}

func (k knownAssets) set(id string, v Known) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rows[id] = v
}

func (k knownAssets) drop(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.rows, id)
}

func (k knownAssets) get(id string) (Known, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v, ok := k.rows[id]
	return v, ok
}

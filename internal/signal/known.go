package signal

import "sync"

// knownAssets remembers the assets a learner has taken in, and of each only what its signals tell: with hundreds of
// thousands of them anything more would be most of the memory.
type knownAssets struct {
	mu   *sync.RWMutex
	rows map[string]origin
}

// origin says whose an asset is, and where its picture is kept.
type origin struct{ brandID, rightID, picture string }

func newKnownAssets() knownAssets {
	return knownAssets{mu: new(sync.RWMutex), rows: map[string]origin{}}
}

func (k knownAssets) set(id string, v Known) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rows[id] = origin{v.Asset.BrandID, v.Asset.RightID, v.Asset.Picture}
}

func (k knownAssets) drop(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.rows, id)
}

func (k knownAssets) get(id string) (origin, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v, ok := k.rows[id]
	return v, ok
}

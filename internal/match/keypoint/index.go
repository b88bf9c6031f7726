package keypoint

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"sync"
)

// Index holds many assets and finds them in pictures. All methods may be called at the same time; an asset is
// found by every Search that starts after its Add has returned.
type Index struct {
	mu     sync.RWMutex
	byID   map[string]entry
	shelfs [Mark + 1]shelf
}

type entry struct {
	kind Kind
	slot uint32
}

// shelf holds the assets of one kind.
type shelf struct {
	assets []asset // by slot; an empty slot has no descriptors
	free   []uint32
	posts  *postings
}

type asset struct {
	id string
	d  *Descriptors
}

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{byID: map[string]entry{}} }

// Len is the number of assets.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.byID)
}

// Add makes an asset findable; one of the same id is replaced.
func (ix *Index) Add(id string, d *Descriptors) error {
	if d == nil {
		return errors.New("keypoint: no descriptors to add for " + id)
	}
	if d.kind != Photograph && d.kind != Mark {
		return fmt.Errorf("%w: %d", ErrKind, d.kind)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.remove(id)
	s := &ix.shelfs[d.kind]
	if s.posts == nil {
		s.posts = new(postings)
	}
	slot := uint32(len(s.assets))
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
		s.assets[slot] = asset{id, d}
	} else {
		s.assets = append(s.assets, asset{id, d})
	}
	s.posts.add(slot, d.features)
	ix.byID[id] = entry{d.kind, slot}
	return nil
}

// Remove forgets an asset and says whether it was there.
func (ix *Index) Remove(id string) bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.remove(id)
}

func (ix *Index) remove(id string) bool {
	e, ok := ix.byID[id]
	if !ok {
		return false
	}
	s := &ix.shelfs[e.kind]
	s.posts.remove(e.slot, s.assets[e.slot].d.features)
	s.assets[e.slot] = asset{}
	s.free = append(s.free, e.slot)
	delete(ix.byID, id)
	return true
}

// Search finds assets inside a picture, best match first. Matches far below ReviewScore are left out.
func (ix *Index) Search(img *image.NRGBA) []Match {
	q := newQuery(img, ix.wanted())
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	var out []Match
	for kind := range ix.shelfs {
		if s := &ix.shelfs[kind]; len(s.assets) > len(s.free) {
			out = append(out, s.search(q, Kind(kind))...)
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return out
}

// wanted says which kinds there are, so that a picture is not prepared for the others.
func (ix *Index) wanted() (out [Mark + 1]bool) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	for kind := range ix.shelfs {
		s := &ix.shelfs[kind]
		out[kind] = len(s.assets) > len(s.free)
	}
	return out
}

package screening

import (
	"slices"
	"sync"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// FloodLimits say when an asset matches so much that it must be wrong: a white
// square registered as a mark, a name that is an everyday word.
type FloodLimits struct {
	Window  int     // the last so many distinct pictures, and so many listings for words, count
	Fill    int     // so many of them must be there before anything is braked
	Least   int     // an asset may match this many in any case
	Share   float64 // and this share of those looked at; 0 turns the guard off
	Sellers int     // the matches must be of this many sellers: one shop's forgeries are no flood
}

// UsualFlood is what an installation begins with.
var UsualFlood = FloodLimits{Window: 2000, Fill: 200, Least: 20, Share: 0.02, Sellers: 5}

// Flood watches what each asset matches in this process. It is safe for
// concurrent use.
type Flood struct {
	mu       sync.Mutex
	pictures *window // by the hash of their bytes
	listings *window // by their ids
}

// NewFlood is a guard that has seen nothing yet.
func NewFlood(l FloodLimits) *Flood {
	return &Flood{pictures: newWindow(l), listings: newWindow(l)}
}

// note takes in a verdict and returns the brakes it asks for. Only matches
// count that the policy holds against the listing, so that weak signs and
// what a licence covers brake nothing.
func (f *Flood) note(s *signal.Subject, v verdict.Verdict) []registry.Brake {
	words, seen := map[string]bool{}, map[string]map[string]bool{}
	for _, x := range v.Signals {
		switch {
		case x.AssetID == "" || x.Licensed || !slices.Contains(v.Matched, x.AssetID):
		case x.Sighting == nil:
			words[x.AssetID] = true
		case seen[x.Sighting.Hash] == nil:
			seen[x.Sighting.Hash] = map[string]bool{x.AssetID: true}
		default:
			seen[x.Sighting.Hash][x.AssetID] = true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	over := f.listings.add(s.Revision.ListingID, s.Seller.ID, s.Now, words)
	for _, p := range s.Revision.Offer.Pictures {
		if p.State == listing.PictureStored && p.Hash != "" {
			over = append(over, f.pictures.add(p.Hash, s.Seller.ID, s.Now, seen[p.Hash])...)
		}
	}
	return over
}

// forget drops what an asset matched until then.
func (f *Flood) forget(assetID string, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pictures.forget(assetID, until)
	f.listings.forget(assetID, until)
}

// window is the last things looked at, each counted once.
type window struct {
	limits FloodLimits
	ring   []seenThing
	next   int            // place of the oldest, once the ring is full
	places map[string]int // by key
	assets map[string]*matchCount
}

type seenThing struct {
	key, seller string
	matched     map[string]time.Time // by asset
}

// matchCount is what one asset matched of the things in the window.
type matchCount struct {
	things  int
	sellers map[string]int // things of each
}

func newWindow(l FloodLimits) *window {
	return &window{limits: l, places: map[string]int{}, assets: map[string]*matchCount{}}
}

// add counts a thing and returns the assets among matched that are over the
// limit, as brakes.
func (w *window) add(key, seller string, at time.Time, matched map[string]bool) (over []registry.Brake) {
	place, known := w.places[key]
	if !known {
		place = w.place(key, seller)
	}
	t := &w.ring[place]
	for asset := range matched {
		if _, counted := t.matched[asset]; !counted {
			t.matched[asset] = at
			w.count(asset, t.seller, 1)
		}
		if c := w.assets[asset]; w.over(c) {
			over = append(over, registry.Brake{AssetID: asset, Reason: registry.Flood, Matched: c.things, Looked: len(w.ring), Sellers: len(c.sellers), Since: w.since(asset)})
		}
	}
	slices.SortFunc(over, func(a, b registry.Brake) int { return b.Matched - a.Matched })
	return over
}

// place gives a new thing its place, the oldest one's when there is no room.
func (w *window) place(key, seller string) int {
	fresh := seenThing{key, seller, map[string]time.Time{}}
	if len(w.ring) < w.limits.Window {
		w.ring = append(w.ring, fresh)
		w.places[key] = len(w.ring) - 1
		return len(w.ring) - 1
	}
	at := w.next
	old := w.ring[at]
	delete(w.places, old.key)
	for asset := range old.matched {
		w.count(asset, old.seller, -1)
	}
	w.ring[at], w.places[key] = fresh, at
	w.next = (at + 1) % len(w.ring)
	return at
}

func (w *window) count(asset, seller string, by int) {
	c := w.assets[asset]
	if c == nil {
		c = &matchCount{sellers: map[string]int{}}
		w.assets[asset] = c
	}
	c.things += by
	if c.sellers[seller] += by; c.sellers[seller] == 0 {
		delete(c.sellers, seller)
	}
	if c.things == 0 {
		delete(w.assets, asset)
	}
}

func (w *window) over(c *matchCount) bool {
	l, looked := w.limits, len(w.ring)
	return l.Share > 0 && looked >= l.Fill && len(c.sellers) >= l.Sellers && float64(c.things) > max(float64(l.Least), l.Share*float64(looked))
}

// since is when the oldest match of an asset was seen.
func (w *window) since(asset string) time.Time {
	var oldest time.Time
	for _, t := range w.ring {
		if at, ok := t.matched[asset]; ok && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}

func (w *window) forget(asset string, until time.Time) {
	for _, t := range w.ring {
		if at, ok := t.matched[asset]; ok && !at.After(until) {
			delete(t.matched, asset)
			w.count(asset, t.seller, -1)
		}
	}
}

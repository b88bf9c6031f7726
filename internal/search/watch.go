package search

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Watch holds every saved search in memory and finds them all in one pass over
// an offer. It follows the searches in the store by their head.
type Watch struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger

	mu      sync.RWMutex
	loading sync.Mutex
	head    int64
	loaded  bool
	all     []Saved
	net     *net
	wanted  [][]int // by word of the net: who looks for it, as indexes of all
}

// CatchUp takes in what was saved, changed and deleted since the last time.
func (w *Watch) CatchUp(ctx context.Context) error {
	w.loading.Lock()
	defer w.loading.Unlock()
	head, err := w.Store.SearchHead(ctx) // read first: what changes while we read is taken in the next time
	if err != nil {
		return err
	}
	if w.loaded && head == w.head {
		return nil
	}
	all, err := w.read(ctx)
	if err != nil {
		return err
	}
	words, wanted := gather(all)
	n, err := weave(words)
	if err != nil { // one is out of bounds; it must not be in the way of the others
		all = w.usable(all)
		words, wanted = gather(all)
		if n, err = weave(words); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all, w.net, w.wanted, w.head, w.loaded = all, n, wanted, head, true
	return nil
}

// read reads every saved search.
func (w *Watch) read(ctx context.Context) ([]Saved, error) {
	const page = 500
	var all []Saved
	after := ""
	for {
		rows, err := w.Store.AllSearches(ctx, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) < page {
			return all, nil
		}
		after = rows[len(rows)-1].ID
	}
}

// usable leaves out the searches that cannot be compiled by themselves.
func (w *Watch) usable(all []Saved) []Saved {
	var out []Saved
	for _, s := range all {
		if _, err := weave(s.Query.Words); err != nil {
			w.Log.Warn("a saved search cannot be used", "search", s.ID, "error", err)
			continue
		}
		out = append(out, s)
	}
	return out
}

// gather lists each wording once, with the searches that look for it.
func gather(all []Saved) (words []Word, wanted [][]int) {
	place := map[Word]int{}
	for i, s := range all {
		for _, word := range s.Query.Words {
			at, ok := place[word]
			if !ok {
				at = len(words)
				place[word] = at
				words, wanted = append(words, word), append(wanted, nil)
			}
			wanted[at] = append(wanted[at], i)
		}
	}
	return words, wanted
}

// Look finds the saved searches that a newly taken offer answers. It never
// fails: what a search finds must not keep an offer from being screened.
func (w *Watch) Look(ctx context.Context, o Offered) (alerts []Alert) {
	w.mu.RLock()
	all, n, wanted := w.all, w.net, w.wanted
	w.mu.RUnlock()
	if len(all) == 0 {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("saved searches failed", "revision", o.Revision.ID, "cause", r)
			alerts = nil
		}
	}()
	found := map[int][]Match{}
	for word, m := range n.catch(o) {
		for _, i := range wanted[word] {
			found[i] = append(found[i], m)
		}
	}
	var substance string
	sellers := licensees{store: w.Store}
	for i, list := range found {
		s := all[i]
		if o.Revision.CreatedAt.Before(s.CreatedAt) || !s.Query.watches(o) {
			continue
		}
		if list = ranked(list, s.Query.floor()); len(list) == 0 {
			continue
		}
		grants, err := sellers.of(ctx, o.Listing.SellerID)
		if err != nil { // told of without its licence rather than not told of
			w.Log.Warn("licences cannot be read", "revision", o.Revision.ID, "error", err)
		}
		h := o.hit(list)
		if h.LicenceID = o.licence(grants, s.HolderID, list, w.Now()); h.LicenceID != "" && s.Query.Unlicensed {
			continue
		}
		if substance == "" {
			substance = o.Revision.Offer.SubstanceHash()
		}
		alerts = append(alerts, w.alert(s, h, substance))
	}
	return alerts
}

// alert has an id made of what it is about, so that doing it twice is one.
func (w *Watch) alert(s Saved, h Hit, substance string) Alert {
	id := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "alert\x00%s\x00%s", s.ID, h.RevisionID)).String()
	return Alert{ID: id, SearchID: s.ID, HolderID: s.HolderID, Substance: substance, Hit: h, CreatedAt: w.Now()}
}

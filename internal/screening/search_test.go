package screening_test

import (
	"log/slog"
	"testing"

	"assay/internal/listing"
	"assay/internal/search"
)

// A revision that a saved search wants is told of once, whatever the verdict
// and however often it is screened.
func TestSavedSearchesAreToldOnce(t *testing.T) {
	h := newHouse(t)
	h.service.Watch = &search.Watch{Store: h.store, Now: h.service.Now, Log: slog.New(slog.DiscardHandler)}
	keeper := &search.Keeper{Store: h.store, Now: h.service.Now, Atomic: h.store.Atomic}
	saved, err := keeper.Save(h.ctx, search.Saved{HolderID: "holder", Name: "canvas", Query: search.Query{Words: []search.Word{{Text: "canvas"}, {Text: "veltrana"}}}})
	must(t, err)
	unread := func(want int) {
		t.Helper()
		n, err := h.store.CountUnread(h.ctx, "holder")
		must(t, err)
		if n != want {
			t.Fatalf("%d unread alerts, want %d", n, want)
		}
	}
	l := h.offer("a", honest)
	if l.Status != listing.Live {
		t.Fatalf("the honest listing is %s", l.Status)
	}
	unread(1)
	h.screen(listing.RevisionID(l.ID, 1))
	unread(1)
	h.offer("a", honest, price(100)) // the price is no news
	unread(1)
	h.offer("b", fake)
	unread(2)
	h.offer("c", "Wooden table")
	unread(2)
	list, _, err := keeper.Alerts(h.ctx, search.AlertFilter{HolderID: "holder", SearchID: saved.ID})
	must(t, err)
	if len(list) != 3 || list[0].Hit.Status != listing.Held || list[0].Hit.SellerName != "Shop" || list[1].ReadAt == nil {
		t.Errorf("alerts %+v", list)
	}
}

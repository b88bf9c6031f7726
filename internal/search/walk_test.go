package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/store"
)

// shelf is a catalogue in a store of its own.
type shelf struct {
	*store.Store
	t     *testing.T
	ctx   context.Context
	clock time.Time
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "assay.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.PutSeller(t.Context(), seller.Seller{ID: "s", ExternalID: "s", Name: "The shop"})
	must(t, err)
	_, err = s.PutHolder(t.Context(), registry.RightsHolder{ID: "h", Name: "Holder"})
	must(t, err)
	return &shelf{s, t, t.Context(), time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *shelf) now() time.Time { s.clock = s.clock.Add(time.Second); return s.clock }

func (s *shelf) take(id string, o listing.Offer) search.Offered {
	s.t.Helper()
	l, rev, _, err := s.PutRevision(s.ctx, listing.Listing{ID: id, Market: "main", ExternalID: "x-" + id, SellerID: "s"}, listing.Revision{Offer: o, CreatedAt: s.now()})
	must(s.t, err)
	return search.Offered{Listing: l, Revision: rev}
}

func (s *shelf) walker() *search.Walker { return &search.Walker{Store: s.Store, Now: s.now} }

func query(texts ...string) search.Query {
	var q search.Query
	for _, t := range texts {
		q.Words = append(q.Words, search.Word{Text: t})
	}
	return q
}

func ids(hits []search.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ListingID)
	}
	return out
}

func TestRunFindsTheDisguised(t *testing.T) {
	s := newShelf(t)
	s.take("plain", listing.Offer{Title: "Veltrana sneakers", Price: &listing.Money{Minor: 5000, Currency: "USD"},
		Pictures: []listing.Picture{{Hash: "sha256:a", State: listing.PictureStored}, {URL: "http://x", State: listing.PictureFailed}}})
	s.take("other", listing.Offer{Title: "Canvas shoes"})
	s.take("masked", listing.Offer{Title: "new V*ltrana sneakers 1:1"})
	s.take("spaced", listing.Offer{Title: "shoes", Description: "V e l t r a n a sneakers"})
	s.take("fits", listing.Offer{Title: "Laces compatible with Veltrana, not an original part"})
	got, err := s.walker().Run(s.ctx, "", query("veltrana"), "", 0)
	must(t, err)
	if want := []string{"fits", "spaced", "masked", "plain"}; !slices.Equal(ids(got.Hits), want) || !got.Complete || got.Next != "" || got.Reached != nil || got.Looked != 5 {
		t.Fatalf("found %v of %d, complete %v", ids(got.Hits), got.Looked, got.Complete)
	}
	excused, masked, plain := got.Hits[0], got.Hits[2], got.Hits[3]
	if len(excused.Matches[0].Against) == 0 || excused.Score >= 0.5 {
		t.Errorf("the excuse does not show: %+v", excused.Matches)
	}
	if sp := masked.Matches[0].Spans[0]; sp.Text != "V*ltrana" || !slices.Contains(sp.Disguises, "masked") || sp.Start != 4 {
		t.Errorf("the mask is %+v", sp)
	}
	if plain.SellerName != "The shop" || !slices.Equal(plain.Pictures, []string{"sha256:a"}) || plain.Price == nil || plain.Passages[0].Text != "Veltrana sneakers" {
		t.Errorf("the hit is %+v", plain)
	}
	q := query("veltrana")
	q.Likely = true
	if got, err = s.walker().Run(s.ctx, "", q, "", 0); err != nil || slices.Contains(ids(got.Hits), "fits") || len(got.Hits) == 0 {
		t.Errorf("only likely ones: %v %v", ids(got.Hits), err)
	}
	s.take("plain", listing.Offer{Title: "Sneakers of no name"})
	if got, err = s.walker().Run(s.ctx, "", query("veltrana"), "", 0); err != nil || slices.Contains(ids(got.Hits), "plain") {
		t.Errorf("an old revision was found: %v %v", ids(got.Hits), err)
	}
}

func TestRunRefuses(t *testing.T) {
	s := newShelf(t)
	for _, c := range []struct {
		q     search.Query
		after string
	}{{search.Query{}, ""}, {query("veltrana"), "?"}, {query("veltrana"), "e30"}} {
		if _, err := s.walker().Run(s.ctx, "", c.q, c.after, 0); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.walker().Run(ctx, "", query("veltrana"), "", 0); err == nil {
		t.Error("a walk went on without its caller")
	}
}

// However little time and room a walk has, going on from its cursor sees every
// hit once, in the same order, and says how far it came.
func TestWalkGoesOn(t *testing.T) {
	s := newShelf(t)
	must(t, s.Atomic(s.ctx, func(ctx context.Context) error {
		s := &shelf{s.Store, t, ctx, s.clock}
		for i := range 560 {
			o := listing.Offer{Title: fmt.Sprint("shoes ", i)}
			if i%40 == 0 {
				o.Title = "Veltrana " + o.Title
			}
			s.take(fmt.Sprintf("l%04d", i), o)
		}
		return nil
	}))
	patient := s.walker()
	patient.Time = time.Hour
	all, err := patient.Run(s.ctx, "", query("veltrana"), "", 100)
	must(t, err)
	if len(all.Hits) != 14 || !all.Complete {
		t.Fatalf("%d hits", len(all.Hits))
	}
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 30).Draw(rt, "limit")
		w := s.walker()
		w.Time = rapid.SampledFrom([]time.Duration{time.Nanosecond, 20 * time.Second, time.Hour}).Draw(rt, "time") // the clock ticks with every look at it
		var seen []string
		var reached *time.Time
		for after, done := "", false; !done; {
			got, err := w.Run(s.ctx, "", query("veltrana"), after, limit)
			if err != nil || len(got.Hits) > limit || got.Complete != (got.Next == "") || !got.Complete && got.Reached == nil {
				rt.Fatalf("%+v %v", got, err)
			}
			if got.Reached != nil && reached != nil && !got.Reached.Before(*reached) {
				rt.Fatalf("a walk from %v came to %v", reached, got.Reached)
			}
			seen, after, done, reached = append(seen, ids(got.Hits)...), got.Next, got.Complete, got.Reached
		}
		if !slices.Equal(seen, ids(all.Hits)) {
			rt.Fatalf("saw %v, want %v", seen, ids(all.Hits))
		}
	})
}

func (s *shelf) keeper() *search.Keeper {
	return &search.Keeper{Store: s.Store, Now: s.now, Atomic: s.Atomic}
}

func TestKeeper(t *testing.T) {
	s := newShelf(t)
	k := s.keeper()
	saved, err := k.Save(s.ctx, search.Saved{HolderID: "h", Name: " Shoes ", Query: query("veltrana")})
	must(t, err)
	if saved.ID == "" || saved.Name != "Shoes" || saved.CreatedAt.IsZero() {
		t.Fatalf("saved %+v", saved)
	}
	again, err := k.Save(s.ctx, search.Saved{ID: saved.ID, HolderID: "", Name: "Boots", Query: query("veltrana boots")})
	must(t, err)
	if again.HolderID != "h" || !again.CreatedAt.Equal(saved.CreatedAt) || !again.UpdatedAt.After(saved.UpdatedAt) {
		t.Errorf("edited %+v", again)
	}
	for code, bad := range map[fault.Code]search.Saved{
		fault.Invalid:  {Name: "", Query: query("veltrana")},
		fault.NotFound: {ID: "none", Name: "x", Query: query("veltrana")},
	} {
		if _, err := k.Save(s.ctx, bad); !fault.Is(err, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := k.Save(s.ctx, search.Saved{Name: "long", Query: query(strings.Repeat("ab", 140))}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a wording too long: %v", err)
	}
	for i := range search.MaxSaved - 1 {
		must(t, s.PutSearch(s.ctx, search.Saved{ID: fmt.Sprint("s", i), HolderID: "h", Name: "x", Query: query("veltrana")}))
	}
	if _, err := k.Save(s.ctx, search.Saved{HolderID: "h", Name: "one more", Query: query("veltrana")}); !fault.Is(err, fault.Conflict) {
		t.Errorf("there is no bound: %v", err)
	}
	if _, err := k.Save(s.ctx, search.Saved{Name: "of another", Query: query("veltrana")}); err != nil {
		t.Errorf("one owner's bound holds for another: %v", err)
	}
}

func TestWatchFollowsTheSearches(t *testing.T) {
	s := newShelf(t)
	w := &search.Watch{Store: s.Store, Now: s.now, Log: slog.New(slog.DiscardHandler)}
	look := func(o search.Offered) []string {
		t.Helper()
		must(t, w.CatchUp(s.ctx))
		alerts := w.Look(s.ctx, o)
		n, err := s.AddAlerts(s.ctx, alerts)
		must(t, err)
		if n != len(alerts) {
			t.Errorf("%d of %d alerts are new", n, len(alerts))
		}
		var out []string
		for _, a := range alerts {
			out = append(out, a.SearchID)
		}
		slices.Sort(out)
		return out
	}
	wants := func(o search.Offered, want ...string) {
		t.Helper()
		if got := look(o); !slices.Equal(got, want) {
			t.Errorf("%q alerts %v, want %v", o.Revision.Offer.Title, got, want)
		}
	}
	old := s.take("old", listing.Offer{Title: "Veltrana sneakers"})
	wants(old)
	save := func(holder, name string, q search.Query) search.Saved {
		saved, err := s.keeper().Save(s.ctx, search.Saved{HolderID: holder, Name: name, Query: q})
		must(t, err)
		return saved
	}
	likely := query("Veltrana", "벨트라나")
	likely.Likely = true
	a, b := save("h", "likely", likely), save("", "all", query("Veltrana"))
	longer := save("", "longer", query("Veltrana sneakers"))
	wants(old) // taken in before
	wants(s.take("new", listing.Offer{Title: "V.e.l.t.r.a.n.a sneakers"}), a.ID, b.ID, longer.ID)
	wants(s.take("fits", listing.Offer{Title: "Laces compatible with Veltrana"}), b.ID, longer.ID) // part of a name counts
	wants(s.take("none", listing.Offer{Title: "Canvas shoes"}))
	b.Query = query("canvas")
	_, err := s.keeper().Save(s.ctx, b)
	must(t, err)
	wants(s.take("canvas", listing.Offer{Title: "Canvas bag"}), b.ID)
	must(t, s.DeleteSearch(s.ctx, b.ID))
	wants(s.take("canvas2", listing.Offer{Title: "Canvas bag"}))
	list, _, err := s.keeper().Alerts(s.ctx, search.AlertFilter{HolderID: "h"})
	must(t, err)
	if len(list) != 1 || list[0].SearchID != a.ID || list[0].Hit.SellerName != "The shop" || list[0].Hit.Matches[0].Word != "Veltrana" {
		t.Errorf("the holder's alerts are %+v", list)
	}
	// One search that cannot be compiled does not silence the others.
	must(t, s.PutSearch(s.ctx, search.Saved{ID: "bad", Name: "bad", Query: query(strings.Repeat("ab", 140)), CreatedAt: s.now()}))
	wants(s.take("last", listing.Offer{Title: "Veltrana replica sneakers"}), a.ID, longer.ID)
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/registry"
	"assay/internal/search"
)

var searchTests = map[string]func(*testing.T, *kit){
	"saved searches":      savedSearches,
	"alerts":              searchAlerts,
	"alerts once":         alertsOnce,
	"alerts have bounds":  alertsBounded,
	"alerts are deleted":  alertsDeleted,
	"alerts beside saves": alertsBesideSaves,
	"stretches":           stretches,
	"stretch filters":     stretchFilters,
	"alerts by age":       alertsByAge,
	"grants":              grants,
	"text in pictures":    picturesTexts,
}

func (k *kit) saved(id, holderID string) search.Saved {
	k.t.Helper()
	s := search.Saved{ID: id, HolderID: holderID, Name: "Search " + id, Query: search.Query{Words: []search.Word{{Text: "gucci"}}}, CreatedAt: noon, UpdatedAt: noon}
	k.must(k.PutSearch(k.ctx, s))
	return s
}

func (k *kit) alert(s search.Saved, rev listing.Revision) search.Alert {
	return search.Alert{ID: s.ID + "/" + rev.ID, SearchID: s.ID, HolderID: s.HolderID, Substance: rev.Offer.SubstanceHash(), CreatedAt: noon.Add(time.Duration(k.next()) * time.Second),
		Hit: search.Hit{ListingID: rev.ListingID, RevisionID: rev.ID, Title: rev.Offer.Title}}
}

func (k *kit) alerts(f search.AlertFilter) []search.Alert {
	k.t.Helper()
	list, _, err := k.Alerts(k.ctx, f)
	k.must(err)
	return list
}

// taken stores the next revision of a listing, in the transaction of ctx.
func (k *kit) taken(ctx context.Context, id string, o listing.Offer) listing.Revision {
	k.t.Helper()
	_, rev, _, err := k.PutRevision(ctx, listing.Listing{ID: id, Market: "main", ExternalID: "x-" + id, SellerID: "s"}, listing.Revision{Offer: o})
	k.must(err)
	return rev
}

func alertID(a search.Alert) string { return a.ID }
func savedID(s search.Saved) string { return s.ID }

func savedSearches(t *testing.T, k *kit) {
	k.holder("h")
	var s search.Saved
	fill(&s)
	s.HolderID, s.Unread = "h", 0
	before := got[int64](k)(k.SearchHead(k.ctx))
	k.must(k.PutSearch(k.ctx, s))
	same(t, "search", got[search.Saved](k)(k.Search(k.ctx, s.ID)), s)
	s.Name, s.Query = "changed", search.Query{Words: []search.Word{{Text: "x"}}}
	k.must(k.PutSearch(k.ctx, s))
	same(t, "changed search", got[search.Saved](k)(k.Search(k.ctx, s.ID)), s)
	if head := got[int64](k)(k.SearchHead(k.ctx)); head != before+2 {
		t.Fatalf("two changes moved the head from %d to %d", before, head)
	}
	stolen := s
	stolen.HolderID = ""
	k.refuses(fault.Conflict, k.PutSearch(k.ctx, stolen))
	stolen.ID, stolen.HolderID = "other", "nobody"
	k.refuses(fault.Invalid, k.PutSearch(k.ctx, stolen))
	k.saved("b", "")
	k.saved("a", "")
	same(t, "of the house", ids(got[[]search.Saved](k)(k.Searches(k.ctx, "")), savedID), []string{"a", "b"})
	same(t, "of the holder", ids(got[[]search.Saved](k)(k.Searches(k.ctx, "h")), savedID), []string{s.ID})
	same(t, "of nobody", got[[]search.Saved](k)(k.Searches(k.ctx, "-")), []search.Saved{})
	same(t, "all", ids(got[[]search.Saved](k)(k.AllSearches(k.ctx, "a", 1)), savedID), []string{"b"})
	k.must(k.DeleteSearch(k.ctx, s.ID))
	_, err := k.Search(k.ctx, s.ID)
	k.refuses(fault.NotFound, err)
	k.refuses(fault.NotFound, k.DeleteSearch(k.ctx, s.ID))
}

func searchAlerts(t *testing.T, k *kit) {
	k.seller("s")
	k.holder("h")
	own, house := k.saved("own", "h"), k.saved("house", "")
	rev := k.revision("l", "s", "title")
	var full search.Alert
	fill(&full)
	full.SearchID, full.HolderID, full.Hit.ListingID, full.Hit.RevisionID, full.Hit.Status = "own", "h", "l", rev.ID, listing.Pending
	full.Hit.SellerName = "" // not kept
	got[int](k)(k.AddAlerts(k.ctx, []search.Alert{full}))
	same(t, "every field", k.alerts(search.AlertFilter{HolderID: "h"}), []search.Alert{full})
	for i := range 5 {
		r := k.revision(fmt.Sprint("m", i), "s", "title")
		got[int](k)(k.AddAlerts(k.ctx, []search.Alert{k.alert(own, r), k.alert(house, r)}))
	}
	if n := got[int](k)(k.CountUnread(k.ctx, "h")); n != 5 {
		t.Errorf("%d unread, want 5: one came read", n)
	}
	var seen []string
	for f := (search.AlertFilter{HolderID: "h", Unread: true, Limit: 2}); ; {
		list, next, err := k.Alerts(k.ctx, f)
		k.must(err)
		if seen = append(seen, ids(list, alertID)...); next == "" {
			break
		}
		f.After = next
	}
	same(t, "newest first", seen, []string{"own/m4.1", "own/m3.1", "own/m2.1", "own/m1.1", "own/m0.1"})
	got[bool](k)(k.SetStatus(k.ctx, "m4", 0, listing.Removed, noon))
	if list := k.alerts(search.AlertFilter{HolderID: "h", SearchID: "own", Unread: true, Limit: 1}); list[0].Hit.Status != listing.Removed {
		t.Errorf("the status is %q, as it was", list[0].Hit.Status)
	}
	_, _, err := k.Alerts(k.ctx, search.AlertFilter{After: "?"})
	k.refuses(fault.Invalid, err)
	markRead(t, k)
}

// markRead goes on with the five unread alerts of "own" and of "house".
func markRead(t *testing.T, k *kit) {
	for _, c := range []struct {
		holder, search string
		ids            []string
		want, left     int
	}{
		{"h", "", []string{"own/m0.1", "house/m0.1"}, 1, 4}, {"h", "house", nil, 0, 4}, {"-", "", nil, 0, 4}, {"h", "own", []string{"own/m1.1"}, 1, 3}, {"h", "", nil, 3, 0},
	} {
		if n := got[int](k)(k.ReadAlerts(k.ctx, c.holder, c.search, c.ids, noon)); n != c.want {
			t.Errorf("%+v: %d were read", c, n)
		}
		if s := got[search.Saved](k)(k.Search(k.ctx, "own")); s.Unread != c.left {
			t.Errorf("%+v: %d are unread", c, s.Unread)
		}
	}
	if n := got[int](k)(k.CountUnread(k.ctx, "")); n != 5 {
		t.Errorf("%d of the house are unread, want 5", n)
	}
}

// One alert for a search and a revision; a revision that changes nothing of
// substance is no news.
func alertsOnce(t *testing.T, k *kit) {
	k.seller("s")
	s := k.saved("a", "")
	a := k.alert(s, k.revision("l", "s", "title"))
	for _, want := range []int{1, 0, 0} {
		if n := got[int](k)(k.AddAlerts(k.ctx, []search.Alert{a})); n != want {
			t.Fatalf("%d new alerts, want %d", n, want)
		}
		a.ID += "'" // another id, the same search and revision
	}
	cheaper := listing.Offer{Title: "title", Price: &listing.Money{Minor: 1, Currency: "KRW"}}
	got[int](k)(k.AddAlerts(k.ctx, []search.Alert{k.alert(s, k.taken(k.ctx, "l", cheaper))}))
	if n := got[int](k)(k.CountUnread(k.ctx, "")); n != 1 {
		t.Fatalf("%d unread after another price, want 1", n)
	}
	got[int](k)(k.AddAlerts(k.ctx, []search.Alert{k.alert(s, k.taken(k.ctx, "l", listing.Offer{Title: "another title"}))}))
	if list := k.alerts(search.AlertFilter{}); len(list) != 3 || list[1].ReadAt == nil || got[int](k)(k.CountUnread(k.ctx, "")) != 2 {
		t.Fatalf("alerts %+v", list)
	}
	failed := errors.New("the screening failed")
	err := k.Atomic(k.ctx, func(ctx context.Context) error {
		got[int](k)(k.AddAlerts(ctx, []search.Alert{k.alert(s, k.taken(ctx, "l2", listing.Offer{Title: "t"}))}))
		return failed
	})
	if list := k.alerts(search.AlertFilter{}); !errors.Is(err, failed) || len(list) != 3 {
		t.Fatalf("an alert outlived its transaction: %v", err)
	}
}

func alertsBounded(t *testing.T, k *kit) {
	k.seller("s")
	s := k.saved("a", "")
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		var list []search.Alert
		for i := range search.MaxUnread {
			list = append(list, k.alert(s, k.taken(ctx, fmt.Sprint("l", i), listing.Offer{Title: "t"})))
		}
		_, err := k.AddAlerts(ctx, list)
		return err
	}))
	more := k.alert(s, k.revision("more", "s", "title"))
	if n := got[int](k)(k.AddAlerts(k.ctx, []search.Alert{more})); n != 0 {
		t.Fatal("there is no bound")
	}
	got[int](k)(k.ReadAlerts(k.ctx, "", "a", []string{"a/l0.1"}, noon))
	if n := got[int](k)(k.AddAlerts(k.ctx, []search.Alert{more})); n != 1 {
		t.Fatal("reading one made no room")
	}
}

func alertsDeleted(t *testing.T, k *kit) {
	k.seller("s")
	gone, kept := k.saved("gone", ""), k.saved("kept", "")
	first, second := k.revision("l1", "s", "title"), k.revision("l2", "s", "title")
	got[int](k)(k.AddAlerts(k.ctx, []search.Alert{k.alert(gone, first), k.alert(kept, first)}))
	k.must(k.DeleteSearch(k.ctx, "gone"))
	if n := got[int](k)(k.AddAlerts(k.ctx, []search.Alert{k.alert(gone, second), k.alert(kept, second)})); n != 1 {
		t.Fatalf("%d new alerts, want 1", n)
	}
	same(t, "alerts", ids(k.alerts(search.AlertFilter{}), alertID), []string{"kept/l2.1", "kept/l1.1"})
}

// Screenings add alerts while people change and delete the searches: nothing
// fails and nothing is left behind.
func alertsBesideSaves(t *testing.T, k *kit) {
	k.seller("s")
	revs := make([]listing.Revision, writers)
	for i := range revs {
		revs[i] = k.revision(fmt.Sprint("l", i), "s", "title")
	}
	s := k.saved("a", "")
	k.together(func(w int) error {
		for range 5 {
			err := k.Atomic(k.ctx, func(ctx context.Context) error {
				_, err := k.AddAlerts(ctx, []search.Alert{{ID: fmt.Sprint("a", w), SearchID: "a", Hit: search.Hit{ListingID: revs[w].ListingID, RevisionID: revs[w].ID}}})
				return err
			})
			if err != nil {
				return err
			}
			if w == 0 {
				if err := k.DeleteSearch(k.ctx, "a"); err != nil {
					return err
				}
				if err := k.PutSearch(k.ctx, s); err != nil {
					return err
				}
			}
		}
		return nil
	})
	k.must(k.DeleteSearch(k.ctx, "a"))
	if list := k.alerts(search.AlertFilter{}); len(list) != 0 {
		t.Fatalf("alerts of no search: %+v", list)
	}
}

// However long the stretches are, a walk sees the newest revision of each
// listing once, newest first.
func stretches(t *testing.T, k *kit) {
	k.seller("s")
	const n = 17
	place := func(r listing.Revision) string { return r.CreatedAt.Format(time.RFC3339) + " " + r.ID }
	var want []string
	for i := range n {
		id := fmt.Sprintf("l%02d", i)
		for j := range 1 + i%3 { // older revisions lie between
			_, rev, _, err := k.PutRevision(k.ctx, listing.Listing{ID: id, Market: "m", ExternalID: id, SellerID: "s"},
				listing.Revision{Offer: listing.Offer{Title: fmt.Sprint(j)}, CreatedAt: noon.Add(time.Duration((i*7+j*11)%9) * time.Second)})
			k.must(err)
			if j == i%3 {
				want = append(want, place(rev))
			}
		}
	}
	slices.Sort(want)
	slices.Reverse(want)
	rapid.Check(t, func(rt *rapid.T) {
		ask := search.Stretch{Revisions: rapid.IntRange(1, 40).Draw(rt, "revisions")}
		var seen []string
		for more := true; more; {
			var found []search.Offered
			var err error
			found, ask.After, more, err = k.Stretch(k.ctx, ask)
			if err != nil || len(found) > ask.Revisions {
				rt.Fatal(len(found), err)
			}
			for _, o := range found {
				if o.Listing.ID != o.Revision.ListingID || o.Listing.Revision != o.Revision.Number || o.Listing.SellerID != "s" || o.Listing.Market != "m" {
					rt.Fatalf("%+v", o)
				}
				seen = append(seen, place(o.Revision))
			}
		}
		if !slices.Equal(seen, want) {
			rt.Fatalf("in stretches of %d:\n%v\nwant\n%v", ask.Revisions, seen, want)
		}
	})
}

func stretchFilters(t *testing.T, k *kit) {
	k.seller("s1")
	k.seller("s2")
	for i, l := range []listing.Listing{{ID: "a", Market: "m1", SellerID: "s1"}, {ID: "b", Market: "m1", SellerID: "s2"}, {ID: "c", Market: "m2", SellerID: "s1"}} {
		l.ExternalID = l.ID
		_, _, _, err := k.PutRevision(k.ctx, l, listing.Revision{Offer: listing.Offer{Title: "t"}, CreatedAt: noon.AddDate(0, 0, i)})
		k.must(err)
	}
	got[bool](k)(k.SetStatus(k.ctx, "b", 0, listing.Live, noon))
	for name, c := range map[string]struct {
		ask  search.Stretch
		want []string
	}{
		"all": {search.Stretch{}, []string{"c", "b", "a"}}, "market": {search.Stretch{Market: "m1"}, []string{"b", "a"}},
		"seller": {search.Stretch{SellerID: "s1"}, []string{"c", "a"}}, "status": {search.Stretch{Status: listing.Live}, []string{"b"}},
		"from": {search.Stretch{From: noon.AddDate(0, 0, 1)}, []string{"c", "b"}}, "before": {search.Stretch{Before: noon.AddDate(0, 0, 1)}, []string{"a"}},
		"together": {search.Stretch{Market: "m1", SellerID: "s2", Status: listing.Live, From: noon, Before: noon.AddDate(0, 0, 9)}, []string{"b"}},
	} {
		c.ask.Revisions = 10
		found, _, more, err := k.Stretch(k.ctx, c.ask)
		k.must(err)
		same(t, name, ids(found, func(o search.Offered) string { return o.Listing.ID }), c.want)
		if more {
			t.Errorf("%s: more after the end", name)
		}
	}
}

func alertsByAge(t *testing.T, k *kit) {
	k.seller("s")
	own := k.saved("own", "")
	var made []search.Alert
	for i := range 3 {
		made = append(made, k.alert(own, k.revision(fmt.Sprint("l", i), "s", "title")))
	}
	got[int](k)(k.AddAlerts(k.ctx, made))
	same(t, "deleted", got[int](k)(k.DeleteAlerts(k.ctx, made[1].CreatedAt)), 1)
	same(t, "left", ids(k.alerts(search.AlertFilter{}), alertID), []string{made[2].ID, made[1].ID})
}

// grants are a seller's active licences with every name of their brands.
func grants(t *testing.T, k *kit) {
	k.seller("s")
	k.seller("t")
	for _, b := range []string{"a", "b"} {
		k.brand(b, k.holder("of-"+b))
		k.right("right-"+b, b)
	}
	k.asset("one", "a")
	k.asset("two", "a")
	for id, l := range map[string]registry.Licence{
		"1": {BrandID: "a", SellerID: "s", Status: registry.LicenceActive}, "2": {BrandID: "b", SellerID: "s", Status: registry.LicenceActive},
		"3": {BrandID: "b", SellerID: "s", Status: registry.LicenceRevoked}, "4": {BrandID: "b", SellerID: "t", Status: registry.LicenceActive},
	} {
		l.ID, l.UpdatedAt = id, noon
		got[bool](k)(k.PutLicence(k.ctx, l))
	}
	list := got[[]search.Grant](k)(k.Grants(k.ctx, "s"))
	if len(list) != 2 {
		t.Fatalf("grants %+v", list)
	}
	slices.SortFunc(list, func(x, y search.Grant) int { return strings.Compare(x.Licence.ID, y.Licence.ID) })
	same(t, "holders", []string{list[0].HolderID, list[1].HolderID}, []string{"of-a", "of-b"})
	same(t, "names", [][]string{list[0].Names, list[1].Names}, [][]string{{"Brand a", "Text one", "Text two"}, {"Brand b"}})
	same(t, "of nobody", len(got[[]search.Grant](k)(k.Grants(k.ctx, "-"))), 0)
}

func picturesTexts(t *testing.T, k *kit) {
	k.seller("s")
	rev := k.revision("l", "s", "title")
	read := func() []lexicon.Field {
		t.Helper()
		list, _, _, err := k.Stretch(k.ctx, search.Stretch{Revisions: 10})
		k.must(err)
		return list[0].Read
	}
	same(t, "nothing", len(read()), 0)
	for _, want := range [][]lexicon.Field{{{Name: "picture:0", Text: "구찌 \"1:1\""}}, {{Name: "picture:1", Text: "b"}, {Name: "picture:2", Text: "c"}}} {
		k.must(k.KeepText(k.ctx, rev.ID, want))
		same(t, "read", read(), want)
	}
	k.must(k.KeepText(k.ctx, rev.ID, nil))
	same(t, "nothing any more", len(read()), 0)
}

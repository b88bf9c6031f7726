package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
)

var listingTests = map[string]func(*testing.T, *kit){
	"every field survives":     revisionFields,
	"revisions count up":       revisionNumbers,
	"conflicts and references": revisionRefused,
	"status":                   listingStatus,
	"removed stays removed":    listingRemoved,
	"filters":                  listingFilters,
	"pages":                    listingPages,
	"pictures settle":          pictureSettling,
}

func revisionFields(t *testing.T, k *kit) {
	k.seller("s")
	var r listing.Revision
	fill(&r)
	l := listing.Listing{ID: "l", Market: "main", ExternalID: "x", SellerID: "s"}
	stored, rev, changed, err := k.PutRevision(k.ctx, l, r)
	k.must(err)
	r.ListingID, r.Number, r.ID = "l", 1, "l.1"
	l.Revision, l.Status, l.CreatedAt, l.UpdatedAt = 1, listing.Pending, r.CreatedAt, r.CreatedAt
	l.CreatedAt = stored.CreatedAt // the store's clock
	if !changed {
		t.Fatal("a first revision is no news")
	}
	same(t, "returned listing", stored, l)
	same(t, "returned revision", rev, r)
	same(t, "listing", got[listing.Listing](k)(k.Listing(k.ctx, "l")), l)
	same(t, "revision", got[listing.Revision](k)(k.Revision(k.ctx, "l.1")), r)
	_, err = k.Revision(k.ctx, "l.2")
	k.refuses(fault.NotFound, err)
	_, err = k.Listing(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func revisionNumbers(t *testing.T, k *kit) {
	k.seller("s")
	k.seller("s2")
	put := func(title, sellerID string) (listing.Listing, listing.Revision, bool) {
		t.Helper()
		l, r, changed, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: sellerID, CreatedAt: noon},
			listing.Revision{Offer: listing.Offer{Title: title}, CreatedAt: noon.Add(time.Duration(k.next()) * time.Hour)})
		k.must(err)
		return l, r, changed
	}
	put("one", "s")
	l, r, changed := put("one", "s")
	if changed || l.Revision != 1 || r.Number != 1 || !l.UpdatedAt.Equal(noon.Add(time.Hour)) {
		t.Fatalf("the same offer again: changed=%v %+v", changed, l)
	}
	l, r, changed = put("two", "s2")
	if !changed || l.Revision != 2 || r.ID != "l.2" || l.SellerID != "s2" || !l.CreatedAt.Equal(noon) {
		t.Fatalf("a new offer: changed=%v %+v %+v", changed, l, r)
	}
	if _, r, changed = put("one", "s2"); !changed || r.Number != 3 {
		t.Fatalf("back to the first offer: changed=%v %+v", changed, r)
	}
	all := got[[]listing.Revision](k)(k.Revisions(k.ctx, "l"))
	same(t, "titles, newest first", ids(all, func(r listing.Revision) string { return r.Offer.Title }), []string{"one", "two", "one"})
}

func revisionRefused(t *testing.T, k *kit) {
	k.seller("s")
	k.revision("l", "s", "title")
	put := func(l listing.Listing) error {
		_, _, _, err := k.PutRevision(k.ctx, l, listing.Revision{Offer: listing.Offer{Title: "t"}})
		return err
	}
	k.refuses(fault.Invalid, put(listing.Listing{ID: "l2", Market: "main", ExternalID: "y", SellerID: "none"}))
	k.refuses(fault.Invalid, put(listing.Listing{ID: "l2", Market: "main", ExternalID: "y"}))
	k.refuses(fault.Conflict, put(listing.Listing{ID: "l2", Market: "main", ExternalID: "x-l", SellerID: "s"}))
	k.must(put(listing.Listing{ID: "l2", Market: "other", ExternalID: "x-l", SellerID: "s"}))
}

func listingStatus(t *testing.T, k *kit) {
	k.seller("s")
	k.revision("l", "s", "title")
	when := noon.Add(time.Hour)
	if !got[bool](k)(k.SetStatus(k.ctx, "l", 1, listing.Live, when)) {
		t.Fatal("the newest revision was not accepted")
	}
	l := got[listing.Listing](k)(k.Listing(k.ctx, "l"))
	if l.Status != listing.Live || !l.UpdatedAt.Equal(when) {
		t.Fatalf("stored %+v", l)
	}
	if got[bool](k)(k.SetStatus(k.ctx, "l", 2, listing.Held, when)) {
		t.Fatal("a revision that does not exist was accepted")
	}
	if !got[bool](k)(k.SetStatus(k.ctx, "l", 0, listing.Gone, when)) {
		t.Fatal("revision 0 means whatever it is")
	}
	_, err := k.SetStatus(k.ctx, "none", 0, listing.Gone, when)
	k.refuses(fault.NotFound, err)
	k.revision("l2", "s", "title")
	same(t, "counts", got[map[listing.Status]int](k)(k.CountListings(k.ctx)), map[listing.Status]int{listing.Gone: 1, listing.Pending: 1})
}

func listingRemoved(t *testing.T, k *kit) {
	k.seller("s")
	k.revision("l", "s", "title")
	for status, want := range map[listing.Status]listing.Status{listing.Removed: listing.Removed, listing.Live: listing.Pending,
		listing.Held: listing.Pending, listing.Gone: listing.Pending} {
		got[bool](k)(k.SetStatus(k.ctx, "l", 0, status, noon))
		l, _, _, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "main", ExternalID: "x-l", SellerID: "s"},
			listing.Revision{Offer: listing.Offer{Title: fmt.Sprint("title", k.next())}})
		k.must(err)
		if l.Status != want {
			t.Fatalf("a new revision of a listing that was %s is %s, want %s", status, l.Status, want)
		}
	}
}

func listingFilters(t *testing.T, k *kit) {
	k.seller("s1")
	k.seller("s2")
	k.brand("b", k.holder("h"))
	k.revision("l1", "s1", "Schöne TASCHE 100%")
	k.revision("l2", "s2", "bag")
	k.open("c", "s2", func(c *casefile.Case) { c.BrandID, c.HolderID = "b", "h" })
	got[bool](k)(k.SetStatus(k.ctx, "l2", 0, listing.Held, noon))
	for _, c := range []struct {
		name string
		f    listing.Filter
		want []string
	}{
		{"all, newest first", listing.Filter{}, []string{"listing-c", "l2", "l1"}},
		{"market", listing.Filter{Market: "other"}, []string{}},
		{"seller", listing.Filter{SellerID: "s2"}, []string{"listing-c", "l2"}},
		{"status", listing.Filter{Status: listing.Held}, []string{"l2"}},
		{"title", listing.Filter{Query: "schöne tasche"}, []string{"l1"}},
		{"percent", listing.Filter{Query: "0%"}, []string{"l1"}},
		{"external id", listing.Filter{Query: "X-L2"}, []string{"l2"}},
		{"holder", listing.Filter{HolderID: "h"}, []string{"listing-c"}},
		{"another holder", listing.Filter{HolderID: "-"}, []string{}},
		{"all together", listing.Filter{HolderID: "h", SellerID: "s2", Status: listing.Pending, Market: "main", Query: "title"}, []string{"listing-c"}},
	} {
		rows, next, err := k.Listings(k.ctx, c.f)
		k.must(err)
		same(t, c.name, ids(rows, func(s listing.Summary) string { return s.ID }), c.want)
		if next != "" {
			t.Errorf("%s: a cursor after the last row", c.name)
		}
	}
	for _, cursor := range []string{"?", "e30x", strings.Repeat("A", 5000)} {
		_, _, err := k.Listings(k.ctx, listing.Filter{After: cursor})
		k.refuses(fault.Invalid, err)
	}
}

func listingPages(t *testing.T, k *kit) {
	k.seller("s")
	const n = 23
	for i := range n { // several of one moment, so that the id decides
		_, _, _, err := k.PutRevision(k.ctx, listing.Listing{ID: fmt.Sprintf("l%02d", i), Market: "m", ExternalID: fmt.Sprint(i), SellerID: "s",
			CreatedAt: noon.Add(time.Duration(i/5) * time.Microsecond)}, listing.Revision{Offer: listing.Offer{Title: "t"}})
		k.must(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := listing.Filter{Limit: rapid.IntRange(1, n+2).Draw(rt, "limit")}
		var seen []string
		for {
			rows, next, err := k.Listings(k.ctx, f)
			if err != nil {
				rt.Fatal(err)
			}
			seen = append(seen, ids(rows, func(s listing.Summary) string { return s.ID })...)
			if f.After = next; next == "" {
				break
			}
		}
		slices.Reverse(seen)
		if len(seen) != n || !slices.IsSorted(seen) || len(slices.Compact(seen)) != n {
			rt.Fatalf("pages of %d show %v", f.Limit, seen)
		}
	})
}

func pictureSettling(t *testing.T, k *kit) {
	k.seller("s")
	offer := listing.Offer{Title: "t", Pictures: []listing.Picture{
		{URL: "http://a/1.jpg", State: listing.PictureWaiting}, {URL: "http://a/2.jpg", State: listing.PictureWaiting},
		{Hash: "sha256:up", State: listing.PictureStored},
	}}
	_, rev, _, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: "s"}, listing.Revision{Offer: offer})
	k.must(err)
	shown := func() string {
		rows, _, err := k.Listings(k.ctx, listing.Filter{})
		k.must(err)
		return rows[0].Picture
	}
	if shown() != "sha256:up" {
		t.Fatalf("the list shows %q", shown())
	}
	settle := func(n int, p listing.Picture, want int) {
		t.Helper()
		if waiting := got[int](k)(k.SettlePicture(k.ctx, rev.ID, n, p)); waiting != want {
			t.Fatalf("%d pictures wait, want %d", waiting, want)
		}
	}
	stored := listing.Picture{Hash: "sha256:one", State: listing.PictureStored}
	settle(0, stored, 1)
	settle(0, listing.Picture{State: listing.PictureFailed, Problem: "timeout"}, 1) // the first answer stays
	settle(1, listing.Picture{State: listing.PictureFailed, Problem: "not_found"}, 0)
	pictures := got[listing.Revision](k)(k.Revision(k.ctx, rev.ID)).Offer.Pictures
	same(t, "pictures", pictures, []listing.Picture{
		{URL: "http://a/1.jpg", Hash: "sha256:one", State: listing.PictureStored},
		{URL: "http://a/2.jpg", State: listing.PictureFailed, Problem: "not_found"},
		{Hash: "sha256:up", State: listing.PictureStored},
	})
	if shown() != "sha256:one" {
		t.Fatalf("the list shows %q", shown())
	}
	_, _, changed, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: "s"}, listing.Revision{Offer: offer})
	if k.must(err); changed {
		t.Fatal("fetching pictures made the same offer news")
	}
	_, err = k.SettlePicture(k.ctx, rev.ID, 3, stored)
	k.refuses(fault.Invalid, err)
	_, err = k.SettlePicture(k.ctx, rev.ID, 0, listing.Picture{State: listing.PictureWaiting})
	k.refuses(fault.Invalid, err)
	_, err = k.SettlePicture(k.ctx, "none", 0, stored)
	k.refuses(fault.NotFound, err)
}

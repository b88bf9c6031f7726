package api

import (
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/search"
)

func looking(texts ...string) search.Query {
	var q search.Query
	for _, t := range texts {
		q.Words = append(q.Words, search.Word{Text: t})
	}
	return q
}

func TestRunSearch(t *testing.T) {
	k := newKit(t)
	var got search.Result
	likely := looking("Brandb") // Branda is a likely slip of it, but not a likely infringement
	likely.Likely = true
	k.want(k.ask("holder:a", "POST", base+"/searches/run", SearchRun{Query: likely}), 200, &got)
	if len(got.Hits) != 1 || got.Hits[0].ListingID != "listing-b" || got.Hits[0].SellerName != "Shop b" || !got.Complete {
		t.Errorf("%+v", got)
	}
	k.want(k.ask("reviewer", "POST", base+"/searches/run", SearchRun{Query: looking("Branda", "Brandb"), Limit: 1}), 200, &got)
	if len(got.Hits) != 1 || got.Next == "" {
		t.Errorf("%+v", got)
	}
	first := got.Hits[0].ListingID
	k.want(k.ask("reviewer", "POST", base+"/searches/run", SearchRun{Query: looking("Branda", "Brandb"), Limit: 1, After: got.Next}), 200, &got)
	if len(got.Hits) != 1 || got.Hits[0].ListingID == first {
		t.Errorf("%+v", got)
	}
	p := k.wantProblem(k.ask("holder:a", "POST", base+"/searches/run", SearchRun{Query: looking("x")}), 422, fault.Invalid)
	if p.Errors[0].Path != "words[0]" {
		t.Errorf("%+v", p)
	}
	k.wantProblem(k.ask("holder:a", "POST", base+"/searches/run", SearchRun{Query: looking("Branda"), After: "?"}), 422, fault.Invalid)
}

// A holder keeps, changes and deletes searches of the own organisation; those
// of others and of the house are not there.
func TestSavedSearchesOfOthersAreNotThere(t *testing.T) {
	k := newKit(t)
	save := func(as string) search.Saved {
		var s search.Saved
		k.want(k.ask(as, "POST", base+"/searches", SearchIn{Name: "of " + as, Query: looking("Branda")}), 201, &s)
		return s
	}
	a, b, house := save("holder:a"), save("holder:b"), save("reviewer")
	if a.HolderID != "holder-a" || house.HolderID != "" {
		t.Errorf("%+v %+v", a, house)
	}
	for _, other := range []search.Saved{b, house} {
		for _, c := range []struct {
			method string
			body   any
		}{{"GET", nil}, {"PUT", SearchIn{Name: "mine", Query: looking("Branda")}}, {"DELETE", nil}} {
			k.wantProblem(k.ask("holder:a", c.method, base+"/searches/"+other.ID, c.body), 404, fault.NotFound)
		}
	}
	k.wantProblem(k.ask("admin", "GET", base+"/searches/"+a.ID, nil), 404, fault.NotFound)
	var page Page[search.Saved]
	k.want(k.ask("holder:a", "GET", base+"/searches", nil), 200, &page)
	if len(page.Items) != 1 || page.Items[0].ID != a.ID {
		t.Errorf("%+v", page)
	}
	k.want(k.ask("admin", "GET", base+"/searches", nil), 200, &page)
	if len(page.Items) != 1 || page.Items[0].ID != house.ID {
		t.Errorf("the people of the house share their searches: %+v", page)
	}
	var changed search.Saved
	k.want(k.ask("holder:a", "PUT", base+"/searches/"+a.ID, SearchIn{Name: "changed", Query: looking("Brandb")}), 200, &changed)
	if changed.Name != "changed" || changed.HolderID != "holder-a" {
		t.Errorf("%+v", changed)
	}
	if w := k.ask("holder:a", "DELETE", base+"/searches/"+a.ID, nil); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	k.wantProblem(k.ask("holder:a", "GET", base+"/searches/"+a.ID, nil), 404, fault.NotFound)
}

func TestAlertsAreReadByTheirOwner(t *testing.T) {
	k := newKit(t)
	ctx := t.Context()
	for _, org := range []string{"a", "b"} {
		must(t, k.store.PutSearch(ctx, search.Saved{ID: "search-" + org, HolderID: "holder-" + org, Name: org, Query: looking("Brand" + org), CreatedAt: noon}))
		for _, l := range []string{"a", "b"} {
			_, err := k.store.AddAlerts(ctx, []search.Alert{{ID: "alert-" + org + l, SearchID: "search-" + org, HolderID: "holder-" + org, CreatedAt: noon,
				Hit: search.Hit{ListingID: "listing-" + l, RevisionID: listing.RevisionID("listing-"+l, 1), SellerID: listing.SellerID("main", l)}}})
			must(t, err)
		}
	}
	var page Page[search.Alert]
	w := k.ask("holder:a", "GET", base+"/alerts?unread=true&limit=1", nil)
	k.want(w, 200, &page)
	if len(page.Items) != 1 || page.Next == "" || page.Items[0].Hit.SellerName == "" || strings.Contains(w.Body.String(), "search-b") {
		t.Errorf("%s", w.Body)
	}
	k.want(k.ask("holder:a", "GET", base+"/alerts?search=search-b", nil), 200, &page)
	if len(page.Items) != 0 {
		t.Errorf("%+v", page)
	}
	var n UnreadCount
	k.want(k.ask("holder:a", "POST", base+"/alerts/read", ReadIn{IDs: []string{"alert-aa", "alert-ba"}}), 200, &n)
	if n.Unread != 1 {
		t.Errorf("%+v", n)
	}
	k.want(k.ask("holder:a", "POST", base+"/alerts/read", ReadIn{}), 200, &n)
	if n.Unread != 0 {
		t.Errorf("%+v", n)
	}
	k.want(k.ask("holder:b", "GET", base+"/alerts/count", nil), 200, &n)
	if n.Unread != 2 {
		t.Errorf("one holder read another's alerts: %+v", n)
	}
	k.want(k.ask("reviewer", "GET", base+"/alerts/count", nil), 200, &n)
	if n.Unread != 0 {
		t.Errorf("%+v", n)
	}
}

package api

import (
	"net/http"
	"strings"
	"testing"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Whatever belongs to holder b or shop b must not show in any answer to a.
func TestRowsOfOthersAreNotThere(t *testing.T) {
	k := newKit(t)
	traces := []string{"holder-b", "brand-b", "Brandb", "right-b", "asset-b", "licence-b", "listing-b", "case-b", "verdict-b", "feed-b"}
	lists := []string{"/holders", "/brands", "/rights", "/assets", "/licences", "/sellers", "/listings", "/feeds", "/cases", "/cases/count", "/precisions", "/brakes?state=all", "/precisions?brand=brand-b",
		"/brands?holder=holder-b", "/rights?brand=brand-b", "/assets?brand=brand-b&holder=holder-b", "/licences?seller=" + shopB, "/listings?seller=" + shopB,
		"/feeds?seller=" + shopB, "/cases?holder=holder-b", "/cases?brand=brand-b", "/holders?q=b"}
	for _, as := range []string{"holder:a", "seller:a", "partner"} {
		for _, path := range lists {
			if as == "partner" && !strings.HasPrefix(path, "/listings") && !strings.HasPrefix(path, "/cases") && !strings.HasPrefix(path, "/feeds") {
				continue // a partner reads all of the registry
			}
			w := k.ask(as, "GET", base+path, nil)
			for _, trace := range append(traces, shopB) {
				if strings.Contains(w.Body.String(), trace) {
					t.Errorf("%s as %s shows %s: %s", path, as, trace, w.Body)
				}
			}
		}
	}
	for _, c := range []struct{ as, path string }{
		{"holder:a", "/holders/holder-%"}, {"holder:a", "/brands/brand-%"}, {"holder:a", "/rights/right-%"}, {"holder:a", "/assets/asset-%"}, {"holder:a", "/assets/asset-%/precision"},
		{"holder:a", "/licences/licence-%"}, {"holder:a", "/cases/case-%"}, {"holder:a", "/listings/listing-%"},
		{"holder:a", "/listings/listing-%/revisions"}, {"holder:a", "/listings/listing-%/verdicts"},
		{"seller:a", "/licences/licence-%"}, {"seller:a", "/listings/listing-%"}, {"seller:a", "/listings/listing-%/revisions"},
		{"seller:a", "/listings/listing-%/verdicts"}, {"seller:a", "/feeds/feed-%"}, {"seller:a", "/feeds/feed-%/problems"}, {"seller:a", "/feeds/feed-%/rejects.ndjson"},
	} {
		own := k.ask(c.as, "GET", base+strings.ReplaceAll(c.path, "%", "a"), nil)
		if own.Code != http.StatusOK {
			t.Errorf("%s as %s: own row gives %d %s", c.path, c.as, own.Code, own.Body)
		}
		other := k.wantProblem(k.ask(c.as, "GET", base+strings.ReplaceAll(c.path, "%", "b"), nil), 404, fault.NotFound)
		none := k.wantProblem(k.ask(c.as, "GET", base+strings.ReplaceAll(c.path, "%", "c"), nil), 404, fault.NotFound)
		if strings.ReplaceAll(other.Detail, "-b", "-c") != none.Detail {
			t.Errorf("%s as %s: %q and %q tell a hidden row from none", c.path, c.as, other.Detail, none.Detail)
		}
	}
	k.wantProblem(k.ask("seller:a", "GET", base+"/sellers/"+shopB, nil), 404, fault.NotFound)
}

func TestHolderEditsOwnRowsOnly(t *testing.T) {
	k := newKit(t)
	for _, c := range []struct {
		path string
		body any
		want int
	}{
		{"/brands/brand-a", registry.Brand{HolderID: "holder-a", Name: "New"}, 200},
		{"/brands/brand-a", registry.Brand{HolderID: "holder-b", Name: "Given away"}, 403},
		{"/brands/brand-b", registry.Brand{HolderID: "holder-a", Name: "Taken"}, 403},
		{"/brands/brand-c", registry.Brand{HolderID: "holder-a", Name: "Third"}, 200},
		{"/rights/right-b", registry.Right{BrandID: "brand-a", Kind: registry.Copyright, Status: registry.RightUnregistered}, 403},
		{"/rights/right-c", registry.Right{BrandID: "brand-b", Kind: registry.Copyright, Status: registry.RightUnregistered}, 403},
		{"/rights/right-c", registry.Right{BrandID: "brand-a", Kind: registry.Copyright, Status: registry.RightUnregistered}, 200},
		{"/assets/asset-b", registry.Asset{BrandID: "brand-a", Kind: registry.AssetName, Text: "x"}, 403},
		{"/assets/asset-c", registry.Asset{BrandID: "brand-a", RightID: "right-b", Kind: registry.AssetName, Text: "x"}, 422},
		{"/assets/asset-c", registry.Asset{BrandID: "brand-a", RightID: "right-a", Kind: registry.AssetName, Text: "x"}, 200},
		{"/licences/licence-b", registry.Licence{BrandID: "brand-a", SellerID: shopA, Status: registry.LicenceActive}, 403},
		{"/licences/licence-c", registry.Licence{BrandID: "brand-b", SellerID: shopA, Status: registry.LicenceActive}, 403},
		{"/licences/licence-c", registry.Licence{BrandID: "brand-a", SellerID: shopB, Status: registry.LicenceActive}, 200},
		{"/holders/holder-a", registry.RightsHolder{Name: "Renamed"}, 403},
		{"/holders/holder-c", registry.RightsHolder{Name: "Another"}, 403},
	} {
		if w := k.ask("holder:a", "PUT", base+c.path, c.body); w.Code != c.want {
			t.Errorf("PUT %s %+v: %d %s, want %d", c.path, c.body, w.Code, w.Body, c.want)
		}
	}
}

// A listing on which both brands were found shows each holder its own half.
func TestHolderSeesOwnFindingsOfASharedVerdict(t *testing.T) {
	k := newKit(t)
	ctx := t.Context()
	v, err := k.store.Verdict(ctx, "verdict-a")
	must(t, err)
	v.ID, v.CreatedAt = "verdict-ab", noon.Add(1)
	other := v.Signals[0]
	other.BrandID, other.AssetID, other.RightID = "brand-b", "asset-b", "right-b"
	v.Signals = append([]signal.Signal{other}, v.Signals...)
	v.Matched = []string{"asset-b", "asset-a"}
	v.Reasons = []verdict.Reason{{Rule: "b", Code: "b", Signals: []int{0}}, {Rule: "both", Code: "both", Signals: []int{0, 1}}}
	must(t, k.store.PutVerdict(ctx, v))
	for _, org := range []string{"a", "b"} {
		hidden := map[string]string{"a": "-b", "b": "-a"}[org]
		var page Page[verdict.Verdict]
		w := k.ask("holder:"+org, "GET", base+"/listings/listing-a/verdicts", nil)
		k.want(w, 200, &page)
		for _, shown := range page.Items {
			for _, s := range shown.Signals {
				if s.BrandID != "brand-"+org {
					t.Errorf("holder %s sees a finding for %s", org, s.BrandID)
				}
			}
			for _, r := range shown.Reasons {
				for _, i := range r.Signals {
					if i >= len(shown.Signals) {
						t.Errorf("reason %s points at finding %d of %d", r.Rule, i, len(shown.Signals))
					}
				}
			}
		}
		if strings.Contains(w.Body.String(), "asset"+hidden) || strings.Contains(w.Body.String(), "right"+hidden) {
			t.Errorf("holder %s: %s", org, w.Body)
		}
	}
}

func TestHolderDoesNotReadReviewersNotes(t *testing.T) {
	k := newKit(t)
	var c casefile.Case
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/claim", nil), 200, &c)
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/decision",
		casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Note: "same as the ring of last week", Version: c.Version}), 200, nil)
	for _, path := range []string{"/cases", "/cases/case-a"} {
		w := k.ask("holder:a", "GET", base+path, nil)
		if w.Code != 200 || strings.Contains(w.Body.String(), "ring of last week") || strings.Contains(w.Body.String(), `"actor_name":"reviewer"`) || !strings.Contains(w.Body.String(), "counterfeit") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w := k.ask("reviewer", "GET", base+path, nil); !strings.Contains(w.Body.String(), "ring of last week") {
			t.Errorf("%s: a reviewer does not see the note: %s", path, w.Body)
		}
	}
}

func TestSellerTakesInOwnListingsOnly(t *testing.T) {
	k := newKit(t)
	body := func(seller string) ListingIn {
		return ListingIn{Seller: seller, Offer: OfferIn{Title: "Bag"}}
	}
	k.want(k.ask("seller:a", "PUT", base+"/listings/main/new", body("")), 201, nil)
	k.want(k.ask("seller:a", "PUT", base+"/listings/main/new", body("a")), 200, nil)
	k.wantProblem(k.ask("seller:a", "PUT", base+"/listings/main/other", body("b")), 403, fault.Forbidden)
	k.wantProblem(k.ask("seller:b", "PUT", base+"/listings/main/new", body("")), 422, fault.Invalid)
	k.wantProblem(k.ask("seller:a", "POST", base+"/screenings", ScreeningIn{SellerID: shopB, ListingIn: body("")}), 403, fault.Forbidden)
	k.wantProblem(k.ask("seller:a", "POST", base+"/screenings", ScreeningIn{ListingIn: body("b")}), 403, fault.Forbidden)
}

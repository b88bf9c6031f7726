package access

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// witness knows brands by id and gives the same verdicts for every listing.
type witness struct {
	brands   map[string]registry.Brand
	verdicts []verdict.Verdict
}

func (w witness) Brand(_ context.Context, id string) (registry.Brand, error) {
	if b, ok := w.brands[id]; ok {
		return b, nil
	}
	return registry.Brand{}, fault.New(fault.NotFound, "no brand")
}

func (w witness) VerdictsOf(context.Context, string, int) ([]verdict.Verdict, error) {
	return w.verdicts, nil
}

func principals() []Principal {
	var out []Principal
	for _, r := range Roles {
		out = append(out, Principal{Role: r, OrgID: "own"}, Principal{Role: r}, Principal{Role: r, OrgID: "own", Scopes: []Permission{}})
	}
	return append(out, Principal{}, Principal{Role: "unknown", OrgID: "own"})
}

// Who is limited never gets a filter that does not filter, and nobody reads a
// row that is not his.
func TestScopesNeverMeanEverybody(t *testing.T) {
	ctx := context.Background()
	other := registry.Brand{ID: "brand", HolderID: "other"}
	w := witness{brands: map[string]registry.Brand{"brand": other}, verdicts: []verdict.Verdict{{Signals: []signal.Signal{{BrandID: "brand"}, {BrandID: "gone"}, {}}}}}
	for _, p := range principals() {
		rf, lf, cf := registry.Filter{HolderID: "other", SellerID: "other"}, listing.Filter{SellerID: "other"}, casefile.Filter{HolderID: "other"}
		p.ScopeRegistry(&rf)
		p.ScopeListings(&lf)
		p.ScopeCases(&cf)
		if p.Role == Holder && (rf.HolderID != orNobody(p.OrgID) || cf.HolderID != orNobody(p.OrgID) || lf.HolderID != orNobody(p.OrgID)) ||
			p.Role == Seller && (rf.SellerID != orNobody(p.OrgID) || lf.SellerID != orNobody(p.OrgID)) ||
			p.Role != Holder && !p.Staff() && cf.HolderID != nobody ||
			p.Role != Holder && p.Role != Seller && !p.Staff() && lf.SellerID != nobody {
			t.Errorf("%+v: %+v %+v %+v", p, rf, lf, cf)
		}
		if owner := p.SearchOwner(); p.Role == Holder && owner != orNobody(p.OrgID) || p.Role != Holder && !p.Staff() && owner != nobody {
			t.Errorf("%+v owns the searches of %q", p, owner)
		}
		if p.MayUseSearch(search.Saved{HolderID: "other"}) || !p.Staff() && p.MayUseSearch(search.Saved{}) {
			t.Errorf("%+v uses a search of others", p)
		}
		if p.Staff() && p.Scopes == nil {
			continue
		}
		sees, err := p.MaySeeListing(ctx, w, listing.Listing{SellerID: "other"})
		if err != nil || sees || p.MaySeeCase(casefile.Case{HolderID: "other"}) || p.MaySeeSeller("other") || p.MaySeeFeed(listing.Feed{SellerID: "other"}) ||
			p.MayEditBrand(other) || p.MayEditBrand(registry.Brand{}) || p.MayEditHolder(registry.RightsHolder{ID: "other"}) ||
			p.Role != Partner && (p.MaySeeHolder(registry.RightsHolder{ID: "other"}) || p.MaySeeBrand(other) || p.MaySeeBrand(registry.Brand{}) ||
				p.MaySeeLicence(registry.Licence{SellerID: "other"}, other)) {
			t.Errorf("%+v reads or edits a row of others", p)
		}
	}
}

func TestOwnRowsAreSeen(t *testing.T) {
	ctx := context.Background()
	own := registry.Brand{ID: "brand", HolderID: "own"}
	w := witness{brands: map[string]registry.Brand{"brand": own}, verdicts: []verdict.Verdict{{}, {Signals: []signal.Signal{{}, {BrandID: "brand"}}}}}
	h, s := Principal{Role: Holder, OrgID: "own"}, Principal{Role: Seller, OrgID: "own"}
	for _, p := range []Principal{h, s, {Role: Admin}, {Role: Reviewer}} {
		if ok, err := p.MaySeeListing(ctx, w, listing.Listing{SellerID: "own"}); !ok || err != nil {
			t.Errorf("%s does not see the listing: %v", p.Role, err)
		}
	}
	if !h.MaySeeCase(casefile.Case{HolderID: "own"}) || !h.MaySeeBrand(own) || !h.MayEditBrand(own) || !h.MaySeeHolder(registry.RightsHolder{ID: "own"}) ||
		!s.MaySeeLicence(registry.Licence{SellerID: "own"}, registry.Brand{HolderID: "other"}) || !s.MaySeeSeller("own") || !s.MaySeeFeed(listing.Feed{SellerID: "own"}) {
		t.Error("an own row is hidden")
	}
	if !h.MayUseSearch(search.Saved{HolderID: "own"}) || !(Principal{Role: Reviewer}).MayUseSearch(search.Saved{}) {
		t.Error("an own search is hidden")
	}
}

// Whatever a verdict holds, a holder's view of it has his findings only, and
// its reasons point at them.
func TestHoldersViewOfAVerdict(t *testing.T) {
	w := witness{brands: map[string]registry.Brand{"a": {HolderID: "own"}, "b": {HolderID: "other"}}}
	p := Principal{Role: Holder, OrgID: "own"}
	rapid.Check(t, func(t *rapid.T) {
		brands := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "gone", ""})).Draw(t, "brands")
		var v verdict.Verdict
		for i, b := range brands {
			v.Signals = append(v.Signals, signal.Signal{BrandID: b, AssetID: "asset-" + b, Score: float64(i)})
			v.Matched = append(v.Matched, "asset-"+b)
		}
		for range rapid.IntRange(0, 4).Draw(t, "reasons") {
			r := verdict.Reason{}
			if len(brands) > 0 {
				r.Signals = rapid.SliceOf(rapid.IntRange(0, len(brands)-1)).Draw(t, "signals")
			}
			v.Reasons = append(v.Reasons, r)
		}
		before := len(v.Signals)
		got, err := p.ShowVerdict(context.Background(), w, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got.Signals {
			if s.BrandID != "a" {
				t.Fatalf("shows %q", s.BrandID)
			}
		}
		if slices.ContainsFunc(got.Matched, func(id string) bool { return id != "asset-a" }) || len(v.Signals) != before {
			t.Fatalf("matched %v", got.Matched)
		}
		for i, r := range got.Reasons {
			for _, at := range r.Signals {
				if at < 0 || at >= len(got.Signals) {
					t.Fatalf("reason %d points at %d of %d", i, at, len(got.Signals))
				}
			}
		}
	})
}

func TestSellersViewOfAVerdict(t *testing.T) {
	v := verdict.Verdict{Signals: []signal.Signal{{BrandID: "a", For: []signal.Factor{{Code: "x"}},
		Sighting: &signal.Sighting{Hash: "sha256:own", AssetPicture: "sha256:protected", Outline: []signal.Point{{}},
			Part: &signal.Part{Share: 0.3, Outline: []signal.Point{{}}, AssetOutline: []signal.Point{{}}}}}}}
	got, err := Principal{Role: Seller, OrgID: "own"}.ShowVerdict(context.Background(), witness{}, v)
	if err != nil || got.Signals[0].Sighting.AssetPicture != "" || got.Signals[0].For != nil || got.Signals[0].Sighting.Hash == "" || len(got.Signals[0].Sighting.Outline) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if part := got.Signals[0].Sighting.Part; part == nil || part.AssetOutline != nil || len(part.Outline) != 1 {
		t.Errorf("%+v", part)
	}
	if v.Signals[0].Sighting.AssetPicture == "" || v.Signals[0].Sighting.Part.AssetOutline == nil || v.Signals[0].For == nil {
		t.Error("the verdict itself was changed")
	}
}

func TestRoutesAdmit(t *testing.T) {
	r := Route{Permission: CaseRead}
	if r.Admits(Principal{Role: Admin}, false) || !r.Admits(Principal{Role: Admin}, true) || r.Admits(Principal{Role: Seller}, true) ||
		!(Route{Public: true}).Admits(Principal{}, false) || (Route{}).Admits(Principal{}, false) || !(Route{}).Admits(Principal{}, true) {
		t.Error("a route admits the wrong ones")
	}
}

func TestMembersOfDesksAreLimitedToThem(t *testing.T) {
	p := Principal{ID: "p", Role: Reviewer, Desks: []DeskRight{{Desk: "kr", Decide: true}, {Desk: "it"}}}
	var f casefile.Filter
	p.ScopeCases(&f)
	if !slices.Equal(f.Within, []string{"kr", "it"}) {
		t.Errorf("the filter is %v", f.Within)
	}
	f = casefile.Filter{AskedID: "p"}
	if p.ScopeCases(&f); f.Within != nil {
		t.Error("a case in which he is asked for his opinion is hidden")
	}
	f = casefile.Filter{AskedID: "another"}
	if p.ScopeCases(&f); f.Within == nil {
		t.Error("what another is asked about is shown")
	}
	for _, c := range []struct {
		c             casefile.Case
		sees, decides bool
	}{
		{casefile.Case{Desk: "kr"}, true, true}, {casefile.Case{Desk: "it"}, true, false}, {casefile.Case{Desk: "fr"}, false, false}, {casefile.Case{}, false, false},
		{casefile.Case{Desk: "fr", AskedID: "p"}, true, false},
	} {
		if p.MaySeeCase(c.c) != c.sees || p.MayDecideCase(c.c) != c.decides {
			t.Errorf("%+v: sees %v, decides %v", c.c, p.MaySeeCase(c.c), p.MayDecideCase(c.c))
		}
	}
	if a := p.Actor(); !slices.Equal(a.Desks, []string{"kr"}) {
		t.Errorf("he acts for %v", a.Desks)
	}
	free := Principal{Role: Reviewer}
	if !free.MayDecideCase(casefile.Case{Desk: "kr"}) || free.Actor().Desks != nil || free.ViewDesks() != nil {
		t.Error("a reviewer without a desk is limited")
	}
	if (Principal{Role: Reviewer, Desks: []DeskRight{}}).Actor().Desks == nil {
		t.Error("no rights mean all rights")
	}
	if v := (casefile.View{OwnerID: "x", Desk: "kr"}); p.MayChangeView(v) || !(Principal{ID: "a", Role: Admin}).MayChangeView(v) || !p.MayChangeView(casefile.View{OwnerID: "p"}) {
		t.Error("views are changed by the wrong ones")
	}
}

func TestTheGateKnowsTheDesks(t *testing.T) {
	g, m, _ := newGate()
	m.desks = map[string][]DeskRight{"r": {{Desk: "kr", Decide: true}}, "a": {{Desk: "kr"}}}
	m.accounts["r"] = Account{ID: "r", Role: Reviewer}
	m.accounts["a"] = Account{ID: "a", Role: Admin}
	m.accounts["o"] = Account{ID: "o", Role: Reviewer}
	for id, want := range map[string]int{"r": 1, "a": 0, "o": 0} {
		p, err := g.PrincipalOf(context.Background(), id)
		if err != nil || len(p.Desks) != want || want == 0 && p.Desks != nil {
			t.Errorf("%s is at %v (%v)", id, p.Desks, err)
		}
	}
}

package signal_test

import (
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func day(t *testing.T, s string) registry.Date {
	t.Helper()
	d, err := registry.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func subject(licences ...registry.Licence) *signal.Subject {
	return &signal.Subject{Now: now, Licences: licences, Seller: seller.Seller{ID: "s", Verification: seller.Verified, Status: seller.Active},
		Revision: listing.Revision{Offer: listing.Offer{Title: "t", Category: "Fashion > Shoes", Country: "KR"}}}
}

// Which licence covers which use.
func TestLicenceFor(t *testing.T) {
	active := registry.Licence{ID: "l", BrandID: "b", SellerID: "s", Status: registry.LicenceActive}
	with := func(change func(*registry.Licence)) registry.Licence { l := active; change(&l); return l }
	for name, c := range map[string]struct {
		licence registry.Licence
		covers  bool
	}{
		"plain":           {active, true},
		"of today":        {with(func(l *registry.Licence) { l.From, l.Until = day(t, "2026-11-02"), day(t, "2026-11-02") }), true},
		"ended yesterday": {with(func(l *registry.Licence) { l.Until = day(t, "2026-11-01") }), false},
		"begins tomorrow": {with(func(l *registry.Licence) { l.From = day(t, "2026-11-03") }), false},
		"revoked":         {with(func(l *registry.Licence) { l.Status = registry.LicenceRevoked }), false},
		"pending":         {with(func(l *registry.Licence) { l.Status = registry.LicencePending }), false},
		"other brand":     {with(func(l *registry.Licence) { l.BrandID = "c" }), false},
		"other asset":     {with(func(l *registry.Licence) { l.AssetIDs = []string{"x"} }), false},
		"this asset":      {with(func(l *registry.Licence) { l.AssetIDs = []string{"a"} }), true},
		"other country":   {with(func(l *registry.Licence) { l.Territories = []string{"US"} }), false},
		"this country":    {with(func(l *registry.Licence) { l.Territories = []string{"US", "KR"} }), true},
		"wider category":  {with(func(l *registry.Licence) { l.Categories = []string{"Fashion"} }), true},
		"like-named one":  {with(func(l *registry.Licence) { l.Categories = []string{"Fash"} }), false},
		"other category":  {with(func(l *registry.Licence) { l.Categories = []string{"Food", "Fashion > Bags"} }), false},
	} {
		if _, ok := subject(c.licence).LicenceFor("b", "a"); ok != c.covers {
			t.Errorf("%s: covers %v, want %v", name, ok, c.covers)
		}
	}
}

func TestPapers(t *testing.T) {
	p := signal.NewPapers()
	p.Know(registry.Brand{ID: "gated", GatedGoods: true})
	p.Know(registry.Brand{ID: "open"})
	named := func(brand string, score float64) signal.Signal {
		return signal.Signal{Kind: signal.TextName, BrandID: brand, Score: score}
	}
	kinds := func(s *signal.Subject, found ...signal.Signal) map[string]float64 {
		out := map[string]float64{}
		for _, f := range p.Conclude(s, found) {
			out[string(f.Kind)+":"+f.For[0].Code] = f.Score
		}
		return out
	}
	s := subject()
	gated, open := kinds(s, named("gated", .9)), kinds(s, named("open", .9))
	if !(gated["seller.unlicensed:licence_none"] > open["seller.unlicensed:licence_none"] && open["seller.unlicensed:licence_none"] > 0) {
		t.Errorf("goods that need a licence weigh %v, others %v", gated, open)
	}
	if got := kinds(s, named("gated", .3)); len(got) != 0 {
		t.Errorf("a mere mention says %v", got)
	}
	s.Licences = []registry.Licence{{BrandID: "gated", Status: registry.LicenceActive, Until: day(t, "2026-01-01")}}
	if got := kinds(s, named("gated", .9)); got["seller.unlicensed:licence_expired"] == 0 {
		t.Errorf("an expired licence says %v", got)
	}
	expired := now.Add(-time.Hour)
	s.Seller.VerifiedUntil, s.Seller.Status = &expired, seller.Suspended
	got := kinds(s)
	if got["seller.unverified:seller_expired"] == 0 || got["seller.not_active:shop_suspended"] != 1 {
		t.Errorf("a suspended shop with old papers says %v", got)
	}
}

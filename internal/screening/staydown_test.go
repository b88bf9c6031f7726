package screening_test

import (
	"testing"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// otherShop has a listing sold by another seller, whom it makes known.
func (h *house) otherShop(name string) func(*listing.Row) {
	ok := changed[bool](h.t)
	ok(h.store.PutSeller(h.ctx, seller.Seller{ID: listing.SellerID("main", name), ExternalID: name, Name: name, Verification: seller.Verified, Status: seller.Active, CreatedAt: h.clock, UpdatedAt: h.clock}))
	return func(r *listing.Row) { r.SellerExternalID = name }
}

// What a person blocked is blocked when anybody offers it again, asks for a
// review when it is much alike, and is forgotten everywhere the moment the
// decision is taken back.
func TestWhatWasBlockedStaysDown(t *testing.T) {
	h := newHouse(t)
	h.desk.Followers = []casefile.Follower{&similar.Follower{Store: h.store, Now: h.service.Now}}
	picture := h.picture(scenery(7))
	other := h.picture(scenery(8))
	shop, licensed := h.otherShop("another"), h.otherShop("licensed")
	changed[bool](t)(h.store.PutLicence(h.ctx, registry.Licence{ID: "licence", BrandID: "veltrana", SellerID: listing.SellerID("main", "licensed"), Status: registry.LicenceActive}))

	first := h.offer("one", fake, picture)
	h.decide(first, verdict.Block, "counterfeit")
	decided, err := h.store.LastDecided(h.ctx, first.ID)
	must(t, err)
	worker := screening.Follower{} // a second worker, which learns it by the change log
	engine, err := screening.NewEngine(policy.Default(), nil, h.service.Log)
	must(t, err)
	worker.Library, worker.Store, worker.Blobs, worker.Log = engine.Library, h.store, h.blobs, h.service.Log
	must(t, worker.Load(h.ctx))
	second := *h.service
	second.Engine, second.CatchUp = engine, worker.CatchUp
	h.service = &second

	stated := func(l listing.Listing) (verdict.Verdict, *signal.Signal) {
		t.Helper()
		v := h.verdictOn(l)
		for i := range v.Signals {
			if v.Signals[i].Decided != nil {
				return v, &v.Signals[i]
			}
		}
		return v, nil
	}
	for name, c := range map[string]struct {
		l    listing.Listing
		kind signal.Kind
		want verdict.Decision
	}{
		"the same picture, innocent words, another shop": {h.offer("two", "Tela e corda", shop, picture), signal.DecidedSame, verdict.Block},
		"a second picture beside it":                     {h.offer("three", "Tela e corda", shop, picture, other), signal.DecidedAlike, verdict.Review},
		"another thing":                                  {h.offer("four", "Tela e corda", shop, other), "", verdict.Pass},
		"a licensed seller":                              {h.offer("five", "Tela e corda", licensed, picture), signal.DecidedSame, verdict.Pass},
	} {
		v, s := stated(c.l)
		switch {
		case v.Decision != c.want:
			t.Errorf("%s: %s, want %s: %+v", name, v.Decision, c.want, v.Reasons)
		case c.kind == "" && s != nil, c.kind != "" && (s == nil || s.Kind != c.kind || s.Decided.ID != decided.Decision.ID || s.Sighting == nil):
			t.Errorf("%s: %+v, want %s of the decision", name, s, c.kind)
		}
	}
	last, err := h.store.LastDecided(h.ctx, first.ID)
	must(t, err)
	_, err = h.desk.Decide(h.ctx, last.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: last.Version}, casefile.Actor{ID: "r2"})
	must(t, err)
	if v, s := stated(h.offer("six", "Tela e corda", shop, picture)); s != nil || v.Decision != verdict.Pass {
		t.Errorf("after the decision was taken back: %s, %+v", v.Decision, s)
	}
}

package screening_test

import (
	"bytes"
	"fmt"
	"testing"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// protect registers a photograph and returns copies of it, each of other bytes.
func (h *house) protect(sought registry.Sought) func(n int) func(*listing.Row) {
	data := scenery(1)
	key, err := h.blobs.Put(h.ctx, data)
	must(h.t, err)
	changed[bool](h.t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "photo", BrandID: "veltrana", Kind: registry.AssetPhotograph, Picture: key, Sought: sought}))
	return func(n int) func(*listing.Row) { return h.picture(fmt.Appendf(bytes.Clone(data), "trailer %d", n)) }
}

// crowd gives the house so many shops and returns what makes a row the n-th's.
func (h *house) crowd(shops int) func(n int) func(*listing.Row) {
	for i := range shops {
		name := fmt.Sprint("shop-", i)
		changed[bool](h.t)(h.store.PutSeller(h.ctx, seller.Seller{ID: listing.SellerID("main", name), ExternalID: name, Name: name,
			Verification: seller.Verified, Status: seller.Active, CreatedAt: h.clock, UpdatedAt: h.clock}))
	}
	return func(n int) func(*listing.Row) {
		return func(r *listing.Row) { r.SellerExternalID = fmt.Sprint("shop-", n%shops) }
	}
}

func (h *house) verdictOn(l listing.Listing) verdict.Verdict {
	h.t.Helper()
	list, err := h.store.VerdictsOf(h.ctx, l.ID, 1)
	must(h.t, err)
	return list[0]
}

func TestAnAssetThatMatchesEverythingIsBraked(t *testing.T) {
	for _, sought := range registry.Soughts {
		t.Run(string(sought), func(t *testing.T) { matchesEverything(t, sought) })
	}
}

func matchesEverything(t *testing.T, sought registry.Sought) {
	h := newHouse(t)
	keeper := &registry.Keeper{Store: h.store, Sellers: h.store, Blobs: h.blobs, Ledger: h.store, Now: h.service.Now, Atomic: h.store.Atomic}
	h.service.Keeper = keeper
	h.service.Flood = screening.NewFlood(screening.FloodLimits{Window: 50, Fill: 4, Least: 3, Share: 0.1, Sellers: 2})
	shop, copied := h.crowd(3), h.protect(sought)
	var blocked, reviewed int
	flood := func(from, to int) (last listing.Listing) {
		for i := from; i < to; i++ {
			last = h.offer(fmt.Sprint("fake-", i), honest, shop(i), copied(i))
			v := h.verdictOn(last)
			switch v.Decision {
			case verdict.Block:
				blocked++
			case verdict.Review:
				reviewed++
			}
		}
		return last
	}
	last := flood(0, 6)
	if blocked != 3 || reviewed != 3 {
		t.Fatalf("%d blocked and %d reviewed, want 3 each: the one that tips it is judged anew", blocked, reviewed)
	}
	v := h.verdictOn(last)
	if c, open := h.openCase(last); !open || c.Proposed != verdict.Review || last.Status != listing.Held {
		t.Errorf("a braked match leaves the listing %s with the case %+v", last.Status, c)
	}
	braked := 0
	for _, s := range v.Signals {
		if s.Braked {
			braked++
		}
	}
	b, err := h.store.Brake(h.ctx, "photo")
	must(t, err)
	if braked == 0 || !b.Held() || b.Reason != registry.Flood || b.Matched != 4 || b.Looked != 4 || b.Sellers != 3 || b.Since.IsZero() {
		t.Errorf("%d signals are marked, brake %+v", braked, b)
	}

	// A person releases it: at once it blocks again, and what was counted before does not count.
	_, err = keeper.ReleaseBrake(h.ctx, "photo", "anna")
	must(t, err)
	blocked, reviewed = 0, 0
	flood(6, 9)
	if blocked != 3 {
		t.Errorf("after the release %d of 3 are blocked", blocked)
	}
	if b, err = h.store.Brake(h.ctx, "photo"); err != nil || b.Held() || b.ReleasedBy != "anna" {
		t.Errorf("%+v %v", b, err)
	}
	flood(9, 11)
	if b, err = h.store.Brake(h.ctx, "photo"); err != nil || !b.Held() || b.Matched > 5 {
		t.Errorf("a flood that goes on: %+v %v", b, err)
	}
	var kinds []string
	for _, e := range entries(h) {
		if e.Subject == "photo" {
			kinds = append(kinds, e.Kind)
		}
	}
	if fmt.Sprint(kinds) != "[asset.braked asset.released asset.braked]" {
		t.Errorf("ledger %v", kinds)
	}
}

// Another worker, with a window of its own, hears of the brake and the release.
func TestBrakesReachOtherWorkers(t *testing.T) {
	h := newHouse(t)
	keeper := &registry.Keeper{Store: h.store, Sellers: h.store, Blobs: h.blobs, Ledger: h.store, Now: h.service.Now, Atomic: h.store.Atomic}
	since, copied := h.clock, h.protect(registry.SoughtInside)
	if _, changed, err := keeper.Brake(h.ctx, registry.Brake{AssetID: "photo", Reason: registry.Flood, Since: since}, "system"); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if got := h.verdictOn(h.offer("one", honest, copied(1))); got.Decision != verdict.Review {
		t.Errorf("braked by another worker: %s", got.Decision)
	}
	if _, changed, err := keeper.Brake(h.ctx, registry.Brake{AssetID: "photo", Reason: registry.Flood, Since: since}, "system"); err != nil || changed {
		t.Errorf("braked twice: %v %v", changed, err)
	}
	_, err := keeper.ReleaseBrake(h.ctx, "photo", "anna")
	must(t, err)
	if _, changed, err := keeper.Brake(h.ctx, registry.Brake{AssetID: "photo", Reason: registry.Flood, Since: since}, "system"); err != nil || changed {
		t.Errorf("braked again for matches that were there before the release: %v %v", changed, err)
	}
	if got := h.verdictOn(h.offer("two", honest, copied(2))); got.Decision != verdict.Block {
		t.Errorf("released: %s", got.Decision)
	}
	if _, err := keeper.ReleaseBrake(h.ctx, "photo", "anna"); err == nil {
		t.Error("released twice")
	}
}

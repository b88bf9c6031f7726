package screening_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/seller"
	"assay/internal/store"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// house is a small installation on a database of its own.
type house struct {
	t       *testing.T
	ctx     context.Context
	store   *store.Store
	blobs   *blob.Store
	intake  *intake.Intake
	desk    *casefile.Desk
	service *screening.Service
	clock   time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "assay.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	engine, err := screening.NewEngine(policy.Default(), nil, log)
	must(t, err)
	h := &house{t: t, ctx: ctx, store: db, blobs: blobs, clock: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { h.clock = h.clock.Add(time.Second); return h.clock }
	follower := &screening.Follower{Library: engine.Library, Store: db, Blobs: blobs, Log: log}
	must(t, follower.Load(ctx))
	h.intake = &intake.Intake{Store: db, Blobs: blobs, Queue: db.Jobs(), Now: now}
	h.desk = &casefile.Desk{Store: db, Now: now}
	h.service = &screening.Service{Engine: engine, Store: db, Blobs: blobs, Now: now, Log: log, CatchUp: follower.CatchUp}
	h.register()
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func changed[T any](t *testing.T) func(T, error) {
	return func(_ T, err error) { t.Helper(); must(t, err) }
}

func (h *house) register() {
	ok := changed[bool](h.t)
	ok(h.store.PutHolder(h.ctx, registry.RightsHolder{ID: "holder", Name: "Holder"}))
	ok(h.store.PutBrand(h.ctx, registry.Brand{ID: "veltrana", HolderID: "holder", Name: "Veltrana", Goods: []string{"sneakers"}}))
	ok(h.store.PutAsset(h.ctx, registry.Asset{ID: "name", BrandID: "veltrana", Kind: registry.AssetName, Text: "Veltrana", Language: "en"}))
	ok(h.store.PutSeller(h.ctx, seller.Seller{ID: listing.SellerID("main", "shop"), ExternalID: "shop", Name: "Shop",
		Verification: seller.Verified, Status: seller.Active, CreatedAt: h.clock, UpdatedAt: h.clock}))
}

// offer takes a listing in and screens it.
func (h *house) offer(id, title string, change ...func(*listing.Row)) listing.Listing {
	h.t.Helper()
	row := listing.Row{ExternalID: id, SellerExternalID: "shop", Offer: listing.Offer{Title: title, Price: &listing.Money{Minor: 4900, Currency: "USD"}}}
	for _, c := range change {
		c(&row)
	}
	taken, err := h.intake.Take(h.ctx, intake.Source{Name: "api", ActorID: "test"}, []listing.Row{row})
	must(h.t, err)
	must(h.t, taken[0].Err)
	h.screen(taken[0].Revision.ID)
	l, err := h.store.Listing(h.ctx, taken[0].Listing.ID)
	must(h.t, err)
	return l
}

func (h *house) screen(revision string) {
	h.t.Helper()
	args, err := json.Marshal(intake.ScreenArgs{Revisions: []string{revision}})
	must(h.t, err)
	must(h.t, h.service.Screen(h.ctx, args))
}

func (h *house) openCase(l listing.Listing) (casefile.Case, bool) {
	h.t.Helper()
	c, err := h.store.OpenCase(h.ctx, l.ID)
	if fault.Is(err, fault.NotFound) {
		return c, false
	}
	must(h.t, err)
	return c, true
}

func (h *house) decide(l listing.Listing, outcome verdict.Decision, reason string) {
	h.t.Helper()
	c, ok := h.openCase(l)
	if !ok {
		h.t.Fatalf("listing %s has no open case", l.ExternalID)
	}
	_, err := h.desk.Decide(h.ctx, c.ID, casefile.Answer{Outcome: outcome, Reason: reason, Version: c.Version}, casefile.Actor{ID: "r", Name: "Reviewer"})
	must(h.t, err)
}

const (
	honest   = "Plain canvas shoes"
	fake     = "Veltrana replica 1:1 mirror quality sneakers"
	plainUse = "Veltrana running shoes"
)

func price(minor int64) func(*listing.Row) {
	return func(r *listing.Row) { r.Offer.Price.Minor = minor }
}

// What a verdict does to a listing, as docs/architecture.md has it.
func TestEffectOfAVerdict(t *testing.T) {
	h := newHouse(t)
	expect := func(name string, l listing.Listing, status listing.Status, asked bool) casefile.Case {
		t.Helper()
		c, open := h.openCase(l)
		if l.Status != status || open != asked {
			t.Errorf("%s: status %s, open case %v; want %s, %v", name, l.Status, open, status, asked)
		}
		return c
	}
	expect("new and harmless", h.offer("a", honest), listing.Live, false)
	c := expect("new and blocked", h.offer("b", fake), listing.Held, true)
	if c.Proposed != verdict.Block || c.BrandID != "veltrana" || c.HolderID != "holder" || c.Reason == "" {
		t.Errorf("the case does not say what it is about: %+v", c)
	}
	expect("new and suspicious", h.offer("c", plainUse), listing.Held, true)
	expect("mended before anybody looked", h.offer("c", honest), listing.Live, false)

	expect("live turns suspicious by a change", h.offer("a", plainUse), listing.Held, true)
	h.decide(mustListing(h, "a"), verdict.Pass, "no_infringement")
	expect("a new price does not reopen what was cleared", h.offer("a", plainUse, price(5100)), listing.Live, false)
	expect("new words do", h.offer("a", fake), listing.Held, true)

	h.decide(mustListing(h, "b"), verdict.Block, "counterfeit")
	expect("removed and the same again", h.offer("b", fake, price(100)), listing.Removed, false)
	c = expect("removed and mended asks to return", h.offer("b", honest), listing.Removed, true)
	if c.Reason != "return_asked" {
		t.Errorf("reason %q, want return_asked", c.Reason)
	}
	h.decide(mustListing(h, "b"), verdict.Pass, "no_infringement")
	expect("returned", mustListing(h, "b"), listing.Live, false)
}

// A mere suspicion about what is on sale, because the registry has grown,
// does not take it off sale before a person has looked.
func TestNewAssetAsksAboutWhatIsOnSale(t *testing.T) {
	h := newHouse(t)
	l := h.offer("a", "Quorandel running shoes")
	changed[bool](t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "new", BrandID: "veltrana", Kind: registry.AssetName, Text: "Quorandel"}))
	h.screen(listing.RevisionID(l.ID, 1))
	if _, open := h.openCase(l); !open || mustListing(h, "a").Status != listing.Live {
		t.Errorf("open case %v, status %s; want a case about a live listing", open, mustListing(h, "a").Status)
	}
}

func mustListing(h *house, id string) listing.Listing {
	h.t.Helper()
	l, err := h.store.Listing(h.ctx, listing.ID("main", id))
	must(h.t, err)
	return l
}

func TestLicenceMakesTheUseLawful(t *testing.T) {
	h := newHouse(t)
	changed[bool](t)(h.store.PutLicence(h.ctx, registry.Licence{ID: "lic", BrandID: "veltrana", SellerID: listing.SellerID("main", "shop"), Status: registry.LicenceActive}))
	if l := h.offer("a", plainUse); l.Status != listing.Live {
		t.Errorf("an authorised seller's listing is %s", l.Status)
	}
	changed[bool](t)(h.store.PutLicence(h.ctx, registry.Licence{ID: "lic", BrandID: "veltrana", SellerID: listing.SellerID("main", "shop"), Status: registry.LicenceRevoked}))
	if l := h.offer("b", plainUse); l.Status != listing.Held {
		t.Errorf("after the licence was revoked the listing is %s", l.Status)
	}
}

// A worker may be killed after the transaction and run the job again.
func TestScreeningTwiceIsOnce(t *testing.T) {
	h := newHouse(t)
	l := h.offer("a", fake)
	before := entries(h)
	h.screen(listing.RevisionID(l.ID, 1))
	if after := entries(h); len(after) != len(before) {
		t.Errorf("screening again wrote %d ledger entries", len(after)-len(before))
	}
	verdicts, err := h.store.VerdictsOf(h.ctx, l.ID, 10)
	must(t, err)
	page, err := h.store.Cases(h.ctx, casefile.Filter{State: casefile.Open, Now: h.clock})
	must(t, err)
	if len(verdicts) != 1 || len(page.Cases) != 1 {
		t.Errorf("%d verdicts and %d cases, want one each", len(verdicts), len(page.Cases))
	}
}

func entries(h *house) []ledger.Entry {
	h.t.Helper()
	list, err := h.store.Entries(h.ctx, 0, 1000)
	must(h.t, err)
	if _, err := ledger.Verify("", list); err != nil {
		h.t.Error(err)
	}
	return list
}

// A verdict on an old revision must not move the listing.
func TestOvertakenRevisionChangesNothing(t *testing.T) {
	h := newHouse(t)
	h.offer("a", honest)
	l := h.offer("a", fake)
	h.screen(listing.RevisionID(l.ID, 1))
	if got := mustListing(h, "a"); got.Status != listing.Held {
		t.Errorf("screening the old revision made the listing %s", got.Status)
	}
}

// An asset that was saved before a listing came in is known when it is
// screened, without waiting for the follower's next look.
func TestNewAssetMatchesAtOnce(t *testing.T) {
	h := newHouse(t)
	changed[bool](t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "new", BrandID: "veltrana", Kind: registry.AssetName, Text: "Quorandel"}))
	if l := h.offer("a", "Quorandel replica shoes 1:1"); l.Status != listing.Held {
		t.Errorf("the listing is %s", l.Status)
	}
	changed[bool](t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "new", BrandID: "veltrana", Kind: registry.AssetName, Text: "Quorandel", Retired: true}))
	if l := h.offer("b", "Quorandel shoes"); l.Status != listing.Live {
		t.Errorf("after it was retired the listing is %s", l.Status)
	}
}

// scenery is a picture with enough in it to be told from others.
func scenery(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewNRGBA(image.Rect(0, 0, 320, 320))
	for range 90 {
		x, y, r := rng.IntN(320), rng.IntN(320), 8+rng.IntN(50)
		c := color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		for j := y - r; j < y+r; j++ {
			for i := x - r; i < x+r; i++ {
				if (i-x)*(i-x)+(j-y)*(j-y) < r*r {
					img.SetNRGBA(i, j, c)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (h *house) picture(data []byte) func(*listing.Row) {
	key, err := h.blobs.Put(h.ctx, data)
	must(h.t, err)
	return func(r *listing.Row) { r.Offer.Pictures = append(r.Offer.Pictures, listing.Picture{Hash: key}) }
}

func TestPicturesAreLookedAt(t *testing.T) {
	for _, sought := range registry.Soughts {
		t.Run(string(sought), func(t *testing.T) { picturesAreLookedAt(t, sought) })
	}
}

func picturesAreLookedAt(t *testing.T, sought registry.Sought) {
	h := newHouse(t)
	protected := scenery(1)
	key, err := h.blobs.Put(h.ctx, protected)
	must(t, err)
	asset := registry.Asset{ID: "photo", BrandID: "veltrana", Kind: registry.AssetPhotograph, Picture: key, Sought: sought}
	changed[bool](t)(h.store.PutAsset(h.ctx, asset))
	if l := h.offer("copy", honest, h.picture(protected)); l.Status != listing.Held {
		t.Errorf("a copied picture leaves the listing %s", l.Status)
	}
	if l := h.offer("other", honest, h.picture(scenery(2))); l.Status != listing.Live {
		t.Errorf("another picture leaves the listing %s", l.Status)
	}
	c, open := h.openCase(h.offer("unread", honest, h.picture([]byte("\x89PNG\r\n\x1a\nnot much of one"))))
	if !open || c.Reason != "picture_unread" {
		t.Errorf("a picture that nobody can open: case %v for %q", open, c.Reason)
	}
	asset.InnocentPictures = []string{key}
	changed[bool](t)(h.store.PutAsset(h.ctx, asset))
	if l := h.offer("innocent", honest, h.picture(protected)); l.Status != listing.Live {
		t.Errorf("a picture known to be innocent leaves the listing %s", l.Status)
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	h := newHouse(t)
	before := len(entries(h))
	v, err := h.service.DryRun(h.ctx, listing.SellerID("main", "shop"), listing.Row{ExternalID: "x", Offer: listing.Offer{Title: fake}})
	must(t, err)
	if v.Decision != verdict.Block || len(v.Reasons) == 0 {
		t.Errorf("decision %s with %d reasons", v.Decision, len(v.Reasons))
	}
	rows, _, err := h.store.Listings(h.ctx, listing.Filter{})
	must(t, err)
	if len(rows) != 0 || len(entries(h)) != before {
		t.Error("the dry run left traces")
	}
}

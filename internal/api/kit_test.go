package api

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/statement"
	"assay/internal/store"
	"assay/internal/trial"
	"assay/internal/verdict"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// kit is a door with two holders, two sellers and a key for every role.
type kit struct {
	t     *testing.T
	api   *API
	store *store.Store
	h     http.Handler
	log   bytes.Buffer
	now   time.Time
	keys  map[string]string // by role, or role:org
	dry   *drySpy
	clerk *hearing.Clerk
	// complained are the rights holders who complained, by the case.
	complained map[string]string
}

// noticesOf are the notices of a case, and what complained puts in their place.
func (k *kit) noticesOf(ctx context.Context, c casefile.Case) ([]statement.Notice, error) {
	if id := k.complained[c.ID]; id != "" {
		return []statement.Notice{{ID: "notice-" + c.ID, HolderID: id, Source: statement.Noticed, Said: "It is a copy.", At: noon}}, nil
	}
	return hearing.NoticesIn(k.store)(ctx, c)
}

// drySpy stands for screening and remembers what it was asked.
type drySpy struct {
	sellerID string
	row      listing.Row
	ready    error
	answer   verdict.Verdict
}

func (d *drySpy) DryRun(_ context.Context, sellerID string, row listing.Row) (verdict.Verdict, error) {
	d.sellerID, d.row = sellerID, row
	if row.Offer.Title == "panic" {
		panic("the detector is on fire: secret")
	}
	return d.answer, nil
}

func (d *drySpy) Ready(context.Context) error { return d.ready }

func newKit(t *testing.T) *kit {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "assay.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = st.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	must(t, err)
	t.Cleanup(func() { _ = blobs.Close() })
	k := &kit{t: t, store: st, now: noon, keys: map[string]string{}, dry: &drySpy{}}
	now := func() time.Time { return k.now }
	gate := &access.Gate{Store: st, Now: now, Ledger: st, Atomic: st.Atomic}
	keeper := &registry.Keeper{Store: st, Sellers: st, Blobs: blobs, Ledger: st, Now: now, Atomic: st.Atomic}
	ladder := &enforcement.Ladder{Store: st, Queue: st.Jobs(), Now: now}
	desk := &casefile.Desk{Store: st, Now: now, Keeper: keeper}
	desk.Followers = append(desk.Followers, ladder, &similar.Follower{Store: st, Now: now}, &notice.Follower{Store: st, Now: now})
	k.clerk = hearing.Join(desk, st, ladder, k.noticesOf, now)
	k.api = New(Deps{Store: st, Blobs: blobs, Queue: st.Jobs(), Gate: gate,
		Keeper:   keeper,
		Bench:    &trial.Bench{Store: st, Queue: st.Jobs(), Now: now},
		Desk:     desk,
		Intake:   &intake.Intake{Store: st, Blobs: blobs, Queue: st.Jobs(), Now: now},
		Ladder:   ladder,
		Clerk:    k.clerk,
		Walker:   &search.Walker{Store: st, Now: now},
		Similar:  similar.New(st, desk, now),
		Notices:  notice.NewService(st, casefile.Reception{Teams: st}, now),
		Searches: &search.Keeper{Store: st, Now: now, Atomic: st.Atomic},
		Screener: k.dry, Logger: slog.New(slog.NewTextHandler(&k.log, nil)), Now: now, Version: "1.0.0",
		Limits: Limits{Requests: 1e6, Burst: 1e6}})
	k.h = k.api.Handler()
	k.fill()
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shopA and shopB are the ids here of the sellers "a" and "b".
var shopA, shopB = listing.SellerID("main", "a"), listing.SellerID("main", "b")

func (k *kit) fill() {
	ctx, st := context.Background(), k.store
	for _, org := range []string{"a", "b"} {
		shop := listing.SellerID("main", org)
		_, err := st.PutHolder(ctx, registry.RightsHolder{ID: "holder-" + org, Name: "Holder " + org})
		must(k.t, err)
		_, err = st.PutBrand(ctx, registry.Brand{ID: "brand-" + org, HolderID: "holder-" + org, Name: "Brand" + org})
		must(k.t, err)
		_, err = st.PutRight(ctx, registry.Right{ID: "right-" + org, BrandID: "brand-" + org, Kind: registry.Trademark, Status: registry.RightPending})
		must(k.t, err)
		_, err = st.PutAsset(ctx, registry.Asset{ID: "asset-" + org, BrandID: "brand-" + org, Kind: registry.AssetName, Text: "Brand" + org})
		must(k.t, err)
		_, err = st.PutSeller(ctx, seller.Seller{ID: shop, ExternalID: org, Name: "Shop " + org, Verification: seller.Unverified, Status: seller.Active, CreatedAt: noon, UpdatedAt: noon})
		must(k.t, err)
		_, err = st.PutLicence(ctx, registry.Licence{ID: "licence-" + org, BrandID: "brand-" + org, SellerID: shop, Status: registry.LicenceActive})
		must(k.t, err)
		k.caseFor(org, shop)
		k.keys["holder:"+org] = k.key(access.Holder, "holder-"+org)
		k.keys["seller:"+org] = k.key(access.Seller, shop)
	}
	for _, role := range []access.Role{access.Admin, access.Reviewer, access.Partner} {
		k.keys[string(role)] = k.key(role, "")
	}
}

// caseFor makes listing-like rows that concern brand org only: a listing of
// shop with a verdict and an open case.
func (k *kit) caseFor(org, shop string) {
	ctx, st := context.Background(), k.store
	l := listing.Listing{ID: "listing-" + org, Market: "main", ExternalID: "L-" + org, SellerID: shop, Status: listing.Pending, CreatedAt: noon, UpdatedAt: noon}
	offer := listing.Offer{Title: "A bag of Brand" + org}
	l, r, _, err := st.PutRevision(ctx, l, listing.Revision{ListingID: l.ID, Source: "api", ContentHash: offer.ContentHash(), Offer: offer, CreatedAt: noon})
	must(k.t, err)
	v := verdict.Verdict{ID: "verdict-" + org, RevisionID: r.ID, ListingID: l.ID, Decision: verdict.Review, Score: 0.8, Matched: []string{"asset-" + org},
		Reasons: []verdict.Reason{{Rule: "names", Code: "text_name", Decision: verdict.Review, Signals: []int{0}}},
		Signals: []signal.Signal{{Kind: signal.TextName, Detector: "words/1", AssetID: "asset-" + org, BrandID: "brand-" + org, RightID: "right-" + org, Score: 0.8}},
		Policy:  "default@1", CreatedAt: noon}
	must(k.t, st.PutVerdict(ctx, v))
	must(k.t, st.PutCase(ctx, casefile.Case{ID: "case-" + org, ListingID: l.ID, RevisionID: r.ID, VerdictID: v.ID, SellerID: shop, BrandID: "brand-" + org,
		HolderID: "holder-" + org, Title: offer.Title, Reason: "text_name", Proposed: verdict.Review, State: casefile.Open, DueAt: noon, CreatedAt: noon, UpdatedAt: noon}))
	must(k.t, st.PutFeed(ctx, listing.Feed{ID: "feed-" + org, Market: "main", SellerID: shop, Name: "f.tsv", State: listing.FeedWaiting, CreatedAt: noon, UpdatedAt: noon}))
}

// key makes a key with every scope its role has, or those given.
func (k *kit) key(role access.Role, org string, scopes ...access.Permission) string {
	k.t.Helper()
	if scopes == nil {
		for _, p := range access.Permissions {
			if (access.Principal{Role: role}).Can(p) {
				scopes = append(scopes, p)
			}
		}
	}
	secret, _, err := k.api.d.Gate.NewKey(context.Background(), access.Key{Name: string(role), Role: role, OrgID: org, Scopes: scopes})
	must(k.t, err)
	return secret
}

// ask sends a request as somebody ("" is nobody) and returns the answer.
func (k *kit) ask(as, method, path string, body any, headers ...string) *httptest.ResponseRecorder {
	k.t.Helper()
	var r io.Reader
	media := ""
	switch b := body.(type) {
	case nil:
	case string:
		r, media = strings.NewReader(b), "application/json"
	case []byte:
		r, media = bytes.NewReader(b), "application/octet-stream"
	case io.Reader:
		r = b
	default:
		data, err := json.Marshal(b)
		must(k.t, err)
		r, media = bytes.NewReader(data), "application/json"
	}
	req := httptest.NewRequest(method, path, r)
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if as != "" {
		secret, ok := k.keys[as]
		if !ok {
			secret = as
		}
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	k.h.ServeHTTP(w, req)
	return w
}

// want checks the status and reads the answer into v.
func (k *kit) want(w *httptest.ResponseRecorder, status int, v any) {
	k.t.Helper()
	if w.Code != status {
		k.t.Fatalf("status %d, want %d: %s\n%s", w.Code, status, w.Body, k.log.String())
	}
	if v != nil {
		if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
			k.t.Fatalf("answer %q: %v", w.Body, err)
		}
	}
}

// wantProblem checks that an answer is a whole problem with this code.
func (k *kit) wantProblem(w *httptest.ResponseRecorder, status int, code fault.Code) Problem {
	k.t.Helper()
	var p Problem
	k.want(w, status, &p)
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
		k.t.Errorf("Content-Type %q", ct)
	}
	if p.Code != string(code) || p.Status != status || p.Title == "" || p.Detail == "" || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") || p.Type != "urn:assay:problem:"+string(code) {
		k.t.Errorf("problem %+v, want code %s", p, code)
	}
	return p
}

func aPicture(t *testing.T, c color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 20, 10))
	for i := range 200 {
		img.Set(i%20, i/20, c)
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

func factor() signal.Factor { return signal.Factor{Code: "brand_in_title", Weight: 1} }

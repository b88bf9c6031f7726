package registry_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/store"
)

// rig is a keeper with brands "one" and "two", each with a right, an asset
// and the seller "shop".
type rig struct {
	*registry.Keeper
	store *store.Store
	now   time.Time
}

func newRig(t testing.TB) *rig {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "assay.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	r := &rig{store: st, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	r.Keeper = &registry.Keeper{Store: st, Sellers: st, Blobs: blobs, Ledger: st, Now: func() time.Time { return r.now }, Atomic: st.Atomic}
	if _, err := st.PutSeller(ctx, seller.Seller{ID: "shop", ExternalID: "shop", Name: "Shop", Verification: seller.Verified, Status: seller.Active, CreatedAt: r.now, UpdatedAt: r.now}); err != nil {
		t.Fatal(err)
	}
	save := func(changed bool, err error) {
		t.Helper()
		if err != nil || !changed {
			t.Fatal(changed, err)
		}
	}
	save(r.SaveHolder(ctx, registry.RightsHolder{ID: "holder", Name: "Holder"}, "me"))
	for _, b := range []string{"one", "two"} {
		save(r.SaveBrand(ctx, registry.Brand{ID: b, HolderID: "holder", Name: b}, "me"))
		save(r.SaveRight(ctx, registry.Right{ID: "right-" + b, BrandID: b, Kind: registry.Copyright, Status: registry.RightUnregistered}, "me"))
		save(r.SaveAsset(ctx, registry.Asset{ID: "asset-" + b, BrandID: b, RightID: "right-" + b, Kind: registry.AssetName, Text: b}, "me"))
	}
	return r
}

func (r *rig) entries(t *testing.T) []ledger.Entry {
	t.Helper()
	all, err := r.store.Entries(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSavingWritesDownWhatChanged(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	before := len(r.entries(t))
	if before != 7 {
		t.Fatalf("%d entries for 7 rows", before)
	}
	b := registry.Brand{ID: "one", HolderID: "holder", Name: "one"}
	r.now = r.now.Add(time.Hour)
	if changed, err := r.SaveBrand(ctx, b, "me"); changed || err != nil || len(r.entries(t)) != before {
		t.Errorf("the same row again: changed %v, %v, %d entries", changed, err, len(r.entries(t)))
	}
	b.Name = "Uno"
	if changed, err := r.SaveBrand(ctx, b, "her"); !changed || err != nil {
		t.Fatal(changed, err)
	}
	e := r.entries(t)[before]
	if e.Kind != "registry.changed" || e.Actor != "her" || e.Subject != "one" || !e.At.Equal(r.now) || !strings.Contains(string(e.Data), `"kind":"brand"`) || strings.Contains(string(e.Data), "Uno") {
		t.Errorf("entry %+v", e)
	}
	kept, err := r.store.Brand(ctx, "one")
	if err != nil || !kept.UpdatedAt.Equal(r.now) {
		t.Errorf("%+v %v", kept, err)
	}
}

func TestWrongRowsAreRefusedWithTheirFields(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	before := len(r.entries(t))
	nowhere := "sha256:" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		save func() (bool, error)
		want string // path:code
	}{
		"holder by itself": {func() (bool, error) { return r.SaveHolder(ctx, registry.RightsHolder{ID: "x"}, "me") }, "name:missing"},
		"brand of nobody": {func() (bool, error) {
			return r.SaveBrand(ctx, registry.Brand{ID: "x", HolderID: "none", Name: "X"}, "me")
		}, "holder:unknown"},
		"right of no brand": {func() (bool, error) {
			return r.SaveRight(ctx, registry.Right{ID: "x", BrandID: "none", Kind: registry.Copyright, Status: registry.RightPending}, "me")
		}, "brand:unknown"},
		"right that moves": {func() (bool, error) {
			return r.SaveRight(ctx, registry.Right{ID: "right-one", BrandID: "two", Kind: registry.Copyright, Status: registry.RightPending}, "me")
		}, "brand:moved"},
		"asset with another brand's right": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "x", BrandID: "one", RightID: "right-two", Kind: registry.AssetName, Text: "x"}, "me")
		}, "right:other_brand"},
		"asset with no such right": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "x", BrandID: "one", RightID: "none", Kind: registry.AssetName, Text: "x"}, "me")
		}, "right:unknown"},
		"asset that moves": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "asset-one", BrandID: "two", Kind: registry.AssetName, Text: "x"}, "me")
		}, "brand:moved"},
		"asset with a picture that is not kept": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "x", BrandID: "one", Kind: registry.AssetMark, Picture: nowhere}, "me")
		}, "picture:unknown_picture"},
		"asset with a file name": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "x", BrandID: "one", Kind: registry.AssetMark, Picture: "../logo.png"}, "me")
		}, "picture:bad_form"},
		"asset with an innocent picture that is not kept": {func() (bool, error) {
			return r.SaveAsset(ctx, registry.Asset{ID: "x", BrandID: "one", Kind: registry.AssetName, Text: "x", InnocentPictures: []string{nowhere}}, "me")
		}, "innocent_pictures[0]:unknown_picture"},
		"licence for nobody": {func() (bool, error) {
			return r.SaveLicence(ctx, registry.Licence{ID: "x", BrandID: "one", SellerID: "none", Status: registry.LicenceActive}, "me")
		}, "seller:unknown"},
		"licence for another brand's asset": {func() (bool, error) {
			return r.SaveLicence(ctx, registry.Licence{ID: "x", BrandID: "one", SellerID: "shop", AssetIDs: []string{"asset-one", "asset-two"}, Status: registry.LicenceActive}, "me")
		}, "assets[1]:other_brand"},
	} {
		t.Run(name, func(t *testing.T) {
			changed, err := c.save()
			var f *fault.Error
			if changed || !errors.As(err, &f) || f.Code != fault.Invalid {
				t.Fatal(changed, err)
			}
			var got []string
			for _, field := range f.Fields {
				got = append(got, field.Path+":"+field.Code)
			}
			if !slices.Contains(got, c.want) {
				t.Errorf("fields %v, want %s", got, c.want)
			}
		})
	}
	if n := len(r.entries(t)); n != before {
		t.Errorf("%d entries for refused rows", n-before)
	}
}

// failing is a ledger that cannot be written.
type failing struct{ ledger.Store }

func (failing) Append(context.Context, ...ledger.Entry) (ledger.Entry, error) {
	return ledger.Entry{}, errors.New("disk full")
}

func TestNoChangeWithoutItsEntry(t *testing.T) {
	r := newRig(t)
	r.Ledger = failing{}
	changed, err := r.SaveBrand(context.Background(), registry.Brand{ID: "one", HolderID: "holder", Name: "Uno"}, "me")
	if changed || err == nil {
		t.Fatal(changed, err)
	}
	if b, err := r.store.Brand(context.Background(), "one"); err != nil || b.Name != "one" {
		t.Errorf("%+v %v", b, err)
	}
}

func TestPictureAssets(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	hash, err := r.AddPicture(ctx, data.Bytes())
	if err != nil || hash != blob.Key(data.Bytes()) {
		t.Fatal(hash, err)
	}
	a := registry.Asset{ID: "mark", BrandID: "one", Kind: registry.AssetMark, Picture: hash, InnocentPictures: []string{hash}}
	if changed, err := r.SaveAsset(ctx, a, "me"); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if changed, err := r.RetireAsset(ctx, "mark", "me"); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if kept, err := r.store.Asset(ctx, "mark"); err != nil || !kept.Retired || kept.Picture != hash {
		t.Errorf("%+v %v", kept, err)
	}
	if changed, err := r.RetireAsset(ctx, "mark", "me"); changed || err != nil {
		t.Error("retiring again:", changed, err)
	}
	if _, err := r.RetireAsset(ctx, "none", "me"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	for _, bad := range []string{"", "text", "<svg></svg>", data.String()[:20]} {
		_, err := r.AddPicture(ctx, []byte(bad))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Fields[0].Path != "picture" || f.Fields[0].Code == "" {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}

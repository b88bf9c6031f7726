package console_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/listing"
	"assay/internal/registry"
)

func TestRegistryForms(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	bad := p.upload("/registry/brands/new", [2]string{"name", ""}, [2]string{"holder", consoletest.Holder}, [2]string{"usual_price", "much"})
	if bad.status != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong brand: %d", bad.status)
	}
	bad.has(t, "Write a line for each currency", ">much</textarea>", `aria-invalid="true"`)
	a := p.upload("/registry/brands/new", [2]string{"name", "Lume"}, [2]string{"holder", consoletest.Holder}, [2]string{"id", "lume"}, [2]string{"goods", "lamp\n조명"}, [2]string{"usual_price", "KRW 120,000\nEUR 89.5"})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/registry/brands/lume" {
		t.Fatalf("a right brand: %d %s", a.status, a.body)
	}
	b, err := s.Store.Brand(t.Context(), "lume")
	if err != nil || b.UsualPrice["KRW"] != 120000 || b.UsualPrice["EUR"] != 89.5 || len(b.Goods) != 2 {
		t.Fatalf("saved %+v, %v", b, err)
	}
	p.get("/registry/brands/lume").has(t, "Saved", "조명")
	again := p.upload("/registry/brands/new", [2]string{"name", "Lume"}, [2]string{"holder", consoletest.Holder}, [2]string{"id", "lume"})
	again.has(t, "This id is taken")
	p.upload("/registry/brands/lume/edit", [2]string{"name", "Lume Due"}, [2]string{"holder", consoletest.Holder}, [2]string{"gated", "yes"})
	if b, err = s.Store.Brand(t.Context(), "lume"); err != nil || b.Name != "Lume Due" || !b.GatedGoods {
		t.Errorf("edited %+v, %v", b, err)
	}
	if e, err := s.Store.EntriesAbout(t.Context(), "lume", 10); err != nil || len(e) != 2 {
		t.Errorf("the ledger has %d entries about it, want 2 (%v)", len(e), err)
	}
}

func TestAssetPicture(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	none := p.upload("/registry/assets/new", [2]string{"brand", consoletest.Brand}, [2]string{"kind", "mark"}, [2]string{"label", "new"}, [2]string{"picture_file@evil.svg", "<svg onload=alert(1)>"})
	if none.status != http.StatusUnprocessableEntity {
		t.Fatalf("a picture that is none: %d", none.status)
	}
	file := string(consoletest.Goods(44, false))
	a := p.upload("/registry/assets/new", [2]string{"brand", consoletest.Brand}, [2]string{"kind", "photograph"}, [2]string{"label", "new"}, [2]string{"id", "photo"}, [2]string{"picture_file@a.png", file})
	if a.status != http.StatusSeeOther {
		t.Fatalf("a picture: %d %s", a.status, a.body)
	}
	asset, err := s.Store.Asset(t.Context(), "photo")
	if err != nil || !strings.HasPrefix(asset.Picture, "sha256:") {
		t.Fatalf("saved %+v, %v", asset, err)
	}
	p.upload("/registry/assets/photo/edit", [2]string{"kind", "photograph"}, [2]string{"label", "newer"}, [2]string{"innocent_pictures_file@b.png", string(consoletest.Goods(45, false))})
	if asset, err = s.Store.Asset(t.Context(), "photo"); err != nil || asset.Label != "newer" || len(asset.InnocentPictures) != 1 || asset.Picture == "" {
		t.Errorf("edited %+v, %v", asset, err)
	}
	p.upload("/registry/assets/photo/edit", [2]string{"kind", "photograph"}, [2]string{"innocent_pictures_drop", asset.InnocentPictures[0]})
	if asset, err = s.Store.Asset(t.Context(), "photo"); err != nil || len(asset.InnocentPictures) != 0 {
		t.Errorf("dropped %+v, %v", asset, err)
	}
}

func TestHoldersKeepToTheirOwn(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	for _, to := range []string{"/registry/brands/new", "/registry/assets/new", "/registry/licences/new"} {
		a := p.upload(to, [2]string{"name", "x"}, [2]string{"holder", consoletest.OtherHolder}, [2]string{"brand", consoletest.OtherBrand}, [2]string{"seller", consoletest.Shop},
			[2]string{"kind", "name"}, [2]string{"text", "x"}, [2]string{"status", "active"}, [2]string{"id", "stolen"})
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s for another holder: %d", to, a.status)
		}
		a.has(t, "Choose one of your own")
	}
	if a := p.get("/registry/holders/new"); a.status != http.StatusForbidden {
		t.Errorf("a holder makes holders: %d", a.status)
	}
	if _, err := s.Store.Brand(t.Context(), "stolen"); err == nil {
		t.Error("the brand was saved")
	}
	// A form cannot move a brand to somebody else either.
	p.upload("/registry/brands/"+consoletest.Brand+"/edit", [2]string{"name", "BOLT"}, [2]string{"holder", consoletest.OtherHolder})
	if b, err := s.Store.Brand(t.Context(), consoletest.Brand); err != nil || b.HolderID != consoletest.Holder {
		t.Errorf("the brand now belongs to %q (%v)", b.HolderID, err)
	}
}

func TestLicenceForm(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	a := p.upload("/registry/licences/"+consoletest.Licence+"/edit", [2]string{"seller", consoletest.Shop}, [2]string{"status", "active"},
		[2]string{"from", "2026-01-01"}, [2]string{"until", "2025-01-01"}, [2]string{"assets", consoletest.MarkAsset})
	if a.status != http.StatusUnprocessableEntity {
		t.Fatalf("a licence that ends before it begins: %d", a.status)
	}
	a.has(t, "The end lies before the beginning")
	p.upload("/registry/licences/"+consoletest.Licence+"/edit", [2]string{"seller", consoletest.Shop}, [2]string{"status", "active"}, [2]string{"until", "2099-12-31"},
		[2]string{"assets", consoletest.MarkAsset}, [2]string{"assets", consoletest.NameAsset}, [2]string{"categories", "가전 > 충전기"})
	l, err := s.Store.Licence(t.Context(), consoletest.Licence)
	if err != nil || l.Status != registry.LicenceActive || len(l.AssetIDs) != 2 || l.Categories[0] != "가전 > 충전기" {
		t.Errorf("saved %+v, %v", l, err)
	}
}

func (s *site) picturesAreWrittenAnew(t *testing.T) {
	p := s.signed(t, access.Reviewer)
	a, err := s.Store.Asset(t.Context(), consoletest.MarkAsset)
	if err != nil {
		t.Fatal(err)
	}
	hexa := strings.TrimPrefix(a.Picture, "sha256:")
	got := p.get("/pictures/" + hexa + "?w=96")
	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "image/") || !strings.Contains(got.header.Get("Cache-Control"), "immutable") ||
		!strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a picture: %d %v", got.status, got.header)
	}
	evil, err := s.Blobs.Put(t.Context(), []byte("<html><script>alert(1)</script>"))
	if err != nil {
		t.Fatal(err)
	}
	none := p.get("/pictures/" + strings.TrimPrefix(evil, "sha256:"))
	if none.status != http.StatusNotFound || strings.Contains(none.body, "alert") {
		t.Errorf("a page as picture: %d", none.status)
	}
	for _, path := range []string{"/pictures/..%2f..%2fetc", "/pictures/xyz", "/pictures/" + strings.Repeat("A", 64)} {
		if a := p.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	see := p.get("/pictures/" + hexa + "?w=999999&frame=900")
	if see.status != http.StatusOK {
		t.Errorf("a width and a frame out of range: %d", see.status)
	}
	if see.header.Get("Content-Type") == "image/png" {
		if _, err := png.Decode(strings.NewReader(see.body)); err != nil {
			t.Error(err)
		}
	}
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFeedUpload(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Seller)
	if a := p.upload("/feeds", [2]string{"format", "auto"}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", a.status)
	}
	a := p.upload("/feeds", [2]string{"feed@a.csv", "id,title\n1,컵"}, [2]string{"pictures@p.zip", "no zip"})
	a.has(t, "ZIP")
	zipped := archive(t, map[string]string{"../../etc/cup.png": string(consoletest.Goods(3, false)), "__MACOSX/._cup.png": "x", "folder/": ""})
	a = p.upload("/feeds", [2]string{"seller", consoletest.OtherShop}, [2]string{"format", "csv"}, [2]string{`feed@C:\shop\feed.csv`, "id,title\n1,컵"}, [2]string{"pictures@p.zip", zipped})
	if a.status != http.StatusSeeOther {
		t.Fatalf("a feed: %d %s", a.status, a.body)
	}
	f, err := s.Store.Feed(t.Context(), strings.TrimPrefix(a.header.Get("Location"), "/feeds/"))
	if err != nil {
		t.Fatal(err)
	}
	if f.SellerID != consoletest.Shop || !f.OnlySeller || f.Name != "feed.csv" || f.Format != "csv" || f.State != listing.FeedWaiting {
		t.Errorf("the feed is %+v", f)
	}
	var names map[string]string
	raw, err := s.Blobs.Get(t.Context(), f.Pictures)
	if err != nil || json.Unmarshal(raw, &names) != nil || names["cup.png"] == "" || len(names) != 2 {
		t.Errorf("the pictures are %v (%v)", names, err)
	}
	twins := archive(t, map[string]string{"a/cup.png": string(consoletest.Goods(3, false)), "b/cup.png": string(consoletest.Goods(4, false))})
	a = p.upload("/feeds", [2]string{"feed@f.csv", "id,title\n1,컵"}, [2]string{"pictures@p.zip", twins})
	if f, err = s.Store.Feed(t.Context(), strings.TrimPrefix(a.header.Get("Location"), "/feeds/")); err != nil {
		t.Fatal(err)
	}
	names = nil
	raw, err = s.Blobs.Get(t.Context(), f.Pictures)
	if err != nil || json.Unmarshal(raw, &names) != nil || names["cup.png"] != "" || names["a/cup.png"] == names["b/cup.png"] {
		t.Errorf("two pictures of one name are %v (%v)", names, err)
	}
	old := p.get("/feeds/feed-old")
	old.has(t, "title: the title is missing", "Not taken", "&lt;b&gt;,,1")
	p.get("/feeds/feed-old/rejects.csv").has(t, "3,'=1+1,title,missing_title")
	if other := s.signed(t, access.Admin).get("/feeds/" + f.ID); other.status != http.StatusOK {
		t.Errorf("the administrator sees %d", other.status)
	}
}

func TestDryRun(t *testing.T) {
	s := newSite(t)
	if err := s.Follower.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := s.signed(t, access.Seller)
	a := p.upload("/dry-run", [2]string{"title", "레플리카 BOLT 충전기 미러급"}, [2]string{"price", "9,900"}, [2]string{"currency", "KRW"}, [2]string{"pictures@a.png", string(consoletest.Goods(1, true))})
	if a.status != http.StatusOK {
		t.Fatalf("a dry run: %d %s", a.status, a.body)
	}
	a.has(t, "The answer", "What would change this", `name="kept"`, "<mark>")
	bad := p.upload("/dry-run", [2]string{"title", "x"}, [2]string{"price", "cheap"}, [2]string{"currency", "KRW"})
	bad.has(t, "above zero", `value="cheap"`)
	if counts, err := s.Store.CountListings(t.Context()); err != nil || counts[listing.Pending] != 0 {
		t.Errorf("a dry run stored a listing: %v %v", counts, err)
	}
}

func TestAccountsAndKeys(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	bad := p.post("/accounts/new", url.Values{"name": {"Kim"}, "email": {"kim@example.com"}, "role": {"holder"}, "password": {consoletest.Password}})
	if bad.status != http.StatusUnprocessableEntity {
		t.Errorf("a holder of nothing: %d", bad.status)
	}
	a := p.post("/accounts/new", url.Values{"name": {"Kim"}, "email": {"kim@example.com"}, "role": {"reviewer"}, "password": {consoletest.Password}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("an account: %d %s", a.status, a.body)
	}
	taken := p.post("/accounts/new", url.Values{"name": {"Kim"}, "email": {"kim@example.com"}, "role": {"reviewer"}, "password": {consoletest.Password}})
	if taken.status != http.StatusUnprocessableEntity {
		t.Errorf("an address that is taken: %d", taken.status)
	}
	made := p.post("/keys", url.Values{"name": {"shop system"}, "role": {"admin"}, "scopes": {"listing:write", "listing:read"}})
	made.has(t, "assay_", "not kept and cannot be shown again")
	p.get("/keys").lacks(t, `class="secret"`)
	keys, err := s.Store.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys: %v %v", keys, err)
	}
	p.post("/keys/"+keys[0].ID+"/revoke", nil)
	if keys, err = s.Store.Keys(t.Context()); err != nil || keys[0].RevokedAt == nil {
		t.Errorf("the key still opens: %+v %v", keys, err)
	}
	if a := p.post("/keys", url.Values{"name": {"none"}, "role": {"partner"}, "scopes": {"account:manage"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a key with more than its role: %d", a.status)
	}
}

func TestSellerStandingAndLedger(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	a := p.post("/sellers/"+consoletest.OtherShop, url.Values{"verification": {"verified"}, "verified_until": {"2030-05-31"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("change a seller: %d", a.status)
	}
	v, err := s.Store.Seller(t.Context(), consoletest.OtherShop)
	if err != nil || v.VerifiedUntil == nil || v.VerifiedUntil.Format("2006-01-02") != "2030-06-01" {
		t.Errorf("the seller is %+v (%v)", v, err)
	}
	p.get("/sellers/"+consoletest.OtherShop).has(t, `value="2030-05-31"`)
	p.get("/ledger?subject="+consoletest.OtherShop).has(t, "seller.changed")
	p.post("/ledger/verify", nil).has(t, "nothing was changed or taken out")
}

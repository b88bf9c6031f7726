package bundle

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/store"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// desk is an importer on an empty SQLite database.
func desk(t *testing.T) *Importer {
	t.Helper()
	return deskIn(t, t.TempDir())
}

func deskIn(t *testing.T, dir string) *Importer {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "assay.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	return &Importer{Store: s, Blobs: blobs, Ledger: s, Actor: "tester", Now: func() time.Time { return noon }}
}

func importing(t *testing.T, im *Importer, b *Bundle) Report {
	t.Helper()
	r, err := im.Import(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImportTwiceChangesNothing(t *testing.T) {
	im := desk(t)
	b, _ := read(t, map[string]string{"registry.yaml": whole})
	first := importing(t, im, b)
	if len(first.Problems) > 0 || first.Changes() != 8 || first.Sections[Assets].Created != 2 || first.Sections[Sellers].Created != 2 {
		t.Fatalf("%+v", first)
	}
	head, err := im.Store.ChangeHead(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := im.Ledger.Entries(context.Background(), 0, 100)
	if err != nil || len(entries) != 8 || entries[0].Actor != "tester" || entries[0].Kind != "registry.changed" {
		t.Fatalf("ledger %d entries: %v", len(entries), err)
	}
	second := importing(t, im, b)
	if second.Changes() != 0 || second.Sections[Assets].Unchanged != 2 {
		t.Errorf("%+v", second)
	}
	if now, _ := im.Store.ChangeHead(context.Background()); now != head {
		t.Errorf("the second import left %d changes", now-head)
	}
	if after, _ := im.Ledger.Entries(context.Background(), 0, 100); len(after) != len(entries) {
		t.Errorf("the second import left %d ledger entries", len(after)-len(entries))
	}
	a, err := im.Store.Asset(context.Background(), "alba-photo")
	if err != nil || !strings.HasPrefix(a.Picture, "sha256:") {
		t.Fatalf("%+v %v", a, err)
	}
	if data, err := im.Blobs.Get(context.Background(), a.Picture); err != nil || !bytes.Equal(data, png(1)) {
		t.Errorf("picture: %v", err)
	}
}

func TestImportTellsChanges(t *testing.T) {
	im := desk(t)
	b, _ := read(t, map[string]string{"registry.yaml": whole})
	importing(t, im, b)
	b, _ = read(t, map[string]string{"registry.yaml": strings.Replace(whole, "name: Alba\n", "name: Alba Milano\n", 1)})
	r := importing(t, im, b)
	if r.Changes() != 1 || r.Sections[Brands].Changed != 1 {
		t.Errorf("%+v", r)
	}
}

func TestBadPictureRefusesItsAssetAlone(t *testing.T) {
	im := desk(t)
	fsys := files(map[string]string{"registry.yaml": whole})
	fsys["pictures/bag.png"].Data = []byte("not a picture at all, only text")
	b, problems, err := Read(fsys)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	checked, err := b.CheckPictures(context.Background())
	if err != nil || len(checked) != 1 {
		t.Fatalf("%+v %v", checked, err)
	}
	r := importing(t, im, b)
	line := strings.Count(whole[:strings.Index(whole, "alba-photo")], "\n") + 1
	want := fmt.Sprintf("registry.yaml:%d", line)
	if len(r.Problems) != 1 || r.Problems[0].Path != want || r.Problems[0].Code != "unknown_format" || checked[0].Path != want || checked[0].Code != "unknown_format" {
		t.Errorf("%+v and %+v, want %s", r.Problems, checked, want)
	}
	if r.Changes() != 7 || r.Sections[Assets].Refused != 1 {
		t.Errorf("%+v", r.Sections)
	}
	if _, err := im.Store.Asset(context.Background(), "alba-photo"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the asset is stored: %v", err)
	}
}

func TestSilentRowsDoNotReopenAShop(t *testing.T) {
	im := desk(t)
	b, _ := read(t, map[string]string{"registry.yaml": whole})
	importing(t, im, b)
	ctx, id := context.Background(), listing.SellerID("outlet", "7")
	said := "sellers:\n  - {external_id: \"7\", market: outlet, name: Outlet Store}\n"
	b, problems := read(t, map[string]string{"sellers.yaml": said})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if r := importing(t, im, b); r.Sections[Sellers].Changed != 1 {
		t.Errorf("%+v", r)
	}
	if s, err := im.Store.Seller(ctx, id); err != nil || s.Status != seller.Closed || s.Name != "Outlet Store" {
		t.Errorf("%+v %v", s, err)
	}
	b, _ = read(t, map[string]string{"sellers.yaml": strings.Replace(said, "}", ", status: active}", 1)})
	importing(t, im, b)
	if s, _ := im.Store.Seller(ctx, id); s.Status != seller.Active {
		t.Errorf("%+v", s)
	}
}

func TestExportWantsAnEmptyFolder(t *testing.T) {
	im, dir := desk(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Export(context.Background(), im.Store, im.Blobs, dir); !fault.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
}

// word is a name as the world writes them, never empty.
var word = rapid.StringMatching(`[A-Za-z가-힣一-龥àèü][A-Za-z가-힣一-龥 :#'"&%@*!|>-]{0,20}[a-z가-힣]`)

func day(t *rapid.T, name string) registry.Date {
	if !rapid.Bool().Draw(t, name+" given") {
		return registry.Date{}
	}
	return registry.DateOf(noon.AddDate(0, 0, rapid.IntRange(-5000, 5000).Draw(t, name)))
}

func ordered(a, b registry.Date) (registry.Date, registry.Date) {
	if !a.IsZero() && !b.IsZero() && b.String() < a.String() {
		return b, a
	}
	return a, b
}

func countries(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"KR", "NO", "IT", "CN"}), 0, 3, rapid.ID).Draw(t, "countries")
}

// anyRegistry fills a store with rows of every kind.
func anyRegistry(t *rapid.T, ctx context.Context, im *Importer) {
	put := func(_ bool, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	put(im.Store.PutHolder(ctx, registry.RightsHolder{ID: "h", Name: word.Draw(t, "holder"), Country: "KR", Language: "ko"}))
	for i := range rapid.IntRange(1, 3).Draw(t, "brands") {
		brand := fmt.Sprintf("b%d", i)
		put(im.Store.PutBrand(ctx, registry.Brand{ID: brand, HolderID: "h", Name: word.Draw(t, "brand"), GatedGoods: rapid.Bool().Draw(t, "gated"),
			Goods:      rapid.SliceOfN(word, 0, 2).Draw(t, "goods"),
			UsualPrice: rapid.MapOfN(rapid.SampledFrom([]string{"EUR", "KRW"}), rapid.Float64Range(0.01, 1e7), 0, 2).Draw(t, "prices")}))
		filed, expires := ordered(day(t, "filed"), day(t, "expires"))
		put(im.Store.PutRight(ctx, registry.Right{ID: brand + "-r", BrandID: brand, Kind: rapid.SampledFrom(registry.RightKinds).Draw(t, "kind"),
			Status: registry.RightRegistered, Number: rapid.StringMatching(`0?[0-9]{1,9}`).Draw(t, "number"), FiledOn: filed, ExpiresOn: expires,
			Classes: rapid.SliceOfN(rapid.IntRange(1, 45), 0, 3).Draw(t, "classes"), Territories: countries(t)}))
		put(im.Store.PutAsset(ctx, registry.Asset{ID: brand + "-a", BrandID: brand, RightID: brand + "-r", Kind: registry.AssetName, Text: word.Draw(t, "name"),
			Language: "ko", Retired: rapid.Bool().Draw(t, "retired")}))
		key, err := im.Blobs.Put(ctx, png(rapid.IntRange(1, 3).Draw(t, "picture")))
		if err != nil {
			t.Fatal(err)
		}
		put(im.Store.PutAsset(ctx, registry.Asset{ID: brand + "-p", BrandID: brand, Kind: registry.AssetMark, Label: word.Draw(t, "label"), Picture: key,
			InnocentPictures: rapid.SampledFrom([][]string{nil, {key}}).Draw(t, "innocent")}))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "sellers") {
		market := rapid.SampledFrom([]string{"main", "outlet"}).Draw(t, "market")
		external := rapid.SampledFrom([]string{"0017", "1e3", "yes", "~"}).Draw(t, "external")
		s := seller.Seller{ID: listing.SellerID(market, external), ExternalID: external, Name: word.Draw(t, "seller"), Status: rapid.SampledFrom(statuses).Draw(t, "status"),
			Verification: rapid.SampledFrom(verifications).Draw(t, "verification"), CreatedAt: noon}
		if rapid.Bool().Draw(t, "until given") {
			until := noon.Truncate(24 * time.Hour).Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "until")) * 6 * time.Hour)
			s.VerifiedUntil = &until
		}
		put(im.Store.PutSeller(ctx, s))
		from, until := ordered(day(t, "from"), day(t, "until"))
		put(im.Store.PutLicence(ctx, registry.Licence{ID: fmt.Sprintf("l%d", i), BrandID: "b0", SellerID: s.ID, Status: registry.LicenceActive, From: from, Until: until,
			AssetIDs: rapid.SampledFrom([][]string{nil, {"b0-a"}}).Draw(t, "assets"), Territories: countries(t), Categories: rapid.SliceOfN(word, 0, 1).Draw(t, "categories")}))
	}
}

// contents writes out what a store holds, without times of change.
func contents(t *rapid.T, ctx context.Context, im *Importer) string {
	var b Bundle
	var err error
	f := registry.Filter{Limit: 500}
	var e error
	if b.Holders, e = im.Store.Holders(ctx, f); e != nil {
		err = e
	}
	if b.Brands, e = im.Store.Brands(ctx, f); e != nil {
		err = e
	}
	if b.Rights, e = im.Store.Rights(ctx, f); e != nil {
		err = e
	}
	if b.Assets, e = im.Store.Assets(ctx, f); e != nil {
		err = e
	}
	if b.Licences, e = im.Store.Licences(ctx, f); e != nil {
		err = e
	}
	if b.Sellers, e = im.Store.Sellers(ctx, seller.Filter{Limit: 500}); e != nil || err != nil {
		t.Fatal(err, e)
	}
	still(b.Holders, func(v *registry.RightsHolder) { v.UpdatedAt = noon })
	still(b.Brands, func(v *registry.Brand) { v.UpdatedAt = noon })
	still(b.Rights, func(v *registry.Right) { v.UpdatedAt = noon })
	still(b.Assets, func(v *registry.Asset) { v.UpdatedAt = noon })
	still(b.Licences, func(v *registry.Licence) { v.UpdatedAt = noon })
	still(b.Sellers, func(v *seller.Seller) { v.UpdatedAt, v.CreatedAt = noon, noon })
	return rowsOf(&b)
}

func still[T any](rows []T, do func(*T)) {
	for i := range rows {
		do(&rows[i])
	}
}

// fewer runs a property that opens databases less often than others.
func fewer(t *testing.T, checks string) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return // somebody asked for a number
	}
	if err := f.Value.Set(checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
}

func TestReadOfExportIsTheSame(t *testing.T) {
	fewer(t, "10")
	rapid.Check(t, func(r *rapid.T) {
		ctx := context.Background()
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		from, to := deskIn(t, filepath.Join(dir, ".")), desk(t)
		anyRegistry(r, ctx, from)
		out := filepath.Join(dir, "bundle")
		if err := Export(ctx, from.Store, from.Blobs, out); err != nil {
			r.Fatal(err)
		}
		b, problems, err := Read(os.DirFS(out))
		if err != nil || len(problems) > 0 {
			r.Fatal(problems, err)
		}
		if wrong, err := b.CheckPictures(ctx); err != nil || len(wrong) > 0 {
			r.Fatal(wrong, err)
		}
		if report := importing(t, to, b); len(report.Problems) > 0 {
			r.Fatal(report.Problems)
		}
		if a, b := contents(r, ctx, from), contents(r, ctx, to); a != b {
			r.Fatalf("exported\n%s\nimported\n%s", a, b)
		}
		if again := importing(t, from, b); again.Changes() != 0 {
			r.Fatalf("its own export changed the store: %+v", again)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("holders:\n  - {id: h, name: Holder}\nbrands:\n  - {id: b, holder: h, name: Some Brand}\nassets:\n")
	for i := range 25_000 {
		fmt.Fprintf(&text, "  - {id: a%d, brand: b, kind: name, text: Some Name %d, language: en}\n", i, i)
	}
	fsys := files(map[string]string{"registry.yaml": text.String()})
	b.ReportAllocs()
	for b.Loop() {
		got, problems, err := Read(fsys)
		if err != nil || len(problems) > 0 || len(got.Assets) != 25_000 {
			b.Fatal(problems, err)
		}
	}
}

func TestSectionsAreAllCounted(t *testing.T) {
	r := importing(t, desk(t), &Bundle{})
	for _, s := range Sections {
		if _, ok := r.Sections[s]; !ok {
			t.Errorf("no count of %s", s)
		}
	}
	if !slices.Equal(Sections, []string{Holders, Brands, Rights, Assets, Sellers, Licences}) {
		t.Error(Sections)
	}
}

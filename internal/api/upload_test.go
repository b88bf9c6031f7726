package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image/color"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// part is one part of a form; a name makes it a file.
type part struct{ field, name, data string }

func form(t *testing.T, parts ...part) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must(t, w.SetBoundary("parts-of-a-test"))
	for _, p := range parts {
		if p.name == "" {
			must(t, w.WriteField(p.field, p.data))
			continue
		}
		f, err := w.CreateFormFile(p.field, p.name)
		must(t, err)
		_, err = f.Write([]byte(p.data))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

func (k *kit) post(as, path string, headers []string, parts ...part) *httptest.ResponseRecorder {
	body, media := form(k.t, parts...)
	return k.ask(as, "POST", base+path, bytes.NewReader(body), append(headers, "Content-Type", media)...)
}

func zipOf(t *testing.T, files ...part) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.name)
		must(t, err)
		_, err = e.Write([]byte(f.data))
		must(t, err)
	}
	must(t, w.Close())
	return b.String()
}

func TestPicturesGoInAndComeOut(t *testing.T) {
	k := newKit(t)
	red := aPicture(t, color.RGBA{R: 255, A: 255})
	var up StoredPicture
	k.want(k.ask("seller:a", "POST", base+"/pictures", red), 200, &up)
	if up.Width != 20 || up.Height != 10 || up.Format != "png" || !strings.HasPrefix(up.Hash, "sha256:") {
		t.Errorf("%+v", up)
	}
	k.want(k.ask("seller:a", "PUT", base+"/listings/main/p", ListingIn{Offer: OfferIn{Title: "Bag", Pictures: []PictureIn{{Hash: up.Hash}}}}), 201, nil)
	id := listing.ID("main", "p")
	get := base + "/pictures/" + up.Hash
	for _, c := range []struct {
		as, query string
		want      int
	}{
		{"admin", "", 200}, {"reviewer", "", 200}, {"seller:a", "?listing=" + id, 200},
		{"seller:a", "", 404}, {"seller:b", "?listing=" + id, 404}, {"seller:b", "?listing=listing-b", 404}, {"holder:a", "?listing=" + id, 404},
		{"partner", "?asset=asset-a", 404}, {"seller:a", "?listing=none", 404},
	} {
		w := k.ask(c.as, "GET", get+c.query, nil)
		if w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.as, c.query, w.Code, c.want)
		}
		if c.want == 200 && (!bytes.Equal(w.Body.Bytes(), red) || w.Header().Get("Content-Type") != "image/png" ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") || w.Header().Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s: %v", c.as, w.Header())
		}
	}
	page, err := k.api.d.Blobs.Put(t.Context(), []byte("<html><script>alert(1)</script>"))
	must(t, err)
	if w := k.ask("admin", "GET", base+"/pictures/"+page, nil); w.Code != 404 {
		t.Errorf("a page is served as %d %s", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestAssetWithAPicture(t *testing.T) {
	k := newKit(t)
	var up StoredPicture
	k.want(k.ask("holder:a", "POST", base+"/assets/pictures", aPicture(t, color.White)), 200, &up)
	var kept registry.Asset
	w := k.ask("holder:a", "PUT", base+"/assets/mark-a", registry.Asset{BrandID: "brand-a", Kind: registry.AssetMark, Label: "Mark", Picture: up.Hash})
	k.want(w, 200, &kept)
	if kept.Picture != up.Hash || w.Header().Get("Assay-Changed") != "true" {
		t.Errorf("%+v %v", kept, w.Header())
	}
	for as, want := range map[string]int{"holder:a": 200, "holder:b": 404, "partner": 200, "seller:a": 404} {
		if w := k.ask(as, "GET", base+"/pictures/"+up.Hash+"?asset=mark-a", nil); w.Code != want {
			t.Errorf("%s: %d, want %d", as, w.Code, want)
		}
	}
	p := k.wantProblem(k.ask("holder:a", "PUT", base+"/assets/mark-b", registry.Asset{BrandID: "brand-a", Kind: registry.AssetMark, Picture: "sha256:" + strings.Repeat("0", 64)}), 422, fault.Invalid)
	if p.Errors[0].Code != "unknown_picture" {
		t.Errorf("%+v", p)
	}
}

func TestScreenBeforePublication(t *testing.T) {
	k := newKit(t)
	v, err := k.store.Verdict(t.Context(), "verdict-a")
	must(t, err)
	v.Signals[0].For = append(v.Signals[0].For, factor())
	k.dry.answer = v
	var up StoredPicture
	red, blue := string(aPicture(t, color.RGBA{R: 255, A: 255})), string(aPicture(t, color.RGBA{B: 255, A: 255}))
	k.want(k.ask("seller:a", "POST", base+"/pictures", []byte(red)), 200, &up)

	var got verdict.Verdict
	k.want(k.ask("seller:a", "POST", base+"/screenings", ScreeningIn{ListingIn: ListingIn{Offer: OfferIn{Title: "Bag", Pictures: []PictureIn{{Hash: up.Hash}}}}}), 200, &got)
	if k.dry.sellerID != shopA || k.dry.row.Offer.Pictures[0].Hash != up.Hash || got.Decision != verdict.Review || got.Signals[0].For != nil {
		t.Errorf("asked %s %+v, answered %+v", k.dry.sellerID, k.dry.row, got)
	}
	k.want(k.post("admin", "/screenings", nil, part{"picture", "blue.png", blue},
		part{"row", "", `{"seller":"b","offer":{"title":"Bag","pictures":[{"url":"red.png"},{"url":"https://x.example/1.jpg"}]}}`}, part{"picture", "red.png", red}), 200, &got)
	pics := k.dry.row.Offer.Pictures
	if k.dry.sellerID != shopB || len(pics) != 3 || pics[0].Hash != up.Hash || pics[1].URL == "" || pics[2].Hash == "" || got.Signals[0].For == nil {
		t.Errorf("asked %s %+v", k.dry.sellerID, pics)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no seller":       k.ask("admin", "POST", base+"/screenings", `{"offer":{"title":"Bag"}}`),
		"unknown seller":  k.ask("admin", "POST", base+"/screenings", `{"seller":"none","offer":{"title":"Bag"}}`),
		"no row":          k.post("admin", "/screenings", nil, part{"picture", "red.png", red}),
		"two rows":        k.post("admin", "/screenings", nil, part{"row", "", `{"offer":{"title":"x"}}`}, part{"row", "", `{"offer":{"title":"x"}}`}),
		"unknown part":    k.post("admin", "/screenings", nil, part{"rows", "", `{}`}),
		"no picture":      k.post("admin", "/screenings", nil, part{"picture", "x.png", "text"}),
		"unknown field":   k.ask("admin", "POST", base+"/screenings", `{"seller":"a","ofer":{}}`),
		"no title":        k.ask("admin", "POST", base+"/screenings", `{"seller":"a","offer":{"title":""}}`),
		"unknown picture": k.ask("admin", "POST", base+"/screenings", ScreeningIn{ListingIn: ListingIn{Seller: "a", Offer: OfferIn{Title: "x", Pictures: []PictureIn{{Hash: "sha256:" + strings.Repeat("0", 64)}}}}}),
		"broken form":     k.ask("admin", "POST", base+"/screenings", "--x\r\n", "Content-Type", "multipart/form-data; boundary=x"),
	} {
		t.Run(name, func(t *testing.T) { k.wantProblem(w, 422, fault.Invalid) })
	}
}

func TestFeedIsKeptWithItsJob(t *testing.T) {
	k := newKit(t)
	red := string(aPicture(t, color.RGBA{R: 255, A: 255}))
	archive := zipOf(t, part{name: "shots/red.png", data: red}, part{name: `shots\blue.png`, data: "not opened here"}, part{name: "__MACOSX/x", data: "x"}, part{name: ".hidden", data: "x"})
	parts := []part{{"format", "", "google-tsv"}, {"feed", "products.tsv", "id\ttitle\n1\tBag\n"}, {"pictures", "p.zip", archive}, {"picture", "single.png", red}}
	key := []string{"Idempotency-Key", "feed-1"}
	w := k.post("seller:a", "/feeds", key, parts...)
	var f listing.Feed
	k.want(w, 202, &f)
	if f.SellerID != shopA || !f.OnlySeller || f.Name != "products.tsv" || f.Format != "google-tsv" || f.State != listing.FeedWaiting || f.Market != "main" || w.Header().Get("Location") != base+"/feeds/"+f.ID {
		t.Errorf("%+v %v", f, w.Header())
	}
	data, err := k.api.d.Blobs.Get(t.Context(), f.Pictures)
	must(t, err)
	names := map[string]string{}
	must(t, json.Unmarshal(data, &names))
	if len(names) != 5 || names["shots/red.png"] != names["red.png"] || names["red.png"] != names["single.png"] || names["shots/blue.png"] == "" || names["blue.png"] == "" {
		t.Errorf("names %v", names)
	}
	var again listing.Feed
	w = k.post("seller:a", "/feeds", key, parts...)
	k.want(w, 202, &again)
	if again.ID != f.ID || w.Header().Get("Idempotent-Replay") != "true" {
		t.Errorf("the same key made %s after %s", again.ID, f.ID)
	}
	k.wantProblem(k.post("seller:a", "/feeds", key, parts[:2]...), 409, fault.Conflict)

	for name, c := range map[string]struct {
		as    string
		parts []part
	}{
		"no feed":        {"admin", parts[:1]},
		"two feeds":      {"admin", []part{parts[1], parts[1]}},
		"unknown format": {"admin", []part{parts[1], {"format", "", "xlsx"}}},
		"bad mapping":    {"admin", []part{parts[1], {"mapping", "", "title: [a"}}},
		"unknown seller": {"admin", []part{parts[1], {"seller", "", "none"}}},
		"other seller":   {"seller:a", []part{parts[1], {"seller", "", shopB}}},
		"no archive":     {"admin", []part{parts[1], {"pictures", "p.zip", "PK"}}},
		"unknown field":  {"admin", []part{parts[1], {"sellr", "", "x"}}},
	} {
		t.Run(name, func(t *testing.T) { k.wantProblem(k.post(c.as, "/feeds", nil, c.parts...), 422, fault.Invalid) })
	}
}

func TestFeedArchivesAreBounded(t *testing.T) {
	k := newKit(t)
	k.api.d.Limits.FeedArchive = 1000
	bomb := zipOf(t, part{name: "1.png", data: strings.Repeat("0", 600)}, part{name: "2.png", data: strings.Repeat("0", 600)})
	k.wantProblem(k.post("admin", "/feeds", nil, part{"feed", "f.tsv", "id\n"}, part{"pictures", "p.zip", bomb}), 413, fault.TooLarge)
	k.api.d.Limits.Feed = 10
	k.wantProblem(k.post("admin", "/feeds", nil, part{"feed", "f.tsv", strings.Repeat("x", 11)}), 413, fault.TooLarge)
}

func TestProblemsOfAFeed(t *testing.T) {
	k := newKit(t)
	var rows []listing.RowProblem
	for i := 1; i <= 1200; i++ {
		rows = append(rows, listing.RowProblem{FeedID: "feed-a", Line: i, Column: "title", Code: "missing", Message: "m", Rejected: i%2 == 0, Raw: fmt.Sprint("row ", i)})
	}
	must(t, k.store.AddProblems(t.Context(), rows))
	seen, after := 0, 0
	for {
		var page ProblemPage
		k.want(k.ask("seller:a", "GET", fmt.Sprintf("%s/feeds/feed-a/problems?limit=200&after=%d", base, after), nil), 200, &page)
		seen += len(page.Items)
		if after = page.Next; after == 0 {
			break
		}
	}
	w := k.ask("seller:a", "GET", base+"/feeds/feed-a/rejects.ndjson", nil)
	if lines := strings.Count(w.Body.String(), "\n"); seen != 1200 || lines != 600 || !strings.Contains(w.Body.String(), `"raw":"row 1200"`) {
		t.Errorf("%d problems, %d rejects", seen, lines)
	}
}

package api

import (
	"image/color"
	"net/url"
	"testing"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/registry/bundle"
)

// A catalogue becomes photographs of one brand, sent again it changes only
// what is new in it, and it takes nothing back that people said of an asset.
func TestCatalogue(t *testing.T) {
	k := newKit(t)
	red, blue := string(aPicture(t, color.RGBA{255, 0, 0, 255})), string(aPicture(t, color.RGBA{0, 0, 255, 255}))
	send := func(as, query string, files ...part) (r CatalogueReport) {
		t.Helper()
		k.want(k.ask(as, "POST", base+"/assets/catalogue?"+query, []byte(zipOf(t, files...))), 200, &r)
		return r
	}
	first := send("holder:a", "brand=brand-a&right=right-a", part{name: "spring/red.png", data: red}, part{name: "blue.png", data: blue},
		part{name: "broken.jpg", data: "no picture"}, part{name: "notes.txt", data: "x"})
	if first.Count != (bundle.Count{Created: 2, Refused: 1}) || len(first.Problems) != 2 {
		t.Fatalf("first: %+v", first)
	}
	for _, p := range first.Problems {
		if p.Path != "broken.jpg" && p.Path != "notes.txt" {
			t.Errorf("problem %+v", p)
		}
	}
	var page Page[registry.Asset]
	k.want(k.ask("holder:a", "GET", base+"/assets?sought=whole", nil), 200, &page)
	if len(page.Items) != 2 {
		t.Fatalf("sought as a whole: %+v", page.Items)
	}
	var kept registry.Asset
	for _, a := range page.Items {
		if a.Kind != registry.AssetPhotograph || a.BrandID != "brand-a" || a.RightID != "right-a" || a.Sought != registry.SoughtWhole {
			t.Errorf("asset %+v", a)
		}
		if _, err := k.store.Print(t.Context(), a.ID, "pdq/1@"+a.Picture); err != nil {
			t.Errorf("its print is not kept: %v", err)
		}
		if a.Label == "red" {
			kept = a
		}
	}
	kept.Label, kept.Retired = "The red one", true
	k.want(k.ask("holder:a", "PUT", base+"/assets/"+kept.ID, kept), 200, nil)
	again := send("holder:a", "brand=brand-a&sought=inside", part{name: "spring/red.png", data: red}, part{name: "blue.png", data: red})
	if again.Count != (bundle.Count{Changed: 2}) || len(again.Problems) != 0 {
		t.Errorf("again, deeper: %+v", again)
	}
	var now registry.Asset
	k.want(k.ask("holder:a", "GET", base+"/assets/"+kept.ID, nil), 200, &now)
	if now.Label != "The red one" || !now.Retired || now.RightID != "right-a" || now.Sought != registry.SoughtInside {
		t.Errorf("kept %+v", now)
	}
	if same := send("admin", "brand=brand-a&sought=inside", part{name: "spring/red.png", data: red}); same.Count != (bundle.Count{Unchanged: 1}) {
		t.Errorf("the same: %+v", same)
	}
}

func TestCatalogueRefuses(t *testing.T) {
	k := newKit(t)
	good := []byte(zipOf(t, part{name: "a.png", data: string(aPicture(t, color.Black))}))
	for name, c := range map[string]struct {
		query  string
		body   []byte
		status int
		code   fault.Code
	}{
		"another's brand":    {"brand=brand-b", good, 403, fault.Forbidden},
		"a brand of nobody":  {"brand=none", good, 403, fault.Forbidden},
		"no zip":             {"brand=brand-a", []byte("no zip"), 422, fault.Invalid},
		"no pictures":        {"brand=brand-a", []byte(zipOf(t, part{name: "a.txt", data: "x"})), 422, fault.Invalid},
		"out of the archive": {"brand=brand-a", []byte(zipOf(t, part{name: "../a.png", data: "x"})), 422, fault.Invalid},
		"unknown depth":      {"brand=brand-a&sought=" + url.QueryEscape("deep"), good, 422, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			k.wantProblem(k.ask("holder:a", "POST", base+"/assets/catalogue?"+c.query, c.body), c.status, c.code)
		})
	}
	for _, a := range []registry.Asset{{Kind: registry.AssetMark, Sought: registry.SoughtWhole, Picture: "sha256:x"}, {Kind: registry.AssetName, Text: "x", Sought: registry.SoughtInside}} {
		a.BrandID = "brand-a"
		k.t = t
		p := k.wantProblem(k.ask("holder:a", "PUT", base+"/assets/x", a), 422, fault.Invalid)
		found := false
		for _, f := range p.Errors {
			found = found || f.Path == "sought"
		}
		if !found {
			t.Errorf("%s: %+v", a.Kind, p.Errors)
		}
	}
}

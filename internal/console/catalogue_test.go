package console_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/registry"
)

func TestCatalogueUpload(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string][]byte{"lamp.png": consoletest.Goods(51, false), "shade.png": consoletest.Goods(52, false), "list.txt": []byte("x")} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const page = "/registry/assets/catalogue"
	p.get(page).has(t, "Register many photographs", "As a whole picture only")
	p.get("/registry/assets").has(t, page)
	if a := p.upload(page, [2]string{"brand", consoletest.OtherBrand}, [2]string{"sought", "whole"}, [2]string{"pictures@a.zip", b.String()}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("for another holder: %d", a.status)
	}
	if a := p.upload(page, [2]string{"brand", consoletest.Brand}, [2]string{"sought", "whole"}, [2]string{"pictures@a.zip", "no zip"}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("no zip: %d", a.status)
	}
	a := p.upload(page, [2]string{"brand", consoletest.Brand}, [2]string{"sought", "whole"}, [2]string{"pictures@a.zip", b.String()})
	if a.status != http.StatusOK {
		t.Fatalf("a catalogue: %d %s", a.status, a.body)
	}
	a.has(t, "2 registered, 0 changed", "list.txt", "This file cannot be opened as a picture")

	list, err := s.Store.Assets(t.Context(), registry.Filter{Sought: registry.SoughtWhole})
	if err != nil || len(list) != 2 {
		t.Fatalf("%d assets (%v)", len(list), err)
	}
	found := p.get("/registry/assets?sought=whole&kind=photograph")
	found.has(t, "lamp", "shade", `<span class="badge none">As a whole picture only</span>`)
	p.get("/registry/assets?sought=inside").lacks(t, ">lamp<")
	p.get("/registry/assets?sought=whole&kind=badge").has(t, "Nothing")

	// One of them is worth the deeper search.
	one := "/registry/assets/" + list[0].ID
	p.get(one).has(t, "As a whole picture only")
	if a := p.upload(one+"/edit", [2]string{"kind", "mark"}, [2]string{"sought", "whole"}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a mark as a whole: %d", a.status)
	} else {
		a.has(t, "A logo or badge is part of a picture")
	}
	p.upload(one+"/edit", [2]string{"kind", "photograph"}, [2]string{"sought", "inside"})
	p.get(one).has(t, "Inside pictures")
	if now, err := s.Store.Asset(t.Context(), list[0].ID); err != nil || now.Sought != registry.SoughtInside || now.Picture != list[0].Picture {
		t.Errorf("edited %+v (%v)", now, err)
	}
}

// An administrator is told when more is sought inside pictures than a process is meant for.
func TestCrowdIsTold(t *testing.T) {
	s := newSite(t)
	count := registry.Meant.Photographs
	s.Console.Learnt = func() []registry.Tally {
		return []registry.Tally{{Kind: registry.AssetPhotograph, Sought: registry.SoughtInside, Count: count}, {Kind: registry.AssetPhotograph, Sought: registry.SoughtWhole, Count: 9 * count}}
	}
	p := s.signed(t, access.Admin)
	p.get("/").lacks(t, "Very many pictures")
	count++
	p.get("/").has(t, "Very many pictures", "50,001")
}

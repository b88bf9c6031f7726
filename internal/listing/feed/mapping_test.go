package feed

import (
	"errors"
	"os"
	"strings"
	"testing"

	"assay/internal/fault"
)

func TestParseMappingNamesTheLine(t *testing.T) {
	for _, c := range []struct{ name, in, path, part string }{
		{"unknown field", "title: name\ncolour: x\n", "m.yaml:2", "not known"},
		{"no title", "id: sku\n", "m.yaml:1", "title"},
		{"twice", "title: a\nid: b\ntitle: c\n", "", ""},
		{"empty path", "title: name\nid: ''\n", "m.yaml:2", "empty"},
		{"deep path", "title: name\nprice:\n  amount: x\n", "m.yaml:3", "one text"},
		{"attributes", "title: name\nattributes: [a]\n", "m.yaml:2", "attributes"},
		{"switch", "title: name\nprice_in_minor_units: perhaps\n", "m.yaml:2", "true or false"},
		{"no map", "- a\n", "", "title: name"},
		{"no yaml", "title: [", "", "neither"},
		{"empty", "", "", "title: name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseMapping("m.yaml", []byte(c.in))
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Invalid || !strings.Contains(f.Message, c.part) {
				t.Fatalf("error %v", err)
			}
			if c.path != "" && (len(f.Fields) == 0 || f.Fields[0].Path != c.path) {
				t.Fatalf("fields %+v, want path %s", f.Fields, c.path)
			}
		})
	}
	if _, err := ParseMapping("m", make([]byte, maxMappingBytes+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestMappingOfTablesAndXML(t *testing.T) {
	m, err := ParseMapping("m.json", []byte(`{"title": ["Benennung", "Name 2"], "id": "Nr", "price": "VK", "pictures": ["Bild 1", "Bild 2"], "attributes": {"colour": "Farbton"}}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, []byte("Nr;Name 2;Benennung;VK;Bild 1;Bild 2;Farbton;title\n7;zwei;;5,50;a.jpg;b.jpg;rot;not this\n"), "x.csv", Options{Mapping: m, Currency: "EUR"})
	if err != nil || len(got.Items) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if o := got.Items[0].Row.Offer; o.Title != "zwei" || o.Price.Minor != 550 || len(o.Pictures) != 2 || o.Attributes["colour"] != "rot" {
		t.Errorf("offer %+v", o)
	}
	if _, err := readAll(t, []byte("a,b\n1,2\n"), "x.csv", Options{Mapping: m}); err == nil || codeOf(t, err) != codeNoTitleColumn {
		t.Errorf("missing columns: %v", err)
	}
	x, err := ParseMapping("m.yaml", []byte("items: artikel\nid: nr\ntitle: text.kurz\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err = readAll(t, []byte(`<katalog><artikel nr="7"><text><kurz>Becher</kurz></text></artikel></katalog>`), "x.xml", Options{Mapping: x})
	if err != nil || len(got.Items) != 1 || got.Items[0].Row.Offer.Title != "Becher" || got.Items[0].Row.ExternalID != "7" {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzParseMapping(f *testing.F) {
	if data, err := os.ReadFile("testdata/feeds/mapped.yaml"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseMapping("m", data)
		if (m == nil) == (err == nil) {
			t.Fatalf("mapping %v, error %v", m, err)
		}
	})
}

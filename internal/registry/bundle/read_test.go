package bundle

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
)

// whole is a bundle with a row of everything.
const whole = `holders:
  - {id: alba-spa, name: Alba S.p.A., country: IT, language: it, email: ip@alba.example}
brands:
  - id: alba
    holder: alba-spa
    name: Alba
    goods: [handbags, 가방]
    usual_price: {EUR: 300, KRW: 420000}
    gated_goods: true
    website: https://alba.example
rights:
  - id: alba-kr
    brand: alba
    kind: trademark
    office: KR
    number: 4012345
    classes: [18, 25]
    territories: [KR, NO]
    filed_on: 2014-02-01
    registered_on: "2015-03-01"
    expires_on: 2035-03-01
    status: registered
assets:
  - {id: alba-name, brand: alba, right: alba-kr, kind: name, text: 알바백, language: ko, script: Hang}
  - {id: alba-photo, brand: alba, kind: photograph, label: Spring bag, picture: pictures/bag.png, innocent_pictures: [pictures/plain.png]}
sellers:
  - {external_id: S-1, name: Bag House, country: KR, verification: verified, verified_until: 2027-06-30}
  - {external_id: "7", market: outlet, name: Outlet, status: closed}
licences:
  - {id: l1, brand: alba, seller: S-1, assets: [alba-name], territories: [KR], from: 2026-01-01, until: 2026-12-31, status: active}
`

func files(texts map[string]string) fstest.MapFS {
	m := fstest.MapFS{
		"pictures/bag.png":   {Data: png(1)},
		"pictures/plain.png": {Data: png(2)},
	}
	for name, text := range texts {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func read(t *testing.T, texts map[string]string) (*Bundle, []fault.Field) {
	t.Helper()
	b, problems, err := Read(files(texts))
	if err != nil {
		t.Fatal(err)
	}
	return b, problems
}

func TestReadWhole(t *testing.T) {
	b, problems := read(t, map[string]string{"registry.yaml": whole})
	if len(problems) > 0 || len(b.Warnings) > 0 {
		t.Fatalf("problems %v, warnings %v", problems, b.Warnings)
	}
	r := b.Rights[0]
	if r.Number != "4012345" || r.Territories[1] != "NO" || r.FiledOn.String() != "2014-02-01" || r.RegisteredOn.String() != "2015-03-01" || r.Classes[1] != 25 {
		t.Errorf("right %+v", r)
	}
	if p := b.Brands[0]; p.UsualPrice["KRW"] != 420000 || !p.GatedGoods || p.Goods[1] != "가방" {
		t.Errorf("brand %+v", p)
	}
	main, outlet := listing.SellerID("main", "S-1"), listing.SellerID("outlet", "7")
	s := b.Snapshot()
	if got := s.Licences[main]; len(got) != 1 || got[0].Until.String() != "2026-12-31" {
		t.Errorf("licences %+v", s.Licences)
	}
	if v := s.Sellers[main]; v.Verification != seller.Verified || v.Status != seller.Active || !v.VerifiedAt(time.Date(2027, 6, 30, 23, 59, 0, 0, time.UTC)) ||
		v.VerifiedAt(time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("seller %+v", v)
	}
	if s.Sellers[outlet].Status != seller.Closed || s.Sellers[outlet].Verification != seller.Unverified {
		t.Errorf("seller %+v", s.Sellers[outlet])
	}
	photo := s.Assets["alba-photo"]
	if data, err := b.Pictures(photo.Picture); err != nil || len(data) == 0 || !strings.HasPrefix(photo.InnocentPictures[0], "sha256:") {
		t.Errorf("asset %+v: %v", photo, err)
	}
}

func TestJSONAndSeveralFilesSayTheSame(t *testing.T) {
	one, _ := read(t, map[string]string{"registry.yaml": whole})
	sections := strings.SplitAfter(whole, "\n")
	var parts []string
	for _, line := range sections {
		if line != "" && line[0] != ' ' {
			parts = append(parts, "")
		}
		if line != "" {
			parts[len(parts)-1] += line
		}
	}
	texts := map[string]string{"notes.txt": "not read"}
	for i, part := range slices.Backward(parts) {
		texts[fmt.Sprintf("%d.yml", 9-i)] = part // references may lead to later files
	}
	if several, problems := read(t, texts); len(problems) > 0 || !sameRows(one, several) {
		t.Errorf("several files differ: %v", problems)
	}
	json := `{"holders": [{"id": "alba-spa", "name": "Alba \ud83d\ude00 S\/A", "country": "IT"}],
		"brands": [{"id": "alba", "holder": "alba-spa", "name": "Alba", "usual_price": {"EUR": 3.5e2}, "gated_goods": true}]}`
	b, problems := read(t, map[string]string{"registry.json": json})
	if len(problems) > 0 || b.Holders[0].Name != "Alba 😀 S/A" || b.Brands[0].UsualPrice["EUR"] != 350 || !b.Brands[0].GatedGoods {
		t.Errorf("%+v %v", b, problems)
	}
}

func sameRows(a, b *Bundle) bool { return rowsOf(a) == rowsOf(b) }

// rowsOf writes out all rows, for comparing.
func rowsOf(b *Bundle) string {
	return fmt.Sprintf("%+v\n%+v\n%+v\n%+v\n%+v\n%s", b.Holders, b.Brands, b.Rights, b.Assets, b.Licences, sellersOf(b.Sellers))
}

func sellersOf(list []seller.Seller) string {
	var out strings.Builder
	for _, s := range list {
		until := time.Time{}
		if s.VerifiedUntil != nil {
			until = *s.VerifiedUntil
		}
		s.VerifiedUntil = nil
		fmt.Fprintf(&out, "%+v %s\n", s, until)
	}
	return out.String()
}

// TestBadRowsAreToldAndLoseNothingElse puts one wrong row after another into
// the whole bundle; the mark shows where the problem must be told.
func TestBadRowsAreToldAndLoseNothingElse(t *testing.T) {
	for name, c := range map[string]struct{ section, row, code string }{
		"bad id":               {"brands", "{id: ' ', holder: alba-spa, name: Some Brand} #<", "bad_id"},
		"id twice":             {"brands", "{id: alba, holder: alba-spa, name: Other} #<", "duplicate"},
		"no name":              {"brands", "{id: b2, holder: alba-spa} #<", "missing"},
		"unknown holder":       {"brands", "{id: b2,\n    name: Some Brand,\n    holder: nobody} #<", "unknown"},
		"unknown field":        {"brands", "id: b2\n    holder: alba-spa\n    name: Some Brand\n    colour: red #<", "unknown_field"},
		"field twice":          {"brands", "id: b2\n    holder: alba-spa\n    name: Some Brand\n    name: Other #<", "duplicate"},
		"a list for a word":    {"brands", "id: b2\n    holder: alba-spa\n    name: [a] #<", "type"},
		"no mapping":           {"brands", "just a word #<", "type"},
		"an alias":             {"brands", "id: b2\n    holder: &h alba-spa\n    name: *h #<", "alias"},
		"price of nothing":     {"brands", "{id: b2, holder: alba-spa, name: Some Brand, usual_price: {EUR: 0}} #<", "bad_price"},
		"unknown kind":         {"rights", "{id: r2, brand: alba, kind: karma, status: registered} #<", "unknown_value"},
		"Nice class 46":        {"rights", "{id: r2, brand: alba, kind: copyright, status: unregistered, classes: [46]} #<", "bad_class"},
		"no such day":          {"rights", "{id: r2, brand: alba, kind: copyright, status: unregistered, filed_on: 2026-02-30} #<", "type"},
		"dates reversed":       {"rights", "{id: r2, brand: alba, kind: copyright, status: unregistered, registered_on: 2026-02-02, expires_on: 2026-02-01} #<", "dates_reversed"},
		"lower case country":   {"rights", "{id: r2, brand: alba, kind: copyright, status: unregistered, territories: [kr]} #<", "bad_form"},
		"empty text":           {"assets", "{id: a2, brand: alba, kind: phrase, text: ' '} #<", "missing"},
		"endless text":         {"assets", "{id: a2, brand: alba, kind: name, text: " + strings.Repeat("x", 301) + "} #<", "too_long"},
		"no picture":           {"assets", "{id: a2, brand: alba, kind: mark} #<", "missing"},
		"picture not there":    {"assets", "{id: a2, brand: alba, kind: mark, picture: pictures/none.png} #<", "missing_file"},
		"picture outside":      {"assets", "{id: a2, brand: alba, kind: mark, picture: ../../etc/passwd} #<", "bad_path"},
		"picture at the root":  {"assets", "{id: a2, brand: alba, kind: mark, picture: /etc/passwd} #<", "bad_path"},
		"folder for a picture": {"assets", "{id: a2, brand: alba, kind: mark, picture: pictures} #<", "missing_file"},
		"unknown right":        {"assets", "{id: a2, brand: alba, right: r9, kind: name, text: Albabag} #<", "unknown"},
		"unknown licensee":     {"licences", "{id: l2, brand: alba, seller: S-9, status: active} #<", "unknown"},
		"unknown asset":        {"licences", "{id: l2, brand: alba, seller: S-1, assets: [a9], status: active} #<", "unknown"},
		"licence reversed":     {"licences", "{id: l2, brand: alba, seller: S-1, from: 2026-02-02, until: 2026-02-01, status: active} #<", "dates_reversed"},
		"seller without id":    {"sellers", "{name: Nobody} #<", "missing"},
		"same seller twice":    {"sellers", "{external_id: S-1, name: Twin} #<", "duplicate"},
		"unknown status":       {"sellers", "{external_id: S-2, status: retired} #<", "unknown_value"},
		"unknown end":          {"sellers", "{external_id: S-2, verified_until: soon} #<", "type"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(whole, c.section+":\n", c.section+":\n#HERE\n", 1)
			end := strings.Index(text, "#HERE\n")
			rest := text[end+6:]
			next := len(rest)
			for i, line := range strings.SplitAfter(rest, "\n") {
				if line != "" && line[0] != ' ' {
					next = len(strings.Join(strings.SplitAfter(rest, "\n")[:i], ""))
					break
				}
			}
			text = text[:end] + rest[:next] + "  - " + c.row + "\n" + rest[next:]
			want := fmt.Sprintf("registry.yaml:%d", strings.Count(text[:strings.Index(text, "#<")], "\n")+1)
			b, problems := read(t, map[string]string{"registry.yaml": text})
			if len(problems) == 0 || problems[0].Path != want || problems[0].Code != c.code {
				t.Errorf("problems %+v, want %s at %s", problems, c.code, want)
			}
			good, _ := read(t, map[string]string{"registry.yaml": whole})
			if !sameRows(b, good) {
				t.Errorf("the good rows changed:\n%s\n%s", rowsOf(b), rowsOf(good))
			}
		})
	}
}

func TestRowsOfAnotherBrand(t *testing.T) {
	text := strings.Replace(whole, "rights:\n", "  - {id: brio, holder: alba-spa, name: Brio}\nrights:\n", 1)
	for row, section := range map[string]string{
		"  - {id: x, brand: brio, right: alba-kr, kind: name, text: Briobag}\n":        "assets:\n",
		"  - {id: x, brand: brio, seller: S-1, assets: [alba-name], status: active}\n": "licences:\n",
	} {
		_, problems := read(t, map[string]string{"registry.yaml": strings.Replace(text, section, section+row, 1)})
		if len(problems) != 1 || problems[0].Code != "other_brand" {
			t.Errorf("%s: %+v", row, problems)
		}
	}
}

func TestOneExternalIDInTwoMarkets(t *testing.T) {
	text := strings.Replace(whole, "licences:\n", "  - {external_id: S-1, market: outlet, name: Namesake}\nlicences:\n", 1)
	if _, problems := read(t, map[string]string{"registry.yaml": text}); len(problems) != 1 || problems[0].Code != "ambiguous" {
		t.Errorf("%+v", problems)
	}
	id := listing.SellerID("outlet", "S-1")
	b, problems := read(t, map[string]string{"registry.yaml": strings.Replace(text, "seller: S-1", "seller: "+id, 1)})
	if len(problems) != 0 || b.Licences[0].SellerID != id {
		t.Errorf("%+v", problems)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ file, text, path string }{
		"broken YAML":     {"brands.yaml", "brands:\n  - {id: a\n", "brands.yaml:"},
		"broken JSON":     {"brands.json", "{\"brands\": [\n  {\"id\": }\n]}", "brands.json:2"},
		"JSON and more":   {"brands.json", "{}\n{}", "brands.json:2"},
		"deep JSON":       {"brands.json", strings.Repeat("[", 10_000), "brands.json:1"},
		"a list":          {"brands.yaml", "- a\n", "brands.yaml:1"},
		"unknown section": {"brands.yaml", "\nbrand: []\n", "brands.yaml:2"},
		"no list":         {"brands.yaml", "brands: {}\n", "brands.yaml:1"},
		"a bomb":          {"brands.yaml", "a: &a [x,x]\nbrands: [*a, *a]\n", "brands.yaml:"},
	} {
		b, problems := read(t, map[string]string{"registry.yaml": whole, c.file: c.text})
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Path, c.path) {
			t.Errorf("%s: %+v", name, problems)
		}
		if len(b.Brands) != 1 {
			t.Errorf("%s took the other file along", name)
		}
	}
	if b, problems := read(t, map[string]string{"registry.yaml": "", "brands.yaml": "brands:\n"}); len(problems) != 0 || len(b.Brands) != 0 {
		t.Errorf("empty files: %+v", problems)
	}
	if _, _, err := Read(fstest.MapFS{"readme.txt": {}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no bundle gave %v", err)
	}
	if _, _, err := Read(fstest.MapFS{"registry.yaml": {Data: make([]byte, maxText+1)}}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file gave %v", err)
	}
}

func TestManyProblemsStayFew(t *testing.T) {
	_, problems := read(t, map[string]string{"registry.yaml": "brands:\n" + strings.Repeat("  - {}\n", 3000)})
	if len(problems) != maxProblems+1 || problems[maxProblems].Code != "more" {
		t.Errorf("%d problems", len(problems))
	}
}

func TestWarnings(t *testing.T) {
	text := strings.Replace(whole, "assets:\n", "assets:\n  - {id: n1, brand: alba, kind: name, text: Al}\n  - {id: n2, brand: alba, kind: name, text: Premium}\n"+
		"  - {id: n3, brand: alba, kind: name, text: Handbags}\n  - {id: n4, brand: alba, kind: name, text: 나비}\n", 1)
	b, problems := read(t, map[string]string{"registry.yaml": text})
	if len(problems) > 0 || len(b.Assets) != 6 {
		t.Fatalf("%+v", problems)
	}
	var codes []string
	for _, w := range b.Warnings {
		codes = append(codes, w.Code)
	}
	if !slices.Equal(codes, []string{"short_name", "generic_name", "generic_name"}) {
		t.Errorf("warnings %+v", b.Warnings)
	}
}

func TestOpenPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "registry.yaml"), []byte("brands: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.png")); err != nil {
		t.Fatal(err)
	}
	fsys, closer, err := OpenPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	if _, _, err := Read(fsys); err != nil {
		t.Error(err)
	}
	if _, err := load(fsys, "link.png", maxPicture); err == nil {
		t.Error("a link led out of the folder")
	}
	if _, _, err := OpenPath(filepath.Join(dir, "none")); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing there gave %v", err)
	}
	if _, _, err := OpenPath(filepath.Join(dir, "registry.yaml")); !fault.Is(err, fault.Invalid) {
		t.Errorf("a text for a zip gave %v", err)
	}
}

func TestOpenZip(t *testing.T) {
	flat := map[string][]byte{"registry.yaml": []byte(whole), "pictures/bag.png": png(1), "pictures/plain.png": png(2)}
	nested := map[string][]byte{"__MACOSX/x": {1}}
	for name, data := range flat {
		nested["my bundle/"+name] = data
	}
	for name, content := range map[string]map[string][]byte{"flat": flat, "one folder": nested} {
		fsys, closer, err := OpenPath(zipped(t, content))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b, problems, err := Read(fsys)
		if err != nil || len(problems) > 0 || len(b.Assets) != 2 {
			t.Errorf("%s: %v %v", name, problems, err)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	for name, content := range map[string]map[string][]byte{
		"escape": {"../registry.yaml": []byte(whole)}, "absolute": {"/registry.yaml": []byte(whole)},
		"backslash": {`a\..\..\registry.yaml`: []byte(whole)}, "bomb": {"registry.yaml": make([]byte, 64<<20)},
	} {
		_, closer, err := OpenPath(zipped(t, content))
		if err == nil {
			_ = closer.Close()
			t.Errorf("%s was opened", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole), false)
	f.Add([]byte(`{"brands": [{"id": "a", "usual_price": {"EUR": 1e999}}]}`), true)
	f.Add([]byte("a: &a [*a]\nbrands: *a\n"), false)
	f.Add([]byte("brands:\n  - ? [a]\n    : b\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		name := "registry.yaml"
		if json {
			name = "registry.json"
		}
		b, problems, err := Read(files(map[string]string{name: string(data)}))
		if err != nil {
			return
		}
		for _, p := range problems {
			if !strings.HasPrefix(p.Path, name+":") || p.Message == "" {
				t.Fatalf("problem %+v", p)
			}
		}
		for _, a := range b.Assets {
			if a.Picture != "" && !fs.ValidPath(a.Picture) || a.Kind != registry.AssetName && a.Kind != registry.AssetPhrase && a.Picture == "" {
				t.Fatalf("asset %+v", a)
			}
		}
	})
}

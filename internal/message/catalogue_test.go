package message

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	english := printers()["en"].texts
	for _, l := range languages[1:] {
		other := printers()[l.Code].texts
		for key, text := range english {
			o, ok := other[key]
			if !ok {
				t.Errorf("%s has no %s", l.Code, key)
			} else if !slices.Equal(o.arguments, text.arguments) {
				t.Errorf("%s in %s names %v, in English %v", key, l.Code, o.arguments, text.arguments)
			}
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, English has not", l.Code, key)
			}
		}
	}
}

// particle finds the makeshift for a Korean particle that depends on the last
// letter of an argument, and a bare particle after one.
var particle = regexp.MustCompile(`을\(를\)|이\(가\)|은\(는\)|와\(과\)|\(으\)로|\}\}[을를은는이가과와](\s|$)`)

func TestNoTextIsEmptyOrClumsy(t *testing.T) {
	for _, l := range languages {
		for key, text := range printers()[l.Code].texts {
			if text.Other == "" {
				t.Errorf("%s %s has no text", l.Code, key)
			}
			if slices.Contains(text.arguments, "Count") && text.One == "" && (l.Code == "en" || l.Code == "it") {
				t.Errorf("%s %s counts but has one form only", l.Code, key)
			}
			for _, form := range text.forms() {
				if strings.TrimSpace(form) != form || strings.Contains(form, "  ") {
					t.Errorf("%s %s has stray spaces: %q", l.Code, key, form)
				}
				if l.Code == "ko" && particle.MatchString(form) {
					t.Errorf("ko %s leaves a particle to chance: %q", key, form)
				}
			}
		}
	}
}

func TestEveryFileExistsInEveryLanguage(t *testing.T) {
	names, err := fs.Glob(catalogue, "catalogue/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]int{}
	for _, name := range names {
		area, _, _ := strings.Cut(path.Base(name), ".")
		areas[area]++
	}
	for area, n := range areas {
		if n != len(languages) {
			t.Errorf("area %s has %d files for %d languages", area, n, len(languages))
		}
	}
}

func TestLoadTellsWhatIsWrong(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"unknown language": {"catalogue/a.xx.yaml": {Data: []byte("k: v")}},
		"key twice":        {"catalogue/a.en.yaml": {Data: []byte("k: v")}, "catalogue/b.en.yaml": {Data: []byte("k: w")}},
		"broken template":  {"catalogue/a.en.yaml": {Data: []byte(`k: "{{.Brand"`)}},
		"broken YAML":      {"catalogue/a.en.yaml": {Data: []byte("k: [")}},
		"no text":          {"catalogue/a.en.yaml": {Data: []byte("k: 7")}},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

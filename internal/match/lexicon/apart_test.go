package lexicon

import (
	"math"
	"slices"
	"testing"
)

// What one wording finds does not depend on who else looks for what.
func TestApartIsAsIfAlone(t *testing.T) {
	words := []string{"Gucci", "Gucci bag", "구찌", "구찌 가방", "Guccini", "Puma", "bag"}
	entry := func(w string) []Entry { return []Entry{{BrandID: w, Kind: KindName, Text: w}} }
	var all []Entry
	for _, w := range words {
		all = append(all, entry(w)...)
	}
	together, err := Compile(all, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Gucci bag new", "G*cci bag", "strap compatible with Gucci bag", "ㄱㅜㅉㅣ 가방 미러급", "guchi bag", "Guccini bag",
		"puma colouring book for children, compatible with Puma crayons"} {
		doc := title(text)
		doc.Apart = true
		found := together.Examine(doc)
		for _, w := range words {
			alone, err := Compile(entry(w), nil, Options{})
			if err != nil {
				t.Fatal(err)
			}
			want, there := byBrand(alone.Examine(doc), w)
			got, too := byBrand(found, w)
			if there != too || math.Abs(want.Score-got.Score) > 1e-9 || there && !slices.Equal(want.Spans[0].Disguises, got.Spans[0].Disguises) {
				t.Errorf("%q in %q: together %v %+v, alone %v %+v", w, text, too, got, there, want)
			}
		}
	}
}

// An excuse lowers the score of a mention; it does not hide it.
func TestApartShowsTheExcused(t *testing.T) {
	l, err := Compile([]Entry{{BrandID: "puma", Kind: KindName, Text: "puma"}}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc := title("Puma colouring book for children, compatible with all crayons, not affiliated, second hand")
	doc.Apart = true
	f, ok := byBrand(l.Examine(doc), "puma")
	if !ok || f.Score > 0.1 || len(f.Against) == 0 {
		t.Errorf("%v %+v", ok, f)
	}
}

package console

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/listing"
)

func TestCompareWords(t *testing.T) {
	got := compareWords("BOLT 정품 충전기", "BOLT 호환 충전기")
	want := []piece{{"BOLT ", ""}, {"정품", "del"}, {"호환", "ins"}, {" 충전기", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Both sides of a comparison can be read off it again.
func TestComparisonHoldsBothTexts(t *testing.T) {
	text := rapid.StringMatching(`[ab가高 ,]{0,40}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		var old, now strings.Builder
		for _, p := range compareWords(a, b) {
			if p.Kind != "ins" {
				old.WriteString(p.Text)
			}
			if p.Kind != "del" {
				now.WriteString(p.Text)
			}
		}
		if old.String() != a || now.String() != b {
			t.Fatalf("%q and %q became %q and %q", a, b, old.String(), now.String())
		}
	})
}

func TestLongTextsAreComparedInBoundedTime(t *testing.T) {
	a, b := strings.Repeat("a b ", 50_000), strings.Repeat("c d ", 50_000)
	if p := compareWords(a, b); len(p) > 3 {
		t.Errorf("%d pieces", len(p))
	}
}

func TestCompareOffers(t *testing.T) {
	old := listing.Offer{Title: "a", Price: &listing.Money{Minor: 100, Currency: "USD"}, Pictures: []listing.Picture{{Hash: "1"}, {Hash: "2"}}, Attributes: map[string]string{"색상": "빨강"}}
	now := listing.Offer{Title: "a", Price: &listing.Money{Minor: 90, Currency: "USD"}, Pictures: []listing.Picture{{Hash: "2", URL: "x"}, {Hash: "3"}}, Attributes: map[string]string{"크기": "소"}}
	var fields []string
	for _, c := range compareOffers(old, now) {
		fields = append(fields, c.Field+c.Name)
		if c.Field == "pictures" && (!slices.Equal(c.Added, []string{"3"}) || !slices.Equal(c.Removed, []string{"1"})) {
			t.Errorf("pictures: %+v", c)
		}
	}
	if want := []string{"price", "attribute색상", "attribute크기", "pictures"}; !slices.Equal(fields, want) {
		t.Errorf("changed %v, want %v", fields, want)
	}
}

package search

import (
	"errors"
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
)

func words(texts ...string) (out []Word) {
	for _, t := range texts {
		out = append(out, Word{Text: t})
	}
	return out
}

func amount(v float64) *float64 { return &v }

func day(t *testing.T, s string) registry.Date {
	t.Helper()
	d, err := registry.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCheckNamesTheFields(t *testing.T) {
	for want, q := range map[string]Query{
		"":           {Words: words("구찌"), Status: listing.Live, PriceMin: amount(0), PriceMax: amount(5), Currency: "KRW", From: day(t, "2026-01-02"), Until: day(t, "2026-01-02")},
		"words":      {},
		"words[1]":   {Words: words("gucci", "!g")},
		"words[0]":   {Words: []Word{{Text: "gucci", Kind: "picture"}}},
		"category":   {Words: words("gucci"), Category: strings.Repeat("x", 400)},
		"status":     {Words: words("gucci"), Status: "sold"},
		"currency":   {Words: words("gucci"), PriceMin: amount(1)},
		"price_min":  {Words: words("gucci"), PriceMin: amount(-1), Currency: "KRW"},
		"price_max":  {Words: words("gucci"), PriceMin: amount(2), PriceMax: amount(1), Currency: "KRW"},
		"until":      {Words: words("gucci"), From: day(t, "2026-01-02"), Until: day(t, "2026-01-01")},
		"words[0] ":  {Words: words("g\xffcci")},
		"words[0]  ": {Words: words(strings.Repeat("구", 101))},
	} {
		var f *fault.Error
		err := q.Check()
		if want = strings.TrimSpace(want); want == "" {
			if err != nil {
				t.Errorf("a right query: %v", err)
			}
		} else if !errors.As(err, &f) || f.Code != fault.Invalid || f.Fields[0].Path != want {
			t.Errorf("%s: %+v", want, err)
		}
	}
	if err := (Query{Words: words(strings.Fields(strings.Repeat("gucci ", 21))...)}).Check(); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many words: %v", err)
	}
}

func TestFilters(t *testing.T) {
	offer := Offered{Listing: listing.Listing{Market: "main", SellerID: "s"},
		Revision: listing.Revision{Offer: listing.Offer{Category: "Fashion > Bags > Totes", Price: &listing.Money{Minor: 1999, Currency: "USD"}}}}
	for _, c := range []struct {
		q    Query
		want bool
	}{
		{Query{}, true}, {Query{Category: "fashion>bags"}, true}, {Query{Category: "Fashion > Bag"}, false}, {Query{Category: "Fashion > Bags > Totes > Small"}, false},
		{Query{Currency: "USD"}, true}, {Query{Currency: "KRW"}, false}, {Query{Currency: "USD", PriceMin: amount(19.99), PriceMax: amount(19.99)}, true},
		{Query{Currency: "USD", PriceMin: amount(20)}, false}, {Query{Currency: "USD", PriceMax: amount(19.98)}, false},
		{Query{Market: "other"}, false}, {Query{SellerID: "s", Market: "main"}, true}, {Query{SellerID: "t"}, false},
		{Query{Status: listing.Removed, From: registry.DateOf(offer.Revision.CreatedAt.AddDate(1, 0, 0))}, true}, // not for alerts
	} {
		if got := c.q.watches(offer); got != c.want {
			t.Errorf("%+v: %v", c.q, got)
		}
	}
	offer.Revision.Offer.Price = nil
	if (Query{Currency: "USD"}).watches(offer) {
		t.Error("an offer without a price fits a price")
	}
}

// Passages hold every find of a field, whole characters, and offsets that fit.
func TestPassages(t *testing.T) {
	long := strings.Repeat("가방 ", 300)
	o := listing.Offer{Title: "구 찌 가방", Description: long + "G\u200buccі" + long}
	n, err := weave(words("gucci", "구찌"))
	if err != nil {
		t.Fatal(err)
	}
	offered := Offered{Revision: listing.Revision{Offer: o}}
	found := n.catch(offered)
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	var list []Match
	for _, m := range found {
		list = append(list, m)
	}
	for _, p := range passages(offered.fields(), list) {
		whole := map[string]string{"title": o.Title, "description": o.Description}[p.Field]
		if whole[p.Start:p.Start+len(p.Text)] != p.Text || p.Whole != (p.Text == whole) || strings.ContainsRune(p.Text, '\ufffd') || len(p.Text) > maxPassage+3*around {
			t.Errorf("%+v", p)
		}
		for _, m := range list {
			for _, s := range m.Spans {
				if s.Field == p.Field && p.Text[s.Start-p.Start:s.End-p.Start] != s.Text {
					t.Errorf("%q is not at its place in %+v", s.Text, p)
				}
			}
		}
	}
}

// Similar sentences of different people do not hide each other.
func TestSentencesDoNotCompete(t *testing.T) {
	list := []Word{{Text: "쿠팡이 직접 수입했어요", Kind: "phrase"}, {Text: "쿠팡이 직접 수입했네요", Kind: "phrase"}, {Text: "쿠팡", Kind: "name"}, {Text: "쿠팡이 직접", Kind: "name"}}
	n, err := weave(list)
	if err != nil {
		t.Fatal(err)
	}
	if found := n.catch(Offered{Revision: listing.Revision{Offer: listing.Offer{Title: "쿠팡이 직접 수입했어요"}}}); len(found) != len(list) {
		t.Errorf("found %+v", found)
	}
	if _, err := weave(words(strings.Repeat("ab", 140))); !fault.Is(err, fault.Invalid) {
		t.Errorf("a wording too long: %v", err)
	}
}

package listing_test

import (
	"testing"

	"pgregory.net/rapid"

	"assay/internal/listing"
)

func offer() listing.Offer {
	return listing.Offer{Title: "Shoes", Price: &listing.Money{Minor: 100, Currency: "KRW"}, Pictures: []listing.Picture{{URL: "a.jpg", State: listing.PictureWaiting}}}
}

// A feed that is taken in again is news only when the seller changed something.
func TestContentHash(t *testing.T) {
	base := offer().ContentHash()
	for name, c := range map[string]struct {
		change func(*listing.Offer)
		news   bool
	}{
		"nothing":              {func(*listing.Offer) {}, false},
		"a picture was stored": {func(o *listing.Offer) { o.Pictures[0].State, o.Pictures[0].Hash = listing.PictureStored, "sha256:x" }, false},
		"another title":        {func(o *listing.Offer) { o.Title = "Boots" }, true},
		"another price":        {func(o *listing.Offer) { o.Price.Minor = 200 }, true},
		"another picture":      {func(o *listing.Offer) { o.Pictures[0].URL = "b.jpg" }, true},
		"a further picture":    {func(o *listing.Offer) { o.Pictures = append(o.Pictures, listing.Picture{Hash: "sha256:y"}) }, true},
	} {
		o := offer()
		c.change(&o)
		if (o.ContentHash() != base) != c.news {
			t.Errorf("%s: news %v, want %v", name, !c.news, c.news)
		}
	}
}

// Price, link and numbers are not what a person judged.
func TestSubstanceHash(t *testing.T) {
	a, b, c := offer(), offer(), offer()
	b.Price, b.Link, b.GTIN = &listing.Money{Minor: 5, Currency: "USD"}, "https://x.example", "123"
	c.Description = "replica"
	if a.SubstanceHash() != b.SubstanceHash() || a.SubstanceHash() == c.SubstanceHash() {
		t.Error("substance is words, pictures and brand, and nothing else")
	}
}

func TestIDsAreReproducibleAndApart(t *testing.T) {
	const known = "0d74e573-453c-5e26-bb5f-6d392d68978b"
	if listing.ID("main", "1") != known || listing.ID("other", "1") == known || listing.SellerID("main", "1") == known {
		t.Error("an id names one thing of one market")
	}
}

func TestMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"KRW", "USD", "KWD", "CLF"}).Draw(t, "currency")
		m := listing.Money{Minor: rapid.Int64Range(0, 1<<40).Draw(t, "minor"), Currency: currency}
		if got := listing.MoneyOf(m.Major(), currency); got != m {
			t.Fatalf("%v became %v", m, got)
		}
	})
}

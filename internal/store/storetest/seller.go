package storetest

import (
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

var sellerTests = map[string]func(*testing.T, *kit){
	"every field survives": sellerFields,
	"by id":                sellerByID,
	"filters":              sellerFilters,
	"strangers' words":     sellerWords,
}

func sellerFields(t *testing.T, k *kit) {
	var s seller.Seller
	fill(&s)
	got[bool](k)(k.PutSeller(k.ctx, s))
	same(t, "seller", got[seller.Seller](k)(k.Seller(k.ctx, s.ID)), s)

	first := s.CreatedAt
	s.VerifiedUntil, s.Name = nil, "new name"
	s.CreatedAt, s.UpdatedAt = noon.Add(time.Hour), noon.Add(time.Hour)
	got[bool](k)(k.PutSeller(k.ctx, s))
	s.CreatedAt = first // when it was first seen
	same(t, "replaced seller", got[seller.Seller](k)(k.Seller(k.ctx, s.ID)), s)
	_, err := k.Seller(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func sellerByID(t *testing.T, k *kit) {
	k.seller("s1")
	k.seller("s2")
	found := got[map[string]seller.Seller](k)(k.SellersByID(k.ctx, []string{"s1", "none", "s2", "s1"}))
	if len(found) != 2 || found["s1"].ID != "s1" || found["s2"].ID != "s2" {
		t.Fatalf("found %+v", found)
	}
	if none := got[map[string]seller.Seller](k)(k.SellersByID(k.ctx, nil)); len(none) != 0 {
		t.Fatalf("found %+v for no ids", none)
	}
}

func sellerFilters(t *testing.T, k *kit) {
	k.seller("s1")
	k.seller("s2")
	got[bool](k)(k.PutSeller(k.ctx, seller.Seller{ID: "s3", ExternalID: "EXT-77", Name: "Kim's Shop", Status: seller.Closed}))
	for _, c := range []struct {
		f    seller.Filter
		want []string
	}{
		{seller.Filter{}, []string{"s1", "s2", "s3"}},
		{seller.Filter{Status: seller.Closed}, []string{"s3"}},
		{seller.Filter{Query: "ext-7"}, []string{"s3"}},
		{seller.Filter{Query: "KIM'S"}, []string{"s3"}},
		{seller.Filter{Limit: 1, After: "s1"}, []string{"s2"}},
	} {
		list := got[[]seller.Seller](k)(k.Sellers(k.ctx, c.f))
		same(t, "sellers", ids(list, func(s seller.Seller) string { return s.ID }), c.want)
	}
}

// What databases cannot keep is dropped, and putting it again is no change.
func sellerWords(t *testing.T, k *kit) {
	s := seller.Seller{ID: "s", ExternalID: "e\x00e", Name: "bro\x00ken\xff name"}
	if !got[bool](k)(k.PutSeller(k.ctx, s)) || got[bool](k)(k.PutSeller(k.ctx, s)) {
		t.Fatal("putting broken text is not idempotent")
	}
	if name := got[seller.Seller](k)(k.Seller(k.ctx, "s")).Name; name != "broken\uFFFD name" {
		t.Fatalf("stored name %q", name)
	}
	if n := len(got[[]registry.Change](k)(k.Changes(k.ctx, 0, 10))); n != 1 {
		t.Fatalf("%d changes, want 1", n)
	}
}

package intake_test

import (
	"errors"
	"testing"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/seller"
)

// What a shop may add and change follows its standing: one that is suspended
// can still mend what it has.
func TestShopsTakeInWhatTheirStandingAllows(t *testing.T) {
	for _, c := range []struct {
		status       seller.Status
		fresh, known string // codes of the refusals, "" when it is taken
	}{
		{seller.Active, "", ""},
		{seller.Restricted, "shop_restricted", ""},
		{seller.Suspended, "shop_suspended", ""},
		{seller.Closed, "shop_closed", "shop_closed"},
	} {
		t.Run(string(c.status), func(t *testing.T) {
			d := open(t)
			src := intake.Source{Name: "api", ActorID: "test"}
			must(t, d.take(src, row("known", "A cup"))[0].Err)
			shop, err := d.store.Seller(d.ctx, listing.SellerID("main", "shop"))
			must(t, err)
			shop.Status = c.status
			_, err = d.store.PutSeller(d.ctx, shop)
			must(t, err)
			got := d.take(src, row("fresh", "A bowl"), row("known", "A better cup"))
			for i, want := range []string{c.fresh, c.known} {
				var f *fault.Error
				switch {
				case want == "" && got[i].Err != nil:
					t.Errorf("row %d is refused: %v", i, got[i].Err)
				case want != "" && (!errors.As(got[i].Err, &f) || f.Code != fault.Forbidden || f.Fields[0].Code != want):
					t.Errorf("row %d: %v, want %s", i, got[i].Err, want)
				}
			}
			_, err = d.store.Listing(d.ctx, listing.ID("main", "fresh"))
			if there := err == nil; there != (c.fresh == "") {
				t.Errorf("the new listing is there: %v", there)
			}
		})
	}
}

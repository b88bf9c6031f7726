package search

import "strings"

// fits reports whether an offer passes the filters that look at the offer
// itself; what stands in the listing's row the store has looked at.
func (q Query) fits(o Offered) bool {
	offer := o.Revision.Offer
	if q.Category != "" && !below(offer.Category, q.Category) {
		return false
	}
	if q.Currency == "" {
		return true
	}
	if offer.Price == nil || offer.Price.Currency != q.Currency {
		return false
	}
	price := offer.Price.Major()
	return (q.PriceMin == nil || price >= *q.PriceMin) && (q.PriceMax == nil || price <= *q.PriceMax)
}

// watches reports whether a newly taken offer passes the filters of a saved
// search. Status and days are left out: what is new has none to speak of.
func (q Query) watches(o Offered) bool {
	return (q.Market == "" || q.Market == o.Listing.Market) && (q.SellerID == "" || q.SellerID == o.Listing.SellerID) && q.fits(o)
}

// below reports whether a category is the other or lies below it.
func below(category, top string) bool {
	have, want := levels(category), levels(top)
	if len(have) < len(want) {
		return false
	}
	for i := range want {
		if have[i] != want[i] {
			return false
		}
	}
	return true
}

func levels(category string) []string {
	parts := strings.Split(strings.ToLower(category), ">")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

package console

import (
	"net/http"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

type listingRow struct {
	listing.Summary
	Seller  string
	Reasons []string // codes: why it is not on sale
}

type listingsView struct {
	Rows     []listingRow
	Next     string
	Text     string
	Status   string
	Statuses []choice
	Own      bool // a seller sees nobody else's
	Filtered bool
}

var listingStatuses = []listing.Status{listing.Pending, listing.Live, listing.Held, listing.Removed, listing.Gone}

func (c *Console) listingsPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := listing.Filter{Query: q.Get("text"), Status: listing.Status(q.Get("status")), SellerID: q.Get("seller"), After: q.Get("after"), Limit: 50}
	v := listingsView{Text: f.Query, Status: string(f.Status), Filtered: f.Query != "" || f.Status != "" || f.SellerID != ""}
	var err error
	if v.Rows, v.Next, err = c.listings(r, f); err != nil {
		return err
	}
	_, v.Own = who(r).SellerScope()
	if v.Next != "" {
		q.Set("after", v.Next)
		v.Next = "/listings?" + q.Encode()
	}
	for _, s := range listingStatuses {
		v.Statuses = append(v.Statuses, choice{string(s), "enum.listing_status." + string(s), s == f.Status})
	}
	return c.show(w, r, http.StatusOK, "listings", "listings.title", v)
}

// listings reads a page within the reader's scope, and for what is not on
// sale the reasons of the newest verdict.
func (c *Console) listings(r *http.Request, f listing.Filter) ([]listingRow, string, error) {
	who(r).ScopeListings(&f)
	list, next, err := c.Store.Listings(r.Context(), f)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.SellerID
	}
	sellers, err := c.Store.SellersByID(r.Context(), ids)
	if err != nil {
		return nil, "", err
	}
	var out []listingRow
	for _, l := range list {
		row := listingRow{Summary: l, Seller: sellers[l.SellerID].Name}
		if l.Status == listing.Held || l.Status == listing.Removed {
			vs, err := c.verdicts(r, l.ID, 1)
			if err != nil {
				return nil, "", err
			}
			if len(vs) > 0 {
				row.Reasons = codesOf(vs[0])
			}
		}
		out = append(out, row)
	}
	return out, next, nil
}

// codesOf are the reasons of a verdict, each once.
func codesOf(v verdict.Verdict) []string {
	var out []string
	for _, r := range v.Reasons {
		if !slices.Contains(out, r.Code) {
			out = append(out, r.Code)
		}
	}
	return out
}

type listingView struct {
	Listing   listing.Listing
	Seller    seller.Seller
	SeesShop  bool
	Newest    listing.Revision
	Evidence  evidence
	Verdict   *verdict.Verdict
	Verdicts  []verdict.Verdict
	Revisions []revisionView
	Cases     []caseOfListing
	Cures     []string // message keys
	MayCure   bool     // its seller may change it here
	Staff     bool
	Now       time.Time
}

type revisionView struct {
	listing.Revision
	Changes []change
}

type caseOfListing struct {
	casefile.Case
	Decisions []casefile.Decision
	Opens     bool // the reader may open it
}

// shownRevisions is how many revisions a page shows at most.
const shownRevisions = 30

func (c *Console) listingPage(w http.ResponseWriter, r *http.Request) error {
	l, err := c.theListing(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := listingView{Listing: l, Staff: who(r).Staff(), SeesShop: who(r).MaySeeSeller(l.SellerID), Now: c.today()}
	shop, own := who(r).SellerScope()
	v.MayCure = own && shop == l.SellerID && (l.Status == listing.Removed || l.Status == listing.Held)
	if v.Seller, err = maybe(c.Store.Seller(ctx, l.SellerID)); err != nil {
		return err
	}
	revs, err := c.Store.Revisions(ctx, l.ID)
	if err != nil {
		return err
	}
	if len(revs) == 0 {
		return fault.New(fault.NotFound, "this listing has no revision")
	}
	v.Newest = revs[0]
	v.Revisions = compareAll(revs[:min(len(revs), shownRevisions)])
	if err := c.listingVerdicts(r, &v); err != nil {
		return err
	}
	if v.Cases, err = c.casesOf(r, l); err != nil {
		return err
	}
	return c.showTitled(w, r, http.StatusOK, "listing", explain.Plain(v.Newest.Offer.Title), v)
}

func (c *Console) listingVerdicts(r *http.Request, v *listingView) (err error) {
	if v.Verdicts, err = c.verdicts(r, v.Listing.ID, 20); err != nil || len(v.Verdicts) == 0 {
		return err
	}
	if v.Verdicts[0].RevisionID != v.Newest.ID {
		return nil // the newest revision has not been screened yet
	}
	v.Verdict = &v.Verdicts[0]
	if v.Evidence, err = c.evidence(r.Context(), v.Newest.Offer, *v.Verdict); err != nil {
		return err
	}
	v.Cures = cures(*v.Verdict)
	return nil
}

// casesOf finds the cases of a listing. The open one is known by the listing;
// closed ones are looked for among the seller's.
func (c *Console) casesOf(r *http.Request, l listing.Listing) ([]caseOfListing, error) {
	var found []casefile.Case
	open, err := c.Store.OpenCase(r.Context(), l.ID)
	if err == nil {
		found = append(found, open)
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	page, err := c.Store.Cases(r.Context(), casefile.Filter{SellerID: l.SellerID, State: casefile.Closed, Limit: 200, Now: c.today()})
	if err != nil {
		return nil, err
	}
	for _, k := range page.Cases {
		if k.ListingID == l.ID {
			found = append(found, k)
		}
	}
	var out []caseOfListing
	for _, k := range found {
		p := who(r)
		o := caseOfListing{Case: p.ShowCase(k), Opens: p.MaySeeCase(k)}
		if o.Decisions, err = c.Store.Decisions(r.Context(), k.ID); err != nil {
			return nil, err
		}
		for i := range o.Decisions {
			o.Decisions[i] = p.ShowDecision(o.Decisions[i])
		}
		out = append(out, o)
	}
	return out, nil
}

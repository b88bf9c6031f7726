package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
)

type sellersView struct {
	Rows     []seller.Seller
	Next     string
	Text     string
	Statuses []choice
	Filtered bool
	Now      time.Time
}

var (
	sellerStatuses = []seller.Status{seller.Active, seller.Restricted, seller.Suspended, seller.Closed}
	verifications  = []seller.Verification{seller.Unverified, seller.Pending, seller.Verified, seller.Expired}
)

const sellersPerPage = 50

func (c *Console) sellersPage(w http.ResponseWriter, r *http.Request) error {
	p, q := who(r), r.URL.Query()
	if id, limited := p.SellerScope(); limited {
		http.Redirect(w, r, "/sellers/"+url.PathEscape(id), http.StatusSeeOther)
		return nil
	}
	f := seller.Filter{Query: q.Get("text"), Status: seller.Status(q.Get("status")), After: q.Get("after"), Limit: sellersPerPage}
	rows, err := c.Store.Sellers(r.Context(), f)
	if err != nil {
		return err
	}
	v := sellersView{Rows: rows, Text: f.Query, Filtered: f.Query != "" || f.Status != "", Now: c.today()}
	for _, s := range sellerStatuses {
		v.Statuses = append(v.Statuses, choice{string(s), "enum.seller_status." + string(s), s == f.Status})
	}
	if len(rows) == sellersPerPage {
		q.Set("after", rows[len(rows)-1].ID)
		v.Next = "/sellers?" + q.Encode()
	}
	return c.show(w, r, http.StatusOK, "sellers", "sellers.title", v)
}

type sellerView struct {
	Seller        seller.Seller
	Verified      bool
	Licences      []licenceState
	Listings      []listingRow
	Cases         []queueRow
	Edits         bool
	Record        enforcement.Record
	Verifications []choice
	Wrong         map[string]*fault.Field
}

func (c *Console) sellerPage(w http.ResponseWriter, r *http.Request) error {
	return c.showSeller(w, r, http.StatusOK, nil)
}

func (c *Console) showSeller(w http.ResponseWriter, r *http.Request, status int, wrong []fault.Field) error {
	id, p := r.PathValue("id"), who(r)
	if !p.MaySeeSeller(id) {
		return hidden()
	}
	s, err := c.Store.Seller(r.Context(), id)
	if err != nil {
		return err
	}
	v := sellerView{Seller: s, Verified: s.VerifiedAt(c.today()), Edits: p.Can(access.SellerWrite), Wrong: byPath(wrong)}
	if v.Licences, err = c.licenceStates(r.Context(), registry.Filter{SellerID: id, Limit: 100}, c.today()); err != nil {
		return err
	}
	if v.Listings, _, err = c.listings(r, listing.Filter{SellerID: id, Limit: 20}); err != nil {
		return err
	}
	if v.Record, err = maybe(c.Store.Record(r.Context(), id)); err != nil {
		return err
	}
	if p.Staff() {
		if v.Cases, err = c.sellerCases(r, id); err != nil {
			return err
		}
	}
	for _, ve := range verifications {
		v.Verifications = append(v.Verifications, choice{string(ve), "enum.verification." + string(ve), ve == s.Verification})
	}
	return c.showTitled(w, r, status, "seller", explain.Plain(s.Name), v)
}

func (c *Console) sellerCases(r *http.Request, id string) ([]queueRow, error) {
	var all []casefile.Case
	for _, state := range []casefile.State{casefile.Open, casefile.Closed} {
		page, err := c.Store.Cases(r.Context(), casefile.Filter{SellerID: id, State: state, Limit: 10, Now: c.today()})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Cases...)
	}
	return c.queueRowsOf(r, all)
}

// saveSeller changes what the marketplace decides about a shop.
func (c *Console) saveSeller(w http.ResponseWriter, r *http.Request) error {
	verification := seller.Verification(r.PostFormValue("verification"))
	until, wrong := dayField(r, "verified_until")
	if !slices.Contains(verifications, verification) {
		return fault.New(fault.Invalid, "the form is not complete")
	}
	if len(wrong) > 0 {
		return c.showSeller(w, r, http.StatusUnprocessableEntity, wrong)
	}
	err := c.Store.Atomic(r.Context(), func(ctx context.Context) error {
		s, err := c.Store.Seller(ctx, r.PathValue("id"))
		if err != nil {
			return err
		}
		s.Verification, s.VerifiedUntil, s.UpdatedAt = verification, until, c.Now()
		changed, err := c.Store.PutSeller(ctx, s)
		if err != nil || !changed {
			return err
		}
		_, err = c.Store.Append(ctx, ledger.Entry{At: c.Now(), Actor: who(r).ID, Kind: "seller.changed", Subject: s.ID,
			Data: []byte(`{"verification":"` + string(verification) + `"}`)})
		return err
	})
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}

// dayField reads a day that may be left out; it holds until its end.
func dayField(r *http.Request, name string) (*time.Time, []fault.Field) {
	raw := r.PostFormValue(name)
	if raw == "" {
		return nil, nil
	}
	d, err := time.Parse(time.DateOnly, raw)
	if err != nil {
		return nil, []fault.Field{{Path: name, Code: "bad_date", Message: "write the day as YYYY-MM-DD"}}
	}
	end := d.AddDate(0, 0, 1)
	return &end, nil
}

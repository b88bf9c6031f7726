package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/similar"
	"assay/internal/verdict"
)

// caseView is everything a decision needs, on one page.
type caseView struct {
	Case       casefile.Case
	Listing    listing.Listing
	Revision   listing.Revision
	Verdict    verdict.Verdict
	Evidence   evidence
	Seller     seller.Seller
	Verified   bool
	Brand      registry.Brand
	Holder     registry.RightsHolder
	Rights     []rightState
	Licences   []licenceState
	Price      *priceView
	Decisions  []casefile.Decision
	Revisions  []listing.Revision
	History    []queueRow // other cases of the seller
	Overdue    bool
	Lease      leaseView
	Grounds    []groundSet
	Complaints []complaint     // of the notices that the case answers
	Groups     []similar.Group // made of this case, to decide together
	Mistaken   bool            // a picture was matched, and may turn out to be innocent
	Handling   handlingView
	Decides    bool
	Staff      bool
	Hearing    *caseHearing // what the parties say, and what they were told
	Query      string       // the queue it was taken from
	Standing   caseStanding
	Now        time.Time
}

type rightState struct {
	registry.Right
	Holds bool
}

type licenceState struct {
	registry.Licence
	Holds bool
	Brand string
}

type priceView struct {
	Price listing.Money
	Usual *listing.Money
	Share float64 // of the usual price
}

type leaseView struct {
	Held, Mine bool
	Name       string
	Until      time.Time
}

// groundSet are the answers of one outcome with their keys.
type groundSet struct {
	Outcome verdict.Decision
	Key     string
	Grounds []ground
}

type ground struct {
	Code, Key string
}

func (c *Console) casePage(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	v, err := c.caseView(r, k)
	if err != nil {
		return err
	}
	return c.showTitled(w, r, http.StatusOK, "case", explain.Plain(k.Title), v)
}

func (c *Console) caseView(r *http.Request, k casefile.Case) (caseView, error) {
	p := who(r)
	v := caseView{Case: k, Now: c.today(), Query: r.URL.Query().Get("queue"), Decides: p.MayDecideCase(k), Staff: p.Staff()}
	v.Overdue = k.State == casefile.Open && v.Now.After(k.DueAt)
	for _, part := range []func(*http.Request, *caseView) error{c.caseOffer, c.caseVerdict, c.casePapers, c.caseSeller, c.casePeople, c.caseHandling, c.caseGroups, c.caseNotices, c.caseHearing} {
		if err := part(r, &v); err != nil {
			return v, err
		}
	}
	var err error
	if v.Standing, err = c.caseStanding(r, k); err != nil {
		return v, err
	}
	v.Grounds, v.Mistaken = grounds(), len(casefile.Mistaken(v.Verdict)) > 0
	v.Price = priceOf(v.Revision.Offer, v.Brand)
	return v, nil
}

func (c *Console) caseOffer(r *http.Request, v *caseView) (err error) {
	ctx := r.Context()
	if v.Listing, err = maybe(c.Store.Listing(ctx, v.Case.ListingID)); err != nil {
		return err
	}
	if v.Revision, err = maybe(c.Store.Revision(ctx, v.Case.RevisionID)); err != nil {
		return err
	}
	v.Revisions, err = c.Store.Revisions(ctx, v.Case.ListingID)
	return err
}

func (c *Console) caseVerdict(r *http.Request, v *caseView) (err error) {
	ctx := r.Context()
	if v.Verdict, err = maybe(c.Store.Verdict(ctx, v.Case.VerdictID)); err != nil {
		return err
	}
	if v.Verdict, err = who(r).ShowVerdict(ctx, c.Store, v.Verdict); err != nil {
		return err
	}
	v.Evidence, err = c.evidence(ctx, v.Revision.Offer, v.Verdict)
	return err
}

// casePapers reads the rights behind what was found and the seller's licences.
func (c *Console) casePapers(r *http.Request, v *caseView) (err error) {
	ctx := r.Context()
	if v.Brand, err = maybe(c.Store.Brand(ctx, v.Case.BrandID)); err != nil {
		return err
	}
	if v.Holder, err = maybe(c.Store.Holder(ctx, v.Case.HolderID)); err != nil || v.Brand.ID == "" {
		return err
	}
	rights, err := c.Store.Rights(ctx, registry.Filter{BrandID: v.Brand.ID, Limit: 50})
	if err != nil {
		return err
	}
	for _, x := range rights {
		v.Rights = append(v.Rights, rightState{x, x.InForce(v.Now)})
	}
	v.Licences, err = c.licenceStates(ctx, registry.Filter{BrandID: v.Brand.ID, SellerID: v.Case.SellerID, Limit: 20}, v.Now)
	return err
}

func (c *Console) licenceStates(ctx context.Context, f registry.Filter, now time.Time) ([]licenceState, error) {
	list, err := c.Store.Licences(ctx, f)
	if err != nil {
		return nil, err
	}
	brands := newLookup(c.Store.Brand)
	var out []licenceState
	for _, l := range list {
		b, err := brands.row(ctx, l.BrandID)
		if err != nil {
			return nil, err
		}
		holds := l.Status == registry.LicenceActive && (l.From.IsZero() || !l.From.After(now)) && (l.Until.IsZero() || !l.Until.Before(now))
		out = append(out, licenceState{l, holds, b.Name})
	}
	return out, nil
}

// caseSeller reads who sells and what became of the seller's other cases.
func (c *Console) caseSeller(r *http.Request, v *caseView) (err error) {
	ctx := r.Context()
	if v.Seller, err = maybe(c.Store.Seller(ctx, v.Case.SellerID)); err != nil {
		return err
	}
	v.Verified = v.Seller.VerifiedAt(v.Now)
	if !v.Staff {
		return nil
	}
	var others []casefile.Case
	for _, state := range []casefile.State{casefile.Open, casefile.Closed} {
		page, err := c.Store.Cases(ctx, casefile.Filter{SellerID: v.Case.SellerID, State: state, Limit: 6, Now: v.Now})
		if err != nil {
			return err
		}
		others = append(others, slices.DeleteFunc(page.Cases, func(k casefile.Case) bool { return k.ID == v.Case.ID })...)
	}
	v.History, err = c.queueRowsOf(r, others)
	return err
}

// casePeople reads what people did to the case: decisions and the claim.
func (c *Console) casePeople(r *http.Request, v *caseView) (err error) {
	ctx := r.Context()
	if v.Decisions, err = c.Store.Decisions(ctx, v.Case.ID); err != nil {
		return err
	}
	for i := range v.Decisions {
		v.Decisions[i] = who(r).ShowDecision(v.Decisions[i])
	}
	held := v.Case.HeldBy(v.Now)
	if held == "" {
		return nil
	}
	person, err := maybe(c.Store.Account(ctx, held))
	v.Lease = leaseView{Held: true, Mine: held == who(r).ID, Name: person.Name, Until: *v.Case.LeaseUntil}
	return err
}

func grounds() []groundSet {
	out := []groundSet{{Outcome: verdict.Block, Key: "b"}, {Outcome: verdict.Pass, Key: "p"}}
	for i := range out {
		for n, code := range casefile.Grounds[out[i].Outcome] {
			out[i].Grounds = append(out[i].Grounds, ground{code, string(rune('1' + n))})
		}
	}
	return out
}

// priceOf compares the price with what the brand's goods usually cost.
func priceOf(o listing.Offer, b registry.Brand) *priceView {
	if o.Price == nil {
		return nil
	}
	v := &priceView{Price: *o.Price}
	if usual, ok := b.UsualPrice[o.Price.Currency]; ok && usual > 0 {
		major := o.Price.Major()
		m := *o.Price
		if major > 0 {
			m.Minor = int64(float64(o.Price.Minor)/major*usual + 0.5)
			v.Usual, v.Share = &m, major/usual
		}
	}
	return v
}

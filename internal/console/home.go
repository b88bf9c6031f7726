package console

import (
	"net/http"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// home is where each role's day begins.
func (c *Console) home(w http.ResponseWriter, r *http.Request) error {
	switch who(r).Role {
	case access.Admin:
		return c.overview(w, r)
	case access.Holder:
		return c.holderHome(w, r)
	case access.Seller:
		return c.sellerHome(w, r)
	case access.Partner:
		http.Redirect(w, r, "/registry", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/queue", http.StatusSeeOther)
	}
	return nil
}

type overviewView struct {
	Listings  []statusCount
	Review    int // open cases the policy wants looked at
	Block     int // open cases whose listing is held
	Overdue   int
	Counts    []reasonCount
	Jobs      *job.Counts
	Feeds     []listing.Feed
	Detectors []string
	Policy    string
	Late      []queueRow
	Brakes    []brakeLine
	Crowd     *registry.Crowd // nil: no more is sought inside pictures than is meant
	Meant     registry.Crowd
}

type statusCount struct {
	Status listing.Status
	Count  int
}

func (c *Console) overview(w http.ResponseWriter, r *http.Request) error {
	var v overviewView
	for _, part := range []func(*http.Request, *overviewView) error{c.overviewCounts, c.overviewCases, c.overviewWork, c.overviewBrakes} {
		if err := part(r, &v); err != nil {
			return err
		}
	}
	return c.show(w, r, http.StatusOK, "overview", "overview.title", v)
}

func (c *Console) overviewCounts(r *http.Request, v *overviewView) error {
	counts, err := c.Store.CountListings(r.Context())
	if err != nil {
		return err
	}
	for _, s := range listingStatuses {
		v.Listings = append(v.Listings, statusCount{s, counts[s]})
	}
	if v.Counts, _, err = c.reasonCounts(r, queueFilter{}); err != nil {
		return err
	}
	if _, v.Review, err = c.reasonCounts(r, queueFilter{Ask: casefile.Ask{Proposed: verdict.Review}}); err != nil {
		return err
	}
	_, v.Block, err = c.reasonCounts(r, queueFilter{Ask: casefile.Ask{Proposed: verdict.Block}})
	return err
}

// overviewCases shows the first of the queue; what is late stands there first
// among equals.
func (c *Console) overviewCases(r *http.Request, v *overviewView) error {
	page, err := c.Store.Cases(r.Context(), casefile.Filter{State: casefile.Open, Limit: 6, Now: c.today()})
	if err != nil {
		return err
	}
	v.Late, err = c.queueRowsOf(r, page.Cases)
	return err
}

func (c *Console) overviewWork(r *http.Request, v *overviewView) (err error) {
	if c.Jobs != nil {
		n, err := c.Jobs(r.Context())
		if err != nil {
			return err
		}
		v.Jobs = &n
	}
	if c.Learnt != nil {
		if n := registry.CrowdOf(c.Learnt()); n.Over() {
			v.Crowd, v.Meant = &n, registry.Meant
		}
	}
	if c.Detectors != nil {
		v.Detectors = c.Detectors()
	}
	p, err := maybe(c.Store.ActivePolicy(r.Context()))
	if err != nil {
		return err
	}
	v.Policy = p.ID
	v.Feeds, err = c.Store.Feeds(r.Context(), "", "", 6)
	return err
}

type holderHomeView struct {
	Asked   []hearingRow // it is his turn
	Letters []statementRow
	Brands  []registry.Brand
	Copies  []queueRow
	Decided []queueRow
	Holder  registry.RightsHolder
}

func (c *Console) holderHome(w http.ResponseWriter, r *http.Request) (err error) {
	var v holderHomeView
	if v.Brands, err = c.brandsOf(r); err != nil {
		return err
	}
	if v.Holder, err = maybe(c.Store.Holder(r.Context(), who(r).OrgID)); err != nil {
		return err
	}
	open, err := c.Store.Cases(r.Context(), c.cases(r, queueFilter{}))
	if err != nil {
		return err
	}
	if v.Copies, err = c.queueRowsOf(r, open.Cases[:min(12, len(open.Cases))]); err != nil {
		return err
	}
	closed, err := c.Store.Cases(r.Context(), c.cases(r, queueFilter{Ask: casefile.Ask{State: casefile.Closed}}))
	if err != nil {
		return err
	}
	if v.Decided, err = c.queueRowsOf(r, closed.Cases[:min(8, len(closed.Cases))]); err != nil {
		return err
	}
	if v.Asked, v.Letters, err = c.waiting(r); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "holderhome", "holderhome.title", v)
}

type sellerHomeView struct {
	Asked    []hearingRow // it is his turn
	Letters  []statementRow
	Seller   sellerFacts
	Stopped  []listingRow // held or removed
	Listings []listingRow
	Licences []licenceState
}

type sellerFacts struct {
	Name, Status, Verification string
	Verified, Active           bool
}

func (c *Console) sellerHome(w http.ResponseWriter, r *http.Request) error {
	var v sellerHomeView
	id, _ := who(r).SellerScope()
	s, err := maybe(c.Store.Seller(r.Context(), id))
	if err != nil {
		return err
	}
	v.Seller = sellerFacts{s.Name, string(s.Status), string(s.Verification), s.VerifiedAt(c.today()), s.Status == "active"}
	for _, status := range []listing.Status{listing.Removed, listing.Held} {
		rows, _, err := c.listings(r, listing.Filter{Status: status, Limit: 20})
		if err != nil {
			return err
		}
		v.Stopped = append(v.Stopped, rows...)
	}
	if v.Listings, _, err = c.listings(r, listing.Filter{Limit: 10}); err != nil {
		return err
	}
	f := registry.Filter{Limit: 50}
	who(r).ScopeRegistry(&f)
	if v.Licences, err = c.licenceStates(r.Context(), f, c.today()); err != nil {
		return err
	}
	if v.Asked, v.Letters, err = c.waiting(r); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "sellerhome", "sellerhome.title", v)
}

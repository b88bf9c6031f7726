package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// queueRow is a case with what a reviewer chooses by.
type queueRow struct {
	casefile.Case
	Seller, Brand string
	Picture       string // hash of the listing's first stored picture
	Overdue       bool
	Due           time.Time
	HolderName    string // who works on it now
	Mine          bool
}

type reasonCount struct {
	Reason  string
	Count   int
	Href    string
	Current bool
}

type queueView struct {
	Filter  queueFilter
	Rows    []queueRow
	Next    string // address of the next page
	Counts  []reasonCount
	Total   int
	Brands  []registry.Brand
	Sellers []choice
	Decides bool
	Query   string // the filter as a query string, for forms and live refresh
	Now     time.Time
}

type choice struct {
	Value, Label string
	Selected     bool
}

// queueFilter is what stands in the address of the queue.
type queueFilter struct {
	Reason, Brand, Seller, Asset, Proposed, Text, Desk, State, After string
}

func filterOf(q url.Values) queueFilter {
	f := queueFilter{Reason: q.Get("reason"), Brand: q.Get("brand"), Seller: q.Get("seller"), Asset: q.Get("asset"), Proposed: q.Get("proposed"),
		Text: q.Get("text"), Desk: q.Get("desk"), State: q.Get("state"), After: q.Get("after")}
	if f.State != string(casefile.Closed) {
		f.State = ""
	}
	return f
}

// query writes the filter as it stands in an address, without the cursor.
func (f queueFilter) query() url.Values {
	q := url.Values{}
	for k, v := range map[string]string{"reason": f.Reason, "brand": f.Brand, "seller": f.Seller, "asset": f.Asset, "proposed": f.Proposed,
		"text": f.Text, "desk": f.Desk, "state": f.State} {
		if v != "" {
			q.Set(k, v)
		}
	}
	return q
}

// cases is the filter as the store understands it, within the reader's scope.
func (c *Console) cases(r *http.Request, f queueFilter) casefile.Filter {
	out := casefile.Filter{State: cmp.Or(casefile.State(f.State), casefile.Open), Reason: f.Reason, BrandID: f.Brand, SellerID: f.Seller, AssetID: f.Asset,
		Proposed: verdict.Decision(f.Proposed), Query: f.Text, After: f.After, Limit: 50, Now: c.today()}
	switch f.Desk {
	case "mine":
		out.AssigneeID = who(r).ID
	case "unclaimed":
		out.Unassigned = true
	}
	who(r).ScopeCases(&out)
	return out
}

func (c *Console) queuePage(w http.ResponseWriter, r *http.Request) error {
	v, err := c.queue(r)
	if err != nil {
		return err
	}
	if v.Brands, err = c.brandsOf(r); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "queue", "queue.title", v)
}

// queueRows is the same list as a fragment, for live refresh.
func (c *Console) queueRows(w http.ResponseWriter, r *http.Request) error {
	v, err := c.queue(r)
	if err != nil {
		return err
	}
	return c.showPart(w, r, "queue", "rows", v)
}

func (c *Console) queue(r *http.Request) (queueView, error) {
	f := filterOf(r.URL.Query())
	v := queueView{Filter: f, Query: f.query().Encode(), Decides: who(r).Can("case:decide"), Now: c.today()}
	page, err := c.Store.Cases(r.Context(), c.cases(r, f))
	if err != nil {
		return v, err
	}
	if v.Rows, err = c.queueRowsOf(r, page.Cases); err != nil {
		return v, err
	}
	if page.Next != "" {
		q := f.query()
		q.Set("after", page.Next)
		v.Next = "/queue?" + q.Encode()
	}
	v.Counts, v.Total, err = c.reasonCounts(r, f)
	return v, err
}

// reasonCounts counts the open cases per reason as if no reason were chosen.
func (c *Console) reasonCounts(r *http.Request, f queueFilter) ([]reasonCount, int, error) {
	all := f
	all.Reason, all.After = "", ""
	counts, err := c.Store.CountCases(r.Context(), c.cases(r, all))
	if err != nil {
		return nil, 0, err
	}
	total := 0
	var out []reasonCount
	for reason, n := range counts {
		q := all
		q.Reason = reason
		out = append(out, reasonCount{reason, n, "/queue?" + q.query().Encode(), reason == f.Reason})
		total += n
	}
	slices.SortFunc(out, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out, total, nil
}

func (c *Console) queueRowsOf(r *http.Request, cases []casefile.Case) ([]queueRow, error) {
	ctx, now := r.Context(), c.today()
	ids := make([]string, len(cases))
	for i, k := range cases {
		ids[i] = k.SellerID
	}
	sellers, err := c.Store.SellersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	brands, people := newLookup(c.Store.Brand), newLookup(c.Store.Account)
	var out []queueRow
	for _, k := range cases {
		k = who(r).ShowCase(k)
		row := queueRow{Case: k, Seller: sellers[k.SellerID].Name, Due: k.DueAt, Overdue: k.State == casefile.Open && now.After(k.DueAt)}
		brand, err := brands.row(ctx, k.BrandID)
		if err != nil {
			return nil, err
		}
		row.Brand = brand.Name
		if held := k.HeldBy(now); held != "" {
			person, err := people.row(ctx, held)
			if err != nil {
				return nil, err
			}
			row.HolderName, row.Mine = cmp.Or(person.Name, held), held == who(r).ID
		}
		if row.Picture, err = c.firstPicture(ctx, k.RevisionID); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (c *Console) firstPicture(ctx context.Context, revisionID string) (string, error) {
	rev, err := maybe(c.Store.Revision(ctx, revisionID))
	if err != nil {
		return "", err
	}
	for _, p := range rev.Offer.Pictures {
		if p.Hash != "" {
			return p.Hash, nil
		}
	}
	return "", nil
}

// nextCase claims the next case nobody works on and opens it.
func (c *Console) nextCase(w http.ResponseWriter, r *http.Request) error {
	q, err := url.ParseQuery(r.PostFormValue("queue"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the filter cannot be read")
	}
	return c.goOn(w, r, filterOf(q))
}

// goOn opens the next case of a filter, or the queue when there is none.
func (c *Console) goOn(w http.ResponseWriter, r *http.Request, f queueFilter) error {
	f.State, f.After = "", ""
	if f.Desk == "mine" {
		f.Desk = ""
	}
	next, err := c.Desk.Next(r.Context(), c.cases(r, f), actor(r))
	query := f.query().Encode()
	if fault.Is(err, fault.NotFound) {
		http.Redirect(w, r, "/queue?"+query, http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, casePath(next.ID, query), http.StatusSeeOther)
	return nil
}

// casePath leads to a case and remembers the queue it was taken from.
func casePath(id, query string) string {
	if query == "" {
		return "/cases/" + url.PathEscape(id)
	}
	return "/cases/" + url.PathEscape(id) + "?queue=" + url.QueryEscape(query)
}

package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"assay/internal/access"
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
	Clock         casefile.Clock
	Overdue       bool
	Due           time.Time
	HolderName    string // who works on it now
	DeskName      string
	Mine          bool
	Waits         bool // somebody held it
	AsksMe        bool
}

type reasonCount struct {
	Reason  string
	Count   int
	Href    string
	Current bool
}

type queueView struct {
	Filter     queueFilter
	Rows       []queueRow
	Next       string // address of the next page
	Counts     []reasonCount
	Total      int
	Views      []viewTab
	View       *casefile.View // the kept one that is shown
	OwnView    bool
	Brands     []registry.Brand
	Teams      []casefile.Team
	Colleagues []casefile.Colleague
	Sources    []casefile.Source
	Severities []int
	Decides    bool
	Query      string // the filter as a query string, for forms and live refresh
	Now        time.Time
}

type choice struct {
	Value, Label string
	Selected     bool
}

// queueFilter is what stands in the address of the queue.
type queueFilter struct {
	casefile.Ask
	View  string // id of the kept view it came from
	After string
}

func filterOf(q url.Values) queueFilter {
	number := func(name string, most int) int {
		n, _ := strconv.Atoi(q.Get(name)) // what is no number does not filter
		return max(0, min(most, n))
	}
	f := queueFilter{View: q.Get("view"), After: q.Get("after"), Ask: casefile.Ask{State: casefile.State(q.Get("state")), Source: casefile.Source(q.Get("source")),
		Reason: q.Get("reason"), BrandID: q.Get("brand"), SellerID: q.Get("seller"), AssetID: q.Get("asset"), Desk: q.Get("desk"), Holder: q.Get("holder"),
		Proposed: verdict.Decision(q.Get("proposed")), Text: q.Get("text"), Severity: number("severity", 4), Clock: casefile.Clock(q.Get("clock")),
		Older: number("older", 24*3650), Held: q.Get("held") == "yes", Asked: q.Get("asked") == "yes", TwoPeople: q.Get("two") == "yes"}}
	if f.State != casefile.Closed {
		f.State = ""
	}
	return f
}

// query writes the filter as it stands in an address, without the cursor.
func (f queueFilter) query() url.Values {
	q := url.Values{}
	yes := map[bool]string{true: "yes"}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	for k, v := range map[string]string{"state": string(f.State), "source": string(f.Source), "reason": f.Reason, "brand": f.BrandID, "seller": f.SellerID,
		"asset": f.AssetID, "desk": f.Desk, "holder": f.Holder, "proposed": string(f.Proposed), "text": f.Text, "severity": number(f.Severity),
		"clock": string(f.Clock), "older": number(f.Older), "held": yes[f.Held], "asked": yes[f.Asked], "two": yes[f.TwoPeople], "view": f.View} {
		if v != "" {
			q.Set(k, v)
		}
	}
	return q
}

// cases is the filter as the store understands it, within the reader's scope.
func (c *Console) cases(r *http.Request, f queueFilter) casefile.Filter {
	out := f.Filter(who(r).ID, c.today(), c.Desk.Soon())
	out.After, out.Limit = f.After, 50
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
	if v.Decides {
		if v.Colleagues, err = c.Store.Colleagues(r.Context()); err != nil {
			return err
		}
	}
	v.Sources, v.Severities = casefile.Sources, []int{4, 3, 2, 1}
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
	if v.Teams, err = c.teamsOf(r); err != nil {
		return v, err
	}
	if err := c.viewTabs(r, &v); err != nil {
		return v, err
	}
	v.Counts, v.Total, err = c.reasonCounts(r, f)
	return v, err
}

// reasonCounts counts the cases per reason as if no reason were chosen.
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

// queueRowsOf completes cases with one question to the store for each kind of
// row, however many cases there are.
func (c *Console) queueRowsOf(r *http.Request, cases []casefile.Case) ([]queueRow, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	ctx, now := r.Context(), c.today()
	sellerIDs, revisionIDs := make([]string, len(cases)), make([]string, len(cases))
	for i, k := range cases {
		sellerIDs[i], revisionIDs[i] = k.SellerID, k.RevisionID
	}
	sellers, err := c.Store.SellersByID(ctx, sellerIDs)
	if err != nil {
		return nil, err
	}
	pictures, err := c.Store.FirstPictures(ctx, revisionIDs)
	if err != nil {
		return nil, err
	}
	brands, people, teams := newLookup(c.Store.Brand), newLookup(c.Store.Account), newLookup(c.Store.Team)
	var out []queueRow
	for _, k := range cases {
		asked := k.AskedID
		k = who(r).ShowCase(k)
		clock := c.Desk.ClockOf(k)
		row := queueRow{Case: k, Seller: sellers[k.SellerID].Name, Picture: pictures[k.RevisionID], Due: k.DueAt, Clock: clock, Overdue: clock == casefile.Overdue,
			Waits: k.OnHold(now), AsksMe: asked != "" && asked == who(r).ID}
		if err := row.name(ctx, now, who(r).ID, brands, people, teams); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// name finds the names behind the ids of a row.
func (row *queueRow) name(ctx context.Context, now time.Time, me string, brands *lookup[registry.Brand], people *lookup[access.Account], teams *lookup[casefile.Team]) error {
	brand, err := brands.row(ctx, row.BrandID)
	if err != nil {
		return err
	}
	team, err := teams.row(ctx, row.Desk)
	if err != nil {
		return err
	}
	row.Brand, row.DeskName = brand.Name, team.Name
	held := row.HeldBy(now)
	if held == "" {
		return nil
	}
	person, err := people.row(ctx, held)
	row.HolderName, row.Mine = cmp.Or(person.Name, held), held == me
	return err
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
	f.State, f.After, f.Held, f.Asked = "", "", false, false
	if f.Holder == casefile.Me {
		f.Holder = ""
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

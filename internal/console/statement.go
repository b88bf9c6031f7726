package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"assay/internal/calendar"
	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/message"
	"assay/internal/statement"
)

type statementRow struct {
	statement.Statement
	Seller string
	Until  string // last day to answer, "" when over or none
}

// More is how many goods stand behind the first.
func (r statementRow) More() int { return max(len(r.Goods)-1, 0) }

type statementsView struct {
	Rows     []statementRow
	Next     string
	Kind     string
	Kinds    []choice
	Staff    bool
	Text     string // message key of the line below the title
	Filtered bool
}

func (c *Console) statementsPage(w http.ResponseWriter, r *http.Request) error {
	q, p := r.URL.Query(), who(r)
	f := statement.Filter{Kind: statement.Kind(q.Get("kind")), SellerID: q.Get("seller"), ListingID: q.Get("listing"), DecisionID: q.Get("decision"), After: q.Get("after"), Limit: 50}
	p.ScopeStatements(&f)
	v := statementsView{Kind: string(f.Kind), Staff: p.Staff(), Text: "statement.list.text", Filtered: q.Get("kind")+q.Get("listing") != ""}
	list, next, err := c.Store.Statements(r.Context(), f)
	if err != nil {
		return err
	}
	if f.DecisionID != "" && len(list) == 1 { // asked for by the decision: the letter itself
		http.Redirect(w, r, "/statements/"+url.PathEscape(list[0].ID), http.StatusSeeOther)
		return nil
	}
	if v.Rows, err = c.statementRows(r, list); err != nil {
		return err
	}
	switch {
	case p.Staff():
		v.Text = "statement.list.staff"
	case p.Role == "holder":
		v.Text = "statement.list.holder"
	}
	if next != "" {
		q.Set("after", next)
		v.Next = "/statements?" + q.Encode()
	}
	for _, k := range statement.Kinds {
		v.Kinds = append(v.Kinds, choice{string(k), "statement.kind." + string(k), k == f.Kind})
	}
	return c.show(w, r, http.StatusOK, "statements", "statement.list.title", v)
}

// statementRows shows statements as their reader may know them.
func (c *Console) statementRows(r *http.Request, list []statement.Statement) ([]statementRow, error) {
	sellers := newLookup(c.Store.Seller)
	rows := make([]statementRow, 0, len(list))
	for _, s := range list {
		row := statementRow{Statement: who(r).ShowStatement(s)}
		if who(r).Staff() {
			shop, err := sellers.row(r.Context(), s.SellerID)
			if err != nil {
				return nil, err
			}
			row.Seller = shop.Name
		}
		if until := row.Redress.AnswerUntil; until != nil && until.After(c.today()) {
			row.Until = c.lastDay(r, s.Country, *until)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// lastDay writes the day that ends at t where a seller lives.
func (c *Console) lastDay(r *http.Request, country string, t time.Time) string {
	return message.For(visitOf(r).lang).Date(t.Add(-time.Second).In(calendar.For(country).Zone()))
}

type statementView struct {
	Statement statement.Statement
	Document  statement.Document
	For       statement.Audience
	Others    []audienceLink
	Records   []recordView
	Hearing   *hearing.Hearing // the answer that is open to the reader
	Answers   bool             // it is his turn
	Appeals   bool
	Cures     []statement.Goods
	Listings  bool // goods are links
}

type audienceLink struct {
	Audience statement.Audience
	Href     string
	Current  bool
}

type recordView struct {
	Record statement.Record
	Lines  []labelled
	Wrong  []fault.Field
}

type labelled struct{ Name, Value string }

func (c *Console) statementPage(w http.ResponseWriter, r *http.Request) error {
	s, err := c.Store.Statement(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	may := who(r).Reads(s)
	if len(may) == 0 {
		return hidden()
	}
	v := statementView{Statement: who(r).ShowStatement(s), For: may[0], Listings: who(r).Can("listing:read")}
	if asked := statement.Audience(r.URL.Query().Get("for")); slices.Contains(may, asked) {
		v.For = asked
	}
	for _, a := range may {
		v.Others = append(v.Others, audienceLink{a, "/statements/" + url.PathEscape(s.ID) + "?for=" + string(a), a == v.For})
	}
	p := message.For(visitOf(r).lang)
	names := statement.Names{Holders: map[string]string{}}
	shop, err := maybe(c.Store.Seller(r.Context(), s.SellerID))
	if err != nil {
		return err
	}
	names.Seller = shop.Name
	for _, id := range s.Holders() {
		h, err := maybe(c.Store.Holder(r.Context(), id))
		if err != nil {
			return err
		}
		names.Holders[id] = h.Name
	}
	if v.For == statement.ForDSA {
		v.Records = recordsOf(p, s)
		v.Document, err = statement.Render(p, s, statement.ForPublic, names)
	} else {
		v.Document, err = statement.Render(p, s, v.For, names)
	}
	if err == nil {
		err = c.redressOf(r, s, &v)
	}
	if err != nil {
		return err
	}
	return c.showTitled(w, r, http.StatusOK, "statement", v.Document.Title, v)
}

// redressOf finds what the reader can start from the letter with one click.
func (c *Console) redressOf(r *http.Request, s statement.Statement, v *statementView) error {
	p := who(r)
	if p.Staff() || !p.Can("hearing:write") || len(s.Goods) == 0 {
		return nil
	}
	now := c.today()
	for _, g := range s.Goods {
		if p.Role == "seller" && s.Redress.Cure && s.Kind.Restricts() && s.Kind != statement.Upheld {
			l, err := maybe(c.Store.Listing(r.Context(), g.ListingID))
			if err != nil {
				return err
			}
			if l.Status == "removed" || l.Status == "held" {
				v.Cures = append(v.Cures, g)
			}
		}
	}
	list, _, err := c.Store.Hearings(r.Context(), hearing.Filter{DecisionID: s.Goods[0].DecisionID, Limit: 10})
	if err != nil {
		return err
	}
	appealed := false
	for _, h := range list {
		if side := p.SideIn(h); side != "" && h.State != hearing.Ended {
			v.Hearing, v.Answers = &h, h.Turn() == side
		}
		appealed = appealed || h.Kind == hearing.Appeal
	}
	against := s.Kind.Restricts()
	if p.Role == "holder" {
		against = s.Kind == statement.Kept || s.Kind == statement.Restored && s.Ground.Code != statement.Cured
	}
	until := s.Redress.AppealUntil
	if p.Role == "holder" {
		end := statement.MonthsAfter(s.Country, s.CreatedAt, statement.AppealMonths)
		until = &end
	}
	busy := v.Hearing != nil && v.Hearing.State != hearing.AwaitsSeller
	v.Appeals = against && !appealed && !busy && until != nil && until.After(now)
	return nil
}

// recordsOf lays records out as lines, with what the database would refuse.
func recordsOf(p *message.Printer, s statement.Statement) []recordView {
	var out []recordView
	for _, rec := range statement.Records(p, s) {
		out = append(out, recordView{Record: rec, Lines: linesOf(rec), Wrong: rec.Check()})
	}
	return out
}

package console

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/statement"
)

type hearingRow struct {
	hearing.Hearing
	Until string // last day of the turn
	Yours bool
	Late  bool
}

type hearingsView struct {
	Rows  []hearingRow
	Next  string
	All   bool
	Staff bool
}

func (c *Console) hearingsPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := hearingsView{All: q.Get("show") == "all", Staff: who(r).Staff()}
	f := hearing.Filter{Open: !v.All, Newest: v.All, After: q.Get("after"), Limit: 50}
	who(r).ScopeHearings(&f)
	list, next, err := c.Store.Hearings(r.Context(), f)
	if err != nil {
		return err
	}
	v.Rows = c.hearingRows(r, list)
	if next != "" {
		q.Set("after", next)
		v.Next = "/hearings?" + q.Encode()
	}
	return c.show(w, r, http.StatusOK, "hearings", "hearing.title", v)
}

func (c *Console) hearingRows(r *http.Request, list []hearing.Hearing) []hearingRow {
	rows := make([]hearingRow, 0, len(list))
	for _, h := range list {
		row := hearingRow{Hearing: who(r).ShowHearing(h), Late: h.Due != nil && h.Due.Before(c.today())}
		if h.Due != nil {
			row.Until = c.lastDay(r, h.Country, *h.Due)
		}
		row.Yours = h.Turn() != "" && h.Turn() == who(r).SideIn(h)
		rows = append(rows, row)
	}
	return rows
}

// askedOf are the hearings in which it is the reader's turn, for his first page.
func (c *Console) askedOf(r *http.Request) ([]hearingRow, error) {
	f := hearing.Filter{Open: true, Limit: 20}
	who(r).ScopeHearings(&f)
	list, _, err := c.Store.Hearings(r.Context(), f)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(c.hearingRows(r, list), func(h hearingRow) bool { return !h.Yours }), nil
}

type hearingView struct {
	hearingRow
	Clock      string // what the running clock means
	Side       hearing.Side
	Says       string // address that the form goes to: "answer", "reply", "comment", "" for none
	Form       sayingForm
	Statements []statementRow
	Extends    bool
	Wrong      map[string]*fault.Field
	Given      map[string]string
}

// sayingForm is what the shared form fields need.
type sayingForm struct {
	Stances  []hearing.Stance
	Declare  []string
	Contact  bool
	Share    bool // there is another side
	Given    map[string]string
	Declared []string
	Wrong    map[string]*fault.Field
}

// theHearing reads the hearing of the request's path for its reader.
func (c *Console) theHearing(r *http.Request) (hearing.Hearing, error) {
	h, err := c.Store.Hearing(r.Context(), r.PathValue("id"))
	if err == nil && !who(r).MaySeeHearing(h) {
		err = hidden()
	}
	return h, err
}

func (c *Console) hearingPage(w http.ResponseWriter, r *http.Request) error {
	h, err := c.theHearing(r)
	if err != nil {
		return err
	}
	return c.showHearing(w, r, http.StatusOK, h, nil, nil)
}

func (c *Console) showHearing(w http.ResponseWriter, r *http.Request, status int, h hearing.Hearing, given map[string]string, wrong []fault.Field) error {
	v := hearingView{hearingRow: c.hearingRows(r, []hearing.Hearing{h})[0], Side: who(r).SideIn(h), Wrong: byPath(wrong), Given: given}
	if v.Given == nil {
		v.Given = map[string]string{}
	}
	v.Clock = c.clockOf(r, h)
	late := h.Due != nil && !c.today().Before(*h.Due)
	switch {
	case v.Side == "":
	case h.State == hearing.AwaitsSeller && v.Side == hearing.Seller && !late:
		v.Says = "answer"
	case h.State == hearing.AwaitsComplainant && v.Side == hearing.Complainant && !late:
		v.Says = "reply"
	case h.Kind == hearing.Appeal && h.State == hearing.AwaitsDecision:
		v.Says = "comment"
	}
	if !who(r).Can("hearing:write") {
		v.Says = ""
	}
	v.Form = formOf(h, v.Side, v.Says, v.Given, v.Wrong)
	v.Extends = who(r).Staff() && h.Turn() != "" && who(r).Can("hearing:write")
	f := statement.Filter{ListingID: h.ListingID, Limit: 10}
	who(r).ScopeStatements(&f)
	list, _, err := c.Store.Statements(r.Context(), f)
	if err != nil {
		return err
	}
	if v.Statements, err = c.statementRows(r, list); err != nil {
		return err
	}
	title := "hearing.one"
	if h.Kind == hearing.Appeal {
		title = "hearing.one.appeal"
	}
	return c.show(w, r, status, "hearing", title, v)
}

// clockOf says what the running clock means, in the reader's language.
func (c *Console) clockOf(r *http.Request, h hearing.Hearing) string {
	if h.Due == nil {
		return ""
	}
	day := c.lastDay(r, h.Country, *h.Due)
	switch {
	case h.State == hearing.AwaitsSeller:
		return c.say(r, "hearing.clock.awaits_seller", "Date", day, "Appeal", c.lastDay(r, h.Country, h.AppealUntil))
	case h.State == hearing.AwaitsComplainant && hearing.ProfileOf(h).OnlyCourt:
		return c.say(r, "hearing.clock.court", "Date", day)
	case h.State == hearing.AwaitsComplainant:
		return c.say(r, "hearing.clock.awaits_complainant", "Date", day)
	case h.Kind == hearing.Objection:
		return c.say(r, "hearing.clock.first", "Date", day)
	}
	return c.say(r, "hearing.clock.awaits_decision", "Date", day)
}

func formOf(h hearing.Hearing, side hearing.Side, says string, given map[string]string, wrong map[string]*fault.Field) sayingForm {
	f := sayingForm{Stances: hearing.Allowed(h, side), Given: given, Wrong: wrong, Share: h.HolderID != "", Declared: strings.Fields(given["declared"])}
	if says == "comment" {
		f.Stances = slices.DeleteFunc(f.Stances, func(s hearing.Stance) bool { return s == hearing.Objects })
	}
	if says == "answer" {
		f.Declare, f.Contact = hearing.ProfileOf(h).Declare, hearing.ProfileOf(h).Contact
	}
	return f
}

// Has reports whether a declaration was ticked.
func (f sayingForm) Has(code string) bool { return slices.Contains(f.Declared, code) }

// readSaying reads the form of a side with its files.
func (c *Console) readSaying(w http.ResponseWriter, r *http.Request) (hearing.Saying, upload, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 12*hearing.MaxDocument)
	var in hearing.Saying
	form, err := readUpload(r, func(field, name string, file io.Reader) error {
		if field != "documents" {
			return nil
		}
		data, err := io.ReadAll(io.LimitReader(file, hearing.MaxDocument+1))
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "the upload was cut short")
		}
		if len(data) == 0 {
			return nil
		}
		d, err := hearing.Keep(r.Context(), c.Blobs, name, data)
		if err == nil {
			in.Documents = append(in.Documents, d)
		}
		return err
	})
	in.Stance, in.Text, in.Contact = hearing.Stance(form.values["stance"]), form.values["text"], form.values["contact"]
	in.Share, in.Declared = form.values["share"] == "yes", form.all["declared"]
	if form.values != nil {
		form.values["declared"] = strings.Join(in.Declared, " ")
	}
	return in, form, err
}

// sayInHearing takes an answer, a reply or a comment.
func (c *Console) sayInHearing(w http.ResponseWriter, r *http.Request) error {
	h, err := c.theHearing(r)
	if err != nil {
		return err
	}
	side := who(r).SideIn(h)
	if side == "" {
		return fault.New(fault.Forbidden, "only the parties may say this")
	}
	in, form, err := c.readSaying(w, r)
	if err == nil {
		say := map[string]func() (hearing.Hearing, error){
			"answer":  func() (hearing.Hearing, error) { return c.Clerk.Answer(r.Context(), h.ID, in, actor(r)) },
			"reply":   func() (hearing.Hearing, error) { return c.Clerk.Reply(r.Context(), h.ID, in, actor(r)) },
			"comment": func() (hearing.Hearing, error) { return c.Clerk.Comment(r.Context(), h.ID, side, in, actor(r)) },
		}[r.PathValue("deed")]
		turn := map[string]hearing.Side{"answer": hearing.Seller, "reply": hearing.Complainant, "comment": side}[r.PathValue("deed")]
		if say == nil || turn != side {
			return hidden()
		}
		_, err = say()
	}
	if mendable(err) {
		return c.showHearing(w, r, http.StatusUnprocessableEntity, h, form.values, problemsOf(err, "text"))
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "hearing.sent"})
	http.Redirect(w, r, "/hearings/"+url.PathEscape(h.ID), http.StatusSeeOther)
	return nil
}

// problemsOf are the fields of an error; one without fields goes to a field.
func problemsOf(err error, otherwise string) []fault.Field {
	if list := fieldsOf(err); len(list) > 0 {
		return list
	}
	return []fault.Field{{Path: otherwise, Code: "hearing_" + string(fault.CodeOf(err)), Message: safeMessage(err)}}
}

func (c *Console) extendHearing(w http.ResponseWriter, r *http.Request) error {
	h, err := c.theHearing(r)
	if err != nil {
		return err
	}
	if !who(r).Staff() {
		return fault.New(fault.Forbidden, "only the marketplace's own people may give more time")
	}
	until, err := hearing.EndOfDay(h, r.PostFormValue("until"))
	if err == nil {
		_, err = c.Clerk.Extend(r.Context(), h.ID, until, r.PostFormValue("reason"), actor(r))
	}
	if mendable(err) {
		given := map[string]string{"until": r.PostFormValue("until"), "reason": r.PostFormValue("reason")}
		return c.showHearing(w, r, http.StatusUnprocessableEntity, h, given, problemsOf(err, "until"))
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "hearing.given"})
	http.Redirect(w, r, "/hearings/"+url.PathEscape(h.ID), http.StatusSeeOther)
	return nil
}

// hearingDocument gives a document back as a download: what a party sent is
// never part of a page.
func (c *Console) hearingDocument(w http.ResponseWriter, r *http.Request) error {
	h, err := c.theHearing(r)
	if err != nil {
		return err
	}
	h = who(r).ShowHearing(h)
	d, ok := h.Find(r.PathValue("hash"))
	if !ok {
		return hidden()
	}
	data, err := c.Blobs.Get(r.Context(), d.Hash)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(d.Name))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(data)
	return nil
}

type objectionView struct {
	Statement statement.Statement
	Form      sayingForm
	Chosen    []string // decisions
}

// objectionPage is where an appeal begins: one click from the letter.
func (c *Console) objectionPage(w http.ResponseWriter, r *http.Request) error {
	s, err := c.theStatement(r)
	if err != nil {
		return err
	}
	return c.showObjection(w, r, http.StatusOK, s, map[string]string{}, nil, nil)
}

// theStatement reads the statement of the request's path for a party of it.
func (c *Console) theStatement(r *http.Request) (statement.Statement, error) {
	s, err := c.Store.Statement(r.Context(), r.PathValue("id"))
	if err == nil && (len(who(r).Reads(s)) == 0 || who(r).Staff() || len(s.Goods) == 0) {
		err = hidden()
	}
	return s, err
}

func (c *Console) showObjection(w http.ResponseWriter, r *http.Request, status int, s statement.Statement, given map[string]string, chosen []string, wrong []fault.Field) error {
	h := hearing.Hearing{Kind: hearing.Appeal, By: hearing.Seller, State: hearing.AwaitsDecision}
	for _, n := range s.Notices {
		if n.HolderID != "" {
			h.HolderID = n.HolderID
		}
	}
	side := hearing.Seller
	if who(r).Role == "holder" {
		side, h.By = hearing.Complainant, hearing.Complainant
	}
	v := objectionView{Statement: who(r).ShowStatement(s), Chosen: chosen, Form: formOf(h, side, "appeal", given, byPath(wrong))}
	v.Form.Stances, v.Form.Share = nil, h.HolderID != "" || side == hearing.Complainant
	if len(v.Chosen) == 0 {
		v.Chosen = s.DecisionIDs()
	}
	return c.show(w, r, status, "objection", "hearing.appeal.title", v)
}

// Has reports whether a decision is chosen.
func (v objectionView) Has(id string) bool { return slices.Contains(v.Chosen, id) }

// object files an appeal for each chosen decision of a statement, all or none.
func (c *Console) object(w http.ResponseWriter, r *http.Request) error {
	s, err := c.theStatement(r)
	if err != nil {
		return err
	}
	in, form, err := c.readSaying(w, r)
	in.Stance = hearing.Objects
	chosen := slices.DeleteFunc(form.all["decision"], func(id string) bool { return !slices.Contains(s.DecisionIDs(), id) })
	if len(s.Goods) == 1 {
		chosen = s.DecisionIDs()
	}
	if err == nil && len(chosen) == 0 {
		err = &fault.Error{Code: fault.Invalid, Message: "no goods chosen", Fields: []fault.Field{{Path: "decision", Code: "missing", Message: "choose the goods"}}}
	}
	side := hearing.Seller
	if who(r).Role == "holder" {
		side = hearing.Complainant
	}
	var filed hearing.Hearing
	if err == nil {
		err = c.Store.Atomic(r.Context(), func(ctx context.Context) error {
			for _, id := range chosen {
				if filed, err = c.Clerk.Appeal(ctx, id, side, who(r).OrgID, in, actor(r)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if mendable(err) {
		return c.showObjection(w, r, http.StatusUnprocessableEntity, s, form.values, chosen, problemsOf(err, "text"))
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "hearing.appealed"})
	to := "/hearings"
	if len(chosen) == 1 {
		to += "/" + url.PathEscape(filed.ID)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// waiting is what a party finds on his first page: what is asked of him, and
// his newest letters.
func (c *Console) waiting(r *http.Request) ([]hearingRow, []statementRow, error) {
	if !who(r).Can("hearing:read") || !who(r).Can("statement:read") {
		return nil, nil, nil
	}
	asked, err := c.askedOf(r)
	if err != nil {
		return nil, nil, err
	}
	f := statement.Filter{Limit: 5}
	who(r).ScopeStatements(&f)
	list, _, err := c.Store.Statements(r.Context(), f)
	if err != nil {
		return nil, nil, err
	}
	letters, err := c.statementRows(r, list)
	return asked, letters, err
}

// caseHearing is what a reviewer sees of the hearing that led to a case, or of
// those about its decision.
type caseHearing struct {
	Rows        []hearingRow
	Asks        bool // this very case decides it
	Appeal      bool
	Statements  []statementRow
	Restitution *hearing.Restitution
}

func (c *Console) caseHearing(r *http.Request, v *caseView) error {
	if !who(r).Staff() {
		return nil
	}
	var out caseHearing
	list, _, err := c.Store.Hearings(r.Context(), hearing.Filter{CaseID: v.Case.ID})
	if err != nil {
		return err
	}
	for _, h := range list {
		out.Asks, out.Appeal = true, h.Kind == hearing.Appeal
	}
	if !out.Asks && v.Case.Decision != nil {
		if list, _, err = c.Store.Hearings(r.Context(), hearing.Filter{DecisionID: v.Case.Decision.ID}); err != nil {
			return err
		}
	}
	out.Rows = c.hearingRows(r, list)
	letters, _, err := c.Store.Statements(r.Context(), statement.Filter{ListingID: v.Case.ListingID, Limit: 5})
	if err != nil {
		return err
	}
	if out.Statements, err = c.statementRows(r, letters); err != nil {
		return err
	}
	if len(out.Rows) > 0 || len(out.Statements) > 0 {
		v.Hearing = &out
	}
	return nil
}

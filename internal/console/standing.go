package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/message"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// standingView is where a shop is and how it came there, for staff and for
// the seller.
type standingView struct {
	Seller   seller.Seller
	Account  enforcement.Overview
	Own      bool // the seller reads about himself
	Acts     bool
	Ledgers  []ledgerSteps
	Changes  []enforcement.Expiry
	Limit    *enforcement.Action
	Lines    []standingLine
	More     int // lines that are not shown
	Proposal *enforcement.Closure
	Orders   []choice
	Wrong    map[string]*fault.Field
	Form     url.Values
	Now      time.Time
}

// ledgerSteps is one ledger with its milestones.
type ledgerSteps struct {
	Ledger enforcement.Ledger
	Now    int
	Steps  []step
}

type step struct {
	enforcement.Milestone
	Reached, Next bool
}

// standingLine is one action of the timeline with what followed from it.
type standingLine struct {
	enforcement.Action
	Count   *enforcement.Count
	Title   string // of the listing
	By      string
	Undone  string // who took it back
	Follows []enforcement.Action
	Undo    bool // the reader may take it back
}

// actionsShown bounds the timeline.
const actionsShown = 100

// myStanding is the seller's own page.
func (c *Console) myStanding(w http.ResponseWriter, r *http.Request) error {
	id, limited := who(r).SellerScope()
	if !limited {
		http.Redirect(w, r, "/sellers", http.StatusSeeOther)
		return nil
	}
	return c.showStanding(w, r, http.StatusOK, id, nil)
}

func (c *Console) standingPage(w http.ResponseWriter, r *http.Request) error {
	return c.showStanding(w, r, http.StatusOK, r.PathValue("id"), nil)
}

func (c *Console) showStanding(w http.ResponseWriter, r *http.Request, status int, id string, wrong []fault.Field) error {
	p := who(r)
	if !p.MaySeeSeller(id) {
		return hidden()
	}
	s, err := c.Store.Seller(r.Context(), id)
	if err != nil {
		return err
	}
	a, err := c.Ladder.Standing(r.Context(), id)
	if err != nil {
		return err
	}
	v := standingView{Seller: s, Account: p.ShowAccount(a), Own: p.Role == access.Seller, Acts: p.Can(access.EnforcementWrite),
		Ledgers: stepsOf(a), Changes: a.Standing.Changes, Limit: a.Limit(), Wrong: byPath(wrong), Form: r.PostForm, Now: c.today()}
	if len(v.Changes) > 8 {
		v.Changes = v.Changes[:8]
	}
	for i, x := range v.Account.Closures {
		if x.State == enforcement.ClosureOpen {
			v.Proposal = &v.Account.Closures[i]
		}
	}
	if v.Lines, v.More, err = c.standingLines(r.Context(), v); err != nil {
		return err
	}
	v.Orders = orderKinds(r.PostFormValue("kind"))
	page, title := "standing", explain.Plain(s.Name)
	if v.Own {
		page, title = "mystanding", c.say(r, "standing.mine")
	}
	return c.showTitled(w, r, status, page, title, v)
}

// stepsOf lays the milestones of both ledgers out, the strikes first.
func stepsOf(a enforcement.Overview) []ledgerSteps {
	var out []ledgerSteps
	for _, l := range []enforcement.Ledger{enforcement.Strikes, enforcement.Points} {
		v := ledgerSteps{Ledger: l, Now: a.Standing.Points}
		if l == enforcement.Strikes {
			v.Now = a.Standing.Strikes
		}
		next := false
		for _, m := range a.Rules.Of(l) {
			one := step{Milestone: m, Reached: m.At <= v.Now}
			one.Next = !one.Reached && !next
			next = next || one.Next
			v.Steps = append(v.Steps, one)
		}
		if len(v.Steps) > 0 || v.Now > 0 {
			out = append(out, v)
		}
	}
	return out
}

// standingLines nests what followed by the ladder under what it followed from.
func (c *Console) standingLines(ctx context.Context, v standingView) (lines []standingLine, more int, err error) {
	follows, present := map[string][]enforcement.Action{}, map[string]bool{}
	for _, a := range v.Account.Actions {
		present[a.ID] = true
	}
	for _, a := range v.Account.Actions {
		if present[a.CauseID] {
			follows[a.CauseID] = append(follows[a.CauseID], a)
		}
	}
	people, revisions := newLookup(c.Store.Account), newLookup(c.Store.Revision)
	for _, a := range v.Account.Actions {
		if present[a.CauseID] {
			continue
		}
		if len(lines) == actionsShown {
			more++
			continue
		}
		one := standingLine{Action: a, Count: v.Account.CountOf(a.ID), Follows: follows[a.ID], Undo: v.Acts && a.ReversedAt == nil}
		if !v.Own {
			by, err := people.row(ctx, a.ActorID)
			if err != nil {
				return nil, 0, err
			}
			undone, err := people.row(ctx, a.ReversedBy)
			if err != nil {
				return nil, 0, err
			}
			one.By, one.Undone = by.Name, undone.Name
		}
		rev, err := revisions.row(ctx, a.RevisionID)
		if err != nil {
			return nil, 0, err
		}
		one.Title = rev.Offer.Title
		lines = append(lines, one)
	}
	return lines, more, nil
}

// shopKinds are the actions that the form on a shop's page offers.
var shopKinds = []enforcement.Kind{enforcement.Warn, enforcement.Point, enforcement.Strike, enforcement.Restrict, enforcement.Suspend, enforcement.Reopen, enforcement.Close}

func orderKinds(chosen string) []choice {
	var out []choice
	for _, k := range shopKinds {
		out = append(out, choice{string(k), "action.kind." + string(k), string(k) == chosen})
	}
	return out
}

// orderReasons are the reasons of all kinds, under a heading for each group.
func orderReasons() []reasonGroup {
	return []reasonGroup{
		{"standing.reasons.penalty", "ground", casefile.Grounds[verdict.Block]},
		{"standing.reasons.limit", "action.reason", enforcement.Reasons},
		{"standing.reasons.reopen", "action.reversal", enforcement.Reversals},
	}
}

type reasonGroup struct {
	Label, Prefix string
	Codes         []string
}

// Reasons is for the template.
func (standingView) Reasons() []reasonGroup { return orderReasons() }

// Reversals is for the template.
func (standingView) Reversals() []string { return enforcement.Reversals }

// Was is what the form was sent with.
func (v standingView) Was(field string) string { return v.Form.Get(field) }

func (c *Console) actOnShop(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	_, reason, _ := strings.Cut(r.PostFormValue("reason"), ":") // the group stands before the code
	o := enforcement.Order{Kind: enforcement.Kind(r.PostFormValue("kind")), Reason: reason, Note: r.PostFormValue("note"), ListingID: r.PostFormValue("listing")}
	var wrong []fault.Field
	for name, into := range map[string]*int{"days": &o.Days, "points": &o.Points} {
		raw := strings.TrimSpace(r.PostFormValue(name))
		n, err := strconv.Atoi(cmp.Or(raw, "0"))
		if err != nil {
			wrong = append(wrong, fault.Field{Path: name, Code: "bad_number", Message: "write a whole number"})
		}
		*into = n
	}
	if raw := r.PostFormValue("from"); raw != "" {
		day, err := time.Parse(time.DateOnly, raw)
		if err != nil {
			wrong = append(wrong, fault.Field{Path: "from", Code: "bad_date", Message: "write the day as YYYY-MM-DD"})
		} else if day.After(c.today()) {
			o.From = &day
		}
	}
	if len(wrong) > 0 {
		return c.showStanding(w, r, http.StatusUnprocessableEntity, id, wrong)
	}
	done, err := c.Ladder.Act(r.Context(), id, o, actor(r))
	switch {
	case fault.Is(err, fault.Invalid):
		return c.showStanding(w, r, http.StatusUnprocessableEntity, id, fieldsOf(err))
	case fault.Is(err, fault.Conflict):
		c.flashLater(r, flash{Kind: "review", Key: "standing.conflict"})
	case err != nil:
		return err
	case done.Closure != nil:
		c.flashLater(r, flash{Kind: "review", Key: "closure.proposed", Href: "/closures"})
	default:
		c.flashLater(r, flash{Kind: "pass", Key: "standing.done"})
	}
	http.Redirect(w, r, standingPath(id), http.StatusSeeOther)
	return nil
}

func standingPath(sellerID string) string {
	return "/sellers/" + url.PathEscape(sellerID) + "/standing"
}

func (c *Console) reverseAction(w http.ResponseWriter, r *http.Request) error {
	a, err := c.Store.Action(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	_, err = c.Ladder.Reverse(r.Context(), a.ID, enforcement.Undo{Reason: r.PostFormValue("reason"), Note: r.PostFormValue("note")}, actor(r))
	switch {
	case fault.Is(err, fault.Invalid):
		c.flashLater(r, flash{Kind: "review", Key: "standing.undo.incomplete"})
	case fault.Is(err, fault.Conflict):
		c.flashLater(r, flash{Kind: "review", Key: "standing.conflict"})
	case err != nil:
		return err
	default:
		c.flashLater(r, flash{Kind: "pass", Key: "standing.undone"})
	}
	http.Redirect(w, r, standingPath(a.SellerID), http.StatusSeeOther)
	return nil
}

// caseStanding is what the case page says of the seller's standing, and what a
// block would cost just now.
type caseStanding struct {
	Shown     bool // outsiders see none
	Account   enforcement.Overview
	Forecasts []enforcement.Forecast
	Blocks    int // actions that took a listing down and stand
}

func (c *Console) caseStanding(r *http.Request, k casefile.Case) (caseStanding, error) {
	var v caseStanding
	if !who(r).Staff() {
		return v, nil
	}
	var err error
	v.Account, v.Forecasts, err = c.Ladder.Preview(r.Context(), k.SellerID, casefile.Grounds[verdict.Block], k.Severity)
	if fault.Is(err, fault.NotFound) {
		return v, nil // the seller is gone
	}
	if err != nil {
		return v, err
	}
	v.Shown = true
	removed, _, err := c.Store.Actions(r.Context(), enforcement.Filter{SellerID: k.SellerID, Kind: enforcement.Remove, Limit: 200})
	for _, x := range removed {
		if x.ReversedAt == nil {
			v.Blocks++
		}
	}
	return v, err
}

// sayMilestone is what follows at a milestone, or in a measure.
func sayMilestone(p *message.Printer, effect enforcement.Effect, days int) string {
	if days > 0 {
		return p.T("standing.effect."+string(effect)+".days", "Count", days)
	}
	return p.T("standing.effect." + string(effect))
}

// sayCost is what one infringement counts: "2 points", "1 strike", or nothing.
func sayCost(p *message.Printer, points, strikes int) string {
	var parts []string
	if strikes > 0 {
		parts = append(parts, p.T("standing.strikes.count", "Count", strikes))
	}
	if points > 0 || strikes == 0 {
		parts = append(parts, p.T("standing.points.count", "Count", points))
	}
	return strings.Join(parts, " + ")
}

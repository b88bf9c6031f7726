package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/internal/calendar"
	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// handlingView is what a reviewer may do with a case beside deciding it.
type handlingView struct {
	May        bool // hold it, hand it over, ask
	Notes      []casefile.Note
	Question   string // what somebody asks the reader
	AsksMe     bool
	AskedName  string
	Proposal   *casefile.Proposal
	First      casefile.Answer // of the proposal
	MyProposal bool
	Holds      []string
	Ends       []holdEnd
	HoldBy     string // who asks
	Waits      bool
	Team       casefile.Team
	Teams      []casefile.Team
	People     []casefile.Colleague // to whom it can be handed
	Others     []casefile.Colleague // who can be asked
	Clock      casefile.Clock
}

// holdEnd is a proposed end of a hold.
type holdEnd struct {
	Days int
	At   time.Time
}

// caseHandling reads what colleagues did and what can be done.
func (c *Console) caseHandling(r *http.Request, v *caseView) (err error) {
	h, ctx, p := &v.Handling, r.Context(), who(r)
	h.Clock = c.Desk.ClockOf(v.Case)
	if !p.Staff() {
		return nil
	}
	if h.Notes, err = c.Store.Notes(ctx, v.Case.ID); err != nil {
		return err
	}
	h.Waits, h.AsksMe, h.Holds = v.Case.OnHold(v.Now), v.Case.AskedID != "" && v.Case.AskedID == p.ID, casefile.Holds
	for _, n := range h.Notes {
		if n.Kind == casefile.Question && n.ToID == v.Case.AskedID {
			h.Question, h.AskedName, h.HoldBy = n.Text, n.ToName, n.ActorName
		}
	}
	if v.Case.Desk != "" {
		if h.Team, err = maybe(c.Store.Team(ctx, v.Case.Desk)); err != nil {
			return err
		}
	}
	if err := c.caseProposal(ctx, v, p.ID); err != nil {
		return err
	}
	h.May = v.Case.State == casefile.Open && p.MayDecideCase(v.Case) && (!v.Lease.Held || v.Lease.Mine)
	if !h.May {
		return nil
	}
	return c.caseOptions(ctx, v, p.ID)
}

func (c *Console) caseProposal(ctx context.Context, v *caseView, me string) error {
	if v.Case.ProposalID == "" {
		return nil
	}
	p, err := maybe(c.Store.Proposal(ctx, v.Case.ProposalID))
	if err != nil || p.State != casefile.Proposed {
		return err
	}
	v.Handling.Proposal, v.Handling.MyProposal = &p, p.ByID == me
	v.Handling.First, err = p.Answer()
	return err
}

// caseOptions lists to whom a case can go and until when it can wait.
func (c *Console) caseOptions(ctx context.Context, v *caseView, me string) error {
	h := &v.Handling
	people, err := c.Store.Colleagues(ctx)
	if err != nil {
		return err
	}
	for _, one := range people {
		if one.ID == me {
			continue
		}
		h.Others = append(h.Others, one)
		if one.May(v.Case.Desk) && !slices.Contains(v.Case.Barred, one.ID) {
			h.People = append(h.People, one)
		}
	}
	if h.Teams, err = c.Store.Teams(ctx); err != nil {
		return err
	}
	h.Teams = slices.DeleteFunc(h.Teams, func(t casefile.Team) bool { return t.ID == v.Case.Desk })
	for _, days := range []int{1, 3, 5, 10} {
		h.Ends = append(h.Ends, holdEnd{days, calendar.For(h.Team.Country).AddDays(v.Now, days)})
	}
	return nil
}

// version is that of the case as the reader saw it.
func version(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "the form is not complete")
	}
	return n, nil
}

// handled does something to the case of the path and goes on to the next one.
func (c *Console) handled(w http.ResponseWriter, r *http.Request, key string, do func(id string, version int) (casefile.Case, error)) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	n, err := version(r)
	if err != nil {
		return err
	}
	if _, err = do(k.ID, n); err != nil {
		return c.backToCase(w, r, k.ID, err)
	}
	c.flashLater(r, flash{Kind: "pass", Key: key, Args: []any{explain.Plain(k.Title)}, Href: casePath(k.ID, "")})
	q, err := url.ParseQuery(r.PostFormValue("queue"))
	if err != nil {
		q = nil
	}
	return c.goOn(w, r, filterOf(q))
}

func (c *Console) holdCase(w http.ResponseWriter, r *http.Request) error {
	return c.handled(w, r, "queue.held.done", func(id string, version int) (casefile.Case, error) {
		until, err := time.Parse(time.RFC3339, r.PostFormValue("until"))
		if err != nil {
			return casefile.Case{}, fault.Wrap(err, fault.Invalid, "say until when the case waits")
		}
		return c.Desk.Hold(r.Context(), id, casefile.HoldIn{Reason: r.PostFormValue("reason"), Note: strings.TrimSpace(r.PostFormValue("note")), Until: until, Version: version}, actor(r))
	})
}

// handOverCase reads "person:ID" or "desk:ID", because one list offers both.
func (c *Console) handOverCase(w http.ResponseWriter, r *http.Request) error {
	return c.handled(w, r, "queue.handed.done", func(id string, version int) (casefile.Case, error) {
		in := casefile.HandOverIn{Note: strings.TrimSpace(r.PostFormValue("note")), Version: version}
		switch kind, to, _ := strings.Cut(r.PostFormValue("to"), ":"); kind {
		case "person":
			in.AccountID = to
		case "desk":
			in.Desk = to
		}
		return c.Desk.HandOver(r.Context(), id, in, actor(r))
	})
}

func (c *Console) askAboutCase(w http.ResponseWriter, r *http.Request) error {
	return c.handled(w, r, "queue.asked.done", func(id string, version int) (casefile.Case, error) {
		return c.Desk.Ask(r.Context(), id, casefile.AskIn{AccountID: r.PostFormValue("account"), Text: strings.TrimSpace(r.PostFormValue("text")), Version: version}, actor(r))
	})
}

// opineOnCase gives the opinion and goes back to what else is asked.
func (c *Console) opineOnCase(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	n, err := version(r)
	if err != nil {
		return err
	}
	in := casefile.OpinionIn{Outcome: verdict.Decision(r.PostFormValue("outcome")), Text: strings.TrimSpace(r.PostFormValue("text")), Version: n}
	if _, err = c.Desk.Opine(r.Context(), k.ID, in, actor(r)); err != nil {
		return c.backToCase(w, r, k.ID, err)
	}
	c.flashLater(r, flash{Kind: "pass", Key: "queue.opinion.done", Args: []any{explain.Plain(k.Title)}, Href: casePath(k.ID, "")})
	http.Redirect(w, r, "/queue?asked=yes", http.StatusSeeOther)
	return nil
}

func (c *Console) noteOnCase(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	_, err = c.Desk.Write(r.Context(), k.ID, r.PostFormValue("text"), actor(r))
	return c.backToCase(w, r, k.ID, err)
}

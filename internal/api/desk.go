package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
)

// NoteIn is something to be written down on a case.
type NoteIn struct {
	Text string `json:"text" minLength:"1" maxLength:"4000"`
}

// DeskIn is a regional team as an administrator describes it.
type DeskIn struct {
	Name    string          `json:"name" minLength:"1" maxLength:"100"`
	Country string          `json:"country,omitempty" pattern:"^[A-Z]{2}$" doc:"ISO 3166-1: due dates fall on its business days."`
	Rank    int             `json:"rank,omitempty" minimum:"-1000" maximum:"1000" doc:"Smaller is asked first whether a new case is its."`
	Rules   casefile.Rules  `json:"rules,omitempty" doc:"New cases that fit every list that is given come to this desk; without any list none does by itself."`
	Common  bool            `json:"common,omitempty" doc:"Its members work on the common queue too."`
	Members []casefile.Seat `json:"members" maxItems:"500" doc:"Reviewers (or their keys) who are members of a desk see the cases of their desks only."`
}

// ViewIn is a view of the queue to be kept.
type ViewIn struct {
	Name string       `json:"name" minLength:"1" maxLength:"80"`
	Desk string       `json:"desk,omitempty" maxLength:"60" doc:"Shared with this desk; - shares it with everybody. Leave it out for yourself."`
	Ask  casefile.Ask `json:"ask"`
}

// CountedView is a view with how much it shows now.
type CountedView struct {
	casefile.View
	Count int `json:"count" doc:"Cases, counted up to 1,000."`
}

// viewCount is how far the cases of a view are counted.
const viewCount = 1000

type onCase[B any] struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the case."`
	Body B
}

type onDesk struct {
	ID   string `path:"id" maxLength:"60" doc:"Your own id: small letters, digits and -."`
	Body DeskIn
}

type onView struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the view."`
	Body ViewIn
}

// registerHandling adds what people do with a case beside deciding it.
func (a *API) registerHandling() {
	const tag = "Cases"
	decide := way{permission: access.CaseDecide}
	d := a.d.Desk
	handle(a, deed("hold-case", http.MethodPost, "/cases/{id}/hold", tag, "Hold a case", "With a reason and an end, at most 30 days ahead. Its clock runs on; it comes back by itself.", decide),
		func(ctx context.Context, in *onCase[casefile.HoldIn]) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return d.Hold(ctx, in.ID, in.Body, actor(ctx)) })
		})
	handle(a, deed("hand-over-case", http.MethodPost, "/cases/{id}/handover", tag, "Hand a case over", "To a person (account_id), who has it until the end of the next business day, or to a desk; - is the common queue.", decide),
		func(ctx context.Context, in *onCase[casefile.HandOverIn]) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return d.HandOver(ctx, in.ID, in.Body, actor(ctx)) })
		})
	handle(a, deed("ask-about-case", http.MethodPost, "/cases/{id}/ask", tag, "Ask a second person", "The case waits in his queue (asked=true) for his opinion, at most until the end of the next business day.", decide),
		func(ctx context.Context, in *onCase[casefile.AskIn]) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return d.Ask(ctx, in.ID, in.Body, actor(ctx)) })
		})
	handle(a, deed("opine-on-case", http.MethodPost, "/cases/{id}/opinion", tag, "Give the opinion that was asked for", "It is written down, and the case goes back to who asked.", decide),
		func(ctx context.Context, in *onCase[casefile.OpinionIn]) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return d.Opine(ctx, in.ID, in.Body, actor(ctx)) })
		})
	decide.status = http.StatusCreated
	handle(a, deed("note-on-case", http.MethodPost, "/cases/{id}/notes", tag, "Write a note on a case", "Colleagues read it in the case; parties never do.", decide),
		func(ctx context.Context, in *onCase[NoteIn]) (*answered[casefile.Note], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Note, error) { return d.Write(ctx, in.ID, in.Body.Text, actor(ctx)) })
		})
}

// onSeen does something to a case that the caller may see; others are not there.
func onSeen[T any](a *API, ctx context.Context, id string, do func() (T, error)) (*answered[T], error) {
	c, err := a.d.Store.Case(ctx, id)
	if err != nil {
		return nil, absent(err, "case", id)
	}
	if !me(ctx).MaySeeCase(c) {
		return nil, noSuch("case", id)
	}
	return answerWith(do())
}

func (a *API) registerDesks() {
	const tag = "Desks"
	decide, manage := way{permission: access.CaseDecide}, way{permission: access.AccountManage}
	d := a.d.Desk
	handle(a, deed("list-desks", http.MethodGet, "/desks", tag, "List desks", "Regional teams with queues of their own, in the order in which new cases are offered to them.", decide),
		func(ctx context.Context, _ *none) (*answered[Page[casefile.Team]], error) {
			rows, err := a.d.Store.Teams(ctx)
			return answerWith(Page[casefile.Team]{Items: rows}, err)
		})
	handle(a, deed("get-desk", http.MethodGet, "/desks/{id}", tag, "Read a desk", "", decide),
		func(ctx context.Context, in *byID) (*answered[casefile.Team], error) {
			t, err := a.d.Store.Team(ctx, in.ID)
			return answerWith(t, absent(err, "desk", in.ID))
		})
	handle(a, deed("put-desk", http.MethodPut, "/desks/{id}", tag, "Make or change a desk", "Its rules hold for cases that open from now on.", manage),
		func(ctx context.Context, in *onDesk) (*answered[casefile.Team], error) {
			b := in.Body
			return answerWith(d.SaveTeam(ctx, casefile.Team{ID: in.ID, Name: b.Name, Country: b.Country, Rank: b.Rank, Rules: b.Rules, Common: b.Common, Members: b.Members}, actor(ctx)))
		})
	handle(a, deed("delete-desk", http.MethodDelete, "/desks/{id}", tag, "Delete a desk", "Its open cases go to the common queue.", manage),
		func(ctx context.Context, in *byID) (*none, error) {
			return &none{}, absent(d.RemoveTeam(ctx, in.ID, actor(ctx)), "desk", in.ID)
		})
	handle(a, deed("list-colleagues", http.MethodGet, "/colleagues", tag, "List colleagues", "Who can be handed a case or asked about one; desks are those whose cases somebody decides, all when it is missing.", decide),
		func(ctx context.Context, _ *none) (*answered[Page[casefile.Colleague]], error) {
			rows, err := a.d.Store.Colleagues(ctx)
			return answerWith(Page[casefile.Colleague]{Items: rows}, err)
		})
	a.registerViews()
	a.registerProposals()
}

func (a *API) registerViews() {
	const tag = "Desks"
	decide := way{permission: access.CaseDecide}
	handle(a, deed("list-views", http.MethodGet, "/views", tag, "List views of the queue", "Your own and those shared with your desks, with their counts.", decide), a.listViews)
	handle(a, deed("post-view", http.MethodPost, "/views", tag, "Keep a view of the queue", "At most 50 of your own.", way{permission: access.CaseDecide, replays: true, status: http.StatusCreated}),
		func(ctx context.Context, in *struct{ Body ViewIn }) (*answered[casefile.View], error) {
			b, p := in.Body, me(ctx)
			return answerWith(a.d.Desk.SaveView(ctx, casefile.View{ID: uuid.Must(uuid.NewV7()).String(), Name: b.Name, OwnerID: p.ID, Desk: b.Desk, Ask: b.Ask}, p.ViewDesks()))
		})
	handle(a, deed("put-view", http.MethodPut, "/views/{id}", tag, "Change a view of the queue", "Your own; an administrator also shared ones.", decide),
		func(ctx context.Context, in *onView) (*answered[casefile.View], error) {
			v, err := a.ownView(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			v.Name, v.Desk, v.Ask = in.Body.Name, in.Body.Desk, in.Body.Ask
			return answerWith(a.d.Desk.SaveView(ctx, v, me(ctx).ViewDesks()))
		})
	handle(a, deed("delete-view", http.MethodDelete, "/views/{id}", tag, "Delete a view of the queue", "", decide),
		func(ctx context.Context, in *byID) (*none, error) {
			if _, err := a.ownView(ctx, in.ID); err != nil {
				return nil, err
			}
			return &none{}, a.d.Store.DeleteView(ctx, in.ID)
		})
}

func (a *API) listViews(ctx context.Context, _ *none) (*answered[Page[CountedView]], error) {
	p := me(ctx)
	list, err := a.d.Store.Views(ctx, p.ID, p.ViewDesks())
	if err != nil {
		return nil, err
	}
	page := Page[CountedView]{Items: make([]CountedView, len(list))}
	for i, v := range list {
		f := v.Ask.Filter(p.ID, a.d.Now(), a.d.Desk.Soon())
		p.ScopeCases(&f)
		n, err := a.d.Store.CountUpTo(ctx, f, viewCount)
		if err != nil {
			return nil, err
		}
		page.Items[i] = CountedView{v, n}
	}
	return &answered[Page[CountedView]]{page}, nil
}

// ownView is a view that the caller may change; others are not there for him.
func (a *API) ownView(ctx context.Context, id string) (casefile.View, error) {
	v, err := a.d.Store.View(ctx, id)
	if err != nil {
		return v, absent(err, "view", id)
	}
	if !me(ctx).MayChangeView(v) {
		return casefile.View{}, noSuch("view", id)
	}
	return v, nil
}

type proposalTurn struct {
	State   casefile.ProposalState `query:"state" enum:"open,confirmed,refused,withdrawn,lapsed" doc:"Proposals of one state."`
	Kind    string                 `query:"kind" maxLength:"100" doc:"One kind of deed."`
	Subject string                 `query:"subject" maxLength:"200" doc:"About one row."`
	Limit   int                    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many, the newest first."`
}

type onProposal struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the proposal."`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"4000"`
	} `nameHint:"ProposalAnswer"`
}

func (a *API) registerProposals() {
	const tag = "Desks"
	decide := way{permission: access.CaseDecide}
	handle(a, deed("list-proposals", http.MethodGet, "/proposals", tag, "List deeds that take two people", "What somebody wants done and another person must agree to.", decide),
		func(ctx context.Context, in *proposalTurn) (*answered[Page[casefile.Proposal]], error) {
			rows, err := a.d.Store.Proposals(ctx, casefile.ProposalFilter{State: in.State, Kind: in.Kind, Subject: in.Subject, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			kept := []casefile.Proposal{}
			for _, p := range rows {
				if _, err := a.seenProposal(ctx, p); err == nil {
					kept = append(kept, p)
				} else if !fault.Is(err, fault.NotFound) {
					return nil, err
				}
			}
			return answerWith(Page[casefile.Proposal]{Items: kept}, nil)
		})
	handle(a, deed("confirm-proposal", http.MethodPost, "/proposals/{id}/confirm", tag, "Agree as the second person", "It is done at once. An answer to a case is agreed to by giving the same decision to the case.", decide),
		func(ctx context.Context, in *onProposal) (*answered[casefile.Proposal], error) {
			return a.answerProposal(ctx, in, (*casefile.FourEyes).Confirm)
		})
	handle(a, deed("refuse-proposal", http.MethodPost, "/proposals/{id}/refuse", tag, "Refuse, or withdraw one's own", "", decide),
		func(ctx context.Context, in *onProposal) (*answered[casefile.Proposal], error) {
			return a.answerProposal(ctx, in, (*casefile.FourEyes).Refuse)
		})
}

func (a *API) answerProposal(ctx context.Context, in *onProposal, answer func(*casefile.FourEyes, context.Context, string, string, casefile.Actor) (casefile.Proposal, error)) (*answered[casefile.Proposal], error) {
	p, err := a.d.Store.Proposal(ctx, in.ID)
	if err == nil {
		_, err = a.seenProposal(ctx, p)
	}
	if err != nil {
		return nil, absent(err, "proposal", in.ID)
	}
	return answerWith(answer(a.d.Desk.FourEyes(), ctx, in.ID, in.Body.Note, actor(ctx)))
}

// seenProposal is a proposal whose subject the caller may see.
func (a *API) seenProposal(ctx context.Context, p casefile.Proposal) (casefile.Proposal, error) {
	if p.Kind != casefile.DecideDeed {
		return p, nil
	}
	c, err := a.d.Store.Case(ctx, p.Subject)
	if err != nil || !me(ctx).MaySeeCase(c) {
		return p, noSuch("proposal", p.ID)
	}
	return p, nil
}

package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/verdict"
)

type actionTurn struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the seller."`
	Turn
	Kind enforcement.Kind `query:"kind" enum:"pause,remove,restore,warn,point,strike,restrict,suspend,close,reopen" doc:"Actions of one kind."`
}

type ordering struct {
	ID   string `path:"id" maxLength:"200" doc:"Id of the seller."`
	Body enforcement.Order
}

type undoing struct {
	ID   string `path:"id" maxLength:"200" doc:"Id of the action."`
	Body enforcement.Undo
}

type previewing struct {
	ID       string   `path:"id" maxLength:"200" doc:"Id of the seller."`
	Ground   []string `query:"ground,explode" maxItems:"20" doc:"Grounds of a block; all of them when left out."`
	Severity int      `query:"severity" minimum:"0" maximum:"4" doc:"1 minor to 4 dangerous goods; 0 unknown."`
}

// Forecasts say what a block would cost a shop.
type Forecasts struct {
	Account   enforcement.Overview   `json:"account" doc:"Where the shop is now."`
	Forecasts []enforcement.Forecast `json:"forecasts" doc:"One for each ground."`
}

type closureTurn struct {
	Turn
	State    enforcement.ClosureState `query:"state" enum:"open,confirmed,refused,withdrawn" doc:"Proposals of one state."`
	SellerID string                   `query:"seller" maxLength:"100" doc:"Proposals about one seller (its id here)."`
}

type settling struct {
	ID   string `path:"id" maxLength:"200" doc:"Id of the proposal."`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"4000" doc:"For staff; a refusal needs one."`
	}
}

func (a *API) registerEnforcement() {
	const tag = "Enforcement"
	read, write := way{permission: access.SellerRead}, way{permission: access.EnforcementWrite, replays: true}
	handle(a, deed("get-standing", http.MethodGet, "/sellers/{id}/standing", tag, "Read a shop's standing",
		"Points, strikes, when they expire, what was reached, what lies ahead, and every action on the shop. A seller reads its own, without the notes and names of staff.", read), a.standing)
	handle(a, deed("list-actions", http.MethodGet, "/sellers/{id}/actions", tag, "List actions", "On the shop and on its listings, newest first, with what was taken back.", read), a.listActions)
	handle(a, deed("preview-block", http.MethodGet, "/sellers/{id}/preview", tag, "What would a block cost?", "Changes nothing.", way{permission: access.CaseDecide}), a.preview)
	handle(a, deed("act", http.MethodPost, "/sellers/{id}/actions", tag, "Act on a shop or one of its listings",
		"warn, point, strike, restrict, suspend and reopen are about the shop; pause, remove and restore about a listing. close only proposes: see the closures.", write), a.act)
	handle(a, deed("reverse-action", http.MethodPost, "/actions/{id}/reversal", tag, "Take an action back",
		"What followed from it by the ladder is taken back too. What a decision did to a listing is taken back by deciding its case again.", write),
		func(ctx context.Context, in *undoing) (*answered[enforcement.Action], error) {
			out, err := a.d.Ladder.Reverse(ctx, in.ID, in.Body, actor(ctx))
			return answerWith(out, absent(err, "action", in.ID))
		})
	list := way{permission: access.EnforcementWrite}
	handle(a, deed("list-closures", http.MethodGet, "/closures", tag, "List proposals to close a shop", "Open ones first.", list), a.listClosures)
	handle(a, deed("get-closure", http.MethodGet, "/closures/{id}", tag, "Read a proposal to close a shop", "", list),
		func(ctx context.Context, in *byID) (*answered[enforcement.Closure], error) {
			out, err := a.d.Store.Closure(ctx, in.ID)
			return answerWith(out, absent(err, "closure", in.ID))
		})
	for _, answer := range []struct {
		id, path, summary string
		confirm           bool
	}{{"confirm-closure", "confirm", "Close the shop", true}, {"refuse-closure", "refuse", "Leave the shop open", false}} {
		handle(a, deed(answer.id, http.MethodPost, "/closures/{id}/"+answer.path, tag, answer.summary,
			"By somebody who neither proposed it nor made the last decision behind it; a key counts as the person who made it.", write),
			func(ctx context.Context, in *settling) (*answered[enforcement.Closure], error) {
				out, err := a.d.Ladder.Settle(ctx, in.ID, answer.confirm, in.Body.Note, actor(ctx))
				return answerWith(out, absent(err, "closure", in.ID))
			})
	}
}

func (a *API) standing(ctx context.Context, in *byID) (*answered[enforcement.Overview], error) {
	p := me(ctx)
	if !p.MaySeeSeller(in.ID) {
		return nil, noSuch("seller", in.ID)
	}
	out, err := a.d.Ladder.Standing(ctx, in.ID)
	return answerWith(p.ShowAccount(out), absent(err, "seller", in.ID))
}

func (a *API) listActions(ctx context.Context, in *actionTurn) (*answered[Page[enforcement.Action]], error) {
	p := me(ctx)
	if !p.MaySeeSeller(in.ID) {
		return nil, noSuch("seller", in.ID)
	}
	if _, err := a.d.Store.Seller(ctx, in.ID); err != nil {
		return nil, absent(err, "seller", in.ID)
	}
	list, next, err := a.d.Store.Actions(ctx, enforcement.Filter{SellerID: in.ID, Kind: in.Kind, After: in.After, Limit: in.Limit})
	for i := range list {
		list[i] = p.ShowAction(list[i])
	}
	return answerWith(Page[enforcement.Action]{Items: list, Next: next}, err)
}

func (a *API) preview(ctx context.Context, in *previewing) (*answered[Forecasts], error) {
	grounds := in.Ground
	if len(grounds) == 0 {
		grounds = casefile.Grounds[verdict.Block]
	}
	account, list, err := a.d.Ladder.Preview(ctx, in.ID, grounds, in.Severity)
	return answerWith(Forecasts{account, list}, absent(err, "seller", in.ID))
}

func (a *API) act(ctx context.Context, in *ordering) (*answered[enforcement.Done], error) {
	out, err := a.d.Ladder.Act(ctx, in.ID, in.Body, actor(ctx))
	return answerWith(out, absent(err, "seller", in.ID))
}

func (a *API) listClosures(ctx context.Context, in *closureTurn) (*answered[Page[enforcement.Closure]], error) {
	list, next, err := a.d.Store.Closures(ctx, enforcement.ClosureFilter{SellerID: in.SellerID, State: in.State, After: in.After, Limit: in.Limit})
	return answerWith(Page[enforcement.Closure]{Items: list, Next: next}, err)
}

// LadderIn is a new version of the ladder.
type LadderIn struct {
	Source   string `json:"source" maxLength:"300000" doc:"The YAML, with its name and number."`
	Activate bool   `json:"activate,omitempty" doc:"Put it in force at once."`
}

type savingLadder struct{ Body LadderIn }

func (a *API) registerLadders() {
	const tag = "Enforcement"
	read, write := way{permission: access.PolicyRead}, way{permission: access.PolicyWrite, replays: true}
	handle(a, deed("list-ladders", http.MethodGet, "/ladders", tag, "List the versions of the ladder", "Newest first.", read),
		func(ctx context.Context, _ *none) (*answered[Page[enforcement.Edition]], error) {
			rows, err := a.d.Store.Ladders(ctx)
			return answerWith(Page[enforcement.Edition]{Items: rows}, err)
		})
	handle(a, deed("get-active-ladder", http.MethodGet, "/ladders/active", tag, "Read the ladder in force", "", read),
		func(ctx context.Context, _ *none) (*answered[enforcement.Edition], error) {
			v, err := a.d.Store.ActiveLadder(ctx)
			if fault.Is(err, fault.NotFound) { // nothing was stamped yet: the one that ships
				r := enforcement.Default()
				v, err = enforcement.Edition{ID: r.ID(), Source: string(r.Source()), Active: true, ActorID: "system", CreatedAt: a.d.Now()}, nil
			}
			return answerWith(v, err)
		})
	handle(a, deed("put-ladder", http.MethodPut, "/ladders", tag, "Save a new version of the ladder",
		"Its name and number are in the text. Problems are reported with their lines. A version is never changed: give a changed text a higher number. Penalties keep the version they were given under.", write),
		func(ctx context.Context, in *savingLadder) (*answered[enforcement.Edition], error) {
			return answerWith(a.d.Ladder.Save(ctx, in.Body.Source, in.Body.Activate, actor(ctx)))
		})
	handle(a, deed("activate-ladder", http.MethodPost, "/ladders/{id}/activate", tag, "Put a version of the ladder in force", "An older one too.", write),
		func(ctx context.Context, in *byID) (*answered[enforcement.Edition], error) {
			out, err := a.d.Ladder.Activate(ctx, in.ID, actor(ctx))
			return answerWith(out, absent(err, "ladder", in.ID))
		})
}

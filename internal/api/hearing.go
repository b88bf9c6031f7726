package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/hearing"
)

// HearingFilter narrows a list of hearings.
type HearingFilter struct {
	Turn
	SellerID  string        `query:"seller" maxLength:"100" doc:"Of one seller (its id here)."`
	HolderID  string        `query:"holder" maxLength:"100" doc:"In which one rights holder is heard."`
	ListingID string        `query:"listing" maxLength:"100" doc:"About one listing."`
	Decision  string        `query:"decision" maxLength:"100" doc:"About one decision."`
	Kind      hearing.Kind  `query:"kind" enum:"objection,appeal"`
	State     hearing.State `query:"state" enum:"awaits_seller,awaits_complainant,awaits_decision,ended"`
	Open      bool          `query:"open" doc:"Only those that have not ended."`
}

type saying struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the hearing."`
	Body hearing.Saying
}

// AppealIn asks for a second look at a decision.
type AppealIn struct {
	DecisionID string `json:"decision_id" maxLength:"100" doc:"The decision, as a statement names it."`
	hearing.Saying
}

// ExtendIn gives the side whose turn it is more time.
type ExtendIn struct {
	Until  string `json:"until" doc:"The last day, written 2026-11-03, where the seller lives."`
	Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"Both sides read it."`
}

type extending struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the hearing."`
	Body ExtendIn
}

type restitutionAsk struct {
	Turn
	SellerID string `query:"seller" maxLength:"100" doc:"Of one seller (its id here)."`
}

type handingIn struct {
	Name string `query:"name" maxLength:"300" doc:"The file's name, as the other side reads it."`
	Stream
}

func (a *API) registerHearings() {
	const tag = "Hearings"
	read, write := way{permission: access.HearingRead}, way{permission: access.HearingWrite, replays: true}
	handle(a, deed("list-hearings", http.MethodGet, "/hearings", tag, "List hearings",
		"Those whose clock ends first come first. Sellers and rights holders see those they are a party of.", read),
		func(ctx context.Context, in *HearingFilter) (*answered[Page[hearing.Hearing]], error) {
			f := hearing.Filter{SellerID: in.SellerID, HolderID: in.HolderID, ListingID: in.ListingID, DecisionID: in.Decision, Kind: in.Kind, State: in.State, Open: in.Open, After: in.After, Limit: in.Limit}
			p := me(ctx)
			p.ScopeHearings(&f)
			rows, next, err := a.d.Store.Hearings(ctx, f)
			for i := range rows {
				rows[i] = p.ShowHearing(rows[i])
			}
			return answerWith(Page[hearing.Hearing]{Items: rows, Next: next}, err)
		})
	handle(a, deed("get-hearing", http.MethodGet, "/hearings/{id}", tag, "Read a hearing", "What both sides said, whose turn it is, and until when.", read),
		func(ctx context.Context, in *byID) (*answered[hearing.Hearing], error) {
			return a.shown(ctx)(a.theHearing(ctx, in.ID))
		})
	handle(a, deed("answer-hearing", http.MethodPost, "/hearings/{id}/answer", tag, "Answer a decision",
		"As the seller, before the clock ends. A complainant is then asked to reply; without one a person decides.", write), a.sayAs(hearing.Seller))
	handle(a, deed("reply-hearing", http.MethodPost, "/hearings/{id}/reply", tag, "Reply to an answer",
		"As the rights holder who complained, before the clock ends; silence brings the goods back.", write), a.sayAs(hearing.Complainant))
	handle(a, deed("comment-hearing", http.MethodPost, "/hearings/{id}/comment", tag, "Comment on an appeal", "As either party, until a person has decided.", write), a.comment)
	appeal := write
	appeal.status = http.StatusCreated
	handle(a, deed("post-appeal", http.MethodPost, "/appeals", tag, "Appeal a decision",
		"Somebody who was not involved decides, never a machine. Sellers appeal what is against their goods, rights holders a refused notice and goods that are back on sale.", appeal), a.appeal)
	handle(a, deed("extend-hearing", http.MethodPost, "/hearings/{id}/extension", tag, "Give more time", "Staff only. Both sides read the reason.", write), a.extend)
	a.registerDocuments(tag)
	handle(a, deed("list-restitutions", http.MethodGet, "/restitutions", tag, "List restitutions",
		"What decisions that were taken back had cost sellers, the newest first: hours off sale for the marketplace to make up for, and points that were given back.", way{permission: access.HearingRead}),
		func(ctx context.Context, in *restitutionAsk) (*answered[Page[hearing.Restitution]], error) {
			f := hearing.Filter{SellerID: in.SellerID}
			if p := me(ctx); p.Role == access.Holder {
				return answerWith(Page[hearing.Restitution]{Items: []hearing.Restitution{}}, nil)
			} else if p.ScopeHearings(&f); !p.Staff() && f.SellerID == "" {
				return answerWith(Page[hearing.Restitution]{Items: []hearing.Restitution{}}, nil)
			}
			rows, next, err := a.d.Store.Restitutions(ctx, f.SellerID, in.After, in.Limit)
			return answerWith(Page[hearing.Restitution]{Items: rows, Next: next}, err)
		})
}

func (a *API) registerDocuments(tag string) {
	upload := deed("post-document", http.MethodPost, "/documents", tag, "Hand in a document",
		"The file itself: PDF, JPEG, PNG, WebP or plain text, at most 10 MB. Name the answer's id in a word's documents.", way{permission: access.HearingWrite, status: http.StatusCreated})
	handle(a, upload, func(ctx context.Context, in *handingIn) (*answered[hearing.Document], error) {
		data, err := in.readAll(hearing.MaxDocument)
		if err != nil {
			return nil, err
		}
		return answerWith(hearing.Keep(ctx, a.d.Blobs, in.Name, data))
	})
	a.documentBody(upload, map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}})
}

// shown cuts a hearing to its reader.
func (a *API) shown(ctx context.Context) func(hearing.Hearing, error) (*answered[hearing.Hearing], error) {
	return func(h hearing.Hearing, err error) (*answered[hearing.Hearing], error) {
		return answerWith(me(ctx).ShowHearing(h), err)
	}
}

func (a *API) theHearing(ctx context.Context, id string) (hearing.Hearing, error) {
	h, err := a.d.Store.Hearing(ctx, id)
	if err != nil {
		return h, absent(err, "hearing", id)
	}
	if !me(ctx).MaySeeHearing(h) {
		return hearing.Hearing{}, noSuch("hearing", id)
	}
	return h, nil
}

// sayAs lets a side take its turn.
func (a *API) sayAs(side hearing.Side) func(context.Context, *saying) (*answered[hearing.Hearing], error) {
	return func(ctx context.Context, in *saying) (*answered[hearing.Hearing], error) {
		h, err := a.theHearing(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if me(ctx).SideIn(h) != side {
			return nil, fault.New(fault.Forbidden, "only the %s may say this", side)
		}
		if err := a.checkDocuments(ctx, in.Body.Documents); err != nil {
			return nil, err
		}
		say := a.d.Clerk.Answer
		if side == hearing.Complainant {
			say = a.d.Clerk.Reply
		}
		return a.shown(ctx)(say(ctx, h.ID, in.Body, actor(ctx)))
	}
}

func (a *API) comment(ctx context.Context, in *saying) (*answered[hearing.Hearing], error) {
	h, err := a.theHearing(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	side := me(ctx).SideIn(h)
	if side == "" {
		return nil, fault.New(fault.Forbidden, "only the parties may say this")
	}
	if err := a.checkDocuments(ctx, in.Body.Documents); err != nil {
		return nil, err
	}
	return a.shown(ctx)(a.d.Clerk.Comment(ctx, h.ID, side, in.Body, actor(ctx)))
}

func (a *API) appeal(ctx context.Context, in *struct{ Body AppealIn }) (*answered[hearing.Hearing], error) {
	side, err := me(ctx).PartyTo(ctx, a.d.Store, in.Body.DecisionID)
	if err != nil {
		return nil, err
	}
	if err := a.checkDocuments(ctx, in.Body.Documents); err != nil {
		return nil, err
	}
	return a.shown(ctx)(a.d.Clerk.Appeal(ctx, in.Body.DecisionID, side, me(ctx).OrgID, in.Body.Saying, actor(ctx)))
}

func (a *API) extend(ctx context.Context, in *extending) (*answered[hearing.Hearing], error) {
	h, err := a.theHearing(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !me(ctx).Staff() {
		return nil, fault.New(fault.Forbidden, "only the marketplace's own people may give more time")
	}
	until, err := hearing.EndOfDay(h, in.Body.Until)
	if err != nil {
		return nil, err
	}
	return a.shown(ctx)(a.d.Clerk.Extend(ctx, h.ID, until, in.Body.Reason, actor(ctx)))
}

// checkDocuments refuses files that nobody handed in here.
func (a *API) checkDocuments(ctx context.Context, list []hearing.Document) error {
	return hearing.CheckKept(ctx, a.d.Blobs, list)
}

package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/similar"
)

// GroupShown is a group with how many of its members are what.
type GroupShown struct {
	similar.Group
	Counts similar.Counts `json:"counts"`
	Most   int            `json:"most" doc:"How many listings you may decide together."`
}

// SelectIn takes members of a group in or out.
type SelectIn struct {
	Selected   bool     `json:"selected" doc:"Take them in, or out."`
	ListingIDs []string `json:"listing_ids,omitempty" maxItems:"5000" doc:"These listings; leave it out for all that are not shown apart."`
}

// UndoIn says why a group's decision is taken back.
type UndoIn struct {
	Note string `json:"note,omitempty" maxLength:"4000"`
}

// SelectedCount is how many members changed.
type SelectedCount struct {
	Changed int `json:"changed" doc:"Members that were taken in or out by this."`
}

type memberTurn struct {
	ID       string `path:"id" maxLength:"100" doc:"Id of the group."`
	After    int    `query:"after" minimum:"0" doc:"The place of the last member of the page before."`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Apart    bool   `query:"apart" doc:"Those that are shown apart, with why, instead of the others."`
	Selected bool   `query:"selected" doc:"Only those that are selected, shown apart or not."`
	Problems bool   `query:"problems" doc:"Only those that were left out of the decision, or of taking it back."`
	Why      string `query:"reason" maxLength:"40" doc:"Only those that are similar for this reason."`
}

type selectingGroup struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the group."`
	Body SelectIn
}

type decidingGroup struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the group."`
	Body casefile.Answer
}

type undoingGroup struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the group."`
	Body UndoIn
}

func (a *API) registerSimilar() {
	const tag = "Groups"
	decide := way{permission: access.CaseDecide}
	handle(a, deed("find-similar", http.MethodPost, "/cases/{id}/similar", tag, "Find similar goods",
		"Makes a group of the listings like that of a case, by picture, words and seller, or goes on with the one that is still being chosen. "+
			"Listings that a person passed before, licensed sellers and what is off sale are in it, but apart and not selected.", decide),
		func(ctx context.Context, in *byID) (*answered[GroupShown], error) {
			if err := a.decidableCase(ctx, in.ID); err != nil {
				return nil, err
			}
			g, err := a.d.Similar.Begin(ctx, in.ID, actor(ctx))
			if err != nil {
				return nil, err
			}
			return answerWith(a.group(ctx, g))
		})
	handle(a, deed("get-group", http.MethodGet, "/groups/{id}", tag, "Read a group", "With its counts by reason and by what sets listings apart.", decide),
		func(ctx context.Context, in *byID) (*answered[GroupShown], error) {
			g, err := a.theGroup(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answerWith(a.group(ctx, g))
		})
	handle(a, deed("list-members", http.MethodGet, "/groups/{id}/members", tag, "List the listings of a group", "By place: the surest first. Each with its reasons.", decide), a.listMembers)
	handle(a, deed("select-members", http.MethodPost, "/groups/{id}/selection", tag, "Take listings in or out",
		"The choice is kept here. Listings that are removed or withdrawn cannot be taken in.", decide),
		func(ctx context.Context, in *selectingGroup) (*answered[SelectedCount], error) {
			if _, err := a.theGroup(ctx, in.ID); err != nil {
				return nil, err
			}
			n, err := a.d.Similar.Select(ctx, in.ID, in.Body.ListingIDs, in.Body.Selected, actor(ctx))
			return answerWith(SelectedCount{n}, err)
		})
	long := way{permission: access.CaseDecide, replays: true, long: true}
	handle(a, deed("decide-group", http.MethodPost, "/groups/{id}/decision", tag, "Decide a group",
		"One ground and one note for every selected listing, in one transaction. Give the version of the group that you read. "+
			"What was changed or decided since the group was made is left out and says so: list the members with problems.", long),
		func(ctx context.Context, in *decidingGroup) (*answered[GroupShown], error) {
			if _, err := a.theGroup(ctx, in.ID); err != nil {
				return nil, err
			}
			g, err := a.d.Similar.Decide(ctx, in.ID, in.Body, actor(ctx), string(me(ctx).Role))
			if err != nil {
				return nil, err
			}
			return answerWith(a.group(ctx, g))
		})
	handle(a, deed("undo-group", http.MethodPost, "/groups/{id}/undo", tag, "Take a group's decision back",
		"Every listing stands again as it stood before, and points are given back. What has changed since stays as it is and says why. Doing it again is harmless.", long),
		func(ctx context.Context, in *undoingGroup) (*answered[GroupShown], error) {
			if _, err := a.theGroup(ctx, in.ID); err != nil {
				return nil, err
			}
			g, err := a.d.Similar.Undo(ctx, in.ID, in.Body.Note, actor(ctx))
			if err != nil {
				return nil, err
			}
			return answerWith(a.group(ctx, g))
		})
}

// decidableCase checks that the caller may answer a case.
func (a *API) decidableCase(ctx context.Context, id string) error {
	c, err := a.d.Store.Case(ctx, id)
	if err != nil {
		return absent(err, "case", id)
	}
	if !me(ctx).MaySeeCase(c) {
		return noSuch("case", id)
	}
	return nil
}

// theGroup reads a group whose case the caller may see.
func (a *API) theGroup(ctx context.Context, id string) (similar.Group, error) {
	g, err := a.d.Similar.Store.Group(ctx, id)
	if err != nil {
		return g, absent(err, "group", id)
	}
	return g, a.decidableCase(ctx, g.CaseID)
}

func (a *API) group(ctx context.Context, g similar.Group) (GroupShown, error) {
	n, err := a.d.Similar.Store.CountMembers(ctx, g.ID)
	return GroupShown{g, n, a.d.Similar.Limits[string(me(ctx).Role)]}, err
}

func (a *API) listMembers(ctx context.Context, in *memberTurn) (*answered[Page[similar.Member]], error) {
	if _, err := a.theGroup(ctx, in.ID); err != nil {
		return nil, err
	}
	rows, err := a.d.Similar.Store.Members(ctx, in.ID, similar.MemberFilter{Apart: in.Apart, Selected: in.Selected, Problems: in.Problems, Why: in.Why, After: in.After, Limit: in.Limit})
	return answerWith(Page[similar.Member]{Items: rows}, err)
}

package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/search"
)

// SearchRun is a search to be run at once.
type SearchRun struct {
	Query search.Query `json:"query"`
	After string       `json:"after,omitempty" maxLength:"500" doc:"The next of the answer before; leave it out to begin with the newest."`
	Limit int          `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20" doc:"Hits of one answer."`
}

// SearchIn is a search to be kept.
type SearchIn struct {
	Name  string       `json:"name" minLength:"1" maxLength:"300"`
	Query search.Query `json:"query" doc:"Status and days are used when it is run, not for alerts."`
}

// ReadIn says which alerts were read.
type ReadIn struct {
	IDs      []string `json:"ids,omitempty" maxItems:"200" doc:"These alerts; together with search, those of them that are of it."`
	SearchID string   `json:"search_id,omitempty" maxLength:"100" doc:"All alerts of this search. With neither, all of your organisation."`
}

// UnreadCount is a number of alerts.
type UnreadCount struct {
	Unread int `json:"unread" doc:"Alerts that were not read yet."`
}

type savingSearch struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the saved search."`
	Body SearchIn
}

type alertTurn struct {
	Turn
	SearchID string `query:"search" maxLength:"100" doc:"Alerts of one saved search."`
	Unread   bool   `query:"unread" doc:"Only those that were not read yet."`
}

func (a *API) registerSearches() {
	const tag = "Searches"
	use := way{permission: access.SearchUse}
	handle(a, deed("run-search", http.MethodPost, "/searches/run", tag, "Search listings",
		"Finds the words in the newest revision of each listing, however they are disguised, the newest first. Uses that something excuses are shown with "+
			"a low score unless the query asks for likely ones only. A search ends after some seconds: when complete is false, go on with next.", use),
		func(ctx context.Context, in *struct{ Body SearchRun }) (*answered[search.Result], error) {
			return answerWith(a.d.Walker.Run(ctx, me(ctx).SearchOwner(), in.Body.Query, in.Body.After, in.Body.Limit))
		})
	handle(a, deed("list-searches", http.MethodGet, "/searches", tag, "List saved searches",
		"All of your organisation; those of the marketplace's own people are one organisation.", use),
		func(ctx context.Context, _ *none) (*answered[Page[search.Saved]], error) {
			rows, err := a.d.Searches.Store.Searches(ctx, me(ctx).SearchOwner())
			return answerWith(Page[search.Saved]{Items: rows}, err)
		})
	handle(a, deed("post-search", http.MethodPost, "/searches", tag, "Save a search",
		"From now on each newly taken revision that it finds becomes an alert.", way{permission: access.SearchUse, replays: true, status: http.StatusCreated}),
		func(ctx context.Context, in *struct{ Body SearchIn }) (*answered[search.Saved], error) {
			return answerWith(a.saveSearch(ctx, "", in.Body))
		})
	handle(a, deed("get-search", http.MethodGet, "/searches/{id}", tag, "Read a saved search", "", use),
		func(ctx context.Context, in *byID) (*answered[search.Saved], error) {
			return answerWith(a.ownSearch(ctx, in.ID))
		})
	handle(a, deed("put-search", http.MethodPut, "/searches/{id}", tag, "Change a saved search", "Alerts it has given stay.", use),
		func(ctx context.Context, in *savingSearch) (*answered[search.Saved], error) {
			if _, err := a.ownSearch(ctx, in.ID); err != nil {
				return nil, err
			}
			return answerWith(a.saveSearch(ctx, in.ID, in.Body))
		})
	handle(a, deed("delete-search", http.MethodDelete, "/searches/{id}", tag, "Delete a saved search", "With its alerts.", use),
		func(ctx context.Context, in *byID) (*none, error) {
			if _, err := a.ownSearch(ctx, in.ID); err != nil {
				return nil, err
			}
			return &none{}, a.d.Searches.Delete(ctx, in.ID, me(ctx).ID)
		})
	a.registerAlerts()
}

func (a *API) registerAlerts() {
	const tag = "Searches"
	use := way{permission: access.SearchUse}
	handle(a, deed("list-alerts", http.MethodGet, "/alerts", tag, "List alerts",
		"What saved searches of your organisation found in newly taken revisions, newest first.", use), a.listAlerts)
	handle(a, deed("count-alerts", http.MethodGet, "/alerts/count", tag, "Count unread alerts", "Of your organisation.", use),
		func(ctx context.Context, _ *none) (*answered[UnreadCount], error) {
			n, err := a.d.Searches.Store.CountUnread(ctx, me(ctx).SearchOwner())
			return answerWith(UnreadCount{n}, err)
		})
	handle(a, deed("read-alerts", http.MethodPost, "/alerts/read", tag, "Mark alerts as read",
		"For everybody of your organisation. The answer counts what is still unread.", use),
		func(ctx context.Context, in *struct{ Body ReadIn }) (*answered[UnreadCount], error) {
			st, owner := a.d.Searches.Store, me(ctx).SearchOwner()
			if _, err := st.ReadAlerts(ctx, owner, in.Body.SearchID, in.Body.IDs, a.d.Now()); err != nil {
				return nil, err
			}
			n, err := st.CountUnread(ctx, owner)
			return answerWith(UnreadCount{n}, err)
		})
}

// ownSearch gives a saved search that the caller may use; others are not
// there for him.
func (a *API) ownSearch(ctx context.Context, id string) (search.Saved, error) {
	s, err := a.d.Searches.Store.Search(ctx, id)
	if err != nil {
		return s, absent(err, "search", id)
	}
	if !me(ctx).MayUseSearch(s) {
		return search.Saved{}, noSuch("search", id)
	}
	return s, nil
}

func (a *API) saveSearch(ctx context.Context, id string, in SearchIn) (search.Saved, error) {
	p := me(ctx)
	return a.d.Searches.Save(ctx, search.Saved{ID: id, HolderID: p.SearchOwner(), Name: in.Name, Query: in.Query, ActorID: p.ID})
}

func (a *API) listAlerts(ctx context.Context, in *alertTurn) (*answered[Page[search.Alert]], error) {
	rows, next, err := a.d.Searches.Alerts(ctx, search.AlertFilter{HolderID: me(ctx).SearchOwner(), SearchID: in.SearchID, Unread: in.Unread,
		After: in.After, Limit: in.Limit})
	return answerWith(Page[search.Alert]{Items: rows, Next: next}, err)
}

package console

import (
	"net/http"
	"net/url"

	"assay/internal/fault"
	"assay/internal/search"
)

type savedView struct {
	Searches []savedRow
	Unread   int
}

type savedRow struct {
	search.Saved
	Words string
	Run   string // address that runs it
	Full  bool   // takes no more alerts until some are read
}

type savedFormView struct {
	Saved search.Saved
	Form  queryForm
	Wrong map[string]*fault.Field
}

// theSearch reads the saved search of the request's path for its reader.
func (c *Console) theSearch(r *http.Request) (search.Saved, error) {
	s, err := c.Searches.Store.Search(r.Context(), r.PathValue("id"))
	if err == nil && !who(r).MayUseSearch(s) {
		err = hidden()
	}
	return s, err
}

func (c *Console) savedPage(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Searches.Store.Searches(r.Context(), who(r).SearchOwner())
	if err != nil {
		return err
	}
	var v savedView
	for _, s := range list {
		v.Unread += s.Unread
		v.Searches = append(v.Searches, savedRow{s, search.FormatWords(s.Query.Words), "/search?" + valuesOf(s.Query).Encode(), s.Unread >= search.MaxUnread})
	}
	return c.show(w, r, http.StatusOK, "saved", "saved.title", v)
}

// saveSearch keeps what the search page shows.
func (c *Console) saveSearch(w http.ResponseWriter, r *http.Request) error {
	s, wrong, err := c.searchOf(r, search.Saved{HolderID: who(r).SearchOwner()})
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return c.showSearch(w, r, http.StatusUnprocessableEntity, r.PostForm, searchView{Name: s.Name, Wrong: fieldsOfForm(wrong)})
	}
	c.flashLater(r, flash{Kind: "pass", Key: "saved.kept", Args: []any{s.Name}})
	http.Redirect(w, r, "/searches", http.StatusSeeOther)
	return nil
}

// searchOf reads the form of a saved search and keeps it. What a person can
// mend comes back as fields.
func (c *Console) searchOf(r *http.Request, s search.Saved) (search.Saved, []fault.Field, error) {
	if err := r.ParseForm(); err != nil {
		return s, nil, fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	var wrong []fault.Field
	s.Query, wrong = queryOf(r.PostForm)
	s.Name, s.ActorID = r.PostForm.Get("name"), who(r).ID
	if len(wrong) > 0 {
		return s, wrong, nil
	}
	kept, err := c.Searches.Save(r.Context(), s)
	if !mendable(err) {
		return kept, nil, err
	}
	if list := fieldsOf(err); len(list) > 0 {
		return s, list, nil
	}
	return s, []fault.Field{{Path: "name", Code: "search_" + string(fault.CodeOf(err)), Message: safeMessage(err)}}, nil
}

func (c *Console) savedForm(w http.ResponseWriter, r *http.Request) error {
	s, err := c.theSearch(r)
	if err != nil {
		return err
	}
	return c.showSaved(w, r, http.StatusOK, s, valuesOf(s.Query), nil)
}

func (c *Console) showSaved(w http.ResponseWriter, r *http.Request, status int, s search.Saved, values url.Values, wrong []fault.Field) error {
	return c.show(w, r, status, "savedform", "saved.edit", savedFormView{Saved: s, Form: c.queryForm(r, values, wrong), Wrong: fieldsOfForm(wrong)})
}

func (c *Console) changeSearch(w http.ResponseWriter, r *http.Request) error {
	old, err := c.theSearch(r)
	if err != nil {
		return err
	}
	s, wrong, err := c.searchOf(r, old)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return c.showSaved(w, r, http.StatusUnprocessableEntity, s, r.PostForm, wrong)
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/searches", http.StatusSeeOther)
	return nil
}

func (c *Console) deleteSearch(w http.ResponseWriter, r *http.Request) error {
	s, err := c.theSearch(r)
	if err != nil {
		return err
	}
	if err := c.Searches.Delete(r.Context(), s.ID, who(r).ID); err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "saved.deleted", Args: []any{s.Name}})
	http.Redirect(w, r, "/searches", http.StatusSeeOther)
	return nil
}

type alertView struct {
	search.Alert
	Hit  hitView
	Name string // of the search
}

type alertsView struct {
	Alerts   []alertView
	Searches []choice
	SearchID string
	All      bool // read ones too
	Unread   int
	Back     string // this list's query string
	Next     string
}

func (c *Console) alertsPage(w http.ResponseWriter, r *http.Request) error {
	q, ctx, owner := r.URL.Query(), r.Context(), who(r).SearchOwner()
	v := alertsView{SearchID: q.Get("search"), All: q.Get("show") == "all"}
	searches, err := c.Searches.Store.Searches(ctx, owner)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, s := range searches {
		names[s.ID] = s.Name
		v.Searches = append(v.Searches, choice{s.ID, s.Name, s.ID == v.SearchID})
	}
	list, next, err := c.Searches.Alerts(ctx, search.AlertFilter{HolderID: owner, SearchID: v.SearchID, Unread: !v.All, After: q.Get("after"), Limit: 20})
	if err != nil {
		return err
	}
	hits := make([]search.Hit, len(list))
	for i, a := range list {
		hits[i] = a.Hit
	}
	shown, err := c.hits(r, hits)
	if err != nil {
		return err
	}
	for i, a := range list {
		v.Alerts = append(v.Alerts, alertView{a, shown[i], names[a.SearchID]})
	}
	if v.Unread, err = c.Searches.Store.CountUnread(ctx, owner); err != nil {
		return err
	}
	q.Del("after")
	v.Back = q.Encode()
	if next != "" {
		q.Set("after", next)
		v.Next = "/alerts?" + q.Encode()
	}
	return c.show(w, r, http.StatusOK, "alerts", "alerts.title", v)
}

// readAlerts marks alerts as read: those of the form, or all of a search.
func (c *Console) readAlerts(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	ids, searchID := r.PostForm["id"], r.PostForm.Get("search")
	if len(ids) > 200 || len(ids) == 0 && r.PostForm.Get("all") != "yes" {
		return fault.New(fault.Invalid, "the form does not say which alerts")
	}
	if _, err := c.Searches.Store.ReadAlerts(r.Context(), who(r).SearchOwner(), searchID, ids, c.Now()); err != nil {
		return err
	}
	back := url.Values{}
	if was, err := url.ParseQuery(r.PostForm.Get("back")); err == nil {
		for _, name := range []string{"search", "show"} {
			if value := was.Get(name); value != "" {
				back.Set(name, value)
			}
		}
	}
	http.Redirect(w, r, "/alerts?"+back.Encode(), http.StatusSeeOther)
	return nil
}

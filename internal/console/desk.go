package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/access"
	"assay/internal/calendar"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/message"
	"assay/internal/registry"
)

type desksView struct {
	Teams []casefile.Team
	Names map[string]string // of members by id
	Open  map[string]int    // open cases by desk, "" being the common queue
	More  map[string]bool   // there are more than were counted
}

type deskView struct {
	Team      casefile.Team
	New       bool
	Brands    []registry.Brand
	Countries []string // with holidays
	Sources   []casefile.Source
	Languages []message.Language
	People    []deskPerson
	Wrong     map[string]*fault.Field
}

// deskPerson is somebody who can be a member.
type deskPerson struct {
	ID, Name    string
	Sees, Rules bool
}

// Has helps the form to mark what is chosen.
func (v deskView) Has(list []string, value string) bool { return slices.Contains(list, value) }

// HasSource is the same for sources.
func (v deskView) HasSource(s casefile.Source) bool { return slices.Contains(v.Team.Rules.Sources, s) }

func (c *Console) desksPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := desksView{Names: map[string]string{}, Open: map[string]int{}, More: map[string]bool{}}
	var err error
	if v.Teams, err = c.Store.Teams(ctx); err != nil {
		return err
	}
	people, err := c.members(r)
	if err != nil {
		return err
	}
	for _, p := range people {
		v.Names[p.ID] = p.Name
	}
	for _, id := range append([]string{casefile.Common}, teamIDs(v.Teams)...) {
		n, err := c.Store.CountUpTo(ctx, casefile.Filter{Desk: id, Now: c.today()}, tabCount+1)
		if err != nil {
			return err
		}
		v.Open[id], v.More[id] = min(n, tabCount), n > tabCount
	}
	return c.show(w, r, http.StatusOK, "desks", "desk.title", v)
}

func teamIDs(teams []casefile.Team) (ids []string) {
	for _, t := range teams {
		ids = append(ids, t.ID)
	}
	return ids
}

// members are the reviewers and reviewers' keys, who can be members of desks.
func (c *Console) members(r *http.Request) ([]deskPerson, error) {
	accounts, err := c.Store.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	var out []deskPerson
	for _, a := range accounts {
		if a.Role == access.Reviewer && !a.Disabled {
			out = append(out, deskPerson{ID: a.ID, Name: a.Name})
		}
	}
	keys, err := c.Store.Keys(r.Context())
	for _, k := range keys {
		if k.Role == access.Reviewer && k.RevokedAt == nil {
			out = append(out, deskPerson{ID: k.ID, Name: k.Name})
		}
	}
	return out, err
}

func (c *Console) newDesk(w http.ResponseWriter, r *http.Request) error {
	return c.showDesk(w, r, http.StatusOK, deskView{New: true})
}

func (c *Console) deskPage(w http.ResponseWriter, r *http.Request) error {
	t, err := c.Store.Team(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.showDesk(w, r, http.StatusOK, deskView{Team: t})
}

func (c *Console) showDesk(w http.ResponseWriter, r *http.Request, status int, v deskView) (err error) {
	if v.Brands, err = c.Store.Brands(r.Context(), registry.Filter{Limit: 500}); err != nil {
		return err
	}
	if v.People, err = c.members(r); err != nil {
		return err
	}
	for i, p := range v.People {
		for _, m := range v.Team.Members {
			if m.AccountID == p.ID {
				v.People[i].Sees, v.People[i].Rules = true, m.Decides
			}
		}
	}
	v.Countries, v.Sources, v.Languages = calendar.Countries(), casefile.Sources, message.Languages()
	title := "desk.new"
	if !v.New {
		title = "desk.edit"
	}
	return c.show(w, r, status, "desk", title, v)
}

// listed splits what somebody typed: KR, CN or one a line.
func listed(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == ';' })
}

func deskForm(r *http.Request, id string) (casefile.Team, error) {
	if err := r.ParseForm(); err != nil {
		return casefile.Team{}, fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	f := r.PostForm
	rank, _ := strconv.Atoi(f.Get("rank")) // none is 0
	t := casefile.Team{ID: id, Name: f.Get("name"), Country: strings.ToUpper(f.Get("country")), Rank: max(-1000, min(1000, rank)), Common: f.Get("common") == "yes",
		Rules: casefile.Rules{Countries: listed(strings.ToUpper(f.Get("countries"))), Languages: f["languages"], Brands: f["brands"], Markets: listed(f.Get("markets"))}}
	for _, s := range f["sources"] {
		t.Rules.Sources = append(t.Rules.Sources, casefile.Source(s))
	}
	for _, id := range f["sees"] {
		t.Members = append(t.Members, casefile.Seat{AccountID: id, Decides: slices.Contains(f["decides"], id)})
	}
	return t, nil
}

func (c *Console) createDesk(w http.ResponseWriter, r *http.Request) error {
	return c.keepDesk(w, r, strings.TrimSpace(r.PostFormValue("id")), true)
}

func (c *Console) saveDesk(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.Store.Team(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return c.keepDesk(w, r, r.PathValue("id"), false)
}

func (c *Console) keepDesk(w http.ResponseWriter, r *http.Request, id string, fresh bool) error {
	t, err := deskForm(r, id)
	if err != nil {
		return err
	}
	if _, err = c.Desk.SaveTeam(r.Context(), t, actor(r)); mendable(err) {
		return c.showDesk(w, r, http.StatusUnprocessableEntity, deskView{Team: t, New: fresh, Wrong: wrongOf(err, "name")})
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/desks", http.StatusSeeOther)
	return nil
}

func (c *Console) deleteDesk(w http.ResponseWriter, r *http.Request) error {
	if err := c.Desk.RemoveTeam(r.Context(), r.PathValue("id"), actor(r)); err != nil {
		return err
	}
	http.Redirect(w, r, "/desks", http.StatusSeeOther)
	return nil
}

package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
)

// viewTab is a view of the queue with how much it shows.
type viewTab struct {
	Key     string // message, "" for one that somebody named
	Name    string
	Href    string
	Count   int
	More    bool // there are more than were counted
	Shared  bool
	Current bool
	Press   string // key
}

// tabCount is how far the cases of a view are counted.
const tabCount = 1000

// standing are the views that everybody has.
var standing = []struct {
	key string
	ask casefile.Ask
}{
	{"queue.all", casefile.Ask{}},
	{"queue.mine", casefile.Ask{Holder: casefile.Me}},
	{"queue.asked", casefile.Ask{Asked: true}},
	{"queue.overdue_view", casefile.Ask{Clock: casefile.Overdue}},
	{"queue.two", casefile.Ask{TwoPeople: true}},
	{"queue.onhold", casefile.Ask{Held: true}},
}

// viewTabs fills in the views of a reader with their counts.
func (c *Console) viewTabs(r *http.Request, v *queueView) error {
	if !v.Decides {
		return nil
	}
	add := func(t viewTab, f queueFilter) error {
		n, err := c.Store.CountUpTo(r.Context(), c.cases(r, f), tabCount+1)
		t.Count, t.More = min(n, tabCount), n > tabCount
		t.Href = "/queue?" + f.query().Encode()
		if len(v.Views) < 9 {
			t.Press = "v " + string(rune('1'+len(v.Views)))
		}
		v.Views = append(v.Views, t)
		return err
	}
	for _, s := range standing {
		if err := add(viewTab{Key: s.key, Current: v.Filter.Ask == s.ask && v.Filter.View == ""}, queueFilter{Ask: s.ask}); err != nil {
			return err
		}
	}
	p := who(r)
	list, err := c.Store.Views(r.Context(), p.ID, p.ViewDesks())
	if err != nil {
		return err
	}
	for _, one := range list {
		current := one.ID == v.Filter.View
		if current {
			v.View, v.OwnView = &one, p.MayChangeView(one)
		}
		if err := add(viewTab{Name: one.Name, Shared: one.Desk != "", Current: current}, queueFilter{Ask: one.Ask, View: one.ID}); err != nil {
			return err
		}
	}
	return nil
}

// teamsOf are the desks whose cases the reader sees.
func (c *Console) teamsOf(r *http.Request) ([]casefile.Team, error) {
	p := who(r)
	if !p.Staff() {
		return nil, nil
	}
	list, err := c.Store.Teams(r.Context())
	if mine := p.ViewDesks(); mine != nil {
		list = slices.DeleteFunc(list, func(t casefile.Team) bool { return !slices.Contains(mine, t.ID) })
	}
	return list, err
}

// saveView keeps the filter that is shown under a name.
func (c *Console) saveView(w http.ResponseWriter, r *http.Request) error {
	q, err := url.ParseQuery(r.PostFormValue("queue"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the filter cannot be read")
	}
	f, p := filterOf(q), who(r)
	v, err := c.Desk.SaveView(r.Context(), casefile.View{ID: uuid.Must(uuid.NewV7()).String(), Name: r.PostFormValue("name"), OwnerID: p.ID,
		Desk: r.PostFormValue("share"), Ask: f.Ask}, p.ViewDesks())
	if err != nil {
		return err
	}
	f.View = v.ID
	http.Redirect(w, r, "/queue?"+f.query().Encode(), http.StatusSeeOther)
	return nil
}

func (c *Console) deleteView(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Store.View(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !who(r).MayChangeView(v) {
		return hidden()
	}
	if err := c.Store.DeleteView(r.Context(), v.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/queue", http.StatusSeeOther)
	return nil
}

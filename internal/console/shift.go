package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"assay/internal/fault"
	"assay/internal/registry"
)

// shiftView is the page on which all photographs that a filter matches are
// sought otherwise: how many they are, and what became of them.
type shiftView struct {
	Text    string
	Brand   string
	To      string
	Brands  []choice
	Soughts []choice
	Count   int  // would be changed
	Done    bool // Changed were
	Changed int
	Grown   bool // more than were told; nothing was changed
	Crowd   int  // photographs sought inside pictures then, if more than a process is meant for
	Meant   int
	Shelf   string // the list of what the filter matches
}

// shiftAddress is that page for what a list shows, "" when it shows no
// photographs.
func shiftAddress(f registry.Filter) string {
	if f.Kind != "" && f.Kind != string(registry.AssetPhotograph) {
		return ""
	}
	to := registry.SoughtWhole
	if f.Sought == to {
		to = registry.SoughtInside
	}
	return "/registry/assets/sought?" + url.Values{"text": {f.Query}, "brand": {f.BrandID}, "to": {string(to)}}.Encode()
}

func (c *Console) shiftPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	s := registry.Shift{Query: q.Get("text"), BrandID: q.Get("brand"), To: registry.Sought(q.Get("to"))}
	if s.To != registry.SoughtInside {
		s.To = registry.SoughtWhole
	}
	return c.showShift(w, r, http.StatusOK, s, shiftView{})
}

// shift changes as many as the page before has told.
func (c *Console) shift(w http.ResponseWriter, r *http.Request) error {
	s := registry.Shift{Query: r.PostFormValue("text"), BrandID: r.PostFormValue("brand"), To: registry.Sought(r.PostFormValue("to"))}
	told, err := strconv.Atoi(r.PostFormValue("count"))
	if err != nil {
		return fault.New(fault.Invalid, "the form does not say how many photographs were told")
	}
	c.scopeShift(r, &s)
	// Whoever closes the page does not stop what he began.
	n, err := c.Keeper.Shift(context.WithoutCancel(r.Context()), s, told, who(r).ID, nil)
	switch {
	case fault.Is(err, fault.Conflict):
		return c.showShift(w, r, http.StatusConflict, s, shiftView{Grown: true})
	case err != nil:
		return err
	}
	return c.showShift(w, r, http.StatusOK, s, shiftView{Done: true, Changed: n})
}

// scopeShift keeps it to the photographs of whoever asks.
func (c *Console) scopeShift(r *http.Request, s *registry.Shift) {
	var f registry.Filter
	who(r).ScopeRegistry(&f)
	s.HolderID = f.HolderID
}

func (c *Console) showShift(w http.ResponseWriter, r *http.Request, status int, s registry.Shift, v shiftView) (err error) {
	if !who(r).ReadsBrands() {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	c.scopeShift(r, &s)
	v.Text, v.Brand, v.To = s.Query, s.BrandID, string(s.To)
	v.Soughts = picks(registry.Soughts, s.To, "enum.sought")
	v.Shelf = "/registry/assets?" + url.Values{"text": {v.Text}, "brand": {v.Brand}, "kind": {string(registry.AssetPhotograph)}}.Encode()
	if v.Brands, err = c.brandPicks(r.Context(), who(r), v.Brand); err != nil {
		return err
	}
	if v.Count, err = c.Keeper.CountShift(r.Context(), s); err != nil {
		return err
	}
	if s.To == registry.SoughtInside && v.Count > 0 {
		list, err := c.Store.CountAssets(r.Context())
		if err != nil {
			return err
		}
		if then := registry.CrowdOf(list).Photographs + v.Count; then > registry.Meant.Photographs {
			v.Crowd, v.Meant = then, registry.Meant.Photographs
		}
	}
	return c.show(w, r, status, "shift", "shift.title", v)
}

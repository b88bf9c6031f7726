package console

import (
	"net/http"
	"net/url"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/verdict"
)

type ladderView struct {
	Version  enforcement.Edition
	Rules    *enforcement.Rules
	Versions []enforcement.Edition
	Grounds  []string
	Writes   bool
	Source   string // in the form
	Problems []fault.Field
}

func (c *Console) ladderPage(w http.ResponseWriter, r *http.Request) error {
	return c.showLadder(w, r, http.StatusOK, r.PathValue("id"), "", nil)
}

func (c *Console) showLadder(w http.ResponseWriter, r *http.Request, status int, id, source string, problems []fault.Field) error {
	v := ladderView{Writes: who(r).Can(access.PolicyWrite), Grounds: casefile.Grounds[verdict.Block], Problems: problems}
	var err error
	if v.Versions, err = c.Store.Ladders(r.Context()); err != nil {
		return err
	}
	if id == "" {
		v.Version, err = c.Store.ActiveLadder(r.Context())
		if fault.Is(err, fault.NotFound) { // nothing was stamped yet: the one that ships
			d := enforcement.Default()
			v.Version, err = enforcement.Edition{ID: d.ID(), Source: string(d.Source()), Active: true}, nil
		}
	} else {
		v.Version, err = c.Store.LadderVersion(r.Context(), id)
	}
	if err != nil {
		return err
	}
	if v.Rules, err = enforcement.Parse([]byte(v.Version.Source)); err != nil {
		return err
	}
	if v.Source = source; source == "" {
		v.Source = v.Version.Source
	}
	return c.show(w, r, status, "ladder", "ladder.title", v)
}

func (c *Console) saveLadder(w http.ResponseWriter, r *http.Request) error {
	source := r.PostFormValue("source")
	v, err := c.Ladder.Save(r.Context(), source, r.PostFormValue("activate") == "yes", actor(r))
	switch {
	case fault.Is(err, fault.Invalid):
		return c.showLadder(w, r, http.StatusUnprocessableEntity, "", source, fieldsOf(err))
	case fault.Is(err, fault.Conflict):
		return c.showLadder(w, r, http.StatusUnprocessableEntity, "", source, []fault.Field{{Path: "number", Code: "number_taken", Message: safeMessage(err)}})
	case err != nil:
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/ladder/"+url.PathEscape(v.ID), http.StatusSeeOther)
	return nil
}

func (c *Console) activateLadder(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Ladder.Activate(r.Context(), r.PathValue("id"), actor(r))
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "ladder.activated", Args: []any{v.ID}})
	http.Redirect(w, r, "/ladder", http.StatusSeeOther)
	return nil
}

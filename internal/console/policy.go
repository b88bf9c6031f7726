package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// policyView is one version of the policy and what one does with it.
type policyView struct {
	Shown     *versionView
	Versions  []versionView
	Against   string // id of the version it is compared with
	Changes   []policy.Change
	Rules     []trial.Figures
	Auto      policy.Automation
	BackTests []trial.BackTest
	From      time.Time // days that the form of a back-test begins with
	Until     time.Time
	Writes    bool
}

type versionView struct {
	verdict.Version
	Who string // name of who saved it
}

// policyPage shows the policy in force, or the version in the path, compared
// with the one in force or the one asked for.
func (c *Console) policyPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := policyView{Writes: who(r).Can(access.PolicyWrite), From: c.today().AddDate(0, -3, 0), Until: c.today()}
	var err error
	if v.Versions, err = c.versions(ctx); err != nil {
		return err
	}
	id, active := r.PathValue("id"), ""
	for i := range v.Versions {
		one := &v.Versions[i]
		if one.Active {
			active = one.ID
		}
		if id == "" && one.Active || id != "" && one.ID == id {
			v.Shown = one
		}
	}
	if v.Shown == nil {
		if id != "" {
			return fault.New(fault.NotFound, "there is no such version of the policy")
		}
		return c.show(w, r, http.StatusOK, "policy", "policy.title", v)
	}
	v.Against = cmp.Or(r.URL.Query().Get("against"), active)
	if err := c.policyDetails(ctx, &v); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "policy", "policy.title", v)
}

// policyDetails compares and measures the version that is shown.
func (c *Console) policyDetails(ctx context.Context, v *policyView) error {
	_, p, err := c.Bench.Version(ctx, v.Shown.ID)
	if err != nil {
		return err
	}
	v.Auto = p.Automation()
	if v.Rules, err = c.Bench.Rules(ctx, p); err != nil {
		return err
	}
	if v.Against != v.Shown.ID {
		_, other, err := c.Bench.Version(ctx, v.Against)
		if err != nil {
			return err
		}
		v.Changes = policy.Changes(other, p)
	}
	v.BackTests, err = c.Bench.Store.BackTests(ctx, v.Shown.ID, 10)
	return err
}

func (c *Console) versions(ctx context.Context) ([]versionView, error) {
	list, err := c.Store.Policies(ctx)
	if err != nil {
		return nil, err
	}
	people, out := newLookup(c.Store.Account), make([]versionView, len(list))
	for i, v := range list {
		person, err := people.row(ctx, v.ActorID)
		if err != nil {
			return nil, err
		}
		out[i] = versionView{v, cmp.Or(person.Name, v.ActorID)}
	}
	return out, nil
}

type policyFormView struct {
	Source string
	Rows   int // lines of the text area
	From   string
	Wrong  []fault.Field
}

// policyForm offers the text of a version, by default of the one in force, to
// make the next of it.
func (c *Console) policyForm(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	from := r.URL.Query().Get("from")
	if from == "" {
		active, err := c.Store.ActivePolicy(ctx)
		if err != nil {
			return err
		}
		from = active.ID
	}
	v, _, err := c.Bench.Version(ctx, from)
	if err != nil {
		return err
	}
	return c.showPolicyForm(w, r, http.StatusOK, policyFormView{Source: v.Source, From: from})
}

func (c *Console) showPolicyForm(w http.ResponseWriter, r *http.Request, status int, v policyFormView) error {
	v.Rows = min(60, 3+strings.Count(v.Source, "\n"))
	return c.show(w, r, status, "policyform", "trial.new", v)
}

func (c *Console) savePolicy(w http.ResponseWriter, r *http.Request) error {
	source := strings.ReplaceAll(r.PostFormValue("source"), "\r\n", "\n")
	v, err := c.Bench.Save(r.Context(), source, false, who(r).ID)
	if mendable(err) {
		wrong := fieldsOf(err)
		switch {
		case fault.Is(err, fault.Conflict):
			wrong = []fault.Field{{Path: "number", Code: "number_taken", Message: safeMessage(err)}}
		case len(wrong) == 0:
			wrong = []fault.Field{{Code: string(fault.CodeOf(err)), Message: safeMessage(err)}}
		}
		return c.showPolicyForm(w, r, http.StatusUnprocessableEntity, policyFormView{Source: source, From: r.PostFormValue("from"), Wrong: wrong})
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "trial.saved", Args: []any{v.ID}})
	http.Redirect(w, r, "/policy/"+url.PathEscape(v.ID), http.StatusSeeOther)
	return nil
}

func (c *Console) activatePolicy(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Bench.Activate(r.Context(), r.PathValue("id"), who(r).ID)
	return c.backToPolicy(w, r, "trial.activated", v.ID, err)
}

func (c *Console) shadowPolicy(w http.ResponseWriter, r *http.Request) error {
	id, on := r.PathValue("id"), r.PostFormValue("on") == "yes"
	key := "trial.shadow_stopped"
	if on {
		key = "trial.shadow_started"
	}
	return c.backToPolicy(w, r, key, id, c.Bench.Shadow(r.Context(), id, on, who(r).ID))
}

// backToPolicy shows the version again; a conflict is said there.
func (c *Console) backToPolicy(w http.ResponseWriter, r *http.Request, key, id string, err error) error {
	id = cmp.Or(id, r.PathValue("id"))
	switch {
	case fault.Is(err, fault.Conflict):
		c.flashLater(r, flash{Kind: "review", Key: "trial.conflict"})
	case err != nil:
		return err
	default:
		c.flashLater(r, flash{Kind: "pass", Key: key, Args: []any{id}})
	}
	http.Redirect(w, r, "/policy/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

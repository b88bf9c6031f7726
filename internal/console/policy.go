package console

import (
	"net/http"

	"assay/internal/fault"
	"assay/internal/verdict"
)

type policyView struct {
	Shown    *verdict.Version
	Versions []verdict.Version
}

// policyPage shows the policy in force, or the version in the path.
func (c *Console) policyPage(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Store.Policies(r.Context())
	if err != nil {
		return err
	}
	v := policyView{Versions: list}
	id := r.PathValue("id")
	for i := range list {
		if id == "" && list[i].Active || id != "" && list[i].ID == id {
			v.Shown = &list[i]
		}
	}
	if v.Shown == nil && id != "" {
		return fault.New(fault.NotFound, "there is no such version of the policy")
	}
	return c.show(w, r, http.StatusOK, "policy", "policy.title", v)
}

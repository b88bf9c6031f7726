package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/verdict"
)

// PolicyIn is a new version of the policy.
type PolicyIn struct {
	Source   string `json:"source" maxLength:"1000000" doc:"The YAML, with its name and number."`
	Activate bool   `json:"activate,omitempty" doc:"Put it in force at once."`
}

type savingPolicy struct{ Body PolicyIn }

func (a *API) registerPolicies() {
	a.registerTrials()
	const tag = "Policies"
	read, write := way{permission: access.PolicyRead}, way{permission: access.PolicyWrite, replays: true}
	handle(a, deed("list-policies", http.MethodGet, "/policies", tag, "List the versions of the policy", "Newest first.", read),
		func(ctx context.Context, _ *none) (*answered[Page[verdict.Version]], error) {
			rows, err := a.d.Store.Policies(ctx)
			if rows == nil {
				rows = []verdict.Version{}
			}
			return answerWith(Page[verdict.Version]{Items: rows}, err)
		})
	handle(a, deed("get-active-policy", http.MethodGet, "/policies/active", tag, "Read the policy in force", "", read),
		func(ctx context.Context, _ *none) (*answered[verdict.Version], error) {
			return answerWith(a.d.Store.ActivePolicy(ctx))
		})
	handle(a, deed("put-policy", http.MethodPut, "/policies", tag, "Save a new version of the policy",
		"Its name and number are in the text. Problems are reported with their lines. A version is never changed: give a changed text a higher number.", write), a.putPolicy)
	handle(a, deed("activate-policy", http.MethodPost, "/policies/{id}/activate", tag, "Put a version of the policy in force", "An older one too.", write),
		func(ctx context.Context, in *byID) (*answered[verdict.Version], error) {
			v, err := a.d.Bench.Activate(ctx, in.ID, me(ctx).ID)
			return answerWith(v, absent(err, "policy", in.ID))
		})
}

func (a *API) putPolicy(ctx context.Context, in *savingPolicy) (*answered[verdict.Version], error) {
	return answerWith(a.d.Bench.Save(ctx, in.Body.Source, in.Body.Activate, me(ctx).ID))
}

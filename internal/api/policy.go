package api

import (
	"context"
	"encoding/json"
	"net/http"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// PolicyIn is a new version of the policy.
type PolicyIn struct {
	Source   string `json:"source" maxLength:"1000000" doc:"The YAML, with its name and number."`
	Activate bool   `json:"activate,omitempty" doc:"Put it in force at once."`
}

type savingPolicy struct{ Body PolicyIn }

func (a *API) registerPolicies() {
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
			err := a.d.Store.Atomic(ctx, func(ctx context.Context) error { return a.activate(ctx, in.ID) })
			if err != nil {
				return nil, absent(err, "policy", in.ID)
			}
			return answerWith(a.d.Store.ActivePolicy(ctx))
		})
}

func (a *API) putPolicy(ctx context.Context, in *savingPolicy) (*answered[verdict.Version], error) {
	p, err := policy.Parse([]byte(in.Body.Source))
	if err != nil {
		return nil, err
	}
	v := verdict.Version{ID: p.ID(), Source: in.Body.Source, ActorID: me(ctx).ID, CreatedAt: a.d.Now()}
	var kept verdict.Version
	err = a.d.Store.Atomic(ctx, func(ctx context.Context) error {
		old, known, err := a.policy(ctx, v.ID)
		switch {
		case err != nil:
			return err
		case known && old.Source != v.Source:
			return fault.New(fault.Conflict, "the policy %s is kept already with another text; give yours a higher number", v.ID)
		case !known:
			if err := a.d.Store.PutPolicy(ctx, v); err != nil {
				return err
			}
			if err := a.writeDown(ctx, "policy.saved", v.ID); err != nil {
				return err
			}
		}
		if in.Body.Activate {
			if err := a.activate(ctx, v.ID); err != nil {
				return err
			}
		}
		kept, _, err = a.policy(ctx, v.ID)
		return err
	})
	return answerWith(kept, err)
}

// policy finds a version among the few there are.
func (a *API) policy(ctx context.Context, id string) (verdict.Version, bool, error) {
	all, err := a.d.Store.Policies(ctx)
	if err != nil {
		return verdict.Version{}, false, err
	}
	for _, v := range all {
		if v.ID == id {
			return v, true, nil
		}
	}
	return verdict.Version{}, false, nil
}

func (a *API) activate(ctx context.Context, id string) error {
	if err := a.d.Store.ActivatePolicy(ctx, id); err != nil {
		return err
	}
	return a.writeDown(ctx, "policy.activated", id)
}

func (a *API) writeDown(ctx context.Context, kind, subject string) error {
	_, err := a.d.Store.Append(ctx, ledger.Entry{At: a.d.Now(), Actor: me(ctx).ID, Kind: kind, Subject: subject, Data: json.RawMessage(`{}`)})
	return err
}

package api

import (
	"context"
	"net/http"

	"assay/internal/access"
)

// Me is what a caller may know of himself.
type Me struct {
	ID          string              `json:"id" doc:"Id of the key."`
	Name        string              `json:"name"`
	Role        access.Role         `json:"role"`
	OrgID       string              `json:"org_id,omitempty" doc:"The rights holder or seller whose rows alone the key reaches."`
	Permissions []access.Permission `json:"permissions" doc:"What the key may do: its scopes that its role has."`
}

func (a *API) registerMe() {
	handle(a, deed("get-me", http.MethodGet, "/me", "Access", "Who am I", "What the key in use is and what it may do.", way{}),
		func(ctx context.Context, _ *none) (*answered[Me], error) {
			p := me(ctx)
			m := Me{ID: p.ID, Name: p.Name, Role: p.Role, OrgID: p.OrgID, Permissions: []access.Permission{}}
			for _, perm := range access.Permissions {
				if p.Can(perm) {
					m.Permissions = append(m.Permissions, perm)
				}
			}
			return &answered[Me]{m}, nil
		})
}

package console

import (
	"net/http"
	"slices"
	"time"

	"assay/internal/access"
	"assay/internal/fault"
)

type keysView struct {
	Keys   []keyRow
	Key    access.Key
	Secret string // shown once, right after the key was made
	Roles  []choice
	Scopes []choice
	Wrong  map[string]*fault.Field
	Opened bool // the form stands open
}

type keyRow struct {
	access.Key
	Holds bool
}

func (c *Console) keysPage(w http.ResponseWriter, r *http.Request) error {
	return c.showKeys(w, r, http.StatusOK, keysView{Key: access.Key{Role: access.Admin}})
}

func (c *Console) showKeys(w http.ResponseWriter, r *http.Request, status int, v keysView) error {
	list, err := c.Store.Keys(r.Context())
	if err != nil {
		return err
	}
	for _, k := range list {
		v.Keys = append(v.Keys, keyRow{k, k.RevokedAt == nil && (k.ExpiresAt == nil || c.Now().Before(*k.ExpiresAt))})
	}
	for _, role := range access.Roles {
		v.Roles = append(v.Roles, choice{string(role), "enum.role." + string(role), role == v.Key.Role})
	}
	for _, p := range access.Permissions {
		v.Scopes = append(v.Scopes, choice{string(p), "enum.permission." + string(p), slices.Contains(v.Key.Scopes, p)})
	}
	return c.show(w, r, status, "keys", "keys.title", v)
}

func (c *Console) createKey(w http.ResponseWriter, r *http.Request) error {
	expires, wrong := dayField(r, "expires_at")
	k := access.Key{Name: r.PostFormValue("name"), Role: access.Role(r.PostFormValue("role")), ActorID: who(r).ID, ExpiresAt: expires}
	if k.Role == access.Holder || k.Role == access.Seller {
		k.OrgID = r.PostFormValue("org_id")
	}
	for _, s := range r.PostForm["scopes"] {
		k.Scopes = append(k.Scopes, access.Permission(s))
	}
	if len(wrong) > 0 {
		return c.showKeys(w, r, http.StatusUnprocessableEntity, keysView{Key: k, Wrong: byPath(wrong), Opened: true})
	}
	secret, made, err := c.Gate.NewKey(r.Context(), k)
	if mendable(err) {
		return c.showKeys(w, r, http.StatusUnprocessableEntity, keysView{Key: k, Wrong: wrongOf(err, "name"), Opened: true})
	}
	if err != nil {
		return err
	}
	return c.showKeys(w, r, http.StatusCreated, keysView{Key: access.Key{Role: access.Admin, Name: made.Name, CreatedAt: time.Time{}}, Secret: secret})
}

func (c *Console) revokeKey(w http.ResponseWriter, r *http.Request) error {
	k, err := c.Gate.RevokeKey(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "keys.revoked", Args: []any{k.Name}})
	http.Redirect(w, r, "/keys", http.StatusSeeOther)
	return nil
}

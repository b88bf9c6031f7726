package access

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"assay/internal/fault"
)

// NewKey checks and stores a key and returns its secret, which is not kept
// and cannot be had again.
func (g *Gate) NewKey(ctx context.Context, k Key) (secret string, _ Key, err error) {
	if err := invalid("the key cannot be made as it is", g.checkKey(k)); err != nil {
		return "", Key{}, err
	}
	secret = newSecret()
	k.ID = uuid.Must(uuid.NewV7()).String()
	k.Hash, k.CreatedAt, k.RevokedAt = hashKey(secret), g.Now(), nil
	err = g.record(ctx, "key.created", k.ID, func(ctx context.Context) error { return g.Store.PutKey(ctx, k) })
	if err != nil {
		return "", Key{}, err
	}
	return secret, k, nil
}

// RevokeKey ends a key at once. Revoking again changes nothing.
func (g *Gate) RevokeKey(ctx context.Context, id string) (Key, error) {
	k, err := g.keyByID(ctx, id)
	if err != nil || k.RevokedAt != nil {
		return k, err
	}
	now := g.Now()
	k.RevokedAt = &now
	err = g.record(ctx, "key.revoked", k.ID, func(ctx context.Context) error { return g.Store.PutKey(ctx, k) })
	return k, err
}

func (g *Gate) keyByID(ctx context.Context, id string) (Key, error) {
	all, err := g.Store.Keys(ctx)
	if err != nil {
		return Key{}, err
	}
	if i := slices.IndexFunc(all, func(k Key) bool { return k.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Key{}, fault.New(fault.NotFound, "there is no key with this id")
}

func (g *Gate) checkKey(k Key) []fault.Field {
	f := append(checkName(k.Name), checkRole(k.Role, k.OrgID)...)
	if len(k.Scopes) == 0 {
		f = append(f, fault.Field{Path: "scopes", Code: "missing", Message: "name at least one thing the key may do, e.g. listing:write"})
	}
	for _, s := range k.Scopes {
		if !slices.Contains(granted[k.Role], s) {
			f = append(f, fault.Field{Path: "scopes", Code: "not_of_role", Message: "the role of this key does not have " + string(s)})
		}
	}
	if k.ExpiresAt != nil && !k.ExpiresAt.After(g.Now()) {
		f = append(f, fault.Field{Path: "expires_at", Code: "past", Message: "give a time to come, or leave it out"})
	}
	return f
}

package storetest

import (
	"bytes"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/fault"
)

var accessTests = map[string]func(*testing.T, *kit){
	"accounts": accounts,
	"keys":     keys,
	"sessions": sessions,
	"answers":  answers,
}

func accounts(t *testing.T, k *kit) {
	var a access.Account
	fill(&a)
	a.Email = "b@example.org"
	k.must(k.PutAccount(k.ctx, a))
	same(t, "account", got[access.Account](k)(k.Account(k.ctx, a.ID)), a)
	same(t, "account by e-mail", got[access.Account](k)(k.AccountByEmail(k.ctx, a.Email)), a)
	a.Disabled, a.Name = false, "new"
	k.must(k.PutAccount(k.ctx, a))
	same(t, "replaced account", got[access.Account](k)(k.Account(k.ctx, a.ID)), a)

	other := access.Account{ID: "other", Email: a.Email, CreatedAt: noon, UpdatedAt: noon}
	k.refuses(fault.Conflict, k.PutAccount(k.ctx, other))
	other.Email = "a@example.org"
	k.must(k.PutAccount(k.ctx, other))
	same(t, "accounts", got[[]access.Account](k)(k.Accounts(k.ctx)), []access.Account{other, a})
	_, err := k.Account(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	_, err = k.AccountByEmail(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func keys(t *testing.T, k *kit) {
	var key access.Key
	fill(&key)
	k.must(k.PutKey(k.ctx, key))
	same(t, "key", got[access.Key](k)(k.KeyByHash(k.ctx, key.Hash)), key)
	key.ExpiresAt, key.RevokedAt = nil, nil
	k.must(k.PutKey(k.ctx, key))
	same(t, "keys", got[[]access.Key](k)(k.Keys(k.ctx)), []access.Key{key})
	_, err := k.KeyByHash(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	k.refuses(fault.Conflict, k.PutKey(k.ctx, access.Key{ID: "other", Hash: key.Hash}))
}

func sessions(t *testing.T, k *kit) {
	data := []byte{0, 1, '\'', 255}
	k.must(k.PutSession(k.ctx, "token", []byte("old"), noon.Add(time.Hour)))
	k.must(k.PutSession(k.ctx, "token", data, noon.Add(time.Hour)))
	if b := got[[]byte](k)(k.Session(k.ctx, "token", noon)); !bytes.Equal(b, data) {
		t.Fatalf("session data %v", b)
	}
	_, err := k.Session(k.ctx, "token", noon.Add(time.Hour))
	k.refuses(fault.NotFound, err)
	k.must(k.PutSession(k.ctx, "second", data, noon.Add(2*time.Hour)))
	k.must(k.DeleteExpired(k.ctx, noon.Add(time.Hour)))
	_, err = k.Session(k.ctx, "token", noon)
	k.refuses(fault.NotFound, err)
	got[[]byte](k)(k.Session(k.ctx, "second", noon))
	k.must(k.DeleteSession(k.ctx, "second"))
	k.must(k.DeleteSession(k.ctx, "second"))
	_, err = k.Session(k.ctx, "second", noon)
	k.refuses(fault.NotFound, err)
}

func answers(t *testing.T, k *kit) {
	recall := func(hash string) (int, []byte, bool) {
		t.Helper()
		status, b, found, err := k.Recall(k.ctx, "p", "key", hash)
		k.must(err)
		return status, b, found
	}
	if _, _, found := recall("h"); found {
		t.Fatal("recalled what was never said")
	}
	k.must(k.Remember(k.ctx, "p", "key", "h", 201, []byte("{}"), noon))
	k.must(k.Remember(k.ctx, "p", "key", "h", 500, []byte("later"), noon))
	if status, b, found := recall("h"); status != 201 || string(b) != "{}" || !found {
		t.Fatalf("recalled %d %s %v", status, b, found)
	}
	_, _, _, err := k.Recall(k.ctx, "p", "key", "another request")
	k.refuses(fault.Conflict, err)
	k.refuses(fault.Conflict, k.Remember(k.ctx, "p", "key", "another request", 200, nil, noon))
	k.must(k.Remember(k.ctx, "somebody else", "key", "h2", 200, nil, noon))
	k.must(k.DeleteExpired(k.ctx, noon.Add(23*time.Hour)))
	if _, _, found := recall("h"); !found {
		t.Fatal("forgotten within a day")
	}
	k.must(k.DeleteExpired(k.ctx, noon.Add(24*time.Hour)))
	if _, _, found := recall("h"); found {
		t.Fatal("remembered after a day")
	}
}

package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// Tries of passwords, by whom they are for and where they come from. The pair
// has the tightest limit; the account's own is wide, so that a stranger who
// guesses elsewhere does not lock its owner out.
const (
	triesOfPair    = 10
	triesOfAccount = 100
	triesOfNetwork = 60
	triesRefill    = 15 * time.Minute
	triesNames     = 100_000
	// hashesAtOnce bounds what sign-ins may use together: 4 x 19 MiB.
	hashesAtOnce = 4
)

const keyPrefix = "assay_"

// Gate decides who somebody is. Its zero value with a Store and a clock is
// ready; it is safe for concurrent use.
type Gate struct {
	Store Store
	Now   func() time.Time
	// Ledger and Atomic, when set, record changes of accounts and keys in the
	// transaction that makes them.
	Ledger ledger.Store
	Atomic func(ctx context.Context, do func(ctx context.Context) error) error

	once  sync.Once
	slots chan struct{} // one per hash that may be computed at a time
	decoy string        // hash of nobody's password
	tries throttle
}

func (g *Gate) ready() {
	g.once.Do(func() {
		g.slots = make(chan struct{}, hashesAtOnce)
		g.tries.refill, g.tries.names = triesRefill, triesNames
		g.decoy, _ = HashPassword(rand.Text())
	})
}

// errSignIn is the only thing a failed sign-in says: it must not tell whether
// the account exists, is disabled, or is being guessed at.
func errSignIn() error {
	return fault.New(fault.Unauthenticated, "e-mail address and password do not match, or there were too many attempts: check them, wait a few minutes and try again")
}

// SignIn finds the account of an e-mail address and password. Every failure
// is the same fault.Unauthenticated after the same work. remoteIP is the
// address of the caller, with or without a port.
func (g *Gate) SignIn(ctx context.Context, email, password, remoteIP string) (Account, error) {
	g.ready()
	email = FoldEmail(email)
	if len(email) > maxEmail || len(password) > maxPassword {
		return Account{}, errSignIn()
	}
	names, ok := g.takeTry(email, network(remoteIP))
	if !ok {
		return Account{}, errSignIn()
	}
	a, err := g.Store.AccountByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Account{}, err
	}
	hash := a.PasswordHash
	if err != nil || hash == "" {
		hash = g.decoy
	}
	right, verr := g.verify(ctx, password, hash)
	if verr != nil {
		return Account{}, verr
	}
	if err != nil || a.PasswordHash == "" || a.Disabled || !right {
		return Account{}, errSignIn()
	}
	for _, n := range names {
		g.tries.giveBack(n)
	}
	return a, nil
}

// takeTry uses up a try before the password is looked at, so that many
// guesses at once count like many in a row.
func (g *Gate) takeTry(email, network string) (names []string, ok bool) {
	now := g.Now()
	for _, b := range []struct {
		name string
		size int
	}{
		{"pair " + network + " " + email, triesOfPair},
		{"network " + network, triesOfNetwork},
		{"account " + email, triesOfAccount},
	} {
		if !g.tries.take(b.name, b.size, now) {
			return nil, false
		}
		names = append(names, b.name)
	}
	return names, true
}

// verify hashes in one of a few slots, so that a flood of sign-ins waits
// instead of taking all memory.
func (g *Gate) verify(ctx context.Context, password, hash string) (bool, error) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		return VerifyPassword(password, hash)
	case <-ctx.Done():
		return false, fault.Wrap(ctx.Err(), fault.Unavailable, "too many people are signing in just now; try again")
	}
}

// PrincipalOf is who an account acts as. Missing and disabled accounts are
// fault.Unauthenticated.
func (g *Gate) PrincipalOf(ctx context.Context, accountID string) (Principal, error) {
	a, err := g.Store.Account(ctx, accountID)
	if fault.Is(err, fault.NotFound) || err == nil && a.Disabled {
		return Principal{}, fault.New(fault.Unauthenticated, "sign in again")
	}
	if err != nil {
		return Principal{}, err
	}
	return g.atDesks(ctx, Principal{ID: a.ID, Name: a.Name, Role: a.Role, OrgID: a.OrgID, Language: a.Language, Zone: a.Zone})
}

// Key is who the holder of a secret acts as. Unknown, expired and revoked keys
// are fault.Unauthenticated.
func (g *Gate) Key(ctx context.Context, secret string) (Principal, error) {
	refused := fault.New(fault.Unauthenticated, "this API key is not known, expired or revoked: ask an administrator for a new one")
	if !strings.HasPrefix(secret, keyPrefix) || len(secret) > 100 {
		return Principal{}, refused
	}
	k, err := g.Store.KeyByHash(ctx, hashKey(secret))
	if fault.Is(err, fault.NotFound) {
		return Principal{}, refused
	}
	if err != nil {
		return Principal{}, err
	}
	if k.RevokedAt != nil || k.ExpiresAt != nil && !g.Now().Before(*k.ExpiresAt) {
		return Principal{}, refused
	}
	scopes := k.Scopes
	if scopes == nil { // nil would mean everything
		scopes = []Permission{}
	}
	return g.atDesks(ctx, Principal{ID: k.ID, Name: k.Name, Role: k.Role, OrgID: k.OrgID, Scopes: scopes})
}

// atDesks limits a reviewer who is a member of desks to their cases.
func (g *Gate) atDesks(ctx context.Context, p Principal) (Principal, error) {
	if p.Role != Reviewer {
		return p, nil
	}
	rights, err := g.Store.DeskRights(ctx, p.ID)
	if err == nil && len(rights) > 0 {
		p.Desks = rights
	}
	return p, err
}

// newSecret makes 256 random bits in a form that secret scanners can find.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return keyPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// hashKey needs no salt and no slow hash: the secret is as random as the sum.
func hashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

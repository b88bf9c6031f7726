// Package access knows who is asking and what they may do. Every door asks
// here, and only here.
package access

import (
	"context"
	"slices"
	"time"
)

// Role is what kind of person an account belongs to.
type Role string

const (
	Admin    Role = "admin"    // runs the installation
	Reviewer Role = "reviewer" // decides cases
	Holder   Role = "holder"   // rights holder; sees its own brands
	Seller   Role = "seller"   // sees its own shop
	Partner  Role = "partner"  // outside body with a read view of the registry
)

// Roles lists every role, in the order shown to people.
var Roles = []Role{Admin, Reviewer, Holder, Seller, Partner}

// Permission is one thing that can be allowed. API key scopes are the same words.
type Permission string

const (
	RegistryRead     Permission = "registry:read"  // holders: their own; sellers: their own licences
	RegistryWrite    Permission = "registry:write" // holders: their own
	ListingRead      Permission = "listing:read"   // sellers: their own; holders: those matched with their brands
	ListingWrite     Permission = "listing:write"  // take listings in; sellers: their own
	ListingScreen    Permission = "listing:screen" // dry run before publication
	CaseRead         Permission = "case:read"      // holders: cases of their brands
	CaseDecide       Permission = "case:decide"
	SellerRead       Permission = "seller:read"
	SellerWrite      Permission = "seller:write"
	PolicyRead       Permission = "policy:read"
	PolicyWrite      Permission = "policy:write"
	AccountManage    Permission = "account:manage"    // people, keys
	SystemRead       Permission = "system:read"       // jobs, metrics page, ledger
	EnforcementWrite Permission = "enforcement:write" // act on shops and listings, take actions back, answer proposals to close a shop
	StatementRead    Permission = "statement:read"    // reasons for decisions; sellers: their own letters, holders: their answers
	HearingRead      Permission = "hearing:read"      // answers and appeals; sellers and holders: those they are a party of
	HearingWrite     Permission = "hearing:write"     // sellers and holders: answer, reply, appeal; staff: give more time
	SearchUse        Permission = "search:use"        // search listings by wordings; saved searches and alerts: the organisation's own
	NoticeRead       Permission = "notice:read"       // holders: their own
	NoticeWrite      Permission = "notice:write"      // file, complete and withdraw; holders: their own; staff: on behalf of anybody
)

// Permissions lists every permission.
var Permissions = []Permission{RegistryRead, RegistryWrite, ListingRead, ListingWrite, ListingScreen, CaseRead,
	CaseDecide, SellerRead, SellerWrite, PolicyRead, PolicyWrite, AccountManage, SystemRead, SearchUse, EnforcementWrite, StatementRead, HearingRead, HearingWrite, NoticeRead, NoticeWrite}

var granted = map[Role][]Permission{
	Admin:    Permissions,
	Reviewer: {RegistryRead, ListingRead, ListingScreen, CaseRead, CaseDecide, SellerRead, PolicyRead, EnforcementWrite, SearchUse, StatementRead, HearingRead, HearingWrite, NoticeRead, NoticeWrite},
	Holder:   {RegistryRead, RegistryWrite, ListingRead, CaseRead, SearchUse, StatementRead, HearingRead, HearingWrite, NoticeRead, NoticeWrite},
	Seller:   {RegistryRead, ListingRead, ListingWrite, ListingScreen, SellerRead, StatementRead, HearingRead, HearingWrite},
	Partner:  {RegistryRead},
}

// Principal is who is asking: an account with a session, or an API key.
type Principal struct {
	ID       string // account or key id
	Name     string
	Role     Role
	OrgID    string       // Holder: registry.RightsHolder.ID; Seller: seller.Seller.ID
	Scopes   []Permission // nil: all of the role (sessions); keys: these and no more
	Language string
	Zone     string // IANA name of the time zone he reads times in; "": UTC
	// Desks are the regional teams a reviewer is limited to; nil: no limit.
	Desks []DeskRight
}

// DeskRight is what somebody may do with the cases of a desk: see them, and
// decide them or not. Desk "" is the common queue.
type DeskRight struct {
	Desk   string
	Decide bool
}

// Can reports whether the principal may do p at all. What rows it may do it
// to is Own's business.
func (p Principal) Can(perm Permission) bool {
	return slices.Contains(granted[p.Role], perm) && (p.Scopes == nil || slices.Contains(p.Scopes, perm))
}

// HolderScope is the rights holder whose rows alone the principal may touch,
// and whether there is such a limit.
func (p Principal) HolderScope() (holderID string, limited bool) { return p.OrgID, p.Role == Holder }

// SellerScope is the same for a seller.
func (p Principal) SellerScope() (sellerID string, limited bool) { return p.OrgID, p.Role == Seller }

// Account is a person who can sign in.
type Account struct {
	ID           string    `json:"id"`
	Email        string    `json:"email"` // lower case, unique
	Name         string    `json:"name"`
	Role         Role      `json:"role"`
	OrgID        string    `json:"org_id,omitempty"`
	Language     string    `json:"language,omitempty"`
	Zone         string    `json:"zone,omitempty"` // IANA name of the time zone, "" for UTC
	PasswordHash string    `json:"-"`              // argon2id, PHC string
	Disabled     bool      `json:"disabled"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Key lets a program in. The secret is shown once; its hash is kept.
type Key struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Hash      string       `json:"-"` // hex SHA-256 of the secret
	Role      Role         `json:"role"`
	OrgID     string       `json:"org_id,omitempty"`
	Scopes    []Permission `json:"scopes"`
	ActorID   string       `json:"actor_id"`
	ExpiresAt *time.Time   `json:"expires_at,omitempty"`
	RevokedAt *time.Time   `json:"revoked_at,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
}

// Store keeps accounts, keys, sessions and idempotency records. Missing rows
// give fault.NotFound; a second account with an e-mail address fault.Conflict.
type Store interface {
	PutAccount(ctx context.Context, a Account) error
	Account(ctx context.Context, id string) (Account, error)
	AccountByEmail(ctx context.Context, email string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)

	PutKey(ctx context.Context, k Key) error
	KeyByHash(ctx context.Context, hash string) (Key, error)
	Keys(ctx context.Context) ([]Key, error)

	// DeskRights are the desks of which an account or a key is a member.
	DeskRights(ctx context.Context, accountID string) ([]DeskRight, error)

	PutSession(ctx context.Context, token string, data []byte, expiry time.Time) error
	Session(ctx context.Context, token string, now time.Time) ([]byte, error)
	DeleteSession(ctx context.Context, token string) error
	DeleteExpired(ctx context.Context, now time.Time) error // sessions and idempotency records

	// Remember keeps the answer to an idempotency key of a principal; when
	// there is one already for another request hash it is a fault.Conflict,
	// for the same one it returns the stored answer and found=true.
	Remember(ctx context.Context, principal, key, requestHash string, status int, answer []byte, at time.Time) error
	Recall(ctx context.Context, principal, key, requestHash string) (status int, answer []byte, found bool, err error)
}

type contextKey struct{}

// With puts the principal into ctx; From takes it out.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From is the principal of ctx, if somebody is known.
func From(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(contextKey{}).(Principal)
	return p, ok
}

// Granted is everything a role may do; a key without narrower scopes gets it.
func Granted(r Role) []Permission { return slices.Clone(granted[r]) }

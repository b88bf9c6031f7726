package api

import (
	"context"
	"net/http"
	"time"

	"assay/internal/access"
)

// AccountIn is what an administrator says of a person who may sign in.
type AccountIn struct {
	Name     string      `json:"name" minLength:"1" maxLength:"200"`
	Role     access.Role `json:"role"`
	OrgID    string      `json:"org_id,omitempty" doc:"Holders: id of the rights holder. Sellers: id here of the seller."`
	Language string      `json:"language,omitempty" pattern:"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" doc:"Of pages and mail."`
	Zone     string      `json:"zone,omitempty" maxLength:"64" example:"Asia/Seoul" doc:"IANA name of the time zone in which pages show times; UTC when it is missing."`
}

// NewAccountIn is an account with its first password.
type NewAccountIn struct {
	AccountIn
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"512" writeOnly:"true" doc:"At least 12 characters; the person can change it."`
}

// KeyIn is a key to be made.
type KeyIn struct {
	Name      string              `json:"name" minLength:"1" maxLength:"200" doc:"Which program it is for."`
	Role      access.Role         `json:"role"`
	OrgID     string              `json:"org_id,omitempty" doc:"Holders: id of the rights holder. Sellers: id here of the seller."`
	Scopes    []access.Permission `json:"scopes" minItems:"1" maxItems:"30" doc:"What it may do, of what its role may."`
	ExpiresAt *time.Time          `json:"expires_at,omitempty"`
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	access.Key
	Secret string `json:"secret" example:"assay_..." doc:"Send it as Authorization: Bearer. It is not kept and cannot be had again."`
}

type changingAccount struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the account."`
	Body struct {
		AccountIn
		Disabled bool `json:"disabled,omitempty" doc:"May not sign in."`
	} `nameHint:"AccountChange"`
}

type settingPassword struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the account."`
	Body struct {
		Password string `json:"password" maxLength:"512" writeOnly:"true" doc:"At least 12 characters."`
	} `nameHint:"PasswordIn"`
}

func (a *API) registerAccounts() {
	const tag = "Access"
	g := a.d.Gate
	manage := way{permission: access.AccountManage}
	secret := way{permission: access.AccountManage, secret: true}
	handle(a, deed("list-accounts", http.MethodGet, "/accounts", tag, "List accounts", "All of them.", manage),
		func(ctx context.Context, _ *none) (*answered[Page[access.Account]], error) {
			rows, err := a.d.Store.Accounts(ctx)
			return answerWith(Page[access.Account]{Items: rows}, err)
		})
	handle(a, deed("get-account", http.MethodGet, "/accounts/{id}", tag, "Read an account", "", manage),
		func(ctx context.Context, in *byID) (*answered[access.Account], error) {
			return answerWith(a.d.Store.Account(ctx, in.ID))
		})
	handle(a, deed("post-account", http.MethodPost, "/accounts", tag, "Make an account", "A second one with an e-mail address is refused (409).",
		way{permission: access.AccountManage, secret: true, status: http.StatusCreated}),
		func(ctx context.Context, in *struct{ Body NewAccountIn }) (*answered[access.Account], error) {
			b := in.Body
			acc, err := g.NewAccount(ctx, access.Account{Email: b.Email, Name: b.Name, Role: b.Role, OrgID: b.OrgID, Language: b.Language, Zone: b.Zone}, b.Password)
			return &answered[access.Account]{acc}, err
		})
	handle(a, deed("put-account", http.MethodPut, "/accounts/{id}", tag, "Change an account", "All but its e-mail address and password. The last administrator stays one.", manage),
		func(ctx context.Context, in *changingAccount) (*answered[access.Account], error) {
			b := in.Body
			return answerWith(g.ChangeAccount(ctx, access.Account{ID: in.ID, Name: b.Name, Role: b.Role, OrgID: b.OrgID, Language: b.Language, Zone: b.Zone, Disabled: b.Disabled}))
		})
	handle(a, deed("put-password", http.MethodPut, "/accounts/{id}/password", tag, "Set a password", "", secret),
		func(ctx context.Context, in *settingPassword) (*none, error) {
			return &none{}, g.SetPassword(ctx, in.ID, in.Body.Password)
		})
	a.registerKeys()
}

func (a *API) registerKeys() {
	const tag = "Access"
	manage := way{permission: access.AccountManage}
	handle(a, deed("list-keys", http.MethodGet, "/keys", tag, "List API keys", "All of them, without their secrets.", manage),
		func(ctx context.Context, _ *none) (*answered[Page[access.Key]], error) {
			rows, err := a.d.Store.Keys(ctx)
			if rows == nil {
				rows = []access.Key{}
			}
			return answerWith(Page[access.Key]{Items: rows}, err)
		})
	handle(a, deed("post-key", http.MethodPost, "/keys", tag, "Make an API key", "The secret is in this answer and nowhere else.", way{permission: access.AccountManage, secret: true, status: http.StatusCreated}),
		func(ctx context.Context, in *struct{ Body KeyIn }) (*answered[NewKey], error) {
			b := in.Body
			secret, k, err := a.d.Gate.NewKey(ctx, access.Key{Name: b.Name, Role: b.Role, OrgID: b.OrgID, Scopes: b.Scopes, ExpiresAt: b.ExpiresAt, ActorID: me(ctx).ID})
			return &answered[NewKey]{NewKey{k, secret}}, err
		})
	handle(a, deed("delete-key", http.MethodDelete, "/keys/{id}", tag, "Revoke an API key", "At once and for ever. It stays in the list.", manage),
		func(ctx context.Context, in *byID) (*answered[access.Key], error) {
			return answerWith(a.d.Gate.RevokeKey(ctx, in.ID))
		})
}

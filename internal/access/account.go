package access

import (
	"context"
	"encoding/json"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/ledger"
)

const (
	maxEmail = 254
	maxName  = 200
)

// FoldEmail is the form in which e-mail addresses are kept and compared.
func FoldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// NewAccount checks and stores an account with its first password. An e-mail
// address that is taken is fault.Conflict.
func (g *Gate) NewAccount(ctx context.Context, a Account, password string) (Account, error) {
	a.Email = FoldEmail(a.Email)
	if err := invalid("the account cannot be made as it is", checkAccount(a)); err != nil {
		return Account{}, err
	}
	if err := CheckPassword(password, a.Email); err != nil {
		return Account{}, err
	}
	var err error
	if a.PasswordHash, err = HashPassword(password); err != nil {
		return Account{}, err
	}
	if a.ID == "" {
		a.ID = uuid.Must(uuid.NewV7()).String()
	}
	a.CreatedAt, a.UpdatedAt = g.Now(), g.Now()
	return a, g.record(ctx, "account.created", a.ID, func(ctx context.Context) error { return g.Store.PutAccount(ctx, a) })
}

// ChangeAccount stores everything about an account but its password, e-mail
// address and time of creation. The last administrator stays one.
func (g *Gate) ChangeAccount(ctx context.Context, a Account) (Account, error) {
	var out Account
	err := g.record(ctx, "account.changed", a.ID, func(ctx context.Context) error {
		old, err := g.Store.Account(ctx, a.ID)
		if err != nil {
			return err
		}
		a.Email, a.PasswordHash, a.CreatedAt, a.UpdatedAt = old.Email, old.PasswordHash, old.CreatedAt, g.Now()
		if err := invalid("the account cannot be changed like this", checkAccount(a)); err != nil {
			return err
		}
		if old.Role == Admin && !old.Disabled && (a.Role != Admin || a.Disabled) {
			if err := g.anotherAdmin(ctx, a.ID); err != nil {
				return err
			}
		}
		out = a
		return g.Store.PutAccount(ctx, a)
	})
	return out, err
}

// SetPassword replaces the password of an account.
func (g *Gate) SetPassword(ctx context.Context, accountID, password string) error {
	a, err := g.Store.Account(ctx, accountID)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, a.Email); err != nil {
		return err
	}
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return g.record(ctx, "account.password", a.ID, func(ctx context.Context) error {
		now, err := g.Store.Account(ctx, a.ID)
		if err != nil {
			return err
		}
		now.PasswordHash, now.UpdatedAt = hash, g.Now()
		return g.Store.PutAccount(ctx, now)
	})
}

func (g *Gate) anotherAdmin(ctx context.Context, but string) error {
	all, err := g.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(o Account) bool { return o.ID != but && o.Role == Admin && !o.Disabled }) {
		return fault.New(fault.Conflict, "this is the last administrator; make another one first")
	}
	return nil
}

func checkAccount(a Account) []fault.Field {
	var f []fault.Field
	if addr, err := mail.ParseAddress(a.Email); err != nil || addr.Address != a.Email || len(a.Email) > maxEmail {
		f = append(f, fault.Field{Path: "email", Code: "bad_email", Message: "give an e-mail address such as kim@example.com"})
	}
	f = append(f, checkName(a.Name)...)
	if _, err := time.LoadLocation(a.Zone); err != nil || a.Zone == "Local" || len(a.Zone) > 64 {
		f = append(f, fault.Field{Path: "zone", Code: "bad_zone", Message: "give a time zone such as Asia/Seoul or Europe/Rome"})
	}
	return append(f, checkRole(a.Role, a.OrgID)...)
}

func checkName(name string) []fault.Field {
	if n := utf8.RuneCountInString(strings.TrimSpace(name)); n < 1 || n > maxName || !utf8.ValidString(name) {
		return []fault.Field{{Path: "name", Code: "bad_name", Message: "give a name of 1 to 200 characters"}}
	}
	return nil
}

func checkRole(r Role, org string) []fault.Field {
	bound := r == Holder || r == Seller
	switch {
	case !slices.Contains(Roles, r):
		return []fault.Field{{Path: "role", Code: "unknown_value", Message: "use admin, reviewer, holder, seller or partner"}}
	case bound && org == "":
		return []fault.Field{{Path: "org_id", Code: "missing", Message: "holders and sellers need the id of their organisation or shop"}}
	case !bound && org != "":
		return []fault.Field{{Path: "org_id", Code: "not_needed", Message: "only holders and sellers belong to one organisation or shop; leave it out"}}
	}
	return nil
}

func invalid(message string, f []fault.Field) error {
	if len(f) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: f}
}

// record does a change and writes down who made it, both or neither.
func (g *Gate) record(ctx context.Context, kind, subject string, do func(ctx context.Context) error) error {
	if g.Atomic == nil || g.Ledger == nil {
		return do(ctx)
	}
	return g.Atomic(ctx, func(ctx context.Context) error {
		if err := do(ctx); err != nil {
			return err
		}
		actor := "system"
		if p, ok := From(ctx); ok {
			actor = p.ID
		}
		_, err := g.Ledger.Append(ctx, ledger.Entry{At: g.Now(), Actor: actor, Kind: kind, Subject: subject, Data: json.RawMessage(`{}`)})
		return err
	})
}

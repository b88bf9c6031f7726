package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/access"
	"assay/internal/fault"
)

type accountRow struct {
	bun.BaseModel `bun:"table:accounts"`
	ID            string  `bun:"id,pk"`
	Email         string  `bun:"email"`
	Name          string  `bun:"name"`
	Role          string  `bun:"role"`
	OrgID         string  `bun:"org_id"`
	Language      string  `bun:"language"`
	Zone          string  `bun:"zone"`
	PasswordHash  string  `bun:"password_hash"`
	Disabled      bool    `bun:"disabled"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r accountRow) domain() (access.Account, error) {
	return access.Account{
		ID: r.ID, Email: r.Email, Name: r.Name, Role: access.Role(r.Role), OrgID: r.OrgID, Language: r.Language, Zone: r.Zone,
		PasswordHash: r.PasswordHash, Disabled: r.Disabled, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}, nil
}

// PutAccount implements access.Store: it inserts or replaces by ID.
func (s *Store) PutAccount(ctx context.Context, a access.Account) error {
	row := accountRow{
		ID: a.ID, Email: a.Email, Name: a.Name, Role: string(a.Role), OrgID: a.OrgID, Language: a.Language, Zone: a.Zone,
		PasswordHash: a.PasswordHash, Disabled: a.Disabled, CreatedAt: s.stamp(a.CreatedAt), UpdatedAt: s.stamp(a.UpdatedAt),
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		taken, err := db.NewSelect().Table("accounts").Where("email = ?", a.Email).Where("id <> ?", a.ID).Exists(ctx)
		if err != nil {
			return s.wrap(ctx, "look for the e-mail address", err)
		}
		if taken {
			return fault.New(fault.Conflict, "another account has this e-mail address")
		}
		_, err = db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store an account", err)
	})
}

// Account implements access.Store.
func (s *Store) Account(ctx context.Context, id string) (access.Account, error) {
	return one[accountRow](ctx, s, "account", byID(id))
}

// AccountByEmail implements access.Store.
func (s *Store) AccountByEmail(ctx context.Context, email string) (access.Account, error) {
	return one[accountRow](ctx, s, "account", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("email = ?", email) })
}

// Accounts implements access.Store, in the order of e-mail addresses.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	return many[accountRow](ctx, s, "accounts", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("email") })
}

package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/access"
	"assay/internal/casefile"
)

type teamRow struct {
	bun.BaseModel `bun:"table:desks,alias:d"`
	ID            string  `bun:"id,pk"`
	Name          string  `bun:"name"`
	Country       string  `bun:"country"`
	Rank          int     `bun:"rank"`
	Rules         string  `bun:"rules"` // JSON
	Common        bool    `bun:"common"`
	CreatedAt     instant `bun:"created_at"`
	UpdatedAt     instant `bun:"updated_at"`
}

func (r teamRow) domain() (casefile.Team, error) {
	t := casefile.Team{ID: r.ID, Name: r.Name, Country: r.Country, Rank: r.Rank, Common: r.Common, Members: []casefile.Seat{},
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
	return t, decode(r.Rules, &t.Rules)
}

type memberRow struct {
	bun.BaseModel `bun:"table:desk_members,alias:m"`
	DeskID        string `bun:"desk_id,pk"`
	AccountID     string `bun:"account_id,pk"`
	Decides       bool   `bun:"decides"`
	Common        bool   `bun:"common,scanonly"`
}

// PutTeam implements casefile.TeamStore.
func (s *Store) PutTeam(ctx context.Context, t casefile.Team) error {
	row := teamRow{ID: t.ID, Name: clean(t.Name), Country: t.Country, Rank: t.Rank, Rules: encode(t.Rules), Common: t.Common,
		CreatedAt: s.stamp(t.CreatedAt), UpdatedAt: s.stamp(t.UpdatedAt)}
	members := make([]memberRow, len(t.Members))
	for i, m := range t.Members {
		members[i] = memberRow{DeskID: t.ID, AccountID: m.AccountID, Decides: m.Decides}
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx); err != nil {
			return s.wrap(ctx, "store a desk", err)
		}
		if _, err := db.NewDelete().Model((*memberRow)(nil)).Where("desk_id = ?", t.ID).Exec(ctx); err != nil {
			return s.wrap(ctx, "change a desk's members", err)
		}
		if len(members) == 0 {
			return nil
		}
		_, err := db.NewInsert().Model(&members).Exec(ctx)
		return s.wrap(ctx, "store a desk's members", err)
	})
}

// Team implements casefile.TeamStore.
func (s *Store) Team(ctx context.Context, id string) (casefile.Team, error) {
	t, err := one[teamRow](ctx, s, "desk", byID(id))
	if err != nil {
		return t, err
	}
	list := []casefile.Team{t}
	err = s.addMembers(ctx, list)
	return list[0], err
}

// Teams implements casefile.TeamStore.
func (s *Store) Teams(ctx context.Context) ([]casefile.Team, error) {
	list, err := many[teamRow](ctx, s, "desks", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("rank", "id") })
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, s.addMembers(ctx, list)
}

func (s *Store) addMembers(ctx context.Context, teams []casefile.Team) error {
	at, ids := map[string]int{}, make([]string, len(teams))
	for i, t := range teams {
		at[t.ID], ids[i] = i, t.ID
	}
	var rows []memberRow
	err := s.reader(ctx).NewSelect().Model(&rows).Where("desk_id IN (?)", bun.List(ids)).Order("desk_id", "account_id").Scan(ctx)
	for _, r := range rows {
		t := &teams[at[r.DeskID]]
		t.Members = append(t.Members, casefile.Seat{AccountID: r.AccountID, Decides: r.Decides})
	}
	return s.wrap(ctx, "read the members of desks", err)
}

// DeleteTeam implements casefile.TeamStore. Closed cases keep the desk's id:
// it is part of what happened.
func (s *Store) DeleteTeam(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if _, err := one[teamRow](ctx, s, "desk", byID(id)); err != nil {
			return err
		}
		for _, do := range []struct {
			what string
			exec func() error
		}{
			{"free the cases of a desk", func() error {
				_, err := db.NewUpdate().Table("cases").Set("desk = ''").Set("version = version + 1").Where("desk = ?", id).Where("state = 'open'").Exec(ctx)
				return err
			}},
			{"delete the views of a desk", func() error {
				_, err := db.NewDelete().Table("case_views").Where("desk = ?", id).Exec(ctx)
				return err
			}},
			{"delete a desk's members", func() error {
				_, err := db.NewDelete().Table("desk_members").Where("desk_id = ?", id).Exec(ctx)
				return err
			}},
			{"delete a desk", func() error {
				_, err := db.NewDelete().Table("desks").Where("id = ?", id).Exec(ctx)
				return err
			}},
		} {
			if err := do.exec(); err != nil {
				return s.wrap(ctx, do.what, err)
			}
		}
		return nil
	})
}

// DeskRights implements access.Store.
func (s *Store) DeskRights(ctx context.Context, accountID string) ([]access.DeskRight, error) {
	var rows []memberRow
	err := s.reader(ctx).NewSelect().Model(&rows).ColumnExpr("m.*").ColumnExpr("d.common AS common").
		Join("JOIN desks AS d ON d.id = m.desk_id").Where("m.account_id = ?", accountID).Order("m.desk_id").Scan(ctx)
	if err != nil {
		return nil, s.wrap(ctx, "read somebody's desks", err)
	}
	out := []access.DeskRight{}
	common, decides := false, false
	for _, r := range rows {
		out = append(out, access.DeskRight{Desk: r.DeskID, Decide: r.Decides})
		if r.Common {
			common, decides = true, decides || r.Decides
		}
	}
	if common {
		out = append(out, access.DeskRight{Decide: decides})
	}
	return out, nil
}

// Colleagues implements casefile.TeamStore.
func (s *Store) Colleagues(ctx context.Context) ([]casefile.Colleague, error) {
	var accounts []accountRow
	err := s.reader(ctx).NewSelect().Model(&accounts).Where("role IN (?)", bun.List([]string{string(access.Admin), string(access.Reviewer)})).
		Where("NOT disabled").Order("name", "id").Scan(ctx)
	if err != nil {
		return nil, s.wrap(ctx, "read the colleagues", err)
	}
	teams, err := s.Teams(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]casefile.Colleague, len(accounts))
	for i, a := range accounts {
		out[i] = casefile.Colleague{ID: a.ID, Name: a.Name}
		if a.Role == string(access.Reviewer) {
			out[i].Desks = desksOf(a.ID, teams)
		}
	}
	return out, nil
}

// desksOf are the desks whose cases a reviewer decides, nil when he is a
// member of none.
func desksOf(accountID string, teams []casefile.Team) (desks []string) {
	common := false
	for _, t := range teams {
		for _, m := range t.Members {
			if m.AccountID != accountID {
				continue
			}
			if desks == nil {
				desks = []string{}
			}
			if m.Decides {
				desks = append(desks, t.ID)
				common = common || t.Common
			}
		}
	}
	if common {
		desks = append(desks, "")
	}
	return desks
}

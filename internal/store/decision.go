package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/verdict"
)

type decisionRow struct {
	bun.BaseModel `bun:"table:decisions,alias:d"`
	ID            string  `bun:"id,pk"`
	CaseID        string  `bun:"case_id"`
	Number        int     `bun:"number"`
	Outcome       string  `bun:"outcome"`
	Reason        string  `bun:"reason"`
	Note          string  `bun:"note"`
	ActorID       string  `bun:"actor_id"`
	ActorName     string  `bun:"actor_name,scanonly"`
	Automated     bool    `bun:"automated"`
	GroupID       string  `bun:"group_id"`
	Reverses      string  `bun:"reverses"`
	Was           string  `bun:"was"`
	CreatedAt     instant `bun:"created_at"`
}

func (r decisionRow) domain() (casefile.Decision, error) {
	return casefile.Decision{
		ID: r.ID, CaseID: r.CaseID, Outcome: verdict.Decision(r.Outcome), Reason: r.Reason, Note: r.Note,
		ActorID: r.ActorID, ActorName: r.ActorName, Automated: r.Automated, GroupID: r.GroupID, Reverses: r.Reverses,
		Was: listing.Status(r.Was), CreatedAt: r.CreatedAt.Time,
	}, nil
}

// AddDecision implements casefile.Store; the same ID again changes nothing.
// The actor's name is not stored with it: it is read from the actor's account
// or key, so that it can be forgotten there.
func (s *Store) AddDecision(ctx context.Context, d casefile.Decision) error {
	row := decisionRow{
		ID: d.ID, CaseID: d.CaseID, Outcome: string(d.Outcome), Reason: d.Reason, Note: d.Note,
		ActorID: d.ActorID, Automated: d.Automated, GroupID: d.GroupID, Reverses: d.Reverses, Was: string(d.Was), CreatedAt: s.stamp(d.CreatedAt),
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		var c caseRow
		if err := s.lockRow(db.NewSelect().Model(&c).Column("id", "verdict_id").Where("c.id = ?", d.CaseID)).Scan(ctx); err != nil {
			return s.missing(ctx, "case", err)
		}
		err := db.NewRaw("SELECT COALESCE(MAX(number), 0) + 1 FROM decisions WHERE case_id = ?", d.CaseID).Scan(ctx, &row.Number)
		if err != nil {
			return s.wrap(ctx, "number a decision", err)
		}
		n, err := affected(db.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		if err != nil || n == 0 || d.Automated { // only people's answers measure
			return s.wrap(ctx, "store a decision", err)
		}
		return s.judge(ctx, db, c.ID, c.VerdictID)
	})
}

// Decisions implements casefile.Store, oldest first.
func (s *Store) Decisions(ctx context.Context, caseID string) ([]casefile.Decision, error) {
	return s.decisions(ctx, []string{caseID})
}

func (s *Store) decisions(ctx context.Context, caseIDs []string) ([]casefile.Decision, error) {
	return many[decisionRow](ctx, s, "decisions", func(q *bun.SelectQuery) *bun.SelectQuery {
		return named(q).Where("d.case_id IN (?)", bun.List(caseIDs)).Order("d.case_id", "d.number")
	})
}

// Decision implements casefile.Store.
func (s *Store) Decision(ctx context.Context, id string) (casefile.Decision, error) {
	return one[decisionRow](ctx, s, "decision", func(q *bun.SelectQuery) *bun.SelectQuery {
		return named(q).Where("d.id = ?", id)
	})
}

// GroupDecisions implements casefile.Store.
func (s *Store) GroupDecisions(ctx context.Context, groupID string) ([]casefile.Decision, error) {
	return many[decisionRow](ctx, s, "decisions of a group", func(q *bun.SelectQuery) *bun.SelectQuery {
		return named(q).Where("d.group_id = ? AND d.group_id <> ''", groupID).Order("d.created_at", "d.id")
	})
}

// named reads decisions with the names of those who decided.
func named(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("d.*").ColumnExpr("COALESCE(a.name, k.name, '') AS actor_name").
		Join("LEFT JOIN accounts AS a ON a.id = d.actor_id").
		Join("LEFT JOIN api_keys AS k ON k.id = d.actor_id")
}

// addLast gives each case its last decision.
func (s *Store) addLast(ctx context.Context, cases []casefile.Case) error {
	if len(cases) == 0 {
		return nil
	}
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	list, err := s.decisions(ctx, ids)
	if err != nil {
		return err
	}
	last := make(map[string]*casefile.Decision, len(list))
	for i := range list {
		last[list[i].CaseID] = &list[i]
	}
	for i := range cases {
		cases[i].Decision = last[cases[i].ID]
	}
	return nil
}

// decided completes one case that was read.
func (s *Store) decided(ctx context.Context) func(casefile.Case, error) (casefile.Case, error) {
	return func(c casefile.Case, err error) (casefile.Case, error) {
		if err != nil {
			return c, err
		}
		cases := []casefile.Case{c}
		err = s.addLast(ctx, cases)
		return cases[0], err
	}
}

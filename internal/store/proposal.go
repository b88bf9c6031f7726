package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/fault"
)

type proposalRow struct {
	bun.BaseModel `bun:"table:proposals,alias:p"`
	ID            string  `bun:"id,pk"`
	Kind          string  `bun:"kind"`
	Subject       string  `bun:"subject"`
	Data          string  `bun:"data"` // JSON
	Note          string  `bun:"note"`
	ByID          string  `bun:"by_id"`
	ByName        string  `bun:"by_name,scanonly"`
	State         string  `bun:"state"`
	OtherID       string  `bun:"other_id"`
	OtherName     string  `bun:"other_name,scanonly"`
	OtherNote     string  `bun:"other_note"`
	CreatedAt     instant `bun:"created_at"`
	UntilAt       instant `bun:"until_at"`
	ClosedAt      instant `bun:"closed_at,nullzero"`
}

func (r proposalRow) domain() (casefile.Proposal, error) {
	p := casefile.Proposal{ID: r.ID, Kind: r.Kind, Subject: r.Subject, Note: r.Note, ByID: r.ByID, ByName: r.ByName,
		State: casefile.ProposalState(r.State), OtherID: r.OtherID, OtherName: r.OtherName, OtherNote: r.OtherNote,
		CreatedAt: r.CreatedAt.Time, Until: r.UntilAt.Time, ClosedAt: r.ClosedAt.optional()}
	if r.Data != "null" {
		p.Data = json.RawMessage(r.Data)
	}
	return p, nil
}

// PutProposal implements casefile.ProposalStore.
func (s *Store) PutProposal(ctx context.Context, p casefile.Proposal) error {
	row := proposalRow{ID: p.ID, Kind: p.Kind, Subject: p.Subject, Data: "null", Note: p.Note, ByID: p.ByID, State: string(p.State),
		OtherID: p.OtherID, OtherNote: p.OtherNote, CreatedAt: s.stamp(p.CreatedAt), UntilAt: at(p.Until), ClosedAt: atOptional(p.ClosedAt)}
	if len(p.Data) > 0 {
		row.Data = string(p.Data)
	}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewUpdate().Model(&row).WherePK().Where("state = 'open'").Exec(ctx))
		if err != nil || n > 0 {
			return s.wrap(ctx, "change a proposal", err)
		}
		n, err = affected(db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "this proposal is closed, or there is another open one")
		}
		return s.wrap(ctx, "store a proposal", err)
	})
}

// Proposal implements casefile.ProposalStore.
func (s *Store) Proposal(ctx context.Context, id string) (casefile.Proposal, error) {
	return one[proposalRow](ctx, s, "proposal", func(q *bun.SelectQuery) *bun.SelectQuery { return proposers(q).Where("p.id = ?", id) })
}

// OpenProposal implements casefile.ProposalStore.
func (s *Store) OpenProposal(ctx context.Context, kind, subject string) (casefile.Proposal, error) {
	return one[proposalRow](ctx, s, "open proposal", func(q *bun.SelectQuery) *bun.SelectQuery {
		return proposers(q).Where("p.kind = ?", kind).Where("p.subject = ?", subject).Where("p.state = 'open'")
	})
}

// Proposals implements casefile.ProposalStore.
func (s *Store) Proposals(ctx context.Context, f casefile.ProposalFilter) ([]casefile.Proposal, error) {
	return many[proposalRow](ctx, s, "proposals", func(q *bun.SelectQuery) *bun.SelectQuery {
		proposers(q)
		narrow(q, "p.state", string(f.State))
		narrow(q, "p.kind", f.Kind)
		narrow(q, "p.subject", f.Subject)
		return q.Order("p.created_at DESC", "p.id DESC").Limit(int64(limited(f.Limit, 50, 200)))
	})
}

// proposers reads proposals with the names of both people, as they are now.
func proposers(q *bun.SelectQuery) *bun.SelectQuery {
	q.ColumnExpr("p.*")
	for _, who := range []string{"by", "other"} {
		a, k := bun.Ident(who+"_account"), bun.Ident(who+"_key")
		q.ColumnExpr("COALESCE(?.name, ?.name, '') AS ?", a, k, bun.Ident(who+"_name")).
			Join("LEFT JOIN accounts AS ? ON ?.id = p.?", a, a, bun.Ident(who+"_id")).
			Join("LEFT JOIN api_keys AS ? ON ?.id = p.?", k, k, bun.Ident(who+"_id"))
	}
	return q
}

package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"assay/internal/casefile"
	"assay/internal/verdict"
)

type noteRow struct {
	bun.BaseModel `bun:"table:case_notes,alias:n"`
	ID            string  `bun:"id,pk"`
	CaseID        string  `bun:"case_id"`
	Kind          string  `bun:"kind"`
	Text          string  `bun:"text"`
	Outcome       string  `bun:"outcome"`
	Reason        string  `bun:"reason"`
	ActorID       string  `bun:"actor_id"`
	ActorName     string  `bun:"actor_name,scanonly"`
	ToID          string  `bun:"to_id"`
	ToName        string  `bun:"to_name,scanonly"`
	CreatedAt     instant `bun:"created_at"`
}

func (r noteRow) domain() (casefile.Note, error) {
	return casefile.Note{ID: r.ID, CaseID: r.CaseID, Kind: casefile.NoteKind(r.Kind), Text: r.Text, Outcome: verdict.Decision(r.Outcome), Reason: r.Reason,
		ActorID: r.ActorID, ActorName: r.ActorName, ToID: r.ToID, ToName: r.ToName, CreatedAt: r.CreatedAt.Time}, nil
}

// AddNote implements casefile.NoteStore. Names are read from their accounts.
func (s *Store) AddNote(ctx context.Context, n casefile.Note) error {
	row := noteRow{ID: n.ID, CaseID: n.CaseID, Kind: string(n.Kind), Text: n.Text, Outcome: string(n.Outcome), Reason: n.Reason,
		ActorID: n.ActorID, ToID: n.ToID, CreatedAt: s.stamp(n.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		if err := s.refer(ctx, db, "case_id", "cases", n.CaseID); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).Exec(ctx)
		return s.wrap(ctx, "store a note", err)
	})
}

// Notes implements casefile.NoteStore.
func (s *Store) Notes(ctx context.Context, caseID string) ([]casefile.Note, error) {
	return many[noteRow](ctx, s, "notes", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.ColumnExpr("n.*").ColumnExpr("COALESCE(a.name, k.name, '') AS actor_name").ColumnExpr("COALESCE(t.name, d.name, '') AS to_name").
			Join("LEFT JOIN accounts AS a ON a.id = n.actor_id").Join("LEFT JOIN api_keys AS k ON k.id = n.actor_id").
			Join("LEFT JOIN accounts AS t ON t.id = n.to_id").Join("LEFT JOIN desks AS d ON d.id = n.to_id").
			Where("n.case_id = ?", caseID).Order("n.created_at", "n.id").Limit(500)
	})
}

type viewRow struct {
	bun.BaseModel `bun:"table:case_views,alias:v"`
	ID            string  `bun:"id,pk"`
	Name          string  `bun:"name"`
	OwnerID       string  `bun:"owner_id"`
	Desk          string  `bun:"desk"`
	Query         string  `bun:"query"` // JSON
	CreatedAt     instant `bun:"created_at"`
}

func (r viewRow) domain() (casefile.View, error) {
	v := casefile.View{ID: r.ID, Name: r.Name, OwnerID: r.OwnerID, Desk: r.Desk, CreatedAt: r.CreatedAt.Time}
	return v, decode(r.Query, &v.Ask)
}

// PutView implements casefile.ViewStore.
func (s *Store) PutView(ctx context.Context, v casefile.View) error {
	row := viewRow{ID: v.ID, Name: v.Name, OwnerID: v.OwnerID, Desk: v.Desk, Query: encode(v.Ask), CreatedAt: s.stamp(v.CreatedAt)}
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
		return s.wrap(ctx, "store a view", err)
	})
}

// View implements casefile.ViewStore.
func (s *Store) View(ctx context.Context, id string) (casefile.View, error) {
	return one[viewRow](ctx, s, "view", byID(id))
}

// Views implements casefile.ViewStore.
func (s *Store) Views(ctx context.Context, ownerID string, desks []string) ([]casefile.View, error) {
	return many[viewRow](ctx, s, "views", func(q *bun.SelectQuery) *bun.SelectQuery {
		if desks == nil {
			q.Where("(owner_id = ? OR desk <> '')", ownerID)
		} else {
			q.Where("(owner_id = ? OR desk IN (?))", ownerID, bun.List(append([]string{casefile.Common}, desks...)))
		}
		return q.Order("name", "id").Limit(200)
	})
}

// DeleteView implements casefile.ViewStore.
func (s *Store) DeleteView(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		n, err := affected(db.NewDelete().Table("case_views").Where("id = ?", id).Exec(ctx))
		if err == nil && n == 0 {
			return s.missing(ctx, "view", sql.ErrNoRows)
		}
		return s.wrap(ctx, "delete a view", err)
	})
}

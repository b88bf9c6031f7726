package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/match/lexicon"
)

type pictureTextRow struct {
	bun.BaseModel `bun:"table:picture_texts"`
	RevisionID    string `bun:"revision_id,pk"`
	Fields        string `bun:"fields"`
}

// KeepText implements search.Store.
func (s *Store) KeepText(ctx context.Context, revisionID string, read []lexicon.Field) error {
	return s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		row := &pictureTextRow{RevisionID: revisionID}
		if len(read) == 0 {
			_, err := db.NewDelete().Model(row).WherePK().Exec(ctx)
			return s.wrap(ctx, "forget what was read", err)
		}
		for i := range read {
			read[i].Text = clean(read[i].Text)
		}
		row.Fields = encode(read)
		_, err := db.NewInsert().Model(row).On("CONFLICT (revision_id) DO UPDATE").Set("fields = EXCLUDED.fields").Exec(ctx)
		return s.wrap(ctx, "keep what was read", err)
	})
}

package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"assay/internal/fault"
)

// limited is a page's size within its bounds.
func limited(asked, usual, most int) int {
	if asked <= 0 {
		return usual
	}
	return min(asked, most)
}

// maxQuery bounds what may be searched for, in bytes.
const maxQuery = 500

// narrow adds "column = value" when value is not the zero value.
func narrow[V comparable](q *bun.SelectQuery, column string, value V) {
	var zero V
	if value != zero {
		q.Where("? = ?", bun.Ident(column), value)
	}
}

// checkQuery refuses what is too long to search for.
func checkQuery(query string) error {
	if len(query) > maxQuery {
		return fault.New(fault.Invalid, "search for at most %d bytes", maxQuery)
	}
	return nil
}

// find adds the search for a part of the text.
func find(q *bun.SelectQuery, column, query string) {
	if query != "" {
		q.Where(`? LIKE ? ESCAPE '\'`, bun.Ident(column), pattern(query))
	}
}

// place is where the next page begins; it is handed out as an opaque text.
type place struct {
	Rank int       `json:"r,omitempty"`
	At   time.Time `json:"t"`
	ID   string    `json:"i"`
}

func (p place) cursor() string {
	b, err := json.Marshal(p)
	if err != nil { // only a year after 9999
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor is the place that a cursor names, the zero one where there is none.
func readCursor(cursor string) (place, error) {
	var p place
	if cursor == "" {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return p, fault.Wrap(err, fault.Invalid, "the cursor is not one that was handed out; begin again without one")
	}
	return p, nil
}

// row is a table's row that can be made into what it stands for.
type row[D any] interface{ domain() (D, error) }

// one reads the row that q selects.
func one[R row[D], D any](ctx context.Context, s *Store, what string, q func(*bun.SelectQuery) *bun.SelectQuery) (D, error) {
	var r R
	var none D
	if err := q(s.reader(ctx).NewSelect().Model(&r)).Limit(1).Scan(ctx); err != nil {
		return none, s.missing(ctx, what, err)
	}
	return r.domain()
}

// byID selects by the key.
func byID(id string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", id) }
}

// many reads the rows that q selects; no rows are an empty, not a nil, list.
func many[R row[D], D any](ctx context.Context, s *Store, what string, q func(*bun.SelectQuery) *bun.SelectQuery) ([]D, error) {
	var rows []R
	if err := q(s.reader(ctx).NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return nil, s.wrap(ctx, "read "+what, err)
	}
	out := make([]D, len(rows))
	for i, r := range rows {
		d, err := r.domain()
		if err != nil {
			return nil, err
		}
		out[i] = d
	}
	return out, nil
}

// exists reports whether a table has a row with this id.
func (s *Store) exists(ctx context.Context, db bun.IDB, table, id string) (bool, error) {
	found, err := db.NewSelect().Table(table).Where("id = ?", id).Exists(ctx)
	return found, s.wrap(ctx, "look for "+table, err)
}

// referIf is refer for a reference that may be empty.
func (s *Store) referIf(ctx context.Context, db bun.IDB, field, table, id string) error {
	if id == "" {
		return nil
	}
	return s.refer(ctx, db, field, table, id)
}

// refer gives fault.Invalid when the table has no such row. The engines would
// refuse it too, but PostgreSQL would refuse the rest of the transaction with
// it, and SQLite would not say which reference it was.
func (s *Store) refer(ctx context.Context, db bun.IDB, field, table, id string) error {
	found, err := s.exists(ctx, db, table, id)
	if err != nil || found {
		return err
	}
	return &fault.Error{Code: fault.Invalid, Message: "this refers to something that does not exist",
		Fields: []fault.Field{{Path: field, Code: "unknown_reference", Message: fmt.Sprintf("there is no %q among the %s", id, table)}}}
}

package hearing

import (
	"context"
	"time"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/statement"
)

// Hall is the store of everything that hearings and statements touch.
type Hall interface {
	ClerkStore
	statement.WriterStore
	statement.ActionStore
}

// Notices finds what was said from outside about the goods of a case.
type Notices = func(ctx context.Context, c casefile.Case) ([]statement.Notice, error)

// Join lets a desk's decisions be heard and given reasons for: after the
// ladder, which it tells of too. notices may be nil.
func Join(desk *casefile.Desk, db Hall, ladder *enforcement.Ladder, notices Notices, now func() time.Time) *Clerk {
	k := &Clerk{Store: db, Desk: desk, Now: now, Notices: notices}
	w := &statement.Writer{Store: db, Now: now, Actions: db, Notices: notices, Clocks: k.Clocks, Curing: k.Curing}
	desk.Followers = append(desk.Followers, k, w)
	if ladder != nil {
		k.Penalties, ladder.Tell = ladder, w.Told
	}
	return k
}

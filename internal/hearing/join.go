package hearing

import (
	"context"
	"time"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/notice"
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

// NoticeStore finds the lines of notices that cases and decisions answer.
type NoticeStore interface {
	Notice(ctx context.Context, id string) (notice.Notice, error)
	ItemsOfCase(ctx context.Context, caseID string) ([]notice.Item, error)
	ItemsDecided(ctx context.Context, decisionIDs []string) ([]notice.Item, error)
}

// NoticesIn finds the notices that were sent about the goods of a case: those
// it answers, those its decision answered, and those behind what is appealed.
func NoticesIn(st NoticeStore) Notices {
	return func(ctx context.Context, c casefile.Case) ([]statement.Notice, error) {
		items, err := st.ItemsOfCase(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		var decisions []string
		if c.AppealOf != "" {
			decisions = append(decisions, c.AppealOf)
		}
		if c.Decision != nil {
			decisions = append(decisions, c.Decision.ID)
		}
		if len(decisions) > 0 {
			more, err := st.ItemsDecided(ctx, decisions)
			if err != nil {
				return nil, err
			}
			items = append(items, more...)
		}
		var out []statement.Notice
		seen := map[string]bool{}
		for _, it := range items {
			if seen[it.NoticeID] {
				continue
			}
			seen[it.NoticeID] = true
			n, err := st.Notice(ctx, it.NoticeID)
			if err != nil {
				return nil, err
			}
			told := statement.Notice{ID: n.ID, HolderID: n.HolderID, Source: statement.Noticed, Said: n.Facts, At: n.CreatedAt}
			if n.SentAt != nil {
				told.At = *n.SentAt
			}
			out = append(out, told)
		}
		return out, nil
	}
}

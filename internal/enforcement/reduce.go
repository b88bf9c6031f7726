package enforcement

import (
	"context"
	"math"

	"assay/internal/casefile"
)

// ReasonReduced is why points are taken back for which fewer were given.
const ReasonReduced = "reduced"

// Reduce lowers the penalty points of a decision whose goods the seller has put
// right: the share keep of them stays (0 to 1), rounded up, as points of the
// same date. Strikes stay as they are. Doing it again changes nothing.
func (l *Ladder) Reduce(ctx context.Context, decisionID string, keep float64, by casefile.Actor) error {
	return l.Store.Atomic(ctx, func(ctx context.Context) error {
		list, err := l.Store.ActionsOf(ctx, []string{decisionID})
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.Kind != Point || a.ReversedAt != nil || a.ID == derived(decisionID, ReasonReduced) {
				continue
			}
			b, err := l.begin(ctx, a.SellerID)
			if err != nil {
				return err
			}
			less := a
			less.ID, less.CreatedAt, less.ActorID = derived(decisionID, ReasonReduced), b.now, by.ID
			less.Points = int(math.Ceil(float64(a.Points) * min(max(keep, 0), 1)))
			b.reverse(a, by.ID, ReasonReduced, less.ID)
			if less.Points > 0 {
				b.add(less)
				b.tell(by.ID, decisionID, []Action{less})
			}
			if err := l.finish(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

package similar

import (
	"context"
	"errors"
	"slices"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/verdict"
)

// Undo takes a group's decision back, in one transaction: every listing stands
// as it stood before, cases that were open are open again. What has changed
// since stays as it is and says why. Undoing again does what could not be done
// before, and nothing twice.
func (s *Service) Undo(ctx context.Context, groupID, note string, by casefile.Actor) (Group, error) {
	var g Group
	err := s.Store.Atomic(ctx, func(ctx context.Context) (err error) {
		if g, err = s.Store.Group(ctx, groupID); err != nil {
			return err
		}
		if g.State == Choosing {
			return fault.New(fault.Conflict, "this group is not decided yet")
		}
		members, err := s.toUndo(ctx, groupID)
		if err != nil {
			return err
		}
		if len(members) == 0 {
			return errDone
		}
		if err := s.takeBack(ctx, g, members, note, by); err != nil {
			return err
		}
		now := s.Now()
		g.State, g.UndoneAt, g.UpdatedAt, g.ActorID = Undone, &now, now, by.ID
		return s.keep(ctx, &g, "group.undone", members, by)
	})
	if errors.Is(err, errDone) {
		return g, nil
	}
	return g, err
}

// toUndo are the members whose decision still stands.
func (s *Service) toUndo(ctx context.Context, groupID string) ([]Member, error) {
	members, err := s.Store.Members(ctx, groupID, MemberFilter{Selected: true, Limit: Most})
	return slices.DeleteFunc(members, func(m Member) bool { return m.Decision == "" || m.Undone == Back }), err
}

func (s *Service) takeBack(ctx context.Context, g Group, members []Member, note string, by casefile.Actor) error {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ListingID
	}
	pasts, err := s.Store.Pasts(ctx, ids)
	if err != nil {
		return err
	}
	decisions, err := s.Store.GroupDecisions(ctx, g.ID)
	if err != nil {
		return err
	}
	made := make(map[string]casefile.Decision, len(decisions))
	for _, d := range decisions {
		made[d.ID] = d
	}
	var rulings []casefile.Ruling
	var at []int
	for i := range members {
		m, d := &members[i], made[members[i].Decision]
		if m.Undone = standing(*m, d, pasts[m.ListingID]); m.Undone != "" {
			continue
		}
		c, err := s.Store.Case(ctx, m.CaseID)
		if err != nil {
			return err
		}
		a := casefile.Answer{Outcome: verdict.Pass, Reason: casefile.TakenBack, Note: note}
		rulings, at = append(rulings, casefile.Ruling{Case: c, Answer: a, Status: d.Was, Group: g.ID + ".undo", Reverses: d.ID}), append(at, i)
	}
	judged, err := s.Desk.Rule(ctx, rulings, by)
	if err != nil {
		return err
	}
	for n, j := range judged {
		m := &members[at[n]]
		m.Undone = Back
		if m.Reopen {
			c := j.Case
			c.State, c.AssigneeID, c.LeaseUntil = casefile.Open, "", nil
			if err := s.Store.PutCase(ctx, c); err != nil && !fault.Is(err, fault.Conflict) { // another open one asks already
				return err
			}
		}
	}
	return s.Store.SaveMembers(ctx, members)
}

// standing says why a decision can no longer be taken back, "" when it can.
func standing(m Member, d casefile.Decision, past Past) string {
	after := listing.Live
	if d.Outcome == verdict.Block {
		after = listing.Removed
	}
	switch {
	case d.ID == "" || past.DecisionID != d.ID:
		return Elsewhere
	case m.RevisionID != past.NewestID:
		return Changed
	case d.Was == "" || m.Status != after:
		return OtherNow
	}
	return ""
}

// statusBar is the bar that a listing's status alone makes.
func statusBar(st listing.Status) string {
	switch st {
	case listing.Removed:
		return Down
	case listing.Gone:
		return Left
	}
	return ""
}

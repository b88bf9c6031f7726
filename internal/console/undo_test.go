package console_test

import (
	"testing"

	"assay/internal/casefile"
	"assay/internal/notice"
	"assay/internal/verdict"
)

// A group that answers a notice on its way is taken back with all that followed.
func TestAGroupIsTakenBackWithAllThatFollowed(t *testing.T) {
	s := newSite(t)
	ctx, by := t.Context(), casefile.Actor{ID: "account-reviewer", Name: "R"}
	g, err := s.Similar.Begin(ctx, "case-suspect-0", by)
	if err != nil {
		t.Fatal(err)
	}
	g, err = s.Similar.Decide(ctx, g.ID, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: g.Version}, by, "admin")
	if err != nil {
		t.Fatal(err)
	}
	state := func(want notice.ItemState) {
		t.Helper()
		rows, _, err := s.Notices.Store.Notices(ctx, notice.Filter{})
		if err != nil || rows[1].Counts[want] != 1 {
			t.Errorf("the notice's lines are %v (%v), want one %s", rows[1].Counts, err, want)
		}
	}
	state(notice.Accepted)
	if _, err = s.Similar.Undo(ctx, g.ID, "", by); err != nil {
		t.Fatal(err)
	}
	state(notice.Waiting)
}

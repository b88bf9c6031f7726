package consoletest

import (
	"assay/internal/casefile"
	"assay/internal/similar"
)

// similar takes the prints of what the stage shows, and gathers the goods like
// those of the first case.
func (s *Stage) similar() {
	s.t.Helper()
	filler := &similar.Filler{Store: s.Store, Blobs: s.Blobs, Queue: s.Store.Jobs(), Log: s.log}
	s.must(filler.Fill(s.t.Context(), nil))
	_, err := s.Similar.Begin(s.t.Context(), "case-suspect-0", casefile.Actor{ID: "account-reviewer"})
	s.must(err)
}

package consoletest

import (
	"assay/internal/casefile"
	"assay/internal/enforcement"
)

// standing gives both shops a record: Shop has points, one of them taken back,
// and OtherShop is proposed for closing.
func (s *Stage) standing() {
	s.t.Helper()
	admin := casefile.Actor{ID: "account-admin", Name: "The admin"}
	act := func(shop string, o enforcement.Order) enforcement.Done {
		s.t.Helper()
		done, err := s.Ladder.Act(s.t.Context(), shop, o, admin)
		s.must(err)
		return done
	}
	act(Shop, enforcement.Order{Kind: enforcement.Point, Reason: "trademark_in_text", Note: "두 번째 안내"})
	wrong := act(Shop, enforcement.Order{Kind: enforcement.Point, Reason: "no_licence", Points: 3, Note: "<b>no papers</b>"})
	_, err := s.Ladder.Reverse(s.t.Context(), wrong.Action.ID, enforcement.Undo{Reason: "mistake", Note: "the papers were there"}, admin)
	s.must(err)
	act(OtherShop, enforcement.Order{Kind: enforcement.Strike, Reason: "counterfeit", Note: "test purchase"})
	act(OtherShop, enforcement.Order{Kind: enforcement.Restrict, Reason: "identity", Days: 30, Note: "no papers yet"})
	act(OtherShop, enforcement.Order{Kind: enforcement.Close, Reason: "safety", Note: "chargers that burn"})
}

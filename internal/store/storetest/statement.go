package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/statement"
)

var statementTests = map[string]func(*testing.T, *kit){
	"kept whole":  statementsWhole,
	"found again": statementsFound,
	"pages":       statementPages,
}

func statementsWhole(t *testing.T, k *kit) {
	var s statement.Statement
	fill(&s)
	s.SellerID = k.seller("s")
	k.must(k.AddStatement(k.ctx, s))
	changed := s
	changed.Reply = "another"
	k.must(k.AddStatement(k.ctx, changed)) // the same id changes nothing
	same(t, "statement", got[statement.Statement](k)(k.Statement(k.ctx, s.ID)), s)
	_, err := k.Statement(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	s.ID, s.SellerID = "other", "nobody"
	k.refuses(fault.Invalid, k.AddStatement(k.ctx, s))
}

// aStatement is about one listing of a brand of a holder.
func (k *kit) aStatement(id, sellerID, holderID string, kind statement.Kind) statement.Statement {
	k.t.Helper()
	s := statement.Statement{ID: id, Kind: kind, SellerID: sellerID, CreatedAt: noon.Add(time.Duration(k.next()) * time.Minute),
		Goods: []statement.Goods{{DecisionID: "d-" + id, ListingID: "l-" + id, HolderID: holderID, Status: listing.Removed}}}
	k.must(k.AddStatement(k.ctx, s))
	return s
}

func statementIDs(list []statement.Statement) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

func statementsFound(t *testing.T, k *kit) {
	a, b := k.seller("a"), k.seller("b")
	k.aStatement("1", a, "h1", statement.Removed)
	k.aStatement("2", b, "h2", statement.Restored)
	k.aStatement("3", a, "h2", statement.Kept)
	for name, c := range map[string]struct {
		f    statement.Filter
		want []string
	}{
		"all, newest first": {statement.Filter{}, []string{"3", "2", "1"}},
		"oldest first":      {statement.Filter{Oldest: true}, []string{"1", "2", "3"}},
		"of a seller":       {statement.Filter{SellerID: a}, []string{"3", "1"}},
		"of a holder":       {statement.Filter{HolderID: "h2"}, []string{"3", "2"}},
		"of a decision":     {statement.Filter{DecisionID: "d-2"}, []string{"2"}},
		"of a listing":      {statement.Filter{ListingID: "l-1"}, []string{"1"}},
		"that restrict":     {statement.Filter{Restricts: true}, []string{"1"}},
		"of a kind":         {statement.Filter{Kind: statement.Kept}, []string{"3"}},
		"of nobody":         {statement.Filter{SellerID: "-"}, []string{}},
	} {
		list, next, err := k.Statements(k.ctx, c.f)
		k.must(err)
		same(t, name, statementIDs(list), c.want)
		same(t, name+": next", next, "")
	}
}

func statementPages(t *testing.T, k *kit) {
	s := k.seller("s")
	for n := range 7 {
		k.aStatement(fmt.Sprint(n), s, "h", statement.Removed)
	}
	for _, oldest := range []bool{false, true} {
		var seen []string
		for after := ""; ; {
			list, next, err := k.Statements(k.ctx, statement.Filter{After: after, Limit: 3, Oldest: oldest})
			k.must(err)
			seen = append(seen, statementIDs(list)...)
			if after = next; next == "" {
				break
			}
		}
		same(t, "number of statements on all pages", len(seen), 7)
		same(t, "first", seen[0], map[bool]string{false: "6", true: "0"}[oldest])
	}
	_, _, err := k.Statements(k.ctx, statement.Filter{After: "nonsense"})
	k.refuses(fault.Invalid, err)
}

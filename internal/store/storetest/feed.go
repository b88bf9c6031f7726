package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
)

var feedTests = map[string]func(*testing.T, *kit){
	"every field survives": feedFields,
	"lists":                feedLists,
	"problems":             feedProblems,
}

func feedFields(t *testing.T, k *kit) {
	var f listing.Feed
	fill(&f)
	k.refuses(fault.Invalid, k.PutFeed(k.ctx, f)) // its seller is unknown
	f.SellerID = k.seller("s")
	k.must(k.PutFeed(k.ctx, f))
	same(t, "feed", got[listing.Feed](k)(k.Feed(k.ctx, f.ID)), f)
	f.State, f.Rows, f.SellerID = listing.FeedDone, 100, ""
	k.must(k.PutFeed(k.ctx, f))
	same(t, "replaced feed", got[listing.Feed](k)(k.Feed(k.ctx, f.ID)), f)
	_, err := k.Feed(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func feedLists(t *testing.T, k *kit) {
	k.seller("s")
	for i := range 7 {
		f := listing.Feed{ID: fmt.Sprintf("f%d", i), CreatedAt: noon.Add(time.Duration(i/2) * time.Hour)}
		if i == 3 {
			f.SellerID = "s"
		}
		k.must(k.PutFeed(k.ctx, f))
	}
	name := func(f listing.Feed) string { return f.ID }
	same(t, "of the seller", ids(got[[]listing.Feed](k)(k.Feeds(k.ctx, "s", "", 0)), name), []string{"f3"})
	var seen []string
	after := ""
	for {
		page := got[[]listing.Feed](k)(k.Feeds(k.ctx, "", after, 2))
		if len(page) == 0 {
			break
		}
		seen = append(seen, ids(page, name)...)
		after = page[len(page)-1].ID
	}
	same(t, "newest first", seen, []string{"f6", "f5", "f4", "f3", "f2", "f1", "f0"})
}

func feedProblems(t *testing.T, k *kit) {
	k.must(k.PutFeed(k.ctx, listing.Feed{ID: "f"}))
	k.must(k.AddProblems(k.ctx, nil))
	var filled listing.RowProblem
	fill(&filled)
	filled.FeedID, filled.Line, filled.Ordinal = "f", 1, 0
	list := []listing.RowProblem{filled}
	for i := range 5 {
		list = append(list, listing.RowProblem{FeedID: "f", Line: 2, Ordinal: i}, listing.RowProblem{FeedID: "f", Line: 3 + i})
	}
	k.must(k.AddProblems(k.ctx, list[:4]))
	k.must(k.AddProblems(k.ctx, list)) // those stored already are skipped
	page := got[[]listing.RowProblem](k)(k.Problems(k.ctx, "f", 0, 3))
	if len(page) != 6 || page[5].Line != 2 || page[5].Ordinal != 4 {
		t.Fatalf("a page of 3 must not tear line 2: %+v", page)
	}
	same(t, "every field", page[0], filled)
	rest := got[[]listing.RowProblem](k)(k.Problems(k.ctx, "f", 2, 100))
	if len(rest) != 5 || rest[0].Line != 3 || rest[4].Line != 7 {
		t.Fatalf("after line 2: %+v", rest)
	}
	err := k.AddProblems(k.ctx, []listing.RowProblem{{FeedID: "none", Line: 1}})
	k.refuses(fault.Invalid, err)
}

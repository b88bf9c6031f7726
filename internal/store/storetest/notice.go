package storetest

import (
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/notice"
	"assay/internal/similar"
)

var noticeTests = map[string]func(*testing.T, *kit){
	"every field survives": noticeFields,
	"numbers and drafts":   noticeDrafts,
	"lists":                noticeLists,
	"lines":                noticeLines,
	"what lines name":      noticeResolve,
	"figures":              noticeFigures,
}

func (k *kit) notice(id string, change func(*notice.Notice)) notice.Notice {
	k.t.Helper()
	n := notice.Notice{ID: id, Kind: notice.Counterfeit, State: notice.Open, Facts: "facts of " + id, Lines: "A-1", Contact: notice.Contact{Email: "a@b.example"},
		CreatedAt: noon.Add(time.Duration(k.next()) * time.Minute), UpdatedAt: noon}
	if change != nil {
		change(&n)
	}
	k.must(k.PutNotice(k.ctx, n))
	n.Version++
	return n
}

func noticeFields(t *testing.T, k *kit) {
	k.holder("h")
	var n notice.Notice
	fill(&n)
	n.HolderID, n.Version = "h", 0
	k.must(k.PutNotice(k.ctx, n))
	n.Version = 1
	same(t, "notice", got[notice.Notice](k)(k.Notice(k.ctx, n.ID)), n)
	n.HolderID, n.Missing, n.RepairBy, n.SentAt, n.ClosedAt = "", nil, nil, nil, nil
	k.must(k.PutNotice(k.ctx, n))
	k.refuses(fault.Conflict, k.PutNotice(k.ctx, n))
	n.Version = 2
	same(t, "changed", got[notice.Notice](k)(k.Notice(k.ctx, n.ID)), n)
	n.HolderID = "none"
	k.refuses(fault.Invalid, k.PutNotice(k.ctx, n))
	_, err := k.Notice(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func noticeDrafts(t *testing.T, k *kit) {
	for want := int64(1); want < 4; want++ {
		if n := got[int64](k)(k.NextNumber(k.ctx)); n != want {
			t.Errorf("number %d, want %d", n, want)
		}
	}
	k.notice("draft", func(n *notice.Notice) { n.State = notice.Draft })
	k.notice("sent", nil)
	k.must(k.DeleteDraft(k.ctx, "draft"))
	k.refuses(fault.NotFound, k.DeleteDraft(k.ctx, "draft"))
	k.refuses(fault.Conflict, k.DeleteDraft(k.ctx, "sent"))
}

func noticeLists(t *testing.T, k *kit) {
	k.holder("h")
	until := noon.Add(time.Hour)
	k.notice("a", func(n *notice.Notice) { n.HolderID, n.Number = "h", 7 })
	b := k.notice("b", func(n *notice.Notice) { n.State, n.RepairBy = notice.Incomplete, &until })
	k.notice("c", func(n *notice.Notice) { n.Kind = notice.Patent })
	k.must(k.PutItems(k.ctx, []notice.Item{{NoticeID: "a", Line: 1, State: notice.Waiting}, {NoticeID: "a", Line: 2, State: notice.Waiting}, {NoticeID: "a", Line: 3, State: notice.Unknown}}))
	list := func(f notice.Filter) (ids []string, next string) {
		rows, next, err := k.Notices(k.ctx, f)
		k.must(err)
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		return ids, next
	}
	first, next := list(notice.Filter{Limit: 2})
	rest, none := list(notice.Filter{Limit: 2, After: next})
	same(t, "first page", first, []string{"c", "b"})
	same(t, "second page", rest, []string{"a"})
	if none != "" {
		t.Error("there is a third page")
	}
	for want, f := range map[string]notice.Filter{"a": {HolderID: "h"}, "b": {State: notice.Incomplete}, "c": {Kind: notice.Patent}} {
		if ids, _ := list(f); len(ids) != 1 || ids[0] != want {
			t.Errorf("%+v: %v", f, ids)
		}
	}
	if ids, _ := list(notice.Filter{Query: "of b"}); len(ids) != 1 {
		t.Errorf("by words: %v", ids)
	}
	rows, _, err := k.Notices(k.ctx, notice.Filter{HolderID: "h"})
	k.must(err)
	same(t, "counts", rows[0].Counts, notice.Counts{notice.Waiting: 2, notice.Unknown: 1})
	same(t, "the same", got[notice.Notice](k)(k.SameNotice(k.ctx, b.Notifier(), b.Print())), b)
	_, err = k.SameNotice(k.ctx, "holder:h", b.Print())
	k.refuses(fault.NotFound, err)
	if early := got[[]notice.Notice](k)(k.Overdue(k.ctx, until.Add(-time.Second), 10)); len(early) != 0 {
		t.Error("overdue too early")
	}
	same(t, "overdue", got[[]notice.Notice](k)(k.Overdue(k.ctx, until, 10)), []notice.Notice{b})
}

func noticeLines(t *testing.T, k *kit) {
	n := k.notice("n", nil)
	var it notice.Item
	fill(&it)
	it.NoticeID, it.Line, it.State = "n", 2, notice.Accepted
	waiting := notice.Item{NoticeID: "n", Line: 5, Raw: "A-1", ListingID: "l", CaseID: "c", State: notice.Waiting}
	k.must(k.PutItems(k.ctx, []notice.Item{it, waiting}))
	same(t, "lines", got[[]notice.Item](k)(k.Items(k.ctx, "n", 0, 10)), []notice.Item{it, waiting})
	same(t, "after", got[[]notice.Item](k)(k.Items(k.ctx, "n", 2, 10)), []notice.Item{waiting})
	same(t, "of a case", got[[]notice.Item](k)(k.ItemsOfCase(k.ctx, "c")), []notice.Item{waiting})
	same(t, "waiting", got[[]notice.Item](k)(k.WaitingOn(k.ctx, []string{"l", "x"})), []notice.Item{waiting})
	same(t, "decided", got[[]notice.Item](k)(k.ItemsDecided(k.ctx, []string{it.DecisionID, ""})), []notice.Item{it})
	same(t, "counts", got[notice.Counts](k)(k.CountItems(k.ctx, "n")), notice.Counts{notice.Accepted: 1, notice.Waiting: 1})
	same(t, "open for", got[map[string]bool](k)(k.OpenFor(k.ctx, n.Notifier(), notice.Counterfeit, []string{"l", "x"})), map[string]bool{"l": true})
	if others := got[map[string]bool](k)(k.OpenFor(k.ctx, n.Notifier(), notice.Patent, []string{"l"})); len(others) != 0 {
		t.Error("another kind counts")
	}
	waiting.State = notice.Retired
	k.must(k.PutItems(k.ctx, []notice.Item{waiting}))
	if left := got[[]notice.Item](k)(k.WaitingOn(k.ctx, []string{"l"})); len(left) != 0 {
		t.Error("a retired line waits")
	}
}

func noticeResolve(t *testing.T, k *kit) {
	k.seller("s")
	for _, id := range []string{"a", "b"} {
		k.revision(id, "s", "Title "+id)
	}
	k.must(k.KeepPrints(k.ctx, []similar.Shown{{ListingID: "b", Revision: 1, Link: "shop.example/b"}}))
	list := got[[]notice.Named](k)(k.Resolve(k.ctx, []string{"a", "x-a", "none"}, []string{"shop.example/b", ""}))
	same(t, "named", list, []notice.Named{{ListingID: "a", ExternalID: "x-a", Revision: 1, SellerID: "s", Status: listing.Pending, Title: "Title a"},
		{ListingID: "b", ExternalID: "x-b", Link: "shop.example/b", Revision: 1, SellerID: "s", Status: listing.Pending, Title: "Title b"}})
}

func noticeFigures(t *testing.T, k *kit) {
	sent := noon
	for id, state := range map[string]notice.State{"a": notice.Open, "lapsed": notice.Lapsed} {
		n := k.notice(id, func(n *notice.Notice) { n.State, n.SentAt = state, &sent })
		k.must(k.PutItems(k.ctx, []notice.Item{{NoticeID: id, Line: 1, State: notice.Accepted}, {NoticeID: id, Line: 2, State: notice.Refused}, {NoticeID: id, Line: 3, State: notice.Refused, Overturned: true},
			{NoticeID: id, Line: 4, State: notice.Retired}, {NoticeID: id, Line: 5, State: notice.Waiting}}))
		if id != "a" {
			continue
		}
		same(t, "figures", got[notice.Accuracy](k)(k.Figures(k.ctx, n.Notifier(), noon)), notice.Accuracy{Notifier: n.Notifier(), Notices: 1, Accepted: 1, Refused: 1, Overturned: 1, Retired: 1})
		if later := got[notice.Accuracy](k)(k.Figures(k.ctx, n.Notifier(), noon.Add(time.Second))); later.Notices != 0 {
			t.Errorf("older ones count: %+v", later)
		}
		if named := got[int](k)(k.NamedSince(k.ctx, n.Notifier(), noon)); named < 5 {
			t.Errorf("named %d", named)
		}
	}
	a := got[notice.Accuracy](k)(k.Figures(k.ctx, (notice.Notice{Contact: notice.Contact{Email: "a@b.example"}}).Notifier(), noon))
	if a.Notices != 1 || a.Accepted != 1 {
		t.Errorf("what lapsed counts: %+v", a)
	}
}

package consoletest

import (
	"assay/internal/casefile"
	"assay/internal/notice"
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

// complain sends two notices of the holder: an open one about the first
// suspect, with a line that names nothing, and one that is not complete.
func (s *Stage) complain() {
	s.t.Helper()
	by := casefile.Actor{ID: "account-holder"}
	n := notice.Notice{Kind: notice.Counterfeit, HolderID: Holder, BrandID: Brand, RightID: Right, Lines: "suspect-0\nhttps://bolt.example/no-such-9", Door: "console",
		Facts:   "정품은 뒷면에 일련번호가 있습니다. 이 상품에는 없고 로고의 모양도 다릅니다.",
		Contact: notice.Contact{Name: "<b>김</b> 볼트", Email: "ip@bolt.example"}, Declared: notice.Declared{GoodFaith: true, Accurate: true, Authority: true}}
	_, err := s.Notices.Send(s.t.Context(), n, by)
	s.must(err)
	n.Facts, n.Lines = "half", "suspect-1"
	_, err = s.Notices.Send(s.t.Context(), n, by)
	s.must(err)
}

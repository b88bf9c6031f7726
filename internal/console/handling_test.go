package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/console/consoletest"
	"assay/internal/verdict"
)

func (s *site) version(t *testing.T, id string) string {
	t.Helper()
	k, err := s.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(k.Version)
}

// handle posts what a reviewer does with a case and wants the next case.
func (s *site) handle(t *testing.T, p *person, id, deed string, form url.Values) {
	t.Helper()
	form.Set("version", s.version(t, id))
	if a := p.post("/cases/"+id+"/"+deed, form); a.status != http.StatusSeeOther {
		t.Fatalf("%s: %d\n%s", deed, a.status, a.body)
	}
}

func TestHandlingACase(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	until := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	s.handle(t, p, "case-suspect-1", "hold", url.Values{"reason": {"waiting_seller"}, "until": {until}, "note": {"invoice <asked> for"}})
	p.get("/queue?held=yes").has(t, "BOLT 무선 충전기 2호", "On hold until")
	p.get("/queue").lacks(t, "BOLT 무선 충전기 2호")
	p.get("/cases/case-suspect-1").has(t, "The seller is asked", "invoice &lt;asked&gt; for", "The reviewer")

	s.handle(t, p, "case-suspect-2", "handover", url.Values{"to": {"desk:" + consoletest.Desk}, "note": {"theirs"}})
	p.get("/queue?desk=kr").has(t, "BOLT 무선 충전기 3호", "한국 전담팀")
	s.handle(t, p, "case-suspect-2", "handover", url.Values{"to": {"person:" + consoletest.Colleague}})
	p.get("/cases/case-suspect-2").has(t, "김서연 is working on this", "to 김서연")

	s.handle(t, p, "case-suspect-3", "ask", url.Values{"account": {consoletest.Colleague}, "text": {"Is this theirs?"}})
	p.get("/cases/case-suspect-3").has(t, "Is this theirs?", "A second person is asked")
	p.post("/cases/case-suspect-4/notes", url.Values{"text": {"called the shop"}})
	p.get("/cases/case-suspect-4").has(t, "called the shop")
	s.signed(t, access.Holder).get("/cases/case-suspect-4").lacks(t, "called the shop", "What colleagues wrote", "Severity")
	if a := p.post("/cases/case-suspect-4/hold", url.Values{"reason": {"other"}, "until": {until}, "version": {"1"}}); a.status != http.StatusSeeOther {
		t.Errorf("an old version: %d", a.status)
	}
	if k, err := s.Store.Case(t.Context(), "case-suspect-4"); err != nil || k.Hold != nil && k.Version == 1 {
		t.Errorf("%+v %v", k, err)
	}
}

func TestGivingAnOpinion(t *testing.T) {
	s := newSite(t)
	id := "case-suspect-1"
	k, err := s.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Desk.Ask(t.Context(), id, casefile.AskIn{AccountID: "account-reviewer", Text: "Theirs?", Version: k.Version}, casefile.Actor{ID: consoletest.Colleague})
	if err != nil {
		t.Fatal(err)
	}
	p := s.signed(t, access.Reviewer)
	p.get("/queue?asked=yes").has(t, "BOLT 무선 충전기 2호", "Your opinion is asked")
	p.get("/cases/"+id).has(t, "김서연 asks for your opinion", "Theirs?")
	s.handle(t, p, id, "opinion", url.Values{"outcome": {"block"}, "text": {"a copy"}})
	p.get("/queue?asked=yes").lacks(t, `data-id="case-suspect-1"`)
	p.get("/cases/"+id).has(t, "a copy", "Opinion")
}

func TestTwoPeopleOnThePage(t *testing.T) {
	s := newSite(t)
	l, err := casefile.ParseLevels([]byte("two_people: {grounds: [counterfeit]}"))
	if err != nil {
		t.Fatal(err)
	}
	s.Desk.Levels = l
	id := "case-suspect-1"
	s.decide(t, s.signed(t, access.Reviewer), id, "block:counterfeit", "stitching")
	s.signed(t, access.Reviewer).get("/cases/"+id).has(t, "Your answer waits for a second person")
	s.signed(t, access.Admin).get("/queue?two=yes").has(t, "Second person needed", "BOLT 무선 충전기 2호")
	s.signed(t, access.Admin).get("/cases/"+id).has(t, "The reviewer answered first", "stitching")
	s.decide(t, s.signed(t, access.Admin), id, "block:counterfeit", "")
	if k, err := s.Store.Case(t.Context(), id); err != nil || k.State != casefile.Closed || k.Decision.Outcome != verdict.Block {
		t.Errorf("it is %+v %v", k, err)
	}
}

func TestDesksByHand(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	if a := p.post("/desks/new", url.Values{"id": {"No good"}, "name": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong desk: %d", a.status)
	}
	form := url.Values{"id": {"it"}, "name": {"Italia"}, "country": {"IT"}, "countries": {"it, SM"}, "sees": {"account-reviewer"}, "decides": {}, "sources": {"notice"}, "rank": {"3"}}
	if a := p.post("/desks/new", form); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	p.get("/desks").has(t, "Italia", "IT, SM", "The reviewer")
	p.get("/desks/it").has(t, "Italia", `value="account-reviewer" checked`)
	r := s.signed(t, access.Reviewer)
	r.get("/queue").lacks(t, "BOLT 무선 충전기")
	if a := r.get("/cases/case-suspect-1"); a.status != http.StatusNotFound {
		t.Errorf("a case of another desk: %d", a.status)
	}
	s.handle(t, p, "case-suspect-1", "handover", url.Values{"to": {"desk:it"}})
	a := r.get("/cases/case-suspect-1")
	a.has(t, "BOLT 무선 충전기 2호")
	a.lacks(t, "data-decide", "Hold it")
	if a := r.post("/cases/case-suspect-1/claim", nil); a.status != http.StatusForbidden {
		t.Errorf("who may only see claims: %d", a.status)
	}
	form.Set("decides", "account-reviewer")
	p.post("/desks/it", form)
	r.get("/cases/case-suspect-1").has(t, "data-decide")
	p.post("/desks/it/delete", nil)
	r.get("/queue").has(t, "BOLT 무선 충전기 2호")
}

func TestViewsOfTheQueue(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	a := p.post("/queue/views", url.Values{"queue": {"reason=picture_mark&clock=overdue"}, "name": {"늦은 로고"}, "share": {"-"}})
	if a.status != http.StatusSeeOther {
		t.Fatal(a.status, a.body)
	}
	at := a.header.Get("Location")
	p.get(at).has(t, "늦은 로고", "Delete the view", `aria-current="true"`)
	shared := s.signed(t, access.Admin).get("/queue")
	shared.has(t, "늦은 로고")
	id := regexp.MustCompile(`view=([0-9a-f-]+)`).FindStringSubmatch(at)[1]
	s.signed(t, access.Holder).get("/queue").lacks(t, "늦은 로고", "My opinion is asked")
	if a := p.post("/queue/views/"+id+"/delete", nil); a.status != http.StatusSeeOther {
		t.Errorf("delete: %d", a.status)
	}
	p.get("/queue").lacks(t, "늦은 로고")
}

// Times stand in the reader's zone, with the zone named, in his language.
func TestTimesInTheReadersZone(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	k, err := s.Store.Case(t.Context(), "case-suspect-1")
	if err != nil {
		t.Fatal(err)
	}
	p.get("/cases/"+k.ID).has(t, k.CreatedAt.Format("15:04")+" UTC")
	if a := p.post("/settings", url.Values{"zone": {"Nowhere/Else"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("no such zone: %d", a.status)
	}
	p.post("/settings", url.Values{"zone": {"Asia/Seoul"}})
	p.get("/settings").has(t, "<option selected>Asia/Seoul</option>", "KST")
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	at := k.CreatedAt.In(seoul)
	p.get("/cases/"+k.ID).has(t, at.Format("15:04")+" KST")
	p.post("/preferences", url.Values{"lang": {"ko"}})
	page := p.get("/cases/" + k.ID)
	page.has(t, at.Format("2006년 1월 2일 15:04 KST"))
	if strings.Contains(html.UnescapeString(page.body), " UTC<") {
		t.Error("some times are left in UTC")
	}
	s.signed(t, access.Admin).get("/cases/"+k.ID).has(t, k.CreatedAt.Format("15:04")+" UTC")
}

// A language chosen before signing in is kept by a cookie, and in the account
// once somebody is known; another browser then speaks it too.
func TestTheLanguageIsRemembered(t *testing.T) {
	s := newSite(t)
	p := s.stranger(t)
	p.post("/preferences", url.Values{"lang": {"it"}})
	p.get("/sign-in").has(t, `lang="it"`)
	first := s.as(t, access.Reviewer)
	first.post("/preferences", url.Values{"lang": {"zh"}})
	s.as(t, access.Reviewer).get("/queue").has(t, `lang="zh-Hans"`)
}

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/console/consoletest"
	"assay/internal/hearing"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/statement"
	"assay/internal/verdict"
)

// look keeps a picture of a page when ASSAY_LOOK_HEARING names a folder.
func (b *tab) look(name string) {
	b.t.Helper()
	into := os.Getenv("ASSAY_LOOK_HEARING")
	if into == "" {
		return
	}
	var png []byte
	b.do("take a picture", chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(into, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// remove takes a listing off sale as a reviewer does, and returns the decision.
func (h *house) remove(t *testing.T, caseID, reason string) casefile.Decision {
	t.Helper()
	reviewer := casefile.Actor{ID: "account-reviewer", Name: "The reviewer"}
	k, err := h.Desk.Claim(t.Context(), caseID, reviewer)
	if err == nil {
		k, err = h.Desk.Decide(t.Context(), caseID, casefile.Answer{Outcome: verdict.Block, Reason: reason, Version: k.Version}, reviewer)
	}
	if err != nil {
		t.Fatal(err)
	}
	return *k.Decision
}

func (h *house) pointsOf(t *testing.T, shop string) int {
	t.Helper()
	list, err := h.Store.Penalties(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range list {
		if a.ReversedAt == nil {
			n += a.Points
		}
	}
	return n
}

func (h *house) statusOf(t *testing.T, caseID string) listing.Status {
	t.Helper()
	k, err := h.Store.Case(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	l, err := h.Store.Listing(t.Context(), k.ListingID)
	if err != nil {
		t.Fatal(err)
	}
	return l.Status
}

// openLetter goes to the newest letter about a listing.
func (b *tab) openLetter(listingID string) {
	b.t.Helper()
	b.open("/statements?listing=" + listingID)
	b.do("open the newest letter", chromedp.Click(`a.title[href^="/statements/"]`, chromedp.ByQuery))
	b.wait("the letter is open", `document.querySelector("article.letter") !== null`)
}

// A wrong removal, from the block to the goods back on sale with the points
// given back: reviewer, seller, and another person who decides the appeal.
func TestAWrongRemovalIsPutRight(t *testing.T) {
	h := newHouse(t)
	before, id := h.pointsOf(t, consoletest.Shop), h.listingOf(t, "case-suspect-1")
	reviewer := h.as(t, access.Reviewer)
	reviewer.open("/cases/case-suspect-1")
	reviewer.keys("c")
	reviewer.wait("the case is ours", `document.querySelector('[data-lease="mine"]') !== null`)
	reviewer.keys("b", "3")
	reviewer.wait("it is decided", `document.querySelector(".note.block, .note.pass") !== null`)
	if h.statusOf(t, "case-suspect-1") != listing.Removed || h.pointsOf(t, consoletest.Shop) == before {
		t.Fatalf("the listing is %s with %d points", h.statusOf(t, "case-suspect-1"), h.pointsOf(t, consoletest.Shop))
	}
	s := h.as(t, access.Seller)
	s.openLetter(id)
	if text := s.text("article.letter"); !strings.Contains(text, "Bolt ring") || !strings.Contains(text, "penalty point") || !strings.Contains(text, "번개상점") {
		t.Errorf("the letter says\n%s", text)
	}
	s.look("letter-en")
	s.do("appeal", chromedp.Click(`a[href$="/appeal"]`, chromedp.ByQuery), chromedp.WaitVisible("#text"), chromedp.SendKeys("#text", "We are an authorised seller; the licence is attached."))
	s.do("send it", chromedp.Click(`form[action$="/appeal"] button.primary`, chromedp.ByQuery))
	s.wait("the appeal is filed", `location.pathname.startsWith("/hearings/") && document.querySelector(".note.pass") !== null`)
	s.look("hearing-en")
	k, err := h.Store.OpenCaseOf(t.Context(), id, casefile.FromAppeal)
	if err != nil {
		t.Fatal(err)
	}
	reviewer.open("/cases/" + k.ID)
	reviewer.keys("c")
	reviewer.wait("who decided is turned away", `!document.querySelector('[data-lease="mine"]')`)
	admin := h.as(t, access.Admin)
	admin.open("/cases/" + k.ID)
	admin.wait("what the seller said is on the case", `document.querySelector("#hearing")?.innerText.includes("authorised seller")`)
	admin.look("case-appeal-en")
	admin.keys("c")
	admin.wait("the case is ours", `document.querySelector('[data-lease="mine"]') !== null`)
	admin.do("write to the parties", chromedp.SetValue("#note", "The licence covers these goods.", chromedp.ByQuery), chromedp.Evaluate(`document.activeElement.blur()`, nil))
	admin.keys("p", "1")
	admin.wait("it is decided", `document.querySelector(".note.block, .note.pass") !== null`)
	if h.statusOf(t, "case-suspect-1") != listing.Live || h.pointsOf(t, consoletest.Shop) != before {
		t.Fatalf("the listing is %s with %d points", h.statusOf(t, "case-suspect-1"), h.pointsOf(t, consoletest.Shop))
	}
	s.openLetter(id)
	if text := s.text("article.letter"); !strings.Contains(text, "taken back our earlier decision") || !strings.Contains(text, "The licence covers these goods.") || !strings.Contains(text, "given back") {
		t.Errorf("the second letter says\n%s", text)
	}
	s.look("restored-en")
}

func (h *house) listingOf(t *testing.T, caseID string) string {
	t.Helper()
	k, err := h.Store.Case(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	return k.ListingID
}

// Both clocks: the seller answers in time, the complainant is asked on his own
// page and stays silent, and the goods are back.
func TestBothClocks(t *testing.T) {
	h := newHouse(t)
	id := h.listingOf(t, "case-suspect-2")
	h.Complained = map[string]string{id: consoletest.Holder}
	d := h.remove(t, "case-suspect-2", "mark_in_picture")
	s := h.as(t, access.Seller)
	s.openLetter(id)
	s.do("answer", chromedp.Click(`aside a[href$="#say"]`, chromedp.ByQuery), chromedp.WaitVisible("#text"), chromedp.SendKeys("#text", "I bought them from the brand's shop."))
	s.look("answer-en")
	s.do("send it", chromedp.Click(`form[action$="/say/answer"] button.primary`, chromedp.ByQuery))
	s.wait("it is the other side's turn", `document.querySelector(".note.pass") !== null && document.querySelector(".clock").innerText.includes("may reply")`)
	b := h.as(t, access.Holder)
	b.open("/")
	b.wait("the holder is asked", `document.querySelector('a.title[href^="/hearings/"]') !== null`)
	b.do("open it", chromedp.Click(`a.title[href^="/hearings/"]`, chromedp.ByQuery))
	b.wait("he reads what the seller said", `document.querySelector(".timeline")?.innerText.includes("brand's shop") && document.querySelector('form[action$="/say/reply"]') !== null`)
	b.look("reply-en")
	h.Advance(14 * 24 * time.Hour)
	if err := h.Clerk.Tend(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if h.statusOf(t, "case-suspect-2") != listing.Live {
		t.Fatalf("the listing is %s", h.statusOf(t, "case-suspect-2"))
	}
	list, _, err := h.Store.Hearings(t.Context(), hearing.Filter{DecisionID: d.ID})
	if err != nil || len(list) != 1 || list[0].End != hearing.ComplainantSilent {
		t.Fatalf("hearings %+v (%v)", list, err)
	}
	s.open("/hearings/" + list[0].ID)
	s.wait("the end is told", `document.querySelector("main").innerText.includes("No reply came in time")`)
}

// A seller mends his listing and is back as soon as it was checked.
func TestCureIsBackInMinutes(t *testing.T) {
	h := newHouse(t)
	before, id := h.pointsOf(t, consoletest.Shop), h.listingOf(t, "case-suspect-3")
	h.remove(t, "case-suspect-3", "mark_in_picture")
	had := h.pointsOf(t, consoletest.Shop)
	h.Work()
	s := h.as(t, access.Seller)
	s.openLetter(id)
	s.do("mend it", chromedp.Click(`aside a[href$="/cure"]`, chromedp.ByQuery), chromedp.WaitVisible("#title"))
	s.look("cure-en")
	s.do("take out what was found", chromedp.Evaluate(`(() => {
		const set = (name, value) => { document.querySelector("form.card [name=" + name + "]").value = value; };
		set("title", "무선 충전기 3호"); set("description", "빠른 배송. 케이블 증정."); set("brand", "");
		document.querySelectorAll("input[name=keep]").forEach((c) => { c.checked = false; });
	})()`, nil), chromedp.Click(`form[action$="/cure"] button.primary`, chromedp.ByQuery))
	s.wait("it is saved", `location.pathname.startsWith("/listings/") && document.querySelector(".note.pass") !== null`)
	for tries := 0; h.statusOf(t, "case-suspect-3") != listing.Live; tries++ { // the worker checks in its own time
		if tries == 200 {
			t.Fatalf("the listing is %s", h.statusOf(t, "case-suspect-3"))
		}
		s.open("/statements")
	}
	s.openLetter(id)
	if text := s.text("article.letter"); !strings.Contains(text, "Thank you for putting it right") {
		t.Errorf("the letter says\n%s", text)
	}
	if now := h.pointsOf(t, consoletest.Shop); now >= had || now <= before {
		t.Errorf("%d of %d points stay", now, had)
	}
}

// The same letter in each language, light and dark, on a phone and a desk.
func TestLetterInEachLanguage(t *testing.T) {
	h := newHouse(t)
	d := h.remove(t, "case-suspect-4", "mark_in_picture")
	list, _, err := h.Store.Statements(t.Context(), statement.Filter{DecisionID: d.ID})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	b := h.as(t, access.Seller)
	for i, l := range message.Languages() {
		b.size(map[bool]int64{true: 390, false: 1280}[i%2 == 1], 850, i%2 == 1)
		b.dark(i >= 2)
		b.open("/statements/" + list[0].ID + "?lang=" + l.Code)
		p := message.For(l.Code)
		text := b.text("article.letter")
		for _, want := range []string{p.T("statement.seller.removed.title"), p.T("statement.why"), p.T("statement.can"), p.T("statement.can.court"), p.T("statement.right.trademark")} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the letter lacks %q", l.Code, want)
			}
		}
		var wide bool
		b.eval(`document.documentElement.scrollWidth > innerWidth + 1`, &wide)
		if wide {
			t.Errorf("%s: the page is wider than the screen", l.Code)
		}
		b.look("letter-" + l.Code + map[bool]string{true: "-phone", false: ""}[i%2 == 1])
	}
}

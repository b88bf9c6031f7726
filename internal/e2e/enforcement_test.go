package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/console/consoletest"
	"assay/internal/job/river"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// From the third strike to a closing that a second person confirms, and back.
func TestStrikesToClosureAndBack(t *testing.T) {
	h := newHouse(t)
	jobs := h.Work()
	for n := range 2 { // the first two strikes, weeks ago
		h.strike(t, n)
	}
	b := h.as(t, access.Reviewer)
	b.open("/cases/case-suspect-2")
	b.wait("the page says what a block would mean", `document.body.innerText.includes("Closure is proposed")`)
	b.keys("b")
	b.wait("blocking is armed", `document.querySelector(".answers.block.armed") !== null`)
	b.keys("1")
	b.wait("it is decided", `document.querySelector(".note.block") !== null`)
	b.open("/closures?state=open")
	b.wait("the reviewer may not answer", `document.querySelectorAll(".act").length === 2 && [...document.querySelectorAll(".act")].some((a) => a.innerText.includes("번개상점") && !a.querySelector("form"))`)

	a := h.as(t, access.Admin)
	a.open("/closures?state=open")
	a.do("close the shop", chromedp.Evaluate(`[...document.querySelectorAll(".act")].find((x) => x.innerText.includes("번개상점")).querySelector("button.primary").click()`, nil))
	a.wait("it is said", `document.querySelector(".note.block") !== null`)
	h.shopIs(t, jobs, seller.Closed, 0)

	s := h.as(t, access.Seller)
	s.open("/standing")
	s.wait("the seller reads that, and what he can do", `document.body.innerText.includes("Your shop is closed.") && document.body.innerText.includes("object")`)

	a.open("/sellers/" + consoletest.Shop + "/standing")
	a.do("reopen it", chromedp.SetValue("#a-kind", "reopen", chromedp.ByQuery), chromedp.SetValue("#a-reason", "action.reversal:agreement", chromedp.ByQuery),
		chromedp.SendKeys("#a-note", "settled with the rights holder"), chromedp.Click(`form[action$="/actions"] button.primary`, chromedp.ByQuery))
	a.wait("it is done", `document.querySelector(".note.pass") !== null`)
	h.shopIs(t, jobs, seller.Active, 1)
	s.open("/standing")
	s.wait("the seller reads that too", `document.body.innerText.includes("Your shop is open.")`)
}

// strike blocks a case as counterfeit, twenty days for each n before now.
func (h *house) strike(t *testing.T, n int) {
	t.Helper()
	id := []string{"case-suspect-0", "case-suspect-1"}[n]
	k, err := h.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	desk, ladder := *h.Desk, h.Ladder
	then := func() time.Time { return consoletest.Now().AddDate(0, 0, -20*(2-n)) }
	now := ladder.Now
	desk.Now, ladder.Now = then, then
	defer func() { ladder.Now = now }()
	if _, err := desk.Decide(t.Context(), id, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: k.Version}, casefile.Actor{ID: "account-admin", Name: "The admin"}); err != nil {
		t.Fatal(err)
	}
}

// shopIs lets the jobs finish and looks at the shop and what it has on sale.
func (h *house) shopIs(t *testing.T, jobs *river.Runner, want seller.Status, onSale int) {
	t.Helper()
	if err := jobs.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := h.Store.Seller(t.Context(), consoletest.Shop)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := h.Store.Listings(t.Context(), listing.Filter{SellerID: consoletest.Shop, Status: listing.Live})
	if err != nil {
		t.Fatal(err)
	}
	if s.Status != want || len(list) != onSale {
		t.Fatalf("the shop is %s with %d on sale, want %s and %d", s.Status, len(list), want, onSale)
	}
}

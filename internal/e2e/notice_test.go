package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/console/consoletest"
	"assay/internal/hearing"
	"assay/internal/notice"
	"assay/internal/statement"
	"assay/internal/verdict"
)

// A holder writes a notice, forgets something, completes it, and reads beside
// the case what he said as the reviewer sees it.
func TestANoticeFromTheFirstWord(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Holder)
	b.open("/notices/new")
	b.do("write half of it", chromedp.SetValue("#n-brand_id", "bolt", chromedp.ByQuery), chromedp.SetValue("#n-right_id", "bolt-tm", chromedp.ByQuery), chromedp.SendKeys("#n-lines", "suspect-3\nno such thing 7", chromedp.ByQuery),
		chromedp.SendKeys("#n-facts", "The charger has no serial number on its back, and the logo is another one.", chromedp.ByQuery), chromedp.Click(`input[name="good_faith"]`, chromedp.ByQuery),
		chromedp.Click(`button[value="send"]`, chromedp.ByQuery))
	b.wait("it says what is missing", `document.querySelectorAll('.note.review li a').length === 2 && document.querySelector("#n-facts").value.startsWith("The charger")`)
	b.do("complete it", chromedp.Click(`input[name="accurate"]`, chromedp.ByQuery), chromedp.Click(`input[name="authority"]`, chromedp.ByQuery), chromedp.Click(`button[value="send"]`, chromedp.ByQuery))
	b.wait("it is taken in", `document.querySelectorAll("[data-row]").length >= 2 && document.querySelector('form[action$="/withdraw"]') !== null`)
	k, err := h.Store.Case(t.Context(), "case-suspect-3")
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.Store.OpenCaseOf(t.Context(), k.ListingID, casefile.FromNotice)
	if err != nil {
		t.Fatal(err)
	}
	r := h.as(t, access.Reviewer)
	r.open("/cases/" + c.ID)
	r.wait("what was said stands there", `document.querySelector(".said")?.innerText.includes("no serial number")`)
	list, _, err := h.Notices.Store.Notices(t.Context(), notice.Filter{State: notice.Open})
	if err != nil || len(list) != 2 {
		t.Errorf("%d open notices (%v)", len(list), err)
	}

	h.heardAfterNotice(t, c, b)
}

// heardAfterNotice decides the case of a notice: the letter names the notice
// as its source, the notifier reads an answer, and the seller is heard first,
// then the notifier.
func (h *house) heardAfterNotice(t *testing.T, c casefile.Case, holder *tab) {
	t.Helper()
	ctx := t.Context()
	_, err := h.Desk.Decide(ctx, c.ID, casefile.Answer{Outcome: verdict.Block, Reason: "mark_in_picture", Version: c.Version}, casefile.Actor{ID: "account-reviewer", Name: "R"})
	if err != nil {
		t.Fatal(err)
	}
	letters, _, err := h.Store.Statements(ctx, statement.Filter{ListingID: c.ListingID, Kind: statement.Removed})
	if err != nil || len(letters) != 1 || letters[0].Source != statement.Noticed {
		t.Fatalf("letters %+v, %v", letters, err)
	}
	holder.open("/statements/" + letters[0].ID)
	holder.wait("the notifier reads the answer", `document.querySelector("main h1") !== null && document.querySelector(".note.block") === null`)
	seller := h.as(t, access.Seller)
	seller.open("/")
	seller.wait("the seller is asked", `document.body.innerText.includes("BOLT") && document.querySelector('a[href^="/hearings/"]') !== null`)
	heard, _, err := h.Store.Hearings(ctx, hearing.Filter{SellerID: c.SellerID})
	if err != nil || len(heard) != 1 || heard[0].State != hearing.AwaitsSeller || heard[0].HolderID != consoletest.Holder {
		t.Fatalf("hearings %+v, %v", heard, err)
	}
	seller.open("/hearings/" + heard[0].ID)
	seller.wait("the seller may speak", `document.querySelector("textarea") !== null`)
}

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/listing"
	"assay/internal/listing/intake"
)

// A holder searches, keeps the search, and hears of a listing that hides the
// name, once it is taken in and screened.
func TestHolderIsToldOfADisguise(t *testing.T) {
	h := newHouse(t)
	h.Work()
	b := h.as(t, access.Holder)
	b.open("/")
	b.keys("g", "w")
	b.wait("the search page is open", `location.pathname === "/search"`)
	b.do("look for a name", chromedp.SendKeys("#words", "Zephyrelle"+kb.Enter))
	b.wait("nothing is found yet", `document.querySelector(".empty") !== null`)
	b.keys("c")
	b.do("keep the search", chromedp.WaitVisible("#name"), chromedp.SetValue("#name", "Our new name", chromedp.ByQuery), chromedp.Click(`form[action="/searches"] button`, chromedp.ByQuery))
	b.wait("it is kept", `location.pathname === "/searches" && document.querySelector(".note.pass") !== null && document.body.innerText.includes("Our new name")`)
	before := h.unread(t)
	taken, err := h.Intake.Take(t.Context(), intake.Source{Market: "main", Name: "api", ActorID: "test"}, []listing.Row{
		{ExternalID: "z-1", SellerExternalID: "shop-1", Offer: listing.Offer{Title: "bag Z.e.p.h.y.r.e.l.l.e 1:1", Description: "fast shipping"}},
		{ExternalID: "z-2", SellerExternalID: "shop-1", Offer: listing.Offer{Title: "a bag of canvas"}}})
	if err != nil || taken[0].Err != nil {
		t.Fatal(err, taken[0].Err)
	}
	for tries := 0; h.unread(t) == before; tries++ { // the worker screens in its own time
		if tries == 300 {
			t.Fatal("no alert came")
		}
		b.open("/searches")
	}
	b.open("/searches")
	b.do("open its alerts", chromedp.Click(`//a[contains(., "Our new name")]`, chromedp.BySearch))
	b.wait("the find is marked", `[...document.querySelectorAll("mark")].some((m) => m.textContent === "Z.e.p.h.y.r.e.l.l.e") && document.querySelectorAll(".hits > li").length === 1`)
	if text := b.text(".hits"); !strings.Contains(text, "punctuation between letters") || !strings.Contains(text, "번개상점") {
		t.Errorf("the alert says\n%s", text)
	}
	b.do("mark it as read", chromedp.Click(".hit-foot button", chromedp.ByQuery))
	b.wait("nothing is left", `document.querySelector(".empty") !== null`)
}

func (h *house) unread(t *testing.T) int {
	t.Helper()
	n, err := h.Store.CountUnread(t.Context(), consoletest.Holder)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

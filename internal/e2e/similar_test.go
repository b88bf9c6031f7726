package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/signal"
	"assay/internal/similar"
)

// many puts n goods on sale that show the picture of the first suspect.
func (h *house) many(t *testing.T, n int) {
	t.Helper()
	k, err := h.Store.Case(t.Context(), "case-suspect-0")
	if err != nil {
		t.Fatal(err)
	}
	rev, err := h.Store.Revision(t.Context(), k.RevisionID)
	if err != nil {
		t.Fatal(err)
	}
	var shown []similar.Shown
	for i := range n {
		id := fmt.Sprintf("many-%d", i)
		o := listing.Offer{Title: fmt.Sprintf("볼트 호환 무선 충전기 %03d", i), Pictures: rev.Offer.Pictures[:1]}
		_, r, _, err := h.Store.PutRevision(t.Context(), listing.Listing{ID: id, Market: "main", ExternalID: id, SellerID: consoletest.OtherShop},
			listing.Revision{ListingID: id, Source: "api", ContentHash: id, Offer: o, CreatedAt: consoletest.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Store.SetStatus(t.Context(), id, 0, listing.Live, consoletest.Now()); err != nil {
			t.Fatal(err)
		}
		p := signal.Print{Hash: o.Pictures[0].Hash, Quality: 90}
		p.Codes[pdq.Original] = pdq.Hash{1, 2, 3, 4}
		shown = append(shown, similar.ShownBy(r, []signal.Seen{{Print: p}}))
	}
	if err := h.Store.KeepPrints(t.Context(), shown); err != nil {
		t.Fatal(err)
	}
}

// stand wants the many in a state, but for one.
func (h *house) stand(t *testing.T, want listing.Status, n int, but string) {
	t.Helper()
	for i := range n {
		id := fmt.Sprintf("many-%d", i)
		l, err := h.Store.Listing(t.Context(), id)
		if err != nil || l.Status != want && id != but {
			t.Fatalf("listing %d is %q (%v), want %q", i, l.Status, err, want)
		}
	}
}

// From one case to 500 listings that are taken down together, without the odd
// one, and back again.
func TestFiveHundredTogether(t *testing.T) {
	const n = 500
	h := newHouse(t)
	h.many(t, n)
	b := h.as(t, access.Reviewer)
	b.open("/cases/case-suspect-0")
	b.do("ask for similar goods", chromedp.Click(`form[action$="/similar"] button`, chromedp.ByQuery))
	b.wait("the group stands", `location.pathname.startsWith("/similar/") && document.querySelectorAll("[data-row]").length === 60`)
	b.eval(`window.stayed = true`, nil)
	var odd string
	b.eval(`[...document.querySelectorAll("input.pick")].find((i) => i.value.startsWith("many-")).value`, &odd)
	var before int
	b.eval(`parseInt(document.querySelector("[data-sums] strong").innerText.replace(/[^0-9]/g, ""))`, &before)
	if before < n {
		t.Fatalf("%d are selected, want at least %d", before, n)
	}
	b.do("leave out the odd one", chromedp.Click(`input.pick[value="`+odd+`"]`, chromedp.ByQuery))
	b.wait("one less is selected", fmt.Sprintf(`parseInt(document.querySelector("[data-sums] strong").innerText.replace(/[^0-9]/g, "")) === %d`, before-1))
	b.eval(`location.reload()`, nil)
	b.wait("the choice outlives the page", fmt.Sprintf(`window.stayed === undefined && document.querySelector('input.pick[value="%s"]')?.checked === false`, odd))
	b.do("decide", chromedp.SetValue("#answer", "block:counterfeit", chromedp.ByQuery), chromedp.Click(`input[name="sure"]`, chromedp.ByQuery), chromedp.Click(`button[formaction$="/decide"]`, chromedp.ByQuery))
	b.wait("all are decided", fmt.Sprintf(`document.querySelector("[data-sums]")?.innerText.includes("%d") && document.querySelector('button[formaction$="/undo"]') !== null`, before-1))
	if l, err := h.Store.Listing(t.Context(), odd); err != nil || l.Status != listing.Live {
		t.Fatalf("the odd one is %q (%v)", l.Status, err)
	}
	h.stand(t, listing.Removed, n, odd)
	downs, err := h.Store.StayDowns(t.Context(), "", 500)
	if err != nil || len(downs) < n-1 {
		t.Errorf("%d stay-down prints (%v)", len(downs), err)
	}
	b.keys("u")
	b.wait("all are back", `document.querySelector(".note.pass") !== null && document.querySelector('button[formaction$="/undo"]') === null`)
	h.stand(t, listing.Live, n, "")
	downs, err = h.Store.StayDowns(t.Context(), "", 500)
	if err != nil || len(downs) != 0 {
		t.Errorf("%d stay-down prints are left (%v)", len(downs), err)
	}
}

package e2e

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/listing"
)

// house is the stage behind a server, with workers where a test needs them.
type house struct {
	*consoletest.Stage
	base string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	if browser == nil {
		missing(t, "Chromium is missing: install Debian's package chromium")
	}
	s := consoletest.New(t)
	server := httptest.NewServer(s.Console.Handler())
	t.Cleanup(server.Close)
	return &house{s, server.URL}
}

func (h *house) as(t *testing.T, role access.Role) *tab {
	t.Helper()
	b := newTab(t, h.base)
	b.signIn(consoletest.Email(role), consoletest.Password)
	return b
}

// From the queue to a decision and on to the next case, by keyboard alone.
func TestReviewByKeyboard(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Reviewer)
	b.open("/queue")
	all := h.waiting(t)
	b.wait("the queue stands", rows(all))
	b.keys("n")
	b.wait("the first case is open and ours", `document.querySelector('[data-lease="mine"]') !== null`)
	var id string
	b.eval(`document.querySelector("[data-case]").dataset.case`, &id)
	b.keys("b")
	b.wait("blocking is armed", `document.querySelector(".answers.block.armed") !== null`)
	b.keys("3")
	b.wait("the next case is open", `document.querySelector("[data-case]")?.dataset.case !== `+quote(id)+` && document.querySelector('[data-lease="mine"]') !== null`)
	k, err := h.Store.Case(t.Context(), id)
	if err != nil || k.Decision == nil || k.Decision.Reason != "mark_in_picture" {
		t.Fatalf("the case is %+v (%v)", k, err)
	}
	if l, err := h.Store.Listing(t.Context(), k.ListingID); err != nil || l.Status != listing.Removed {
		t.Errorf("the listing is %q (%v), want removed", l.Status, err)
	}
	b.keys("p", "6")
	b.wait("a third case is open", `document.querySelector(".note.pass") !== null`)
	b.keys("g", "q")
	b.wait("the queue is back, shorter by two or, where a notice asked the same, more", rows(h.waiting(t)))
	b.keys("j", "j", "k", "k", "j", kb.Enter)
	b.wait("the second row is open", `document.querySelector("[data-case]") !== null`)
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// A case that somebody else adds appears without loading the page again.
func TestQueueIsLive(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Reviewer)
	b.open("/queue")
	b.eval(`window.stayed = true`, nil)
	b.keys("j")
	h.Suspect(41, "방금 들어온 상품", consoletest.Shop)
	b.wait("the new case is there", `document.body.innerText.includes("방금 들어온 상품")`)
	b.wait("the page, and the row walked to, stayed", `window.stayed && document.querySelector("[data-row].at") !== null`)
}

// The protected picture lies exactly over the place that matched.
func TestPicturesAreLaidOver(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Reviewer)
	b.open("/cases/case-suspect-1")
	b.wait("the pictures are there", `[...document.querySelectorAll(".fit img")].every((i) => i.complete && i.naturalWidth > 0)`)
	b.keys("v")
	b.wait("the picture lies over the other", `document.querySelector(".ghost") !== null`)
	var off float64
	b.eval(`(() => { const g = document.querySelector(".ghost").getBoundingClientRect(); const p = document.querySelector('[data-pane="listing"] polygon.line').getBoundingClientRect();
		return Math.max(Math.abs(g.left - p.left), Math.abs(g.top - p.top), Math.abs(g.right - p.right), Math.abs(g.bottom - p.bottom)) })()`, &off)
	if off > 2 {
		t.Errorf("the picture is %.1f px off its outline", off)
	}
	b.keys("v", "z")
	b.wait("both pictures are zoomed", `[...document.querySelectorAll(".plane")].every((p) => p.style.transform.includes("scale"))`)
	b.keys("0")
	b.wait("both are whole again", `[...document.querySelectorAll(".plane")].every((p) => p.style.transform === "")`)
	var geometry string
	b.do("try the geometry", chromedp.Evaluate(`import(document.querySelector("script").src.replace("assay.js", "viewer.js")).then(({ corners }) => {
		const whole = [[0, 0], [1, 0], [1, 1], [0, 1]];
		const at = (m, r) => corners(whole, whole, m, r)[1].map((p) => p.join("")).join(" ");
		return [at(false, 0), at(false, 90), at(true, 0), at(true, 90)].join("; ") })`, &geometry, awaited))
	if want := "00 10 11 01; 01 00 10 11; 10 00 01 11; 11 10 00 01"; geometry != want {
		t.Errorf("corners are %q, want %q", geometry, want)
	}
}

func TestRegistryByHand(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Holder)
	b.open("/registry/brands")
	b.keys("n")
	b.do("fill in a brand that is not right", chromedp.WaitReady("#f-name"), chromedp.SendKeys("#f-name", "볼트 라이트"), chromedp.SendKeys("#f-usual_price", "cheap"),
		chromedp.SetValue("#f-holder", consoletest.Holder, chromedp.ByQuery), chromedp.SendKeys("#f-id", "bolt-light"), chromedp.Click("form.card button.primary", chromedp.ByQuery))
	b.wait("the wrong field is marked", `document.querySelector("#w-usual_price")?.innerText.includes("KRW") && document.querySelector("#f-name").value === "볼트 라이트"`)
	b.do("mend it", chromedp.SetValue("#f-usual_price", "KRW 29000", chromedp.ByQuery), chromedp.Click("form.card button.primary", chromedp.ByQuery))
	b.wait("it is saved", `location.pathname === "/registry/brands/bolt-light" && document.querySelector(".note.pass") !== null`)
	file := filepath.Join(t.TempDir(), "logo.png")
	if err := os.WriteFile(file, consoletest.Mark(), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open("/registry/assets/new?brand=bolt-light")
	b.do("add a logo", chromedp.SetValue("#f-kind", "mark", chromedp.ByQuery), chromedp.SendKeys("#f-label", "Ring"), chromedp.SetUploadFiles("#f-picture", []string{file}, chromedp.ByQuery))
	b.wait("it is shown before it is sent", `document.querySelector(".previews img")?.naturalWidth > 0`)
	b.do("save it", chromedp.Click("form.card button.primary", chromedp.ByQuery))
	b.wait("the picture is shown", `document.querySelector("img.shown")?.naturalWidth > 0`)
	b.keys("e")
	b.do("rename it", chromedp.WaitReady("#f-label"), chromedp.SetValue("#f-label", "Ring, new", chromedp.ByQuery), chromedp.Click("form.card button.primary", chromedp.ByQuery))
	b.wait("it has its new name", `document.querySelector("h1").innerText === "Ring, new"`)
}

const feed = "id,title,price,image_link\nf-1,손뜨개 가방,12000 KRW,\nf-2,,1000 KRW,\nf-3,도자기 컵,free,\nf-1,again,1 KRW,\n"

func TestFeedWithWrongRows(t *testing.T) {
	h := newHouse(t)
	h.Work()
	b := h.as(t, access.Seller)
	file := filepath.Join(t.TempDir(), "autumn.csv")
	if err := os.WriteFile(file, []byte(feed), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open("/feeds")
	b.do("send an empty form", chromedp.SetUploadFiles("#feed", []string{file}, chromedp.ByQuery), chromedp.Click(`button.primary`, chromedp.ByQuery))
	b.wait("the feed has a page", `location.pathname.startsWith("/feeds/")`)
	b.wait("it was read while we watched", `document.querySelector(".badge.pass") !== null && document.querySelectorAll("[data-row]").length >= 3`)
	rows := b.text("table tbody")
	for _, want := range []string{"2", "title", "f-1", "Not taken"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the table of problems lacks %q:\n%s", want, rows)
		}
	}
	list, _, err := h.Store.Listings(t.Context(), listing.Filter{SellerID: consoletest.Shop, Query: "손뜨개 가방"})
	if err != nil || len(list) != 1 {
		t.Errorf("the right row gave %v (%v)", list, err)
	}
}

func TestKeysAndTheme(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, access.Admin)
	b.keys("?")
	b.wait("the keys are listed", `document.getElementById("keys").open && document.getElementById("keys-here").innerText.includes("Registry")`)
	b.keys(kb.Escape)
	b.wait("the list is closed", `!document.getElementById("keys").open`)
	b.keys("f")
	b.wait("everything has a label", `document.querySelectorAll(".hint-key").length > 10`)
	b.keys(kb.Escape)
	b.wait("the labels are gone", `document.querySelectorAll(".hint-key").length === 0`)
	b.keys("t")
	b.wait("it is dark", `document.documentElement.dataset.theme === "dark"`)
	b.open("/registry/brands")
	b.wait("it stays dark", `document.documentElement.dataset.theme === "dark"`)
	b.keys("/")
	b.wait("the search field has the focus", `document.activeElement.id === "text"`)
	b.keys("g", "q")
	b.wait("letters typed into a field are letters", `document.activeElement.value.endsWith("gq") && location.pathname === "/registry/brands"`)
}

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"assay/internal/access"
)

// TestLook takes the pictures of the documentation from a running demo. It is
// no test; it runs when ASSAY_LOOK says where the demo is.
func TestLook(t *testing.T) {
	base, into := os.Getenv("ASSAY_LOOK"), os.Getenv("ASSAY_LOOK_INTO")
	if base == "" || into == "" {
		t.Skip("ASSAY_LOOK and ASSAY_LOOK_INTO are not set")
	}
	for _, l := range []struct {
		name string
		role access.Role
		path string
		lang string
		dark bool
		w, h int64
		keys []string
	}{
		{"queue", access.Reviewer, "/queue", "en", false, 1280, 800, []string{"j", "j"}},
		{"case", access.Reviewer, "/queue?reason=picture_part", "en", false, 1280, 800, []string{"n"}},
		{"case-dark-ko", access.Reviewer, "/queue?reason=text_claim", "ko", true, 1280, 800, []string{"n"}},
		{"seller-phone", access.Seller, "/", "ko", false, 390, 800, nil},
	} {
		b := newTab(t, base)
		b.size(l.w, l.h, l.w < 500)
		b.dark(l.dark)
		b.open("/sign-in?lang=" + l.lang)
		b.do("sign in", chromedp.Click(`form:has(input[value^="`+string(l.role)+`@"]) button`, chromedp.ByQuery))
		b.wait("signed in", `document.querySelector(".frame") !== null`)
		b.open(l.path + "")
		b.keys(l.keys...)
		b.wait("it stands", `document.querySelector(`+quote(map[bool]string{true: "[data-case]", false: "main"}[len(l.keys) == 1])+`) !== null && [...document.images].every((i) => i.complete || i.loading === "lazy")`)
		b.do("let pictures be drawn", chromedp.Evaluate(`Promise.all([...document.images].filter((i) => i.getBoundingClientRect().top < innerHeight).map((i) => i.decode().catch(() => 0))).then(() => true)`, nil, awaited))
		if err := os.WriteFile(filepath.Join(into, l.name+".png"), b.shot(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

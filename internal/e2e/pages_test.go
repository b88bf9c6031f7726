package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/message"
	"assay/internal/notice"
	"assay/internal/statement"
)

// awaited makes an evaluation wait for its promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// mainPages are the pages of each role; LISTING and SHOP stand for ids.
var mainPages = []struct {
	role  access.Role
	paths []string
}{
	{"", []string{"/sign-in"}},
	{access.Admin, []string{"/", "/queue", "/queue?text=nothing&older=24", "/cases/case-suspect-0", "/cases/case-suspect-90", "/cases/case-pieced", "/similar/GROUP", "/similar/GROUP?show=like_words", "/notices", "/notices/NOTICE", "/notices/new", "/listings", "/listings/LISTING", "/sellers", "/sellers/SHOP", "/sellers/SHOP/standing", "/closures", "/ladder",
		"/registry/brands", "/registry/assets", "/registry/assets/catalogue", "/registry/assets/sought", "/registry/brands/bolt", "/registry/assets/bolt-mark", "/registry/licences/bolt-licence/edit", "/registry/rights/new",
		"/feeds", "/feeds/feed-old", "/dry-run", "/policy", "/policy/default@2", "/policy/new", "/trials/back-test", "/trials/shadow:default@2", "/ledger", "/desks", "/desks/kr", "/settings", "/accounts", "/accounts/new", "/keys", "/nowhere"}},
	{access.Holder, []string{"/", "/statements", "/hearings?show=all", "/notices", "/notices/new", "/notices/NOTICE", "/notices/HALF", "/search?words=BOLT&currency=KRW", "/searches", "/searches/bolt-search", "/alerts?show=all", "/cases/case-suspect-1"}},
	{access.Seller, []string{"/", "/standing", "/listings/LISTING", "/queue"}},
}

func (h *house) fillIn(t *testing.T, path string) string {
	t.Helper()
	k, err := h.Store.Case(t.Context(), "case-suspect-0")
	if err != nil {
		t.Fatal(err)
	}
	groups, err := h.Store.GroupsOf(t.Context(), k.ID)
	if err != nil || len(groups) == 0 {
		t.Fatal("no group", err)
	}
	notices, _, err := h.Notices.Store.Notices(t.Context(), notice.Filter{})
	if err != nil || len(notices) != 2 {
		t.Fatal(len(notices), err)
	}
	letters, _, err := h.Store.Statements(t.Context(), statement.Filter{SellerID: consoletest.Shop, Limit: 1})
	if err != nil || len(letters) != 1 {
		t.Fatal(len(letters), err)
	}
	return strings.NewReplacer("LETTER", letters[0].ID, "GROUP", groups[0].ID, "HALF", notices[0].ID, "NOTICE", notices[1].ID, "SHOP", consoletest.Shop, "LISTING", k.ListingID).Replace(path)
}

// complaints gathers what script and policy complain about in a tab.
type complaints struct {
	mu  sync.Mutex
	all []string
}

func (b *tab) complaints() *complaints {
	c := &complaints{}
	chromedp.ListenTarget(b.ctx, func(ev any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			c.all = append(c.all, ev.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.APITypeError {
				c.all = append(c.all, fmt.Sprint(ev.Args))
			}
		}
	})
	return c
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	h.Pieced()
	for _, group := range mainPages {
		b := newTab(t, h.base)
		if group.role != "" {
			b.signIn(consoletest.Email(group.role), consoletest.Password)
		}
		c := b.complaints()
		for _, lang := range message.Languages() {
			for i, path := range group.paths {
				path = h.fillIn(t, path)
				if i == 0 {
					path += "?lang=" + lang.Code
				}
				b.open(path)
				var found struct {
					Lang, Title string
					Width, View float64
				}
				b.eval(`({ Lang: document.documentElement.lang.slice(0, 2), Title: document.title, Width: document.documentElement.scrollWidth, View: innerWidth })`, &found)
				if found.Lang != lang.Code || !strings.HasSuffix(found.Title, "Assay") || found.Width > found.View {
					t.Errorf("%s in %s: %+v", path, lang.Code, found)
				}
			}
		}
		c.mu.Lock()
		if len(c.all) > 0 {
			t.Errorf("script complained as %q: %q", group.role, c.all)
		}
		c.mu.Unlock()
	}
}

// axeFile is where make e2e puts axe-core.
const axeFile = "../../build/npm/node_modules/axe-core/axe.min.js"

const axeRun = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] })
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary.replaceAll("\n", " "))))`

// looks are the four ways in which a page is seen.
var looks = []struct {
	name string
	dark bool
	w, h int64
}{{"light, desk", false, 1440, 900}, {"dark, desk", true, 1440, 900}, {"dark, phone", true, 390, 844}, {"light, phone", false, 390, 844}}

// No page may break a rule of WCAG 2.2 AA that a program can check: light and
// dark, on a desk and on a phone.
func TestAccessibility(t *testing.T) {
	source, err := os.ReadFile(filepath.FromSlash(axeFile))
	if err != nil {
		missing(t, "axe-core is missing: run make test once, or cp internal/e2e/package.json build/npm/ && npm install --prefix build/npm")
	}
	h := newHouse(t)
	h.Pieced()
	for _, group := range mainPages {
		b := newTab(t, h.base)
		if group.role != "" {
			b.signIn(consoletest.Email(group.role), consoletest.Password)
		}
		for _, path := range group.paths {
			path = h.fillIn(t, path)
			b.open(path)
			b.do("load axe", chromedp.ActionFunc(func(ctx context.Context) error {
				_, _, err := runtime.Evaluate(string(source)).Do(ctx)
				return err
			}))
			for _, look := range looks {
				b.dark(look.dark)
				b.size(look.w, look.h, look.w < 500)
				var wrong []string
				b.do("run axe on "+path, chromedp.Evaluate(axeRun, &wrong, awaited))
				for _, w := range wrong {
					t.Errorf("%s as %q (%s): %s", path, group.role, look.name, w)
				}
				var wide bool
				b.eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
				if wide {
					t.Errorf("%s as %q (%s) is wider than the screen", path, group.role, look.name)
				}
			}
		}
	}
}

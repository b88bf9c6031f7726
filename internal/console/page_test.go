package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/message"
	"assay/internal/notice"
)

// pagesOf are the pages each role opens in a day.
var pagesOf = map[access.Role][]string{
	access.Admin: {"/", "/queue", "/queue?state=closed", "/queue?text=nothing", "/queue?severity=3&clock=overdue&source=notice&older=24&desk=-", "/queue?view=none", "/desks", "/desks/new", "/desks/kr", "/settings", "/cases/case-suspect-0", "/cases/case-suspect-90", "/similar/GROUP", "/similar/GROUP?show=like_words", "/notices", "/notices/NOTICE", "/notices/new", "/listings", "/listings?status=held", "/search", "/search?words=BOLT&max=99&currency=KRW", "/searches", "/searches/house-search", "/alerts?show=all", "/sellers", "/sellers/SHOP", "/sellers/SHOP/standing", "/sellers/" + consoletest.OtherShop + "/standing", "/closures", "/closures?state=refused", "/ladder", "/ladder/default@1",
		"/registry/holders", "/registry/brands", "/registry/rights", "/registry/assets", "/registry/licences", "/registry/holders/new", "/registry/brands/new",
		"/registry/rights/new?brand=bolt", "/registry/assets/new?brand=bolt", "/registry/licences/new?brand=bolt", "/registry/holders/bolt-holder", "/registry/brands/bolt",
		"/registry/rights/bolt-tm", "/registry/assets/bolt-mark", "/registry/licences/bolt-licence", "/registry/assets/bolt-mark/edit", "/registry/assets/sought", "/registry/assets/sought?brand=bolt&to=inside", "/registry/licences/bolt-licence/edit",
		"/registry/rights/bolt-tm/edit", "/feeds", "/feeds/feed-old", "/dry-run", "/policy", "/policy/default@2", "/policy/new", "/trials/back-test", "/trials/shadow:default@2", "/ledger", "/ledger?subject=bolt", "/accounts", "/accounts/new", "/keys", "/listings/LISTING"},
	access.Reviewer: {"/policy/default@2", "/trials/back-test", "/queue", "/cases/case-suspect-0", "/listings/LISTING", "/sellers/SHOP"},
	access.Holder:   {"/notices", "/notices/new", "/notices/NOTICE", "/notices/HALF", "/search?words=BOLT,%20%22no%20such%22", "/searches", "/searches/bolt-search", "/alerts", "/", "/queue", "/cases/case-suspect-0", "/registry/brands", "/registry/assets", "/registry/brands/bolt", "/listings/LISTING", "/registry/assets/new", "/registry/assets/sought"},
	access.Seller:   {"/", "/listings", "/listings/LISTING", "/sellers/SHOP", "/standing", "/registry/licences", "/registry/licences/bolt-licence", "/feeds", "/feeds/feed-old", "/dry-run"},
	access.Partner:  {"/registry/brands", "/registry/brands/bolt", "/registry/assets/bolt-mark"},
}

func (s *site) fillIn(t *testing.T, path string) string {
	t.Helper()
	k, err := s.Store.Case(t.Context(), "case-suspect-0")
	if err != nil {
		t.Fatal(err)
	}
	groups, err := s.Store.GroupsOf(t.Context(), k.ID)
	if err != nil || len(groups) == 0 {
		t.Fatal("no group", err)
	}
	notices, _, err := s.Notices.Store.Notices(t.Context(), notice.Filter{})
	if err != nil || len(notices) != 2 {
		t.Fatal(len(notices), err)
	}
	return strings.NewReplacer("GROUP", groups[0].ID, "HALF", notices[0].ID, "NOTICE", notices[1].ID, "SHOP", consoletest.Shop, "LISTING", k.ListingID).Replace(path)
}

func (s *site) everyPageInEveryLanguage(t *testing.T) {
	for _, lang := range message.Languages() {
		for role, paths := range pagesOf {
			p := s.signed(t, role)
			p.post("/preferences", url.Values{"lang": {lang.Code}})
			for _, path := range paths {
				a := p.get(s.fillIn(t, path))
				if a.status != http.StatusOK {
					t.Errorf("%s %s as %s: %d\n%s", lang.Code, path, role, a.status, a.body)
				}
				if got := a.header.Get("Content-Language"); got != lang.Code {
					t.Errorf("%s %s is in %q", lang.Code, path, got)
				}
			}
		}
		p := s.stranger(t)
		p.get("/sign-in?lang="+lang.Code).has(t, message.For(lang.Code).T("signin.password"))
		if a := p.get("/nowhere"); a.status != http.StatusNotFound || !strings.Contains(html.UnescapeString(a.body), message.For(lang.Code).T("problem.not_found.title")) {
			t.Errorf("%s: the page that is not there: %d", lang.Code, a.status)
		}
	}
	if missing := message.Missing(); len(missing) > 0 {
		t.Errorf("messages are missing: %q", missing)
	}
}

func (s *site) hostileTextStaysText(t *testing.T) {
	p := s.signed(t, access.Reviewer)
	k, err := s.Store.Case(t.Context(), "case-suspect-90")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/queue", "/queue/rows", "/cases/" + k.ID, "/listings", "/search?words=BOLT", "/alerts?show=all", "/listings/" + k.ListingID, "/sellers", "/sellers/" + consoletest.OtherShop} {
		a := p.get(path)
		a.lacks(t, "<script>alert", "<b>Shop</b>", "\u202e", `"onmouseover=x"`)
		if strings.HasPrefix(path, "/cases/") {
			a.has(t, "&lt;script&gt;", "U&#43;202E", "U&#43;200B", "&#34;onmouseover=x")
		}
	}
}

// Where only a part of a photograph agrees, the page says how much, draws it
// over the faint outline of the whole, and tells scripts where the corners
// really are.
func TestCaseOfAPart(t *testing.T) {
	s := newSite(t)
	k := s.Pieced()
	for _, lang := range message.Languages() {
		p := s.signed(t, access.Reviewer)
		p.post("/preferences", url.Values{"lang": {lang.Code}})
		say := message.For(lang.Code)
		a := p.get("/cases/" + k.ID)
		a.has(t, html.EscapeString(say.T("signal.share.tenth")), html.EscapeString(say.T("signal.outline.part")), html.EscapeString(say.T("signal.outline.whole")),
			`<polygon class="line faint" points="-500.0,1500.0 -500.0,-500.0 1500.0,-500.0 1500.0,1500.0"/>`, `<polygon class="line" points="100.0,200.0 900.0,200.0 500.0,800.0"/>`,
			`<polygon class="line" points="300.0,400.0 600.0,400.0 500.0,600.0"/>`, `data-outline="-1000.0,-1000.0 2000.0,-1000.0 2000.0,2000.0 -1000.0,2000.0"`)
		whole := p.get("/cases/case-suspect-0")
		whole.lacks(t, `class="line faint"`, say.T("signal.outline.part"), "data-part")
	}
}

func (s *site) answersAreGuarded(t *testing.T) {
	a := s.stranger(t).get("/sign-in")
	csp := a.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("Content-Security-Policy lacks %q: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.header)
	}
	inline := regexp.MustCompile(`(?i)<script>|<style|\son[a-z]+=|\sstyle=|javascript:`)
	for _, path := range pagesOf[access.Admin] {
		if found := inline.FindString(s.signed(t, access.Admin).get(s.fillIn(t, path)).body); found != "" && !strings.Contains(path, "90") {
			t.Errorf("%s has inline %q, which the policy forbids", path, found)
		}
	}
}

func (s *site) formsFromOtherSitesAreRefused(t *testing.T) {
	p := s.signed(t, access.Reviewer)
	r := p.request(http.MethodPost, "/cases/case-suspect-1/claim", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := p.do(r); a.status != http.StatusForbidden {
		t.Errorf("a form from another site: %d, want 403", a.status)
	}
	k, err := s.Store.Case(t.Context(), "case-suspect-1")
	if err != nil || k.AssigneeID != "" {
		t.Errorf("the case was claimed all the same: %v %v", k.AssigneeID, err)
	}
}

func TestSessions(t *testing.T) {
	s := newSite(t)
	p := s.stranger(t)
	a := p.post("/sign-in", url.Values{"email": {consoletest.Email(access.Admin)}, "password": {"wrong"}})
	if a.status != http.StatusUnauthorized {
		t.Errorf("a wrong password: %d", a.status)
	}
	a.has(t, "do not match")
	a.lacks(t, "wrong\"")
	a = p.post("/sign-in", url.Values{"email": {" ADMIN@stage.example"}, "password": {consoletest.Password}, "next": {"//evil.example"}})
	cookie := a.header.Get("Set-Cookie")
	if a.header.Get("Location") != "/" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("signed in to %q with %q", a.header.Get("Location"), cookie)
	}
	if p.get("/accounts").status != http.StatusOK {
		t.Error("signed in, but not let in")
	}
	account, err := s.Store.AccountByEmail(t.Context(), consoletest.Email(access.Admin))
	if err != nil {
		t.Fatal(err)
	}
	account.Disabled = true
	if err := s.Store.PutAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	if a := p.get("/accounts"); a.status != http.StatusSeeOther {
		t.Errorf("a disabled account is still let in: %d", a.status)
	}
	reviewer := s.as(t, access.Reviewer)
	reviewer.post("/sign-out", nil)
	if a := reviewer.get("/queue"); a.status != http.StatusSeeOther {
		t.Errorf("signed out, but let in: %d", a.status)
	}
}

func TestLanguageAndThemeAreRemembered(t *testing.T) {
	s := newSite(t)
	p := s.as(t, access.Reviewer)
	p.post("/preferences", url.Values{"lang": {"ko"}})
	p.get("/queue").has(t, `lang="ko"`, "사건 대기열")
	p.post("/preferences", url.Values{"theme": {"dark"}})
	p.get("/queue").has(t, `data-theme="dark"`)
	again := s.as(t, access.Reviewer) // another browser: the account knows
	again.get("/queue").has(t, "사건 대기열")
	r := s.stranger(t).request(http.MethodGet, "/sign-in", nil)
	r.Header.Set("Accept-Language", "it-CH, en;q=0.5")
	s.stranger(t).do(r).has(t, "Accedi")
	s.stranger(t).get("/sign-in?lang=xx").has(t, `lang="en"`)
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// decide answers a case as the form of its page would.
func (s *site) decide(t *testing.T, p *person, id, reply, note string) answer {
	t.Helper()
	m := versionField.FindStringSubmatch(p.get("/cases/" + id).body)
	if m == nil {
		t.Fatalf("the page of %s offers no decision", id)
	}
	return p.post("/cases/"+id+"/decide", url.Values{"version": {m[1]}, "answer": {reply}, "note": {note}})
}

func TestDecidingGoesOnToTheNextCase(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	k, err := s.Store.Case(t.Context(), "case-suspect-2")
	if err != nil {
		t.Fatal(err)
	}
	a := s.decide(t, p, k.ID, "block:mark_in_picture", "")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/cases/") {
		t.Fatalf("after the decision: %d to %q", a.status, a.header.Get("Location"))
	}
	p.get(a.header.Get("Location")).has(t, "Blocked: BOLT", "Yours until")
	l, err := s.Store.Listing(t.Context(), k.ListingID)
	if err != nil || l.Status != "removed" {
		t.Errorf("the listing is %q (%v), want removed", l.Status, err)
	}
	if a := p.post("/cases/case-suspect-3/decide", url.Values{"version": {"1"}, "answer": {"block:no_such_reason"}}); a.status != http.StatusBadRequest {
		t.Errorf("a reason that does not exist: %d", a.status)
	}
}

func TestTwoReviewersOnOneCase(t *testing.T) {
	s := newSite(t)
	first, second := s.signed(t, access.Reviewer), s.signed(t, access.Admin)
	m := versionField.FindStringSubmatch(second.get("/cases/case-suspect-4").body)
	first.post("/cases/case-suspect-4/claim", nil)
	a := second.post("/cases/case-suspect-4/decide", url.Values{"version": {m[1]}, "answer": {"pass:licensed"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("a conflict: %d", a.status)
	}
	page := second.get("/cases/case-suspect-4")
	page.has(t, "Somebody else was faster", "The reviewer is working on this")
	if versionField.MatchString(page.body) {
		t.Error("the page offers a decision that would be refused")
	}
	k, err := s.Store.Case(t.Context(), "case-suspect-4")
	if err != nil || k.State != "open" {
		t.Errorf("the case is %q (%v)", k.State, err)
	}
	renew := first.request(http.MethodPost, "/cases/case-suspect-4/claim", strings.NewReader("version="+strconv.Itoa(k.Version)))
	renew.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	renew.Header.Set("Assay-Fragment", "1")
	if a := first.do(renew); a.status != http.StatusNoContent || a.header.Get("Assay-Version") != strconv.Itoa(k.Version+1) {
		t.Errorf("renewing the claim: %d, version %q", a.status, a.header.Get("Assay-Version"))
	}
	stale := first.request(http.MethodPost, "/cases/case-suspect-4/claim", strings.NewReader("version=1"))
	stale.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	stale.Header.Set("Assay-Fragment", "1")
	if a := first.do(stale); a.status != http.StatusConflict {
		t.Errorf("renewing what changed in between: %d, want 409", a.status)
	}
}

package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
)

// admitted says by hand who gets through each route: "*" everybody, "+"
// everybody who is known, else roles by their first letter (admin, reviewer,
// holder, seller, partner). It is not derived from the table it checks.
var admitted = map[string]string{
	"GET /sign-in": "*", "POST /sign-in": "*", "POST /sign-out": "*", "POST /preferences": "*",
	"GET /{$}": "+", "GET /pictures/{hash}": "+",
	"GET /queue": "arh", "GET /queue/rows": "arh", "POST /queue/next": "ar", "GET /cases/{id}": "arh",
	"POST /cases/{id}/claim": "ar", "POST /cases/{id}/release": "ar", "POST /cases/{id}/decide": "ar",
	"GET /notices": "arh", "POST /notices": "arh", "GET /notices/new": "arh", "GET /notices/{id}": "arh", "POST /notices/{id}": "arh", "POST /notices/{id}/withdraw": "arh",
	"POST /cases/{id}/similar": "ar", "GET /similar/{id}": "ar", "POST /similar/{id}/select": "ar", "POST /similar/{id}/decide": "ar", "POST /similar/{id}/undo": "ar",
	"POST /queue/views": "ar", "POST /queue/views/{id}/delete": "ar", "POST /cases/{id}/hold": "ar", "POST /cases/{id}/handover": "ar", "POST /cases/{id}/ask": "ar",
	"POST /cases/{id}/opinion": "ar", "POST /cases/{id}/notes": "ar",
	"GET /desks": "a", "GET /desks/new": "a", "POST /desks/new": "a", "GET /desks/{id}": "a", "POST /desks/{id}": "a", "POST /desks/{id}/delete": "a",
	"GET /settings": "+", "POST /settings": "+",
	"GET /listings": "arhs", "GET /listings/{id}": "arhs",
	"GET /search": "arh", "GET /searches": "arh", "POST /searches": "arh", "GET /searches/{id}": "arh", "POST /searches/{id}": "arh", "POST /searches/{id}/delete": "arh",
	"GET /alerts": "arh", "POST /alerts/read": "arh",
	"GET /sellers": "ars", "GET /sellers/{id}": "ars", "POST /sellers/{id}": "a",
	"GET /standing": "ars", "GET /sellers/{id}/standing": "ars", "POST /sellers/{id}/actions": "ar", "POST /actions/{id}/reverse": "ar",
	"GET /closures": "ar", "POST /closures/{id}/confirm": "ar", "POST /closures/{id}/refuse": "ar",
	"GET /ladder": "ar", "GET /ladder/{id}": "ar", "POST /ladder": "a", "POST /ladder/{id}/activate": "a",
	"GET /statements": "arhs", "GET /statements/{id}": "arhs", "GET /statements/{id}/appeal": "arhs", "POST /statements/{id}/appeal": "arhs",
	"GET /hearings": "arhs", "GET /hearings/{id}": "arhs", "POST /hearings/{id}/say/{deed}": "arhs", "POST /hearings/{id}/extend": "arhs", "GET /hearings/{id}/documents/{hash}": "arhs",
	"GET /listings/{id}/cure": "as", "POST /listings/{id}/cure": "as",
	"GET /registry": "arhsp", "GET /registry/{kind}": "arhp", "GET /registry/{kind}/{id}": "arhp",
	"GET /registry/assets/catalogue": "ah", "POST /registry/assets/catalogue": "ah", "GET /registry/assets/sought": "ah", "POST /registry/assets/sought": "ah", "GET /registry/{kind}/new": "ah", "POST /registry/{kind}/new": "ah", "GET /registry/{kind}/{id}/edit": "ah", "POST /registry/{kind}/{id}/edit": "ah", "POST /registry/assets/{id}/release": "ah",
	"GET /feeds": "as", "POST /feeds": "as", "GET /feeds/{id}": "as", "GET /feeds/{id}/state": "as", "GET /feeds/{id}/rejects.csv": "as",
	"GET /dry-run": "ars", "POST /dry-run": "ars",
	"GET /policy": "ar", "GET /policy/{id}": "ar", "GET /policy/new": "a", "POST /policy": "a", "POST /policy/{id}/activate": "a", "POST /policy/{id}/shadow": "a",
	"POST /policy/{id}/backtests": "a", "GET /trials/{id}": "ar", "GET /trials/{id}/state": "ar",
	"GET /ledger": "a", "POST /ledger/verify": "a",
	"GET /accounts": "a", "GET /accounts/new": "a", "POST /accounts/new": "a", "GET /accounts/{id}": "a", "POST /accounts/{id}": "a", "POST /accounts/{id}/password": "a",
	"GET /keys": "a", "POST /keys": "a", "POST /keys/{id}/revoke": "a",
}

// address fills a pattern with something that is there.
func address(pattern string) string {
	id := map[string]string{"/cases": "case-suspect-1", "/searches": "house-search", "/sellers": consoletest.Shop, "/feeds": "feed-old", "/registry": consoletest.Brand, "/accounts": "nobody", "/keys": "nothing"}
	s := strings.NewReplacer("{$}", "", "{deed}", "answer", "{kind}", "brands", "{hash}", strings.Repeat("0", 64)).Replace(pattern)
	for prefix, v := range id {
		if strings.HasPrefix(s, prefix) {
			s = strings.ReplaceAll(s, "{id}", v)
		}
	}
	return s
}

func TestWhoGetsThrough(t *testing.T) {
	s := newSite(t)
	listing, err := s.Store.Case(t.Context(), "case-suspect-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range append([]access.Role{""}, access.Roles...) {
		for _, rt := range s.Console.Routes() {
			name := rt.Method + " " + rt.Pattern
			who, listed := admitted[name]
			if !listed {
				t.Fatalf("%s is not in the table of this test: say who may use it", name)
			}
			if role != "" && rt.Pattern == "/sign-out" {
				continue
			}
			path := strings.ReplaceAll(address(rt.Pattern), "{id}", listing.ListingID)
			p := s.stranger(t)
			if role != "" {
				p = s.signed(t, role)
			}
			a := p.do(p.request(rt.Method, path, nil))
			check(t, name, role, who, a)
		}
	}
	if len(admitted) != len(s.Console.Routes()) {
		t.Errorf("the table of this test has %d routes, the console %d", len(admitted), len(s.Console.Routes()))
	}
}

func check(t *testing.T, name string, role access.Role, who string, a answer) {
	t.Helper()
	through := who == "*" || role != "" && (who == "+" || strings.Contains(who, string(role)[:1]))
	toSignIn := a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
	switch {
	case a.status >= 500:
		t.Errorf("%s as %q: %d\n%s", name, role, a.status, a.body)
	case !through && role == "" && !toSignIn:
		t.Errorf("%s as a stranger: %d, want the sign-in page", name, a.status)
	case !through && role != "" && a.status != http.StatusForbidden:
		t.Errorf("%s as %s: %d, want 403", name, role, a.status)
	case through && (a.status == http.StatusForbidden || role != "" && toSignIn):
		t.Errorf("%s as %q: %d, want to get through", name, role, a.status)
	}
}

// signed gives each role one session for a whole test.
func (s *site) signed(t *testing.T, role access.Role) *person {
	t.Helper()
	if s.people == nil {
		s.people = map[access.Role]*person{}
	}
	if s.people[role] == nil {
		s.people[role] = s.as(t, role)
	}
	return s.people[role]
}

func (s *site) rowsOfOthersAreNotThere(t *testing.T) {
	clean := s.Clean("other-clean", "남의 상품", consoletest.OtherShop)
	for _, c := range []struct {
		role access.Role
		path string
	}{
		{access.Holder, "/registry/brands/" + consoletest.OtherBrand},
		{access.Holder, "/registry/holders/" + consoletest.OtherHolder},
		{access.Holder, "/registry/brands/" + consoletest.OtherBrand + "/edit"},
		{access.Holder, "/listings/" + clean.ListingID},
		{access.Seller, "/listings/" + clean.ListingID},
		{access.Seller, "/sellers/" + consoletest.OtherShop},
		{access.Seller, "/sellers/" + consoletest.OtherShop + "/standing"},
		{access.Partner, "/registry/brands/no-such-brand"},
	} {
		if a := s.signed(t, c.role).get(c.path); a.status != http.StatusNotFound {
			t.Errorf("%s at %s: %d, want 404", c.role, c.path, a.status)
		}
	}
	s.signed(t, access.Seller).get("/listings").lacks(t, "남의 상품")
	a := s.signed(t, access.Seller).get("/registry/licences")
	a.has(t, "LIC-2024-7")
	s.signed(t, access.Holder).get("/registry/brands").lacks(t, "Quieto")
}

func TestOutsidersSeeLess(t *testing.T) {
	s := newSite(t)
	k, err := s.Store.Case(t.Context(), "case-suspect-1")
	if err != nil {
		t.Fatal(err)
	}
	s.decide(t, s.signed(t, access.Reviewer), k.ID, "block:counterfeit", "between us")
	seller := s.signed(t, access.Seller).get("/listings/" + k.ListingID)
	seller.has(t, "The listing offers counterfeit goods", "What would change this")
	seller.lacks(t, "between us", "The reviewer", "registered name stands in the text")
	holder := s.signed(t, access.Holder).get("/cases/" + k.ID)
	holder.has(t, "Counterfeit goods", "Bolt ring")
	holder.lacks(t, "between us", "The reviewer")
	s.signed(t, access.Reviewer).get("/cases/"+k.ID).has(t, "between us", "The reviewer")
}

func (s *site) pagesSayNothingToStrangers(t *testing.T) {
	p := s.stranger(t)
	for _, path := range []string{"/queue", "/cases/case-suspect-1", "/nowhere", "/sign-in"} {
		p.get(path).lacks(t, "BOLT", "bolt", "번개상점")
	}
	r := p.request(http.MethodGet, "/queue/rows", nil)
	r.Header.Set("Assay-Fragment", "1")
	if a := p.do(r); a.status != http.StatusUnauthorized || a.body != "" {
		t.Errorf("a fragment for a stranger: %d %q", a.status, a.body)
	}
}

func (s *site) routesAreUnique(t *testing.T) {
	var seen []string
	for _, rt := range s.Console.Routes() {
		name := rt.Method + " " + rt.Pattern
		if slices.Contains(seen, name) {
			t.Errorf("%s is there twice", name)
		}
		seen = append(seen, name)
	}
}

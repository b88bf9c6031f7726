package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
)

// Who gets through each route, written out: the letters of a(dmin),
// r(eviewer), h(older), s(eller), p(artner), "known" for any of them and
// "public" for everybody. n is a key with the scope case:read of a reviewer.
var wantRoutes = map[string]string{
	"GET /healthz":        "public",
	"GET /readyz":         "public",
	"GET /metrics":        "a",
	"GET /docs":           "public",
	"GET /docs/style.css": "public",
	"GET /openapi.json":   "public",
	"GET /openapi.yaml":   "public",

	"GET /api/v1/me": "arhspn",

	"GET /api/v1/holders":               "arhsp",
	"GET /api/v1/holders/{id}":          "arhsp",
	"PUT /api/v1/holders/{id}":          "ah",
	"GET /api/v1/brands":                "arhsp",
	"GET /api/v1/brands/{id}":           "arhsp",
	"PUT /api/v1/brands/{id}":           "ah",
	"GET /api/v1/rights":                "arhsp",
	"GET /api/v1/rights/{id}":           "arhsp",
	"PUT /api/v1/rights/{id}":           "ah",
	"GET /api/v1/assets":                "arhsp",
	"GET /api/v1/assets/{id}":           "arhsp",
	"PUT /api/v1/assets/{id}":           "ah",
	"POST /api/v1/assets/pictures":      "ah",
	"POST /api/v1/assets/catalogue":     "ah",
	"POST /api/v1/assets/sought":        "ah",
	"GET /api/v1/brakes":                "arhsp",
	"POST /api/v1/assets/{id}/release":  "ah",
	"GET /api/v1/assets/{id}/precision": "arhsp",
	"GET /api/v1/assets/{id}/spellings": "arhsp",
	"GET /api/v1/precisions":            "arhsp",
	"GET /api/v1/licences":              "arhsp",
	"GET /api/v1/licences/{id}":         "arhsp",
	"PUT /api/v1/licences/{id}":         "ah",

	"GET /api/v1/sellers":                        "ars",
	"GET /api/v1/sellers/{id}":                   "ars",
	"PUT /api/v1/sellers/{market}/{external_id}": "a",

	"GET /api/v1/sellers/{id}/standing":  "ars",
	"GET /api/v1/sellers/{id}/actions":   "ars",
	"POST /api/v1/sellers/{id}/actions":  "ar",
	"GET /api/v1/sellers/{id}/preview":   "ar",
	"POST /api/v1/actions/{id}/reversal": "ar",
	"GET /api/v1/closures":               "ar",
	"GET /api/v1/closures/{id}":          "ar",
	"POST /api/v1/closures/{id}/confirm": "ar",
	"POST /api/v1/closures/{id}/refuse":  "ar",
	"GET /api/v1/ladders":                "ar",
	"GET /api/v1/ladders/active":         "ar",
	"PUT /api/v1/ladders":                "a",
	"POST /api/v1/ladders/{id}/activate": "a",

	"POST /api/v1/pictures":       "as",
	"GET /api/v1/pictures/{hash}": "arhspn",

	"PUT /api/v1/listings/{market}/{external_id}": "as",
	"GET /api/v1/listings":                        "arhs",
	"GET /api/v1/listings/{id}":                   "arhs",
	"GET /api/v1/listings/{id}/revisions":         "arhs",
	"GET /api/v1/listings/{id}/verdicts":          "arhs",
	"POST /api/v1/listings:bulk":                  "as",

	"POST /api/v1/feeds":                    "as",
	"GET /api/v1/feeds":                     "arhs",
	"GET /api/v1/feeds/{id}":                "arhs",
	"GET /api/v1/feeds/{id}/problems":       "arhs",
	"GET /api/v1/feeds/{id}/rejects.ndjson": "arhs",

	"POST /api/v1/screenings": "ars",

	"GET /api/v1/cases":                "arhn",
	"GET /api/v1/cases/count":          "arhn",
	"GET /api/v1/cases/{id}":           "arhn",
	"POST /api/v1/cases/next":          "ar",
	"POST /api/v1/cases/{id}/claim":    "ar",
	"POST /api/v1/cases/{id}/release":  "ar",
	"POST /api/v1/cases/{id}/decision": "ar",

	"GET /api/v1/notices":                  "arh",
	"POST /api/v1/notices":                 "arh",
	"POST /api/v1/notices/check":           "arh",
	"GET /api/v1/notices/{id}":             "arh",
	"PUT /api/v1/notices/{id}":             "arh",
	"GET /api/v1/notices/{id}/items":       "arh",
	"POST /api/v1/notices/{id}/withdrawal": "arh",
	"GET /api/v1/holders/{id}/accuracy":    "arh",

	"POST /api/v1/cases/{id}/similar":    "ar",
	"GET /api/v1/groups/{id}":            "ar",
	"GET /api/v1/groups/{id}/members":    "ar",
	"POST /api/v1/groups/{id}/selection": "ar",
	"POST /api/v1/groups/{id}/decision":  "ar",
	"POST /api/v1/groups/{id}/undo":      "ar",

	"POST /api/v1/cases/{id}/hold":        "ar",
	"POST /api/v1/cases/{id}/handover":    "ar",
	"POST /api/v1/cases/{id}/ask":         "ar",
	"POST /api/v1/cases/{id}/opinion":     "ar",
	"POST /api/v1/cases/{id}/notes":       "ar",
	"GET /api/v1/desks":                   "ar",
	"GET /api/v1/desks/{id}":              "ar",
	"PUT /api/v1/desks/{id}":              "a",
	"DELETE /api/v1/desks/{id}":           "a",
	"GET /api/v1/colleagues":              "ar",
	"GET /api/v1/views":                   "ar",
	"POST /api/v1/views":                  "ar",
	"PUT /api/v1/views/{id}":              "ar",
	"DELETE /api/v1/views/{id}":           "ar",
	"GET /api/v1/proposals":               "ar",
	"POST /api/v1/proposals/{id}/confirm": "ar",
	"POST /api/v1/proposals/{id}/refuse":  "ar",

	"POST /api/v1/searches/run":    "arh",
	"GET /api/v1/searches":         "arh",
	"POST /api/v1/searches":        "arh",
	"GET /api/v1/searches/{id}":    "arh",
	"PUT /api/v1/searches/{id}":    "arh",
	"DELETE /api/v1/searches/{id}": "arh",
	"GET /api/v1/alerts":           "arh",
	"GET /api/v1/alerts/count":     "arh",
	"POST /api/v1/alerts/read":     "arh",

	"GET /api/v1/statements":               "arhs",
	"GET /api/v1/statements/{id}":          "arhs",
	"GET /api/v1/dsa/statements":           "a",
	"GET /api/v1/hearings":                 "arhs",
	"GET /api/v1/hearings/{id}":            "arhs",
	"POST /api/v1/hearings/{id}/answer":    "arhs",
	"POST /api/v1/hearings/{id}/reply":     "arhs",
	"POST /api/v1/hearings/{id}/comment":   "arhs",
	"POST /api/v1/hearings/{id}/extension": "arhs",
	"POST /api/v1/appeals":                 "arhs",
	"POST /api/v1/documents":               "arhs",
	"GET /api/v1/restitutions":             "arhs",

	"GET /api/v1/policies":                 "ar",
	"GET /api/v1/policies/active":          "ar",
	"PUT /api/v1/policies":                 "a",
	"POST /api/v1/policies/{id}/activate":  "a",
	"GET /api/v1/policies/{id}/changes":    "ar",
	"GET /api/v1/policies/{id}/rules":      "ar",
	"PUT /api/v1/policies/{id}/shadow":     "a",
	"DELETE /api/v1/policies/{id}/shadow":  "a",
	"POST /api/v1/policies/{id}/backtests": "a",
	"GET /api/v1/policies/{id}/backtests":  "ar",
	"GET /api/v1/trials/{id}":              "ar",
	"GET /api/v1/trials/{id}/rows":         "ar",

	"GET /api/v1/accounts":               "a",
	"POST /api/v1/accounts":              "a",
	"GET /api/v1/accounts/{id}":          "a",
	"PUT /api/v1/accounts/{id}":          "a",
	"PUT /api/v1/accounts/{id}/password": "a",
	"GET /api/v1/keys":                   "a",
	"POST /api/v1/keys":                  "a",
	"DELETE /api/v1/keys/{id}":           "a",

	"GET /api/v1/ledger":        "a",
	"GET /api/v1/ledger/verify": "a",
}

func TestWhoGetsThroughEachRoute(t *testing.T) {
	k := newKit(t)
	narrow := k.key(access.Reviewer, "", access.CaseRead)
	callers := map[string]string{"a": "admin", "r": "reviewer", "h": "holder:a", "s": "seller:a", "p": "partner", "n": narrow}
	seen := map[string]bool{}
	for _, rt := range k.api.Routes() {
		name := rt.Method + " " + rt.Pattern
		seen[name] = true
		want, ok := wantRoutes[name]
		if !ok {
			t.Errorf("%s is not in the table", name)
			continue
		}
		path := strings.NewReplacer("{hash}", "sha256:"+strings.Repeat("0", 64), "{market}", "main", "{external_id}", "x", "{id}", "none").Replace(rt.Pattern)
		if got := k.ask("", rt.Method, path, nil).Code; (got != http.StatusUnauthorized) != (want == "public") {
			t.Errorf("%s: nobody gets %d, want %s", name, got, want)
		}
		if got := k.ask("assay_unknown", rt.Method, path, nil).Code; (got != http.StatusUnauthorized) != (want == "public") {
			t.Errorf("%s: an unknown key gets %d", name, got)
		}
		for letter, as := range callers {
			w := k.ask(as, rt.Method, path, nil)
			refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "this key may not do that") || w.Code == http.StatusUnauthorized
			if allowed := want == "public" || strings.Contains(want, letter); allowed == refused {
				t.Errorf("%s as %s: %d %s, want %s", name, as, w.Code, w.Body, want)
			}
			if w.Code >= 500 {
				t.Errorf("%s as %s: %d %s", name, as, w.Code, w.Body)
			}
		}
	}
	for name := range wantRoutes {
		if !seen[name] {
			t.Errorf("%s is in the table but there is no such route", name)
		}
	}
}

func TestEveryOperationIsARoute(t *testing.T) {
	k := newKit(t)
	routes := map[string]access.Route{}
	for _, rt := range k.api.Routes() {
		routes[rt.Method+" "+rt.Pattern] = rt
	}
	n := 0
	for path, item := range k.api.huma.OpenAPI().Paths {
		for method, o := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete, "PATCH": item.Patch} {
			if o == nil {
				continue
			}
			n++
			if rt, ok := routes[method+" "+path]; !ok || rt.Public {
				t.Errorf("%s %s is documented but not guarded: %+v", method, path, rt)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d operations", n)
	}
}

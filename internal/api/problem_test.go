package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

func TestEveryErrorIsAProblem(t *testing.T) {
	k := newKit(t)
	big := `{"name":"` + strings.Repeat("x", 3<<20) + `"}`
	for _, c := range []struct {
		name, as, method, path string
		body                   any
		header                 []string
		status                 int
		code                   fault.Code
	}{
		{"unknown address", "admin", "GET", "/nowhere", nil, nil, 404, fault.NotFound},
		{"unknown address below the base", "admin", "GET", base + "/nowhere", nil, nil, 404, fault.NotFound},
		{"path that would be cleaned", "admin", "GET", base + "/../x", nil, nil, 404, fault.NotFound},
		{"unknown method", "admin", "PATCH", base + "/brands/x", nil, nil, 405, badMethod},
		{"nobody", "", "GET", base + "/brands", nil, nil, 401, fault.Unauthenticated},
		{"other scheme", "", "GET", base + "/brands", nil, []string{"Authorization", "Basic YTpi"}, 401, fault.Unauthenticated},
		{"no permission", "partner", "GET", base + "/cases", nil, nil, 403, fault.Forbidden},
		{"no row", "admin", "GET", base + "/brands/none", nil, nil, 404, fault.NotFound},
		{"broken JSON", "admin", "PUT", base + "/brands/x", "{", nil, 400, fault.Invalid},
		{"no body", "admin", "PUT", base + "/brands/x", nil, nil, 400, fault.Invalid},
		{"other media type", "admin", "PUT", base + "/brands/x", "<a/>", []string{"Content-Type", "text/xml"}, 415, badMedia},
		{"too large", "admin", "PUT", base + "/brands/x", big, nil, 413, fault.TooLarge},
		{"against the schema", "admin", "PUT", base + "/brands/x", `{"nam":1}`, nil, 422, fault.Invalid},
		{"unknown query", "admin", "GET", base + "/brands?lmit=3", nil, nil, 422, fault.Invalid},
		{"against the domain", "admin", "PUT", base + "/brands/x", registry.Brand{HolderID: "none", Name: "X"}, nil, 422, fault.Invalid},
		{"other media type of an upload", "admin", "POST", base + "/pictures", "x", []string{"Content-Type", "text/html"}, 415, badMedia},
		{"other media type of a bulk upload", "admin", "POST", base + "/listings:bulk", "x", []string{"Content-Type", "text/csv"}, 415, badMedia},
		{"other media type of a feed", "admin", "POST", base + "/feeds", "x", []string{"Content-Type", "text/csv"}, 415, badMedia},
		{"no picture", "admin", "POST", base + "/pictures", []byte("<svg></svg>"), nil, 422, fault.Invalid},
		{"panic", "admin", "POST", base + "/screenings", ScreeningIn{SellerID: shopA, ListingIn: ListingIn{Offer: OfferIn{Title: "panic"}}}, nil, 500, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := k.ask(c.as, c.method, c.path, c.body, c.header...)
			p := k.wantProblem(w, c.status, c.code)
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "xxxx") {
				t.Errorf("the answer repeats what it must not: %s", w.Body)
			}
			if c.status == 422 && len(p.Errors) == 0 {
				t.Error("no field is named")
			}
			switch c.status {
			case 401:
				if w.Header().Get("WWW-Authenticate") == "" {
					t.Error("WWW-Authenticate is missing")
				}
			case 405:
				if w.Header().Get("Allow") == "" {
					t.Error("Allow is missing")
				}
			}
		})
	}
	if !strings.Contains(k.log.String(), "on fire") {
		t.Error("the panic is not in the log")
	}
}

func TestFieldsOfTheRegistryAreNamedAsSent(t *testing.T) {
	k := newKit(t)
	p := k.wantProblem(k.ask("admin", "PUT", base+"/licences/x", registry.Licence{BrandID: "none", SellerID: "none", AssetIDs: []string{"asset-a", "none"}, Status: registry.LicenceActive}), 422, fault.Invalid)
	got := map[string]string{}
	for _, f := range p.Errors {
		got[f.Path] = f.Code
	}
	if got["brand_id"] != "unknown" || got["seller_id"] != "unknown" || got["asset_ids[0]"] != "other_brand" || got["asset_ids[1]"] != "unknown" {
		t.Errorf("fields %v", got)
	}
	p = k.wantProblem(k.ask("admin", "PUT", base+"/brands/x", registry.Brand{ID: "y", HolderID: "holder-a", Name: "X"}), 422, fault.Invalid)
	if p.Errors[0].Path != "id" {
		t.Errorf("fields %v", p.Errors)
	}
}

func TestTitleIsInTheReadersLanguage(t *testing.T) {
	k := newKit(t)
	titles := map[string]bool{}
	for _, lang := range []string{"en", "ko-KR,ko;q=0.9", "zh-CN", "it", "xx", strings.Repeat("en,", 5000)} {
		p := k.wantProblem(k.ask("", "GET", base+"/me", nil, "Accept-Language", lang), 401, fault.Unauthenticated)
		titles[p.Title] = true
	}
	if len(titles) != 4 {
		t.Errorf("titles %v, want four languages", titles)
	}
}

func TestCausesOfOursStayInside(t *testing.T) {
	k := newKit(t)
	p := k.api.problem(t.Context(), errors.New("dial tcp 10.1.2.3: refused"))
	if p.Status != 500 || strings.Contains(p.Detail, "10.1.2.3") {
		t.Errorf("problem %+v", p)
	}
	p = k.api.problem(t.Context(), fault.Wrap(errors.New("dial tcp 10.1.2.3: refused"), fault.Unavailable, "try later"))
	if p.Status != 503 || p.Detail != "try later" || p.GetHeaders().Get("Retry-After") == "" {
		t.Errorf("problem %+v", p)
	}
}

func TestTooManyRequests(t *testing.T) {
	k := newKit(t)
	k.api.rates.perSecond, k.api.rates.burst = 1, 3
	for i := range 4 {
		w := k.ask("partner", "GET", base+"/me", nil)
		if want := map[bool]int{true: 200, false: 429}[i < 3]; w.Code != want {
			t.Errorf("request %d: %d, want %d", i, w.Code, want)
		}
	}
	if w := k.ask("admin", "GET", base+"/me", nil); w.Code != 200 {
		t.Errorf("another key gets %d", w.Code)
	}
	k.now = k.now.Add(1e9)
	if w := k.ask("partner", "GET", base+"/me", nil); w.Code != 200 {
		t.Errorf("a second later: %d", w.Code)
	}
}

func TestRequestIDsAndHeaders(t *testing.T) {
	k := newKit(t)
	w := k.ask("admin", "GET", base+"/me", nil, "X-Request-Id", "mine-1")
	if w.Header().Get("X-Request-Id") != "mine-1" || !strings.Contains(k.log.String(), "mine-1") {
		t.Errorf("request id %q", w.Header().Get("X-Request-Id"))
	}
	w = k.ask("admin", "GET", base+"/me", nil, "X-Request-Id", "a\nb")
	if id := w.Header().Get("X-Request-Id"); id == "" || strings.Contains(id, "\n") {
		t.Errorf("request id %q", id)
	}
	for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Cache-Control"} {
		if w.Header().Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestTheLogHoldsNoPersonalData(t *testing.T) {
	k := newKit(t)
	k.want(k.ask("admin", "PUT", base+"/sellers/main/kim", SellerIn{Name: "Kim Secret", Email: "kim@secret.example", Verification: seller.Verified, Status: seller.Active}), 200, nil)
	k.ask("admin", "GET", base+"/sellers?q=Kim+Secret", nil)
	for _, trace := range []string{"Secret", "secret.example", "192.0.2.1", k.keys["admin"]} {
		if strings.Contains(k.log.String(), trace) {
			t.Errorf("the log holds %q:\n%s", trace, k.log.String())
		}
	}
}

func TestReadyWhenTheDatabaseAndDetectorsAre(t *testing.T) {
	k := newKit(t)
	if w := k.ask("", "GET", "/healthz", nil); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	if w := k.ask("", "GET", "/readyz", nil); w.Code != 200 {
		t.Errorf("readyz: %d", w.Code)
	}
	k.dry.ready = fault.New(fault.Unavailable, "still learning")
	k.wantProblem(k.ask("", "GET", "/readyz", nil), 503, fault.Unavailable)
	if w := k.ask("", "GET", "/healthz", nil); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	k.dry.ready = nil
	must(t, k.store.Close())
	k.wantProblem(k.ask("", "GET", "/readyz", nil), http.StatusServiceUnavailable, fault.Unavailable)
}

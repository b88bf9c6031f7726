package api

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/seller"
	"assay/internal/signal/outside"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestOpenAPIDocument(t *testing.T) {
	k := newKit(t)
	w := k.ask("", "GET", "/openapi.json", nil)
	var pretty bytes.Buffer
	must(t, json.Indent(&pretty, w.Body.Bytes(), "", "  "))
	pretty.WriteByte('\n')
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		must(t, os.WriteFile(golden, pretty.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Error("the document is not the golden one; when that is meant, run go test ./internal/api -run OpenAPI -update and read the difference")
	}
	refs := regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`)
	var doc struct {
		OpenAPI    string `json:"openapi"`
		Components struct{ Schemas map[string]any }
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &doc))
	for _, m := range refs.FindAllStringSubmatch(w.Body.String(), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("the schema %s is not there", m[1])
		}
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %q", doc.OpenAPI)
	}
	if y := k.ask("", "GET", "/openapi.yaml", nil); !strings.Contains(y.Body.String(), "openapi: 3.1") {
		t.Errorf("yaml begins with %.60q", y.Body)
	}
}

func TestReferencePageStandsAlone(t *testing.T) {
	k := newKit(t)
	w := k.ask("", "GET", "/docs", nil)
	page := w.Body.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "style=") || regexp.MustCompile(`(src|href)="(https?:)?//`).MatchString(page) {
		t.Error("the page needs something from elsewhere")
	}
	if csp := w.Header().Get("Content-Security-Policy"); csp != docsPolicy {
		t.Errorf("policy %q", csp)
	}
	for path := range k.api.huma.OpenAPI().Paths {
		if !strings.Contains(page, "<code>"+path+"</code>") {
			t.Errorf("%s is not on the page", path)
		}
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] != 1 {
			t.Errorf("#%s is there %d times", m[1], ids[m[1]])
		}
	}
	if css := k.ask("", "GET", "/docs/style.css", nil); !strings.HasPrefix(css.Header().Get("Content-Type"), "text/css") {
		t.Errorf("style is %q", css.Header().Get("Content-Type"))
	}
}

func TestMe(t *testing.T) {
	k := newKit(t)
	var m Me
	k.want(k.ask("seller:a", "GET", base+"/me", nil), 200, &m)
	if m.Role != access.Seller || m.OrgID != shopA || len(m.Permissions) != 8 {
		t.Errorf("%+v", m)
	}
}

func TestCaseFromQueueToDecision(t *testing.T) {
	k := newKit(t)
	var d Dossier
	k.want(k.ask("reviewer", "GET", base+"/cases/case-a", nil), 200, &d)
	if d.Listing.ID != "listing-a" || d.Revision.Offer.Title == "" || d.Verdict.ID != "verdict-a" || d.Seller.Name != "Shop a" || len(d.Brands) != 1 ||
		len(d.Assets) != 1 || len(d.Rights) != 1 || len(d.Licences) != 1 || len(d.Grounds["block"]) == 0 {
		t.Errorf("%+v", d)
	}
	var open counts
	k.want(k.ask("reviewer", "GET", base+"/cases/count", nil), 200, &open.Body)
	if open.Body.Open["text_name"] != 2 {
		t.Errorf("%v", open.Body.Open)
	}
	var c casefile.Case
	k.want(k.ask("reviewer", "POST", base+"/cases/next?brand=brand-b", nil), 200, &c)
	if c.ID != "case-b" || c.AssigneeID == "" {
		t.Errorf("%+v", c)
	}
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/next?brand=brand-b", nil), 404, fault.NotFound)
	k.wantProblem(k.ask("admin", "POST", base+"/cases/case-b/claim", nil), 409, fault.Conflict)
	k.want(k.ask("reviewer", "POST", base+"/cases/case-b/release", nil), 200, &c)
	answer := casefile.Answer{Outcome: verdict.Pass, Reason: "compatible_use", Version: c.Version - 1}
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-b/decision", answer), 409, fault.Conflict)
	answer.Version = c.Version
	p := k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-b/decision", casefile.Answer{Outcome: verdict.Pass, Reason: "counterfeit", Version: c.Version}), 422, fault.Invalid)
	if p.Errors[0].Path != "reason" {
		t.Errorf("%+v", p)
	}
	k.want(k.ask("reviewer", "POST", base+"/cases/case-b/decision", answer), 200, &c)
	if c.State != casefile.Closed || c.Decision == nil {
		t.Errorf("%+v", c)
	}
	var page Page[casefile.Case]
	k.want(k.ask("reviewer", "GET", base+"/cases?state=closed", nil), 200, &page)
	if len(page.Items) != 1 {
		t.Errorf("%+v", page)
	}
}

func TestPolicyVersions(t *testing.T) {
	k := newKit(t)
	source := string(policy.DefaultSource())
	var v verdict.Version
	k.want(k.ask("admin", "PUT", base+"/policies", PolicyIn{Source: source, Activate: true}), 200, &v)
	if !v.Active || v.ID != policy.Default().ID() {
		t.Errorf("%+v", v)
	}
	k.want(k.ask("admin", "PUT", base+"/policies", PolicyIn{Source: source}), 200, &v)
	k.wantProblem(k.ask("admin", "PUT", base+"/policies", PolicyIn{Source: source + "\n# changed\n"}), 409, fault.Conflict)
	p := k.wantProblem(k.ask("admin", "PUT", base+"/policies", PolicyIn{Source: "name: x\nnumber: 1\nrules:\n  - id: a\n    when: nonsense(\n"}), 422, fault.Invalid)
	if !regexp.MustCompile(`\d`).MatchString(p.Errors[0].Path) {
		t.Errorf("no line in %+v", p.Errors)
	}
	k.want(k.ask("reviewer", "GET", base+"/policies/active", nil), 200, &v)
	k.want(k.ask("admin", "POST", base+"/policies/"+v.ID+"/activate", nil), 200, &v)
	k.wantProblem(k.ask("admin", "POST", base+"/policies/none@1/activate", nil), 404, fault.NotFound)
}

func TestAccountsAndKeys(t *testing.T) {
	k := newKit(t)
	in := NewAccountIn{AccountIn: AccountIn{Name: "Kim", Role: access.Reviewer}, Email: "Kim@Example.com", Password: "a long enough one"}
	var acc access.Account
	w := k.ask("admin", "POST", base+"/accounts", in)
	k.want(w, 201, &acc)
	if acc.Email != "kim@example.com" || strings.Contains(w.Body.String(), "argon2") || strings.Contains(w.Body.String(), in.Password) {
		t.Errorf("%s", w.Body)
	}
	k.wantProblem(k.ask("admin", "POST", base+"/accounts", in), 409, fault.Conflict)
	in.Email, in.Password = "lee@example.com", "short"
	k.wantProblem(k.ask("admin", "POST", base+"/accounts", in), 422, fault.Invalid)
	if _, err := k.api.d.Gate.SignIn(t.Context(), "kim@example.com", "a long enough one", "192.0.2.1:80"); err != nil {
		t.Error(err)
	}
	k.want(k.ask("admin", "PUT", base+"/accounts/"+acc.ID, `{"name":"Kim","role":"reviewer","disabled":true}`), 200, &acc)
	if _, err := k.api.d.Gate.SignIn(t.Context(), "kim@example.com", "a long enough one", "192.0.2.1:80"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a disabled account signs in: %v", err)
	}
	if w := k.ask("admin", "PUT", base+"/accounts/"+acc.ID+"/password", `{"password":"another long one"}`); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}

	var key NewKey
	k.want(k.ask("admin", "POST", base+"/keys", KeyIn{Name: "feeds", Role: access.Seller, OrgID: shopA, Scopes: []access.Permission{access.ListingWrite}}), 201, &key)
	if w := k.ask(key.Secret, "GET", base+"/me", nil); w.Code != 200 {
		t.Errorf("the new key gets %d", w.Code)
	}
	k.want(k.ask("admin", "DELETE", base+"/keys/"+key.ID, nil), 200, nil)
	k.wantProblem(k.ask(key.Secret, "GET", base+"/me", nil), 401, fault.Unauthenticated)
	if w := k.ask("admin", "GET", base+"/keys", nil); strings.Contains(w.Body.String(), "assay_") || strings.Contains(w.Body.String(), `"hash"`) {
		t.Errorf("the list shows secrets: %s", w.Body)
	}
	k.wantProblem(k.ask("admin", "POST", base+"/keys", KeyIn{Name: "x", Role: access.Seller, OrgID: shopA, Scopes: []access.Permission{access.CaseDecide}}), 422, fault.Invalid)
	k.wantProblem(k.ask("admin", "POST", base+"/keys", KeyIn{Name: "x", Role: access.Seller, Scopes: []access.Permission{access.ListingRead}}), 422, fault.Invalid)
}

func TestLedgerIsChecked(t *testing.T) {
	k := newKit(t)
	var c LedgerCheck
	for i := range 3 {
		k.want(k.ask("admin", "PUT", base+"/sellers/main/x", SellerIn{Name: strings.Repeat("x", i+1), Verification: seller.Verified, Status: seller.Active}), 200, nil)
	}
	k.want(k.ask("admin", "GET", base+"/ledger/verify", nil), 200, &c)
	if !c.Sound || c.Entries < 10 || c.Head == "" {
		t.Errorf("%+v", c)
	}
	var page LedgerPage
	k.want(k.ask("admin", "GET", base+"/ledger?limit=5", nil), 200, &page)
	if len(page.Items) != 5 || page.Next != 5 || page.Items[0].Kind != "key.created" {
		t.Errorf("%+v", page)
	}
	k.want(k.ask("admin", "GET", base+"/ledger?subject="+page.Items[0].Subject, nil), 200, &page)
	if len(page.Items) != 1 {
		t.Errorf("%+v", page)
	}
	k.api.d.Store = cutLedger{k.store}
	k.want(k.ask("admin", "GET", base+"/ledger/verify", nil), 200, &c)
	if c.Sound || c.Problem == "" || c.Entries != 3 {
		t.Errorf("an entry is missing, but %+v", c)
	}
}

// cutLedger is a store whose fourth entry was taken out.
type cutLedger struct{ Store }

func (c cutLedger) Entries(ctx context.Context, after int64, limit int) ([]ledger.Entry, error) {
	rows, err := c.Store.Entries(ctx, after, limit)
	if after == 0 && len(rows) > 4 {
		rows = append(rows[:3:3], rows[4:]...)
	}
	return rows, err
}

func TestMetrics(t *testing.T) {
	k := newKit(t)
	k.api.CountVerdict(verdict.Verdict{Decision: verdict.Block})
	k.ask("admin", "GET", base+"/brands/brand-a", nil)
	k.ask("admin", "GET", "/nowhere", nil)
	got := k.ask("admin", "GET", "/metrics", nil).Body.String()
	for _, want := range []string{
		`assay_http_request_seconds_count{route="GET /api/v1/brands/{id}",status="200"} 1`,
		`assay_http_request_seconds_count{route="unmatched",status="404"} 1`,
		`assay_listings{status="pending"} 2`, `assay_verdicts_total{decision="block"} 1`, `assay_braked_assets 0`, `assay_verdicts_total{decision="pass"} 0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(got, "nowhere") || strings.Contains(got, "brand-a") {
		t.Error("addresses make labels")
	}
}

// What was read may be sent back as it is.
func TestRowsGoRound(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{"/holders/holder-a", "/brands/brand-a", "/rights/right-a", "/assets/asset-a", "/licences/licence-a"} {
		got := k.ask("admin", "GET", base+path, nil)
		w := k.ask("admin", "PUT", base+path, got.Body.String())
		if w.Code != 200 || w.Header().Get("Assay-Changed") != "false" || w.Body.String() != got.Body.String() {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

func TestMetricsTellOfTheOutsideService(t *testing.T) {
	k := newKit(t)
	if got := k.ask("admin", "GET", "/metrics", nil).Body.String(); strings.Contains(got, "assay_outside") {
		t.Error("without a service there are figures of one")
	}
	eye, err := outside.New(outside.Options{URL: "http://127.0.0.1:9/"})
	must(t, err)
	d := k.api.d
	d.Outside = eye
	k.h = New(d).Handler()
	got := k.ask("admin", "GET", "/metrics", nil).Body.String()
	for _, want := range []string{`assay_outside_state{state="closed"} 1`, `assay_outside_state{state="open"} 0`,
		`assay_outside_pictures_total{result="away"} 0`, `assay_outside_dropped_total{reason="unknown_asset"} 0`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
}

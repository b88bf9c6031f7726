package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/message"
	"assay/internal/trial"
	"assay/internal/verdict/policy"
)

func TestAPolicyIsChangedWithCare(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	p.get("/policy/new").has(t, "number: 1", "New version")
	text := string(policy.DefaultSource())
	if a := p.post("/policy", url.Values{"source": {strings.Replace(text, "when: signal.score >= mark_review", "when: signal.scoer >= mark_review", 1)}, "from": {"default@1"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a text with a slip: %d", a.status)
	} else {
		a.has(t, "policy.yaml:", "scoer")
	}
	wrong := strings.Replace(strings.Replace(text, "mark_review: 0.50", "mark_review: 5", 1), "number: 1\n", "number: 1\ncolour: red\n", 1)
	for lang, want := range map[string][2]string{"en": {"“mark_review” must be a number from 0 to 1.", "“policy” has no key “colour”"},
		"ko": {"“mark_review” 값은 0에서 1 사이의 수여야 합니다.", "“colour” 키가 없습니다."}, "zh": {"“mark_review”必须是 0 到 1 之间的数。", "没有键“colour”"},
		"it": {"«mark_review» deve essere un numero da 0 a 1.", "non ha la chiave «colour»"}} {
		p.post("/preferences", url.Values{"lang": {lang}})
		p.post("/policy", url.Values{"source": {wrong}}).has(t, want[0], want[1])
		p.post("/ladder", url.Values{"source": {"name: default\nnumber: 0\n"}}).has(t, message.For(lang).T("written.is_missing", "A", "profiles"))
	}
	p.post("/preferences", url.Values{"lang": {"en"}})
	if a := p.post("/policy", url.Values{"source": {strings.Replace(text, "mark_review: 0.50", "mark_review: 0.60", 1)}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another text under a known number: %d", a.status)
	} else {
		a.has(t, "A version with this number exists with another text")
	}
	next := strings.NewReplacer("number: 1\n", "number: 3\n", "mark_review: 0.50", "mark_review: 0.60").Replace(text)
	if a := p.post("/policy", url.Values{"source": {strings.ReplaceAll(next, "\n", "\r\n")}}); a.status != http.StatusSeeOther {
		t.Fatalf("saved: %d %s", a.status, a.body)
	}
	p.get("/policy/default@3").has(t, "default@3 is kept", "What it does otherwise than default@1", "mark_review", "<del>0.5</del>", "<ins>0.6</ins>", "The admin")
	p.get("/policy/default@3?against=default@2").has(t, "text_review", "<del>0.4</del>")
	p.post("/policy/default@3/activate", nil)
	if v, err := s.Store.ActivePolicy(t.Context()); err != nil || v.ID != "default@3" {
		t.Errorf("in force is %s (%v)", v.ID, err)
	}
	p.post("/policy/default@3/shadow", url.Values{"on": {"yes"}})
	p.get("/policy/default@3").has(t, "cannot be done as things stand")
}

func TestATrialIsReadAsATableAndAPicture(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Admin)
	a := p.get("/trials/" + consoletest.BackTest)
	a.has(t, "Who would be hit", "번개상점", `<rect class="block"`, "claim-sure")
	p.get("/trials/"+consoletest.BackTest+"?now=pass").lacks(t, `<span class="badge block">Block</span></td><td class="mono small">`)
	p.post("/policy/"+consoletest.Shadow+"/shadow", url.Values{"on": {"no"}})
	if a := p.get("/trials/shadow:" + consoletest.Shadow); a.status != http.StatusNotFound {
		t.Errorf("a stopped shadow: %d", a.status)
	}
	to := p.post("/policy/"+consoletest.Shadow+"/backtests", url.Values{"from": {"2026-01-01"}, "until": {"2026-02-01"}}).header.Get("Location")
	p.get(to).has(t, "Still at work", `data-refresh="/trials/`)
	list, err := s.Store.BackTests(t.Context(), consoletest.Shadow, 0)
	waits := func(t trial.BackTest) bool { return t.State == trial.Waiting }
	if err != nil || len(list) != 2 || !slices.ContainsFunc(list, waits) {
		t.Errorf("back-tests %+v, %v", list, err)
	}
	p.post("/policy/"+consoletest.Shadow+"/backtests", url.Values{"from": {"2026-02-01"}, "until": {"2025-01-01"}})
	p.get("/policy/"+consoletest.Shadow).has(t, "cannot be done as things stand")
}

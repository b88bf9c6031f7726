package statement

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/message"
	"assay/internal/registry"
)

// The numbers of values of the database's interface of 1 July 2025.
func TestDSAValues(t *testing.T) {
	want := map[string]int{"decision_visibility": 7, "decision_monetary": 3, "decision_provision": 4, "decision_account": 2, "account_type": 2, "decision_ground": 2,
		"content_type": 8, "category": 16, "category_specification": 69, "source_type": 4, "automated_decision": 3}
	for field, n := range want {
		if got := len(dsaValues()[field]); got != n {
			t.Errorf("%s has %d values, want %d", field, got, n)
		}
	}
	if len(EEA()) != 30 {
		t.Errorf("the area has %d countries, want 30", len(EEA()))
	}
}

// Records of real decisions, golden; each passes the database's own rules.
func TestDSARecords(t *testing.T) {
	for name, s := range samples() {
		for _, lang := range []string{"en", "it"} {
			records := Records(message.For(lang), s)
			for i, r := range records {
				if wrong := r.Check(); len(wrong) > 0 {
					t.Errorf("%s record %d: %+v", name, i, wrong)
				}
			}
			if reported := Reported(s); reported != (len(records) > 0) {
				t.Errorf("%s: reported %v with %d records", name, reported, len(records))
			}
			if len(records) == 0 {
				continue
			}
			b, err := json.MarshalIndent(records, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".dsa."+lang+".json", string(b)+"\n")
			for _, secret := range []string{"번개상점", "A-1001", "Bolt Electronics", "무선", "They sell"} {
				if strings.Contains(string(b), secret) {
					t.Errorf("%s: the record says %q", name, secret)
				}
			}
		}
	}
}

func TestReportedOnlyWhereItHolds(t *testing.T) {
	for name, want := range map[string]bool{"removed": false /* a Korean mark */, "removed-notice-group": true, "removed-terms": true, "restored": false, "kept": false, "upheld": false, "sanction": true} {
		if got := Reported(samples()[name]); got != want {
			t.Errorf("%s: reported %v", name, got)
		}
	}
}

// Each rule of the database, broken alone.
func TestDSACheck(t *testing.T) {
	for want, breakIt := range map[string]func(*Record){
		"puid bad_puid":                        func(r *Record) { r.PUID = "a.b" },
		"puid bad_puid ":                       func(r *Record) { r.PUID = strings.Repeat("x", 501) },
		"decision_visibility missing":          func(r *Record) { r.DecisionVisibility, r.DecisionAccount = nil, "" },
		"decision_visibility unknown_value":    func(r *Record) { r.DecisionVisibility = []string{"GONE"} },
		"decision_visibility_other missing":    func(r *Record) { r.DecisionVisibility = []string{"DECISION_VISIBILITY_OTHER"} },
		"decision_monetary_other missing":      func(r *Record) { r.DecisionMonetary = "DECISION_MONETARY_OTHER" },
		"decision_account unknown_value":       func(r *Record) { r.DecisionAccount = "X" },
		"decision_ground missing":              func(r *Record) { r.DecisionGround = "" },
		"illegal_content_legal_ground missing": func(r *Record) { r.IllegalGround = "" },
		"illegal_content_explanation too_long": func(r *Record) { r.IllegalExplanation = strings.Repeat("가", 2001) },
		"incompatible_content_ground missing": func(r *Record) {
			r.DecisionGround = "DECISION_GROUND_INCOMPATIBLE_CONTENT"
			r.IncompatibleExplanation = "x"
		},
		"incompatible_content_illegal other_ground":    func(r *Record) { r.IncompatibleIllegal = "Yes" },
		"decision_ground_reference_url bad_url":        func(r *Record) { r.DecisionGroundURL = "javascript:alert(1)" },
		"category unknown_value":                       func(r *Record) { r.Category = "COUNTERFEIT" },
		"category_addition repeats":                    func(r *Record) { r.CategoryAddition = []string{r.Category} },
		"category_specification unknown_value":         func(r *Record) { r.CategorySpecification = []string{"KEYWORD_DANGEROUS_TOYS"} },
		"content_type missing":                         func(r *Record) { r.ContentType = nil },
		"content_type_other missing":                   func(r *Record) { r.ContentType = []string{"CONTENT_TYPE_OTHER"} },
		"content_language unknown_value":               func(r *Record) { r.ContentLanguage = "ko" },
		"content_date out_of_range":                    func(r *Record) { r.ContentDate = "1999-12-31" },
		"content_date bad_date":                        func(r *Record) { r.ContentDate = "2026-02-30" },
		"content_id unknown_value":                     func(r *Record) { r.ContentID = map[string]string{"EAN-13": "123"} },
		"territorial_scope missing":                    func(r *Record) { r.TerritorialScope = nil },
		"territorial_scope unknown_value":              func(r *Record) { r.TerritorialScope = []string{"KR"} },
		"application_date out_of_range":                func(r *Record) { r.ApplicationDate, r.EndDateAccount = "2038-01-02", "" },
		"decision_facts missing":                       func(r *Record) { r.DecisionFacts = "" },
		"decision_facts too_long":                      func(r *Record) { r.DecisionFacts = strings.Repeat("x", 5001) },
		"source_type unknown_value":                    func(r *Record) { r.SourceType = "SOURCE_GOOD_FAITH" },
		"automated_detection unknown_value":            func(r *Record) { r.AutomatedDetection = "true" },
		"automated_decision missing":                   func(r *Record) { r.AutomatedDecision = "" },
		"end_date_visibility_restriction before_start": func(r *Record) { r.EndDateVisibility = "2025-01-01" },
		"end_date_account_restriction out_of_range":    func(r *Record) { r.EndDateAccount = "2039-01-01" },
	} {
		r := Records(message.For("en"), samples()["removed-notice-group"])[0]
		breakIt(&r)
		wrong := r.Check()
		if len(wrong) != 1 || wrong[0].Path+" "+wrong[0].Code != strings.TrimSpace(want) {
			t.Errorf("%s: %+v", want, wrong)
		}
	}
}

// Whatever a marketplace holds, no record is refused there.
func TestEveryRecordIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~가-힣\x{200b}]{0,80}`)
		s := Statement{ID: "5a", Kind: rapid.SampledFrom(Kinds).Draw(t, "kind"), Source: rapid.SampledFrom([]Source{Own, Noticed, Trusted, Told}).Draw(t, "source"),
			Decided: rapid.SampledFrom([]Automation{ByPerson, ByBoth, ByMachine}).Draw(t, "decided"), From: at(3), CreatedAt: at(3)}
		s.Ground = Ground{Code: rapid.SampledFrom([]string{"counterfeit", "no_licence", "other_infringement", "false_affiliation", "strange"}).Draw(t, "ground"), Clause: clauseOf("")}
		for range rapid.IntRange(0, 5).Draw(t, "rights") {
			s.Ground.Law = true
			s.Ground.Rights = append(s.Ground.Rights, Right{Kind: rapid.SampledFrom(registry.RightKinds).Draw(t, "right"), Office: rapid.SampledFrom([]string{"EM", "KR", "WO", "", "FR"}).Draw(t, "office"), Number: text.Draw(t, "number")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "goods") {
			g := Goods{Title: text.Draw(t, "title"), GTIN: text.Draw(t, "gtin"), Language: text.Draw(t, "language"), Since: at(1)}
			for range rapid.IntRange(0, maxFacts).Draw(t, "facts") {
				g.Facts = append(g.Facts, Fact{Kind: "x", Brand: strings.Repeat(text.Draw(t, "brand"), 20), Text: text.Draw(t, "text")})
			}
			s.Goods = append(s.Goods, g)
		}
		s.Territory = rapid.SampledFrom([][]string{nil, {"KR"}, {"FR", "IT"}}).Draw(t, "territory")
		s.Effects = []Effect{{Kind: rapid.SampledFrom(Effects).Draw(t, "effect"), From: at(3)}}
		for _, r := range Records(message.For(rapid.SampledFrom([]string{"en", "ko", "zh", "it"}).Draw(t, "lang")), s) {
			if wrong := r.Check(); len(wrong) > 0 {
				t.Fatalf("%+v\n%+v", wrong, r)
			}
		}
	})
}

func TestMonthsAfterEndsTheDayThere(t *testing.T) {
	for _, c := range []struct {
		country, from, want string
	}{
		{"KR", "2026-03-02T09:30:00Z", "2026-09-02T15:00:00Z"},
		{"KR", "2026-03-02T18:00:00Z", "2026-09-03T15:00:00Z"}, // the third of March there
		{"", "2026-03-02T09:30:00Z", "2026-09-03T00:00:00Z"},
		{"IT", "2026-08-31T09:30:00Z", "2027-03-03T23:00:00Z"}, // 31 February is 3 March
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := MonthsAfter(c.country, from, 6).Format(time.RFC3339); got != c.want {
			t.Errorf("six months after %s in %q: %s, want %s", c.from, c.country, got, c.want)
		}
	}
}

func TestLawIsWhole(t *testing.T) {
	for office, kinds := range theLaw().Provisions {
		for kind, texts := range kinds {
			for _, l := range message.Languages() {
				if texts[l.Code] == "" {
					t.Errorf("%s %s is not cited in %s", office, kind, l.Code)
				}
			}
		}
	}
	for name, p := range theLaw().Profiles {
		if p.Outside != "" && !message.For("en").Has("statement.outside."+p.Outside) {
			t.Errorf("profile %s names no body that letters know", name)
		}
	}
	for _, c := range Clauses() {
		if !message.For("en").Has("statement.clause." + c) {
			t.Errorf("no text for clause %s", c)
		}
	}
}

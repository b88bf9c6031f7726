package policy

import (
	"errors"
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

const head = "name: t\nnumber: 1\n"

// one is a policy of one rule that sees signals.
func one(when string) string {
	return head + "thresholds: {high: 0.9}\nlimits: {days: 30}\nwords: {bad: [a, b]}\nrules:\n  - id: r\n    for: signal\n    when: " + when + "\n    decision: block\n    reason: listing_rule\n"
}

func TestParseTellsEveryProblemWithItsPlace(t *testing.T) {
	_, err := Parse([]byte(`name: Bad Name
number: 0
colour: red
thresholds:
  high: 1.5
  signal: 0.5
limits:
  days: -1
score: {review: 0.9, block: 0.5}
rules:
  - id: a
    for: signal
    when: signal.scor >= high
    decision: block
    reason: listing_rule
  - id: a
    for: signals
    when: signal.score >= high
    decision: forbid
    reason: nonsense
  - id: b
    for: listing
    when: signal.score > 0.5
    decision: review
    reason: rule_failed
  - id: c
    for: signal
    when: signal.score
    decision: review
    reason: listing_rule
    colour: blue
  - id: d
    for: signal
    decision: review
    reason: listing_rule
    kinds: [Text.Name]
    enabled: maybe
`))
	want := map[string]string{
		"policy.yaml:1:7": "form", "policy.yaml:2:9": "range", "policy.yaml:3:1": "unknown_key",
		"policy.yaml:5:9": "range", "policy.yaml:6:3": "form", "policy.yaml:8:9": "range", "policy.yaml:9:8": "range",
		"policy.yaml:13:17": "condition", "policy.yaml:16:5": "duplicate", "policy.yaml:17:10": "unknown_for",
		"policy.yaml:19:15": "unknown_decision", "policy.yaml:20:13": "unknown_reason", "policy.yaml:23:17": "condition",
		"policy.yaml:25:13": "unknown_reason", "policy.yaml:28:11": "condition", "policy.yaml:31:5": "unknown_key",
		"policy.yaml:32:5": "missing", "policy.yaml:36:12": "form", "policy.yaml:37:14": "type",
	}
	got := fieldsOf(t, err)
	for path, code := range want {
		if got[path] != code {
			t.Errorf("%s: %q, want %q", path, got[path], code)
		}
	}
	for path, code := range got {
		if want[path] == "" {
			t.Errorf("unexpected %s at %s", code, path)
		}
	}
}

func fieldsOf(t *testing.T, err error) map[string]string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Invalid {
		t.Fatalf("error %v, want fault.Invalid", err)
	}
	got := map[string]string{}
	for _, one := range f.Fields {
		if one.Message == "" || got[one.Path] != "" && got[one.Path] != one.Code {
			t.Errorf("field %+v", one)
		}
		got[one.Path] = one.Code
	}
	return got
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ source, path string }{
		"nothing":           {"", "policy.yaml:1"},
		"only a comment":    {"# nothing\n", "policy.yaml:1"},
		"broken YAML":       {"name: t\nnumber: [1\n", "policy.yaml:1"},
		"a list":            {"- a\n", "policy.yaml:1:1"},
		"two documents":     {one(`"true"`) + "---\nname: x\n", "policy.yaml:12:1"},
		"no rules":          {head, "policy.yaml:1:1"},
		"empty rules":       {head + "rules: []\n", "policy.yaml:3:8"},
		"a key twice":       {head + "name: u\n", "policy.yaml:3:1"},
		"an alias":          {"name: &n t\nnumber: 1\nrules: *n\n", "policy.yaml:3:8"},
		"no expression":     {one(`""`), "policy.yaml:9:11"},
		"unknown function":  {one("steal(signal.kind)"), "policy.yaml:9:16"},
		"quoted expression": {one(`"signal.score > nowhere"`), "policy.yaml:9:27"},
		"block expression":  {one("|\n      signal.score >\n      nowhere"), "policy.yaml:11"},
		"too deep":          {one(strings.Repeat("(", 500) + "true" + strings.Repeat(")", 500)), ""},
		"makes an object":   {one("signal{kind: 'x'}.kind == 'x'"), ""},
		"words for numbers": {one("signal.score >= bad"), "policy.yaml:9:24"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.source))
			var f *fault.Error
			if c.path == "" {
				if err == nil && name != "makes an object" {
					t.Fatal("accepted")
				}
				return
			}
			if !errors.As(err, &f) || len(f.Fields) == 0 {
				t.Fatalf("error %v", err)
			}
			paths := fieldsOf(t, err)
			if paths[c.path] == "" {
				t.Errorf("no problem at %s but at %v: %v", c.path, paths, err)
			}
		})
	}
	if _, err := Parse(make([]byte, maxSource+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large text gave %v", err)
	}
}

func TestConditionsSeeEveryFieldOfTheirWorld(t *testing.T) {
	for _, when := range []string{
		"signal.score >= high", "seller.age_days >= days", "signal.intent in bad || true", "signal.distance == 7",
		"brand.name == 'Alba' && !brand.gated && brand.known && brand.usual_price == 300.0",
		"listing.price == 25.0 && listing.currency == 'EUR' && listing.pictures == 0",
		"seller.status == 'active' && seller.verified && seller.verification == 'verified'",
		"listing.title.lowerAscii().startsWith('alba')", "now > timestamp('2026-01-01T00:00:00Z')",
		"signal.fields.exists(f, f == 'title')", "signal.words == ['ALBA'] && signal.disguises == ['spaced']",
		"signal.speaks_for == ['f'] && signal.speaks_against == ['a']", "signal.quality == 80 && signal.mirrored", "signal.share < 0.5 && signal.share > 0.2",
		"dyn(signal).score == 0.9", "type(signal) == type(signal)", "has(signal.score)", "listing.attributes.size() == 0",
	} {
		p, err := Parse([]byte(one(`'` + strings.ReplaceAll(when, "'", "''") + `'`)))
		if err != nil {
			t.Errorf("%s: %v", when, err)
			continue
		}
		s := with(copied(7, 80, 0.9), func(s *signal.Signal) {
			s.Sighting.Mirrored, s.Sighting.Part = true, &signal.Part{Share: 0.25}
			s.Spans = []signal.Span{{Field: "title", Text: "ALBA", Disguises: []string{"spaced"}}}
			s.For, s.Against = []signal.Factor{{Code: "f"}}, []signal.Factor{{Code: "a"}}
		})
		if v := p.Decide(facts(s)); v.Decision != verdict.Block {
			t.Errorf("%s does not hold: %+v", when, v.Reasons)
		}
	}
}

func TestSignalsWithoutSightingLookLikeNothing(t *testing.T) {
	p, err := Parse([]byte(one("signal.distance == 256 && signal.picture == -1 && signal.quality == 0 && signal.correlation == 0.0 && signal.share == 0.0 && signal.problem == ''")))
	if err != nil {
		t.Fatal(err)
	}
	if v := p.Decide(facts(of(signal.TextName, 0.1))); v.Decision != verdict.Block {
		t.Errorf("%+v", v)
	}
}

func TestRuleThatFailsAsksForReview(t *testing.T) {
	for name, when := range map[string]string{
		"no such index":    "signal.fields[3] == 'title'",
		"division by zero": "1 / listing.pictures == 1",
		"too costly": "0 < 1 && [1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, " +
			"[1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a + b + c + d + e + f > 0))))))",
	} {
		p, err := Parse([]byte(one(`"` + when + `"`)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := p.Decide(facts(of(signal.TextName, 0.1)))
		if v.Decision != verdict.Review || len(v.Reasons) != 1 || v.Reasons[0].Code != RuleFailed || v.Reasons[0].Rule != "r" || len(v.Reasons[0].Signals) != 1 {
			t.Errorf("%s: %+v", name, v)
		}
		listing, err := Parse([]byte(strings.ReplaceAll(one(`"`+strings.ReplaceAll(when, "signal.fields", "signals[0].fields")+`"`), "for: signal", "for: listing")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if v := listing.Decide(facts(of(signal.TextName, 0.1))); v.Decision != verdict.Review || v.Reasons[0].Code != RuleFailed {
			t.Errorf("%s for a listing: %+v", name, v)
		}
	}
}

func TestVersionNamesTheText(t *testing.T) {
	a, err := Parse([]byte(one(`"true"`)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse([]byte(one(`"false"`)))
	if err != nil {
		t.Fatal(err)
	}
	if a.Version() == b.Version() || !strings.HasPrefix(a.Version(), "t@1+") || a.ID() != "t@1" {
		t.Errorf("versions %s and %s", a.Version(), b.Version())
	}
	if v := a.Decide(facts()); v.Policy != a.Version() {
		t.Errorf("verdict names %q", v.Policy)
	}
}

func TestSwitchedOffRulesAreCheckedButSilent(t *testing.T) {
	off := strings.Replace(one(`"true"`), "    for:", "    enabled: false\n    for:", 1)
	p, err := Parse([]byte(off))
	if err != nil {
		t.Fatal(err)
	}
	if v := p.Decide(facts(of(signal.TextName, 1))); v.Decision != verdict.Pass {
		t.Errorf("%+v", v)
	}
	if _, err := Parse([]byte(strings.Replace(off, `"true"`, "nowhere", 1))); err == nil {
		t.Error("a wrong rule was accepted because it is switched off")
	}
}

func TestListingRuleWithoutSignals(t *testing.T) {
	f := facts()
	f.Seller.Status = seller.Closed
	v := Default().Decide(f)
	if v.Decision != verdict.Block || v.Score < 0.9 || len(v.Matched) != 0 || v.Reasons[0].Signals == nil {
		t.Errorf("%+v", v)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(defaultSource)
	f.Add([]byte(one("signal.score >= high")))
	f.Add([]byte("name: &a [*a]\n"))
	f.Add([]byte(one("|\n  signal.words.exists(w, w.matches('(a+)+$'))")))
	probe := facts(copied(3, 90, 0.9), of(signal.TextName, 0.4))
	f.Fuzz(func(t *testing.T, source []byte) {
		p, err := Parse(source)
		if err != nil {
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("error %v", err)
			}
			return
		}
		v := p.Decide(probe)
		if v.Score < 0 || v.Score > 1 || len(v.Signals) != 2 {
			t.Fatalf("verdict %+v", v)
		}
	})
}

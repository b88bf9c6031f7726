package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/verdict"
)

// Automation says how far the policy may act without a person. A listing is
// removed by itself only when a rule marked automatic blocks it and that rule
// has proved itself: of its verdicts that people looked at within the last
// Days, so many were confirmed that the lower end of Wilson's 95 % interval
// reaches Precision. A rule that drops below asks a person again at once.
type Automation struct {
	Precision    float64 // lower bound that is needed, 0..1
	Days         int     // how far back people's answers count
	SampleBlocks float64 // share of automatic removals that a person looks at all the same
	SamplePasses float64 // share of passed listings that a person looks at, to learn what is missed
}

// noAutomation holds where a policy does not speak of it. The limit is that of
// the policy table, rule 9.10, made stricter by what the rule must show.
var noAutomation = Automation{Precision: 0.99, Days: 180}

// Automation is how far the policy may act without a person.
func (p *Policy) Automation() Automation { return p.auto }

// Automatic are the reasons of a verdict of this policy on which it may act
// without a person, once their rules have proved themselves.
func (p *Policy) Automatic(v verdict.Verdict) []verdict.Reason {
	var out []verdict.Reason
	for _, reason := range v.Reasons {
		if reason.Decision == verdict.Block && slices.ContainsFunc(p.rules, func(r *rule) bool {
			return r.id == reason.Rule && r.automatic && r.print == reason.Print
		}) {
			out = append(out, reason)
		}
	}
	return out
}

// RuleInfo is a rule as figures and pages name it.
type RuleInfo struct {
	ID        string           `json:"id"`
	Print     string           `json:"print"`
	Decision  verdict.Decision `json:"decision"`
	Reason    string           `json:"reason"`
	Automatic bool             `json:"automatic"`
}

// Rules are the rules in force, as written.
func (p *Policy) Rules() []RuleInfo {
	out := make([]RuleInfo, len(p.rules))
	for i, r := range p.rules {
		out[i] = RuleInfo{r.id, r.print, r.decision, r.reason, r.automatic}
	}
	return out
}

func (r reader) automation(n *yaml.Node) Automation {
	a := noAutomation
	values := r.Mapping(n, "automation", "precision", "days", "sample_blocks", "sample_passes")
	for key, into := range map[string]*float64{"precision": &a.Precision, "sample_blocks": &a.SampleBlocks, "sample_passes": &a.SamplePasses} {
		if v := values[key]; v != nil {
			*into = r.fraction(v, key)
		}
	}
	if v := values["precision"]; v != nil && a.Precision < minPrecision {
		r.Found.Add(v, "range", "precision must be at least %v: below it a person has to look", minPrecision)
	}
	if v := values["days"]; v != nil {
		a.Days = int(r.whole(n, v, "days", 1, 3650))
	}
	return a
}

// minPrecision is the lowest limit that an operator may set.
const minPrecision = 0.9

var identifier = regexp.MustCompile(`[a-z][a-z0-9_]*`)

// print is a short hash of what the rule says, with the values of the names
// it uses.
func (t ruleText) print(constants []constant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q %s %v %s\n", t.scope, t.kinds, t.decision, t.otherwise, strings.Join(strings.Fields(t.when.Value), " "))
	used := identifier.FindAllString(t.when.Value, -1)
	for _, c := range constants {
		if slices.Contains(used, c.name) {
			fmt.Fprintf(&b, "%s=%v\n", c.name, c.value)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:6])
}

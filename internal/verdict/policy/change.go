package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two policies, as a person would say it.
type Change struct {
	Kind string `json:"kind"` // "value", "rule", "score" or "automation"
	Name string `json:"name"`
	Old  string `json:"old,omitempty"` // "" when it is new
	New  string `json:"new,omitempty"` // "" when it is gone
}

// Changes says what b does otherwise than a: named values, rules by their id,
// the making of the score and what may be automatic. The order of rules and
// comments do not count, since they change nothing.
func Changes(a, b *Policy) []Change {
	out := compare("value", a.values(), b.values())
	out = append(out, compare("rule", a.ruleTexts(), b.ruleTexts())...)
	out = append(out, compare("score", a.scoring.settings(), b.scoring.settings())...)
	return append(out, compare("automation", a.auto.settings(), b.auto.settings())...)
}

// compare pairs settings by name, in the order of their names.
func compare(kind string, old, now map[string]string) []Change {
	var names []string
	for name := range old {
		names = append(names, name)
	}
	for name := range now {
		if _, known := old[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []Change
	for _, name := range names {
		if old[name] != now[name] {
			out = append(out, Change{kind, name, old[name], now[name]})
		}
	}
	return out
}

func (p *Policy) values() map[string]string {
	out := map[string]string{}
	for _, c := range p.texts.constants {
		if list, ok := c.value.([]string); ok {
			out[c.name] = strings.Join(list, ", ")
			continue
		}
		out[c.name] = fmt.Sprint(c.value)
	}
	return out
}

func (p *Policy) ruleTexts() map[string]string {
	out := map[string]string{}
	for _, r := range p.texts.rules {
		out[r.id] = r.String()
	}
	return out
}

// String is the rule in one line.
func (t ruleText) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s", t.decision, t.scope)
	if len(t.kinds) > 0 {
		fmt.Fprintf(&b, ": %s", strings.Join(t.kinds, ", "))
	}
	fmt.Fprintf(&b, ") %s → %s", strings.Join(strings.Fields(t.when.Value), " "), t.reason)
	for _, mark := range []struct {
		set  bool
		word string
	}{{!t.enabled, "off"}, {t.otherwise, "otherwise"}, {t.automatic, "automatic"}} {
		if mark.set {
			b.WriteString(" [" + mark.word + "]")
		}
	}
	return b.String()
}

func (s scoring) settings() map[string]string {
	out := map[string]string{"review": fmt.Sprint(s.review), "block": fmt.Sprint(s.block), "corroboration": fmt.Sprint(s.corroboration)}
	for kind, weight := range s.weights {
		out["weights."+string(kind)] = fmt.Sprint(weight)
	}
	return out
}

func (a Automation) settings() map[string]string {
	return map[string]string{"precision": fmt.Sprint(a.Precision), "days": fmt.Sprint(a.Days),
		"sample_blocks": fmt.Sprint(a.SampleBlocks), "sample_passes": fmt.Sprint(a.SamplePasses)}
}

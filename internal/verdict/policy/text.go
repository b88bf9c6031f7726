package policy

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/written"
)

// text is a policy as written: well-formed, not yet compiled.
type text struct {
	name      string
	number    int
	constants []constant
	scoring   scoring
	automatic Automation
	rules     []ruleText
}

// constant is a named value of the sections thresholds, limits and words.
type constant struct {
	name  string
	value any // float64, int64 or []string
}

// ruleText is a rule as written.
type ruleText struct {
	id       string
	scope    string // forSignal, forLicensed or forListing
	kinds    []string
	when     *yaml.Node
	decision verdict.Decision
	reason   string
	enabled  bool
	// otherwise: the reason is given only when no other rule asks for as much.
	otherwise bool
	// automatic: a block of this rule alone may remove, see Automation.
	automatic bool
}

// What a rule is tried on.
const (
	forSignal   = "signal"   // every signal that no licence covers
	forLicensed = "licensed" // every signal that a licence covers
	forListing  = "listing"  // the listing, once
)

var (
	policyName   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	ruleID       = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)
	constantName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	kindPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?$`)
)

// read turns the source into a text, adding every problem of form to found.
func read(source []byte, found *written.Problems) text {
	t := text{scoring: defaultScoring(), automatic: noAutomation}
	root, ok := written.Document(source, found)
	if !ok {
		return t
	}
	r := reader{written.Reader{Found: found}}
	if root.Kind != yaml.MappingNode {
		found.Add(root, "type", "the policy must be a mapping with name, number and rules")
		return t
	}
	top := r.Mapping(root, "policy", "name", "number", "thresholds", "limits", "words", "score", "automation", "rules")
	t.name = r.Matching(root, top["name"], "name", policyName)
	t.number = int(r.whole(root, top["number"], "number", 1, 1_000_000))
	t.constants = r.constants(top["thresholds"], top["limits"], top["words"])
	if n := top["score"]; n != nil {
		t.scoring = r.scoring(n)
	}
	if n := top["automation"]; n != nil {
		t.automatic = r.automation(n)
	}
	t.rules = r.rules(root, top["rules"])
	return t
}

// reader takes the text's parts from its nodes.
type reader struct{ written.Reader }

// oneOf reads one of a few words.
func (r reader) oneOf(parent, n *yaml.Node, what string, words ...string) string {
	switch {
	case n == nil:
		r.Found.Add(parent, "missing", "%s is missing; it is one of: %s", what, strings.Join(words, ", "))
	case n.Kind != yaml.ScalarNode || !slices.Contains(words, n.Value):
		r.Found.Add(n, "unknown_"+what, "%s %q is not known; it is one of: %s", what, n.Value, strings.Join(words, ", "))
	default:
		return n.Value
	}
	return ""
}

func (r reader) whole(parent, n *yaml.Node, what string, low, high int64) int64 {
	if n == nil {
		r.Found.Add(parent, "missing", "%s is missing", what)
		return low
	}
	var v int64
	if n.Tag != "!!int" || n.Decode(&v) != nil || v < low || v > high {
		r.Found.Add(n, "range", "%s must be a whole number from %d to %d", what, low, high)
		return low
	}
	return v
}

// yesNo reads true or false; what is not given stays as it is.
func (r reader) yesNo(n *yaml.Node, what string, into *bool) {
	if n != nil && (n.Tag != "!!bool" || n.Decode(into) != nil) {
		r.Found.Add(n, "type", "%s must be true or false", what)
	}
}

// fraction reads a number from 0 to 1.
func (r reader) fraction(n *yaml.Node, what string) float64 {
	var v float64
	if n.Tag != "!!int" && n.Tag != "!!float" || n.Decode(&v) != nil || math.IsNaN(v) || v < 0 || v > 1 {
		r.Found.Add(n, "range", "%s must be a number from 0 to 1", what)
		return 0
	}
	return v
}

func (r reader) strings(n *yaml.Node, what string, limit int) []string {
	if n.Kind != yaml.SequenceNode {
		r.Found.Add(n, "type", "%s must be a list", what)
		return nil
	}
	if len(n.Content) > limit {
		r.Found.Add(n, "range", "%s has over %d entries", what, limit)
		return nil
	}
	list := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			r.Found.Add(item, "type", "an entry of %s must be a word", what)
			continue
		}
		list = append(list, item.Value)
	}
	return list
}

// constants reads the three sections of named values. A name stands for one
// value in the whole policy.
func (r reader) constants(thresholds, limits, words *yaml.Node) []constant {
	var all []constant
	section := func(n *yaml.Node, what string, value func(n *yaml.Node, name string) any) {
		if n == nil {
			return
		}
		values := r.Mapping(n, what)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			v := values[key.Value]
			switch {
			case v != n.Content[i+1]: // refused by mapping
			case !constantName.MatchString(key.Value) || slices.Contains(reserved, key.Value):
				r.Found.Add(key, "form", "%q cannot be a name: use lower case letters, digits and _, and no variable or word of CEL", key.Value)
			case slices.ContainsFunc(all, func(c constant) bool { return c.name == key.Value }):
				r.Found.Add(key, "duplicate", "%q is given in two sections", key.Value)
			case len(all) == maxConstants:
				r.Found.Add(key, "range", "there are over %d named values", maxConstants)
				return
			default:
				all = append(all, constant{key.Value, value(v, key.Value)})
			}
		}
	}
	section(thresholds, "thresholds", func(n *yaml.Node, name string) any { return r.fraction(n, name) })
	section(limits, "limits", func(n *yaml.Node, name string) any { return r.whole(n, n, name, 0, 1_000_000_000) })
	section(words, "words", func(n *yaml.Node, name string) any { return r.strings(n, name, maxWords) })
	return all
}

func (r reader) scoring(n *yaml.Node) scoring {
	s := defaultScoring()
	values := r.Mapping(n, "score", "review", "block", "corroboration", "weights")
	for key, into := range map[string]*float64{"review": &s.review, "block": &s.block, "corroboration": &s.corroboration} {
		if v := values[key]; v != nil {
			*into = r.fraction(v, key)
		}
	}
	if s.review <= 0 || s.review >= s.block || s.block >= 1 {
		r.Found.Add(n, "range", "score needs 0 < review < block < 1, not review %v and block %v", s.review, s.block)
	}
	if w := values["weights"]; w != nil {
		for kind, v := range r.Mapping(w, "weights") {
			if !kindPattern.MatchString(kind) || strings.HasSuffix(kind, "*") {
				r.Found.Add(v, "form", "%q is not a kind of signal, such as text.name", kind)
			}
			s.weights[signal.Kind(kind)] = r.fraction(v, kind)
		}
	}
	return s
}

func (r reader) rules(root, n *yaml.Node) []ruleText {
	if n == nil {
		r.Found.Add(root, "missing", "%s is missing", "rules")
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxRules {
		r.Found.Add(n, "type", "rules must be a list of 1 to %d rules", maxRules)
		return nil
	}
	all := make([]ruleText, 0, len(n.Content))
	for _, item := range n.Content {
		one := r.rule(item)
		if one.id != "" && slices.ContainsFunc(all, func(o ruleText) bool { return o.id == one.id }) {
			r.Found.Add(item, "duplicate", "there are two rules with the id %q", one.id)
		}
		all = append(all, one)
	}
	return all
}

func (r reader) rule(n *yaml.Node) ruleText {
	values := r.Mapping(n, "rule", "id", "for", "kinds", "when", "decision", "reason", "enabled", "otherwise", "automatic")
	if values == nil {
		return ruleText{}
	}
	one := ruleText{enabled: true}
	one.id = r.Matching(n, values["id"], "id", ruleID)
	one.scope = r.oneOf(n, values["for"], "for", forSignal, forLicensed, forListing)
	one.decision = verdict.Decision(r.oneOf(n, values["decision"], "decision", string(verdict.Pass), string(verdict.Review), string(verdict.Block)))
	one.reason = r.oneOf(n, values["reason"], "reason", ReasonCodes[:len(ReasonCodes)-1]...)
	if k := values["kinds"]; k != nil {
		one.kinds = r.strings(k, "kinds", maxWords)
		for _, kind := range one.kinds {
			if !kindPattern.MatchString(kind) {
				r.Found.Add(k, "form", "%q is not a kind of signal, such as text.name or text.*", kind)
			}
		}
	}
	r.yesNo(values["enabled"], "enabled", &one.enabled)
	r.yesNo(values["otherwise"], "otherwise", &one.otherwise)
	r.yesNo(values["automatic"], "automatic", &one.automatic)
	if one.automatic && one.decision != verdict.Block {
		r.Found.Add(values["automatic"], "automatic", "only a rule that blocks can be automatic")
	}
	one.when = values["when"]
	switch {
	case one.when == nil:
		r.Found.Add(n, "missing", "when is missing; for a rule that always fires write \"true\"")
	case one.when.Kind != yaml.ScalarNode || strings.TrimSpace(one.when.Value) == "":
		r.Found.Add(one.when, "type", "when must be a CEL expression")
		one.when = nil
	case len(one.when.Value) > maxCondition:
		r.Found.Add(one.when, "range", "when is over %d bytes; make two rules of it", maxCondition)
		one.when = nil
	}
	return one
}

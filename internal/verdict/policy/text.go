package policy

import (
	"bytes"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/signal"
	"assay/internal/verdict"
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
	yamlLine     = regexp.MustCompile(`line (\d+): `)
)

// read turns the source into a text, adding every problem of form to found.
func read(source []byte, found *problems) text {
	t := text{scoring: defaultScoring(), automatic: noAutomation}
	root, ok := document(source, found)
	if !ok {
		return t
	}
	r := reader{found}
	if root.Kind != yaml.MappingNode {
		found.add(root, "type", "the policy must be a mapping with name, number and rules")
		return t
	}
	top := r.mapping(root, "policy", "name", "number", "thresholds", "limits", "words", "score", "automation", "rules")
	t.name = r.matching(root, top["name"], "name", policyName)
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

// document parses exactly one YAML document without aliases.
func document(source []byte, found *problems) (*yaml.Node, bool) {
	d := yaml.NewDecoder(bytes.NewReader(source))
	var doc, more yaml.Node
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		found.at(1, 0, "empty", "the policy is empty")
		return nil, false
	}
	if err == nil {
		if err = d.Decode(&more); err == nil {
			found.add(&more, "yaml", "a policy is one YAML document; this starts a second one")
			return nil, false
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			line, _ = strconv.Atoi(m[1])
			message = strings.Replace(message, m[0], "", 1)
		}
		found.at(line, 0, "yaml", "this is not YAML: %s", message)
		return nil, false
	}
	return doc.Content[0], true
}

// reader takes YAML nodes apart. Every method adds what is wrong to found and
// returns a harmless value then, so that reading goes on to the next problem.
type reader struct{ found *problems }

// mapping returns the values by key and refuses keys that are not allowed;
// with none given every key is.
func (r reader) mapping(n *yaml.Node, what string, allowed ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.found.add(n, "type", "%s must be a mapping of keys to values", what)
		return nil
	}
	values := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.found.add(key, "type", "a key of %s must be a word", what)
		case len(allowed) > 0 && !slices.Contains(allowed, key.Value):
			r.found.add(key, "unknown_key", "%s has no key %q; it has: %s", what, key.Value, strings.Join(allowed, ", "))
		case values[key.Value] != nil:
			r.found.add(key, "duplicate", "%q is given twice", key.Value)
		case value.Kind == yaml.AliasNode:
			r.found.add(value, "alias", "aliases are not allowed; write the value out")
		default:
			values[key.Value] = value
		}
	}
	return values
}

// matching reads a word of a given form; parent says where a missing one belongs.
func (r reader) matching(parent, n *yaml.Node, what string, form *regexp.Regexp) string {
	switch {
	case n == nil:
		r.found.add(parent, "missing", "%s is missing", what)
	case n.Kind != yaml.ScalarNode || !form.MatchString(n.Value):
		r.found.add(n, "form", "%s must have the form %s", what, form)
	default:
		return n.Value
	}
	return ""
}

// oneOf reads one of a few words.
func (r reader) oneOf(parent, n *yaml.Node, what string, words ...string) string {
	switch {
	case n == nil:
		r.found.add(parent, "missing", "%s is missing; it is one of: %s", what, strings.Join(words, ", "))
	case n.Kind != yaml.ScalarNode || !slices.Contains(words, n.Value):
		r.found.add(n, "unknown_"+what, "%s %q is not known; it is one of: %s", what, n.Value, strings.Join(words, ", "))
	default:
		return n.Value
	}
	return ""
}

func (r reader) whole(parent, n *yaml.Node, what string, low, high int64) int64 {
	if n == nil {
		r.found.add(parent, "missing", "%s is missing", what)
		return low
	}
	var v int64
	if n.Tag != "!!int" || n.Decode(&v) != nil || v < low || v > high {
		r.found.add(n, "range", "%s must be a whole number from %d to %d", what, low, high)
		return low
	}
	return v
}

// yesNo reads true or false; what is not given stays as it is.
func (r reader) yesNo(n *yaml.Node, what string, into *bool) {
	if n != nil && (n.Tag != "!!bool" || n.Decode(into) != nil) {
		r.found.add(n, "type", "%s must be true or false", what)
	}
}

// fraction reads a number from 0 to 1.
func (r reader) fraction(n *yaml.Node, what string) float64 {
	var v float64
	if n.Tag != "!!int" && n.Tag != "!!float" || n.Decode(&v) != nil || math.IsNaN(v) || v < 0 || v > 1 {
		r.found.add(n, "range", "%s must be a number from 0 to 1", what)
		return 0
	}
	return v
}

func (r reader) strings(n *yaml.Node, what string, limit int) []string {
	if n.Kind != yaml.SequenceNode {
		r.found.add(n, "type", "%s must be a list", what)
		return nil
	}
	if len(n.Content) > limit {
		r.found.add(n, "range", "%s has over %d entries", what, limit)
		return nil
	}
	list := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			r.found.add(item, "type", "an entry of %s must be a word", what)
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
		values := r.mapping(n, what)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			v := values[key.Value]
			switch {
			case v != n.Content[i+1]: // refused by mapping
			case !constantName.MatchString(key.Value) || slices.Contains(reserved, key.Value):
				r.found.add(key, "form", "%q cannot be a name: use lower case letters, digits and _, and no variable or word of CEL", key.Value)
			case slices.ContainsFunc(all, func(c constant) bool { return c.name == key.Value }):
				r.found.add(key, "duplicate", "%q is given in two sections", key.Value)
			case len(all) == maxConstants:
				r.found.add(key, "range", "there are over %d named values", maxConstants)
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
	values := r.mapping(n, "score", "review", "block", "corroboration", "weights")
	for key, into := range map[string]*float64{"review": &s.review, "block": &s.block, "corroboration": &s.corroboration} {
		if v := values[key]; v != nil {
			*into = r.fraction(v, key)
		}
	}
	if s.review <= 0 || s.review >= s.block || s.block >= 1 {
		r.found.add(n, "range", "score needs 0 < review < block < 1, not review %v and block %v", s.review, s.block)
	}
	if w := values["weights"]; w != nil {
		for kind, v := range r.mapping(w, "weights") {
			if !kindPattern.MatchString(kind) || strings.HasSuffix(kind, "*") {
				r.found.add(v, "form", "%q is not a kind of signal, such as text.name", kind)
			}
			s.weights[signal.Kind(kind)] = r.fraction(v, "the weight of "+kind)
		}
	}
	return s
}

func (r reader) rules(root, n *yaml.Node) []ruleText {
	if n == nil {
		r.found.add(root, "missing", "rules is missing")
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxRules {
		r.found.add(n, "type", "rules must be a list of 1 to %d rules", maxRules)
		return nil
	}
	all := make([]ruleText, 0, len(n.Content))
	for _, item := range n.Content {
		one := r.rule(item)
		if one.id != "" && slices.ContainsFunc(all, func(o ruleText) bool { return o.id == one.id }) {
			r.found.add(item, "duplicate", "there are two rules with the id %q", one.id)
		}
		all = append(all, one)
	}
	return all
}

func (r reader) rule(n *yaml.Node) ruleText {
	values := r.mapping(n, "rule", "id", "for", "kinds", "when", "decision", "reason", "enabled", "otherwise", "automatic")
	if values == nil {
		return ruleText{}
	}
	one := ruleText{enabled: true}
	one.id = r.matching(n, values["id"], "id", ruleID)
	one.scope = r.oneOf(n, values["for"], "for", forSignal, forLicensed, forListing)
	one.decision = verdict.Decision(r.oneOf(n, values["decision"], "decision", string(verdict.Pass), string(verdict.Review), string(verdict.Block)))
	one.reason = r.oneOf(n, values["reason"], "reason", ReasonCodes[:len(ReasonCodes)-1]...)
	if k := values["kinds"]; k != nil {
		one.kinds = r.strings(k, "kinds", maxWords)
		for _, kind := range one.kinds {
			if !kindPattern.MatchString(kind) {
				r.found.add(k, "form", "%q is not a kind of signal, such as text.name or text.*", kind)
			}
		}
	}
	r.yesNo(values["enabled"], "enabled", &one.enabled)
	r.yesNo(values["otherwise"], "otherwise", &one.otherwise)
	r.yesNo(values["automatic"], "automatic", &one.automatic)
	if one.automatic && one.decision != verdict.Block {
		r.found.add(values["automatic"], "automatic", "only a rule that blocks can be automatic")
	}
	one.when = values["when"]
	switch {
	case one.when == nil:
		r.found.add(n, "missing", "when is missing; for a rule that always fires write \"true\"")
	case one.when.Kind != yaml.ScalarNode || strings.TrimSpace(one.when.Value) == "":
		r.found.add(one.when, "type", "when must be a CEL expression")
		one.when = nil
	case len(one.when.Value) > maxCondition:
		r.found.add(one.when, "range", "when is over %d bytes; make two rules of it", maxCondition)
		one.when = nil
	}
	return one
}

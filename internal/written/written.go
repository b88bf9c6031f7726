// Package written reads rules that people write as YAML, the policy and the
// ladder, and says of everything that is wrong where it stands.
package written

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

var yamlLine = regexp.MustCompile(`line (\d+): `)

// Document parses exactly one YAML document; what is wrong with it is added to found.
func Document(source []byte, found *Problems) (*yaml.Node, bool) {
	d := yaml.NewDecoder(bytes.NewReader(source))
	var doc, more yaml.Node
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		found.At(1, 0, "empty", "the %s is empty", found.What)
		return nil, false
	}
	if err == nil {
		if err = d.Decode(&more); err == nil {
			found.Add(&more, "yaml", "a %s is one YAML document; this starts a second one", found.What)
			return nil, false
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			line, _ = strconv.Atoi(m[1])
			message = strings.Replace(message, m[0], "", 1)
		}
		found.At(line, 0, "yaml", "this is not YAML: %s", message)
		return nil, false
	}
	return doc.Content[0], true
}

// Reader takes YAML nodes apart. Every method adds what is wrong to Found and
// returns a harmless value then, so that reading goes on to the next problem.
type Reader struct{ Found *Problems }

// Mapping returns the values by key and refuses keys that are not allowed;
// with none given every key is.
func (r Reader) Mapping(n *yaml.Node, what string, allowed ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.Found.Add(n, "type", "%s must be a mapping of keys to values", what)
		return nil
	}
	values := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.Found.Add(key, "type", "a key of %s must be a word", what)
		case len(allowed) > 0 && !slices.Contains(allowed, key.Value):
			r.Found.Add(key, "unknown_key", "%s has no key %q; it has: %s", what, key.Value, strings.Join(allowed, ", "))
		case values[key.Value] != nil:
			r.Found.Add(key, "duplicate", "%q is given twice", key.Value)
		case value.Kind == yaml.AliasNode:
			r.Found.Add(value, "alias", "aliases are not allowed; write the value out")
		default:
			values[key.Value] = value
		}
	}
	return values
}

// Matching reads a word of a given form; parent says where a missing one belongs.
func (r Reader) Matching(parent, n *yaml.Node, what string, form *regexp.Regexp) string {
	switch {
	case n == nil:
		r.Found.Add(parent, "missing", "%s is missing", what)
	case n.Kind != yaml.ScalarNode || !form.MatchString(n.Value):
		r.Found.Add(n, "form", "%s must have the form %s", what, form)
	default:
		return n.Value
	}
	return ""
}

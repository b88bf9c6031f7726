package bundle

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/fault"
)

// place is where a row stands and where its fields do.
type place struct {
	file string
	line int
	keys map[string]int // line of each field
}

// of is the place of a field, as in "assets[2]", or of the row.
func (p place) of(field string) string {
	if p.keys == nil {
		return p.file // a picture of a catalogue
	}
	key, _, _ := strings.Cut(field, "[")
	return fmt.Sprintf("%s:%d", p.file, cmp.Or(p.keys[key], p.line))
}

// row is a row with its place.
type row[T any] struct {
	value T
	place
}

// maxProblems keeps the answer to a hopeless bundle short.
const maxProblems = 1000

// report collects what is wrong.
type report struct {
	fields []fault.Field
	more   int // problems beyond maxProblems
}

func (r *report) add(path, code, format string, args ...any) {
	if len(r.fields) == maxProblems {
		r.more++
		return
	}
	r.fields = append(r.fields, fault.Field{Path: path, Code: code, Message: fmt.Sprintf(format, args...)})
}

// list is everything, with a last word on what was left out.
func (r *report) list() []fault.Field {
	if r.more > 0 {
		return append(slices.Clip(r.fields), fault.Field{Path: r.fields[len(r.fields)-1].Path, Code: "more",
			Message: fmt.Sprintf("there are %d more problems; mend these first", r.more)})
	}
	return r.fields
}

// decode reads one row of a section. It adds what is wrong to the report and
// says whether the row can be used.
func decode[T any](n *yaml.Node, file string, r *report) (row[T], bool) {
	out := row[T]{place: place{file: file, line: n.Line, keys: map[string]int{}}}
	if n.Kind != yaml.MappingNode {
		r.add(out.of(""), "type", "a row must be a mapping of fields to values")
		return out, false
	}
	before := len(r.fields) + r.more
	known := fieldsOf(reflect.TypeFor[T]())
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := fmt.Sprintf("%s:%d", file, key.Line)
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.add(at, "unknown_field", "there is no field %q here; the fields are %s", key.Value, strings.Join(known, ", "))
			continue
		case out.keys[key.Value] != 0:
			r.add(at, "duplicate", "the field %s is given twice", key.Value)
			continue
		case hasAlias(value):
			r.add(at, "alias", "aliases are not allowed in a bundle; write the value out")
			continue
		}
		out.keys[key.Value] = key.Line
		one := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}}
		if err := one.Decode(&out.value); err != nil {
			r.add(at, "type", "%s: %s", key.Value, plain(err))
		}
	}
	return out, len(r.fields)+r.more == before
}

// fieldsOf lists the YAML names of a row's fields.
func fieldsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// hasAlias looks through a value. A value of a row is a few levels deep; what
// is deeper is refused as well.
func hasAlias(n *yaml.Node) bool { return aliasBelow(n, 0) }

func aliasBelow(n *yaml.Node, depth int) bool {
	return n.Kind == yaml.AliasNode || depth > maxDepth ||
		slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return aliasBelow(c, depth+1) })
}

// plain is the library's error without its line, which is the row's own.
func plain(err error) string {
	message := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", "")
	message = strings.TrimSpace(strings.TrimPrefix(message, "unmarshal errors:"))
	return yamlLine.ReplaceAllString(message, "")
}

package feed

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/fault"
)

// Mapping says where a feed of unknown make keeps our fields.
type Mapping struct {
	// Items leads to the list of products: keys separated by points in JSON,
	// the name of the element that holds one product in XML.
	Items string
	// Fields are the paths of a field; the first that is not empty wins, of
	// pictures and gtin all count. Paths are keys separated by points, "[]"
	// for every element and "[0]" for one of a list; in a table, columns.
	Fields map[string][]string
	// Attributes are further texts buyers see, by the name they get.
	Attributes map[string][]string
	// CategorySeparator parts the levels of a category; ">" if empty.
	CategorySeparator string
	// PriceInMinorUnits says that 1290 stands for 12.90.
	PriceInMinorUnits bool
}

const maxMappingBytes = 256 << 10

// ParseMapping reads a mapping file, YAML or JSON:
//
//	items: data.products
//	title: name
//	price: pricing.amount
//	pictures: [images[].url, thumbnail]
//	attributes:
//	  color: specs.colour
//
// Errors are fault.Invalid with one Field per problem, Path "name:line".
func ParseMapping(name string, data []byte) (*Mapping, error) {
	if len(data) > maxMappingBytes {
		return nil, fault.New(fault.TooLarge, "mapping %s is longer than %d bytes", name, maxMappingBytes)
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); err != nil && err != io.EOF {
		return nil, fault.Wrap(err, fault.Invalid, "mapping %s is neither YAML nor JSON", name)
	}
	p := mappingParser{name: name, m: &Mapping{Fields: map[string][]string{}, Attributes: map[string][]string{}}}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fault.New(fault.Invalid, "mapping %s must be a list of lines such as \"title: name\"", name)
	}
	p.top(doc.Content[0])
	if len(p.problems) == 0 && len(p.m.Fields[string(fieldTitle)]) == 0 {
		p.fail(doc.Content[0], "the field \"title\" is missing; say where the title stands, e.g. \"title: name\"")
	}
	if len(p.problems) > 0 {
		return nil, &fault.Error{Code: fault.Invalid, Message: p.problems[0].Path + ": " + p.problems[0].Message, Fields: p.problems}
	}
	return p.m, nil
}

type mappingParser struct {
	name     string
	m        *Mapping
	problems []fault.Field
}

func (p *mappingParser) fail(n *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, fault.Field{Path: p.name + ":" + itoa(n.Line), Code: "mapping", Message: fmt.Sprintf(format, args...)})
}

func (p *mappingParser) top(n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Value == "items":
			p.m.Items = p.text(v)
		case k.Value == "category_separator":
			p.m.CategorySeparator = p.text(v)
		case k.Value == "price_in_minor_units":
			yes, err := strconv.ParseBool(p.text(v))
			if err != nil {
				p.fail(v, "price_in_minor_units must be true or false")
			}
			p.m.PriceInMinorUnits = yes
		case k.Value == "attributes" && v.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(v.Content); j += 2 {
				p.m.Attributes[v.Content[j].Value] = p.paths(v.Content[j+1])
			}
		case k.Value == "attributes":
			p.fail(v, "attributes must be lines such as \"color: specs.colour\"")
		case !slices.Contains(fields, field(k.Value)):
			p.fail(k, "field %s is not known; the fields are %v", quoted(k.Value), fields)
		case len(p.m.Fields[k.Value]) > 0:
			p.fail(k, "field %s stands twice; write its paths as a list", k.Value)
		default:
			p.m.Fields[k.Value] = p.paths(v)
		}
	}
}

func (p *mappingParser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.fail(n, "one text is expected here")
	}
	return n.Value
}

func (p *mappingParser) paths(n *yaml.Node) []string {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	var out []string
	for _, e := range nodes {
		path := strings.TrimSpace(p.text(e))
		if path == "" && e.Kind == yaml.ScalarNode {
			p.fail(e, "the path is empty; write the name their feed uses")
			continue
		}
		out = append(out, path)
	}
	return out
}

// missing names the first mapped title column that a table does not have.
func (m *Mapping) missing(h *header) string {
	for _, path := range m.Fields[string(fieldTitle)] {
		if h.has(key(path)) {
			return ""
		}
	}
	return strings.Join(m.Fields[string(fieldTitle)], ", ")
}

// read fills a draft by the mapping.
func (m *Mapping) read(r *record, d *draft) {
	first := func(f field) value {
		for _, path := range m.Fields[string(f)] {
			if vs := lookup(r, path); len(vs) > 0 {
				return vs[0]
			}
		}
		return value{}
	}
	for _, f := range fields {
		switch f {
		case fieldPictures, fieldGTIN:
			for _, path := range m.Fields[string(f)] {
				for _, v := range lookup(r, path) {
					if f == fieldGTIN {
						d.addGTIN(v)
					} else {
						d.addPictures(v, splitPictures(v.text))
					}
				}
			}
		case fieldCategory:
			d.set(f, m.category(r))
		case fieldPrice, fieldSalePrice, fieldSaleFrom, fieldSaleTo:
		default:
			d.set(f, first(f))
		}
	}
	d.minor = m.PriceInMinorUnits
	d.addOffer(offer{price: first(fieldPrice), sale: first(fieldSalePrice), from: first(fieldSaleFrom), to: first(fieldSaleTo)})
	for _, name := range slices.Sorted(maps.Keys(m.Attributes)) {
		for _, path := range m.Attributes[name] {
			for _, v := range lookup(r, path) {
				d.addAttribute(name, v, v.text)
			}
		}
	}
}

// category joins the levels when the path gives several.
func (m *Mapping) category(r *record) value {
	separator := m.CategorySeparator
	if separator == "" {
		separator = ">"
	}
	for _, path := range m.Fields[string(fieldCategory)] {
		vs := lookup(r, path)
		if len(vs) == 0 {
			continue
		}
		levels := make([]string, 0, len(vs))
		for _, v := range vs {
			levels = append(levels, strings.Split(v.text, separator)...)
		}
		v := vs[0]
		v.text = strings.Join(levels, " > ")
		return v
	}
	return value{}
}

// lookup finds the values at a path: "a.b", "a[].b" for all, "a[1].b" for one.
func lookup(r *record, path string) []value {
	if !strings.Contains(path, "[") || strings.Contains(path, "[]") {
		return r.all(key(path))
	}
	open := strings.IndexByte(path, '[')
	end := strings.IndexByte(path[open:], ']')
	if end < 0 {
		return r.all(key(path))
	}
	n, err := strconv.Atoi(path[open+1 : open+end])
	if err != nil || n < 0 {
		return r.all(key(path))
	}
	all := r.all(key(path[:open] + path[open+end+1:]))
	if n >= len(all) {
		return nil
	}
	return all[n : n+1]
}

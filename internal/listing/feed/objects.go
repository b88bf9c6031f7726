package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
)

// rawRows yields the JSON text of one product after the other.
type rawRows interface {
	next() (raw []byte, line int, err error)
}

// objects is the source over JSON objects: schema.org products are looked up
// in their graph, all others are read by names or by a mapping.
type objects struct {
	in    rawRows
	read  func(r *record, d *draft)
	max   int
	page  string // name of the HTML page, where what is no product is no row
	found bool   // the page had a product, or something broken
	ready []*draft
}

func (o *objects) next() (*draft, error) {
	for len(o.ready) == 0 {
		raw, line, err := o.in.next()
		if err == io.EOF && o.page != "" && !o.found {
			return nil, unreadable(codeNoProducts, o.page, "")
		}
		if err != nil {
			return nil, err
		}
		o.take(raw, line)
		o.found = o.found || len(o.ready) > 0
	}
	d := o.ready[0]
	o.ready = o.ready[1:]
	return d, nil
}

func (o *objects) take(raw []byte, line int) {
	r := &record{header: newHeader(nil), line: line, raw: rawOf(raw), size: len(raw)}
	if raw == nil {
		r.reject, r.because = codeRowTooLong, itoa(o.max)
		o.ready = append(o.ready, newDraft(r))
		return
	}
	doc, err := parseJSON(raw)
	if err != nil {
		r.reject, r.because = codeBadJSON, clip(err.Error(), 200)
		o.ready = append(o.ready, newDraft(r))
		return
	}
	products := findProducts(doc)
	for _, p := range products {
		o.ready = append(o.ready, readProduct(p, r))
	}
	if len(products) > 0 || o.page != "" {
		return
	}
	object, ok := doc.(map[string]any)
	if !ok {
		r.reject, r.because = codeBadJSON, "it is no object in braces"
		o.ready = append(o.ready, newDraft(r))
		return
	}
	flattenJSON(r, "", unwrapNode(object), 0)
	d := newDraft(r)
	o.read(r, d)
	o.ready = append(o.ready, d)
}

// unwrapNode takes off the {"node": {...}} of GraphQL connections.
func unwrapNode(object map[string]any) map[string]any {
	if node, ok := object["node"].(map[string]any); ok && len(object) <= 2 {
		return node
	}
	return object
}

func parseJSON(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errTrailing
	}
	return doc, nil
}

type jsonError string

func (e jsonError) Error() string { return string(e) }

const errTrailing = jsonError("there is text behind the object")

const maxFlatDepth = 8

// flattenJSON writes an object as columns named by path: "price.amount",
// "images[]", "images[].url". Order is by name, so that reading is stable.
func flattenJSON(r *record, path string, v any, depth int) {
	if depth > maxFlatDepth || len(r.names) >= maxRowFields {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			sub := name
			if path != "" {
				sub = path + "." + name
			}
			flattenJSON(r, sub, v[name], depth+1)
		}
	case []any:
		for _, e := range v {
			flattenJSON(r, path+"[]", e, depth+1)
		}
	default:
		if text := scalarText(v); text != "" {
			r.add(path)
			r.cells = append(r.cells, text)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		s := v.String()
		if strings.ContainsAny(s, "eE") {
			if f, err := v.Float64(); err == nil && f > -1e15 && f < 1e15 {
				return strconv.FormatFloat(f, 'f', -1, 64)
			}
		}
		return s
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

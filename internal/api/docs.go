package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
)

//go:embed docs.html
var docsPage string

//go:embed docs.css
var docsStyle []byte

const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// registerDocs serves the reference: one page made from the OpenAPI document
// at start, without a script and without anything from elsewhere.
func (a *API) registerDocs() {
	a.registerDocument()
	var page bytes.Buffer
	t := template.Must(template.New("docs").Funcs(template.FuncMap{"paragraphs": paragraphs}).Parse(docsPage))
	if err := t.Execute(&page, a.reference()); err != nil { // it was made of our own types
		panic(err)
	}
	serve := func(pattern, media string, body []byte) {
		a.mount(access.Route{Method: http.MethodGet, Pattern: pattern, Public: true}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Content-Security-Policy", docsPolicy)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(body) // the reader has gone; nothing is left to do
		}))
	}
	serve("/docs", "text/html; charset=utf-8", page.Bytes())
	serve("/docs/style.css", "text/css; charset=utf-8", docsStyle)
}

// reference is the OpenAPI document as the page shows it.
type reference struct {
	Title, Version string
	About          string
	Groups         []docGroup
	Schemas        []docSchema
}

type docGroup struct {
	Name, About string
	Operations  []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary, About string
	Parameters                       []docField
	Bodies                           []docBody
	Answers                          []docAnswer
	Curl                             string
}

type docBody struct {
	Media  string
	Type   docType
	Fields []docField // of forms
}

type docAnswer struct {
	Status, About string
	Type          docType
}

type docField struct {
	Name, In, About string
	Type            docType
	Required        bool
}

// docType is a type in words, with the schema it refers to.
type docType struct{ Text, Ref string }

type docSchema struct {
	Name   string
	Fields []docField
}

func (a *API) reference() reference {
	doc := a.huma.OpenAPI()
	ref := reference{Title: doc.Info.Title, Version: doc.Info.Version, About: doc.Info.Description}
	byTag := map[string][]docOperation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if o != nil {
				byTag[o.Tags[0]] = append(byTag[o.Tags[0]], a.docOperation(o))
			}
		}
	}
	for _, tag := range doc.Tags {
		ref.Groups = append(ref.Groups, docGroup{tag.Name, tag.Description, byTag[tag.Name]})
	}
	all := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		ref.Schemas = append(ref.Schemas, docSchema{name, fieldsOf(all[name])})
	}
	return ref
}

func (a *API) docOperation(o *huma.Operation) docOperation {
	d := docOperation{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, About: o.Description}
	for _, p := range o.Parameters {
		d.Parameters = append(d.Parameters, docField{p.Name, p.In, about(p.Description, p.Schema), typeOf(p.Schema), p.Required})
	}
	if o.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(o.RequestBody.Content)) {
			s := o.RequestBody.Content[media].Schema
			b := docBody{Media: media, Type: typeOf(s)}
			if s != nil && s.Ref == "" {
				b.Fields = fieldsOf(s)
			}
			d.Bodies = append(d.Bodies, b)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		ans := docAnswer{Status: status, About: r.Description}
		for _, media := range slices.Sorted(maps.Keys(r.Content)) {
			ans.Type = typeOf(r.Content[media].Schema)
		}
		d.Answers = append(d.Answers, ans)
	}
	d.Curl = a.curl(o)
	return d
}

func fieldsOf(s *huma.Schema) []docField {
	var out []docField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		out = append(out, docField{Name: name, About: about(p.Description, p), Type: typeOf(p), Required: slices.Contains(s.Required, name)})
	}
	return out
}

// about adds to a description which words and bounds a value has.
func about(text string, s *huma.Schema) string {
	if s == nil {
		return text
	}
	if len(s.Enum) > 0 {
		list := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			list[i] = fmt.Sprint(v)
		}
		text = strings.TrimSpace(text + " One of " + strings.Join(list, ", ") + ".")
	}
	if s.Default != nil {
		text = strings.TrimSpace(fmt.Sprintf("%s Otherwise %v.", text, s.Default))
	}
	return text
}

func typeOf(s *huma.Schema) docType {
	switch {
	case s == nil:
		return docType{}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return docType{name, name}
	case s.Type == huma.TypeArray && s.Items != nil:
		inner := typeOf(s.Items)
		return docType{"list of " + inner.Text, inner.Ref}
	case s.Type == huma.TypeObject && s.AdditionalProperties != nil:
		if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
			t := typeOf(inner)
			return docType{"map to " + t.Text, t.Ref}
		}
	}
	if s.Format != "" {
		return docType{s.Type + " (" + s.Format + ")", ""}
	}
	return docType{s.Type, ""}
}

// span is a stretch of a description; those between backquotes are code.
type span struct {
	Text string
	Code bool
}

// paragraphs splits a description at its empty lines and backquotes.
func paragraphs(text string) [][]span {
	if text == "" {
		return nil
	}
	var out [][]span
	for _, p := range strings.Split(text, "\n\n") {
		var spans []span
		for i, part := range strings.Split(p, "`") {
			spans = append(spans, span{part, i%2 == 1})
		}
		out = append(out, spans)
	}
	return out
}

// curl is a command that does the operation; ASSAY is the address and KEY the
// key in the reader's shell.
func (a *API) curl(o *huma.Operation) string {
	var b strings.Builder
	b.WriteString("curl ")
	if o.Method != http.MethodGet && !(o.Method == http.MethodPost && o.RequestBody != nil) {
		b.WriteString("-X " + o.Method + " ")
	}
	b.WriteString(`"$ASSAY` + strings.NewReplacer("{", "<", "}", ">").Replace(o.Path) + `" -H "Authorization: Bearer $KEY"`)
	if o.RequestBody == nil {
		return b.String()
	}
	content := o.RequestBody.Content
	switch {
	case content["application/json"] != nil:
		example, err := json.MarshalIndent(a.example(content["application/json"].Schema, 0), "  ", "  ")
		if err != nil { // made of strings, numbers, lists and maps
			panic(err)
		}
		b.WriteString(" \\\n  -H \"Content-Type: application/json\" -d '" + strings.ReplaceAll(string(example), "'", `'\''`) + "'")
	case content["application/x-ndjson"] != nil:
		b.WriteString(" \\\n  -H \"Content-Type: application/x-ndjson\" -T rows.ndjson -X POST -N")
	case content["multipart/form-data"] != nil:
		b.WriteString(" \\\n  -F feed=@products.tsv -F pictures=@pictures.zip")
	default:
		b.WriteString(" \\\n  -H \"Content-Type: image/jpeg\" --data-binary @picture.jpg")
	}
	return b.String()
}

// example is a value of a schema with its required fields and those that have
// an example.
func (a *API) example(s *huma.Schema, depth int) any {
	if s == nil || depth > 6 {
		return nil
	}
	if s.Ref != "" {
		s = a.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = a.example(s.Properties[name], depth+1)
		}
		return out
	case huma.TypeArray:
		return []any{a.example(s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	case huma.TypeBoolean:
		return true
	}
	return "..."
}

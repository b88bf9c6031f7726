package api

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/registry"
)

const introduction = `Assay checks what is offered on a marketplace against a registry of brands, rights and licences.

Send an API key with every request: ` + "`Authorization: Bearer assay_...`" + `. A key has a role, scopes and, for rights holders and sellers, the one organisation whose rows it reaches; rows of others are answered with 404.

Errors are application/problem+json (RFC 9457) with a stable code and, where it helps, each wrong place of the request. Lists come in pages: send the next of a page as after.`

// describe is the OpenAPI document before the operations are in it.
func describe(version string) huma.Config {
	if version == "" {
		version = "dev"
	}
	reg := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Assay", Version: version, Description: introduction},
			Components: &huma.Components{Schemas: reg, SecuritySchemes: map[string]*huma.SecurityScheme{
				"key": {Type: "http", Scheme: "bearer", BearerFormat: "assay_...", Description: "An API key."}}},
			Tags: tags,
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

var tags = []*huma.Tag{
	{Name: "Listings", Description: "What is offered, and the verdicts on it."},
	{Name: "Feeds", Description: "Files with many listings."},
	{Name: "Screening", Description: "Answers before publication."},
	{Name: "Pictures", Description: "Pictures of listings."},
	{Name: "Cases", Description: "Questions that a person must answer."},
	{Name: "Registry", Description: "Who owns what: holders, brands, rights, assets, licences."},
	{Name: "Sellers", Description: "Who sells."},
	{Name: "Policies", Description: "The rules that turn findings into verdicts."},
	{Name: "Ledger", Description: "What happened, in an order that cannot be changed unseen."},
	{Name: "Access", Description: "People and programs that may come in."},
}

// schema is the reference to the schema of a value's type.
func (a *API) schema(v any) *huma.Schema {
	t := reflect.TypeOf(v)
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

func words[T ~string](list ...T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// tellSchemas says about the types of the rooms behind what their Go types do
// not: which words a field takes, and that a row's id stands in the address
// already.
func (a *API) tellSchemas() {
	all := a.huma.OpenAPI().Components.Schemas.Map()
	enums := map[[2]string][]any{
		{"Right", "kind"}:            words(registry.RightKinds...),
		{"Right", "status"}:          words(registry.RightStatuses...),
		{"Asset", "kind"}:            words(registry.AssetKinds...),
		{"Licence", "status"}:        words(registry.LicenceStatuses...),
		{"SellerIn", "verification"}: words("unverified", "pending", "verified", "expired"),
		{"SellerIn", "status"}:       words("active", "restricted", "suspended", "closed"),
		{"NewAccountIn", "role"}:     words(access.Roles...),
		{"AccountChange", "role"}:    words(access.Roles...),
		{"KeyIn", "role"}:            words(access.Roles...),
		{"Answer", "outcome"}:        words("pass", "block"),
		{"Verdict", "decision"}:      words("pass", "review", "block"),
		{"Listing", "status"}:        words("pending", "live", "held", "removed", "gone"),
	}
	for at, values := range enums {
		all[at[0]].Properties[at[1]].Enum = values
	}
	all["KeyIn"].Properties["scopes"].Items.Enum = words(access.Permissions...)
	for _, row := range []string{"RightsHolder", "Brand", "Right", "Asset", "Licence"} {
		s := all[row]
		s.Required = slices.DeleteFunc(s.Required, func(f string) bool { return f == "id" })
		s.Properties["updated_at"].ReadOnly = true
	}
	for _, s := range all {
		s.PrecomputeMessages()
	}
}

// registerDocument serves the OpenAPI document.
func (a *API) registerDocument() {
	doc := a.huma.OpenAPI()
	json, err := doc.MarshalJSON()
	if err != nil { // it was made of our own types
		panic(err)
	}
	yaml, err := doc.YAML()
	if err != nil {
		panic(err)
	}
	serve := func(pattern, media string, body []byte) {
		a.mount(access.Route{Method: http.MethodGet, Pattern: pattern, Public: true}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = w.Write(body) // the reader has gone; nothing is left to do
		}))
	}
	serve("/openapi.json", "application/openapi+json", json)
	serve("/openapi.yaml", "application/openapi+yaml", yaml)
}

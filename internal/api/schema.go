package api

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/enforcement"
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
	reg := huma.NewMapRegistry("#/components/schemas/", schemaName)
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

// schemaName is the name of a type; those of some rooms say which, since by
// themselves they would say too little.
func schemaName(t reflect.Type, hint string) string {
	name, row := huma.DefaultSchemaNamer(t, hint), t
	if row.Kind() == reflect.Pointer {
		row = row.Elem()
	}
	for room, prefix := range map[string]string{"enforcement": "Enforcement", "search": "Search", "statement": "Statement", "hearing": "Hearing", "notice": "Notice", "similar": "Similar", "trial": "Trial"} {
		if strings.HasSuffix(row.PkgPath(), "/internal/"+room) && name != prefix {
			return prefix + name
		}
	}
	return name
}

var tags = []*huma.Tag{
	{Name: "Listings", Description: "What is offered, and the verdicts on it."},
	{Name: "Feeds", Description: "Files with many listings."},
	{Name: "Screening", Description: "Answers before publication."},
	{Name: "Pictures", Description: "Pictures of listings."},
	{Name: "Cases", Description: "Questions that a person must answer."},
	{Name: "Desks", Description: "Regional teams, views of the queue, and what takes two people."},
	{Name: "Statements", Description: "Reasons for decisions, in words and as data."},
	{Name: "Hearings", Description: "Answers, replies and appeals, with their clocks."},
	{Name: "Enforcement", Description: "Standing, actions and their undo, closures, the ladder."},
	{Name: "Groups", Description: "Listings like those of a case, decided together and taken back together."},
	{Name: "Notices", Description: "What people outside say about listings, and what becomes of it."},
	{Name: "Searches", Description: "Listings by wordings, however disguised: at once, and saved with alerts."},
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
		{"Right", "kind"}:             words(registry.RightKinds...),
		{"Right", "status"}:           words(registry.RightStatuses...),
		{"Asset", "kind"}:             words(registry.AssetKinds...),
		{"Asset", "sought"}:           words(registry.Soughts...),
		{"Licence", "status"}:         words(registry.LicenceStatuses...),
		{"SellerIn", "verification"}:  words("unverified", "pending", "verified", "expired"),
		{"SellerIn", "status"}:        words("active", "restricted", "suspended", "closed"),
		{"NewAccountIn", "role"}:      words(access.Roles...),
		{"AccountChange", "role"}:     words(access.Roles...),
		{"KeyIn", "role"}:             words(access.Roles...),
		{"Answer", "outcome"}:         words("pass", "block"),
		{"Verdict", "decision"}:       words("pass", "review", "block"),
		{"SearchQuery", "status"}:     words("pending", "live", "held", "removed", "gone"),
		{"SearchWord", "kind"}:        words("name", "phrase"),
		{"EnforcementOrder", "kind"}:  words(enforcement.Kinds...),
		{"EnforcementUndo", "reason"}: words(enforcement.Reversals...),
		{"Listing", "status"}:         words("pending", "live", "held", "removed", "gone"),
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
	for row, fields := range meanings {
		for field, text := range fields {
			all[row].Properties[field].Description = text
		}
	}
	for _, s := range all {
		s.PrecomputeMessages()
	}
}

// meanings of fields whose types say them in Go comments only.
var meanings = map[string]map[string]string{
	"RightsHolder": {"country": "ISO 3166-1 alpha-2.", "language": "Of letters, BCP 47."},
	"Brand": {"holder_id": "Whose it is.", "goods": "Kinds of goods it is known for, in any language.", "usual_price": "By ISO 4217 currency, in its main unit.",
		"gated_goods": "Goods of this brand need a licence to be listed at all."},
	"Right": {"brand_id": "Brand it stands behind. A right stays with its brand.", "office": "WIPO ST.3 code: KR, EM, US, WO.", "number": "Registration number.",
		"classes": "Nice classes, 1 to 45.", "territories": "ISO 3166-1 alpha-2; empty: everywhere.", "filed_on": "YYYY-MM-DD.", "registered_on": "YYYY-MM-DD.", "expires_on": "YYYY-MM-DD, the last day."},
	"Asset": {"brand_id": "Brand it belongs to. An asset stays with its brand.", "right_id": "Right it rests on, of the same brand.", "kind": "How it is recognised.",
		"label": "How people call a picture.", "text": "Of names and phrases.", "language": "BCP 47.", "script": "ISO 15924: Latn, Hang, Hans.",
		"picture": "Content key of an uploaded picture.", "sought": "How far a picture is looked for. inside: as a whole and anywhere inside other pictures; usual, and the only depth of marks and badges. whole: by the print of the whole picture alone, for catalogues of hundreds of thousands of photographs. Missing for names and phrases.", "retired": "Kept for old cases, no longer matched.", "dismissed_spellings": "Proposed spellings of a name that are not to be looked for.", "innocent_pictures": "Content keys of harmless pictures that it must not match."},
	"Brake": {"reason": "flood: it matched far more than an asset should.", "matched": "Distinct pictures, or listings for words, that it was held against.", "looked": "Out of so many looked at by one worker.",
		"sellers": "Whose they were.", "since": "When the oldest of these matches was seen."},
	"Licence": {"brand_id": "Brand that is licensed.", "seller_id": "Id here of the seller.", "asset_ids": "Assets it covers; empty: all of the brand.",
		"categories": "Categories it covers, with those below them; empty: all goods.", "territories": "ISO 3166-1 alpha-2; empty: everywhere.", "from": "YYYY-MM-DD.",
		"until": "YYYY-MM-DD, the last day.", "document": "Where the document is.", "status": "pending: handed in, not yet checked by a person."},
	"SearchWord": {"text": "The wording. Spellings it suggests are looked for too.", "kind": "name unless phrase, which is a whole sentence, written about right.",
		"language": "BCP 47, of the wording."},
	"SearchQuery": {"words": "Any of these, 1 to 20.", "seller_id": "Id here of the seller.", "category": "With those below it; levels separated by ' > '.",
		"price_min": "In the main unit of the currency.", "price_max": "In the main unit of the currency.", "currency": "ISO 4217; needed with a price.",
		"from": "YYYY-MM-DD, the first day (UTC) on which the newest revision was taken in.", "until": "YYYY-MM-DD, the last day.", "likely": "Leave out uses that something excuses.",
		"unlicensed": "Leave out offers of sellers who have a licence for what was found; otherwise they are shown with it."},
	"SearchHit": {"licence_id": "Licence under which the seller may use what was found.", "taken_at": "When the revision was taken in.", "pictures": "Content keys.", "score": "Of the best match.", "matches": "Best first.",
		"passages": "The pieces of text in which something was found."},
	"SearchMatch": {"word": "As it was looked for.", "score": "0 to 1: how likely this use infringes, if the word is yours.", "spans": "Byte offsets in the field.",
		"against": "What excuses the use."},
	"SearchPassage": {"start": "Byte offset of the text in its field.", "whole": "The text is all of the field."},
	"SearchResult": {"next": "Send it as after to go on; missing when everything was looked at.", "looked": "Offers that were read this time.",
		"reached": "What was taken in before was not looked at yet.", "complete": "Everything was looked at."},
	"SearchSaved": {"holder_id": "Whose it is; missing: the marketplace's own people.", "unread": "Alerts that were not read yet. At 1,000 no more are kept until some are read.",
		"actor_id": "Who saved it last."},
	"SearchAlert": {"hit": "As it was found, with the present status.", "read_at": "When somebody marked it as read, or when it came as the repetition of one before."},
	"Listing": {"market": "Which marketplace of this installation.", "external_id": "The marketplace's own id.", "seller_id": "Id here of the seller.", "revision": "Number of the newest revision.",
		"status": "pending: not yet screened; held: waits for a person; removed: blocked by a decision; gone: withdrawn by the seller."},
	"Verdict": {"score": "0 to 1, comparable among verdicts of one policy version.", "matched": "Ids of assets, or of brands without one for the finding; best first.",
		"reasons": "Rules that fired.", "signals": "Facts found, with their evidence.", "policy": "Version of the policy.", "detectors": "What looked, with versions.", "took_ms": "Milliseconds."},
	"Reason": {"rule": "Id of the rule in the policy.", "code": "Stable code.", "decision": "What the rule asked for.", "signals": "Places in the verdict's signals."},
	"Signal": {"kind": "Sort of fact.", "detector": "Who found it, with version.", "score": "0 to 1: how likely the fact holds and infringes if not licensed.",
		"licensed": "A valid licence covers it.", "braked": "Its asset matches far too much: evidence, but no ground to block.", "spans": "Where in the text.", "sighting": "Where in a picture."},
	"Sighting": {"picture": "Which picture of the offer, from 0.", "outline": "Corners in the listing's picture, as fractions of its width and height.",
		"asset_outline": "The same in the protected picture.", "distance": "Bits of 256 that differ (PDQ).", "rotation": "Degrees, clockwise.", "part": "Missing where the whole protected picture agrees, and for marks.", "problem": "Why the picture could not be read."},
	"Part": {"share": "Of the protected picture, above 0 and below 1.", "correlation": "-1 to 1, of the pixels of this part only.",
		"outline": "Around it in the listing's picture, 3 to 24 points, as fractions of its width and height.", "asset_outline": "The same in the protected picture; sellers do not see it."},
	"Money": {"minor": "Amount in the minor unit of the currency.", "currency": "ISO 4217."},
	"Feed":  {"state": "waiting, running, done or failed.", "rows": "Read so far.", "changed": "New or changed listings.", "problem": "Why it could not be read at all."},
	"Case": {"reason": "Code of the gravest reason.", "proposed": "What the policy asked for.", "turn_at": "Whose turn it is: smaller is sooner. Fixed when it opens, so an old minor case overtakes new grave ones at last.", "severity": "1 minor, 2 usual, 3 grave, 4 dangerous goods; 0 unknown.", "exposure": "What is at stake for buyers: 1 little to 4 a great deal; 0 unknown.", "desk": "Id of the desk it lies with; missing for the common queue.", "proposal_id": "A first answer that waits for a second person.", "lease_until": "When the claim ends by itself.",
		"version": "Grows with every change; send it with a decision."},
	"Precision": {"decided": "Decided cases whose verdict stood on the asset; the last decision of each counts.", "confirmed": "Of these, decided block.", "refused": "Of these, decided pass.",
		"share": "Confirmed of decided.", "low": "Lower end of Wilson's 95 % interval; 0 without a case.", "high": "Upper end; 1 without a case."},
	"Answer": {"outcome": "pass: may be sold; block: is removed.", "innocent": "The matched pictures are harmless and must not be matched again; only with the reason not_the_same_picture.", "reason": "One of the grounds of the case for this outcome.", "version": "Of the case as you read it."},
	"Entry":  {"seq": "1, 2, 3 without gaps.", "actor": "Id of the account or key, or system.", "subject": "Id of what it is about.", "prev": "Hash of the entry before.", "hash": "SHA-256 over all of it."},
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

package feed

import (
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/fault"
)

// Codes of everything that can be wrong with a feed or a row. They are
// stable: message catalogues and rejects files name them.
const (
	// The file cannot be read at all.
	codeEmptyFile     = "empty_file"
	codeSpreadsheet   = "spreadsheet"
	codeArchive       = "archive"
	codeUnknownFormat = "unknown_format"
	codeWrongFormat   = "wrong_format"
	codeEncoding      = "encoding_unknown"
	codeNoTitleColumn = "no_title_column"
	codeNoProducts    = "no_products"
	codeBrokenFile    = "broken_file"

	// The row is rejected.
	codeMissingTitle = "missing_title"
	codeMissingID    = "missing_id"
	codeIDTooLong    = "id_too_long"
	codeDuplicateID  = "duplicate_id"
	codeRowTooLong   = "row_too_long"
	codeBrokenQuote  = "broken_quote"
	codeBadJSON      = "bad_json"
	codeBadXML       = "bad_xml"
	codeOrphanRow    = "orphan_row"

	// The row is taken, with a warning.
	codeMissingPrice     = "missing_price"
	codePriceUnreadable  = "price_unreadable"
	codePriceAmbiguous   = "price_ambiguous"
	codeMissingCurrency  = "missing_currency"
	codeGTINDigits       = "gtin_not_digits"
	codeGTINLength       = "gtin_length"
	codeGTINCheckDigit   = "gtin_check_digit"
	codeGTINRestricted   = "gtin_restricted"
	codeConditionUnknown = "condition_unknown"
	codeLinkInvalid      = "link_invalid"
	codePictureInvalid   = "picture_invalid"
	codePicturesMany     = "pictures_many"
	codeAttributesMany   = "attributes_many"
	codeValueTooLong     = "value_too_long"
	codeInvalidBytes     = "invalid_bytes"
	codeStrayQuote       = "stray_quote"
	codeCellsMany        = "cells_many"
	codeCellsFew         = "cells_few"
	codeLanguageUnknown  = "language_unknown"
	codeCountryUnknown   = "country_unknown"
	codeNotPublished     = "not_published"
	codeVariantAlone     = "variant_alone"
)

// messages are the English sentences; {{.Column}} is the column, {{.Value}}
// the value as far as it is safe to show.
var messages = map[string]string{
	codeEmptyFile:     `the file is empty; export it again`,
	codeSpreadsheet:   `the file is a spreadsheet (XLS or XLSX); open it and save it as CSV (UTF-8), then send that`,
	codeArchive:       `the file is packed or a document ({{.Value}}); send the unpacked feed: CSV, TSV, XML or JSON`,
	codeUnknownFormat: `the file is no feed we know; send CSV or TSV with a header line, XML, JSON or NDJSON`,
	codeWrongFormat:   `the file does not look like {{.Value}}; choose the right format, or let it be found out`,
	codeEncoding:      `the encoding {{.Value}} is not known; use a name such as utf-8, euc-kr, gbk or shift_jis`,
	codeNoTitleColumn: `no column for the title was found; the columns are {{.Value}}. Name one "title", or send a field mapping`,
	codeNoProducts:    `no products were found in the file{{.Value}}; send a list of products, or a field mapping whose "items" says where the list is`,
	codeBrokenFile:    `the file is broken from here on, {{.Value}}; the rows before were read, mend the file and send it again`,

	codeMissingTitle: `{{.Column}}: the title is missing; give every listing a title`,
	codeMissingID:    `{{.Column}}: the row has no id; give every listing its own id or SKU`,
	codeIDTooLong:    `{{.Column}}: the id is longer than 200 bytes; use a shorter one`,
	codeDuplicateID:  `{{.Column}}: the id {{.Value}} stood in this file before and the first one counts; keep rows of one product together and give each listing its own id`,
	codeRowTooLong:   `the row is longer than {{.Value}} bytes; shorten its texts`,
	codeBrokenQuote:  `a quotation mark is opened and not closed in the right place; write a quotation mark inside a cell twice and close every quoted cell`,
	codeBadJSON:      `the JSON of this row is broken: {{.Value}}`,
	codeBadXML:       `the XML of this row is broken: {{.Value}}`,
	codeOrphanRow:    `the row continues a product, but none stands before it; put it below the row with the product's title`,

	codeMissingPrice:     `{{.Column}}: the price is missing; add it to make price checks possible`,
	codePriceUnreadable:  `{{.Column}}: {{.Value}} is not a price; write it like 12.00 USD`,
	codePriceAmbiguous:   `{{.Column}}: {{.Value}} may be read in two ways and the point was taken as decimal point; write it like 12900.00 EUR or 12.90 EUR`,
	codeMissingCurrency:  `{{.Column}}: {{.Value}} has no currency and the price was left out; add one (12.00 USD) or give the feed a default currency`,
	codeGTINDigits:       `{{.Column}}: {{.Value}} is not a GTIN because it has other signs than digits; it was left out`,
	codeGTINLength:       `{{.Column}}: {{.Value}} is not a GTIN because it does not have 8, 12, 13 or 14 digits; it was left out`,
	codeGTINCheckDigit:   `{{.Column}}: {{.Value}} is not a GTIN because its last digit does not fit the others; check it for typing errors. It was left out`,
	codeGTINRestricted:   `{{.Column}}: {{.Value}} is a number for use inside one shop (prefix 02, 04 or 2), not a GTIN; it was left out`,
	codeConditionUnknown: `{{.Column}}: {{.Value}} is no condition we know and was left out; use new, refurbished or used`,
	codeLinkInvalid:      `{{.Column}}: {{.Value}} is not a web address and was left out; write it with https://`,
	codePictureInvalid:   `{{.Column}}: {{.Value}} is neither a web address nor a file name of a picture and was left out`,
	codePicturesMany:     `{{.Column}}: there are more pictures than the limit; the first {{.Value}} are kept`,
	codeAttributesMany:   `{{.Column}}: there are more attributes than can be kept; the first {{.Value}} are kept`,
	codeValueTooLong:     `{{.Column}}: the text is too long and was cut; shorten it to {{.Value}} bytes`,
	codeInvalidBytes:     `{{.Column}}: character {{.Value}} is broken because the file's encoding is damaged; save the file as UTF-8`,
	codeStrayQuote:       `a quotation mark is not closed; it was read as a plain sign. Write a quotation mark inside a cell twice`,
	codeCellsMany:        `the row has more cells than the header and the further ones were not read; check for a separator inside a text without quotation marks`,
	codeCellsFew:         `the row has fewer cells than the header; the missing ones count as empty`,
	codeLanguageUnknown:  `{{.Column}}: {{.Value}} is not a language tag and was left out; write it like ko or en-US`,
	codeCountryUnknown:   `{{.Column}}: {{.Value}} is not a country code and was left out; write it like KR or IT`,
	codeNotPublished:     `{{.Column}}: the product is a draft or hidden in the shop it comes from; it was taken in all the same`,
	codeVariantAlone:     `{{.Column}}: the product {{.Value}} that this variant belongs to is not in the file or too far away, so the variant stands alone`,
}

// ProblemCodes lists every code a Field of this package can carry, sorted.
func ProblemCodes() []string {
	codes := make([]string, 0, len(messages))
	for code := range messages {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// problem makes the Field for a code.
func problem(code, column, val string) fault.Field {
	name := column
	if name == "" {
		name = "row"
	}
	text := strings.NewReplacer("{{.Column}}", name, "{{.Value}}", val).Replace(messages[code])
	return fault.Field{Path: column, Code: code, Message: text}
}

// unreadable is the error for a file that cannot be read, or not further.
func unreadable(code, name, val string) error {
	f := problem(code, clip(name, 120), val)
	return &fault.Error{Code: fault.Invalid, Message: f.Message, Fields: []fault.Field{f}}
}

// quoted makes a stranger's value safe to stand in a message.
func quoted(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return `"` + clip(s, 80) + `"`
}

// clip cuts s to at most n bytes on a rune boundary and says so with "…".
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cutBytes(s, n) + "…"
}

// cutBytes cuts s to at most n bytes on a rune boundary.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

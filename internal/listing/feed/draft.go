package feed

import (
	"slices"
	"strings"

	"assay/internal/fault"
)

// field names what we know about a listing; mapping files use these names.
type field string

const (
	fieldID          field = "id"
	fieldTitle       field = "title"
	fieldDescription field = "description"
	fieldSummary     field = "summary" // a second, shorter description; put before the long one
	fieldBrand       field = "brand"
	fieldCategory    field = "category"
	fieldCondition   field = "condition"
	fieldPrice       field = "price"
	fieldSalePrice   field = "sale_price"
	fieldSaleFrom    field = "sale_from"
	fieldSaleTo      field = "sale_to"
	fieldCurrency    field = "currency"
	fieldGTIN        field = "gtin"
	fieldMPN         field = "mpn"
	fieldLink        field = "link"
	fieldLanguage    field = "language"
	fieldCountry     field = "country"
	fieldSellerID    field = "seller_id"
	fieldSellerName  field = "seller_name"
	fieldPictures    field = "pictures"
)

var fields = []field{
	fieldID, fieldTitle, fieldDescription, fieldSummary, fieldBrand, fieldCategory, fieldCondition, fieldPrice, fieldSalePrice,
	fieldSaleFrom, fieldSaleTo, fieldCurrency, fieldGTIN, fieldMPN, fieldLink, fieldLanguage, fieldCountry, fieldSellerID,
	fieldSellerName, fieldPictures,
}

// aliases says under which keys a format keeps a field; the first key that is
// not empty wins, pictures and GTINs take all.
type aliases map[field][]string

// offer is one price of a product; variants bring several.
type offer struct{ price, sale, from, to value }

type attribute struct {
	name   string
	values []string
	column string
}

// draft is one product as its format means it, in the words of the file.
// It is bounded: what a hostile file could repeat for ever is capped here.
type draft struct {
	line, rows int
	raw        string
	size       int // bytes of all its rows
	fields     map[field]value
	pictures   []value
	gtins      []value
	offers     []offer
	attributes []attribute
	problems   []fault.Field
	reject     []fault.Field // set when the row could not be read at all
	words      int           // bytes of all attribute values
	truncated  bool          // something was dropped by a cap
	minor      bool          // prices are in minor units
}

const (
	maxDraftPictures   = 500
	maxDraftOffers     = 1000
	maxDraftGTINs      = 200
	maxDraftAttributes = 100
	maxDraftValues     = 200 // of one attribute
	maxDraftProblems   = 100
	maxDraftWords      = 256 << 10
)

func newDraft(r *record) *draft {
	d := &draft{line: r.line, rows: 1, raw: r.raw, size: r.size, fields: make(map[field]value, 12)}
	if r.reject != "" {
		d.reject = []fault.Field{problem(r.reject, "", r.because)}
	}
	d.note(r)
	return d
}

// note takes over the warnings that were found while cutting the row out.
func (d *draft) note(r *record) {
	for _, code := range r.notes {
		d.warn(code, value{line: r.line}, "")
	}
	for i, c := range r.cells {
		if at := strings.IndexRune(c, '\ufffd'); at >= 0 {
			d.warn(codeInvalidBytes, value{column: r.names[min(i, len(r.names)-1)], line: r.line}, itoa(len([]rune(c[:at]))+1))
		}
	}
}

// more counts a further row of the same product in.
func (d *draft) more(r *record) {
	d.rows++
	d.size += r.size
	d.note(r)
}

func (d *draft) warn(code string, v value, shown string) {
	if len(d.problems) >= maxDraftProblems {
		return
	}
	f := problem(code, v.column, shown)
	if v.line != 0 && v.line != d.line {
		f.Path += ":" + itoa(v.line)
	}
	d.problems = append(d.problems, f)
}

// set keeps the value unless the field has one already.
func (d *draft) set(f field, v value) {
	if !v.empty() && d.fields[f].empty() {
		d.fields[f] = v
	}
}

// fill takes everything that a format keeps under fixed names.
func (d *draft) fill(r *record, a aliases) {
	for f, keys := range a {
		switch f {
		case fieldPictures:
			for _, k := range keys {
				if len(d.pictures) > 0 && strings.HasPrefix(k, "thumbnail") {
					continue // the same picture once more, smaller
				}
				for _, v := range r.all(k) {
					d.addPictures(v, splitPictures(v.text))
				}
			}
		case fieldGTIN:
			for _, k := range keys {
				for _, v := range r.all(k) {
					d.addGTIN(v)
				}
			}
		case fieldPrice, fieldSalePrice, fieldSaleFrom, fieldSaleTo:
		default:
			d.set(f, r.get(keys...))
		}
	}
	d.addOffer(offer{price: r.get(a[fieldPrice]...), sale: r.get(a[fieldSalePrice]...), from: r.get(a[fieldSaleFrom]...), to: r.get(a[fieldSaleTo]...)})
}

func (d *draft) addOffer(o offer) {
	if o.price.empty() && o.sale.empty() {
		return
	}
	if len(d.offers) >= maxDraftOffers {
		d.truncated = true
		return
	}
	for _, v := range []*value{&o.price, &o.sale, &o.from, &o.to} {
		v.text = brief(v.text)
	}
	d.offers = append(d.offers, o)
}

func (d *draft) addPictures(v value, urls []string) {
	for _, u := range urls {
		if len(d.pictures) >= maxDraftPictures {
			d.truncated = true
			return
		}
		d.pictures = append(d.pictures, value{text: brief(u), column: v.column, line: v.line})
	}
}

func (d *draft) addGTIN(v value) {
	if v.empty() || len(d.gtins) >= maxDraftGTINs {
		return
	}
	v.text = brief(v.text)
	d.gtins = append(d.gtins, v)
}

// brief cuts what is kept of each of many rows, and lets go of the long cell
// that it may be a part of.
func brief(s string) string {
	if s == "" {
		return ""
	}
	return strings.Clone(cutBytes(s, maxLinkBytes+1))
}

// addAttribute adds texts to an attribute; a text that is there already is
// not repeated, so that variants give one list of options.
func (d *draft) addAttribute(name string, v value, texts ...string) {
	name = strings.TrimSpace(name)
	if name == "" {
		return
	}
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			d.addText(name, v.column, t)
		}
	}
}

func (d *draft) addText(name, column, text string) {
	text = strings.Clone(cutBytes(text, maxAttributeText+1))
	at := slices.IndexFunc(d.attributes, func(a attribute) bool { return a.name == name })
	switch {
	case at >= 0 && slices.Contains(d.attributes[at].values, text):
	case d.words+len(text) > maxDraftWords,
		at >= 0 && len(d.attributes[at].values) >= maxDraftValues,
		at < 0 && len(d.attributes) >= maxDraftAttributes:
		d.truncated = true
	case at >= 0:
		d.words += len(text)
		d.attributes[at].values = append(d.attributes[at].values, text)
	default:
		d.words += len(text)
		d.attributes = append(d.attributes, attribute{name: brief(name), values: []string{text}, column: column})
	}
}

// absorb merges a variant into its product: prices, pictures, numbers and
// options come together, the product's own words stay.
func (d *draft) absorb(child *draft) {
	d.rows += child.rows
	d.size += child.size
	for _, o := range child.offers {
		d.addOffer(o)
	}
	for _, p := range child.pictures {
		d.addPictures(p, []string{p.text})
	}
	for _, g := range child.gtins {
		d.addGTIN(g)
	}
	for _, a := range child.attributes {
		d.addAttribute(a.name, value{column: a.column}, a.values...)
	}
	for _, f := range []field{fieldDescription, fieldBrand, fieldCategory, fieldCurrency} {
		d.set(f, child.fields[f])
	}
	for _, f := range child.problems {
		if len(d.problems) >= maxDraftProblems {
			break
		}
		if child.rows == 1 && child.line != d.line {
			f.Path += ":" + itoa(child.line)
		}
		d.problems = append(d.problems, f)
	}
}

// splitPictures splits a cell that lists pictures. A comma belongs to the
// address when what follows does not begin one (some picture servers put
// commas into their paths).
func splitPictures(s string) []string {
	if !strings.ContainsAny(s, ",|\n") {
		return []string{s}
	}
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '\n' }) {
		for i, p := range strings.Split(part, ",") {
			trimmed := strings.TrimSpace(p)
			if i > 0 && len(out) > 0 && isAddress(out[len(out)-1]) && !isAddress(trimmed) {
				out[len(out)-1] += "," + p
				continue
			}
			if trimmed != "" {
				out = append(out, trimmed)
			}
		}
	}
	return out
}

func isAddress(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "//")
}

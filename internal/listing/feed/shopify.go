package feed

import (
	"strings"
	"unicode"
)

// shopify has both generations of headers of Shopify's product CSV.
var shopify = aliases{
	fieldTitle:       {"title"},
	fieldDescription: {"bodyhtml", "description", "body"},
	fieldBrand:       {"vendor"},
	fieldCategory:    {"productcategory", "googleshoppinggoogleproductcategory", "type", "customproducttype"},
	fieldCondition:   {"googleshoppingcondition"},
	fieldMPN:         {"googleshoppingmpn"},
	fieldPrice:       {"variantprice", "price"},
	fieldGTIN:        {"variantbarcode", "barcode"},
	fieldPictures:    {"imagesrc", "productimageurl", "variantimage", "variantimageurl"},
}

// shopifySource groups the rows of one handle: further rows bring variants
// and pictures and leave the product's own columns empty.
func shopifySource(in records) source {
	return &run{
		in:    in,
		alone: func(r *record) bool { return !r.get("title").empty() || !shopifyHandle(r).empty() },
		joins: func(first, r *record) bool {
			h := shopifyHandle(r)
			if h.empty() {
				return r.get("title").empty()
			}
			return h.text == shopifyHandle(first).text
		},
		read: readShopify,
	}
}

func shopifyHandle(r *record) value { return r.get("handle", "urlhandle") }

func readShopify(r *record, d *draft, first bool) {
	if first {
		d.set(fieldID, shopifyHandle(r))
		if title := r.get("title"); d.fields[fieldID].empty() && !title.empty() {
			title.text = slug(title.text) // Shopify makes the handle of new products from the title
			d.set(fieldID, title)
		}
	}
	d.fill(r, shopify)
	if v := r.get("published", "publishedononlinestore", "status"); first && (strings.EqualFold(v.text, "false") || hiddenStatus(r.get("status").text)) {
		d.warn(codeNotPublished, v, "")
	}
	d.options(r, first)
	for _, k := range []string{"variantsku", "sku"} {
		v := r.get(k)
		d.addAttribute("sku", v, v.text)
	}
	for _, a := range []struct{ key, name string }{{"tags", "tags"}, {"seotitle", "seo_title"}, {"seodescription", "seo_description"}, {"imagealttext", "image_text"}} {
		v := r.get(a.key)
		d.addAttribute(a.name, v, v.text)
	}
	for i, name := range r.names {
		if base, _, ok := strings.Cut(name, " (product.metafields."); ok {
			d.addAttribute(base, r.at(i), r.at(i).text)
		}
	}
}

func hiddenStatus(s string) bool {
	return strings.EqualFold(s, "draft") || strings.EqualFold(s, "archived") || strings.EqualFold(s, "unlisted")
}

// options adds the option texts under the names that the first row gives.
func (d *draft) options(r *record, first bool) {
	for _, n := range []string{"1", "2", "3"} {
		name, v := r.get("option"+n+"name"), r.get("option"+n+"value")
		slot := field("option" + n)
		if first || !name.empty() {
			d.set(slot, name)
		}
		if label := d.fields[slot].text; label != "" && !v.empty() && v.text != "Default Title" {
			d.addAttribute(label, v, v.text)
		}
	}
}

// slug writes a title the way shops write it into addresses.
func slug(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}

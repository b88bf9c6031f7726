package feed

import "strings"

// google are the attributes of the Google Merchant product data
// specification; names match with space, underscore or "g:" prefix.
var google = aliases{
	fieldID:          {"id"},
	fieldTitle:       {"title", "structuredtitlecontent"},
	fieldDescription: {"description", "structureddescriptioncontent", "content", "summary"},
	fieldBrand:       {"brand"},
	fieldCategory:    {"producttype", "googleproductcategory"},
	fieldCondition:   {"condition"},
	fieldPrice:       {"price"},
	fieldSalePrice:   {"saleprice"},
	fieldGTIN:        {"gtin", "ean", "upc", "isbn"},
	fieldMPN:         {"mpn"},
	fieldLink:        {"link", "linkhref"},
	fieldLanguage:    {"contentlanguage", "language"},
	fieldCountry:     {"targetcountry", "feedlabel"},
	fieldSellerID:    {"externalsellerid"},
	fieldPictures:    {"imagelink", "additionalimagelink"},
}

func readGoogle(r *record, d *draft) {
	d.fill(r, google)
	if v := d.fields[fieldCategory]; !v.empty() {
		paths := []string{v.text}
		for _, more := range r.all(key(v.column)) {
			paths = append(paths, more.text)
		}
		v.text = deepest(paths, ">›»")
		d.fields[fieldCategory] = v
	}
	if span := r.get("salepriceeffectivedate"); !span.empty() && len(d.offers) > 0 {
		from, to, _ := strings.Cut(span.text, "/")
		o := &d.offers[0]
		o.from, o.to = span, span
		o.from.text, o.to.text = from, to
	}
	d.shownAttributes(r)
	names, values := r.all("productdetailattributename"), r.all("productdetailattributevalue")
	for i := range min(len(names), len(values)) {
		d.addAttribute(names[i].text, values[i], values[i].text)
	}
}

package feed

import (
	"regexp"
	"strings"
)

var magento = aliases{
	fieldID:          {"sku"},
	fieldTitle:       {"name"},
	fieldDescription: {"description"},
	fieldSummary:     {"shortdescription"},
	fieldPrice:       {"price"},
	fieldSalePrice:   {"specialprice"},
	fieldSaleFrom:    {"specialpricefromdate"},
	fieldSaleTo:      {"specialpricetodate"},
	fieldPictures:    {"baseimage", "additionalimages"},
}

// readMagento reads a row of the Magento 2 import. Variants come as rows that
// are not visible individually; the configurable product names them.
func readMagento(r *record, d *draft) kin {
	d.fill(r, magento)
	if c := r.get("categories", "category"); !c.empty() {
		paths := strings.FieldsFunc(c.text, func(r rune) bool { return r == ',' || r == '|' })
		for i, p := range paths {
			paths[i] = strings.TrimPrefix(strings.TrimSpace(p), "Default Category")
		}
		c.text = deepest(paths, "/")
		d.set(fieldCategory, c)
	}
	extra := r.get("additionalattributes")
	for _, p := range magentoPairs(extra.text) {
		readMagentoAttribute(d, p, extra)
	}
	for _, a := range []struct{ key, name string }{{"metatitle", "seo_title"}, {"metakeywords", "seo_keywords"}, {"metadescription", "seo_description"}, {"countryofmanufacture", "made_in"}, {"baseimagelabel", "image_text"}, {"additionalimagelabels", "image_text"}} {
		v := r.get(a.key)
		d.addAttribute(a.name, v, v.text)
	}
	if v := r.get("productonline"); v.text == "0" || v.text == "2" {
		d.warn(codeNotPublished, v, "")
	}
	k := kin{hidden: strings.EqualFold(r.get("visibility").text, "Not Visible Individually")}
	if sku := r.get("sku"); !sku.empty() {
		k.names = []string{sku.text}
		d.addAttribute("sku", sku, sku.text)
	}
	if strings.EqualFold(r.get("producttype", "type").text, "configurable") {
		k.hidden = false
		k.children = readVariations(d, r.get("configurablevariations"))
	}
	return k
}

// readVariations reads "sku=A-S,size=S|sku=A-M,size=M": the options become
// attributes, the SKUs are returned.
func readVariations(d *draft, v value) (skus []string) {
	for _, variation := range strings.Split(v.text, "|") {
		for _, p := range magentoPairs(variation) {
			switch {
			case p[0] == "sku" && len(skus) < maxDraftOffers:
				skus = append(skus, p[1])
			case p[0] != "sku":
				d.addAttribute(p[0], v, p[1])
			}
		}
	}
	return skus
}

func readMagentoAttribute(d *draft, p [2]string, v value) {
	switch strings.ToLower(p[1]) {
	case "", "0", "1", "yes", "no":
		return // switches of the shop, no text for buyers
	}
	switch k := key(p[0]); {
	case k == "hasoptions" || k == "requiredoptions":
	case k == "manufacturer" || k == "brand":
		d.set(fieldBrand, value{text: p[1], column: v.column, line: v.line})
	case k == "gtin" || k == "ean" || k == "upc" || k == "barcode":
		d.addGTIN(value{text: p[1], column: v.column, line: v.line})
	default:
		d.addAttribute(p[0], v, strings.Split(p[1], "|")...)
	}
}

var magentoPair = regexp.MustCompile(`(?:^|,)\s*([A-Za-z0-9_]+)=`)

// magentoPairs reads "a=1,b=two, three": a comma ends a value only where a
// further name begins.
func magentoPairs(s string) [][2]string {
	marks := magentoPair.FindAllStringSubmatchIndex(s, -1)
	pairs := make([][2]string, 0, len(marks))
	for i, m := range marks {
		end := len(s)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		pairs = append(pairs, [2]string{s[m[2]:m[3]], strings.Trim(strings.TrimSpace(s[m[1]:end]), `"`)})
	}
	return pairs
}

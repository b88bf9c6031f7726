package feed

import "strings"

var bagisto = aliases{
	fieldID:          {"sku"},
	fieldTitle:       {"name"},
	fieldDescription: {"description"},
	fieldSummary:     {"shortdescription"},
	fieldBrand:       {"brand"},
	fieldPrice:       {"price"},
	fieldSalePrice:   {"specialprice"},
	fieldSaleFrom:    {"specialpricefrom"},
	fieldSaleTo:      {"specialpriceto"},
	fieldLanguage:    {"locale"},
	fieldGTIN:        {"gtin", "ean", "barcode"},
	fieldPictures:    {"images"},
}

// readBagisto reads a row of the Bagisto import; variants name their product
// in parent_sku and the product names them in configurable_variants.
func readBagisto(r *record, d *draft) kin {
	d.fill(r, bagisto)
	if c := r.get("categories"); !c.empty() {
		c.text = deepest(strings.Split(c.text, ","), "/")
		d.set(fieldCategory, c)
	}
	for _, a := range []struct{ key, name string }{{"color", "color"}, {"size", "size"}, {"metatitle", "seo_title"}, {"metakeywords", "seo_keywords"}, {"metadescription", "seo_description"}} {
		v := r.get(a.key)
		d.addAttribute(a.name, v, v.text)
	}
	if v := r.get("status"); v.text == "0" {
		d.warn(codeNotPublished, v, "")
	}
	k := kin{parent: r.get("parentsku").text}
	if sku := r.get("sku"); !sku.empty() {
		k.names = []string{sku.text}
		d.addAttribute("sku", sku, sku.text)
	}
	if strings.EqualFold(r.get("type").text, "configurable") && k.parent == "" {
		k.children = readVariations(d, r.get("configurablevariants"))
		k.open = len(k.children) == 0
	}
	return k
}

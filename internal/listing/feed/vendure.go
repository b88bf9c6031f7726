package feed

import "strings"

var vendure = aliases{
	fieldID:          {"slug", "sku"},
	fieldTitle:       {"name"},
	fieldDescription: {"description"},
	fieldPrice:       {"price"},
	fieldPictures:    {"assets", "variantassets"},
}

// vendureSource groups a product with the variant rows below it, which have
// no name.
func vendureSource(in records) source {
	return &run{
		in:    in,
		alone: func(r *record) bool { return !r.get("name").empty() || !r.get("slug").empty() },
		joins: func(_, r *record) bool { return r.get("name").empty() && r.get("slug").empty() },
		read:  readVendure,
	}
}

func readVendure(r *record, d *draft, first bool) {
	if first {
		d.set(fieldID, r.get("slug"))
		if title := r.get("name"); d.fields[fieldID].empty() && !title.empty() {
			title.text = slug(title.text)
			d.set(fieldID, title)
		}
		d.set(field("groups"), r.get("optiongroups"))
		readFacets(r.get("facets"), d, true)
	}
	d.fill(r, vendure)
	groups := strings.Split(d.fields[field("groups")].text, "|")
	values := r.get("optionvalues")
	for i, text := range strings.Split(values.text, "|") {
		if i < len(groups) {
			d.addAttribute(groups[i], values, text)
		}
	}
	readFacets(r.get("variantfacets"), d, false)
	sku := r.get("sku")
	d.addAttribute("sku", sku, sku.text)
}

// readFacets reads "category:Electronics|category:Computers|brand:Halden".
func readFacets(v value, d *draft, product bool) {
	var levels []string
	for _, facet := range strings.Split(v.text, "|") {
		name, text, ok := strings.Cut(facet, ":")
		name, text = strings.TrimSpace(name), strings.TrimSpace(text)
		switch {
		case !ok || text == "":
		case product && key(name) == "category":
			levels = append(levels, text)
		case product && key(name) == "brand":
			d.set(fieldBrand, value{text: text, column: v.column, line: v.line})
		default:
			d.addAttribute(name, v, text)
		}
	}
	if len(levels) > 0 {
		d.set(fieldCategory, value{text: strings.Join(levels, " > "), column: v.column, line: v.line})
	}
}

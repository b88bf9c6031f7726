package feed

import (
	"bytes"
	"io"
	"strings"
)

// schemaOrg are the paths of a schema.org Product.
var schemaOrg = aliases{
	fieldID:          {"sku", "productid", "productgroupid", "identifier", "identifiervalue", "mpn", "gtin13", "gtin", "id", "url", "offersurl"},
	fieldTitle:       {"name", "title", "alternatename"},
	fieldDescription: {"description"},
	fieldBrand:       {"brandname", "brand", "manufacturername", "manufacturer"},
	fieldCategory:    {"category", "categoryname"},
	fieldCondition:   {"itemcondition", "offersitemcondition"},
	fieldCurrency:    {"offerspricecurrency", "offerspricespecificationpricecurrency", "offersofferspricecurrency", "pricecurrency", "hasvariantofferspricecurrency"},
	fieldGTIN:        {"gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn", "offersgtin13", "offersgtin", "hasvariantgtin", "hasvariantgtin13"},
	fieldMPN:         {"mpn"},
	fieldLink:        {"url", "offersurl", "mainentityofpage"},
	fieldLanguage:    {"inlanguage"},
	fieldSellerID:    {"offersselleridentifier"},
	fieldSellerName:  {"offerssellername", "sellername", "offersseller"},
	fieldPictures:    {"image", "imageurl", "imagecontenturl", "hasvariantimage", "hasvariantimageurl"},
}

// schemaPrices are the places of a price; the lowest counts.
var schemaPrices = []string{"offersprice", "offerslowprice", "offerspricespecificationprice", "offersoffersprice", "hasvariantoffersprice"}

var productTypes = map[string]bool{
	"product": true, "productgroup": true, "individualproduct": true, "productmodel": true, "someproducts": true, "vehicle": true,
	"car": true, "book": true, "dietarysupplement": true, "drug": true, "softwareapplication": true,
}

// findProducts returns the schema.org products of a document, outermost only:
// the variants of a group and related goods belong to their product.
func findProducts(doc any) []map[string]any {
	var found []map[string]any
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 12 {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, depth+1)
			}
		case map[string]any:
			if isProduct(v["@type"]) {
				found = append(found, v)
				return
			}
			for _, name := range sortedKeys(v) {
				switch name {
				case "@graph", "mainEntity", "itemListElement", "item", "about", "hasPart", "itemOffered", "offers", "makesOffer", "@included":
					walk(v[name], depth+1)
				}
			}
		}
	}
	walk(doc, 0)
	return found
}

func isProduct(t any) bool {
	switch t := t.(type) {
	case string:
		return productTypes[strings.ToLower(t[strings.LastIndexAny(t, "/:")+1:])]
	case []any:
		for _, e := range t {
			if s, ok := e.(string); ok && isProduct(s) {
				return true
			}
		}
	}
	return false
}

// readProduct reads one product of the document that doc stands for.
func readProduct(p map[string]any, doc *record) *draft {
	r := &record{header: newHeader(nil), line: doc.line, raw: doc.raw, size: doc.size}
	flattenJSON(r, "", p, 0)
	d := newDraft(r)
	d.fill(r, schemaOrg)
	for _, k := range schemaPrices {
		for _, v := range r.all(k) {
			d.addOffer(offer{price: v})
		}
	}
	if c := d.fields[fieldCategory]; !c.empty() {
		c.text = commonCategory(r, c)
		d.fields[fieldCategory] = c
	}
	d.shownAttributes(r)
	addProperties(r, d)
	return d
}

// pageScripts cuts the JSON-LD scripts out of an HTML page.
type pageScripts struct {
	w    *window
	seen int
}

func (p *pageScripts) next() (raw []byte, ordinal int, err error) {
	for {
		kind, ok := p.script()
		if !ok {
			if p.w.err != nil {
				return nil, 0, p.w.err
			}
			return nil, 0, io.EOF
		}
		if !strings.Contains(strings.ToLower(kind), "application/ld+json") {
			continue
		}
		p.seen++
		for {
			if i := indexFold(p.w.bytes(), "</script"); i >= 0 {
				raw = append([]byte{}, unwrapScript(p.w.bytes()[:i])...)
				p.w.discard(i)
				return raw, p.seen, nil
			}
			if !p.w.more() {
				break
			}
		}
		if p.w.eof {
			raw = append([]byte{}, p.w.bytes()...)
			p.w.discard(len(raw))
			return raw, p.seen, nil
		}
		return nil, p.seen, nil
	}
}

// script moves behind the next opening script tag and returns the tag.
func (p *pageScripts) script() (string, bool) {
	for {
		b := p.w.bytes()
		i := indexFold(b, "<script")
		if i < 0 {
			p.w.discard(max(0, len(b)-len("<script")))
			if !p.w.more() {
				return "", false
			}
			continue
		}
		p.w.discard(i)
		if n := tagEnd(p.w.bytes()); n >= 0 {
			tag := string(p.w.bytes()[:n])
			p.w.discard(n)
			return tag, true
		}
		if !p.w.more() {
			p.w.discard(len("<script"))
		}
	}
}

// unwrapScript takes off comments and CDATA marks around the JSON.
func unwrapScript(b []byte) []byte {
	b = bytes.TrimSpace(b)
	for _, mark := range []string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA["} {
		b = bytes.TrimPrefix(b, []byte(mark))
	}
	for _, mark := range []string{"-->", "//]]>", "/*]]>*/", "]]>"} {
		b = bytes.TrimSuffix(bytes.TrimSpace(b), []byte(mark))
	}
	return bytes.TrimRight(bytes.TrimSpace(b), ";")
}

// indexFold finds an ASCII mark in lower case, whatever its case in b.
func indexFold(b []byte, mark string) int {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], mark[0])
		if i < 0 || from+i+len(mark) > len(b) {
			return -1
		}
		from += i
		if strings.EqualFold(string(b[from:from+len(mark)]), mark) {
			return from
		}
		from++
	}
}

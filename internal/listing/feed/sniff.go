package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// openSource decides, from content alone, how the file is to be read.
func openSource(w *window, name string, opt Options) (Format, source, error) {
	head := bytes.TrimLeft(w.fill(min(windowStart, w.max)), " \t\r\n")
	if w.err != nil {
		return "", nil, w.err
	}
	if len(head) == 0 {
		return "", nil, unreadable(codeEmptyFile, name, "")
	}
	format := opt.Format
	if format == Auto {
		format = sniff(head)
	} else if !plausible(format, head) {
		return "", nil, unreadable(codeWrongFormat, name, string(format))
	}
	switch format {
	case JSON, NDJSON, JSONLD:
		return openObjects(format, head, w, name, opt)
	case GoogleXML, BagistoXML, XML:
		return openMarkup(format, head, w, name, opt)
	}
	return openDelimited(opt.Format, w, name, opt)
}

// sniff names the container; tables are told apart by their header later.
func sniff(head []byte) Format {
	switch {
	case head[0] == '[' || head[0] == '{':
		return sniffJSON(head)
	case head[0] == '<' && isPage(head):
		return JSONLD
	case head[0] == '<':
		return XML
	}
	return CSV
}

func isPage(head []byte) bool {
	b := head[:min(len(head), 4096)]
	return indexFold(b, "<!doctype html") >= 0 || indexFold(b, "<html") >= 0 || indexFold(b, "<script") == 0 || indexFold(b, "<head") >= 0
}

// sniffJSON tells lines of objects, schema.org and other JSON apart.
func sniffJSON(head []byte) Format {
	line, rest, more := bytes.Cut(head, []byte("\n"))
	if next := bytes.TrimLeft(rest, " \t\r\n"); head[0] == '{' && more && len(next) > 0 && next[0] == '{' && json.Valid(line) {
		return NDJSON
	}
	near := head[:min(len(head), 2048)]
	if bytes.Contains(near, []byte(`"@context"`)) || bytes.Contains(near, []byte(`"@type"`)) || bytes.Contains(near, []byte(`"@graph"`)) {
		return JSONLD
	}
	return JSON
}

// plausible refuses a chosen format that the content contradicts.
func plausible(f Format, head []byte) bool {
	markup, object := head[0] == '<', head[0] == '[' || head[0] == '{'
	switch f {
	case JSONLD:
		return markup || object
	case JSON, NDJSON:
		return object
	case GoogleXML, BagistoXML, XML:
		return markup && !isPage(head)
	}
	return !markup && !object
}

func openObjects(format Format, head []byte, w *window, name string, opt Options) (Format, source, error) {
	src := &objects{read: readCommon, max: opt.MaxRowBytes}
	items := ""
	if opt.Mapping != nil {
		src.read = opt.Mapping.read
		items = opt.Mapping.Items
	}
	switch {
	case format == NDJSON:
		src.in = &lineRows{w: w}
	case head[0] == '<':
		src.in, src.page = &pageScripts{w: w}, cmp.Or(name, "page")
	default:
		rows, err := openJSON(w, name, items)
		if err != nil {
			return "", nil, err
		}
		src.in = rows
	}
	return format, src, nil
}

func openMarkup(format Format, head []byte, w *window, name string, opt Options) (Format, source, error) {
	tag := findRowTag(head)
	if opt.Mapping != nil && opt.Mapping.Items != "" {
		tag = opt.Mapping.Items
	}
	if tag == "" {
		return "", nil, unreadable(codeNoProducts, name, "")
	}
	rows := &xmlRows{w: w, tag: tag}
	if opt.Mapping != nil {
		return XML, &single{in: rows, read: opt.Mapping.read}, nil
	}
	if format == XML {
		switch {
		case bytes.Contains(head, []byte("base.google.com/ns/1.0")) || bytes.Contains(head, []byte("<g:")):
			format = GoogleXML
		case bytes.Contains(head, []byte("attribute_family_code")):
			format = BagistoXML
		}
	}
	switch format {
	case GoogleXML:
		return format, &single{in: rows, read: readGoogle}, nil
	case BagistoXML:
		return format, newFamily(rows, readBagisto), nil
	}
	return XML, &single{in: rows, read: readCommon}, nil
}

// openDelimited reads the header and chooses the reader of the rows.
func openDelimited(format Format, w *window, name string, opt Options) (Format, source, error) {
	t, err := openTable(w, name)
	if err != nil {
		return "", nil, err
	}
	if opt.Mapping != nil && (format == Auto || format == CSV) {
		if missing := opt.Mapping.missing(t.head); missing != "" {
			return "", nil, unreadable(codeNoTitleColumn, name, missing+": "+columnList(t.head))
		}
		return CSV, &single{in: t, read: opt.Mapping.read}, nil
	}
	if format == Auto {
		format = sniffHeader(t.head)
	}
	if !t.head.hasAny(titleKeys(format)...) {
		return "", nil, unreadable(codeNoTitleColumn, name, columnList(t.head))
	}
	switch format {
	case GoogleTSV:
		return format, &single{in: t, read: readGoogle}, nil
	case ShopifyCSV:
		return format, shopifySource(t), nil
	case VendureCSV:
		return format, vendureSource(t), nil
	case WooCommerceCSV:
		return format, newFamily(t, readWooCommerce), nil
	case MagentoCSV:
		return format, newFamily(t, readMagento), nil
	case BagistoCSV:
		return format, newFamily(t, readBagisto), nil
	}
	return CSV, &single{in: t, read: readCommon}, nil
}

func titleKeys(format Format) []string {
	switch format {
	case GoogleTSV:
		return google[fieldTitle]
	case ShopifyCSV:
		return shopify[fieldTitle]
	case WooCommerceCSV:
		return woocommerce[fieldTitle]
	case MagentoCSV, BagistoCSV, VendureCSV:
		return []string{"name"}
	}
	return common[fieldTitle]
}

// sniffHeader knows the makers of tables by columns that only they have.
func sniffHeader(h *header) Format {
	switch {
	case h.has("attributefamilycode", "sku"):
		return BagistoCSV
	case h.has("optiongroups", "optionvalues"):
		return VendureCSV
	case h.has("sku", "producttype") && h.hasAny("attributesetcode", "configurablevariations", "storeviewcode"):
		return MagentoCSV
	case h.has("urlhandle", "title") || h.has("handle", "title") && h.hasAny("variantprice", "bodyhtml", "option1name", "imagesrc"):
		return ShopifyCSV
	case h.hasAny(wooType...) && h.hasAny(woocommerce[fieldPrice]...) && h.hasAny(wooSKU...) && h.hasAny(woocommerce[fieldTitle]...):
		return WooCommerceCSV
	case h.has("id", "title") && h.hasAny("imagelink", "availability", "googleproductcategory") && h.hasAny("link", "imagelink", "price"):
		return GoogleTSV
	}
	return CSV
}

func columnList(h *header) string {
	return clip(strings.Join(h.names, ", "), 300)
}

package feed

import (
	"regexp"
	"strings"
)

// woocommerce has the columns of WooCommerce's product export, and the names
// they get in German, French, Spanish, Italian, Korean and Chinese shops.
var woocommerce = aliases{
	fieldTitle:       {"name", "nom", "nombre", "nome", "이름", "상품명", "名称"},
	fieldDescription: {"description", "beschreibung", "descripción", "descrizione", "설명", "描述"},
	fieldSummary:     {"shortdescription", "kurzbeschreibung", "descriptioncourte", "descripcióncorta", "brevedescrizione", "간단한설명", "简短描述", "简短说明"},
	fieldBrand:       {"brands", "brand", "marken", "marques", "marcas", "marchi", "브랜드", "品牌"},
	fieldPrice:       {"regularprice", "regulärerpreis", "normalerpreis", "tarifrégulier", "precionormal", "prezzodilistino", "정상가격", "정가", "常规售价", "常规价格"},
	fieldSalePrice:   {"saleprice", "angebotspreis", "tarifpromo", "preciorebajado", "prezzoinofferta", "할인가격", "세일가격", "促销价格"},
	fieldSaleFrom:    {"datesalepricestarts"},
	fieldSaleTo:      {"datesalepriceends"},
	fieldGTIN:        {"gtinupceanorisbn", "gtin", "ean", "globaluniqueid", "metagtin", "metawpmgtincode", "metaalggtin", "metaean"},
	fieldLink:        {"externalurl", "externeurl", "urlexterne", "urlexterna", "urlesterno", "외부url", "外部url"},
	fieldPictures:    {"images", "bilder", "imágenes", "immagini", "이미지", "图片", "图像"},
}

var (
	wooCategory = []string{"categories", "kategorien", "catégories", "categorías", "categorie", "카테고리", "分类"}
	wooTags     = []string{"tags", "schlagwörter", "étiquettes", "etiquetas", "tag", "태그", "标签"}
	wooType     = []string{"type", "typ", "tipo", "유형", "类型"}
	wooParent   = []string{"parent", "übergeordnetesprodukt", "übergeordnet", "superior", "principal", "genitore", "부모", "상위", "父级"}
	wooShown    = []string{"published", "veröffentlicht", "publié", "publicado", "pubblicato", "게시됨", "공개됨", "已发布"}
	wooSKU      = []string{"sku", "artikelnummer", "ugs", "cod", "货号"}
)

var (
	wooAttributeName  = regexp.MustCompile(`(?:attribut|atributo|속성|属性).*(?:name|nom|이름|名)|(?:nome|nom|nombre).*(?:attribut|atributo)`)
	wooAttributeValue = regexp.MustCompile(`(?:attribut|atributo|속성|属性).*(?:value|wert|값|值)|(?:valeur|valor|valore).*(?:attribut|atributo)`)
)

func readWooCommerce(r *record, d *draft) kin {
	d.fill(r, woocommerce)
	sku, id := r.get(wooSKU...), r.get("id")
	d.set(fieldID, sku)
	d.set(fieldID, id)
	d.addAttribute("sku", sku, sku.text)
	if c := r.get(wooCategory...); !c.empty() {
		c.text = deepest(splitEscaped(c.text), ">")
		d.set(fieldCategory, c)
	}
	tags := r.get(wooTags...)
	d.addAttribute("tags", tags, splitEscaped(tags.text)...)
	wooAttributes(r, d)
	if shownIn := r.get(wooShown...); shownIn.text == "0" || shownIn.text == "-1" {
		d.warn(codeNotPublished, shownIn, "")
	}
	k := kin{}
	for _, n := range []string{sku.text, id.text} {
		if n != "" {
			k.names = append(k.names, wooName(n, n == id.text))
		}
	}
	kind := strings.ToLower(r.get(wooType...).text)
	k.open = strings.Contains(kind, "variable")
	if parent := r.get(wooParent...); strings.Contains(kind, "variation") && !parent.empty() {
		number, isID := strings.CutPrefix(parent.text, "id:")
		k.parent = wooName(number, isID)
	}
	return k
}

// wooName keeps ids and SKUs apart: "Parent" holds a SKU, or "id:" and an id.
func wooName(s string, isID bool) string {
	if isID {
		return "id:" + s
	}
	return s
}

// wooAttributes pairs the numbered columns of names and values.
func wooAttributes(r *record, d *draft) {
	names := make(map[string]string, 4)
	for pass := range 2 {
		for i, column := range r.names {
			k := key(column)
			n := strings.Trim(k, "abcdefghijklmnopqrstuvwxyz'’속성이름값属性名称值")
			v := r.at(i)
			switch {
			case v.empty() || n == "" || !onlyDigits(n):
			case pass == 0 && wooAttributeName.MatchString(k) && !wooAttributeValue.MatchString(k):
				names[n] = v.text
			case pass == 1 && names[n] != "" && wooAttributeValue.MatchString(k):
				d.addAttribute(names[n], v, splitEscaped(v.text)...)
			}
		}
	}
}

// splitEscaped splits a list at commas, or at "|" in older exports; "\," is
// a comma inside an entry.
func splitEscaped(s string) []string {
	s = strings.ReplaceAll(s, `\,`, "\x00")
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '|' })
	for i, p := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(p, "\x00", ","))
	}
	return parts
}

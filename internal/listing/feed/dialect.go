package feed

import (
	"io"
	"strings"
)

// records yields rows by column name.
type records interface {
	next() (*record, error) // io.EOF at the end
}

// single is the source of formats in which every row is one product.
type single struct {
	in   records
	read func(r *record, d *draft)
}

func (s *single) next() (*draft, error) {
	r, err := s.in.next()
	if err != nil {
		return nil, err
	}
	d := newDraft(r)
	if d.reject == nil {
		s.read(r, d)
	}
	return d, nil
}

// run is the source of formats in which the rows of one product stand
// together: the first has the title, the others add variants and pictures.
type run struct {
	in    records
	joins func(first, r *record) bool // r belongs to the product that first began
	alone func(r *record) bool        // r can begin a product
	read  func(r *record, d *draft, first bool)
	ahead *record
	lost  []*draft // broken rows among those of a product, given out after it
}

const maxRunLost = 100

func (s *run) next() (*draft, error) {
	if len(s.lost) > 0 {
		d := s.lost[0]
		s.lost = s.lost[1:]
		return d, nil
	}
	first, err := s.take()
	if err != nil {
		return nil, err
	}
	d := newDraft(first)
	if d.reject != nil {
		return d, nil
	}
	if !s.alone(first) {
		d.set(fieldID, first.get("handle", "urlhandle", "sku"))
		d.reject = append(d.reject, problem(codeOrphanRow, "", ""))
		return d, nil
	}
	s.read(first, d, true)
	for {
		r, err := s.take()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
		if r.reject != "" && len(s.lost) < maxRunLost {
			s.lost = append(s.lost, newDraft(r))
			continue
		}
		if r.reject != "" || !s.joins(first, r) {
			s.ahead = r
			return d, nil
		}
		d.more(r)
		s.read(r, d, false)
	}
}

func (s *run) take() (*record, error) {
	if r := s.ahead; r != nil {
		s.ahead = nil
		return r, nil
	}
	return s.in.next()
}

// common are the names that feeds of no special make use, in the order in
// which they are believed. They serve CSV, XML and JSON alike.
var common = aliases{
	fieldID:          {"id", "externalid", "productid", "itemid", "listingid", "offerid", "goodsid", "sku", "productcode", "itemcode", "code", "articlenumber", "handle", "slug", "urlkey", "판매자상품코드", "상품번호", "상품코드", "商品编号", "商品id", "货号", "商品番号", "codice", "codiceprodotto", "artikelnummer", "uuid", "mpn", "url", "link"},
	fieldTitle:       {"title", "name", "productname", "producttitle", "itemname", "goodsname", "displayname", "상품명", "제품명", "商品名称", "商品标题", "产品名称", "标题", "商品名", "titolo", "nome", "nomeprodotto", "titel", "bezeichnung", "nom", "nombre"},
	fieldDescription: {"description", "descriptionhtml", "bodyhtml", "body", "content", "details", "longdescription", "상세설명", "상품설명", "설명", "상세정보", "商品描述", "描述", "详情", "商品説明", "descrizione", "beschreibung"},
	fieldSummary:     {"shortdescription", "summary", "subtitle", "간단설명", "breve descrizione"},
	fieldBrand:       {"brandname", "brand", "vendor", "manufacturername", "manufacturer", "브랜드", "브랜드명", "제조사", "品牌", "ブランド", "marca", "marke"},
	fieldCategory:    {"categorypath", "categoryname", "category", "categories", "producttype", "googleproductcategory", "카테고리", "카테고리명", "类目", "分类", "カテゴリ", "categoria", "kategorie"},
	fieldCondition:   {"condition", "itemcondition", "offersitemcondition", "상품상태", "成色", "状態", "condizione", "zustand"},
	fieldPrice:       {"priceamount", "pricevalue", "price", "offersprice", "offerslowprice", "offerspricespecificationprice", "unitprice", "regularprice", "listprice", "판매가", "가격", "价格", "售价", "価格", "prezzo", "preis"},
	fieldSalePrice:   {"salepriceamount", "saleprice", "specialprice", "할인가", "促销价", "prezzoscontato"},
	fieldSaleFrom:    {"specialpricefrom", "specialpricefromdate"},
	fieldSaleTo:      {"specialpriceto", "specialpricetodate"},
	fieldCurrency:    {"pricecurrency", "pricecurrencycode", "currency", "currencycode", "offerspricecurrency", "offerspricespecificationpricecurrency", "통화", "币种", "通貨", "valuta", "währung"},
	fieldGTIN:        {"gtin", "gtin13", "gtin14", "gtin12", "gtin8", "ean", "ean13", "upc", "barcode", "isbn", "isbn13", "jan", "metabarcode", "offersgtin", "offersgtin13", "바코드", "条码", "商品条码"},
	fieldMPN:         {"mpn", "model", "modelnumber", "partnumber", "모델명", "型号"},
	fieldLink:        {"link", "url", "producturl", "producturi", "permalink", "offersurl", "상품url", "商品链接"},
	fieldLanguage:    {"language", "lang", "locale", "inlanguage", "contentlanguage", "언어", "语言"},
	fieldCountry:     {"country", "targetcountry", "countrycode"},
	fieldSellerID:    {"sellerid", "externalsellerid", "selleridentifier", "offerssellerid", "offersselleridentifier", "merchantid", "shopid", "storeid", "판매자id", "판매자아이디", "卖家id"},
	fieldSellerName:  {"sellername", "seller", "offerssellername", "merchantname", "shopname", "storename", "판매자", "판매자명", "스토어명", "卖家", "店铺", "店铺名称", "venditore"},
	fieldPictures:    {"imagelink", "image", "imageurl", "imagesrc", "imagecontenturl", "mainimage", "baseimage", "images", "imagesurl", "imagessrc", "imagesimage", "imagesimageurl", "pictures", "picturesurl", "picturespicture", "pictureurl", "picture", "photos", "photo", "photourl", "thumbnail", "thumbnailurl", "additionalimagelink", "additionalimages", "대표이미지", "추가이미지", "이미지", "图片", "主图", "商品图片", "画像", "immagine", "immagini", "bild", "bilder"},
}

// shown are columns of which buyers see the text, by the name they get.
var shown = map[string]string{
	"color": "color", "colour": "color", "색상": "color", "颜色": "color", "colore": "color", "farbe": "color",
	"size": "size", "사이즈": "size", "尺码": "size", "taglia": "size", "größe": "size",
	"material": "material", "소재": "material", "材质": "material", "materiale": "material",
	"pattern": "pattern", "gender": "gender", "agegroup": "age_group", "tags": "tags", "tag": "tags", "keywords": "tags", "태그": "tags", "标签": "tags",
	"sku": "sku", "itemgroupid": "item_group_id", "style": "style", "model": "model", "manufacturer": "manufacturer", "제조사": "manufacturer",
	"countryofmanufacture": "made_in", "countryoforigin": "made_in", "원산지": "made_in", "产地": "made_in", "madein": "made_in",
	"warrantyinformation": "warranty", "warranty": "warranty", "producthighlight": "highlight", "features": "features",
	"metatitle": "seo_title", "seotitle": "seo_title", "metadescription": "seo_description", "seodescription": "seo_description", "metakeywords": "seo_keywords",
	"imagealttext": "image_text", "imagename": "image_text", "imagecaption": "image_text",
	"hasvariantname": "variants", "hasvariantcolor": "color", "hasvariantsize": "size", "hasvariantsku": "sku",
}

// shownAttributes takes over the columns that buyers see.
func (d *draft) shownAttributes(r *record) {
	for i, name := range r.names {
		if as, ok := shown[key(name)]; ok {
			if v := r.at(i); !v.empty() && v.text != d.fields[fieldID].text {
				d.addAttribute(as, v, v.text)
			}
		}
	}
}

// readCommon reads a row by the common names.
func readCommon(r *record, d *draft) {
	d.fill(r, common)
	if v := d.fields[fieldCategory]; !v.empty() {
		v.text = commonCategory(r, v)
		d.fields[fieldCategory] = v
	}
	d.shownAttributes(r)
	addProperties(r, d)
}

// commonCategory reads a path in one cell, with any of the usual separators,
// or a list of levels in several.
func commonCategory(r *record, v value) string {
	if all := r.all(key(v.column)); len(all) > 1 {
		levels := make([]string, len(all))
		for i, a := range all {
			levels[i] = a.text
		}
		return deepest(levels, ">›»/")
	}
	if strings.Contains(v.text, "\n") {
		return splitCategory(v.text, "\n>")
	}
	if isAddress(v.text) || strings.ContainsAny(v.text, ">›»") {
		return splitCategory(v.text, ">›»")
	}
	if strings.Contains(v.text, " / ") {
		return strings.Join(strings.Split(v.text, " / "), " > ")
	}
	return v.text
}

// addProperties pairs names and values of schema.org additionalProperty.
func addProperties(r *record, d *draft) {
	names, values := r.all("additionalpropertyname"), r.all("additionalpropertyvalue")
	for i := range min(len(names), len(values)) {
		d.addAttribute(names[i].text, values[i], values[i].text)
	}
}

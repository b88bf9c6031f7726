package feed

import (
	"cmp"
	"hash/maphash"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"assay/internal/fault"
	"assay/internal/listing"
)

func itoa(n int) string { return strconv.Itoa(n) }

const (
	maxIDBytes       = 200
	maxTitleBytes    = 2000
	maxNameBytes     = 500
	maxLinkBytes     = 2048
	maxAttributeText = 4000
	maxSeen          = 1 << 24 // ids remembered against duplicates: at most some 300 MB
)

// builder turns drafts into rows and says what is wrong with them.
type builder struct {
	opt  Options
	seed maphash.Seed
	seen map[uint64]struct{}
}

func newBuilder(opt Options) builder {
	return builder{opt: opt, seed: maphash.MakeSeed(), seen: make(map[uint64]struct{})}
}

// finish makes the row; the reject is nil when it could.
func (b *builder) finish(d *draft) (Item, *Reject) {
	if d.reject != nil {
		return Item{}, b.rejected(d, d.reject)
	}
	row := listing.Row{}
	id, wrong := b.id(d)
	row.ExternalID = id
	title := d.fields[fieldTitle]
	row.Offer.Title = b.cut(d, title, oneLine(title.text), maxTitleBytes)
	again := id != "" && b.again(id)
	switch {
	case again:
		wrong = append(wrong, problem(codeDuplicateID, cmp.Or(d.fields[fieldID].column, "id"), quoted(id)))
	case row.Offer.Title == "":
		wrong = append(wrong, problem(codeMissingTitle, cmp.Or(title.column, "title"), ""))
	}
	if wrong != nil {
		return Item{}, b.rejected(d, wrong)
	}
	b.remember(id)
	b.words(d, &row)
	b.facts(d, &row.Offer)
	b.price(d, &row.Offer)
	b.gtin(d, &row.Offer)
	if len(row.Offer.Attributes) == 0 {
		row.Offer.Attributes = nil
	}
	return Item{Row: row, Line: d.line, Rows: d.rows, Warnings: d.problems}, nil
}

func (b *builder) rejected(d *draft, problems []fault.Field) *Reject {
	return &Reject{Line: d.line, Rows: d.rows, ID: clip(oneLine(d.fields[fieldID].text), maxIDBytes), Problems: problems, Raw: d.raw}
}

// id reads the id and refuses a missing one.
func (b *builder) id(d *draft) (string, []fault.Field) {
	v := d.fields[fieldID]
	column := cmp.Or(v.column, "id")
	id := strings.Join(strings.Fields(strings.ReplaceAll(v.text, "\ufffd", "")), " ")
	switch {
	case id == "":
		return "", []fault.Field{problem(codeMissingID, column, "")}
	case len(id) > maxIDBytes:
		return "", []fault.Field{problem(codeIDTooLong, column, "")}
	}
	return id, nil
}

// again reports whether the id was taken before. Ids are kept as 8-byte
// hashes under a random seed, so that nobody can prepare two that collide.
func (b *builder) again(id string) bool {
	_, ok := b.seen[maphash.String(b.seed, id)]
	return ok
}

func (b *builder) remember(id string) {
	if len(b.seen) < maxSeen {
		b.seen[maphash.String(b.seed, id)] = struct{}{}
	}
}

// cut shortens a finished text and says so.
func (b *builder) cut(d *draft, v value, text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	d.warn(codeValueTooLong, v, itoa(limit))
	return cutBytes(text, limit)
}

// words fills everything a buyer reads, and the pictures.
func (b *builder) words(d *draft, row *listing.Row) {
	o := &row.Offer
	short := func(f field) string {
		v := d.fields[f]
		return b.cut(d, v, oneLine(v.text), maxNameBytes)
	}
	row.SellerExternalID = cutBytes(cmp.Or(oneLine(d.fields[fieldSellerID].text), b.opt.Seller), maxIDBytes)
	row.SellerName = short(fieldSellerName)
	o.Brand, o.MPN = short(fieldBrand), short(fieldMPN)
	o.Category = cutBytes(splitCategory(oneLine(d.fields[fieldCategory].text), ">›»"), maxNameBytes)
	o.Link = b.link(d, d.fields[fieldLink])

	body := d.fields[fieldDescription]
	text, inside := plain(body.text)
	lead, insideLead := plain(d.fields[fieldSummary].text)
	if lead != "" && !strings.Contains(text, lead) {
		text = strings.TrimSpace(lead + "\n\n" + text)
	}
	o.Description = b.cut(d, body, text, b.opt.MaxField)
	for _, u := range append(insideLead, inside...) {
		d.addPictures(body, []string{resolve(u, o.Link)})
	}
	o.Pictures = b.pictures(d)
	o.Attributes = b.attributes(d)
	if o.Attributes["sku"] == row.ExternalID {
		delete(o.Attributes, "sku") // says nothing new
	}
}

func (b *builder) attributes(d *draft) map[string]string {
	if d.truncated {
		d.warn(codeAttributesMany, value{}, itoa(maxDraftAttributes))
	}
	out := make(map[string]string, len(d.attributes)+1)
	for _, a := range d.attributes {
		values := make([]string, 0, len(a.values))
		for _, v := range a.values {
			if v = oneLine(v); v != "" {
				values = append(values, v)
			}
		}
		name := cutBytes(oneLine(a.name), maxNameBytes)
		if text := strings.Join(values, ", "); text != "" && name != "" {
			out[name] = b.cut(d, value{column: a.column}, text, maxAttributeText)
		}
	}
	return out
}

// facts fills what is chosen from fixed lists.
func (b *builder) facts(d *draft, o *listing.Offer) {
	if v := d.fields[fieldCondition]; !v.empty() {
		if o.Condition = conditions[key(strings.TrimSuffix(v.text[strings.LastIndexByte(v.text, '/')+1:], "Condition"))]; o.Condition == "" {
			d.warn(codeConditionUnknown, v, quoted(v.text))
		}
	}
	if v := d.fields[fieldLanguage]; !v.empty() {
		if t, err := language.Parse(strings.TrimSpace(v.text)); err == nil && t != language.Und {
			o.Language = t.String()
		} else {
			d.warn(codeLanguageUnknown, v, quoted(v.text))
		}
	}
	if o.Language == "" {
		o.Language = b.language(guessLanguage(o.Title, cutBytes(o.Description, 2000)))
	}
	o.Country = strings.ToUpper(b.opt.Country)
	if v := d.fields[fieldCountry]; !v.empty() {
		if c := strings.ToUpper(v.text); len(c) == 2 && letterAt(c, 0) && letterAt(c, 1) {
			o.Country = c
		} else {
			d.warn(codeCountryUnknown, v, quoted(v.text))
		}
	}
}

// language weighs the guess by script against the feed's own language, which
// knows more: a region, or Japanese written in Han alone.
func (b *builder) language(guess string) string {
	own, _, _ := strings.Cut(strings.ToLower(b.opt.Language), "-")
	if guess == "" || guess == own || guess == "zh" && (own == "ja" || own == "ko") {
		return b.opt.Language
	}
	return guess
}

var conditions = map[string]string{
	"new": "new", "neu": "new", "nuovo": "new", "nuevo": "new", "neuf": "new", "새상품": "new", "신상품": "new", "새제품": "new", "全新": "new", "新品": "new", "신품": "new",
	"refurbished": "refurbished", "renewed": "refurbished", "ricondizionato": "refurbished", "리퍼": "refurbished", "리퍼비시": "refurbished", "翻新": "refurbished", "generalüberholt": "refurbished",
	"used": "used", "damaged": "used", "secondhand": "used", "preowned": "used", "usato": "used", "gebraucht": "used", "중고": "used", "중고상품": "used", "二手": "used", "中古": "used",
}

// gtin keeps one verified number; those of several variants become words.
func (b *builder) gtin(d *draft, o *listing.Offer) {
	var good []string
	seen := map[string]bool{}
	for _, v := range d.gtins {
		digits, code := parseGTIN(v.text)
		if code != "" {
			d.warn(code, v, quoted(v.text))
			continue
		}
		if !seen[digits] {
			seen[digits] = true
			good = append(good, digits)
		}
	}
	switch {
	case len(good) == 1:
		o.GTIN = good[0]
	case len(good) > 1:
		o.Attributes["gtin"] = cutBytes(strings.Join(good, ", "), maxAttributeText)
	}
}

package registry

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/fault"
)

// Bounds of one registry row.
const (
	maxName   = 300
	maxPhrase = 1_000
	maxList   = 500
)

var (
	idForm       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$`)
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	scriptForm   = regexp.MustCompile(`^[A-Z][a-z]{3}$`)
	officeForm   = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Each Validate reports everything that is wrong with a row by itself, with
// the path of the field; whether what it refers to exists is the store's to say.

// Validate checks a rights holder.
func (h RightsHolder) Validate() []fault.Field {
	var c check
	c.id("id", h.ID)
	c.text("name", h.Name, 1, maxName)
	c.form("country", h.Country, countryForm, "use two capital letters (ISO 3166-1), e.g. KR")
	c.form("language", h.Language, languageForm, "use a language tag, e.g. ko or zh-Hans")
	if h.Email != "" && !strings.Contains(h.Email, "@") {
		c.add("email", "bad_email", "give an e-mail address")
	}
	return c
}

// Validate checks a brand.
func (b Brand) Validate() []fault.Field {
	var c check
	c.id("id", b.ID)
	c.need("holder", b.HolderID)
	c.text("name", b.Name, 1, maxName)
	if len(b.Goods) > maxList {
		c.add("goods", "too_many", "give at most 500 kinds of goods")
	}
	for cur, v := range b.UsualPrice {
		if !currencyForm.MatchString(cur) || !(v > 0) {
			c.add("usual_price", "bad_price", "give an ISO 4217 currency and an amount above 0, e.g. USD: 1400")
		}
	}
	return c
}

// Validate checks a right.
func (r Right) Validate() []fault.Field {
	var c check
	c.id("id", r.ID)
	c.need("brand", r.BrandID)
	oneOf(&c, "kind", r.Kind, RightKinds)
	oneOf(&c, "status", r.Status, RightStatuses)
	c.form("office", r.Office, officeForm, "use the two letters of the office (WIPO ST.3), e.g. KR, EM, WO")
	for _, n := range r.Classes {
		if n < 1 || n > 45 {
			c.add("classes", "bad_class", "Nice classes run from 1 to 45")
			break
		}
	}
	c.countries("territories", r.Territories)
	if !r.ExpiresOn.IsZero() && !r.RegisteredOn.IsZero() && r.ExpiresOn.String() < r.RegisteredOn.String() {
		c.add("expires_on", "dates_reversed", "the right expires before it was registered")
	}
	if r.Status == RightRegistered && r.Number == "" && (r.Kind == Trademark || r.Kind == Design || r.Kind == Patent) {
		c.add("number", "missing", "a registered right needs its registration number")
	}
	return c
}

// Validate checks an asset.
func (a Asset) Validate() []fault.Field {
	var c check
	c.id("id", a.ID)
	c.need("brand", a.BrandID)
	oneOf(&c, "kind", a.Kind, AssetKinds)
	c.form("language", a.Language, languageForm, "use a language tag, e.g. ko or zh-Hans")
	c.form("script", a.Script, scriptForm, "use four letters (ISO 15924), e.g. Hang")
	if len(a.DismissedSpellings) > maxList {
		c.add("dismissed_spellings", "too_many", "dismiss at most 500 spellings")
	}
	for _, s := range a.DismissedSpellings {
		c.text("dismissed_spellings", s, 1, maxName)
	}
	a.validateSought(&c)
	switch {
	case a.Kind == AssetName:
		c.text("text", a.Text, 1, maxName)
	case a.Kind == AssetPhrase:
		c.text("text", a.Text, 1, maxPhrase)
	case a.Picture == "":
		c.add("picture", "missing", "give the picture that is to be recognised")
	}
	return c
}

// validateSought lets only whole photographs be sought as a whole: a mark or
// badge is a part of a picture by its nature, and words have no print.
func (a Asset) validateSought(c *check) {
	switch {
	case a.Sought == "":
	case a.Kind.Textual():
		c.add("sought", "only_pictures", "words are always sought everywhere; leave this out")
	case a.Sought == SoughtWhole && a.Kind != AssetPhotograph:
		c.add("sought", "only_photographs", "a mark or badge is a part of a picture: have it sought inside pictures, or register a photograph")
	default:
		oneOf(c, "sought", a.Sought, Soughts)
	}
}

// Validate checks a licence.
func (l Licence) Validate() []fault.Field {
	var c check
	c.id("id", l.ID)
	c.need("brand", l.BrandID)
	c.need("seller", l.SellerID)
	oneOf(&c, "status", l.Status, LicenceStatuses)
	c.countries("territories", l.Territories)
	if !l.Until.IsZero() && !l.From.IsZero() && l.Until.String() < l.From.String() {
		c.add("until", "dates_reversed", "the licence ends before it begins")
	}
	return c
}

type check []fault.Field

func (c *check) add(path, code, message string) {
	*c = append(*c, fault.Field{Path: path, Code: code, Message: message})
}

func (c *check) id(path, v string) {
	if !idForm.MatchString(v) {
		c.add(path, "bad_id", "use 1 to 100 letters, digits, dot, colon, dash or underscore, beginning with a letter or digit")
	}
}

func (c *check) need(path, v string) {
	if v == "" {
		c.add(path, "missing", "must not be empty")
	}
}

func (c *check) text(path, v string, low, high int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(v)); {
	case n < low:
		c.add(path, "missing", "must not be empty")
	case n > high:
		c.add(path, "too_long", "shorten it")
	case !utf8.ValidString(v):
		c.add(path, "bad_text", "send valid UTF-8")
	}
}

func (c *check) form(path, v string, form *regexp.Regexp, mend string) {
	if v != "" && !form.MatchString(v) {
		c.add(path, "bad_form", mend)
	}
}

func (c *check) countries(path string, list []string) {
	for _, v := range list {
		if !countryForm.MatchString(v) {
			c.add(path, "bad_form", "use two capital letters (ISO 3166-1), e.g. KR")
			return
		}
	}
}

func oneOf[T ~string](c *check, path string, v T, all []T) {
	if slices.Contains(all, v) {
		return
	}
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = string(a)
	}
	c.add(path, "unknown_value", "use one of "+strings.Join(names, ", "))
}

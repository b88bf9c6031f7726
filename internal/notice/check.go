package notice

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"assay/internal/fault"
	"assay/internal/registry"
)

// Bounds of what is written, in bytes.
const (
	maxFacts   = 8000
	maxShort   = 300
	leastFacts = 20 // letters: a substantiated explanation is more than a word
)

// Behind is what the registry has behind a notice.
type Behind struct {
	Brand *registry.Brand // nil: there is none of that id
	Right *registry.Right
}

// Check says what a notice lacks, field by field, in the order of the form:
// codes are messages "notice.missing.<code>". It is complete when nothing is.
// What must be there follows from its kind and its profile: Article 16(2) DSA
// asks for a substantiated explanation, the exact addresses, name and e-mail,
// and good faith; 17 U.S.C. 512(c)(3) for signature, work, material, contact,
// good faith, and accuracy with authority.
func (n Notice) Check(b Behind, lines, found int, now time.Time) []fault.Field {
	c := &checker{}
	what, known := kinds[n.Kind]
	need, profiled := profiles[n.Profile]
	c.want(known, "kind", "kind", "choose what the notice is about")
	c.want(profiled, "profile", "profile", "choose the law it is made under")
	if known {
		n.checkRight(c, what, b, now)
	}
	c.want(countLetters(n.Facts) >= leastFacts, "facts", "facts", "say in your own words what is wrong with the listings, and how one can see it")
	c.want(len(n.Facts) <= maxFacts, "facts", "too_long", "use at most 8,000 bytes")
	switch {
	case lines == 0:
		c.add("lines", "lines", "name the listings: addresses or ids, one a line")
	case found == 0:
		c.add("lines", "no_listing", "none of the lines names a listing of this marketplace")
	}
	n.checkPeople(c, need)
	return c.missing
}

// checkRight looks at what the complaint rests on.
func (n Notice) checkRight(c *checker, what about, b Behind, now time.Time) {
	switch {
	case n.BrandID == "":
		c.want(n.HolderID == "", "brand_id", "brand", "choose the brand")
	case b.Brand == nil, n.HolderID != "" && b.Brand.HolderID != n.HolderID:
		c.add("brand_id", "not_yours", "this brand is not one of the notifier's")
		return
	}
	inForce := b.Right != nil && b.Right.InForce(now)
	switch {
	case n.RightID == "" && len(what.rights) > 0 && !(what.work && n.Work != ""):
		c.want(n.HolderID == "" && strings.TrimSpace(n.Owner) != "", "right_id", "right", "choose the right that is infringed, or say which it is and whose")
	case n.RightID != "" && (b.Right == nil || b.Right.BrandID != n.BrandID):
		c.add("right_id", "other_right", "this right does not belong to the brand")
	case n.RightID != "" && len(what.rights) > 0 && !slices.Contains(what.rights, b.Right.Kind):
		c.add("right_id", "wrong_right", "a right of this kind does not carry such a complaint")
	case n.RightID != "" && !inForce:
		c.add("right_id", "not_in_force", "this right is not in force")
	}
	if what.work {
		c.want(strings.TrimSpace(n.Work) != "" || n.RightID != "", "work", "work", "say which work it is, and where the original can be seen")
	}
}

// checkPeople looks at who complains and what he declares.
func (n Notice) checkPeople(c *checker, need needs) {
	c.want(strings.TrimSpace(n.Contact.Name) != "", "contact.name", "name", "give your name")
	address, err := mail.ParseAddress(n.Contact.Email)
	c.want(err == nil && address.Address == strings.TrimSpace(n.Contact.Email), "contact.email", "email", "give an e-mail address at which you can be reached")
	if need.address {
		c.want(strings.TrimSpace(n.Contact.Address) != "", "contact.address", "address", "give your postal address")
		c.want(countDigits(n.Contact.Phone) >= 5, "contact.phone", "phone", "give your telephone number")
	}
	for _, f := range []struct{ path, text string }{{"contact.name", n.Contact.Name}, {"contact.email", n.Contact.Email}, {"contact.organisation", n.Contact.Organisation},
		{"contact.phone", n.Contact.Phone}, {"contact.address", n.Contact.Address}, {"owner", n.Owner}, {"work", n.Work}, {"declared.signature", n.Declared.Signature}} {
		most := maxShort
		if f.path == "work" || f.path == "owner" {
			most = 2000
		}
		c.want(len(f.text) <= most, f.path, "too_long", "this is too long")
	}
	c.want(n.Declared.GoodFaith, "declared.good_faith", "good_faith", "declare that you act in good faith")
	c.want(n.Declared.Accurate, "declared.accurate", "accurate", "declare that what you say is accurate and complete")
	if need.authority {
		c.want(n.Declared.Authority, "declared.authority", "authority", "declare that you own the right or may act for its owner")
	}
	if need.signature {
		c.want(strings.TrimSpace(n.Declared.Signature) != "", "declared.signature", "signature", "sign with your full name")
	}
}

// Lacks lists every code of Check.
var Lacks = []string{"kind", "profile", "brand", "not_yours", "right", "other_right", "wrong_right", "not_in_force", "work", "facts", "too_long", "lines", "no_listing",
	"name", "email", "address", "phone", "good_faith", "accurate", "authority", "signature"}

type checker struct{ missing []fault.Field }

func (c *checker) add(path, code, text string) {
	c.missing = append(c.missing, fault.Field{Path: path, Code: code, Message: text})
}

func (c *checker) want(ok bool, path, code, text string) {
	if !ok {
		c.add(path, code, text)
	}
}

func countLetters(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			n += 2 // a syllable says as much as two letters
		case unicode.IsLetter(r):
			n++
		}
	}
	return n
}

func countDigits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

package intake

import (
	"strings"
	"unicode/utf8"

	"assay/internal/fault"
	"assay/internal/listing"
)

// Bounds of one row. Marketplaces allow less; these only keep strangers from
// filling the store.
const (
	maxID          = 200
	maxTitle       = 2_000
	maxDescription = 200_000
	maxField       = 2_000
	maxPictures    = 60
	maxAttributes  = 200
)

// Check reports everything that is wrong with a row at once.
func Check(row listing.Row) error {
	var c checker
	o := row.Offer
	c.need("id", row.ExternalID, maxID)
	c.need("title", o.Title, maxTitle)
	c.text("description", o.Description, maxDescription)
	for path, v := range map[string]string{"seller_id": row.SellerExternalID, "seller_name": row.SellerName, "brand": o.Brand,
		"category": o.Category, "condition": o.Condition, "gtin": o.GTIN, "mpn": o.MPN, "link": o.Link, "language": o.Language, "country": o.Country} {
		c.text(path, v, maxField)
	}
	if o.Price != nil && (o.Price.Minor < 0 || len(o.Price.Currency) != 3 || o.Price.Currency != strings.ToUpper(o.Price.Currency)) {
		c.add("price", "bad_price", "give an amount of at least 0 and an ISO 4217 currency such as KRW")
	}
	c.pictures(o.Pictures)
	c.attributes(o.Attributes)
	return c.err()
}

type checker struct{ fields []fault.Field }

func (c *checker) add(path, code, message string) {
	c.fields = append(c.fields, fault.Field{Path: path, Code: code, Message: message})
}

func (c *checker) need(path, v string, limit int) {
	if strings.TrimSpace(v) == "" {
		c.add(path, "missing", "must not be empty")
		return
	}
	c.text(path, v, limit)
}

func (c *checker) text(path, v string, limit int) {
	if len(v) > limit {
		c.add(path, "too_long", "shorten it")
	}
	if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		c.add(path, "bad_text", "send valid UTF-8 without NUL")
	}
}

func (c *checker) pictures(list []listing.Picture) {
	if len(list) > maxPictures {
		c.add("pictures", "too_many", "give at most 60 pictures")
	}
	for _, p := range list {
		if p.URL == "" && p.Hash == "" {
			c.add("pictures", "missing", "each picture needs a url or the hash of an uploaded picture")
		}
		c.text("pictures", p.URL, maxField*2)
	}
}

func (c *checker) attributes(m map[string]string) {
	if len(m) > maxAttributes {
		c.add("attributes", "too_many", "give at most 200 attributes")
	}
	for k, v := range m {
		c.text("attributes", k, maxField)
		c.text("attributes."+k, v, maxDescription)
	}
}

func (c *checker) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Message: "the listing cannot be taken in as it is", Fields: c.fields}
}

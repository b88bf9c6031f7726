package search

import (
	"fmt"
	"math"
	"regexp"
	"unicode"
	"unicode/utf8"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
)

// Bounds on what one search may ask for.
const (
	MaxWords = 20
	maxText  = 300 // bytes of one word, of a category, of a name
)

type check []fault.Field

func (c *check) add(path, code, message string) {
	*c = append(*c, fault.Field{Path: path, Code: code, Message: message})
}

func (c *check) fits(path, text string) {
	if len(text) > maxText || !utf8.ValidString(text) {
		c.add(path, "too_long", fmt.Sprintf("use at most %d bytes of valid text", maxText))
	}
}

func (c check) err() error {
	if len(c) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Message: "this search cannot be used as it is", Fields: c}
}

// Check reports what is wrong with a query as fault.Invalid with its fields.
func (q Query) Check() error {
	c := q.check()
	return c.err()
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func (q Query) check() check {
	var c check
	q.checkWords(&c)
	c.fits("category", q.Category)
	c.fits("market", q.Market)
	c.fits("seller_id", q.SellerID)
	switch q.Status {
	case "", listing.Pending, listing.Live, listing.Held, listing.Removed, listing.Gone:
	default:
		c.add("status", "unknown_value", "use pending, live, held, removed, gone or nothing")
	}
	q.checkPrice(&c)
	if !q.From.IsZero() && !q.Until.IsZero() && q.From.String() > q.Until.String() {
		c.add("until", "dates_reversed", "the last day lies before the first")
	}
	return c
}

func (q Query) checkWords(c *check) {
	if len(q.Words) == 0 {
		c.add("words", "missing", "give at least one word to look for")
	}
	if len(q.Words) > MaxWords {
		c.add("words", "too_many", fmt.Sprintf("look for at most %d words at once", MaxWords))
		return
	}
	for i, w := range q.Words {
		path := fmt.Sprintf("words[%d]", i)
		if w.Kind != "" && w.Kind != lexicon.KindName && w.Kind != lexicon.KindPhrase {
			c.add(path, "unknown_value", "the kind is name or phrase")
		}
		c.fits(path, w.Text)
		c.fits(path, w.Language)
		if letters(w.Text) < 2 {
			c.add(path, "short_word", "a wording needs two letters at least")
		}
	}
}

func letters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func (q Query) checkPrice(c *check) {
	for _, p := range []struct {
		path  string
		value *float64
	}{{"price_min", q.PriceMin}, {"price_max", q.PriceMax}} {
		if p.value != nil && (math.IsNaN(*p.value) || *p.value < 0 || *p.value > 1e15) {
			c.add(p.path, "bad_price", "give a price of zero or more")
		}
	}
	if q.Currency != "" && !currencyForm.MatchString(q.Currency) || q.Currency == "" && (q.PriceMin != nil || q.PriceMax != nil) {
		c.add("currency", "bad_price", "give the currency of the price as three capital letters, for example KRW")
	}
	if q.PriceMin != nil && q.PriceMax != nil && *q.PriceMin > *q.PriceMax {
		c.add("price_max", "price_reversed", "the highest price lies below the lowest")
	}
}

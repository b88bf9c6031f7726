package feed

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"assay/internal/listing"
)

// price takes the lowest price a buyer can pay: the sale price while it
// holds, the cheapest of several variants.
func (b *builder) price(d *draft, o *listing.Offer) {
	currency := b.opt.Currency
	if v := d.fields[fieldCurrency]; !v.empty() {
		if c := strings.ToUpper(v.text); knownCurrency(c) {
			currency = c
		} else if m, _, err := parseMoney("1 "+v.text, currency); err == nil {
			currency = m.Currency
		}
	}
	if len(d.offers) == 0 {
		d.warn(codeMissingPrice, value{column: "price"}, "")
		return
	}
	for _, of := range d.offers {
		for _, v := range []value{of.price, b.sale(of)} {
			if m := b.money(d, v, currency); m != nil && (o.Price == nil || m.Currency == o.Price.Currency && m.Minor < o.Price.Minor) {
				o.Price = m
			}
		}
	}
}

func (b *builder) money(d *draft, v value, currency string) *listing.Money {
	if v.empty() {
		return nil
	}
	m, ambiguous, err := parseMoney(v.text, currency)
	if d.minor && err == nil && onlyDigits(v.text) {
		m.Minor, err = strconv.ParseInt(v.text, 10, 64)
	}
	switch {
	case errors.Is(err, errNoCurrency):
		d.warn(codeMissingCurrency, v, quoted(v.text))
		return nil
	case err != nil:
		d.warn(codePriceUnreadable, v, quoted(v.text))
		return nil
	case ambiguous:
		d.warn(codePriceAmbiguous, v, quoted(v.text))
	}
	return &m
}

// sale is the sale price if it holds at Options.Now.
func (b *builder) sale(o offer) value {
	if from, ok := parseDate(o.from.text, false); ok && b.opt.Now.Before(from) {
		return value{}
	}
	if to, ok := parseDate(o.to.text, true); ok && b.opt.Now.After(to) {
		return value{}
	}
	return o.sale
}

var dateForms = []string{time.RFC3339, "2006-01-02T15:04-0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04"}

// parseDate reads the date forms of feeds; a day alone lasts to its end when
// it is the end of a span.
func parseDate(s string, end bool) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err == nil && end {
		t = t.AddDate(0, 0, 1)
	}
	return t, err == nil
}

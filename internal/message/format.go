package message

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/number"

	"assay/internal/listing"
)

// months are the names that English and Italian dates spell out.
var months = map[string][12]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"it": {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
}

// Date is the day in the time's own zone: "3 November 2026", "2026년 11월 3일".
// The zero time is "".
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch p.lang {
	case "ko":
		return fmt.Sprintf("%d년 %d월 %d일", t.Year(), t.Month(), t.Day())
	case "zh":
		return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
	}
	day := strconv.Itoa(t.Day())
	if p.lang == "it" && t.Day() == 1 {
		day = "1º"
	}
	return fmt.Sprintf("%s %s %d", day, months[p.lang][t.Month()-1], t.Year())
}

// DateTime adds the time of day to the minute, by a clock of 24 hours.
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	between := " "
	if months[p.lang] != [12]string{} {
		between = ", "
	}
	return p.Date(t) + between + t.Format("15:04")
}

// Number writes an integer or a number with at most two decimals.
func (p *Printer) Number(n any) string {
	return p.numbers.Sprint(number.Decimal(n, number.MaxFractionDigits(2)))
}

// Percent writes 0.125 as "12.5%".
func (p *Printer) Percent(f float64) string {
	return p.numbers.Sprint(number.Percent(f, number.MaxFractionDigits(1)))
}

// symbols are signs that readers of a language take for that currency and no
// other; everything else is written with its code.
var symbols = map[string]map[string]string{
	"en": {"USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩", "JPY": "¥", "CNY": "CN¥"},
	"ko": {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "CNY": "CN¥"},
	"zh": {"USD": "US$", "EUR": "€", "GBP": "£", "KRW": "₩", "JPY": "JP¥", "CNY": "¥"},
	"it": {"EUR": "€", "GBP": "£"},
}

// Money writes an amount with its currency: "12,000원", "¥25.00", "25,00 €".
func (p *Printer) Money(m listing.Money) string {
	amount := p.numbers.Sprint(number.Decimal(m.Major(), number.Scale(listing.Exponent(m.Currency))))
	sign := ""
	if rest, ok := strings.CutPrefix(amount, "-"); ok {
		sign, amount = "-", rest
	}
	symbol, known := symbols[p.lang][m.Currency]
	switch {
	case p.lang == "ko" && m.Currency == "KRW":
		return sign + amount + "원"
	case p.lang == "it":
		if !known {
			symbol = m.Currency
		}
		return sign + amount + "\u00a0" + symbol
	case known:
		return sign + symbol + amount
	}
	return m.Currency + "\u00a0" + sign + amount
}

// Bytes writes a size in steps of a thousand: "1.5 MB".
func (p *Printer) Bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	size, step := float64(n), 0
	for size >= 999.95 && step < len(units)-1 {
		size, step = size/1000, step+1
	}
	return p.numbers.Sprint(number.Decimal(size, number.MaxFractionDigits(1))) + "\u00a0" + units[step]
}

// ZoneName names the zone of a time shortly: "KST", "CET", "UTC", or, where a
// zone has no letters of its own, "UTC+8", "UTC-3:30".
func ZoneName(t time.Time) string {
	name, offset := t.Zone()
	if name == "" || name[0] != '+' && name[0] != '-' {
		return name
	}
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	out := "UTC" + sign + strconv.Itoa(offset/3600)
	if rest := offset % 3600 / 60; rest != 0 {
		out += fmt.Sprintf(":%02d", rest)
	}
	return out
}

// Moment is a time in a zone, to the minute, with the zone named:
// "3 November 2026, 15:04 KST", "2026년 11월 3일 15:04 KST".
func (p *Printer) Moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	return p.DateTime(t) + " " + ZoneName(t)
}

// Clock is the time of day in a zone, with the zone named: "15:04 KST".
func (p *Printer) Clock(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return t.Format("15:04") + " " + ZoneName(t)
}

package feed

import (
	"errors"
	"math"
	"strings"
	"unicode"

	"assay/internal/listing"
)

var (
	errNoPrice    = errors.New("not a price")
	errNoCurrency = errors.New("no currency")
)

// currencies are the codes of ISO 4217 in use for prices; listing.Exponent
// knows their minor units.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "

// signs are written forms of currencies, longer ones first. An empty code
// means that several countries use the sign: the feed's default decides.
var signs = []struct{ sign, code string }{
	{"US$", "USD"}, {"HK$", "HKD"}, {"NT$", "TWD"}, {"CA$", "CAD"}, {"AU$", "AUD"}, {"NZ$", "NZD"}, {"MX$", "MXN"}, {"S$", "SGD"},
	{"R$", "BRL"}, {"A$", "AUD"}, {"C$", "CAD"}, {"CN¥", "CNY"}, {"JP¥", "JPY"}, {"RMB", "CNY"}, {"KČ", "CZK"}, {"ZŁ", "PLN"},
	{"EURO", "EUR"}, {"€", "EUR"}, {"₩", "KRW"}, {"￦", "KRW"}, {"원", "KRW"}, {"円", "JPY"}, {"元", "CNY"}, {"£", "GBP"},
	{"₹", "INR"}, {"₽", "RUB"}, {"₺", "TRY"}, {"฿", "THB"}, {"₫", "VND"}, {"₱", "PHP"}, {"₴", "UAH"}, {"₪", "ILS"}, {"₸", "KZT"},
	{"$", ""}, {"¥", ""}, {"￥", ""}, {"KR", ""},
}

func knownCurrency(code string) bool {
	return len(code) == 3 && strings.Contains(currencies, " "+code+" ")
}

// parseMoney reads a price as people and shops write it: "12.00 USD",
// "₩12,900", "12.900,00 €", "1'299.-" or a bare number in the default
// currency. ambiguous is set when a point could be either separator.
func parseMoney(s, fallback string) (m listing.Money, ambiguous bool, err error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) > 64 {
		return m, false, errNoPrice
	}
	number, code := splitCurrency(s, fallback)
	if !strings.ContainsFunc(number, unicode.IsDigit) {
		return m, false, errNoPrice
	}
	digits := listing.Exponent(code)
	whole, fraction, ambiguous, ok := splitNumber(number, digits)
	if !ok {
		return m, false, errNoPrice
	}
	minor, ok := toMinor(whole, fraction, digits)
	if !ok {
		return m, false, errNoPrice
	}
	if code == "" {
		return m, false, errNoCurrency
	}
	return listing.Money{Minor: minor, Currency: code}, ambiguous, nil
}

// splitCurrency takes the currency off; what is left should be a number.
func splitCurrency(s, fallback string) (number, code string) {
	for i := 0; i+3 <= len(s); i++ {
		if c := s[i : i+3]; knownCurrency(c) && !letterAt(s, i-1) && !letterAt(s, i+3) {
			return strings.TrimSpace(s[:i] + " " + s[i+3:]), c
		}
	}
	for _, sg := range signs {
		before, after, found := strings.Cut(s, sg.sign)
		if !found {
			continue
		}
		code = sg.code
		if code == "" {
			code = shared(sg.sign, fallback)
		}
		return strings.TrimSpace(before + " " + after), code
	}
	return s, fallback
}

func letterAt(s string, i int) bool {
	return i >= 0 && i < len(s) && s[i] >= 'A' && s[i] <= 'Z'
}

// shared resolves a sign of several currencies by the feed's own currency.
func shared(sign, fallback string) string {
	switch sign {
	case "$":
		if strings.HasSuffix(fallback, "D") || strings.Contains(" MXN ARS CLP COP UYU CUP DOP ", " "+fallback+" ") && fallback != "" {
			return fallback
		}
		return "USD"
	case "KR":
		if strings.Contains(" SEK NOK DKK ISK ", " "+fallback+" ") && fallback != "" {
			return fallback
		}
		return ""
	}
	if fallback == "CNY" {
		return "CNY"
	}
	return "JPY"
}

// splitNumber decides which separator is the decimal one.
func splitNumber(s string, digits int) (whole, fraction string, ambiguous, ok bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "-"), "–")
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\'', '’', '٬':
			return -1
		}
		if unicode.IsSpace(r) || r == '\u202f' {
			return ' '
		}
		return r
	}, s)
	s = strings.Trim(s, " ")
	if grouped := strings.Split(s, " "); len(grouped) > 1 {
		for _, g := range grouped[1:] {
			if head, _, _ := strings.Cut(strings.ReplaceAll(g, ",", "."), "."); len(head) != 3 {
				return "", "", false, false
			}
		}
		s = strings.Join(grouped, "")
	}
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	decimal := byte(0)
	switch {
	case points > 0 && commas > 0:
		decimal = s[max(strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ','))]
	case points == 1:
		decimal, ambiguous = onlyPoint(s, digits)
	case commas == 1 && len(s)-strings.IndexByte(s, ',')-1 != 3:
		decimal = ','
	}
	whole = s
	if decimal != 0 {
		if strings.Count(s, string(decimal)) > 1 {
			return "", "", false, false
		}
		whole, fraction, _ = strings.Cut(s, string(decimal))
	}
	whole, ok = ungroup(whole)
	return whole, fraction, ambiguous, ok && onlyDigits(fraction)
}

// onlyPoint judges one point without commas. Three digits after it mean
// thousands where the currency has no hundredths, and may mean it elsewhere.
func onlyPoint(s string, digits int) (decimal byte, ambiguous bool) {
	i := strings.IndexByte(s, '.')
	if len(s)-i-1 != 3 || digits >= 3 || strings.HasPrefix(s, "0") {
		return '.', false
	}
	if digits == 0 {
		return 0, false
	}
	return '.', true
}

// ungroup removes thousands separators; groups after the first have three
// digits, or two as in India.
func ungroup(s string) (string, bool) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' })
	for i, g := range groups {
		last := i == len(groups)-1
		if !onlyDigits(g) || i > 0 && len(g) != 3 && (last || len(g) != 2) {
			return "", false
		}
	}
	return strings.Join(groups, ""), len(groups) > 0 || s == ""
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// toMinor rounds half up to the minor unit.
func toMinor(whole, fraction string, digits int) (int64, bool) {
	if len(whole) > 15 {
		return 0, false
	}
	var n int64
	for _, c := range whole {
		n = n*10 + int64(c-'0')
	}
	for i := range digits {
		d := int64(0)
		if i < len(fraction) {
			d = int64(fraction[i] - '0')
		}
		if n > math.MaxInt64/10-1 {
			return 0, false
		}
		n = n*10 + d
	}
	if len(fraction) > digits && fraction[digits] >= '5' {
		n++
	}
	return n, n < 1e15
}

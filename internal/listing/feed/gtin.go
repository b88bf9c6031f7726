package feed

import "strings"

// parseGTIN checks a trade item number (GS1 General Specifications 7.9, mod
// 10) and returns its digits. An ISBN-10 comes back as ISBN-13. code says
// what is wrong: the number is then not to be used.
func parseGTIN(s string) (digits, code string) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\'' || r == '\u00a0' || r == '‐' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(s), "ISBN"), ":")
	if len(s) == 10 && validISBN10(s) {
		body := "978" + s[:9]
		return body + string(rune('0'+checkDigit(body))), ""
	}
	switch {
	case !onlyDigits(s):
		return "", codeGTINDigits
	case len(s) != 8 && len(s) != 12 && len(s) != 13 && len(s) != 14:
		return "", codeGTINLength
	case int(s[len(s)-1]-'0') != checkDigit(s[:len(s)-1]):
		return "", codeGTINCheckDigit
	case restrictedGTIN(s):
		return "", codeGTINRestricted
	}
	return s, ""
}

// checkDigit weighs the digits 3, 1, 3 ... from the right.
func checkDigit(body string) int {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// restrictedGTIN knows the numbers that mean something inside one company or
// country only: prefixes 02, 04 and 20 to 29 of the 13-digit form, 0 and 2 of
// the 8-digit form, and numbers of zeros.
func restrictedGTIN(s string) bool {
	if strings.Trim(s, "0") == "" {
		return true
	}
	switch len(s) {
	case 8:
		return s[0] == '0' || s[0] == '2'
	case 12:
		s = "0" + s
	case 14:
		s = s[1:]
	}
	return strings.HasPrefix(s, "02") || strings.HasPrefix(s, "04") || s[0] == '2'
}

// validISBN10 weighs the digits 10 to 1; X stands for 10 at the end.
func validISBN10(s string) bool {
	sum := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			sum += (10 - i) * int(c-'0')
		case c == 'X' && i == 9:
			sum += 10
		default:
			return false
		}
	}
	return sum%11 == 0
}

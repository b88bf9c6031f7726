package feed

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		in, fallback string
		minor        int64
		currency     string
	}{
		{"12.00 USD", "", 1200, "USD"}, {"1,299.00 USD", "", 129900, "USD"}, {"USD 5", "", 500, "USD"}, {"US$ 5", "", 500, "USD"},
		{"₩12,900", "", 12900, "KRW"}, {"12,900원", "", 12900, "KRW"}, {"￦1,000", "", 1000, "KRW"}, {"12900.00", "KRW", 12900, "KRW"}, {"12.900", "KRW", 12900, "KRW"},
		{"12.900,00 €", "", 1290000, "EUR"}, {"12,50 €", "", 1250, "EUR"}, {"12,5", "EUR", 1250, "EUR"}, {"€1.234.567,89", "", 123456789, "EUR"},
		{"1 299,00 EUR", "", 129900, "EUR"}, {"1\u00a0299,00\u00a0€", "", 129900, "EUR"}, {"1'299.90 CHF", "", 129990, "CHF"}, {"CHF 12.-", "", 1200, "CHF"},
		{"¥1,800", "", 1800, "JPY"}, {"¥ 89.00", "CNY", 8900, "CNY"}, {"89元", "", 8900, "CNY"}, {"1500円", "", 1500, "JPY"},
		{"34.0000", "EUR", 3400, "EUR"}, {"9.995", "USD", 1000, "USD"}, {"0.999", "USD", 100, "USD"}, {"1.500 KWD", "", 1500, "KWD"}, {"1.5", "KWD", 1500, "KWD"},
		{"₹1,23,456.50", "", 12345650, "INR"}, {"R$ 10,00", "", 1000, "BRL"}, {"A$3", "", 300, "AUD"}, {"$3", "CAD", 300, "CAD"}, {"$3", "EUR", 300, "USD"},
		{"299 kr", "SEK", 29900, "SEK"}, {"25 zł", "", 2500, "PLN"}, {"0", "EUR", 0, "EUR"}, {".5", "EUR", 50, "EUR"}, {"5.", "EUR", 500, "EUR"}, {"1.500.000 ₫", "", 1500000, "VND"},
	} {
		m, _, err := parseMoney(c.in, c.fallback)
		if err != nil || m.Minor != c.minor || m.Currency != c.currency {
			t.Errorf("parseMoney(%q, %q) = %+v, %v; want %d %s", c.in, c.fallback, m, err, c.minor, c.currency)
		}
	}
	for _, s := range []string{"", "free", "-5 EUR", "5-10 EUR", "1.2.3 EUR", "12,34,5 EUR", "1,2,3.4.5 EUR", "5 EURO!", "about 5 EUR", "1e3 EUR", "99999999999999999999 EUR", "1 23 EUR", "5 USD EUR", "EUR", strings.Repeat("9", 70), "١٢ EUR"} {
		if m, _, err := parseMoney(s, ""); err == nil {
			t.Errorf("parseMoney(%q) = %+v; want an error", s, m)
		}
	}
	for s, want := range map[string]bool{"12.900 EUR": true, "12.90 EUR": false, "12.900 KRW": false, "0.900 EUR": false, "1.299.000 EUR": false, "12.900 KWD": false} {
		if _, ambiguous, err := parseMoney(s, ""); err != nil || ambiguous != want {
			t.Errorf("parseMoney(%q): ambiguous %v, %v; want %v", s, ambiguous, err, want)
		}
	}
	if _, _, err := parseMoney("12.00", ""); err != errNoCurrency {
		t.Errorf("a bare number without default: %v", err)
	}
}

// What is written in the usual forms is read back to the same amount.
func TestMoneyWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 1e12).Draw(t, "minor")
		comma := rapid.Bool().Draw(t, "comma")
		grouped := rapid.Bool().Draw(t, "grouped")
		code := rapid.SampledFrom([]string{"EUR", "USD", "CNY", "GBP"}).Draw(t, "code")
		whole := itoa(int(minor / 100))
		point, group := ".", ","
		if comma {
			point, group = ",", "."
		}
		if grouped {
			for i := len(whole) - 3; i > 0; i -= 3 {
				whole = whole[:i] + group + whole[i:]
			}
		}
		text := whole + point + string(rune('0'+minor%100/10)) + string(rune('0'+minor%10)) + " " + code
		m, ambiguous, err := parseMoney(text, "")
		if err != nil || ambiguous || m.Minor != minor || m.Currency != code {
			t.Fatalf("%q read as %+v, %v, %v", text, m, ambiguous, err)
		}
	})
}

func TestParseGTIN(t *testing.T) {
	for _, c := range []struct{ in, digits, code string }{
		{"4006381333931", "4006381333931", ""}, {"4006381 333931", "4006381333931", ""}, {"036000291452", "036000291452", ""}, {"96385074", "96385074", ""},
		{"10012345678902", "10012345678902", ""}, {"978-0-306-40615-7", "9780306406157", ""}, {"0-306-40615-2", "9780306406157", ""}, {"ISBN 0306406152", "9780306406157", ""},
		{"080442957X", "9780804429573", ""}, {"4006381333930", "", codeGTINCheckDigit}, {"12345", "", codeGTINLength}, {"0306406153", "", codeGTINLength},
		{"ABC", "", codeGTINDigits}, {"0000000000000", "", codeGTINRestricted}, {"02345673", "", codeGTINRestricted},
	} {
		if digits, code := parseGTIN(c.in); digits != c.digits || code != c.code {
			t.Errorf("parseGTIN(%q) = %q, %q; want %q, %q", c.in, digits, code, c.digits, c.code)
		}
	}
	for _, body := range []string{"201234567890", "291234567890", "021234567890", "041234567890", "21234567890", "41234567890", "1201234567890"} {
		if _, code := parseGTIN(body + itoa(checkDigit(body))); code != codeGTINRestricted {
			t.Errorf("%s with its check digit: %q, want restricted", body, code)
		}
	}
}

// A wrong digit, and most swapped neighbours, are found.
func TestGTINFindsTypingErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := "3" + rapid.StringMatching(`[0-9]{11}`).Draw(t, "body")
		good := body + itoa(checkDigit(body))
		if _, code := parseGTIN(good); code != "" {
			t.Fatalf("%s refused: %s", good, code)
		}
		at := rapid.IntRange(1, 12).Draw(t, "at")
		wrong := []byte(good)
		wrong[at] = '0' + (wrong[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, code := parseGTIN(string(wrong)); code != codeGTINCheckDigit {
			t.Fatalf("%s from %s passed", wrong, good)
		}
	})
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text alone", "Two  words\nand a line", "Two words\nand a line"},
		{"paragraphs", "<p>One</p>\n<p>Two</p>", "One\n\nTwo"},
		{"breaks and source lines", "One<br>\nTwo<br/><br/>Three\nfour", "One\nTwo\n\nThree four"},
		{"list", "<ul>\n<li>A</li>\n<li>B\n</ul>end", "A\nB\n\nend"},
		{"inline keeps words together", "bo<b>ld</b> and <i>more</i>", "bold and more"},
		{"table", "<table><tr><td>Size</td><td>M</td></tr><tr><td>Fit</td><td>slim</td></tr></table>", "Size M\nFit slim"},
		{"script and style", "a<script>alert('x')</script><style>p{}</style>b", "ab"},
		{"unclosed script", "a<script>alert('x')", "a"},
		{"entities", "Tom &amp; Co &trade; &#54620; &nbsp;x", "Tom & Co ™ 한 x"},
		{"escaped twice", "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\n\nTwo"},
		{"picture words", `<img src="a.jpg" alt="Official store" title="imported directly">`, "Official store imported directly"},
		{"no markup", "size <5 cm & a<b, I <3 it", "size <5 cm & a<b, I <3 it"},
		{"comment", "<b>a</b><!-- hidden -->b", "ab"},
		{"words in angle brackets", "<p>the <best> cup</p>", "the <best> cup"},
		{"control characters", "a\x00b\x07c", "a b c"},
		{"invisible letters stay", "br\u200band", "br\u200band"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := plain(c.in); got != c.want {
				t.Errorf("plain(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
	_, pictures := plain(`<p><img src="https://a.example/1.jpg"><img data-src='2.jpg' src="data:x"></p>`)
	if got := strings.Join(pictures, " "); got != "https://a.example/1.jpg 2.jpg data:x" {
		t.Errorf("pictures %q", got)
	}
}

func TestGuessLanguage(t *testing.T) {
	for s, want := range map[string]string{
		"Plain words": "", "정품 머그컵 USA": "ko", "軽いランタン": "ja", "露营灯": "zh", "正品 mug": "zh", "": "", "Größe": "", "Кружка": "", "한 大韓民國": "zh",
	} {
		if got := guessLanguage(s); got != want {
			t.Errorf("guessLanguage(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestSplitPictures(t *testing.T) {
	for in, want := range map[string]string{
		"https://a/1.jpg": "https://a/1.jpg", "https://a/1.jpg, https://a/2.jpg": "https://a/1.jpg https://a/2.jpg", "1.webp,2.webp": "1.webp 2.webp",
		"https://a/w_1,h_2/x.jpg,https://a/y.jpg": "https://a/w_1,h_2/x.jpg https://a/y.jpg", "a.jpg|b.jpg": "a.jpg b.jpg", "a.jpg\nb.jpg,": "a.jpg b.jpg", "//a/1.jpg,//a/2.jpg": "//a/1.jpg //a/2.jpg",
	} {
		if got := strings.Join(splitPictures(in), " "); got != want {
			t.Errorf("splitPictures(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPictureAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x y.jpg": "https://a.example/x%20y.jpg", "//a.example/1.jpg": "https://a.example/1.jpg", "/m/b/1.jpg": "m/b/1.jpg", "a\\b.jpg": "a/b.jpg",
		"../x.jpg": "", "a/../../x.jpg": "", "javascript:x": "", "data:image/png;base64,AA": "", "C:\\x.jpg": "", "ftp://a/x.jpg": "", "http://u:p@a/x.jpg": "", "": "", ".": "", "a\x00.jpg": "",
	} {
		got, ok := pictureAddress(in)
		if got != want || ok != (want != "") {
			t.Errorf("pictureAddress(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestDates(t *testing.T) {
	for _, s := range []string{"2026-06-01", "2026-06-01T12:00:00Z", "2026-06-01T12:00+0900", "2026-06-01T12:00+09:00", "2026-06-01 12:00:00"} {
		if d, ok := parseDate(s, false); !ok || d.Year() != 2026 {
			t.Errorf("parseDate(%q) = %v, %v", s, d, ok)
		}
	}
	if d, _ := parseDate("2026-06-01", true); d.Day() != 2 {
		t.Errorf("an end day lasts to its end, got %v", d)
	}
	if _, ok := parseDate("06/01/2026", false); ok {
		t.Error("a date that may be read in two ways is no date")
	}
}

package message

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/listing"
)

func TestMatch(t *testing.T) {
	for accept, want := range map[string]string{
		"":                             "en",
		"ko-KR,ko;q=0.9,en;q=0.8":      "ko",
		"zh-CN":                        "zh",
		"zh-Hans-SG":                   "zh",
		"it":                           "it",
		"de, it;q=0.5":                 "it",
		"fr":                           "en",
		"nonsense;;;q=":                "en",
		strings.Repeat("a", 100_000):   "en",
		"en-GB,en;q=0.9,ko;q=0.8":      "en",
		"ja;q=0.9, ko;q=0.8, en;q=0.7": "ko",
	} {
		if got := Match(accept); got != want {
			t.Errorf("Match(%.40q) = %s, want %s", accept, got, want)
		}
	}
	if got := Match("", "xx", "it-CH"); got != "it" {
		t.Errorf("later choices are not looked at: %s", got)
	}
	if For("ko-KR") != For("ko") || For("nowhere") != For("en") {
		t.Error("For does not find the best match")
	}
}

// sample is a catalogue of its own, so that these tests do not depend on texts.
func sample(t *testing.T) map[string]*Printer {
	t.Helper()
	all, err := load(fstest.MapFS{
		"catalogue/a.en.yaml": {Data: []byte("late:\n  one: \"{{.Count}} case of {{.Who}}\"\n  other: \"{{.Count}} cases of {{.Who}}\"\nplain: \"a <b> {{.V}}\"\n")},
		"catalogue/a.it.yaml": {Data: []byte("late:\n  one: \"{{.Count}} caso di {{.Who}}\"\n  other: \"{{.Count}} casi di {{.Who}}\"\n")},
		"catalogue/a.ko.yaml": {Data: []byte("late: \"{{.Who}} 사건 {{.Count}}건\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPlurals(t *testing.T) {
	all := sample(t)
	for _, c := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 0, "0 cases of A"}, {"en", 1, "1 case of A"}, {"en", 1234, "1,234 cases of A"},
		{"it", 1, "1 caso di A"}, {"it", 2, "2 casi di A"}, {"it", 1_000_000, "1.000.000 casi di A"},
		{"ko", 1, "A 사건 1건"}, {"ko", 12000, "A 사건 12,000건"},
	} {
		if got := all[c.lang].T("late", "Who", "A", "Count", c.count); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.count, got, c.want)
		}
	}
}

func TestArgumentsAreWrittenInTheLanguage(t *testing.T) {
	p := sample(t)["en"]
	for want, v := range map[string]any{
		"a <b> 1,234.5": 1234.5, "a <b> 3 November 2026": time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC),
		"a <b> €25.00": listing.Money{Minor: 2500, Currency: "EUR"}, "a <b> <i>": "<i>",
	} {
		if got := p.T("plain", "V", v); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatIsMissingIsSeen(t *testing.T) {
	if got := For("ko").T("no.such.key"); got != "no.such.key" {
		t.Errorf("unknown key gave %q", got)
	}
	if got := sample(t)["en"].T("plain"); got != "a <b> " {
		t.Errorf("missing argument gave %q", got)
	}
	for _, want := range []string{"ko: no.such.key", "en: plain {{.V}}"} {
		if !slices.Contains(Missing(), want) {
			t.Errorf("Missing() = %v lacks %q", Missing(), want)
		}
	}
}

func TestKeysAreSorted(t *testing.T) {
	keys := Keys("ko")
	if !slices.IsSorted(keys) || !slices.Contains(keys, "reason.picture_copy") {
		t.Errorf("%d keys", len(keys))
	}
}

func TestFormats(t *testing.T) {
	day := time.Date(2026, 11, 1, 14, 5, 0, 0, time.UTC)
	for lang, want := range map[string][]string{
		"en": {"1 November 2026", "1 November 2026, 14:05", "1,234,567", "12.5%", "₩12,000", "$25.00", "1.5\u00a0MB", "-€1,234.50", "CHF\u00a05.00", "0.13"},
		"ko": {"2026년 11월 1일", "2026년 11월 1일 14:05", "1,234,567", "12.5%", "12,000원", "US$25.00", "1.5\u00a0MB", "-€1,234.50", "CHF\u00a05.00", "0.13"},
		"zh": {"2026年11月1日", "2026年11月1日 14:05", "1,234,567", "12.5%", "₩12,000", "US$25.00", "1.5\u00a0MB", "-€1,234.50", "CHF\u00a05.00", "0.13"},
		"it": {"1º novembre 2026", "1º novembre 2026, 14:05", "1.234.567", "12,5%", "12.000\u00a0KRW", "25,00\u00a0USD", "1,5\u00a0MB", "-1.234,50\u00a0€", "5,00\u00a0CHF", "0,13"},
	} {
		p := For(lang)
		got := []string{p.Date(day), p.DateTime(day), p.Number(1234567), p.Percent(0.125), p.Money(listing.Money{Minor: 12000, Currency: "KRW"}),
			p.Money(listing.Money{Minor: 2500, Currency: "USD"}), p.Bytes(1_500_000), p.Money(listing.Money{Minor: -123450, Currency: "EUR"}),
			p.Money(listing.Money{Minor: 500, Currency: "CHF"}), p.Number(0.128)}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q, want %q", lang, got[i], want[i])
			}
		}
		if p.Date(time.Time{}) != "" || p.DateTime(time.Time{}) != "" {
			t.Errorf("%s writes the zero time", lang)
		}
	}
	for n, want := range map[int64]string{0: "0\u00a0B", 999: "999\u00a0B", 1000: "1\u00a0kB", 999_999: "1\u00a0MB", 1 << 62: "4.6\u00a0EB"} {
		if got := For("en").Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	p := For("ko")
	b.ReportAllocs()
	for b.Loop() {
		p.T("reason.text_name.sentence", "Brand", "Alba")
	}
}

func TestMomentsNameTheirZone(t *testing.T) {
	at := time.Date(2026, 11, 3, 15, 4, 5, 0, time.UTC)
	for _, c := range []struct{ lang, zone, moment, clock string }{
		{"en", "Asia/Seoul", "4 November 2026, 00:04 KST", "00:04 KST"},
		{"ko", "Asia/Seoul", "2026년 11월 4일 00:04 KST", "00:04 KST"},
		{"zh", "Asia/Shanghai", "2026年11月3日 23:04 CST", "23:04 CST"},
		{"it", "Europe/Rome", "3 novembre 2026, 16:04 CET", "16:04 CET"},
		{"it", "America/Sao_Paulo", "3 novembre 2026, 12:04 UTC-3", "12:04 UTC-3"},
		{"en", "Asia/Singapore", "3 November 2026, 23:04 UTC+8", "23:04 UTC+8"},
		{"en", "Asia/Kathmandu", "3 November 2026, 20:49 UTC+5:45", "20:49 UTC+5:45"},
		{"zh", "UTC", "2026年11月3日 15:04 UTC", "15:04 UTC"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := For(c.lang).Moment(at, zone); got != c.moment {
			t.Errorf("%s in %s: %q, want %q", c.lang, c.zone, got, c.moment)
		}
		if got := For(c.lang).Clock(at, zone); got != c.clock {
			t.Errorf("%s in %s: %q, want %q", c.lang, c.zone, got, c.clock)
		}
	}
	if For("en").Moment(time.Time{}, time.UTC) != "" {
		t.Error("no time is a moment")
	}
}

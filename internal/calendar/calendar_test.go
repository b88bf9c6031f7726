package calendar_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"assay/internal/calendar"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Worked by hand on the calendars of the eight countries.
func TestDaysAreCountedAsPeopleCountThem(t *testing.T) {
	for _, c := range []struct {
		why, country, from string
		n                  int
		want               string
	}{
		{"a week without holidays", "DE", "2026-06-08T10:00:00+02:00", 5, "2026-06-16T00:00:00+02:00"},
		{"over Chuseok and its weekend", "KR", "2026-09-23T09:00:00+09:00", 1, "2026-09-29T00:00:00+09:00"},
		{"Chuseok 2025, a substitute day and Hangul Day", "KR", "2025-10-02T18:00:00+09:00", 1, "2025-10-11T00:00:00+09:00"},
		{"late evening in Seoul is still that day", "KR", "2026-05-04T14:59:00Z", 1, "2026-05-07T00:00:00+09:00"},
		{"a minute later it is Children's Day", "KR", "2026-05-04T15:00:00Z", 1, "2026-05-07T00:00:00+09:00"},
		{"a Saturday on which China works", "CN", "2026-02-13T10:00:00+08:00", 1, "2026-02-15T00:00:00+08:00"},
		{"over the Spring Festival", "CN", "2026-02-14T10:00:00+08:00", 1, "2026-02-25T00:00:00+08:00"},
		{"Independence Day on the Friday before", "US", "2026-07-02T09:00:00-04:00", 1, "2026-07-07T00:00:00-04:00"},
		{"the clocks go back on the way", "US", "2026-10-30T09:00:00-04:00", 1, "2026-11-03T00:00:00-05:00"},
		{"Saint Stephen on a Saturday, Epiphany on a Tuesday", "IT", "2026-01-05T09:00:00+01:00", 1, "2026-01-08T00:00:00+01:00"},
		{"a bridge of three holidays", "JP", "2026-09-18T09:00:00+09:00", 1, "2026-09-25T00:00:00+09:00"},
		{"Ascension", "FR", "2026-05-13T09:00:00+02:00", 1, "2026-05-16T00:00:00+02:00"},
		{"Boxing Day is made up for", "GB", "2026-12-24T09:00:00Z", 1, "2026-12-30T00:00:00Z"},
		{"no data: weekends only", "ZZ", "2026-12-24T09:00:00Z", 2, "2026-12-29T00:00:00Z"},
		{"none: the end of a working day", "GB", "2026-06-10T09:00:00Z", 0, "2026-06-11T00:00:00+01:00"},
		{"none from a Sunday", "GB", "2026-06-14T09:00:00Z", 0, "2026-06-16T00:00:00+01:00"},
	} {
		if got, want := calendar.For(c.country).AddDays(at(t, c.from), c.n), at(t, c.want); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %s, want %s", c.why, got.In(calendar.For(c.country).Zone()), c.want)
		}
	}
}

func TestHoursRunOnBusinessDays(t *testing.T) {
	for _, c := range []struct {
		country, from string
		hours         int
		want          string
	}{
		{"KR", "2026-11-20T17:00:00+09:00", 24, "2026-11-23T17:00:00+09:00"},
		{"KR", "2026-11-18T17:00:00+09:00", 24, "2026-11-19T17:00:00+09:00"},
		{"KR", "2026-11-21T11:00:00+09:00", 24, "2026-11-24T00:00:00+09:00"},
		{"KR", "2026-09-23T17:00:00+09:00", 72, "2026-09-30T17:00:00+09:00"},
		{"US", "2026-10-30T12:00:00-04:00", 24, "2026-11-02T12:00:00-05:00"},
		{"", "2026-11-20T17:00:00Z", 0, "2026-11-20T17:00:00Z"},
	} {
		if got := calendar.For(c.country).AddHours(at(t, c.from), time.Duration(c.hours)*time.Hour); !got.Equal(at(t, c.want)) {
			t.Errorf("%s %s + %d h = %s, want %s", c.country, c.from, c.hours, got, c.want)
		}
	}
}

func TestCalendarDaysCountEveryDay(t *testing.T) {
	got := calendar.For("KR").AddCalendarDays(at(t, "2026-09-23T09:00:00+09:00"), 7)
	if want := at(t, "2026-10-01T00:00:00+09:00"); !got.Equal(want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// The same lunar new year begins a day later in Seoul than in Beijing in 2027.
func TestTheMoonIsReadWhereItIsSeen(t *testing.T) {
	for country, day := range map[string]string{"KR": "2027-02-09T12:00:00+09:00", "CN": "2027-02-05T12:00:00+08:00"} {
		if calendar.For(country).Business(at(t, day)) {
			t.Errorf("%s works on %s", country, day)
		}
	}
	if !calendar.For("KR").Business(at(t, "2027-02-05T12:00:00+09:00")) {
		t.Error("Korea does not work on the Friday before")
	}
}

func TestEveryShippedCalendarCoversThreeYears(t *testing.T) {
	if got := strings.Join(calendar.Countries(), " "); got != "CN DE FR GB IT JP KR US" {
		t.Fatalf("calendars of %s", got)
	}
	for _, country := range calendar.Countries() {
		c := calendar.For(country)
		from, until := c.Known()
		for y := 2025; y < 2028; y++ {
			n := 0
			for d := time.Date(y, 1, 1, 12, 0, 0, 0, c.Zone()); d.Year() == y; d = d.AddDate(0, 0, 1) {
				if !c.Business(d) {
					n++
				}
			}
			if n < 104+5 || n > 104+20 {
				t.Errorf("%s has %d days off in %d", country, n, y)
			}
		}
		last := time.Date(2028, 1, 1, 0, 0, 0, 0, c.Zone())
		if country == "CN" { // the moved days of 2027 were not published
			last = time.Date(2027, 1, 1, 0, 0, 0, 0, c.Zone())
		}
		if !from.Equal(time.Date(2025, 1, 1, 0, 0, 0, 0, c.Zone())) || !until.Equal(last) {
			t.Errorf("%s is known from %s until %s", country, from, until)
		}
	}
}

func drawn(t *rapid.T) (calendar.Calendar, time.Time) {
	country := rapid.SampledFrom(append(calendar.Countries(), "", "ZZ")).Draw(t, "country")
	sec := rapid.Int64Range(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC).Unix()).Draw(t, "at")
	return calendar.For(country), time.Unix(sec, 0).UTC()
}

func TestAddDaysKeepsItsPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := drawn(t)
		n := rapid.IntRange(0, 40).Draw(t, "n")
		end := c.AddDays(from, n)
		last := end.Add(-time.Second)
		if !end.After(from) || !c.Business(last) {
			t.Fatalf("%d days after %s end at %s", n, from, end)
		}
		if local := end.In(c.Zone()); local.Hour() != 0 || local.Minute() != 0 {
			t.Fatalf("the day ends at %s", local)
		}
		if n > 0 && c.Between(from, last) != n {
			t.Fatalf("%d days lie between %s and %s", c.Between(from, last), from, last)
		}
		later := from.Add(time.Duration(rapid.IntRange(0, 10_000).Draw(t, "minutes")) * time.Minute)
		if c.AddDays(later, n).Before(end) || c.AddDays(from, n+1).Before(end) || n > 0 && c.AddDays(from, n+1).Equal(end) {
			t.Fatal("a later start or one day more ends earlier")
		}
		if c.AddCalendarDays(from, n).After(end) {
			t.Fatal("calendar days end after business days")
		}
	})
}

func TestAddHoursKeepsItsPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := drawn(t)
		a := time.Duration(rapid.IntRange(0, 300).Draw(t, "a")) * time.Hour
		b := time.Duration(rapid.IntRange(0, 300).Draw(t, "b")) * time.Hour
		once, twice := c.AddHours(from, a+b), c.AddHours(c.AddHours(from, a), b)
		if !once.Equal(twice) {
			t.Fatalf("%v and %v from %s: %s, in one go %s", a, b, from, twice, once)
		}
		if once.Sub(from) < a+b || !c.Business(once.Add(-time.Nanosecond)) && a+b > 0 {
			t.Fatalf("%v from %s end at %s", a+b, from, once)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("zone Asia/Seoul\nknown 2025-01-01 2025-12-31\noff 2025-01-01 New Year # a comment\non 2025-01-04 works\n")
	f.Add("known 2025-01-01 2025-12-31")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := calendar.Parse("KR", text)
		if err != nil {
			return
		}
		from, until := c.Known()
		if !from.Before(until) {
			t.Fatalf("known from %s until %s", from, until)
		}
	})
}

func TestWhatIsWrongWithACalendarIsSaid(t *testing.T) {
	head := "zone Europe/Rome\nknown 2025-01-01 2025-12-31\n"
	for _, c := range []struct{ country, text, says string }{
		{"KR", "", "needs a zone"},
		{"korea", head, "two letters"},
		{"IT", "zone Nowhere/At all\n", "not zone"},
		{"IT", "zone Nowhere/Else\n", "unknown time zone"},
		{"IT", "known 2025-01-01 2025-12-31\n", "in this order"},
		{"IT", "zone UTC\nknown 2025-12-31 2025-01-01\n", "before the first"},
		{"IT", head + "off 2025-13-01 x\n", "line 3"},
		{"IT", head + "off 2025-01-01 x\non 2025-01-01 y\n", "named twice"},
		{"IT", head + "on 2025-01-02 y\n", "a working day anyway"},
		{"IT", head + "off 2024-01-02 y\n", "before the days"},
	} {
		if _, err := calendar.Parse(c.country, c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %q", c.text, err, c.says)
		}
	}
}

func TestAnOperatorBringsHisOwnCalendars(t *testing.T) {
	own := fstest.MapFS{"QQ.txt": {Data: []byte("zone UTC\nknown 2025-01-01 2025-12-31\noff 2025-03-04 A day\n")}}
	if err := calendar.Use(own); err != nil {
		t.Fatal(err)
	}
	if c := calendar.For("qq"); c.Business(at(t, "2025-03-04T12:00:00Z")) || c.Holiday(at(t, "2025-03-04T12:00:00Z")) != "A day" {
		t.Error("his holiday does not count")
	}
	if calendar.For("KR").Country != "KR" {
		t.Error("the others are gone")
	}
	if err := calendar.Use(fstest.MapFS{"QX.txt": {Data: []byte("nonsense")}}); err == nil || calendar.For("QX").Country != "" {
		t.Error("nonsense was taken in")
	}
}

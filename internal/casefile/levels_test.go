package casefile_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/calendar"
	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/verdict"
)

func drawnCase(t *rapid.T) casefile.Case {
	l := casefile.Usual()
	return casefile.Case{
		Severity: rapid.IntRange(0, 4).Draw(t, "severity"), Exposure: rapid.IntRange(0, 4).Draw(t, "exposure"),
		Source: rapid.SampledFrom(casefile.Sources).Draw(t, "source"), Tier: rapid.SampledFrom([]string{"", "new", "standard", "good_faith", "trusted"}).Draw(t, "tier"),
		Proposed: rapid.SampledFrom([]verdict.Decision{verdict.Review, verdict.Block}).Draw(t, "proposed"), Score: rapid.Float64Range(0, 1).Draw(t, "score"),
		CreatedAt: time.Unix(0, 0).Add(time.Duration(rapid.Int64Range(0, int64(4*l.Patience.Longest)).Draw(t, "opened"))),
	}
}

// Nobody starves: whatever comes in later than the longest patience after a
// case was opened stands behind it.
func TestAnOldMinorCaseOvertakesNewGraveOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, a, b := casefile.Usual(), drawnCase(t), drawnCase(t)
		turnA, turnB := a.CreatedAt.Add(l.PatienceOf(a)), b.CreatedAt.Add(l.PatienceOf(b))
		if p := l.PatienceOf(a); p <= 0 || p > l.Patience.Longest {
			t.Fatalf("%+v waits %s", a, p)
		}
		if b.CreatedAt.After(a.CreatedAt.Add(l.Patience.Longest)) && !turnA.Before(turnB) {
			t.Fatalf("%+v, opened long after %+v, comes first", b, a)
		}
	})
}

// What makes a case more urgent never makes it wait longer.
func TestUrgencyNeverCostsAPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c := casefile.Usual(), drawnCase(t)
		c.Severity = rapid.IntRange(1, 3).Draw(t, "lower severity")
		c.Exposure = rapid.IntRange(1, 3).Draw(t, "lower exposure")
		was := l.PatienceOf(c)
		for name, more := range map[string]func(*casefile.Case){
			"severity": func(c *casefile.Case) { c.Severity++ }, "exposure": func(c *casefile.Case) { c.Exposure++ },
			"trusted": func(c *casefile.Case) { c.Tier = "trusted" }, "held": func(c *casefile.Case) { c.Proposed = verdict.Block },
			"surer": func(c *casefile.Case) { c.Score = 1 },
		} {
			d := c
			more(&d)
			if l.PatienceOf(d) > was {
				t.Fatalf("%s makes %+v wait %s instead of %s", name, c, l.PatienceOf(d), was)
			}
		}
	})
}

func TestDueDatesFollowTheLevels(t *testing.T) {
	friday := time.Date(2026, 11, 20, 17, 0, 0, 0, calendar.For("KR").Zone())
	for _, c := range []struct {
		why     string
		c       casefile.Case
		country string
		want    string
	}{
		{"counterfeit, 24 hours of working days", casefile.Case{Severity: 3}, "KR", "2026-11-23T17:00:00+09:00"},
		{"others, 72 hours", casefile.Case{Severity: 2}, "KR", "2026-11-25T17:00:00+09:00"},
		{"without a country weekends count too, by UTC", casefile.Case{Severity: 3}, "", "2026-11-23T17:00:00+09:00"},
		{"dangerous goods", casefile.Case{Severity: 4}, "KR", "2026-11-23T05:00:00+09:00"},
		{"held goods", casefile.Case{Severity: 2, Proposed: verdict.Block}, "KR", "2026-11-23T17:00:00+09:00"},
		{"a trusted notifier's counterfeit", casefile.Case{Severity: 3, Tier: "trusted"}, "KR", "2026-11-23T05:00:00+09:00"},
		{"a trusted notifier", casefile.Case{Severity: 2, Tier: "trusted"}, "KR", "2026-11-23T17:00:00+09:00"},
		{"an appeal, five business days", casefile.Case{Severity: 4, Source: casefile.FromAppeal}, "KR", "2026-11-28T00:00:00+09:00"},
		{"the same over Thanksgiving", casefile.Case{Source: casefile.FromAppeal}, "US", "2026-12-01T00:00:00-05:00"},
	} {
		want, err := time.Parse(time.RFC3339, c.want)
		must(t, err)
		if got := casefile.Usual().DueOf(c.c, friday, calendar.For(c.country)); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", c.why, got, want)
		}
	}
}

func TestSeverityAndExposure(t *testing.T) {
	l := casefile.Usual()
	for _, c := range []struct {
		reason, category string
		want             int
	}{{"counterfeit", "Bags", 3}, {"counterfeit", "Home > USB Chargers", 4}, {"text_claim", "뷰티/화장품", 4}, {"false_affiliation", "", 3}, {"text_name", "Cosmetics", 2}, {"picture_unread", "", 1}, {"never heard of", "", 2}} {
		if got := l.SeverityOf(c.reason, c.category); got != c.want {
			t.Errorf("%s in %q is %d, want %d", c.reason, c.category, got, c.want)
		}
	}
	won := func(n int64) *listing.Money { return &listing.Money{Minor: n, Currency: "KRW"} }
	for _, c := range []struct {
		price *listing.Money
		attrs map[string]string
		want  int
	}{
		{nil, map[string]string{"sold": "9999"}, 0}, {won(30000), nil, 1}, {won(30000), map[string]string{"stock": "100"}, 2}, {won(30000), map[string]string{"sold": "1,000"}, 3},
		{won(30000), map[string]string{"sold": "5", "stock": "99999"}, 4}, {won(30000), map[string]string{"views": "10000"}, 2}, {won(30000), map[string]string{"stock": "many", "sold": "-4"}, 1},
		{&listing.Money{Minor: 100, Currency: "XXX"}, nil, 0},
	} {
		if got := l.ExposureOf(listing.Offer{Price: c.price, Attributes: c.attrs}); got != c.want {
			t.Errorf("%v %v is %d, want %d", c.price, c.attrs, got, c.want)
		}
	}
}

func TestAnOperatorsLevels(t *testing.T) {
	l, err := casefile.ParseLevels([]byte("severity: {text_name: 1}\ntwo_people: {severity: 3, grounds: [other_infringement]}\ndue: [{hours: 10}]\n"))
	must(t, err)
	if l.SeverityOf("text_name", "") != 1 || l.SeverityOf("counterfeit", "") != 3 || len(l.Due) != 1 {
		t.Errorf("they became %+v", l)
	}
	for name, bad := range map[string]string{
		"severity": "severity: {x: 5}", "patience": "patience: {severity: {1: 9999h}}", "no last line": "due: [{source: appeal, days: 3}]",
		"hours and days": "due: [{hours: 1, days: 1}]", "unknown": "colour: red", "steps": "exposure: {steps: [3, 2, 1, 0]}", "longest": "patience: {longest: 9999h}",
	} {
		if _, err := casefile.ParseLevels([]byte(bad)); err == nil || !strings.Contains(err.Error(), "service levels") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClocks(t *testing.T) {
	l, due := casefile.Usual(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]casefile.Clock{due.Add(-7 * time.Hour): casefile.InTime, due.Add(-6 * time.Hour): casefile.DueSoon, due: casefile.Overdue} {
		if got := l.ClockOf(casefile.Case{State: casefile.Open, DueAt: due}, at); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
	if l.ClockOf(casefile.Case{State: casefile.Closed, DueAt: due}, due.Add(time.Hour)) != casefile.InTime {
		t.Error("a closed case is late")
	}
}

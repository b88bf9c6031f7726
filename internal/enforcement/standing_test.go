package enforcement

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
)

var day0 = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// drawn are random events of a few months under one profile of the default ladder.
func drawn(t *rapid.T) (*Profile, []Event) {
	r := Default()
	p := r.Profiles[rapid.SampledFrom(r.Order).Draw(t, "profile")]
	grounds := casefile.Grounds[verdict.Block]
	n := rapid.IntRange(0, 25).Draw(t, "events")
	events := make([]Event, 0, n)
	for i := range n {
		at := day0.Add(time.Duration(rapid.IntRange(0, 400*24).Draw(t, "hour")) * time.Hour)
		e := Event{ID: fmt.Sprint("e", i), Kind: Infringement, At: at, Profile: p}
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			e.Kind = Warning
		} else {
			e.Ground = rapid.SampledFrom(grounds).Draw(t, "ground")
			e.Points, e.Strikes = p.Grounds[e.Ground].For(rapid.IntRange(0, 4).Draw(t, "severity"))
		}
		events = append(events, e)
	}
	return p, events
}

func moment(t *rapid.T) time.Time {
	return day0.Add(time.Duration(rapid.IntRange(0, 800*24).Draw(t, "now")) * time.Hour)
}

func TestReversedIsAsIfItHadNeverBeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, events := drawn(t)
		var kept []Event
		all := slices.Clone(events)
		for _, e := range events {
			if rapid.Bool().Draw(t, "reverse") {
				all = append(all, Event{ID: "undo " + e.ID, Kind: Reversal, Of: e.ID, At: e.At})
			} else {
				kept = append(kept, e)
			}
		}
		now := moment(t)
		if got, want := Stand(now, p, all), Stand(now, p, kept); !reflect.DeepEqual(got, want) {
			t.Fatalf("with reversals %+v\nwithout %+v", got, want)
		}
	})
}

func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, events := drawn(t)
		now := moment(t)
		want := Stand(now, p, events)
		again := rapid.Permutation(append(slices.Clone(events), events...)).Draw(t, "order")
		if got := Stand(now, p, again); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order and twice %+v\nwant %+v", got, want)
		}
	})
}

func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, events := drawn(t)
		s := Stand(moment(t), p, events)
		byDay := map[string]int{}
		var groups []time.Time
		points, strikes := 0, 0
		for _, c := range s.Counts {
			if p.DailyCap > 0 {
				day := c.At.In(p.location).Format(time.DateOnly)
				if byDay[day] += c.Points; byDay[day] > p.DailyCap {
					t.Fatalf("%d points on %s", byDay[day], day)
				}
			}
			if c.Strikes > 0 {
				groups = append(groups, c.At)
			}
			if c.At.Add(days(p.PointsLife)).After(s.At) {
				points += c.Points
			}
			if c.At.Add(days(p.StrikesLife)).After(s.At) {
				strikes += c.Strikes
			}
		}
		if points != s.Points || strikes != s.Strikes {
			t.Fatalf("%d points and %d strikes live, the standing says %d and %d", points, strikes, s.Points, s.Strikes)
		}
		for i := 1; i < len(groups); i++ {
			if groups[i].Sub(groups[i-1]) < days(p.GroupDays) {
				t.Fatalf("two strikes count within %s", groups[i].Sub(groups[i-1]))
			}
		}
		if k := len(s.Changes); k > 0 && (s.Changes[k-1].Points != 0 || s.Changes[k-1].Strikes != 0) {
			t.Fatalf("something never expires: %+v", s.Changes)
		}
	})
}

// The standing tells its own future: what it says will be left at a moment is
// what is computed then, and measures once begun never change their key.
func TestFutureComesAsToldWhenNothingHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, events := drawn(t)
		now := moment(t)
		events = slices.DeleteFunc(events, func(e Event) bool { return e.At.After(now) })
		s := Stand(now, p, events)
		for _, c := range s.Changes {
			then := Stand(c.At, p, events)
			if then.Points != c.Points || then.Strikes != c.Strikes {
				t.Fatalf("told %+v, came %d points and %d strikes", c, then.Points, then.Strikes)
			}
			if !slices.EqualFunc(then.Measures, s.Measures, func(a, b Measure) bool { return a.Key == b.Key && a.Until.Equal(b.Until) }) {
				t.Fatalf("measures %+v became %+v", s.Measures, then.Measures)
			}
		}
	})
}

// No suspension or closure without an earlier warning, where the profile says so.
func TestWarnedFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, events := drawn(t)
		if !p.WarnFirst {
			return
		}
		s := Stand(moment(t), p, events)
		for _, m := range s.Measures {
			if m.Effect != EffectSuspend && m.Effect != EffectClose {
				continue
			}
			before := slices.ContainsFunc(s.Measures, func(w Measure) bool { return w.Effect == EffectWarn && w.From.Before(m.From) }) ||
				slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Warning && e.At.Before(m.From) })
			if !before {
				t.Fatalf("%+v came without a warning", m)
			}
		}
	})
}

func TestChoice(t *testing.T) {
	for country, want := range map[string]string{"KR": "kr", "IT": "eu", "US": "us", "CN": "cn", "JP": "general", "": "general"} {
		if got := Default().For("main", country).Name; got != want {
			t.Errorf("%q is under %q, want %q", country, got, want)
		}
	}
	r, err := Parse([]byte(strings.Replace(string(defaultSource), "choose:\n", "choose:\n  - {markets: [outlet], countries: [KR], profile: shop-safe-like}\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.For("outlet", "KR").Name + " " + r.For("outlet", "JP").Name + " " + r.For("main", "KR").Name; got != "shop-safe-like general kr" {
		t.Errorf("markets choose %s", got)
	}
}

const small = `name: small
number: 2
profiles:
  p:
    grounds: {counterfeit: {strikes: 1}, trademark_in_text: {points: 2}, mark_in_picture: {}, stolen_photograph: {}, false_affiliation: {}, no_licence: {}, other_infringement: {}, forged_papers: {}}
    milestones:
      - {points: 4, effect: suspend, days: 3}
choose:
  - {profile: p}
`

func TestParseTellsTheLine(t *testing.T) {
	if r, err := Parse([]byte(small)); err != nil || r.ID() != "small@2" {
		t.Fatalf("%v %v", r, err)
	}
	for name, c := range map[string]struct{ old, new, path, code string }{
		"no number":        {"number: 2\n", "", "ladder.yaml:1:1", "missing"},
		"bad name":         {"name: small", "name: Small One", "ladder.yaml:1:7", "form"},
		"key unknown":      {"number: 2", "number: 2\nlevel: 3", "ladder.yaml:3:1", "unknown_key"},
		"no cost":          {", forged_papers: {}", "", "ladder.yaml:5:14", "missing"},
		"ground unknown":   {"forged_papers: {}", "forged_papers: {}, theft: {}", "ladder.yaml:5:", "unknown_key"},
		"effect unknown":   {"effect: suspend", "effect: jail", "ladder.yaml:7:9", "unknown_effect"},
		"no days":          {", days: 3", "", "ladder.yaml:7:9", "missing"},
		"two ledgers":      {"{points: 4,", "{points: 4, strikes: 1,", "ladder.yaml:7:9", "missing"},
		"falling":          {"days: 3}", "days: 3}\n      - {points: 4, effect: close}", "ladder.yaml:8:9", "order"},
		"after closing":    {"effect: suspend, days: 3}", "effect: close}\n      - {points: 9, effect: warn}", "ladder.yaml:8:9", "order"},
		"profile unknown":  {"{profile: p}", "{profile: q}", "ladder.yaml:9:15", "unknown_profile"},
		"like unknown":     {"  p:\n", "  p:\n    like: q\n", "ladder.yaml:5:11", "unknown_profile"},
		"zone unknown":     {"  p:\n", "  p:\n    zone: Mars/Base\n", "ladder.yaml:5:11", "unknown_zone"},
		"nobody left over": {"{profile: p}", "{countries: [KR], profile: p}", "ladder.yaml:9:5", "missing"},
		"five severities":  {"{points: 2}", "{points: [1, 2, 3, 4, 5]}", "ladder.yaml:5:", "range"},
		"negative":         {"{points: 2}", "{points: -2}", "ladder.yaml:5:", "range"},
		"given twice":      {"number: 2", "number: 2\nnumber: 3", "ladder.yaml:3:1", "duplicate"},
		"no YAML":          {"name: small", "name: [", "ladder.yaml:", "yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatal("the case changes nothing")
			}
			_, err := Parse([]byte(text))
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Fields) == 0 {
				t.Fatalf("error %v", err)
			}
			if !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return strings.HasPrefix(x.Path, c.path) && x.Code == c.code }) {
				t.Errorf("problems %+v, want %s at %s", f.Fields, c.code, c.path)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(defaultSource)
	f.Add([]byte(small))
	f.Add([]byte("profiles: {p: {like: p, grounds: [], milestones: {}}}\nchoose: [x]"))
	f.Add([]byte("- &a [*a]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		r, err := Parse(source)
		if err != nil {
			var known *fault.Error
			if !errors.As(err, &known) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		p := r.For("main", "KR") // a ladder that is taken can be used
		for _, ground := range casefile.Grounds[verdict.Block] {
			points, strikes := p.Grounds[ground].For(2)
			Stand(day0, p, []Event{{ID: "e", Kind: Infringement, At: day0, Ground: ground, Points: points, Strikes: strikes, Profile: p}})
		}
	})
}

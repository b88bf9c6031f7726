package casefile

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"assay/internal/calendar"
	"assay/internal/listing"
	"assay/internal/verdict"
)

//go:embed levels.yaml
var shippedLevels []byte

// Levels are the service levels as data; levels.yaml explains each.
type Levels struct {
	Severity  map[string]int `yaml:"severity"`
	Dangerous []string       `yaml:"dangerous"`
	Exposure  struct {
		Attributes []string           `yaml:"attributes"`
		Weights    map[string]float64 `yaml:"weights"`
		Steps      []float64          `yaml:"steps"`
		Currency   map[string]float64 `yaml:"currency"`
	} `yaml:"exposure"`
	Patience struct {
		Severity map[int]time.Duration `yaml:"severity"`
		Exposure map[int]float64       `yaml:"exposure"`
		Source   map[Source]float64    `yaml:"source"`
		Tier     map[string]float64    `yaml:"tier"`
		Held     float64               `yaml:"held"`
		Certain  float64               `yaml:"certain"`
		Longest  time.Duration         `yaml:"longest"`
	} `yaml:"patience"`
	Due  []DueRule     `yaml:"due"`
	Soon time.Duration `yaml:"soon"`
	Two  struct {
		Severity int      `yaml:"severity"`
		Grounds  []string `yaml:"grounds"`
	} `yaml:"two_people"`
}

// DueRule gives a span to the cases that it fits; what it leaves out fits all.
type DueRule struct {
	Source   Source           `yaml:"source"`
	Severity int              `yaml:"severity"` // at least
	Tier     string           `yaml:"tier"`
	Proposed verdict.Decision `yaml:"proposed"`
	Hours    int              `yaml:"hours"` // on business days, around the clock
	Days     int              `yaml:"days"`  // whole business days
}

// Usual are the levels that ship.
var Usual = sync.OnceValue(func() *Levels {
	l, err := ParseLevels(nil)
	if err != nil { // part of the program: a test reads it
		panic(err)
	}
	return l
})

// ParseLevels reads an operator's levels over those that ship. Lists and maps
// of single values that it names are replaced or added to key by key.
func ParseLevels(source []byte) (*Levels, error) {
	l := &Levels{}
	if err := yaml.Unmarshal(shippedLevels, l); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(source)) > 0 {
		d := yaml.NewDecoder(bytes.NewReader(source))
		d.KnownFields(true)
		if err := d.Decode(l); err != nil {
			return nil, fmt.Errorf("service levels: %w", err)
		}
	}
	return l, l.check()
}

func (l *Levels) check() error {
	for code, s := range l.Severity {
		if s < 1 || s > 4 {
			return fmt.Errorf("service levels: the severity of %s must be 1 to 4", code)
		}
	}
	for s := 1; s <= 4; s++ {
		if d := l.Patience.Severity[s]; d <= 0 || d > l.Patience.Longest {
			return fmt.Errorf("service levels: the patience of severity %d must lie between 0 and the longest", s)
		}
	}
	if l.Patience.Longest <= 0 || l.Patience.Longest > 90*24*time.Hour {
		return fmt.Errorf("service levels: the longest patience must be at most 90 days")
	}
	if n := len(l.Due); n == 0 || l.Due[n-1] != (DueRule{Hours: l.Due[n-1].Hours, Days: l.Due[n-1].Days}) {
		return fmt.Errorf("service levels: the last due line must fit every case")
	}
	for _, r := range l.Due {
		if r.Hours < 0 || r.Days < 0 || r.Hours > 24*90 || r.Days > 90 || (r.Hours > 0) == (r.Days > 0) {
			return fmt.Errorf("service levels: a due line needs hours or days, up to 90 days")
		}
	}
	if !slices.IsSorted(l.Exposure.Steps) || len(l.Exposure.Steps) != 4 {
		return fmt.Errorf("service levels: exposure needs four rising steps")
	}
	return nil
}

// usualSeverity is that of what nobody named.
const usualSeverity = 2

// SeverityOf is how grave a reason is for goods of a category, 1 to 4.
func (l *Levels) SeverityOf(reason, category string) int {
	s, ok := l.Severity[reason]
	if !ok {
		s = usualSeverity
	}
	if s < 3 {
		return s
	}
	category = strings.ToLower(category)
	if slices.ContainsFunc(l.Dangerous, func(word string) bool { return strings.Contains(category, word) }) {
		return 4
	}
	return s
}

// ExposureOf is how much is at stake for buyers of an offer: 0 unknown, 1 to 4.
func (l *Levels) ExposureOf(o listing.Offer) int {
	if o.Price == nil {
		return 0
	}
	value, known := l.Exposure.Currency[o.Price.Currency]
	if !known {
		return 0
	}
	value *= o.Price.Major()
	most := 1.0
	for _, name := range l.Exposure.Attributes {
		n, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(o.Attributes[name]), ",", ""), 64)
		if err == nil && n >= 0 && n < 1e12 {
			most = max(most, n*l.Exposure.Weights[name])
		}
	}
	e := 0
	for _, step := range l.Exposure.Steps {
		if value*most >= step {
			e++
		}
	}
	return e
}

// PatienceOf is how long after its opening a case's turn is.
func (l *Levels) PatienceOf(c Case) time.Duration {
	p := l.Patience
	base, ok := p.Severity[c.Severity]
	if !ok {
		base = p.Severity[usualSeverity]
	}
	f := 1 - p.Certain*max(0, min(1, c.Score))
	for _, factor := range []float64{p.Exposure[c.Exposure], p.Source[c.Source], p.Tier[c.Tier]} {
		if factor > 0 {
			f *= factor
		}
	}
	if c.Proposed == verdict.Block && p.Held > 0 {
		f *= p.Held
	}
	return min(time.Duration(float64(base)*f), p.Longest)
}

// DueOf is when a case that opens at t should be answered, on the business
// days of a calendar.
func (l *Levels) DueOf(c Case, t time.Time, on calendar.Calendar) time.Time {
	for _, r := range l.Due {
		if r.Source != "" && r.Source != c.Source || c.Severity < r.Severity || r.Tier != "" && r.Tier != c.Tier || r.Proposed != "" && r.Proposed != c.Proposed {
			continue
		}
		if r.Days > 0 {
			return on.AddDays(t, r.Days)
		}
		return on.AddHours(t, time.Duration(r.Hours)*time.Hour)
	}
	return on.AddDays(t, 1) // check has seen to it that some line fits
}

// TwoPeople reports whether an answer to a case takes two people.
func (l *Levels) TwoPeople(c Case, a Answer) bool {
	if a.Outcome != verdict.Block {
		return false
	}
	return l.Two.Severity > 0 && c.Severity >= l.Two.Severity || slices.Contains(l.Two.Grounds, a.Reason)
}

// Clock is how a case's due date stands.
type Clock string

const (
	InTime  Clock = "in_time"
	DueSoon Clock = "soon"
	Overdue Clock = "overdue"
)

// ClockOf is how the due date of an open case stands at t; closed ones are in time.
func (l *Levels) ClockOf(c Case, t time.Time) Clock {
	switch {
	case c.State != Open || t.Before(c.DueAt.Add(-l.Soon)):
		return InTime
	case t.Before(c.DueAt):
		return DueSoon
	}
	return Overdue
}

package hearing

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"assay/internal/calendar"
	"assay/internal/registry"
)

//go:embed profile.yaml
var profileSource []byte

// Span is a length of time in days.
type Span struct {
	Days int    `yaml:"days"`
	Unit string `yaml:"unit"` // "business" or "calendar"
}

// end is the end of the span's last day, by a country's calendar.
func (s Span) end(country string, from time.Time) time.Time {
	c := calendar.For(country)
	if s.Unit == "calendar" {
		return c.AddCalendarDays(from, s.Days)
	}
	return c.AddDays(from, s.Days)
}

// Profile is the clocks of a region's law.
type Profile struct {
	Name        string   `yaml:"-"`
	Seller      Span     `yaml:"seller"`      // to answer
	Complainant Span     `yaml:"complainant"` // to reply to the answer
	Comment     Span     `yaml:"comment"`     // of the other side on an appeal
	Decide      Span     `yaml:"decide"`      // of the person who decides
	Months      int      `yaml:"appeal_months"`
	OnlyCourt   bool     `yaml:"only_court"` // nothing but word of a court or an authority keeps the goods off sale after an answer
	Declare     []string `yaml:"declare"`    // what an answer must declare, message "hearing.declare.<code>"
	Contact     bool     `yaml:"contact"`    // an answer must name who answers, for the other side
}

// Cure is when changing a listing brings it back.
type Cure struct {
	Grounds []string `yaml:"grounds"`
	Keep    float64  `yaml:"keep"` // share of the penalty points that stays
	Most    int      `yaml:"most"` // times for one listing
	Days    int      `yaml:"days"` // within so many days
}

type choice struct {
	Countries []string             `yaml:"countries"`
	Rights    []registry.RightKind `yaml:"rights"`
	Profile   string               `yaml:"profile"`
}

type rulebook struct {
	Profiles map[string]*Profile `yaml:"profiles"`
	Choices  []choice            `yaml:"choices"`
	Cure     Cure                `yaml:"cure"`
}

var rules = sync.OnceValue(func() rulebook {
	b, err := readRules(profileSource)
	if err != nil { // part of the program; a test has read it
		panic(err)
	}
	return b
})

func readRules(source []byte) (rulebook, error) {
	var b rulebook
	if err := yaml.Unmarshal(source, &b); err != nil {
		return b, fmt.Errorf("clocks: %w", err)
	}
	for name, p := range b.Profiles {
		p.Name = name
		for what, s := range map[string]Span{"seller": p.Seller, "complainant": p.Complainant, "comment": p.Comment, "decide": p.Decide} {
			if s.Days < 1 || s.Unit != "business" && s.Unit != "calendar" {
				return b, fmt.Errorf("clocks: profile %s: %s needs days and a unit", name, what)
			}
		}
		if p.Months < 6 { // Article 20(1) DSA
			return b, fmt.Errorf("clocks: profile %s: an appeal is open for six months at least", name)
		}
	}
	for _, c := range b.Choices {
		if b.Profiles[c.Profile] == nil {
			return b, fmt.Errorf("clocks: there is no profile %s", c.Profile)
		}
	}
	if b.Profiles["general"] == nil {
		return b, fmt.Errorf("clocks: there is no profile general")
	}
	return b, nil
}

// choose is the profile of the first choice that fits a country and the
// rights a decision rests on.
func choose(country string, rights []registry.RightKind) *Profile {
	b := rules()
	for _, c := range b.Choices {
		if len(c.Countries) > 0 && !slices.Contains(c.Countries, country) {
			continue
		}
		if len(c.Rights) > 0 && !slices.ContainsFunc(rights, func(k registry.RightKind) bool { return slices.Contains(c.Rights, k) }) {
			continue
		}
		return b.Profiles[c.Profile]
	}
	return b.Profiles["general"]
}

// ProfileOf is a hearing's profile; one that is no longer there counts as the
// general one.
func ProfileOf(h Hearing) *Profile {
	if p := rules().Profiles[h.Profile]; p != nil {
		return p
	}
	return rules().Profiles["general"]
}

// Declarations lists everything that some profile asks to declare.
func Declarations() []string {
	var out []string
	for _, p := range rules().Profiles {
		for _, d := range p.Declare {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	slices.Sort(out)
	return out
}

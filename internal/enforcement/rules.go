// Package enforcement is what follows from decisions for those who infringe:
// actions on listings and shops, and the ladder of points and strikes that
// leads to them. Every action can be taken back, and with it what it caused.
package enforcement

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // days end at a country's midnight on every machine

	"assay/internal/fault"
	"assay/internal/written"
)

// Ledger is one of the two accounts of a shop.
type Ledger string

const (
	Points  Ledger = "points"  // infringements of every day
	Strikes Ledger = "strikes" // serious ones: counterfeits, forged papers
)

// Effect is what reaching a milestone means.
type Effect string

const (
	EffectWarn     Effect = "warn"
	EffectRestrict Effect = "restrict" // no new listings
	EffectSuspend  Effect = "suspend"  // nothing on sale for some days
	EffectClose    Effect = "close"    // proposed; a person confirms
)

// Effects lists every effect, the mildest first.
var Effects = []Effect{EffectWarn, EffectRestrict, EffectSuspend, EffectClose}

// Milestone is a number of points or strikes at which something follows.
type Milestone struct {
	Ledger Ledger `json:"ledger"`
	At     int    `json:"at"`
	Effect Effect `json:"effect"`
	// Days is how long it lasts; 0 for a warning and a closure, and for a
	// restriction that lasts as long as the milestone is reached.
	Days int `json:"days,omitempty"`
}

// Name is the milestone in the form "points:24".
func (m Milestone) Name() string { return fmt.Sprintf("%s:%d", m.Ledger, m.At) }

// step tells milestones of several versions apart by what they do: one that
// does something else now is reached anew.
func (m Milestone) step() string { return m.Name() + " " + string(m.Effect) }

// Cost is what one infringement costs, by severity 1 to 4; an unknown severity
// costs as the lowest.
type Cost struct {
	Points  [4]int `json:"points"`
	Strikes [4]int `json:"strikes"`
}

// For is the cost at a severity of 0 to 4.
func (c Cost) For(severity int) (points, strikes int) {
	n := min(max(severity-1, 0), 3)
	return c.Points[n], c.Strikes[n]
}

// Profile is one ladder: what costs how much, how long it counts, what follows.
type Profile struct {
	Name           string          `json:"name"`
	Zone           string          `json:"zone"`       // IANA name; its midnight ends a day
	GroupDays      int             `json:"group_days"` // strikes within so many days of the first count once; 0: each counts
	DailyCap       int             `json:"daily_cap"`  // points that count on one day at most; 0: all
	PointsLife     int             `json:"points_life_days"`
	StrikesLife    int             `json:"strikes_life_days"`
	WarningLife    int             `json:"warning_life_days"`
	WarnFirst      bool            `json:"warn_first"`      // no suspension or closure without an earlier warning
	CountAutomated bool            `json:"count_automated"` // decisions of the policy cost something too
	Grounds        map[string]Cost `json:"grounds"`
	Milestones     []Milestone     `json:"milestones"` // of a ledger in rising order

	location *time.Location
}

// Of lists the milestones of one ledger in rising order.
func (p *Profile) Of(l Ledger) []Milestone {
	var out []Milestone
	for _, m := range p.Milestones {
		if m.Ledger == l {
			out = append(out, m)
		}
	}
	return out
}

// life is how long a penalty of a ledger counts.
func (p *Profile) life(l Ledger) time.Duration {
	if l == Strikes {
		return days(p.StrikesLife)
	}
	return days(p.PointsLife)
}

// days counts days of 24 hours, so that a penalty lasts equally long whenever
// clocks are put forward or back.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Choice says which shops a profile is for.
type Choice struct {
	Markets   []string `json:"markets,omitempty"`
	Countries []string `json:"countries,omitempty"`
	Profile   string   `json:"profile"`
}

// Rules are one checked version of the ladder. They never change and may be
// used by many goroutines at once.
type Rules struct {
	Name     string
	Number   int
	Profiles map[string]*Profile
	Order    []string // the profiles' names as written
	Choices  []Choice
	source   []byte
}

// ID is name@number, as it is stamped on penalties.
func (r *Rules) ID() string { return fmt.Sprintf("%s@%d", r.Name, r.Number) }

// Source is the text the rules were read from.
func (r *Rules) Source() []byte { return slices.Clone(r.source) }

// For is the profile of a shop: the first choice that fits its market and its
// country (ISO 3166-1 alpha-2, "" when unknown).
func (r *Rules) For(market, country string) *Profile {
	for _, c := range r.Choices {
		if (len(c.Markets) == 0 || slices.Contains(c.Markets, market)) && (len(c.Countries) == 0 || slices.Contains(c.Countries, country)) {
			return r.Profiles[c.Profile]
		}
	}
	return r.Profiles[r.Choices[len(r.Choices)-1].Profile] // reading has seen that the last fits all
}

//go:embed default.yaml
var defaultSource []byte

var defaultRules = sync.OnceValue(func() *Rules {
	r, err := Parse(defaultSource)
	if err != nil { // a test reads it
		panic(err)
	}
	return r
})

// Default is the ladder that Assay starts with.
func Default() *Rules { return defaultRules() }

// maxSource bounds the text of a ladder, in bytes.
const maxSource = 256 << 10

// Parse checks a ladder. Whatever is wrong is told at once: the error is
// fault.Invalid and each of its Fields has the Path "ladder.yaml:LINE:COLUMN".
func Parse(source []byte) (*Rules, error) {
	if len(source) > maxSource {
		return nil, fault.New(fault.TooLarge, "the ladder is over %d bytes", maxSource)
	}
	found := written.Problems{What: "ladder", File: "ladder.yaml"}
	r := read(source, &found)
	if found.Any() {
		return nil, found.Err()
	}
	r.source = slices.Clone(source)
	return r, nil
}

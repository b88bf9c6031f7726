package notice

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"assay/internal/seller"
)

//go:embed rules.yaml
var shippedRules []byte

// Action is what happens at once to a listing of a complete notice.
type Action string

const (
	Pause  Action = "pause"         // off sale until a person has looked
	Review Action = "review"        // a person looks
	Ask    Action = "notify_seller" // the seller is asked first
)

// Actions lists every action: message "notice.action.<code>".
var Actions = []Action{Pause, Review, Ask}

// FirstRule decides what happens at once; what it leaves out fits everything.
type FirstRule struct {
	Kinds    []Kind          `yaml:"kinds"`
	Tiers    []Tier          `yaml:"tiers"`
	Standing []seller.Status `yaml:"standing"`
	Score    float64         `yaml:"score"`    // of the newest verdict, at least
	Licensed bool            `yaml:"licensed"` // the seller has a licence for the brand
	Action   Action          `yaml:"action"`
}

// Bound is what a tier asks of a notifier's figures.
type Bound struct {
	Decided    int     `yaml:"decided"`    // listings, at least
	Low        float64 `yaml:"low"`        // end of the interval of the accepted share, at least
	Overturned float64 `yaml:"overturned"` // share of the accepted, at most
}

// Rules are what happens to notices, as data; rules.yaml explains each.
type Rules struct {
	First  []FirstRule   `yaml:"first"`
	Answer time.Duration `yaml:"answer"`
	Repair time.Duration `yaml:"repair"`
	Tiers  struct {
		Window      time.Duration `yaml:"window"`
		New         int           `yaml:"new"`
		GoodFaith   Bound         `yaml:"good_faith"`
		SelfRemoval Bound         `yaml:"self_removal"`
	} `yaml:"tiers"`
	Daily map[Tier]int `yaml:"daily"`
}

// Usual are the rules that ship.
var Usual = sync.OnceValue(func() *Rules {
	r, err := ParseRules(nil)
	if err != nil { // part of the program: a test reads it
		panic(err)
	}
	return r
})

// ParseRules reads an operator's rules over those that ship.
func ParseRules(source []byte) (*Rules, error) {
	r := &Rules{}
	if err := yaml.Unmarshal(shippedRules, r); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(source)) > 0 {
		d := yaml.NewDecoder(bytes.NewReader(source))
		d.KnownFields(true)
		if err := d.Decode(r); err != nil {
			return nil, fmt.Errorf("rules of notices: %w", err)
		}
	}
	return r, r.check()
}

func (r *Rules) check() error {
	n := len(r.First)
	last := FirstRule{}
	if n > 0 {
		last = r.First[n-1]
	}
	if n == 0 || len(last.Kinds)+len(last.Tiers)+len(last.Standing) > 0 || last.Score > 0 || last.Licensed {
		return fmt.Errorf("rules of notices: the last first action must fit every listing")
	}
	for _, f := range r.First {
		if !slices.Contains(Actions, f.Action) {
			return fmt.Errorf("rules of notices: there is no action %q", f.Action)
		}
		for _, k := range f.Kinds {
			if _, ok := kinds[k]; !ok {
				return fmt.Errorf("rules of notices: there is no kind %q", k)
			}
		}
	}
	if r.Repair <= 0 || r.Answer <= 0 || r.Tiers.Window <= 0 {
		return fmt.Errorf("rules of notices: times must be longer than nothing")
	}
	return nil
}

// At is what a first action depends on.
type At struct {
	Kind     Kind
	Tier     Tier
	Standing seller.Status
	Score    float64 // of the newest verdict, when it asked for more than a pass
	Licensed bool
}

// FirstOf is what happens at once.
func (r *Rules) FirstOf(at At) Action {
	for _, f := range r.First {
		if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, at.Kind) || len(f.Tiers) > 0 && !slices.Contains(f.Tiers, at.Tier) ||
			len(f.Standing) > 0 && !slices.Contains(f.Standing, at.Standing) || at.Score < f.Score || f.Licensed && !at.Licensed {
			continue
		}
		return f.Action
	}
	return Review
}

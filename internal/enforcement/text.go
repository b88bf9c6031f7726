package enforcement

import (
	"regexp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"assay/internal/casefile"
	"assay/internal/verdict"
	"assay/internal/written"
)

// Bounds of a ladder's text.
const (
	maxProfiles   = 100
	maxMilestones = 50
	maxChoices    = 500
	maxDays       = 3650
	maxCost       = 10_000
)

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	marketForm  = regexp.MustCompile(`^\S{1,100}$`)
)

// read turns the source into rules, adding every problem to found.
func read(source []byte, found *written.Problems) *Rules {
	out := &Rules{Profiles: map[string]*Profile{}}
	root, ok := written.Document(source, found)
	if !ok {
		return out
	}
	r := reader{written.Reader{Found: found}}
	top := r.Mapping(root, "ladder", "name", "number", "profiles", "choose")
	if top == nil {
		return out
	}
	out.Name = r.Matching(root, top["name"], "name", nameForm)
	out.Number = r.needed(root, top["number"], "number", 1, 1_000_000)
	r.profiles(root, top["profiles"], out)
	r.choices(root, top["choose"], out)
	return out
}

// reader takes the text's parts from its nodes.
type reader struct{ written.Reader }

func (r reader) needed(parent, n *yaml.Node, what string, low, high int) int {
	if n == nil {
		r.Found.Add(parent, "missing", "%s is missing", what)
		return low
	}
	v := low
	r.whole(n, what, low, high, &v)
	return v
}

// whole reads a number; what is not given stays as it is.
func (r reader) whole(n *yaml.Node, what string, low, high int, into *int) {
	var v int
	switch {
	case n == nil:
	case n.Kind != yaml.ScalarNode || n.Tag != "!!int" || n.Decode(&v) != nil || v < low || v > high:
		r.Found.Add(n, "range", "%s must be a whole number from %d to %d", what, low, high)
	default:
		*into = v
	}
}

func (r reader) yesNo(n *yaml.Node, what string, into *bool) {
	if n != nil && (n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(into) != nil) {
		r.Found.Add(n, "type", "%s must be true or false", what)
	}
}

// words reads a list of words of a form.
func (r reader) words(n *yaml.Node, what string, form *regexp.Regexp) []string {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxChoices {
		r.Found.Add(n, "type", "%s must be a list", what)
		return nil
	}
	var out []string
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || !form.MatchString(item.Value) {
			r.Found.Add(item, "form", "an entry of %s must have the form %s", what, form)
			continue
		}
		out = append(out, item.Value)
	}
	return out
}

func (r reader) profiles(root, n *yaml.Node, out *Rules) {
	if n == nil {
		r.Found.Add(root, "missing", "%s is missing", "profiles")
		return
	}
	values := r.Mapping(n, "profiles")
	if len(values) == 0 || len(values) > maxProfiles {
		r.Found.Add(n, "range", "there must be 1 to %d profiles", maxProfiles)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if values[key.Value] != n.Content[i+1] {
			continue // refused by mapping
		}
		if !nameForm.MatchString(key.Value) {
			r.Found.Add(key, "form", "the name of a profile must have the form %s", nameForm)
			continue
		}
		out.Profiles[key.Value] = r.profile(key, n.Content[i+1], out)
		out.Order = append(out.Order, key.Value)
	}
}

var profileKeys = []string{"like", "zone", "group_days", "daily_cap", "points_life_days", "strikes_life_days", "warning_life_days",
	"warn_first", "count_automated", "grounds", "milestones"}

// profile reads one profile; what it does not say it has from the one it is
// like, which must stand above it.
func (r reader) profile(key, n *yaml.Node, out *Rules) *Profile {
	p := &Profile{Zone: "UTC", PointsLife: 365, StrikesLife: 365, WarningLife: 365, Grounds: map[string]Cost{}}
	values := r.Mapping(n, "profile", profileKeys...)
	if values == nil {
		return p
	}
	if like := values["like"]; like != nil {
		if other := out.Profiles[like.Value]; like.Kind == yaml.ScalarNode && other != nil {
			*p = *other
		} else {
			r.Found.Add(like, "unknown_profile", "there is no profile %q above this one", like.Value)
		}
	}
	p.Name = key.Value
	r.zone(values["zone"], p)
	r.whole(values["group_days"], "group_days", 0, maxDays, &p.GroupDays)
	r.whole(values["daily_cap"], "daily_cap", 0, maxCost, &p.DailyCap)
	r.whole(values["points_life_days"], "points_life_days", 1, maxDays, &p.PointsLife)
	r.whole(values["strikes_life_days"], "strikes_life_days", 1, maxDays, &p.StrikesLife)
	r.whole(values["warning_life_days"], "warning_life_days", 1, maxDays, &p.WarningLife)
	r.yesNo(values["warn_first"], "warn_first", &p.WarnFirst)
	r.yesNo(values["count_automated"], "count_automated", &p.CountAutomated)
	if g := values["grounds"]; g != nil || len(p.Grounds) == 0 {
		p.Grounds = r.grounds(key, g)
	}
	if m := values["milestones"]; m != nil {
		p.Milestones = r.milestones(m)
	}
	return p
}

func (r reader) zone(n *yaml.Node, p *Profile) {
	if n != nil {
		p.Zone, p.location = n.Value, nil
	}
	if p.location != nil {
		return
	}
	location, err := time.LoadLocation(p.Zone)
	if n != nil && (n.Kind != yaml.ScalarNode || n.Value == "" || n.Value == "Local" || err != nil) {
		r.Found.Add(n, "unknown_zone", "zone must be a name of the time zone database, such as Asia/Seoul")
		location = time.UTC
	}
	p.location = location
}

// grounds reads the costs; every ground that a block may have needs one, so
// that nothing is free by oversight.
func (r reader) grounds(key, n *yaml.Node) map[string]Cost {
	out := map[string]Cost{}
	if n == nil {
		r.Found.Add(key, "missing", "the profile %q needs grounds, or a profile that it is like", key.Value)
		return out
	}
	known := casefile.Grounds[verdict.Block]
	values := r.Mapping(n, "grounds", known...)
	for ground, v := range values {
		c := r.Mapping(v, ground, "points", "strikes")
		out[ground] = Cost{Points: r.cost(c["points"], "points"), Strikes: r.cost(c["strikes"], "strikes")}
	}
	for _, ground := range known {
		if values != nil && values[ground] == nil {
			r.Found.Add(n, "missing", "the cost of the ground %s is missing; write {} if it costs nothing", ground)
		}
	}
	return out
}

// cost reads one number, or four by severity.
func (r reader) cost(n *yaml.Node, what string) (c [4]int) {
	switch {
	case n == nil:
	case n.Kind == yaml.SequenceNode && len(n.Content) == len(c):
		for i, item := range n.Content {
			r.whole(item, what, 0, maxCost, &c[i])
		}
	case n.Kind == yaml.SequenceNode:
		r.Found.Add(n, "range", "%s by severity needs four numbers", what)
	default:
		r.whole(n, what, 0, maxCost, &c[0])
		c[1], c[2], c[3] = c[0], c[0], c[0]
	}
	return c
}

func (r reader) milestones(n *yaml.Node) []Milestone {
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxMilestones {
		r.Found.Add(n, "type", "milestones must be a list of at most %d", maxMilestones)
		return nil
	}
	last := map[Ledger]Milestone{}
	var out []Milestone
	for _, item := range n.Content {
		m, ok := r.milestone(item)
		if !ok {
			continue
		}
		if before := last[m.Ledger]; m.At <= before.At {
			r.Found.Add(item, "order", "the milestones of %s must rise; this one comes after %d", m.Ledger, before.At)
		} else if before.Effect == EffectClose {
			r.Found.Add(item, "order", "nothing can follow when the shop is closed")
		}
		last[m.Ledger] = m
		out = append(out, m)
	}
	return out
}

func (r reader) milestone(n *yaml.Node) (Milestone, bool) {
	var m Milestone
	values := r.Mapping(n, "milestone", "points", "strikes", "effect", "days")
	if values == nil {
		return m, false
	}
	points, strikes, effect := values["points"], values["strikes"], values["effect"]
	if (points == nil) == (strikes == nil) {
		r.Found.Add(n, "missing", "a milestone stands at a number of points or of strikes")
		return m, false
	}
	m.Ledger, m.At = Points, 1
	r.whole(points, "points", 1, maxCost, &m.At)
	if strikes != nil {
		m.Ledger = Strikes
		r.whole(strikes, "strikes", 1, maxCost, &m.At)
	}
	if effect == nil || effect.Kind != yaml.ScalarNode || !slices.Contains(Effects, Effect(effect.Value)) {
		r.Found.Add(n, "unknown_effect", "effect is one of: warn, restrict, suspend, close")
		return m, false
	}
	m.Effect = Effect(effect.Value)
	r.whole(values["days"], "days", 1, maxDays, &m.Days)
	switch {
	case m.Effect == EffectSuspend && values["days"] == nil:
		r.Found.Add(n, "missing", "a suspension needs days")
	case (m.Effect == EffectWarn || m.Effect == EffectClose) && values["days"] != nil:
		r.Found.Add(n, "not_needed", "%s has no days", m.Effect)
	}
	return m, true
}

func (r reader) choices(root, n *yaml.Node, out *Rules) {
	if n == nil || n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxChoices {
		r.Found.Add(root, "missing", "choose must be a list of 1 to %d choices", maxChoices)
		return
	}
	for _, item := range n.Content {
		values := r.Mapping(item, "choice", "markets", "countries", "profile")
		if values == nil {
			continue
		}
		c := Choice{Markets: r.words(values["markets"], "markets", marketForm), Countries: r.words(values["countries"], "countries", countryForm)}
		c.Profile = r.Matching(item, values["profile"], "profile", nameForm)
		if c.Profile != "" && out.Profiles[c.Profile] == nil {
			r.Found.Add(values["profile"], "unknown_profile", "there is no profile %q", c.Profile)
		}
		out.Choices = append(out.Choices, c)
	}
	if k := len(out.Choices); k > 0 && (len(out.Choices[k-1].Markets) > 0 || len(out.Choices[k-1].Countries) > 0) {
		r.Found.Add(n.Content[len(n.Content)-1], "missing", "the last choice must be for everybody: {profile: NAME}")
	}
}

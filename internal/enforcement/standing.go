package enforcement

import (
	"cmp"
	"slices"
	"time"
)

// EventKind is what an event tells.
type EventKind string

const (
	Infringement EventKind = "infringement" // costs points, strikes or both
	Warning      EventKind = "warning"      // a person has warned the shop
	Reversal     EventKind = "reversal"     // takes back the event, or the measure, named by Of
)

// Event is one thing that happened to a shop. An infringement carries the
// cost and the profile it was given under: a later version of the ladder does
// not change what was given before.
type Event struct {
	ID      string
	Kind    EventKind
	At      time.Time
	Of      string // Reversal: id of an event, or key of a measure
	Ground  string
	Points  int
	Strikes int
	Profile *Profile
}

// Why an infringement counts less than it costs.
const (
	WhyCap   = "cap"   // enough points that day
	WhyGroup = "group" // a strike a few days before stands for this one too
)

// Count is how one infringement counts.
type Count struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Ground  string    `json:"ground"`
	Points  int       `json:"points"`            // that count
	Strikes int       `json:"strikes"`           // that count
	Why     string    `json:"why,omitempty"`     // it counts less than it costs
	Expires time.Time `json:"expires,omitzero"`  // when the last of it stops counting; zero when nothing counts
	Expired bool      `json:"expired,omitempty"` // nothing of it counts any more
}

// Measure is what followed when a milestone was reached. Its Key is the same
// whenever the standing is computed again.
type Measure struct {
	Milestone
	Key     string    `json:"key"`
	Cause   string    `json:"cause"` // id of the infringement that reached it
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"`
	Instead bool      `json:"instead,omitempty"` // a warning, because none was given before
	Lifted  bool      `json:"lifted,omitempty"`  // a person has taken it back
	holds   bool      // ends when the milestone is no longer reached
	closed  bool
}

// Expiry is a moment at which the standing will improve by itself.
type Expiry struct {
	At      time.Time `json:"at"`
	Points  int       `json:"points"`
	Strikes int       `json:"strikes"`
}

// Standing is where a shop is at a moment.
type Standing struct {
	Profile  string      `json:"profile"`
	At       time.Time   `json:"at"`
	Points   int         `json:"points"`
	Strikes  int         `json:"strikes"`
	Counts   []Count     `json:"counts"`   // oldest first, without what was reversed
	Measures []Measure   `json:"measures"` // oldest first
	Reached  []Milestone `json:"reached"`  // highest reached of each ledger
	Next     []Milestone `json:"next"`     // lowest not reached of each ledger
	Changes  []Expiry    `json:"changes"`  // what expires, if nothing else happens
}

// Stand computes the standing at a moment from everything that happened until
// then. It is pure: the order of the events does not matter, an event given
// twice counts once, and an event that was reversed is as if it had never been.
// The profile in force decides what lies ahead; each event brings its own.
//
// Rules: grouping window, daily cap and life as AliExpress publishes them;
// milestones as TikTok Shop does; a warning before a suspension after Art.
// 23(1) of Regulation (EU) 2022/2065.
func Stand(now time.Time, inForce *Profile, events []Event) Standing {
	w := &walk{now: now, reversed: map[string]bool{}, used: map[string]int{}, served: map[string]Milestone{}}
	w.out = Standing{Profile: inForce.Name, At: now, Counts: []Count{}, Measures: []Measure{}, Reached: []Milestone{}, Next: []Milestone{}, Changes: []Expiry{}}
	for _, e := range w.sorted(events) {
		w.until(e.At)
		if e.Kind == Warning {
			w.warned = append(w.warned, span{e.At, e.At.Add(days(e.Profile.WarningLife))})
			continue
		}
		w.count(e)
	}
	w.until(now)
	w.look(inForce)
	w.ahead()
	return w.out
}

// span is a stretch of time.
type span struct{ from, until time.Time }

// lot is what one infringement holds in a ledger.
type lot struct {
	ledger  Ledger
	amount  int
	expires time.Time
}

// walk goes through the events in the order of time.
type walk struct {
	now      time.Time
	reversed map[string]bool
	used     map[string]int // points that counted, by profile and day
	group    time.Time      // first strike of the group that is open
	grouping bool
	lots     []lot
	served   map[string]Milestone // milestones that were reached and had their effect, by step
	warned   []span
	out      Standing
}

// sorted are the events that count, each once, in the order of time.
func (w *walk) sorted(events []Event) []Event {
	var list []Event
	for _, e := range events {
		if e.At.After(w.now) {
			continue
		}
		if e.Kind == Reversal {
			w.reversed[e.Of] = true
		} else {
			list = append(list, e)
		}
	}
	list = slices.DeleteFunc(list, func(e Event) bool { return w.reversed[e.ID] })
	slices.SortStableFunc(list, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(e Event) bool {
		twice := seen[e.ID]
		seen[e.ID] = true
		return twice
	})
}

func (w *walk) total(l Ledger) int {
	sum := 0
	for _, lot := range w.lots {
		if lot.ledger == l {
			sum += lot.amount
		}
	}
	return sum
}

// until lets everything expire that does so up to a moment, step by step.
func (w *walk) until(t time.Time) {
	for {
		first := time.Time{}
		for _, l := range w.lots {
			if !l.expires.After(t) && (first.IsZero() || l.expires.Before(first)) {
				first = l.expires
			}
		}
		if first.IsZero() {
			return
		}
		w.lots = slices.DeleteFunc(w.lots, func(l lot) bool { return l.expires.Equal(first) })
		w.fall(first)
	}
}

// fall forgets the milestones that are no longer reached, and ends what held
// as long as they were.
func (w *walk) fall(at time.Time) {
	for name, m := range w.served {
		if m.At <= w.total(m.Ledger) {
			continue
		}
		delete(w.served, name)
		for i := range w.out.Measures {
			if x := &w.out.Measures[i]; x.holds && !x.closed && x.step() == name {
				x.Until, x.closed = at, true
			}
		}
	}
}

// count takes an infringement in and finds what it reaches.
func (w *walk) count(e Event) {
	c := Count{ID: e.ID, At: e.At, Ground: e.Ground}
	c.Points = w.capped(e)
	c.Strikes = w.grouped(e)
	switch {
	case c.Points < e.Points:
		c.Why = WhyCap
	case c.Strikes < e.Strikes:
		c.Why = WhyGroup
	}
	for _, l := range []lot{{Points, c.Points, e.At.Add(e.Profile.life(Points))}, {Strikes, c.Strikes, e.At.Add(e.Profile.life(Strikes))}} {
		if l.amount == 0 {
			continue
		}
		w.lots = append(w.lots, l)
		if l.expires.After(c.Expires) {
			c.Expires = l.expires
		}
	}
	c.Expired = !c.Expires.IsZero() && !c.Expires.After(w.now)
	w.out.Counts = append(w.out.Counts, c)
	warned := w.isWarned(e)
	for _, l := range []Ledger{Strikes, Points} {
		if l == Points && c.Points > 0 || l == Strikes && c.Strikes > 0 {
			w.reach(l, e, warned)
		}
	}
}

// capped is how many points of an event count under the cap of its day.
func (w *walk) capped(e Event) int {
	if e.Profile.DailyCap == 0 {
		return e.Points
	}
	day := e.At.In(e.Profile.location).Format(time.DateOnly)
	n := max(min(e.Points, e.Profile.DailyCap-w.used[day]), 0)
	w.used[day] += n
	return n
}

// grouped is how many strikes of an event count: those within the window after
// the first of a group stand for one wrong.
func (w *walk) grouped(e Event) int {
	if e.Strikes == 0 {
		return 0
	}
	if w.grouping && e.At.Before(w.group.Add(days(e.Profile.GroupDays))) {
		return 0
	}
	w.group, w.grouping = e.At, true
	return e.Strikes
}

// isWarned reports whether a warning was given before the event and still holds.
func (w *walk) isWarned(e Event) bool {
	return slices.ContainsFunc(w.warned, func(s span) bool { return s.from.Before(e.At) && e.At.Before(s.until) })
}

// reach finds the highest milestone that the event reaches anew. The last one
// of a ledger is reached again by every further infringement: who goes on
// after a suspension of the longest kind is suspended again.
func (w *walk) reach(l Ledger, e Event, warned bool) {
	all, total := e.Profile.Of(l), w.total(l)
	top := len(all) - 1
	told := false
	for i := top; i >= 0; i-- {
		m := all[i]
		_, served := w.served[m.step()]
		grave := m.Effect == EffectSuspend || m.Effect == EffectClose
		if m.At > total || served && !(i == top && grave) {
			continue
		}
		if grave && e.Profile.WarnFirst && !warned {
			if !told {
				w.measure(m, e, true)
				told = true
			}
			continue
		}
		if !told || m.Effect != EffectWarn { // one warning is enough
			w.measure(m, e, false)
		}
		for _, lower := range all[:i+1] {
			w.served[lower.step()] = lower
		}
		return
	}
}

func (w *walk) measure(m Milestone, e Event, instead bool) {
	x := Measure{Milestone: m, Key: e.ID + "/" + m.Name(), Cause: e.ID, From: e.At, Instead: instead}
	if instead {
		x.Key += "/warn"
		x.Effect, x.Days = EffectWarn, 0
	}
	x.Lifted = w.reversed[x.Key]
	switch {
	case x.Effect == EffectWarn:
		x.Until = e.At.Add(days(e.Profile.WarningLife))
		if !x.Lifted {
			w.warned = append(w.warned, span{x.From, x.Until})
		}
	case x.Days > 0:
		x.Until = e.At.Add(days(x.Days))
	default:
		x.holds = x.Effect == EffectRestrict
	}
	w.out.Measures = append(w.out.Measures, x)
}

// look notes the totals of the moment and the milestones around them.
func (w *walk) look(p *Profile) {
	w.out.Points, w.out.Strikes = w.total(Points), w.total(Strikes)
	for _, l := range []Ledger{Points, Strikes} {
		var reached *Milestone
		for _, m := range p.Of(l) {
			if m.At > w.total(l) {
				w.out.Next = append(w.out.Next, m)
				break
			}
			reached = &m
		}
		if reached != nil {
			w.out.Reached = append(w.out.Reached, *reached)
		}
	}
}

// ahead lets the rest expire, to say when and to end what holds until then.
func (w *walk) ahead() {
	for len(w.lots) > 0 {
		first := slices.MinFunc(w.lots, func(a, b lot) int { return a.expires.Compare(b.expires) }).expires
		w.until(first)
		w.out.Changes = append(w.out.Changes, Expiry{At: first, Points: w.total(Points), Strikes: w.total(Strikes)})
	}
}

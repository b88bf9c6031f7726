package notice

import "assay/internal/casefile"

// Tier is how far a notifier is trusted.
type Tier string

const (
	New         Tier = "new" // too little is known
	Standard    Tier = "standard"
	GoodFaith   Tier = "good_faith"   // sooner, and paused at once where the rules say so
	SelfRemoval Tier = "self_removal" // what it names is paused at once
)

// Tiers lists every tier: message "notice.tier.<code>".
var Tiers = []Tier{New, Standard, GoodFaith, SelfRemoval}

// Accuracy is how a notifier's listings were decided in a stretch of time.
// Incomplete notices, and what was taken back before anybody decided, are not
// counted against him.
type Accuracy struct {
	Notifier   string  `json:"notifier"`
	Notices    int     `json:"notices"`
	Decided    int     `json:"decided"`  // listings
	Accepted   int     `json:"accepted"` // and not overturned
	Refused    int     `json:"refused"`
	Overturned int     `json:"overturned"` // accepted, and taken back later
	Retired    int     `json:"retired"`    // by himself
	Share      float64 `json:"share"`      // accepted of decided
	Low        float64 `json:"low"`        // the ends of the interval of 95 % (Wilson)
	High       float64 `json:"high"`
	Tier       Tier    `json:"tier"`
}

// Measured completes counts with their share, its interval and the tier. Granted
// says that self-removal was given by hand.
func (r *Rules) Measured(a Accuracy, granted bool) Accuracy {
	a.Decided = a.Accepted + a.Refused + a.Overturned
	p := casefile.Measure("", a.Decided, a.Accepted)
	a.Share, a.Low, a.High = p.Share, p.Low, p.High
	switch {
	case granted && r.Tiers.SelfRemoval.holds(a):
		a.Tier = SelfRemoval
	case r.Tiers.GoodFaith.holds(a):
		a.Tier = GoodFaith
	case a.Decided < r.Tiers.New:
		a.Tier = New
	default:
		a.Tier = Standard
	}
	return a
}

func (b Bound) holds(a Accuracy) bool {
	taken := a.Accepted + a.Overturned
	return a.Decided >= b.Decided && a.Low >= b.Low && (taken == 0 || float64(a.Overturned) <= b.Overturned*float64(taken))
}

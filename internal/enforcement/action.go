package enforcement

import (
	"time"

	"assay/internal/listing"
	"assay/internal/seller"
)

// Kind is what was done.
type Kind string

const (
	Pause    Kind = "pause"    // a listing, until somebody has looked
	Remove   Kind = "remove"   // a listing
	Restore  Kind = "restore"  // a listing, to sale
	Warn     Kind = "warn"     // the shop
	Point    Kind = "point"    // points for an infringement
	Strike   Kind = "strike"   // strikes for a serious one
	Restrict Kind = "restrict" // the shop adds no listings
	Suspend  Kind = "suspend"  // the shop sells nothing until a date
	Close    Kind = "close"    // the shop is closed; only by a confirmed Closure
	Reopen   Kind = "reopen"   // the shop may do everything again
)

// Kinds lists every kind, in the order shown to people.
var Kinds = []Kind{Pause, Remove, Restore, Warn, Point, Strike, Restrict, Suspend, Close, Reopen}

// kindOf is the action that an effect is carried out by.
var kindOf = map[Effect]Kind{EffectWarn: Warn, EffectRestrict: Restrict, EffectSuspend: Suspend}

// Action is one thing that was done to a listing or a shop. It is kept for
// ever; taking it back fills in the last fields.
type Action struct {
	ID         string         `json:"id"`
	Kind       Kind           `json:"kind"`
	SellerID   string         `json:"seller_id"`
	ListingID  string         `json:"listing_id,omitempty"`
	RevisionID string         `json:"revision_id,omitempty"`
	CaseID     string         `json:"case_id,omitempty"`
	DecisionID string         `json:"decision_id,omitempty"` // "" when a person did it without a case
	CauseID    string         `json:"cause_id,omitempty"`    // action that reached the milestone
	Mark       string         `json:"mark,omitempty"`        // key of the Measure that it carries out
	Milestone  string         `json:"milestone,omitempty"`   // e.g. "points:24"
	Reason     string         `json:"reason"`                // a ground, or one of Reasons
	Note       string         `json:"note,omitempty"`        // for staff
	Points     int            `json:"points,omitempty"`
	Strikes    int            `json:"strikes,omitempty"`
	Was        listing.Status `json:"was,omitempty"` // of the listing just before
	Became     listing.Status `json:"became,omitempty"`
	From       time.Time      `json:"from"`
	Until      time.Time      `json:"until,omitzero"` // zero: until it is taken back
	Ladder     string         `json:"ladder"`         // version of the ladder, e.g. "default@1"
	Profile    string         `json:"profile"`
	Factors    *Factors       `json:"factors,omitempty"` // of a suspension or closure
	ActorID    string         `json:"actor_id"`          // "system" for what follows by the ladder
	CreatedAt  time.Time      `json:"created_at"`

	ReversedAt     *time.Time `json:"reversed_at,omitempty"`
	ReversedBy     string     `json:"reversed_by,omitempty"`     // account, or "system"
	Reversal       string     `json:"reversal,omitempty"`        // id of the decision or action that took it back
	ReversalReason string     `json:"reversal_reason,omitempty"` // "decision", "ladder", "reopened", or one of Reversals
	ReversalNote   string     `json:"reversal_note,omitempty"`   // for staff
}

// Factors are what Art. 23(3) of Regulation (EU) 2022/2065 has weighed before
// a suspension: number, share, gravity with consequences, and intention.
type Factors struct {
	Number    int            `json:"number"`              // infringements that count
	Listings  int            `json:"listings"`            // of the shop, all told
	Share     float64        `json:"share"`               // Number of Listings, 0..1
	Gravity   map[string]int `json:"gravity"`             // infringements by ground
	Intention []string       `json:"intention,omitempty"` // codes: after_warning, forged_papers, repeated
}

// system is the actor of what follows without a person.
const system = "system"

// Holds reports whether the action is in effect at a moment.
func (a Action) Holds(t time.Time) bool {
	return a.ReversedAt == nil && !a.From.After(t) && (a.Until.IsZero() || t.Before(a.Until))
}

// OnListing reports whether the action is about one listing, not the shop.
func (a Action) OnListing() bool { return a.Kind == Pause || a.Kind == Remove || a.Kind == Restore }

// OnShop reports whether the action limits what the shop may do.
func (a Action) OnShop() bool { return a.Kind == Restrict || a.Kind == Suspend || a.Kind == Close }

// shopStatus is what an action makes of a shop.
var shopStatus = map[Kind]seller.Status{Restrict: seller.Restricted, Suspend: seller.Suspended, Close: seller.Closed}

// rank orders what a shop may do, the freest first.
func rank(s seller.Status) int {
	switch s {
	case seller.Restricted:
		return 1
	case seller.Suspended:
		return 2
	case seller.Closed:
		return 3
	}
	return 0
}

// Shut reports whether a shop of this status has nothing on sale.
func Shut(s seller.Status) bool { return s == seller.Suspended || s == seller.Closed }

// Reasons a person may give for an action without a case, in the order shown.
// Points and strikes have a ground instead.
var Reasons = []string{"repeated", "identity", "rights_complaint", "authority_order", "safety", "other"}

// Reversals are the reasons for taking an action back.
var Reversals = []string{"mistake", "cured", "agreement", "goodwill", "authority_order", "other"}

// Reasons that the program gives.
const (
	ReasonMilestone = "milestone" // an action: a milestone was reached
	ReasonDecision  = "decision"  // a reversal: the decision behind it fell
	ReasonLadder    = "ladder"    // a reversal: it no longer follows from the ladder
	ReasonReopened  = "reopened"  // a reversal: the shop was reopened
)

// Record is what is kept of a shop beside its actions.
type Record struct {
	SellerID  string
	Market    string
	Status    seller.Status // as enforcement has set it last; "" when it never did
	Points    int           // at UpdatedAt
	Strikes   int
	NextAt    time.Time // when something changes by itself; zero: nothing will
	Version   int       // grows with every change of Status
	UpdatedAt time.Time
}

// Filter selects actions; zero fields do not filter. Newest first.
type Filter struct {
	SellerID  string
	ListingID string
	CaseID    string
	Kind      Kind
	After     string // cursor as returned
	Limit     int    // 1..200; 0 means 50
}

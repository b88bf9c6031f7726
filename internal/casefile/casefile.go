// Package casefile is the reviewer's unit of work: a question a person must
// answer about a listing, what was found, and what was decided and why.
package casefile

import (
	"context"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// State is where a case stands.
type State string

const (
	Open   State = "open"
	Closed State = "closed"
	// Superseded cases were overtaken by a newer revision before anybody decided.
	Superseded State = "superseded"
)

// Source is what asks.
type Source string

const (
	FromScreening Source = "screening" // a verdict of the policy
	FromNotice    Source = "notice"    // somebody outside complained
	FromAppeal    Source = "appeal"    // a party objects to a decision
	FromSample    Source = "sample"    // an automatic decision, drawn by lot for a second look
	FromSimilar   Source = "similar"   // goods like those of a decided case
)

// Sources lists every source, in the order shown to people.
var Sources = []Source{FromScreening, FromNotice, FromAppeal, FromSample, FromSimilar}

// Hold is why a case waits although somebody could decide it.
type Hold struct {
	Reason string    `json:"reason"` // code, message key "hold.<code>"
	Note   string    `json:"note,omitempty"`
	Until  time.Time `json:"until"` // it comes back to the queue by itself
	ByID   string    `json:"by_id"`
	At     time.Time `json:"at"`
}

// Case asks a person about one listing. A listing has at most one open case
// of each source.
type Case struct {
	ID         string           `json:"id"`
	Source     Source           `json:"source"`
	ListingID  string           `json:"listing_id"`
	RevisionID string           `json:"revision_id"` // the revision that is being judged
	VerdictID  string           `json:"verdict_id"`  // the newest verdict on it
	SellerID   string           `json:"seller_id"`
	BrandID    string           `json:"brand_id,omitempty"`  // of the strongest signal
	HolderID   string           `json:"holder_id,omitempty"` // owner of that brand
	Title      string           `json:"title"`
	Reason     string           `json:"reason"`   // code of the gravest reason
	Proposed   verdict.Decision `json:"proposed"` // what the policy asked for: review, or block (already held)
	Score      float64          `json:"score"`
	TurnAt     time.Time        `json:"turn_at"` // whose turn it is: smaller is sooner, see Levels
	State      State            `json:"state"`
	AssigneeID string           `json:"assignee_id,omitempty"`
	LeaseUntil *time.Time       `json:"lease_until,omitempty"` // the claim ends by itself
	DueAt      time.Time        `json:"due_at"`
	Desk       string           `json:"desk,omitempty"`        // id of the regional team it lies with, "" for the common queue
	Severity   int              `json:"severity"`              // 0 unknown, 1 minor to 4 dangerous goods
	Exposure   int              `json:"exposure"`              // 0 unknown, 1 little to 4 a great deal at stake for buyers
	Tier       string           `json:"tier,omitempty"`        // of who notified: a key of Levels.Tiers
	Hold       *Hold            `json:"hold,omitempty"`        // waits until then
	AskedID    string           `json:"asked_id,omitempty"`    // the second person who is asked for an opinion
	AppealOf   string           `json:"appeal_of,omitempty"`   // id of the decision that is looked at again, on appeal or by lot
	Barred     []string         `json:"barred,omitempty"`      // accounts that may not decide: they were involved before
	ProposalID string           `json:"proposal_id,omitempty"` // a first person's answer that waits for a second one
	Decision   *Decision        `json:"decision,omitempty"`    // the last one
	Version    int              `json:"version"`               // grows with every change; guards against two deciding at once
	CreatedAt  time.Time        `json:"created_at"`
	UpdatedAt  time.Time        `json:"updated_at"`
}

// Decision is a person's answer. It is kept for ever; deciding again adds one.
type Decision struct {
	ID        string           `json:"id"`
	CaseID    string           `json:"case_id"`
	Outcome   verdict.Decision `json:"outcome"` // pass or block
	Reason    string           `json:"reason"`  // code, message key "ground.<code>"
	Note      string           `json:"note,omitempty"`
	ActorID   string           `json:"actor_id"`
	ActorName string           `json:"actor_name"`
	Automated bool             `json:"automated,omitempty"` // by the policy, without a person
	GroupID   string           `json:"group_id,omitempty"`  // decided together with others
	Reverses  string           `json:"reverses,omitempty"`  // id of the decision that it takes back
	Was       listing.Status   `json:"was,omitempty"`       // of the listing just before; "" when the listing was not touched
	CreatedAt time.Time        `json:"created_at"`
}

// Grounds are the reasons a person may give, by outcome, in the order shown.
var Grounds = map[verdict.Decision][]string{
	verdict.Block: {"counterfeit", "trademark_in_text", "mark_in_picture", "stolen_photograph", "false_affiliation", "no_licence", "other_infringement", "forged_papers"},
	verdict.Pass:  {"licensed", "compatible_use", "second_hand", "other_meaning", "not_the_same_picture", "no_infringement"},
}

// Common is how a filter names the common queue, of cases that lie with no desk.
const Common = "-"

// Filter selects cases; zero fields do not filter. Order is TurnAt, then id.
type Filter struct {
	State      State
	Source     Source
	AssigneeID string
	Unassigned bool // not claimed by anybody at Now
	HolderID   string
	BrandID    string
	SellerID   string
	AssetID    string // decided cases whose verdict stood on this asset
	Reason     string
	Proposed   verdict.Decision
	Desk       string    // id of a desk, or Common
	Within     []string  // nil: all; else only cases of these desks, "" being the common queue
	AskedID    string    // somebody's opinion is asked for
	Severity   int       // at least so grave
	OpenedBy   time.Time // opened at that time or before
	DueBy      time.Time // due at that time or before
	OnHold     *bool     // waits at Now, or does not
	TwoPeople  bool      // a first answer waits for a second person
	Query      string    // part of title
	After      string    // cursor as returned by Cases
	Limit      int       // 1..200; 0 means 50
	Now        time.Time
}

// Page is a stretch of the queue.
type Page struct {
	Cases []Case `json:"cases"`
	Next  string `json:"next,omitempty"` // cursor of the next page, "" at the end
}

// Store keeps cases. Missing rows give fault.NotFound.
type Store interface {
	// PutCase inserts or, when Version still is what the caller read, replaces
	// and raises Version; otherwise fault.Conflict. Inserting a second open
	// case of a listing is a fault.Conflict too.
	PutCase(ctx context.Context, c Case) error
	Case(ctx context.Context, id string) (Case, error)
	// OpenCase is the open case of a listing that screening asked for.
	OpenCase(ctx context.Context, listingID string) (Case, error)
	// OpenCaseOf is the open case of a listing and a source.
	OpenCaseOf(ctx context.Context, listingID string, source Source) (Case, error)
	// LastDecided is the listing's case that was decided last; its Decision is set.
	LastDecided(ctx context.Context, listingID string) (Case, error)
	Cases(ctx context.Context, f Filter) (Page, error)
	// CountCases counts open cases by reason.
	CountCases(ctx context.Context, f Filter) (map[string]int, error)
	// CountUpTo counts cases of the filter, open ones unless it names a state,
	// but no more than limit.
	CountUpTo(ctx context.Context, f Filter, limit int) (int, error)
	AddDecision(ctx context.Context, d Decision) error
	Decisions(ctx context.Context, caseID string) ([]Decision, error)
	// Decision is one decision by its id; GroupDecisions those decided together, oldest first.
	Decision(ctx context.Context, id string) (Decision, error)
	GroupDecisions(ctx context.Context, groupID string) ([]Decision, error)

	// Precision measures one asset, also one of which nothing was decided;
	// Precisions those of which something was, the worst first. Of the filter
	// BrandID, HolderID, After and Limit (1..200; 0 means 50) count.
	Precision(ctx context.Context, assetID string) (Precision, error)
	Precisions(ctx context.Context, f registry.Filter) (PrecisionPage, error)

	TeamStore
	NoteStore
	ViewStore
	ProposalStore
}

// Package statement gives reasons: one record of what was decided about a
// seller's goods, why, what it costs and how to object. The seller's letter,
// the notifier's answer, the public record and the record for the DSA
// Transparency Database are renderings of that one source.
//
// What a statement must hold follows Article 17 of Regulation (EU) 2022/2065;
// it is given to every seller, wherever he sells.
package statement

import (
	"context"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/signal"
)

// Kind is what was decided.
type Kind string

const (
	Removed  Kind = "removed"  // goods were taken off sale
	Held     Kind = "held"     // goods are off sale until a question is answered
	Restored Kind = "restored" // goods are on sale again
	Kept     Kind = "kept"     // a complaint was refused: the goods stay on sale
	Upheld   Kind = "upheld"   // an objection was refused: the goods stay off sale
	Sanction Kind = "sanction" // something befalls the shop, apart from any decision on goods
	Lifted   Kind = "lifted"   // such a thing was taken back
)

// Kinds lists every kind, in the order shown to people.
var Kinds = []Kind{Removed, Held, Restored, Kept, Upheld, Sanction, Lifted}

// Restricts reports whether the kind takes something from a seller: only then
// does the law ask for a statement, and the DSA database for a record.
func (k Kind) Restricts() bool { return k == Removed || k == Held || k == Upheld || k == Sanction }

// Source is what the decision goes back to.
type Source string

const (
	Own     Source = "own"     // the marketplace looked of its own accord
	Noticed Source = "notice"  // a notice with what Article 16 DSA asks for
	Trusted Source = "trusted" // a notice of a flagger certified under Article 22 DSA
	Told    Source = "told"    // another word from outside, such as a buyer's report
)

// Automation is how far a machine decided.
type Automation string

const (
	ByPerson  Automation = "person"  // nothing but people
	ByBoth    Automation = "both"    // a machine proposed, a person decided
	ByMachine Automation = "machine" // nobody looked
)

// Effect is one thing that befalls the shop with a decision, or is given back.
type Effect struct {
	ID     string     `json:"id,omitempty"` // of the enforcement action
	Kind   string     `json:"kind"`         // one of Effects
	Amount int        `json:"amount,omitempty"`
	From   time.Time  `json:"from,omitzero"`
	Until  *time.Time `json:"until,omitempty"` // nil: no end is set
	Back   bool       `json:"back,omitempty"`  // it is taken back
}

// Kinds of effects, with the message key "statement.effect.<kind>".
const (
	Points   = "points"   // Amount penalty points
	Strike   = "strike"   // Amount serious violations
	Warning  = "warning"  // nothing but the word
	Restrict = "restrict" // the shop may not add listings
	Suspend  = "suspend"  // nothing of the shop is on sale
	Close    = "close"    // the shop is closed
	Reopen   = "reopen"   // the shop is open again
)

// Effects lists every kind of effect.
var Effects = []string{Points, Strike, Warning, Restrict, Suspend, Close, Reopen}

// Right is the right that a decision rests on, as it stood then.
type Right struct {
	ID     string             `json:"id"`
	Kind   registry.RightKind `json:"kind"`
	Office string             `json:"office,omitempty"` // WIPO ST.3
	Number string             `json:"number,omitempty"`
}

// Fact is one thing that was found, with the names as they stood then.
type Fact struct {
	Kind    signal.Kind `json:"kind"`
	Brand   string      `json:"brand,omitempty"`
	Asset   string      `json:"asset,omitempty"`
	Picture int         `json:"picture,omitempty"` // from 1
	Field   string      `json:"field,omitempty"`   // where a text stands
	Text    string      `json:"text,omitempty"`    // as the seller wrote it
	Matched string      `json:"matched,omitempty"` // the protected wording
	Right   *Right      `json:"right,omitempty"`
}

// Goods are one listing that a statement is about.
type Goods struct {
	DecisionID string         `json:"decision_id"`
	CaseID     string         `json:"case_id"`
	ListingID  string         `json:"listing_id"`
	RevisionID string         `json:"revision_id"`
	ExternalID string         `json:"external_id"`
	Title      string         `json:"title"`
	Language   string         `json:"language,omitempty"` // of the offer
	Country    string         `json:"country,omitempty"`  // where it is offered
	GTIN       string         `json:"gtin,omitempty"`
	Since      time.Time      `json:"since"` // hosted from
	Was        listing.Status `json:"was,omitempty"`
	Status     listing.Status `json:"status"`
	BrandID    string         `json:"brand_id,omitempty"`
	HolderID   string         `json:"holder_id,omitempty"`
	Facts      []Fact         `json:"facts,omitempty"`
	Reverses   string         `json:"reverses,omitempty"` // the decision that is taken back
	Overtaken  bool           `json:"overtaken,omitempty"`
}

// Ground is why it is not allowed, or why it is.
type Ground struct {
	Code   string  `json:"code"`             // the decision's reason, message "ground.<code>"
	Law    bool    `json:"law"`              // rests on law; else on the marketplace's terms
	Rights []Right `json:"rights,omitempty"` // the rights that are infringed
	Clause string  `json:"clause,omitempty"` // of the terms, message "statement.clause.<code>"
}

// Notice is what a statement tells of a notice.
type Notice struct {
	ID       string    `json:"id"`
	HolderID string    `json:"holder_id,omitempty"` // the rights holder that complained
	Source   Source    `json:"source"`
	Said     string    `json:"said,omitempty"` // its explanation
	At       time.Time `json:"at"`
}

// Redress is how the decision can be put right.
type Redress struct {
	AnswerUntil *time.Time `json:"answer_until,omitempty"` // first answer, before anything is final
	AppealUntil *time.Time `json:"appeal_until,omitempty"`
	Cure        bool       `json:"cure,omitempty"`    // changing the listing brings it back
	Outside     string     `json:"outside,omitempty"` // out-of-court body, message "statement.outside.<code>"
	Court       bool       `json:"court,omitempty"`
}

// Statement is the one source. It is never changed.
type Statement struct {
	ID        string     `json:"id"`
	Kind      Kind       `json:"kind"`
	SellerID  string     `json:"seller_id"`
	GroupID   string     `json:"group_id,omitempty"`
	Goods     []Goods    `json:"goods"`
	Effects   []Effect   `json:"effects,omitempty"`
	Ground    Ground     `json:"ground"`
	Reply     string     `json:"reply,omitempty"` // what the person who decided says to the parties
	Source    Source     `json:"source"`
	Notices   []Notice   `json:"notices,omitempty"`
	Detected  bool       `json:"detected"` // found by automated means
	Decided   Automation `json:"decided"`
	Objection bool       `json:"objection,omitempty"` // answers an objection or appeal
	Territory []string   `json:"territory,omitempty"` // ISO 3166-1 alpha-2; empty: everywhere
	From      time.Time  `json:"from"`
	Until     *time.Time `json:"until,omitempty"` // nil: no end is set
	Redress   Redress    `json:"redress"`
	Policy    string     `json:"policy,omitempty"`  // version
	Ladder    string     `json:"ladder,omitempty"`  // version of the ladder of penalties
	Language  string     `json:"language"`          // of the seller, for letters
	Country   string     `json:"country,omitempty"` // of the seller: days end there
	CreatedAt time.Time  `json:"created_at"`
}

// DecisionIDs are the decisions that the statement gives reasons for.
func (s Statement) DecisionIDs() []string {
	var out []string
	for _, g := range s.Goods {
		if g.DecisionID != "" {
			out = append(out, g.DecisionID)
		}
	}
	return out
}

// Holders are the rights holders whom it concerns: those who complained, or
// whose brands were found.
func (s Statement) Holders() []string {
	seen := map[string]bool{"": true}
	var out []string
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, n := range s.Notices {
		add(n.HolderID)
	}
	for _, g := range s.Goods {
		add(g.HolderID)
	}
	return out
}

// Filter selects statements; zero fields do not filter. Newest first.
type Filter struct {
	SellerID   string
	HolderID   string
	DecisionID string
	ListingID  string
	Kind       Kind
	Restricts  bool // only those that restrict
	Oldest     bool // oldest first, for exports
	After      string
	Limit      int // 1..200; 0 means 50
}

// Store keeps statements. Missing rows give fault.NotFound.
type Store interface {
	// AddStatement stores one; the same ID again changes nothing.
	AddStatement(ctx context.Context, s Statement) error
	Statement(ctx context.Context, id string) (Statement, error)
	Statements(ctx context.Context, f Filter) (rows []Statement, next string, err error)
}

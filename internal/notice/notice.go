// Package notice takes in what people outside say about listings: complaints
// of rights holders and others, checked at intake, carried to a decision, and
// answered.
package notice

import (
	"time"

	"assay/internal/fault"
)

// State is where a notice stands.
type State string

const (
	Draft      State = "draft"      // not sent yet
	Incomplete State = "incomplete" // sent; Missing says what is asked for, until RepairBy
	Open       State = "open"       // taken in; some listing is not answered yet
	Done       State = "done"       // every listing is answered
	Withdrawn  State = "withdrawn"  // by the notifier
	Lapsed     State = "lapsed"     // was never completed; not counted as wrong
)

// States lists every state: message "notice.state.<code>".
var States = []State{Draft, Incomplete, Open, Done, Withdrawn, Lapsed}

// ItemState is where one listing of a notice stands.
type ItemState string

const (
	Waiting  ItemState = "waiting"  // nobody has decided
	Accepted ItemState = "accepted" // the listing was removed
	Refused  ItemState = "refused"  // the listing stays
	Retired  ItemState = "retired"  // the notifier took it back
	Unknown  ItemState = "unknown"  // the line names no listing; Problem says why
	Repeated ItemState = "repeated" // the same was said before: an earlier line, or an open notice, of the same notifier
)

// ItemStates lists every state of an item: message "notice.item.<code>".
var ItemStates = []ItemState{Waiting, Accepted, Refused, Retired, Unknown, Repeated}

// Contact is who complains, and how to reach him.
type Contact struct {
	Name         string `json:"name"`
	Email        string `json:"email"`
	Organisation string `json:"organisation,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Address      string `json:"address,omitempty"`
}

// Declared is what the notifier declares.
type Declared struct {
	GoodFaith bool   `json:"good_faith"` // believes in good faith that the use is unlawful
	Accurate  bool   `json:"accurate"`   // what he says is accurate and complete
	Authority bool   `json:"authority"`  // is the owner or may act for him; under US law under penalty of perjury
	Signature string `json:"signature,omitempty"`
}

// Notice is one complaint about up to MaxLines listings.
type Notice struct {
	ID        string        `json:"id"`
	Number    int64         `json:"number"` // counts from 1; 0 for a draft
	Kind      Kind          `json:"kind"`
	Profile   Profile       `json:"profile"`
	State     State         `json:"state"`
	HolderID  string        `json:"holder_id,omitempty"` // whose complaint it is; empty: somebody without an account
	BrandID   string        `json:"brand_id,omitempty"`
	RightID   string        `json:"right_id,omitempty"`
	Owner     string        `json:"owner,omitempty"` // which right, and whose, in words, where it is not in the registry
	Work      string        `json:"work,omitempty"`  // the work, where nothing registers it
	Facts     string        `json:"facts"`
	Lines     string        `json:"lines"` // listings as they were given, one a line
	Contact   Contact       `json:"contact"`
	Declared  Declared      `json:"declared"`
	OnBehalf  bool          `json:"on_behalf,omitempty"` // the marketplace's own people entered it
	Door      string        `json:"door"`                // "api", "console"
	ActorID   string        `json:"actor_id"`
	Tier      Tier          `json:"tier,omitempty"` // of the notifier when it was taken in
	Missing   []fault.Field `json:"missing,omitempty"`
	RepairBy  *time.Time    `json:"repair_by,omitempty"`
	Version   int           `json:"version"`
	SentAt    *time.Time    `json:"sent_at,omitempty"`
	ClosedAt  *time.Time    `json:"closed_at,omitempty"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

// Notifier names who is accountable for a notice: a rights holder, or a
// person by his address.
func (n Notice) Notifier() string {
	if n.HolderID != "" {
		return "holder:" + n.HolderID
	}
	return "mail:" + hashOf(foldMail(n.Contact.Email))
}

// Item is one line of a notice.
type Item struct {
	NoticeID   string     `json:"notice_id"`
	Line       int        `json:"line"` // from 1
	Raw        string     `json:"raw"`  // as it was given
	ListingID  string     `json:"listing_id,omitempty"`
	RevisionID string     `json:"revision_id,omitempty"` // that was complained about
	CaseID     string     `json:"case_id,omitempty"`
	State      ItemState  `json:"state"`
	Problem    string     `json:"problem,omitempty"` // message "notice.problem.<code>"
	First      Action     `json:"first,omitempty"`   // what was done at once
	Paused     bool       `json:"paused,omitempty"`  // it was taken off sale by this notice
	DecisionID string     `json:"decision_id,omitempty"`
	Overturned bool       `json:"overturned,omitempty"` // it was accepted, and a later decision took that back
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
}

// Counts says how many lines of a notice are what.
type Counts map[ItemState]int

// settled reports whether no listing of the notice waits any more.
func (c Counts) settled() bool { return c[Waiting] == 0 }

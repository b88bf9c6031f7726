// Package hearing hears the other side: the seller's answer to a decision, the
// complainant's reply, and appeals of either. Everything has a clock that both
// sides see, and the silence of either has a result that was set beforehand.
package hearing

import (
	"context"
	"time"
)

// Kind is how far a matter has come.
type Kind string

const (
	Objection Kind = "objection" // the seller's first answer, before the decision is final
	Appeal    Kind = "appeal"    // a second look, by people who were not involved
)

// Side is who speaks.
type Side string

const (
	Seller      Side = "seller"
	Complainant Side = "complainant"
)

// State is whose turn it is.
type State string

const (
	AwaitsSeller      State = "awaits_seller"
	AwaitsComplainant State = "awaits_complainant"
	AwaitsDecision    State = "awaits_decision" // a person decides its case
	Ended             State = "ended"
)

// States lists every state, in the order shown to people.
var States = []State{AwaitsSeller, AwaitsComplainant, AwaitsDecision, Ended}

// End is how it ended; message key "hearing.end.<code>".
type End string

const (
	SellerSilent      End = "seller_silent"      // the decision stands
	Admitted          End = "admitted"           // the seller agrees
	ComplainantSilent End = "complainant_silent" // the goods are back on sale
	Withdrawn         End = "withdrawn"          // the complainant takes it back; the goods are back
	Court             End = "court"              // a court or an authority has the matter; the decision stands
	Cured             End = "cured"              // the seller changed the listing
	Granted           End = "granted"            // a person agreed with who objected
	Refused           End = "refused"            // a person did not
	Overtaken         End = "overtaken"          // the decision was taken back, or made anew, otherwise
)

// Ends lists every end.
var Ends = []End{SellerSilent, Admitted, ComplainantSilent, Withdrawn, Court, Cured, Granted, Refused, Overtaken}

// Stance is what a side says in one word; message key "hearing.stance.<code>".
type Stance string

const (
	Denies     Stance = "denies"      // it is no infringement
	Licensed   Stance = "licensed"    // there is permission
	SecondHand Stance = "second_hand" // genuine and second-hand, with proof
	Admits     Stance = "admits"      // it was one
	Objects    Stance = "objects"     // does not agree with the decision
	Maintains  Stance = "maintains"   // the complaint stands
	Withdraws  Stance = "withdraws"   // the complaint is taken back
	Sues       Stance = "sues"        // a court or an authority has the matter
	Comments   Stance = "comments"
)

// Stances lists what each side may say, in the order shown.
var Stances = map[Side][]Stance{Seller: {Denies, Licensed, SecondHand, Admits}, Complainant: {Maintains, Withdraws, Sues}}

// Document is a file that a side handed in. It is kept, never shown as markup.
type Document struct {
	Hash string `json:"hash"` // "sha256:<hex>"
	Name string `json:"name"`
	Type string `json:"type"` // one of DocumentTypes
	Size int64  `json:"size"`
}

// Word is what a side said at one time.
type Word struct {
	Side      Side       `json:"side"`
	Stance    Stance     `json:"stance"`
	Text      string     `json:"text,omitempty"`
	Documents []Document `json:"documents,omitempty"`
	// Share lets the other side see the documents; the words it always sees.
	Share    bool     `json:"share,omitempty"`
	Declared []string `json:"declared,omitempty"` // what the profile asks to declare
	// Contact is who answers, with an address, where the law wants the other
	// side to have it; nobody else sees it.
	Contact string    `json:"contact,omitempty"`
	ActorID string    `json:"actor_id,omitempty"`
	At      time.Time `json:"at"`
}

// Extension is more time that somebody was given.
type Extension struct {
	Was     time.Time `json:"was"`
	Until   time.Time `json:"until"`
	Reason  string    `json:"reason"`
	ActorID string    `json:"actor_id,omitempty"`
	At      time.Time `json:"at"`
}

// Hearing is one matter between two sides about one decision.
type Hearing struct {
	ID          string      `json:"id"`
	Kind        Kind        `json:"kind"`
	By          Side        `json:"by"`                // who objects
	DecisionID  string      `json:"decision_id"`       // that is objected to
	FirstCaseID string      `json:"first_case_id"`     // of that decision
	CaseID      string      `json:"case_id,omitempty"` // in which a person decides
	ListingID   string      `json:"listing_id"`
	Title       string      `json:"title"` // of the goods, as they stood
	SellerID    string      `json:"seller_id"`
	HolderID    string      `json:"holder_id,omitempty"` // of the complainant; "": nobody complained
	Country     string      `json:"country,omitempty"`   // of the seller: his days end there
	Profile     string      `json:"profile"`
	State       State       `json:"state"`
	Due         *time.Time  `json:"due,omitempty"` // of the turn; at its end the silence has its result
	End         End         `json:"end,omitempty"`
	EndedBy     string      `json:"ended_by,omitempty"` // decision that ended it
	AppealUntil time.Time   `json:"appeal_until"`
	Curable     bool        `json:"curable,omitempty"` // changing the listing may bring it back
	Words       []Word      `json:"words,omitempty"`
	Extensions  []Extension `json:"extensions,omitempty"`
	Version     int         `json:"version"`
	CreatedAt   time.Time   `json:"created_at"`
	UpdatedAt   time.Time   `json:"updated_at"`
}

// Turn is the side that is asked to speak, "" when none is.
func (h Hearing) Turn() Side {
	switch h.State {
	case AwaitsSeller:
		return Seller
	case AwaitsComplainant:
		return Complainant
	}
	return ""
}

// Restitution is what a wrong decision has cost a seller: what the marketplace
// owes beside putting the goods back.
type Restitution struct {
	DecisionID string    `json:"decision_id"` // that took the wrong one back
	Reversed   string    `json:"reversed"`    // the wrong one
	HearingID  string    `json:"hearing_id,omitempty"`
	SellerID   string    `json:"seller_id"`
	ListingID  string    `json:"listing_id"`
	HolderID   string    `json:"holder_id,omitempty"` // whose complaint it was
	From       time.Time `json:"from"`                // off sale
	Until      time.Time `json:"until"`
	Hours      float64   `json:"hours"`
	Points     int       `json:"points,omitempty"`  // given back
	Strikes    int       `json:"strikes,omitempty"` // given back
	CreatedAt  time.Time `json:"created_at"`
}

// Filter selects hearings; zero fields do not filter. Those whose clock ends
// first come first, those without a clock last.
type Filter struct {
	SellerID   string
	HolderID   string
	ListingID  string
	DecisionID string
	CaseID     string
	Kind       Kind
	State      State
	Open       bool // not ended
	Newest     bool // newest first instead
	After      string
	Limit      int // 1..200; 0 means 50
}

// Store keeps hearings and restitutions. Missing rows give fault.NotFound.
type Store interface {
	// PutHearing inserts (Version 0) or, when Version still is what the caller
	// read, replaces and raises Version; otherwise fault.Conflict. A second
	// hearing of a decision, kind and side is a fault.Conflict too.
	PutHearing(ctx context.Context, h Hearing) error
	Hearing(ctx context.Context, id string) (Hearing, error)
	Hearings(ctx context.Context, f Filter) (rows []Hearing, next string, err error)
	// DueHearings are open ones whose turn ended before a moment, oldest first.
	DueHearings(ctx context.Context, before time.Time, limit int) ([]Hearing, error)

	// AddRestitution stores one; the same decision again changes nothing.
	AddRestitution(ctx context.Context, r Restitution) error
	Restitutions(ctx context.Context, sellerID, after string, limit int) (rows []Restitution, next string, err error) // newest first
}

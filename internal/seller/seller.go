// Package seller holds who sells: identity, verification and standing.
package seller

import (
	"context"
	"time"
)

// Verification is how far a seller's identity has been checked.
type Verification string

const (
	Unverified Verification = "unverified" // nothing checked yet
	Pending    Verification = "pending"    // documents are in, a person must look
	Verified   Verification = "verified"   // checked; holds until VerifiedUntil
	Expired    Verification = "expired"    // was verified, must be renewed
)

// Status is what the shop may do at present.
type Status string

const (
	Active     Status = "active"
	Restricted Status = "restricted" // may not add listings
	Suspended  Status = "suspended"  // nothing on sale until a date
	Closed     Status = "closed"     // shop closed
)

// Seller is one shop as the marketplace knows it.
type Seller struct {
	ID            string       `json:"id"` // stable, derived from Market and ExternalID when taken from a feed
	ExternalID    string       `json:"external_id"`
	Name          string       `json:"name"`
	Country       string       `json:"country,omitempty"`  // ISO 3166-1 alpha-2
	Language      string       `json:"language,omitempty"` // BCP 47, for letters
	Email         string       `json:"email,omitempty"`
	Verification  Verification `json:"verification"`
	VerifiedUntil *time.Time   `json:"verified_until,omitempty"`
	Status        Status       `json:"status"`
	CreatedAt     time.Time    `json:"created_at"`
	UpdatedAt     time.Time    `json:"updated_at"`
}

// VerifiedAt reports whether the verification holds at the moment t.
func (s Seller) VerifiedAt(t time.Time) bool {
	return s.Verification == Verified && (s.VerifiedUntil == nil || t.Before(*s.VerifiedUntil))
}

// Filter selects sellers; zero fields do not filter.
type Filter struct {
	Query  string // part of name or external id
	Status Status
	After  string // last id of the page before
	Limit  int    // 1..500; 0 means 50
}

// Store keeps sellers.
type Store interface {
	// PutSeller inserts or replaces by ID and reports whether anything changed.
	PutSeller(ctx context.Context, s Seller) (changed bool, err error)
	// Seller returns fault.NotFound when there is none.
	Seller(ctx context.Context, id string) (Seller, error)
	SellersByID(ctx context.Context, ids []string) (map[string]Seller, error)
	Sellers(ctx context.Context, f Filter) ([]Seller, error)
}

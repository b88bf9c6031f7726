package notice

import (
	"context"
	"time"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// Filter selects notices, newest first; zero fields do not filter.
type Filter struct {
	State    State
	Kind     Kind
	HolderID string
	BrandID  string
	Query    string // part of the facts, or the number
	After    string // cursor as returned
	Limit    int    // 1..200; 0 means 50
}

// Row is a notice as a list shows it.
type Row struct {
	Notice
	Counts Counts `json:"counts"`
}

// Named is a listing that a line names.
type Named struct {
	ListingID  string
	ExternalID string
	Link       string // listing.LinkKey of its newest revision
	Revision   int
	SellerID   string
	Status     listing.Status
	Title      string
}

// Store keeps notices. Missing rows give fault.NotFound.
type Store interface {
	casefile.DeskStore
	seller.Store

	// PutNotice inserts (Version 0) or replaces a notice whose Version still
	// is what the caller read, and raises it; otherwise fault.Conflict.
	PutNotice(ctx context.Context, n Notice) error
	// NextNumber is the next number of a notice, without gaps.
	NextNumber(ctx context.Context) (int64, error)
	Notice(ctx context.Context, id string) (Notice, error)
	Notices(ctx context.Context, f Filter) (rows []Row, next string, err error)
	// SameNotice is an open or incomplete notice of the notifier with the same
	// print (see Notice.Print), or fault.NotFound.
	SameNotice(ctx context.Context, notifier, print string) (Notice, error)
	// DeleteDraft deletes a draft; a notice that was sent is fault.Conflict.
	DeleteDraft(ctx context.Context, id string) error
	// Overdue are incomplete notices whose time is up at t.
	Overdue(ctx context.Context, t time.Time, limit int) ([]Notice, error)

	// PutItems inserts or replaces lines of notices.
	PutItems(ctx context.Context, items []Item) error
	// Items are lines of a notice, after a line; ItemsOfCase those that a case
	// answers, WaitingOn those that wait for a decision about a listing.
	Items(ctx context.Context, noticeID string, after, limit int) ([]Item, error)
	ItemsOfCase(ctx context.Context, caseID string) ([]Item, error)
	WaitingOn(ctx context.Context, listingIDs []string) ([]Item, error)
	// ItemsDecided are the lines that a decision answered.
	ItemsDecided(ctx context.Context, decisionIDs []string) ([]Item, error)
	CountItems(ctx context.Context, noticeID string) (Counts, error)
	// OpenFor are the listings, of these, that open notices of a notifier with
	// the kind name.
	OpenFor(ctx context.Context, notifier string, kind Kind, listingIDs []string) (map[string]bool, error)

	// Resolve finds the listings that ids of the marketplace, ids of ours, or
	// addresses name.
	Resolve(ctx context.Context, names, links []string) ([]Named, error)
	// Figures counts the lines of a notifier that were sent since then.
	Figures(ctx context.Context, notifier string, since time.Time) (Accuracy, error)
	// NamedSince counts the lines that a notifier sent since then.
	NamedSince(ctx context.Context, notifier string, since time.Time) (int, error)

	Brand(ctx context.Context, id string) (registry.Brand, error)
	Right(ctx context.Context, id string) (registry.Right, error)
	Licences(ctx context.Context, f registry.Filter) ([]registry.Licence, error)
	VerdictsOf(ctx context.Context, listingID string, limit int) ([]verdict.Verdict, error)
}

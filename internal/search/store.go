package search

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/seller"
)

// Saved is a search that is kept and reports what it finds in newly taken
// offers. Its status and days are used when it is run, not for alerts.
type Saved struct {
	ID        string    `json:"id"`
	HolderID  string    `json:"holder_id,omitempty"` // whose it is; empty: the marketplace's own people
	Name      string    `json:"name"`
	Query     Query     `json:"query"`
	ActorID   string    `json:"actor_id"` // who saved it last
	Unread    int       `json:"unread"`   // alerts that nobody has marked as read
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Alert says that a saved search found something in a newly taken revision.
type Alert struct {
	ID        string     `json:"id"`
	SearchID  string     `json:"search_id"`
	HolderID  string     `json:"holder_id,omitempty"`
	Substance string     `json:"-"` // listing.Offer.SubstanceHash of the revision
	Hit       Hit        `json:"hit"`
	ReadAt    *time.Time `json:"read_at,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
}

// MaxUnread is how many unread alerts a search gathers; more are not kept
// until some are marked as read.
const MaxUnread = 1000

// AlertFilter selects alerts of one owner; newest first.
type AlertFilter struct {
	HolderID string // "" is the marketplace's own people
	SearchID string
	Unread   bool
	After    string // cursor as returned
	Limit    int    // 1..200; 0 means 50
}

// Place is where a walk stands: at a revision, newest first.
type Place struct {
	At time.Time `json:"t"`
	ID string    `json:"i"`
}

// Cursor is the place as an opaque text.
func (p Place) Cursor() string {
	b, err := json.Marshal(p)
	if err != nil { // only a year after 9999
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParsePlace reads a cursor; the empty one is the beginning. Others than those
// that were handed out are fault.Invalid.
func ParsePlace(cursor string) (Place, error) {
	var p Place
	if cursor == "" {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.ID == "" {
		return Place{}, fault.Wrap(err, fault.Invalid, "the cursor is not one that was handed out; begin again without one")
	}
	return p, nil
}

// Stretch asks for a part of the catalogue: of the next Revisions revisions
// after After, those that are the newest of their listing and pass the filters.
type Stretch struct {
	Market, SellerID string
	Status           listing.Status
	From, Before     time.Time // taken in at From or later, and before Before; zero: no bound
	After            Place     // zero: from the newest
	Revisions        int       // how many to look at
}

// Store keeps saved searches and alerts and reads the catalogue. Missing rows
// give fault.NotFound.
type Store interface {
	seller.Store
	ledger.Store

	// PutSearch inserts or replaces by ID. A search stays with its owner:
	// another HolderID than the stored one's is fault.Conflict.
	PutSearch(ctx context.Context, s Saved) error
	Search(ctx context.Context, id string) (Saved, error)
	// Searches are those of one owner with their unread counts, by name.
	Searches(ctx context.Context, holderID string) ([]Saved, error)
	// DeleteSearch deletes a search with its alerts.
	DeleteSearch(ctx context.Context, id string) error
	// SearchHead is a number that grows with every change of a search, and
	// AllSearches are those of every owner, after an ID, by ID.
	SearchHead(ctx context.Context) (int64, error)
	AllSearches(ctx context.Context, after string, limit int) ([]Saved, error)

	// AddAlerts records alerts, one for a search and revision, and returns how
	// many are new. Those of searches that are gone or have MaxUnread unread
	// ones are left out. One that tells of the same substance of a listing as
	// an alert before is recorded as read.
	AddAlerts(ctx context.Context, alerts []Alert) (added int, err error)
	// Alerts are shown with the listing's present status.
	Alerts(ctx context.Context, f AlertFilter) (alerts []Alert, next string, err error)
	CountUnread(ctx context.Context, holderID string) (int, error)
	// ReadAlerts marks alerts of one owner as read: those with the ids, or of
	// the search, or with neither all of them. It returns how many were unread.
	ReadAlerts(ctx context.Context, holderID, searchID string, ids []string, at time.Time) (int, error)

	// DeleteAlerts deletes alerts, read or not, that were made before then.
	DeleteAlerts(ctx context.Context, before time.Time) (deleted int, err error)

	// Grants are the active licences of a seller with their brands' names.
	Grants(ctx context.Context, sellerID string) ([]Grant, error)

	// KeepText keeps what was read in the pictures of a revision, instead of
	// what was kept before. Derived data: losing it costs finds, never truth.
	KeepText(ctx context.Context, revisionID string, read []lexicon.Field) error
	// Stretch returns what was asked for, newest first, the place of the last
	// revision looked at, and whether there are revisions beyond it.
	Stretch(ctx context.Context, s Stretch) (found []Offered, last Place, more bool, err error)
}

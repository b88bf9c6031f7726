package enforcement

import (
	"context"
	"time"

	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/seller"
)

// Edition is one saved text of the ladder. Versions are never changed.
type Edition struct {
	ID        string    `json:"id"`     // name@number, e.g. "default@1"
	Source    string    `json:"source"` // the YAML as written
	Active    bool      `json:"active"` // the one in force
	ActorID   string    `json:"actor_id"`
	CreatedAt time.Time `json:"created_at"`
}

// Store keeps what was done, and to whom. Missing rows give fault.NotFound.
type Store interface {
	// LockRecord is a shop's record; nobody else has it until the caller's
	// transaction ends. One that is not there is made.
	LockRecord(ctx context.Context, sellerID string) (Record, error)
	Record(ctx context.Context, sellerID string) (Record, error)
	PutRecord(ctx context.Context, r Record) error
	// DueRecords are shops of which something changes until a moment.
	DueRecords(ctx context.Context, until time.Time, limit int) ([]string, error)
	// StrayShops are shut shops with a live listing, and open ones with a
	// listing that is still paused.
	StrayShops(ctx context.Context, limit int) ([]string, error)

	// PutActions inserts or replaces by ID.
	PutActions(ctx context.Context, list []Action) error
	Action(ctx context.Context, id string) (Action, error)
	Actions(ctx context.Context, f Filter) (list []Action, next string, err error)
	// ActionsOf are the actions of decisions, those that followed by the ladder
	// too; ActionsOfCases those of every decision of cases. Oldest first.
	ActionsOf(ctx context.Context, decisionIDs []string) ([]Action, error)
	ActionsOfCases(ctx context.Context, caseIDs []string) ([]Action, error)
	// Penalties are all actions on a shop, without those on its listings, oldest first.
	Penalties(ctx context.Context, sellerID string) ([]Action, error)

	PutClosure(ctx context.Context, c Closure) error
	Closure(ctx context.Context, id string) (Closure, error)
	Closures(ctx context.Context, f ClosureFilter) (list []Closure, next string, err error)
	// PersonBehind is the account that made an API key, or the id itself.
	PersonBehind(ctx context.Context, actorID string) (string, error)

	// PauseLive takes at most limit live listings of a shop off sale whose ids
	// are at or after from and before before ("" has no end), and notes them;
	// ResumePaused puts those back that were noted, unless something else keeps
	// them off sale. Both say how many they moved.
	PauseLive(ctx context.Context, sellerID, from, before string, limit int, at time.Time) (int, error)
	ResumePaused(ctx context.Context, sellerID, from, before string, limit int, at time.Time) (int, error)
	CountListingsOf(ctx context.Context, sellerID string) (int, error)

	PutLadder(ctx context.Context, v Edition) error // the same text again changes nothing; another is fault.Conflict
	ActivateLadder(ctx context.Context, id string) error
	ActiveLadder(ctx context.Context) (Edition, error)
	LadderVersion(ctx context.Context, id string) (Edition, error)
	Ladders(ctx context.Context) ([]Edition, error) // newest first
}

// House is everything that the ladder needs of the store.
type House interface {
	Store
	ledger.Store
	Seller(ctx context.Context, id string) (seller.Seller, error)
	PutSeller(ctx context.Context, s seller.Seller) (changed bool, err error)
	Listing(ctx context.Context, id string) (listing.Listing, error)
	SetStatus(ctx context.Context, listingID string, revision int, s listing.Status, at time.Time) (bool, error)
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

package listing

import (
	"context"
	"time"
)

// FeedState is how far a feed has been taken in.
type FeedState string

const (
	FeedWaiting FeedState = "waiting"
	FeedRunning FeedState = "running"
	FeedDone    FeedState = "done"
	FeedFailed  FeedState = "failed" // could not be read at all; Problem says why
)

// Feed is one upload of many listings.
type Feed struct {
	ID         string    `json:"id"`
	Market     string    `json:"market"`
	SellerID   string    `json:"seller_id,omitempty"`   // default seller of rows that name none
	OnlySeller bool      `json:"only_seller,omitempty"` // refuse rows of other sellers: a seller uploaded it
	Name       string    `json:"name"`                  // file name as given
	Format     string    `json:"format"`                // as asked for, then as recognised
	Blob       string    `json:"blob"`                  // "sha256:<hex>"
	Mapping    string    `json:"mapping,omitempty"`     // YAML of the field mapping
	Currency   string    `json:"currency,omitempty"`    // of prices that name none, ISO 4217
	Pictures   string    `json:"pictures,omitempty"`    // blob with a JSON object: file name in the feed -> content key
	State      FeedState `json:"state"`
	Problem    string    `json:"problem,omitempty"`
	Rows       int       `json:"rows"`      // read so far
	Changed    int       `json:"changed"`   // new or changed listings
	Unchanged  int       `json:"unchanged"` // same as before
	Rejected   int       `json:"rejected"`
	Warnings   int       `json:"warnings"`
	ActorID    string    `json:"actor_id"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// RowProblem is a rejected row, or a warning on a row that went through.
type RowProblem struct {
	FeedID   string `json:"feed_id"`
	Line     int    `json:"line"`
	Ordinal  int    `json:"ordinal"` // several problems of one line
	RowID    string `json:"row_id,omitempty"`
	Column   string `json:"column"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Rejected bool   `json:"rejected"`
	Raw      string `json:"raw,omitempty"` // the row as it came, bounded
}

// Filter selects listings; zero fields do not filter. Newest first.
type Filter struct {
	Market   string
	SellerID string
	HolderID string // listings that have or had a case for a brand of this holder
	Status   Status
	Query    string // part of the title or external id
	After    string // cursor as returned
	Limit    int    // 1..200; 0 means 50
}

// Summary is a listing with what a list shows of it.
type Summary struct {
	Listing
	Title   string `json:"title"`
	Picture string `json:"picture,omitempty"` // hash of the first stored picture
}

// Store keeps listings, revisions and feeds. Missing rows give fault.NotFound.
type Store interface {
	// PutRevision stores r as the newest revision of l when its content hash
	// is new: it numbers the revision, creates or updates the listing (Status
	// becomes Pending, unless it was Removed: that stays until decided) and
	// returns changed=true. When the hash equals the newest revision's, it
	// changes nothing and returns the stored one. It is safe against two
	// writers: the loser sees the winner's row.
	PutRevision(ctx context.Context, l Listing, r Revision) (Listing, Revision, bool, error)
	Listing(ctx context.Context, id string) (Listing, error)
	Revision(ctx context.Context, id string) (Revision, error)
	Revisions(ctx context.Context, listingID string) ([]Revision, error) // newest first
	Listings(ctx context.Context, f Filter) (rows []Summary, next string, err error)
	// SetStatus changes the status when the newest revision still is number
	// revision (0: whatever it is) and reports whether it did. A listing of a
	// suspended or closed shop that is to be live is held instead, until the
	// shop is open again.
	SetStatus(ctx context.Context, listingID string, revision int, s Status, at time.Time) (bool, error)
	// SettlePicture records the fetch of picture n of a revision and returns
	// how many pictures of it still wait. Settling twice changes nothing.
	SettlePicture(ctx context.Context, revisionID string, n int, p Picture) (waiting int, err error)
	CountListings(ctx context.Context) (map[Status]int, error)

	PutFeed(ctx context.Context, f Feed) error
	Feed(ctx context.Context, id string) (Feed, error)
	Feeds(ctx context.Context, sellerID, after string, limit int) ([]Feed, error) // newest first
	// AddProblems stores row problems; those already stored are skipped.
	AddProblems(ctx context.Context, p []RowProblem) error
	// Problems lists problems by line, those after line number after (0: from
	// the beginning). A line is not torn: the page may exceed limit by the
	// rest of its last line.
	Problems(ctx context.Context, feedID string, after, limit int) ([]RowProblem, error)
}

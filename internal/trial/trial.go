// Package trial tells what a policy would do before it does it: shadows judge
// beside the policy in force, back-tests judge again what was judged before,
// and a rule may act by itself only while people agree with it.
package trial

import (
	"context"
	"time"

	"assay/internal/casefile"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// State is how far a back-test has come.
type State string

const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// BackTest judges verdicts of the past again under another version of the
// policy. Signals are those that were found then; seller and brand are as they
// are now.
type BackTest struct {
	ID        string    `json:"id"`
	PolicyID  string    `json:"policy_id"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	Most      int       `json:"most"` // verdicts at most, the newest first
	State     State     `json:"state"`
	Problem   string    `json:"problem,omitempty"` // why it failed
	Looked    int       `json:"looked"`            // verdicts judged so far
	Cursor    string    `json:"-"`                 // where to go on
	ActorID   string    `json:"actor_id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Last is the last moment that the back-test covers.
func (b BackTest) Last() time.Time { return b.Until.Add(-time.Nanosecond) }

// Rejudged is one verdict as it was given and as another policy would give it.
type Rejudged struct {
	TrialID    string           `json:"trial_id"` // a back-test's id, or ShadowID of a policy
	VerdictID  string           `json:"verdict_id"`
	RevisionID string           `json:"revision_id"`
	ListingID  string           `json:"listing_id"`
	SellerID   string           `json:"seller_id"`
	Title      string           `json:"title"`
	Was        verdict.Decision `json:"was"`
	Now        verdict.Decision `json:"now"`
	Rules      []string         `json:"rules"` // that ask for Now
	// Answer is what a person last decided about this revision, "" while nobody did.
	Answer    verdict.Decision `json:"answer,omitempty"`
	CreatedAt time.Time        `json:"created_at"` // of the verdict
}

// Move counts verdicts that go from one decision to another, and what people
// had answered about them.
type Move struct {
	Was       verdict.Decision `json:"was"`
	Now       verdict.Decision `json:"now"`
	Count     int              `json:"count"`
	Confirmed int              `json:"confirmed"` // people decided block
	Refused   int              `json:"refused"`   // people decided pass
}

// Hit is a seller whose listings another policy would treat more harshly.
type Hit struct {
	SellerID string `json:"seller_id"`
	Name     string `json:"name"`
	Block    int    `json:"block"`   // listings newly blocked
	Review   int    `json:"review"`  // listings newly sent to review
	Refused  int    `json:"refused"` // of both, those that people had cleared
}

// Summary is a trial as one reads it.
type Summary struct {
	Looked  int    `json:"looked"`
	Changed int    `json:"changed"`
	Moves   []Move `json:"moves"`   // every pair that occurs
	Sellers int    `json:"sellers"` // hit at all
	Hits    []Hit  `json:"hits"`    // the hardest hit, at most 50
	// Blocks measures what the other policy would block, where people had answered.
	Blocks casefile.Precision `json:"blocks"`
}

// Summarise makes the summary of counted moves.
func Summarise(moves []Move, sellers int, hits []Hit) Summary {
	s := Summary{Moves: moves, Sellers: sellers, Hits: hits}
	confirmed, decided := 0, 0
	for _, m := range moves {
		s.Looked += m.Count
		if m.Was != m.Now {
			s.Changed += m.Count
		}
		if m.Now == verdict.Block {
			confirmed += m.Confirmed
			decided += m.Confirmed + m.Refused
		}
	}
	s.Blocks = casefile.Measure("", decided, confirmed)
	return s
}

// ShadowID is the trial of a policy that judges beside the one in force.
func ShadowID(policyID string) string { return "shadow:" + policyID }

// RuleFigure is how people answered verdicts that a rule asked for.
type RuleFigure struct {
	Rule  string             `json:"rule"`
	Print string             `json:"print"` // which text of the rule
	Shown casefile.Precision `json:"precision"`
}

// Past is a verdict of the past with what it was given on.
type Past struct {
	Verdict  verdict.Verdict
	Revision listing.Revision
	Seller   seller.Seller
}

// RowFilter selects rows of a trial. Order is newest verdict first.
type RowFilter struct {
	TrialID  string
	SellerID string
	Was, Now verdict.Decision
	Changed  bool // only where the decision changes
	After    string
	Limit    int // 1..200; 0 means 50
}

// RowPage is a stretch of a trial.
type RowPage struct {
	Rows []Rejudged `json:"rows"`
	Next string     `json:"next,omitempty"`
}

// Store keeps trials. Missing rows give fault.NotFound.
type Store interface {
	// PutBackTest inserts or replaces by ID.
	PutBackTest(ctx context.Context, b BackTest) error
	BackTest(ctx context.Context, id string) (BackTest, error)
	BackTests(ctx context.Context, policyID string, limit int) ([]BackTest, error) // newest first; "": of any policy
	// DropTrial forgets a back-test or the rows of a shadow.
	DropTrial(ctx context.Context, id string) error

	// AddRows stores rows; one that is there stays as it is.
	AddRows(ctx context.Context, rows []Rejudged) error
	Rows(ctx context.Context, f RowFilter) (RowPage, error)
	Moves(ctx context.Context, trialID string) ([]Move, error)
	// Hits are the sellers hit hardest, and how many are hit at all.
	Hits(ctx context.Context, trialID string, limit int) (hits []Hit, sellers int, err error)

	// PastVerdicts are the newest verdicts of each revision, given from and
	// before until, newest first; next is "" at the end.
	PastVerdicts(ctx context.Context, from, until time.Time, after string, limit int) (list []Past, next string, err error)

	// SetShadow lets a version judge beside the one in force, or stops that.
	SetShadow(ctx context.Context, policyID string, on bool) error
	// RuleFigures measures rules by the last answers of people since then.
	// With no prints it measures every rule that was ever answered.
	RuleFigures(ctx context.Context, since time.Time, prints ...string) ([]RuleFigure, error)
}

// Package verdict turns signals into a decision by versioned rules.
package verdict

import (
	"time"

	"assay/internal/signal"
)

// Decision is the policy's answer.
type Decision string

const (
	Pass   Decision = "pass"
	Review Decision = "review"
	Block  Decision = "block"
)

// Rank orders decisions by severity: pass 0, review 1, block 2.
func (d Decision) Rank() int {
	switch d {
	case Block:
		return 2
	case Review:
		return 1
	}
	return 0
}

// Reason is why: the rule that fired and the signals it stands on.
type Reason struct {
	Rule string `json:"rule"` // id of the rule in the policy
	// Print names the rule's very text, its named values included: a rule that
	// was changed under its old id has another one, and its measured precision
	// begins anew. Empty in verdicts from before it was kept.
	Print    string   `json:"print,omitempty"`
	Code     string   `json:"code"`     // message key "reason.<code>"
	Decision Decision `json:"decision"` // what this rule asked for
	Signals  []int    `json:"signals"`  // indexes into Verdict.Signals
}

// Verdict is the policy's answer for one revision. It is never changed; a
// new screening makes a new one.
type Verdict struct {
	ID         string          `json:"id"`
	RevisionID string          `json:"revision_id"`
	ListingID  string          `json:"listing_id"`
	Decision   Decision        `json:"decision"`
	Score      float64         `json:"score"`   // 0..1, comparable among verdicts of the same policy version and registry
	Matched    []string        `json:"matched"` // asset ids, or brand ids where a brand has no asset for it; best first
	Reasons    []Reason        `json:"reasons"`
	Signals    []signal.Signal `json:"signals"`
	Policy     string          `json:"policy"`    // version of the policy
	Detectors  []string        `json:"detectors"` // names with versions that looked
	TookMS     float64         `json:"took_ms"`
	CreatedAt  time.Time       `json:"created_at"`
}

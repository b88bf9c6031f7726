package verdict

import (
	"context"
	"time"
)

// Version is one saved text of the policy. Versions are never changed.
type Version struct {
	ID        string    `json:"id"`     // name@number, e.g. "default@3"
	Source    string    `json:"source"` // the YAML as written
	Active    bool      `json:"active"` // the one in force
	Shadow    bool      `json:"shadow"` // judges beside the one in force, without effect
	ActorID   string    `json:"actor_id"`
	CreatedAt time.Time `json:"created_at"`
}

// Store keeps verdicts and policy versions. Missing rows give fault.NotFound.
type Store interface {
	// PutVerdict stores a verdict once; the same ID again changes nothing.
	PutVerdict(ctx context.Context, v Verdict) error
	Verdict(ctx context.Context, id string) (Verdict, error)
	VerdictsOf(ctx context.Context, listingID string, limit int) ([]Verdict, error) // newest first

	// PutPolicy stores a version, once; ActivatePolicy makes it the one in force.
	PutPolicy(ctx context.Context, v Version) error
	ActivatePolicy(ctx context.Context, id string) error
	ActivePolicy(ctx context.Context) (Version, error)
	Policies(ctx context.Context) ([]Version, error) // newest first
}

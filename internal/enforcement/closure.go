package enforcement

import (
	"context"
	"slices"
	"strings"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
)

// ClosureState is where a proposal to close a shop stands.
type ClosureState string

const (
	ClosureOpen      ClosureState = "open"
	ClosureConfirmed ClosureState = "confirmed"
	ClosureRefused   ClosureState = "refused"
	ClosureWithdrawn ClosureState = "withdrawn" // the decision behind it was reversed
)

// ClosureStates lists every state, in the order shown to people.
var ClosureStates = []ClosureState{ClosureOpen, ClosureConfirmed, ClosureRefused, ClosureWithdrawn}

// Closure is the proposal to close a shop. No machine closes one: somebody who
// neither proposed it nor made the last decision behind it confirms or refuses.
type Closure struct {
	ID          string       `json:"id"`
	SellerID    string       `json:"seller_id"`
	State       ClosureState `json:"state"`
	Reason      string       `json:"reason"` // "milestone", or one of Reasons
	Milestone   string       `json:"milestone,omitempty"`
	Mark        string       `json:"mark,omitempty"` // key of the measure behind it
	Note        string       `json:"note,omitempty"`
	ProposedBy  string       `json:"proposed_by"`         // account, key, or "system"
	Barred      []string     `json:"barred"`              // who may not decide it
	ActionID    string       `json:"action_id,omitempty"` // the closing, when confirmed
	Factors     *Factors     `json:"factors,omitempty"`
	Ladder      string       `json:"ladder"`
	Profile     string       `json:"profile"`
	DecidedBy   string       `json:"decided_by,omitempty"`
	DecidedNote string       `json:"decided_note,omitempty"`
	DecidedAt   *time.Time   `json:"decided_at,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
}

// ClosureFilter selects proposals; zero fields do not filter. Open ones come
// first, then the newest.
type ClosureFilter struct {
	SellerID string
	State    ClosureState
	After    string
	Limit    int // 1..200; 0 means 50
}

// Settle answers a proposal: confirm closes the shop, else it is refused. A
// refusal needs a note. Those who are barred are fault.Forbidden, an answered
// proposal is fault.Conflict.
func (l *Ladder) Settle(ctx context.Context, id string, confirm bool, note string, by casefile.Actor) (Closure, error) {
	note = strings.TrimSpace(note)
	if !confirm && note == "" {
		return Closure{}, wrong("note", "missing", "say why the shop stays open")
	}
	if len(note) > maxNote {
		return Closure{}, wrong("note", "too_long", "use at most 4,000 bytes")
	}
	var out Closure
	err := l.Store.Atomic(ctx, func(ctx context.Context) error {
		first, err := l.Store.Closure(ctx, id)
		if err != nil {
			return err
		}
		b, err := l.begin(ctx, first.SellerID)
		if err != nil {
			return err
		}
		c, err := l.Store.Closure(ctx, id) // again, now that nobody else can answer it
		if err != nil {
			return err
		}
		if err := l.mayAnswer(ctx, c, by); err != nil {
			return err
		}
		c.DecidedBy, c.DecidedNote, c.DecidedAt, c.State = by.ID, note, &b.now, ClosureRefused
		kind := "closure.refused"
		if confirm {
			kind, c.State = "closure.confirmed", ClosureConfirmed
			a := b.action(Close, by.ID)
			a.ID, a.Reason, a.Milestone, a.Note, a.Factors = derived("close", c.ID), c.Reason, c.Milestone, note, c.Factors
			c.ActionID = a.ID
			b.add(a)
		}
		b.enter(kind, by.ID, map[string]any{"closure": c.ID})
		if err := l.Store.PutClosure(ctx, c); err != nil {
			return err
		}
		out = c
		return l.finish(ctx, b)
	})
	return out, err
}

func (l *Ladder) mayAnswer(ctx context.Context, c Closure, by casefile.Actor) error {
	if c.State != ClosureOpen {
		return fault.New(fault.Conflict, "this proposal was answered already")
	}
	person, err := l.Store.PersonBehind(ctx, by.ID)
	if err != nil {
		return err
	}
	if slices.Contains(c.Barred, person) || slices.Contains(c.Barred, by.ID) {
		return fault.New(fault.Forbidden, "you proposed this closure or made the last decision behind it; somebody else must answer it")
	}
	return nil
}

// MayAnswer reports whether somebody is free to answer a proposal.
func (c Closure) MayAnswer(actorID string) bool {
	return c.State == ClosureOpen && !slices.Contains(c.Barred, actorID)
}

// propose opens a proposal unless one is open already or the shop is closed.
func (l *Ladder) propose(ctx context.Context, b *batch, c Closure, involved ...string) error {
	for _, id := range involved {
		if id == "" || id == system {
			continue
		}
		person, err := l.Store.PersonBehind(ctx, id)
		if err != nil {
			return err
		}
		for _, one := range []string{id, person} {
			if !slices.Contains(c.Barred, one) {
				c.Barred = append(c.Barred, one)
			}
		}
	}
	c.SellerID, c.State, c.CreatedAt, c.Ladder, c.Profile = b.seller.ID, ClosureOpen, b.now, b.rules.ID(), b.profile.Name
	b.enter("closure.proposed", c.ProposedBy, map[string]any{"closure": c.ID, "reason": c.Reason, "milestone": c.Milestone, "ladder": c.Ladder})
	b.closures = append(b.closures, c)
	return l.Store.PutClosure(ctx, c)
}

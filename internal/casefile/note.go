package casefile

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/verdict"
)

// NoteKind is what somebody wrote down on a case.
type NoteKind string

const (
	Remark   NoteKind = "note"     // for colleagues
	HeldUp   NoteKind = "hold"     // why it waits
	HandedOn NoteKind = "handover" // to whom, and what he should know
	Question NoteKind = "question" // to a second person
	Opinion  NoteKind = "opinion"  // of the second person
	FirstSay NoteKind = "proposal" // an answer that takes a second person
)

// Note is one thing written down on a case. Only staff reads it.
type Note struct {
	ID        string           `json:"id"`
	CaseID    string           `json:"case_id"`
	Kind      NoteKind         `json:"kind"`
	Text      string           `json:"text,omitempty"`
	Outcome   verdict.Decision `json:"outcome,omitempty"` // of an opinion or a proposal
	Reason    string           `json:"reason,omitempty"`  // of a hold, an opinion or a proposal
	ActorID   string           `json:"actor_id"`
	ActorName string           `json:"actor_name,omitempty"` // read, not stored with it
	ToID      string           `json:"to_id,omitempty"`      // a person or a desk
	ToName    string           `json:"to_name,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
}

// NoteStore keeps notes.
type NoteStore interface {
	AddNote(ctx context.Context, n Note) error
	Notes(ctx context.Context, caseID string) ([]Note, error) // oldest first
}

// Write adds a remark to a case, whatever state it is in.
func (d *Desk) Write(ctx context.Context, caseID, text string, by Actor) (Note, error) {
	n := Note{CaseID: caseID, Kind: Remark, Text: strings.TrimSpace(text)}
	if n.Text == "" {
		return n, missingField("text", "write something")
	}
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		c, err := d.Store.Case(ctx, caseID)
		if err != nil {
			return err
		}
		if err := c.within(by); err != nil {
			return err
		}
		n, err = d.note(ctx, "case.noted", n, by)
		return err
	})
	return n, err
}

// note keeps a note and enters it in the ledger: who and what kind, not the
// words, which may name people.
func (d *Desk) note(ctx context.Context, kind string, n Note, by Actor) (Note, error) {
	if err := checkNote(n.Text); err != nil {
		return n, err
	}
	n.ID, n.ActorID, n.ActorName, n.CreatedAt = uuid.Must(uuid.NewV7()).String(), by.ID, by.Name, d.Now()
	if err := d.Store.AddNote(ctx, n); err != nil {
		return n, err
	}
	said := map[string]any{"note": n.ID}
	for name, value := range map[string]string{"to": n.ToID, "reason": n.Reason, "outcome": string(n.Outcome)} {
		if value != "" {
			said[name] = value
		}
	}
	return n, d.record(ctx, kind, n.CaseID, by, said)
}

func missingField(path, message string) error {
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: []fault.Field{{Path: path, Code: "missing", Message: message}}}
}

package casefile

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// ProposalState is where a proposal stands.
type ProposalState string

const (
	Proposed  ProposalState = "open"      // one person wants it; another one must agree
	Confirmed ProposalState = "confirmed" // and it was done
	Refused   ProposalState = "refused"   // by the second person
	Withdrawn ProposalState = "withdrawn" // by the first one, or replaced
	Lapsed    ProposalState = "lapsed"    // nobody answered in time
)

// ProposalLife is how long a proposal waits for its second person.
const ProposalLife = 7 * 24 * time.Hour

// Proposal is a deed that takes two people: one wants it, another agrees, and
// then it is done.
type Proposal struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`           // which deed, e.g. "case.decide"
	Subject   string          `json:"subject"`        // id of what it is done to
	Data      json.RawMessage `json:"data,omitempty"` // what the deed needs to know
	Note      string          `json:"note,omitempty"`
	ByID      string          `json:"by_id"`
	ByName    string          `json:"by_name,omitempty"` // read, not stored with it
	State     ProposalState   `json:"state"`
	OtherID   string          `json:"other_id,omitempty"` // who confirmed or refused
	OtherName string          `json:"other_name,omitempty"`
	OtherNote string          `json:"other_note,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	Until     time.Time       `json:"until"` // then it lapses
	ClosedAt  *time.Time      `json:"closed_at,omitempty"`
}

// ProposalFilter selects proposals, newest first; zero fields do not filter.
type ProposalFilter struct {
	State   ProposalState
	Kind    string
	Subject string
	Limit   int // 1..200; 0 means 50
}

// ProposalStore keeps proposals. Missing rows give fault.NotFound.
type ProposalStore interface {
	// PutProposal inserts, or replaces one that is open; otherwise
	// fault.Conflict. So is a second open one of a kind and subject.
	PutProposal(ctx context.Context, p Proposal) error
	Proposal(ctx context.Context, id string) (Proposal, error)
	OpenProposal(ctx context.Context, kind, subject string) (Proposal, error)
	Proposals(ctx context.Context, f ProposalFilter) ([]Proposal, error)
}

// Deed carries a confirmed proposal out, inside the confirming transaction.
// Its error undoes the confirmation. by is the second person.
type Deed func(ctx context.Context, p Proposal, by Actor) error

// FourEyesStore is what FourEyes needs of the store.
type FourEyesStore interface {
	ProposalStore
	ledger.Store
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// FourEyes lets two people do what one must not do alone. Who may propose and
// who may confirm at all, the caller has checked; that they are two, FourEyes
// checks.
type FourEyes struct {
	Store FourEyesStore
	Now   func() time.Time
	Deeds map[string]Deed // by kind
}

// Propose writes down that somebody wants a deed done. An open proposal of the
// kind and subject is fault.Conflict, unless it has lapsed.
func (f *FourEyes) Propose(ctx context.Context, p Proposal, by Actor) (Proposal, error) {
	if _, known := f.Deeds[p.Kind]; !known {
		return Proposal{}, fault.New(fault.Invalid, "nothing of the kind %q takes two people", p.Kind)
	}
	if err := checkNote(p.Note); err != nil {
		return Proposal{}, err
	}
	now := f.Now()
	p.ID, p.ByID, p.ByName, p.State, p.CreatedAt = uuid.Must(uuid.NewV7()).String(), by.ID, by.Name, Proposed, now
	p.OtherID, p.OtherName, p.OtherNote, p.ClosedAt = "", "", "", nil
	if p.Until.IsZero() {
		p.Until = now.Add(ProposalLife)
	}
	err := f.Store.Atomic(ctx, func(ctx context.Context) error {
		old, err := f.Store.OpenProposal(ctx, p.Kind, p.Subject)
		if err == nil {
			if now.Before(old.Until) {
				return fault.New(fault.Conflict, "this was proposed already; confirm or refuse that first")
			}
			if _, err = f.close(ctx, old, Lapsed, "", by); err != nil {
				return err
			}
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := f.Store.PutProposal(ctx, p); err != nil {
			return err
		}
		return f.enter(ctx, "proposal.made", p, by)
	})
	return p, err
}

// Confirm agrees to a proposal and does it, both or neither. Agreeing with
// oneself is fault.Forbidden; a proposal that is closed or has lapsed
// fault.Conflict.
func (f *FourEyes) Confirm(ctx context.Context, id, note string, by Actor) (Proposal, error) {
	var done Proposal
	if err := checkNote(note); err != nil {
		return done, err
	}
	err := f.Store.Atomic(ctx, func(ctx context.Context) error {
		p, err := f.Store.Proposal(ctx, id)
		if err != nil {
			return err
		}
		deed, known := f.Deeds[p.Kind]
		switch {
		case !known:
			return fault.New(fault.Invalid, "nothing of the kind %q takes two people", p.Kind)
		case p.State != Proposed || !f.Now().Before(p.Until):
			return fault.New(fault.Conflict, "this proposal is no longer open")
		case p.ByID == by.ID:
			return fault.New(fault.Forbidden, "somebody else must confirm what you proposed")
		}
		if done, err = f.close(ctx, p, Confirmed, note, by); err != nil {
			return err
		}
		return deed(ctx, done, by)
	})
	return done, err
}

// Refuse closes a proposal without doing it; its own author withdraws it so.
func (f *FourEyes) Refuse(ctx context.Context, id, note string, by Actor) (Proposal, error) {
	var done Proposal
	if err := checkNote(note); err != nil {
		return done, err
	}
	err := f.Store.Atomic(ctx, func(ctx context.Context) error {
		p, err := f.Store.Proposal(ctx, id)
		if err != nil {
			return err
		}
		if p.State != Proposed {
			return fault.New(fault.Conflict, "this proposal is no longer open")
		}
		state := Refused
		if p.ByID == by.ID {
			state = Withdrawn
		}
		done, err = f.close(ctx, p, state, note, by)
		return err
	})
	return done, err
}

func (f *FourEyes) close(ctx context.Context, p Proposal, state ProposalState, note string, by Actor) (Proposal, error) {
	now := f.Now()
	p.State, p.OtherID, p.OtherName, p.OtherNote, p.ClosedAt = state, by.ID, by.Name, note, &now
	if state == Lapsed {
		p.OtherID, p.OtherName = "", ""
	}
	if err := f.Store.PutProposal(ctx, p); err != nil {
		return p, err
	}
	return p, f.enter(ctx, "proposal."+string(state), p, by)
}

func (f *FourEyes) enter(ctx context.Context, kind string, p Proposal, by Actor) error {
	data, err := json.Marshal(map[string]any{"proposal": p.ID, "deed": p.Kind, "by": p.ByID})
	if err != nil {
		return err
	}
	_, err = f.Store.Append(ctx, ledger.Entry{At: f.Now(), Actor: by.ID, Kind: kind, Subject: p.Subject, Data: data})
	return err
}

func checkNote(note string) error {
	if len(note) > maxNote {
		return &fault.Error{Code: fault.Invalid, Message: "the note is too long",
			Fields: []fault.Field{{Path: "note", Code: "too_long", Message: "use at most 4,000 bytes"}}}
	}
	return nil
}

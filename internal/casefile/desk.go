package casefile

import (
	"context"
	"maps"
	"slices"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// Lease is how long a claim holds when nothing is heard of the reviewer.
const Lease = 20 * time.Minute

// maxNote bounds a reviewer's note, in bytes.
const maxNote = 4000

// DeskStore is what the desk needs of the store.
type DeskStore interface {
	Store
	ledger.Store
	listing.Store
	Verdict(ctx context.Context, id string) (verdict.Verdict, error)
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Desk is where people answer cases.
type Desk struct {
	Store DeskStore
	Now   func() time.Time
	// Keeper takes innocent pictures to assets; without it nobody may ask for that.
	Keeper *registry.Keeper
	// Followers give decisions their further effects, in this order and in the
	// deciding transaction: penalties before the statement that tells of them.
	Followers []Follower
	// Levels are the service levels; nil: Usual.
	Levels *Levels
	// Deeds are what takes two people beside answers to cases, by kind.
	Deeds map[string]Deed
}

// Actor is who acts, as it is written down.
type Actor struct {
	ID, Name string
	// Desks are those whose cases he may decide, "" being the common queue;
	// nil: all.
	Desks []string
}

// Answer is what a person says to a case.
type Answer struct {
	Outcome verdict.Decision `json:"outcome"` // pass or block
	Reason  string           `json:"reason"`  // one of Grounds[Outcome]
	Note    string           `json:"note,omitempty"`
	Version int              `json:"version"` // of the case as the person saw it
	// Innocent adds the pictures that were matched to the innocent pictures of
	// the assets they were taken for, so that they are not matched again. Only
	// with the reason NotTheSame.
	Innocent bool `json:"innocent,omitempty"`
}

// TakenBack is the reason of a decision that only takes another one back: it
// says nothing about the goods. Nobody can give it to a case; see Ruling.Reverses.
const TakenBack = "taken_back"

// NotTheSame is the reason of a case whose pictures were mistaken for an asset.
const NotTheSame = "not_the_same_picture"

// Validate reports what is wrong with an answer.
func (a Answer) Validate() error {
	grounds, ok := Grounds[a.Outcome]
	if !ok {
		return &fault.Error{Code: fault.Invalid, Message: "a case is answered with pass or block",
			Fields: []fault.Field{{Path: "outcome", Code: "unknown_outcome", Message: "use pass or block"}}}
	}
	if !slices.Contains(grounds, a.Reason) {
		return &fault.Error{Code: fault.Invalid, Message: "a decision needs a reason that fits its outcome",
			Fields: []fault.Field{{Path: "reason", Code: "unknown_reason", Message: "choose one of the reasons for this outcome"}}}
	}
	if a.Innocent && a.Reason != NotTheSame {
		return &fault.Error{Code: fault.Invalid, Message: "pictures are innocent only when they are not the asset's",
			Fields: []fault.Field{{Path: "innocent", Code: "other_reason", Message: "leave it out, or give the reason " + NotTheSame}}}
	}
	if len(a.Note) > maxNote {
		return &fault.Error{Code: fault.Invalid, Message: "the note is too long",
			Fields: []fault.Field{{Path: "note", Code: "too_long", Message: "use at most 4,000 bytes"}}}
	}
	return nil
}

// Claim takes an open case for a while, so that two do not read the same.
// Claiming again renews; a case that somebody else holds is fault.Conflict.
func (d *Desk) Claim(ctx context.Context, caseID string, by Actor) (Case, error) {
	return d.claim(ctx, caseID, by, true)
}

// claim takes a case; without renew, one that the actor holds already is
// somebody's too: he has it open elsewhere.
func (d *Desk) claim(ctx context.Context, caseID string, by Actor, renew bool) (Case, error) {
	return d.change(ctx, caseID, func(ctx context.Context, c *Case, now time.Time) error {
		if c.State != Open {
			return fault.New(fault.Conflict, "this case is no longer open")
		}
		if err := c.open(by); err != nil {
			return err
		}
		if held := c.HeldBy(now); held != "" && (held != by.ID || !renew) {
			return fault.New(fault.Conflict, "somebody else is working on this case")
		}
		if !renew {
			if c.OnHold(now) {
				return fault.New(fault.Conflict, "this case waits")
			}
			if err := d.awaitsAnother(ctx, *c, by); err != nil {
				return err
			}
		}
		until := now.Add(Lease)
		if c.HeldBy(now) == by.ID && c.LeaseUntil.After(until) {
			until = *c.LeaseUntil // it was handed to him for longer
		}
		renewed := c.HeldBy(now) == by.ID
		c.AssigneeID, c.LeaseUntil, c.Hold = by.ID, &until, nil
		if renewed {
			return nil
		}
		// Who read a case may not decide an appeal against its decision.
		_, err := d.Store.Append(ctx, ledger.Entry{At: now, Actor: by.ID, Kind: "case.claimed", Subject: c.ID})
		return err
	})
}

// Release gives a claimed case back.
func (d *Desk) Release(ctx context.Context, caseID string, by Actor) (Case, error) {
	return d.change(ctx, caseID, func(ctx context.Context, c *Case, now time.Time) error {
		if c.HeldBy(now) != by.ID {
			return fault.New(fault.Conflict, "you do not hold this case")
		}
		c.AssigneeID, c.LeaseUntil = "", nil
		return nil
	})
}

// HeldBy is who holds the case at t, "" when nobody does.
func (c Case) HeldBy(t time.Time) string {
	if c.LeaseUntil == nil || !t.Before(*c.LeaseUntil) {
		return ""
	}
	return c.AssigneeID
}

// Next claims the first open case of the filter that nobody holds. It returns
// fault.NotFound when the queue is empty.
func (d *Desk) Next(ctx context.Context, f Filter, by Actor) (Case, error) {
	waits := false
	f.State, f.Unassigned, f.AssigneeID, f.Now, f.Limit, f.After, f.OnHold = Open, true, "", d.Now(), 10, "", &waits
	if by.Desks != nil {
		f.Within = by.Desks
	}
	for range 5 { // another reviewer may be faster a few times, not for ever
		page, err := d.Store.Cases(ctx, f)
		if err != nil {
			return Case{}, err
		}
		for _, c := range page.Cases {
			taken, err := d.claim(ctx, c.ID, by, false)
			if err == nil || !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) {
				return taken, err
			}
		}
		if len(page.Cases) == 0 {
			break
		}
	}
	return Case{}, fault.New(fault.NotFound, "no case is waiting")
}

// Decide answers a case: the decision, the listing's status, what follows from
// it and the ledger entry are one transaction. The listing changes only when
// the revision that was judged still is the newest.
func (d *Desk) Decide(ctx context.Context, caseID string, a Answer, by Actor) (Case, error) {
	if err := a.Validate(); err != nil {
		return Case{}, err
	}
	var decided Case
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		c, err := d.Store.Case(ctx, caseID)
		if err != nil {
			return err
		}
		if err := decidable(c, a, by, d.Now()); err != nil {
			return err
		}
		if waits, err := d.secondPerson(ctx, &c, a, by); err != nil || waits {
			decided = c
			return err
		}
		ruling := Ruling{Case: c, Answer: a}
		if ruling.Reverses, err = d.takenBack(ctx, c, a); err != nil {
			return err
		}
		judged, err := d.Rule(ctx, []Ruling{ruling}, by)
		if err == nil {
			decided = judged[0].Case
		}
		return err
	})
	return decided, err
}

// takenBack is the decision that an answer takes back: the one that the case
// looks at again, when the answer is another.
func (d *Desk) takenBack(ctx context.Context, c Case, a Answer) (string, error) {
	if c.AppealOf == "" {
		return "", nil
	}
	before, err := d.Store.Decision(ctx, c.AppealOf)
	if err != nil || before.Outcome == a.Outcome {
		return "", err
	}
	return before.ID, nil
}

// decidable refuses an answer to a case that changed under the reviewer.
func decidable(c Case, a Answer, by Actor, now time.Time) error {
	switch {
	case c.State == Superseded:
		return fault.New(fault.Conflict, "the seller has changed this listing; its newest state has a case of its own")
	case a.Version != c.Version:
		return errChanged()
	case c.HeldBy(now) != "" && c.HeldBy(now) != by.ID:
		return fault.New(fault.Conflict, "somebody else is working on this case")
	}
	return c.open(by)
}

// within refuses those to whose desks the case does not belong.
func (c Case) within(by Actor) error {
	if by.Desks != nil && !slices.Contains(by.Desks, c.Desk) {
		return fault.New(fault.Forbidden, "this case lies with a desk whose cases you may not decide")
	}
	return nil
}

// open refuses those who were involved before, and those of other desks.
func (c Case) open(by Actor) error {
	if err := c.within(by); err != nil {
		return err
	}
	if slices.Contains(c.Barred, by.ID) {
		return fault.New(fault.Forbidden, "you were involved in this case before; somebody else must decide it")
	}
	return nil
}

// MayRule is nil when by may answer the case; else it says why not. Whoever
// builds rulings of his own asks it for each.
func (c Case) MayRule(by Actor) error { return c.open(by) }

// allow adds the matched pictures of a case to the innocent pictures of the
// assets they were taken for, and returns them.
func (d *Desk) allow(ctx context.Context, c Case, by Actor) (map[string][]string, error) {
	v, err := d.Store.Verdict(ctx, c.VerdictID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	mistaken := Mistaken(v)
	if len(mistaken) == 0 || d.Keeper == nil {
		return nil, &fault.Error{Code: fault.Invalid, Message: "no picture of this case was taken for an asset",
			Fields: []fault.Field{{Path: "innocent", Code: "no_picture", Message: "leave it out"}}}
	}
	for _, asset := range slices.Sorted(maps.Keys(mistaken)) {
		if _, err := d.Keeper.AllowPictures(ctx, asset, mistaken[asset], by.ID); err != nil {
			return nil, err
		}
	}
	return mistaken, nil
}

// Mistaken are the pictures that a verdict stands on, by the asset they were
// taken for: those that could be innocent.
func Mistaken(v verdict.Verdict) map[string][]string {
	out := map[string][]string{}
	for _, s := range v.Signals {
		if s.Sighting == nil || s.Sighting.Hash == "" || s.Licensed || !slices.Contains(v.Matched, s.AssetID) {
			continue
		}
		if !slices.Contains(out[s.AssetID], s.Sighting.Hash) {
			out[s.AssetID] = append(out[s.AssetID], s.Sighting.Hash)
		}
	}
	return out
}

// change alters a case in one transaction.
func (d *Desk) change(ctx context.Context, id string, alter func(ctx context.Context, c *Case, now time.Time) error) (Case, error) {
	var out Case
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		c, err := d.Store.Case(ctx, id)
		if err != nil {
			return err
		}
		now := d.Now()
		if err := alter(ctx, &c, now); err != nil {
			return err
		}
		c.UpdatedAt = now
		if err := d.Store.PutCase(ctx, c); err != nil {
			return err
		}
		c.Version++
		out = c
		return nil
	})
	return out, err
}

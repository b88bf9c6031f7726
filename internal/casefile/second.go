package casefile

import (
	"context"
	"encoding/json"

	"assay/internal/fault"
)

// DecideDeed is the kind of a proposal to answer a case.
const DecideDeed = "case.decide"

// FourEyes are the deeds of this house that take two people: d.Deeds.
func (d *Desk) FourEyes() *FourEyes { return &FourEyes{Store: d.Store, Now: d.Now, Deeds: d.Deeds} }

// levels are those in force.
func (d *Desk) levels() *Levels {
	if d.Levels != nil {
		return d.Levels
	}
	return Usual()
}

// secondPerson settles what an answer means for a case that takes two people.
// It reports true when the answer is the first and was written down to wait;
// otherwise the case is to be ruled on.
func (d *Desk) secondPerson(ctx context.Context, c *Case, a Answer, by Actor) (waits bool, err error) {
	takes := c.State == Open && d.levels().TwoPeople(*c, a)
	if c.ProposalID != "" {
		agrees, err := d.hearFirst(ctx, c, a, by)
		if err != nil || agrees {
			return false, err
		}
	}
	if !takes {
		return false, nil
	}
	data, err := json.Marshal(Answer{Outcome: a.Outcome, Reason: a.Reason, Note: a.Note})
	if err != nil {
		return false, err
	}
	f := d.FourEyes()
	f.Deeds = map[string]Deed{DecideDeed: nil}
	p, err := f.Propose(ctx, Proposal{Kind: DecideDeed, Subject: c.ID, Data: data, Note: a.Note}, by)
	if err != nil {
		return false, err
	}
	c.ProposalID, c.AssigneeID, c.LeaseUntil, c.UpdatedAt = p.ID, "", nil, d.Now()
	if err := d.Store.PutCase(ctx, *c); err != nil {
		return false, err
	}
	c.Version++
	_, err = d.note(ctx, "case.proposed", Note{CaseID: c.ID, Kind: FirstSay, Outcome: a.Outcome, Reason: a.Reason, Text: a.Note}, by)
	return true, err
}

// hearFirst closes the first person's proposal and reports whether the second
// one agrees with it.
func (d *Desk) hearFirst(ctx context.Context, c *Case, a Answer, by Actor) (agrees bool, err error) {
	p, err := d.Store.Proposal(ctx, c.ProposalID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	c.ProposalID = ""
	if err != nil || p.State != Proposed {
		return false, nil
	}
	first, err := p.Answer()
	if err != nil {
		return false, err
	}
	state := Refused
	switch {
	case !d.Now().Before(p.Until):
		state = Lapsed
	case p.ByID == by.ID:
		state = Withdrawn
	case first.Outcome == a.Outcome && first.Reason == a.Reason:
		state = Confirmed
	}
	_, err = d.FourEyes().close(ctx, p, state, a.Note, by)
	return state == Confirmed, err
}

// awaitsAnother refuses to hand a case to who has given the first answer.
func (d *Desk) awaitsAnother(ctx context.Context, c Case, by Actor) error {
	if c.ProposalID == "" {
		return nil
	}
	p, err := d.Store.Proposal(ctx, c.ProposalID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil && p.State == Proposed && p.ByID == by.ID && d.Now().Before(p.Until) {
		return fault.New(fault.Conflict, "your answer waits for a second person")
	}
	return nil
}

// Answer is what a proposal of DecideDeed would answer.
func (p Proposal) Answer() (a Answer, err error) {
	err = json.Unmarshal(p.Data, &a)
	return a, err
}

package casefile

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/verdict"
)

// Ruling is an answer to be carried out, whoever or whatever gave it.
type Ruling struct {
	Case   Case // as it stands in the store; Version 0 is stored first
	Answer Answer
	// Status is what becomes of the listing; "" follows from the answer.
	Status    listing.Status
	Group     string // id that decisions made together share
	Reverses  string // id of the decision that this one takes back
	Automated bool   // by the policy, without a person
}

// Judged is a ruling that was carried out: what a Follower goes by.
type Judged struct {
	Case     Case
	Decision Decision
	Before   *Decision // the last decision of the case until now, nil on the first
	Listing  listing.Listing
	Revision listing.Revision
	Verdict  verdict.Verdict // zero when the case has none
	Applied  bool            // the listing's status was set; false when a newer revision had come
}

// Confirms reports whether the decision only upholds the one that was looked
// at again, on appeal or by lot: what followed from that one stands, and
// nothing follows twice.
func (j Judged) Confirms() bool {
	return j.Case.AppealOf != "" && j.Decision.Reverses == "" && j.Decision.Outcome == verdict.Block
}

// Follower gives decisions a further effect inside the deciding transaction:
// penalties, statements, prints of what must stay down. Judged together means
// decided together; one Follow sees them all. An error undoes everything.
type Follower interface {
	Follow(ctx context.Context, judged []Judged) error
}

// Rule carries out rulings, inside the caller's transaction, and lets the
// followers do their part. Who may rule, and on what, the caller has checked.
func (d *Desk) Rule(ctx context.Context, rulings []Ruling, by Actor) ([]Judged, error) {
	out := make([]Judged, 0, len(rulings))
	for _, r := range rulings {
		j, err := d.rule(ctx, r, by)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	for _, f := range d.Followers {
		if err := f.Follow(ctx, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *Desk) rule(ctx context.Context, r Ruling, by Actor) (Judged, error) {
	now, c := d.Now(), r.Case
	j := Judged{Before: c.Decision}
	if c.Version == 0 {
		if err := d.Store.PutCase(ctx, c); err != nil {
			return j, err
		}
		c.Version++
	}
	l, err := d.Store.Listing(ctx, c.ListingID)
	if err != nil {
		return j, err
	}
	if j.Revision, err = d.Store.Revision(ctx, c.RevisionID); err != nil {
		return j, err
	}
	if c.VerdictID != "" {
		if j.Verdict, err = d.Store.Verdict(ctx, c.VerdictID); err != nil {
			return j, err
		}
	}
	if err := d.reversal(ctx, &r, c); err != nil {
		return j, err
	}
	status := r.status()
	if j.Applied, err = d.Store.SetStatus(ctx, c.ListingID, j.Revision.Number, status, now); err != nil {
		return j, err
	}
	dec := Decision{ID: uuid.Must(uuid.NewV7()).String(), CaseID: c.ID, Outcome: r.Answer.Outcome, Reason: r.Answer.Reason, Note: r.Answer.Note,
		ActorID: by.ID, ActorName: by.Name, Automated: r.Automated, GroupID: r.Group, Reverses: r.Reverses, CreatedAt: now}
	if j.Applied {
		dec.Was, l.Status = l.Status, status
	}
	if err := d.Store.AddDecision(ctx, dec); err != nil {
		return j, err
	}
	c.State, c.Decision, c.AssigneeID, c.LeaseUntil, c.Hold, c.UpdatedAt = Closed, &dec, by.ID, nil, nil, now
	c.AskedID, c.ProposalID = "", ""
	if err := d.Store.PutCase(ctx, c); err != nil {
		return j, err
	}
	c.Version++
	j.Case, j.Decision, j.Listing = c, dec, l
	var innocent map[string][]string
	if r.Answer.Innocent {
		if innocent, err = d.allow(ctx, c, by); err != nil {
			return j, err
		}
	}
	return j, d.enter(ctx, j, innocent)
}

// reversal notes that a second look, on appeal or by lot, came to another
// answer: then it takes the first one back.
func (d *Desk) reversal(ctx context.Context, r *Ruling, c Case) error {
	if r.Reverses != "" || c.AppealOf == "" {
		return nil
	}
	was, err := d.Store.Decision(ctx, c.AppealOf)
	if err != nil {
		return err
	}
	if was.Outcome != r.Answer.Outcome {
		r.Reverses = c.AppealOf
	}
	return nil
}

// status is what the answer makes of the listing.
func (r Ruling) status() listing.Status {
	switch {
	case r.Status != "":
		return r.Status
	case r.Answer.Outcome == verdict.Block:
		return listing.Removed
	}
	return listing.Live
}

// enter writes a decision down in the ledger.
func (d *Desk) enter(ctx context.Context, j Judged, innocent map[string][]string) error {
	dec := j.Decision
	said := map[string]any{"decision": dec.ID, "listing": j.Case.ListingID, "revision": j.Case.RevisionID, "verdict": j.Case.VerdictID,
		"outcome": dec.Outcome, "reason": dec.Reason, "applied": j.Applied}
	if len(innocent) > 0 {
		said["innocent"] = innocent
	}
	for name, value := range map[string]string{"group": dec.GroupID, "reverses": dec.Reverses} {
		if value != "" {
			said[name] = value
		}
	}
	if dec.Automated {
		said["automated"] = true
	}
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = d.Store.Append(ctx, ledger.Entry{At: dec.CreatedAt, Actor: dec.ActorID, Kind: "case.decided", Subject: j.Case.ID, Data: data})
	return err
}

package hearing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/statement"
	"assay/internal/verdict"
)

// ClerkStore is what hearings need of the store.
type ClerkStore interface {
	Store
	casefile.Store
	ledger.Store
	Verdict(ctx context.Context, id string) (verdict.Verdict, error)
	Listing(ctx context.Context, id string) (listing.Listing, error)
	Seller(ctx context.Context, id string) (seller.Seller, error)
	Holder(ctx context.Context, id string) (registry.RightsHolder, error)
	Right(ctx context.Context, id string) (registry.Right, error)
	ActionsOf(ctx context.Context, decisionIDs []string) ([]enforcement.Action, error)
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Penalties lowers what a decision has cost a shop.
type Penalties interface {
	Reduce(ctx context.Context, decisionID string, keep float64, by casefile.Actor) error
}

// Clerk leads hearings. As a casefile.Follower it opens and ends them with the
// decisions they are about, before the statements that tell of their clocks.
type Clerk struct {
	Store ClerkStore
	Desk  *casefile.Desk // carries out what a hearing leads to
	Now   func() time.Time
	// Penalties lowers the penalty of what was cured; nil: it stays.
	Penalties Penalties
	// Notices finds who complained about the goods of a case; nil: nobody.
	Notices func(ctx context.Context, c casefile.Case) ([]statement.Notice, error)
}

var _ casefile.Follower = (*Clerk)(nil)

// clerk is the actor of what follows from the clocks, without a person.
var clerk = casefile.Actor{ID: "system", Name: "system"}

// Reasons that hearings give decisions, beside those a person may choose.
const (
	ReasonSilent    = "complainant_silent"
	ReasonWithdrawn = "notice_withdrawn"
)

// Reasons lists them; message keys "ground.<code>" and "statement.ground.<code>".
var Reasons = []string{ReasonSilent, ReasonWithdrawn, statement.Cured}

// Follow implements casefile.Follower.
func (k *Clerk) Follow(ctx context.Context, judged []casefile.Judged) error {
	for _, j := range judged {
		if err := k.follow(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

func (k *Clerk) follow(ctx context.Context, j casefile.Judged) error {
	heard, err := k.conclude(ctx, j)
	if err != nil {
		return err
	}
	if err := k.overtake(ctx, j, heard); err != nil {
		return err
	}
	if j.Decision.Reverses != "" {
		if err := k.restitute(ctx, j, heard); err != nil {
			return err
		}
	}
	if j.Decision.Outcome != verdict.Block || j.Confirms() || j.Case.Source == casefile.FromAppeal {
		return nil
	}
	return k.open(ctx, j)
}

// conclude ends the hearing whose case was decided, and returns it; one
// without an ID when no hearing led to the case.
func (k *Clerk) conclude(ctx context.Context, j casefile.Judged) (Hearing, error) {
	if j.Case.Source != casefile.FromAppeal {
		return Hearing{}, nil
	}
	list, _, err := k.Store.Hearings(ctx, Filter{CaseID: j.Case.ID, Limit: 1})
	if err != nil || len(list) == 0 {
		return Hearing{}, err
	}
	h := list[0]
	end := Refused
	if j.Decision.Reverses != "" {
		end = Granted
	}
	if end == Refused && j.Decision.Note == "" {
		return h, &fault.Error{Code: fault.Invalid, Message: "an objection is refused with reasons that answer it: write them in the note, both parties read it",
			Fields: []fault.Field{{Path: "note", Code: "missing", Message: "say why the objection does not convince you"}}}
	}
	switch h.End {
	case ComplainantSilent, Withdrawn: // set by who ruled
		h.EndedBy = j.Decision.ID
	default:
		h.State, h.Due, h.End, h.EndedBy = Ended, nil, end, j.Decision.ID
	}
	err = k.put(ctx, &h, "hearing.ended", j.Decision.ActorID, map[string]any{"end": h.End, "decision": j.Decision.ID})
	return h, err
}

// overtake ends open hearings about a decision that no longer stands: it was
// taken back or made anew, or the goods were let back on sale.
func (k *Clerk) overtake(ctx context.Context, j casefile.Judged, heard Hearing) error {
	var open []Hearing
	if j.Decision.Outcome == verdict.Pass {
		list, _, err := k.Store.Hearings(ctx, Filter{ListingID: j.Case.ListingID, Open: true})
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(list, func(h Hearing) bool { return h.By == Complainant && h.DecisionID != j.Decision.Reverses })
	} else if j.Before != nil {
		list, _, err := k.Store.Hearings(ctx, Filter{DecisionID: j.Before.ID, Open: true})
		if err != nil {
			return err
		}
		open = list
	}
	for _, h := range open {
		if h.ID == heard.ID {
			continue
		}
		h.State, h.Due, h.End, h.EndedBy = Ended, nil, Overtaken, j.Decision.ID
		if err := k.put(ctx, &h, "hearing.ended", j.Decision.ActorID, map[string]any{"end": h.End, "decision": j.Decision.ID}); err != nil {
			return err
		}
		if err := k.dropCase(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// dropCase takes the case of a hearing that is over out of the queue.
func (k *Clerk) dropCase(ctx context.Context, h Hearing) error {
	if h.CaseID == "" {
		return nil
	}
	c, err := k.Store.Case(ctx, h.CaseID)
	if err != nil || c.State != casefile.Open {
		return err
	}
	c.State, c.AssigneeID, c.LeaseUntil, c.Hold, c.UpdatedAt = casefile.Superseded, "", nil, nil, k.Now()
	return k.Store.PutCase(ctx, c)
}

// open starts the seller's clock on a decision against his goods.
func (k *Clerk) open(ctx context.Context, j casefile.Judged) error {
	h, err := k.begin(ctx, j.Case, j.Decision, Objection, Seller)
	if err != nil {
		return err
	}
	due := ProfileOf(h).Seller.end(h.Country, j.Decision.CreatedAt)
	h.State, h.Due = AwaitsSeller, &due
	return k.put(ctx, &h, "hearing.opened", j.Decision.ActorID, map[string]any{"decision": h.DecisionID, "kind": h.Kind, "due": due})
}

// begin makes a hearing about a decision.
func (k *Clerk) begin(ctx context.Context, c casefile.Case, d casefile.Decision, kind Kind, by Side) (Hearing, error) {
	h := Hearing{ID: idOf(d.ID, kind, by), Kind: kind, By: by, DecisionID: d.ID, FirstCaseID: c.ID, ListingID: c.ListingID, Title: c.Title, SellerID: c.SellerID, CreatedAt: k.Now()}
	s, err := k.Store.Seller(ctx, c.SellerID)
	if err != nil {
		return h, err
	}
	h.Country = s.Country
	if h.HolderID, err = k.complainant(ctx, c); err != nil {
		return h, err
	}
	rights, err := k.rights(ctx, c)
	if err != nil {
		return h, err
	}
	p := choose(s.Country, rights)
	h.Profile, h.AppealUntil = p.Name, statement.MonthsAfter(s.Country, d.CreatedAt, p.Months)
	h.Curable = d.Outcome == verdict.Block && slices.Contains(rules().Cure.Grounds, d.Reason)
	return h, nil
}

func idOf(decisionID string, kind Kind, by Side) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "hearing %q %q %q", decisionID, kind, by)).String()
}

// complainant is the rights holder who complained, "" when nobody who can be
// heard did.
func (k *Clerk) complainant(ctx context.Context, c casefile.Case) (string, error) {
	if k.Notices == nil {
		return "", nil
	}
	list, err := k.Notices(ctx, c)
	if err != nil {
		return "", err
	}
	for _, n := range list {
		if n.HolderID != "" {
			return n.HolderID, nil
		}
	}
	return "", nil
}

// rights are the kinds of rights that a case's verdict named.
func (k *Clerk) rights(ctx context.Context, c casefile.Case) ([]registry.RightKind, error) {
	if c.VerdictID == "" {
		return nil, nil
	}
	v, err := k.Store.Verdict(ctx, c.VerdictID)
	if err != nil {
		return nil, err
	}
	var out []registry.RightKind
	for _, s := range v.Signals {
		if s.RightID == "" || s.Licensed {
			continue
		}
		r, err := k.Store.Right(ctx, s.RightID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, r.Kind) {
			out = append(out, r.Kind)
		}
	}
	return out, nil
}

// put keeps a changed hearing and writes it down in the ledger.
func (k *Clerk) put(ctx context.Context, h *Hearing, kind, actor string, said map[string]any) error {
	now := k.Now()
	h.UpdatedAt = now
	if err := k.Store.PutHearing(ctx, *h); err != nil {
		return err
	}
	h.Version++
	said["seller"] = h.SellerID
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = k.Store.Append(ctx, ledger.Entry{At: now, Actor: actor, Kind: kind, Subject: h.ID, Data: data})
	return err
}

// restitute writes down what a decision against a seller has cost him that is
// taken back now.
func (k *Clerk) restitute(ctx context.Context, j casefile.Judged, heard Hearing) error {
	wrong, err := k.Store.Decision(ctx, j.Decision.Reverses)
	if err != nil || wrong.Outcome != verdict.Block {
		return err
	}
	now := j.Decision.CreatedAt
	r := Restitution{DecisionID: j.Decision.ID, Reversed: wrong.ID, SellerID: j.Case.SellerID, ListingID: j.Case.ListingID, From: wrong.CreatedAt, Until: now, CreatedAt: now}
	if wrong.Was != "" { // the listing was touched
		r.Hours = now.Sub(wrong.CreatedAt).Hours()
	}
	r.HearingID, r.HolderID = heard.ID, heard.HolderID
	actions, err := k.Store.ActionsOf(ctx, []string{wrong.ID})
	if err != nil {
		return err
	}
	for _, a := range actions {
		if a.Reversal == j.Decision.ID {
			r.Points, r.Strikes = r.Points+a.Points, r.Strikes+a.Strikes
		}
	}
	if err := k.Store.AddRestitution(ctx, r); err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"decision": r.DecisionID, "reversed": r.Reversed, "listing": r.ListingID, "hours": r.Hours, "points": r.Points,
		"strikes": r.Strikes, "holder": r.HolderID})
	if err != nil {
		return err
	}
	_, err = k.Store.Append(ctx, ledger.Entry{At: now, Actor: j.Decision.ActorID, Kind: "restitution.recorded", Subject: r.SellerID, Data: data})
	return err
}

// Clocks are what a statement tells of the time its readers have
// (statement.Writer.Clocks).
func (k *Clerk) Clocks(ctx context.Context, decisionID string) (statement.Clocks, error) {
	list, _, err := k.Store.Hearings(ctx, Filter{DecisionID: decisionID, Kind: Objection, Limit: 1})
	if err != nil {
		return statement.Clocks{}, err
	}
	if len(list) > 0 {
		h := list[0]
		return statement.Clocks{Answer: h.Due, Appeal: &h.AppealUntil, Cure: h.Curable}, nil
	}
	d, err := k.Store.Decision(ctx, decisionID)
	if err != nil {
		return statement.Clocks{}, err
	}
	c, err := k.Store.Case(ctx, d.CaseID)
	if err != nil {
		return statement.Clocks{}, err
	}
	s, err := k.Store.Seller(ctx, c.SellerID)
	if err != nil {
		return statement.Clocks{}, err
	}
	months := rules().Profiles["general"].Months
	if c.Source == casefile.FromAppeal {
		heard, _, err := k.Store.Hearings(ctx, Filter{CaseID: c.ID, Limit: 1})
		if err != nil || len(heard) == 0 || heard[0].Kind == Appeal {
			return statement.Clocks{}, err
		}
		months = ProfileOf(heard[0]).Months
	}
	until := statement.MonthsAfter(s.Country, d.CreatedAt, months)
	return statement.Clocks{Appeal: &until}, nil
}

// Curing finds the decision whose goods a decision brings back because they
// were changed, "" for any other (statement.Writer.Curing).
func (k *Clerk) Curing(ctx context.Context, j casefile.Judged) (string, error) {
	if j.Decision.Reason != statement.Cured {
		return "", nil
	}
	list, _, err := k.Store.Hearings(ctx, Filter{ListingID: j.Case.ListingID, Kind: Objection, Newest: true, Limit: 1})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].DecisionID, nil
}

package enforcement

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// maxNote bounds a note, in bytes.
const maxNote = 4000

// Ladder carries out what decisions and people ask for. As a casefile.Follower
// it gives points and strikes for blocks and takes back what falls.
type Ladder struct {
	Store House
	Queue job.Queue
	Now   func() time.Time
	// Tell, when set, hears of every new or changed action of a shop, in the
	// transaction that makes it: the seller is owed reasons.
	Tell func(ctx context.Context, sellerID string, list []Action) error

	mu    sync.Mutex
	known map[string]*Rules // by version
}

var _ casefile.Follower = (*Ladder)(nil)

// batch is one change to one shop, inside one transaction.
type batch struct {
	now       time.Time
	seller    seller.Seller
	record    Record
	rules     *Rules
	profile   *Profile
	penalties []Action // on the shop, oldest first, as they are about to be
	changed   map[string]Action
	order     []string // of changed
	closures  []Closure
	entries   []ledger.Entry
}

// begin locks the shop's record and reads what is on it.
func (l *Ladder) begin(ctx context.Context, sellerID string) (*batch, error) {
	b := &batch{now: l.Now().UTC().Truncate(time.Microsecond), changed: map[string]Action{}}
	var err error
	if b.seller, err = l.Store.Seller(ctx, sellerID); err != nil {
		return nil, err
	}
	if b.record, err = l.Store.LockRecord(ctx, sellerID); err != nil {
		return nil, err
	}
	if b.rules, err = l.keepInForce(ctx); err != nil {
		return nil, err
	}
	b.profile = b.rules.For(b.record.Market, b.seller.Country)
	if b.penalties, err = l.Store.Penalties(ctx, sellerID); err != nil {
		return nil, err
	}
	b.closures, _, err = l.Store.Closures(ctx, ClosureFilter{SellerID: sellerID, Limit: 200})
	return b, err
}

// action is a new action on the shop, with everything that all have.
func (b *batch) action(k Kind, by string) Action {
	return Action{ID: uuid.Must(uuid.NewV7()).String(), Kind: k, SellerID: b.seller.ID, From: b.now, CreatedAt: b.now, ActorID: by, Ladder: b.rules.ID(), Profile: b.profile.Name}
}

// add takes in a new or changed action.
func (b *batch) add(a Action) {
	if _, again := b.changed[a.ID]; !again {
		b.order = append(b.order, a.ID)
	}
	b.changed[a.ID] = a
	if a.OnListing() {
		return
	}
	if i := slices.IndexFunc(b.penalties, func(o Action) bool { return o.ID == a.ID }); i >= 0 {
		b.penalties[i] = a
	} else {
		b.penalties = append(b.penalties, a)
	}
}

// reverse takes an action back.
func (b *batch) reverse(a Action, by, reason, reversal string) Action {
	a.ReversedAt, a.ReversedBy, a.ReversalReason, a.Reversal = &b.now, by, reason, reversal
	b.add(a)
	b.enter("action.reversed", by, map[string]any{"action": a.ID, "kind": a.Kind, "reason": reason, "by": reversal})
	return a
}

func (b *batch) enter(kind, actor string, said map[string]any) {
	data, err := json.Marshal(said)
	if err != nil { // ids, codes and numbers
		panic(err)
	}
	b.entries = append(b.entries, ledger.Entry{At: b.now, Actor: actor, Kind: kind, Subject: b.seller.ID, Data: data})
}

// tell enters new actions of one actor into the ledger, together.
func (b *batch) tell(actor, decision string, list []Action) {
	type line struct {
		ID      string `json:"id"`
		Kind    Kind   `json:"kind"`
		Listing string `json:"listing,omitempty"`
		Points  int    `json:"points,omitempty"`
		Strikes int    `json:"strikes,omitempty"`
		Reason  string `json:"reason"`
	}
	lines := make([]line, len(list))
	for i, a := range list {
		lines[i] = line{a.ID, a.Kind, a.ListingID, a.Points, a.Strikes, a.Reason}
	}
	said := map[string]any{"actions": lines, "ladder": b.rules.ID(), "profile": b.profile.Name}
	if decision != "" {
		said["decision"] = decision
	}
	b.enter("action.taken", actor, said)
}

// finish brings the shop in line with its actions, and stores all of it.
func (l *Ladder) finish(ctx context.Context, b *batch) error {
	standing, err := l.align(ctx, b)
	if err != nil {
		return err
	}
	if err := l.shop(ctx, b, standing); err != nil {
		return err
	}
	list := make([]Action, len(b.order))
	for i, id := range b.order {
		list[i] = b.changed[id]
	}
	if err := l.Store.PutActions(ctx, list); err != nil {
		return err
	}
	if err := l.Store.PutRecord(ctx, b.record); err != nil {
		return err
	}
	if _, err = l.Store.Append(ctx, b.entries...); err != nil || l.Tell == nil {
		return err
	}
	return l.Tell(ctx, b.seller.ID, list)
}

// derived is an id that is the same whenever the thing is done again.
func derived(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "enforcement %q", parts)).String()
}

func wrong(path, code, message string) error {
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: []fault.Field{{Path: path, Code: code, Message: message}}}
}

// Follow implements casefile.Follower: in the deciding transaction blocks cost
// what the ladder says, and what is decided otherwise is given back with
// everything that followed from it. Doing it twice changes nothing.
func (l *Ladder) Follow(ctx context.Context, judged []casefile.Judged) error {
	var shops []string
	by := map[string][]casefile.Judged{}
	for _, j := range judged {
		if _, seen := by[j.Case.SellerID]; !seen {
			shops = append(shops, j.Case.SellerID)
		}
		by[j.Case.SellerID] = append(by[j.Case.SellerID], j)
	}
	slices.Sort(shops) // so that two do not wait for each other
	for _, id := range shops {
		if err := l.follow(ctx, id, by[id]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ladder) follow(ctx context.Context, sellerID string, judged []casefile.Judged) error {
	b, err := l.begin(ctx, sellerID)
	if err != nil {
		return err
	}
	if market := judged[0].Listing.Market; market != "" && market != b.record.Market {
		b.record.Market = market
		b.profile = b.rules.For(market, b.seller.Country)
	}
	past, err := l.past(ctx, judged)
	if err != nil {
		return err
	}
	for _, j := range judged {
		since := b.giveBack(j, past)
		b.charge(j, since)
	}
	return l.finish(ctx, b)
}

// past are the actions that the judged decisions may take back, by the id of
// their case and of their decision.
func (l *Ladder) past(ctx context.Context, judged []casefile.Judged) (map[string][]Action, error) {
	var cases, decisions []string
	for _, j := range judged {
		if j.Before != nil {
			cases = append(cases, j.Case.ID)
		}
		if id := overturned(j); id != "" {
			decisions = append(decisions, id)
		}
	}
	out := map[string][]Action{}
	list, err := l.Store.ActionsOfCases(ctx, cases)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		out[a.CaseID] = append(out[a.CaseID], a)
	}
	if list, err = l.Store.ActionsOf(ctx, decisions); err != nil {
		return nil, err
	}
	for _, a := range list {
		out[a.DecisionID] = append(out[a.DecisionID], a)
	}
	return out, nil
}

// overturned is the decision that a judged one takes back, "" when there is none.
func overturned(j casefile.Judged) string {
	if j.Decision.Reverses == "" && j.Decision.Outcome == verdict.Pass {
		return j.Case.AppealOf
	}
	return j.Decision.Reverses
}

// giveBack reverses what earlier decisions of the case, and the decision that
// is taken back, have done. What followed by the ladder is left to align. It
// returns since when the case has cost something, zero when it has not.
func (b *batch) giveBack(j casefile.Judged, past map[string][]Action) (since time.Time) {
	list := past[j.Case.ID]
	if id := overturned(j); id != "" {
		list = slices.Concat(list, past[id])
	}
	for _, a := range list {
		if again, ok := b.changed[a.ID]; ok {
			a = again
		}
		if a.DecisionID == j.Decision.ID || a.ReversedAt != nil || a.Mark != "" {
			continue
		}
		b.reverse(a, j.Decision.ActorID, ReasonDecision, j.Decision.ID)
		if (a.Kind == Point || a.Kind == Strike) && (since.IsZero() || a.From.Before(since)) {
			since = a.From
		}
	}
	return since
}

// charge writes down what the decision does to the listing and what it costs.
func (b *batch) charge(j casefile.Judged, since time.Time) {
	base := b.action("", j.Decision.ActorID)
	base.ListingID, base.RevisionID, base.CaseID, base.DecisionID, base.Reason = j.Case.ListingID, j.Case.RevisionID, j.Case.ID, j.Decision.ID, j.Decision.Reason
	var list []Action
	if k := listingKind(j); k != "" {
		a := base
		a.Kind, a.Was, a.Became = k, j.Decision.Was, j.Listing.Status
		list = append(list, a)
	}
	if b.costs(j) {
		if !since.IsZero() {
			base.From = since // the same wrong under another name lasts no longer
		}
		points, strikes := b.profile.Grounds[j.Decision.Reason].For(j.Case.Severity)
		if points > 0 {
			a := base
			a.Kind, a.Points = Point, points
			list = append(list, a)
		}
		if strikes > 0 {
			a := base
			a.Kind, a.Strikes = Strike, strikes
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		return
	}
	for i := range list {
		list[i].ID = derived(j.Decision.ID, string(list[i].Kind))
		b.add(list[i])
	}
	b.tell(j.Decision.ActorID, j.Decision.ID, list)
}

// listingKind is what a decision did to its listing, "" for nothing.
func listingKind(j casefile.Judged) Kind {
	was := j.Decision.Was
	switch {
	case !j.Applied:
	case j.Listing.Status == listing.Removed:
		return Remove
	case j.Listing.Status == listing.Held && was != listing.Held:
		return Pause
	case j.Listing.Status == listing.Live && (was == listing.Held || was == listing.Removed):
		return Restore
	}
	return ""
}

// costs reports whether a decision counts as an infringement: a block that is
// no second look at another decision, by a person unless the profile counts
// the policy's too, on a revision that has not been counted already.
func (b *batch) costs(j casefile.Judged) bool {
	switch {
	case j.Decision.Outcome != verdict.Block, j.Confirms(), j.Decision.Automated && !b.profile.CountAutomated:
		return false
	}
	return !slices.ContainsFunc(b.penalties, func(a Action) bool {
		return (a.Kind == Point || a.Kind == Strike) && a.ReversedAt == nil && a.RevisionID != "" && a.RevisionID == j.Case.RevisionID && a.DecisionID != j.Decision.ID
	})
}

package enforcement

import (
	"context"
	"slices"
	"strings"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// Order is what a person has done to a shop or one of its listings.
type Order struct {
	Kind      Kind       `json:"kind"`                 // close only proposes
	ListingID string     `json:"listing_id,omitempty"` // for pause, remove and restore
	Reason    string     `json:"reason"`               // a ground for points and strikes, else one of Reasons
	Note      string     `json:"note"`                 // for staff
	Points    int        `json:"points,omitempty"`     // for points; 0: what the ladder says
	Days      int        `json:"days,omitempty"`       // for restrict and suspend; a restriction may do without
	From      *time.Time `json:"from,omitempty"`       // when it begins, for restrict and suspend; nil: now
}

// Done is what became of an order: an action, or the proposal to close.
type Done struct {
	Action  *Action  `json:"action,omitempty"`
	Closure *Closure `json:"closure,omitempty"`
}

// maxAhead is how far ahead an action may be ordered.
const maxAhead = 90 * 24 * time.Hour

// Check reports everything that is wrong with an order.
func (o Order) Check(now time.Time) error {
	var f []fault.Field
	add := func(bad bool, path, code, message string) {
		if bad {
			f = append(f, fault.Field{Path: path, Code: code, Message: message})
		}
	}
	add(!slices.Contains(Kinds, o.Kind), "kind", "unknown_value", "there is no such action")
	reasons := Reasons
	if o.Kind == Point || o.Kind == Strike {
		reasons = casefile.Grounds[verdict.Block]
	}
	if o.Kind == Reopen || o.Kind == Restore {
		reasons = Reversals
	}
	add(!slices.Contains(reasons, o.Reason), "reason", "unknown_value", "choose one of: "+strings.Join(reasons, ", "))
	add(strings.TrimSpace(o.Note) == "", "note", "missing", "say why, for your colleagues")
	add(len(o.Note) > maxNote, "note", "too_long", "use at most 4,000 bytes")
	onListing := Action{Kind: o.Kind}.OnListing()
	add(onListing && o.ListingID == "", "listing_id", "missing", "name the listing")
	add(!onListing && o.ListingID != "", "listing_id", "not_needed", "this is about the whole shop; leave the listing out")
	add(o.Points < 0 || o.Points > maxCost || o.Points > 0 && o.Kind != Point, "points", "range", "give points only for points, at most 10,000")
	timed := o.Kind == Restrict || o.Kind == Suspend
	add(o.Days < 0 || o.Days > maxDays || o.Days > 0 && !timed, "days", "range", "give days only for a restriction or a suspension, at most 3,650")
	add(o.Kind == Suspend && o.Days == 0, "days", "missing", "say for how many days")
	add(o.From != nil && (!timed || o.From.Before(now.Add(-time.Hour)) || o.From.After(now.Add(maxAhead))), "from", "range", "an action begins now or within 90 days")
	if len(f) > 0 {
		return &fault.Error{Code: fault.Invalid, Message: "this cannot be done as it is", Fields: f}
	}
	return nil
}

// Act carries out what a person orders, with what follows from it.
func (l *Ladder) Act(ctx context.Context, sellerID string, o Order, by casefile.Actor) (Done, error) {
	o.Note = strings.TrimSpace(o.Note)
	if err := o.Check(l.Now()); err != nil {
		return Done{}, err
	}
	var done Done
	err := l.Store.Atomic(ctx, func(ctx context.Context) error {
		b, err := l.begin(ctx, sellerID)
		if err != nil {
			return err
		}
		a := b.action(o.Kind, by.ID)
		a.Reason, a.Note = o.Reason, o.Note
		if o.Kind == Close {
			done.Closure, err = l.proposeByHand(ctx, b, a, by)
			if err != nil {
				return err
			}
			return l.finish(ctx, b)
		}
		if err := l.shape(ctx, b, &a, o); err != nil {
			return err
		}
		b.add(a)
		b.tell(by.ID, "", []Action{a})
		done.Action = &a
		return l.finish(ctx, b)
	})
	return done, err
}

// shape fills in what each kind of action needs.
func (l *Ladder) shape(ctx context.Context, b *batch, a *Action, o Order) error {
	switch o.Kind {
	case Pause, Remove, Restore:
		return l.move(ctx, b, a, o)
	case Point:
		points, _ := b.profile.Grounds[o.Reason].For(0)
		if a.Points = o.Points; a.Points == 0 {
			a.Points = max(points, 1)
		}
	case Strike:
		a.Strikes = 1
	case Restrict, Suspend:
		if o.From != nil && o.From.After(b.now) {
			a.From = o.From.UTC().Truncate(time.Microsecond)
		}
		if o.Days > 0 {
			a.Until = a.From.Add(days(o.Days))
		}
		if o.Kind == Suspend {
			events, err := l.events(ctx, b.penalties, b.profile)
			if err != nil {
				return err
			}
			a.Factors, err = l.factors(ctx, b, Stand(b.now, b.profile, events), Measure{From: b.now})
			return err
		}
	case Reopen:
		return b.reopen(*a)
	}
	return nil
}

var statusAfter = map[Kind]listing.Status{Pause: listing.Held, Remove: listing.Removed, Restore: listing.Live}

// move changes the listing that an order is about.
func (l *Ladder) move(ctx context.Context, b *batch, a *Action, o Order) error {
	row, err := l.Store.Listing(ctx, o.ListingID)
	if fault.Is(err, fault.NotFound) || err == nil && row.SellerID != b.seller.ID {
		return wrong("listing_id", "unknown_reference", "this shop has no such listing")
	}
	if err != nil {
		return err
	}
	a.ListingID, a.Was, a.Became = row.ID, row.Status, statusAfter[o.Kind]
	if a.Was == a.Became || a.Was == listing.Gone || a.Was == listing.Pending {
		return fault.New(fault.Conflict, "the listing is %s; there is nothing to do", a.Was)
	}
	_, err = l.Store.SetStatus(ctx, row.ID, 0, a.Became, b.now)
	return err
}

// reopen lifts everything that limits the shop.
func (b *batch) reopen(a Action) error {
	n := 0
	for _, x := range slices.Clone(b.penalties) {
		if x.OnShop() && x.ReversedAt == nil && (x.Until.IsZero() || x.Until.After(b.now)) {
			b.reverse(x, a.ActorID, ReasonReopened, a.ID)
			n++
		}
	}
	if n == 0 && b.seller.Status == seller.Active {
		return fault.New(fault.Conflict, "the shop is open; there is nothing to lift")
	}
	b.record.Status = b.seller.Status // whoever limited it
	return nil
}

func (l *Ladder) proposeByHand(ctx context.Context, b *batch, a Action, by casefile.Actor) (*Closure, error) {
	if b.seller.Status == seller.Closed {
		return nil, fault.New(fault.Conflict, "the shop is closed already")
	}
	for _, c := range b.closures {
		if c.State == ClosureOpen {
			return nil, fault.New(fault.Conflict, "closing this shop is proposed already")
		}
	}
	events, err := l.events(ctx, b.penalties, b.profile)
	if err != nil {
		return nil, err
	}
	f, err := l.factors(ctx, b, Stand(b.now, b.profile, events), Measure{From: b.now})
	if err != nil {
		return nil, err
	}
	c := Closure{ID: a.ID, Reason: a.Reason, Note: a.Note, ProposedBy: by.ID, Factors: f}
	if err := l.propose(ctx, b, c, by.ID, b.lastDecider()); err != nil {
		return nil, err
	}
	return &b.closures[len(b.closures)-1], nil
}

// lastDecider is who gave the shop its last penalty that stands.
func (b *batch) lastDecider() string {
	who := ""
	for _, a := range b.penalties {
		if (a.Kind == Point || a.Kind == Strike) && a.ReversedAt == nil {
			who = a.ActorID
		}
	}
	return who
}

// Undo is why an action is taken back.
type Undo struct {
	Reason string `json:"reason"` // one of Reversals
	Note   string `json:"note"`   // for staff
}

// Reverse takes back one action and what followed from it. What was taken back
// already is fault.Conflict, and so is the action of a decision on its listing:
// that is taken back by deciding the case again.
func (l *Ladder) Reverse(ctx context.Context, actionID string, u Undo, by casefile.Actor) (Action, error) {
	u.Note = strings.TrimSpace(u.Note)
	switch {
	case !slices.Contains(Reversals, u.Reason):
		return Action{}, wrong("reason", "unknown_value", "choose one of: "+strings.Join(Reversals, ", "))
	case u.Note == "":
		return Action{}, wrong("note", "missing", "say why, for your colleagues")
	case len(u.Note) > maxNote:
		return Action{}, wrong("note", "too_long", "use at most 4,000 bytes")
	}
	var out Action
	err := l.Store.Atomic(ctx, func(ctx context.Context) error {
		a, err := l.Store.Action(ctx, actionID)
		if err != nil {
			return err
		}
		b, err := l.begin(ctx, a.SellerID)
		if err != nil {
			return err
		}
		if a, err = l.Store.Action(ctx, actionID); err != nil { // again, now that nobody else can change it
			return err
		}
		if a.ReversedAt != nil {
			return fault.New(fault.Conflict, "this was taken back already")
		}
		a.ReversalNote = u.Note
		if a.OnListing() {
			if err := l.moveBack(ctx, b, a); err != nil {
				return err
			}
		}
		out = b.reverse(a, by.ID, u.Reason, "")
		if a.Kind == Reopen {
			b.closeAgain(a)
		}
		return l.finish(ctx, b)
	})
	return out, err
}

// moveBack puts a listing where it was before a person's action.
func (l *Ladder) moveBack(ctx context.Context, b *batch, a Action) error {
	if a.DecisionID != "" {
		return fault.New(fault.Conflict, "this followed from a decision; decide its case again")
	}
	row, err := l.Store.Listing(ctx, a.ListingID)
	if err != nil {
		return err
	}
	paused := a.Became == listing.Live && row.Status == listing.Held && Shut(b.seller.Status)
	if row.Status != a.Became && !paused {
		return fault.New(fault.Conflict, "the listing has changed since; look at it before you do anything")
	}
	_, err = l.Store.SetStatus(ctx, row.ID, 0, a.Was, b.now)
	return err
}

// closeAgain brings back what a reopening had lifted.
func (b *batch) closeAgain(reopening Action) {
	for _, x := range slices.Clone(b.penalties) {
		if x.Reversal == reopening.ID && x.ReversalReason == ReasonReopened {
			x.ReversedAt, x.ReversedBy, x.ReversalReason, x.Reversal = nil, "", "", ""
			b.add(x)
			b.enter("action.restored", reopening.ActorID, map[string]any{"action": x.ID, "kind": x.Kind})
		}
	}
}

package enforcement

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/job"
	"assay/internal/seller"
)

// events are the shop's actions as the pure standing reads them.
func (l *Ladder) events(ctx context.Context, penalties []Action, otherwise *Profile) ([]Event, error) {
	var out []Event
	for _, a := range penalties {
		p, err := l.profileOf(ctx, a, otherwise)
		if err != nil {
			return nil, err
		}
		e := Event{ID: a.ID, At: a.From, Ground: a.Reason, Points: a.Points, Strikes: a.Strikes, Profile: p}
		switch {
		case a.Mark != "":
			// It follows from the others; only that a person lifted it is news.
			if a.ReversedAt != nil && a.ReversedBy != system {
				out = append(out, Event{ID: "lift " + a.ID, Kind: Reversal, Of: a.Mark, At: a.From})
			}
			continue
		case a.Kind == Point || a.Kind == Strike:
			e.Kind = Infringement
		case a.Kind == Warn:
			e.Kind = Warning
		default:
			continue
		}
		out = append(out, e)
		if a.ReversedAt != nil {
			out = append(out, Event{ID: "undo " + a.ID, Kind: Reversal, Of: a.ID, At: a.From})
		}
	}
	return out, nil
}

// align computes the standing and brings what followed by the ladder in line
// with it: what is missing is done, what no longer follows is taken back.
func (l *Ladder) align(ctx context.Context, b *batch) (Standing, error) {
	events, err := l.events(ctx, b.penalties, b.profile)
	if err != nil {
		return Standing{}, err
	}
	standing := Stand(b.now, b.profile, events)
	wanted := map[string]bool{}
	var fresh []Action
	for _, m := range standing.Measures {
		wanted[m.Key] = true
		if m.Effect == EffectClose {
			if err := l.ask(ctx, b, standing, m); err != nil {
				return standing, err
			}
			continue
		}
		a, isNew, err := l.carry(ctx, b, standing, m)
		if err != nil {
			return standing, err
		}
		if isNew {
			fresh = append(fresh, a)
		}
	}
	if len(fresh) > 0 {
		b.tell(system, "", fresh)
	}
	for _, a := range slices.Clone(b.penalties) {
		if a.Mark != "" && a.ReversedAt == nil && !wanted[a.Mark] {
			b.reverse(a, system, ReasonLadder, "")
		}
	}
	return standing, l.withdraw(ctx, b, wanted)
}

// carry makes sure that a measure has its action.
func (l *Ladder) carry(ctx context.Context, b *batch, s Standing, m Measure) (Action, bool, error) {
	i := slices.IndexFunc(b.penalties, func(a Action) bool { return a.Mark == m.Key })
	if i < 0 {
		if !m.Until.IsZero() && !m.Until.After(b.now) {
			return Action{}, false, nil // over before it could begin
		}
		cause := b.cause(m)
		a := b.action(kindOf[m.Effect], system)
		a.ID, a.Mark, a.CauseID, a.Milestone, a.Reason = derived(b.seller.ID, m.Key), m.Key, m.Cause, m.Name(), ReasonMilestone
		a.ListingID, a.CaseID, a.DecisionID, a.From, a.Until = cause.ListingID, cause.CaseID, cause.DecisionID, m.From, m.Until
		if m.Effect == EffectSuspend {
			var err error
			if a.Factors, err = l.factors(ctx, b, s, m); err != nil {
				return a, false, err
			}
		}
		b.add(a)
		return a, true, nil
	}
	a := b.penalties[i]
	again := a.ReversedAt != nil && a.ReversedBy == system
	if again {
		a.ReversedAt, a.ReversedBy, a.ReversalReason, a.Reversal = nil, "", "", ""
	}
	if again || !a.Until.Equal(m.Until) {
		a.Until = m.Until
		b.add(a)
	}
	return a, again, nil
}

func (b *batch) cause(m Measure) Action {
	for _, a := range b.penalties {
		if a.ID == m.Cause {
			return a
		}
	}
	return Action{}
}

// ask proposes the closure that a measure stands for, unless it was proposed,
// or somebody has answered a proposal since.
func (l *Ladder) ask(ctx context.Context, b *batch, s Standing, m Measure) error {
	id := derived("closure", b.seller.ID, m.Key)
	for _, c := range b.closures {
		switch {
		case c.ID == id && c.State != ClosureWithdrawn, c.State == ClosureOpen, c.DecidedAt != nil && c.State != ClosureWithdrawn && c.DecidedAt.After(m.From):
			return nil
		}
	}
	if slices.ContainsFunc(b.penalties, func(a Action) bool { return a.Kind == Close && a.Holds(b.now) }) {
		return nil
	}
	factors, err := l.factors(ctx, b, s, m)
	if err != nil {
		return err
	}
	return l.propose(ctx, b, Closure{ID: id, Reason: ReasonMilestone, Milestone: m.Name(), Mark: m.Key, ProposedBy: system, Factors: factors}, b.cause(m).ActorID)
}

// withdraw ends proposals whose milestone is no longer reached, and reopens a
// shop that was closed on one.
func (l *Ladder) withdraw(ctx context.Context, b *batch, wanted map[string]bool) error {
	for i, c := range b.closures {
		if c.Mark == "" || wanted[c.Mark] || c.State != ClosureOpen && c.State != ClosureConfirmed {
			continue
		}
		for _, a := range slices.Clone(b.penalties) {
			if a.ID == c.ActionID && a.ReversedAt == nil {
				b.reverse(a, system, ReasonLadder, "")
			}
		}
		c.State = ClosureWithdrawn
		b.enter("closure.withdrawn", system, map[string]any{"closure": c.ID})
		if err := l.Store.PutClosure(ctx, c); err != nil {
			return err
		}
		b.closures[i] = c
	}
	return nil
}

// factors weighs what Art. 23(3) DSA names.
func (l *Ladder) factors(ctx context.Context, b *batch, s Standing, m Measure) (*Factors, error) {
	f := &Factors{Gravity: map[string]int{}}
	for _, c := range s.Counts {
		if c.At.After(m.From) || c.Expired {
			continue
		}
		f.Number++
		f.Gravity[c.Ground]++
	}
	n, err := l.Store.CountListingsOf(ctx, b.seller.ID)
	if err != nil {
		return nil, err
	}
	if f.Listings = n; n > 0 {
		f.Share = min(float64(f.Number)/float64(n), 1)
	}
	if slices.ContainsFunc(s.Measures, func(x Measure) bool { return x.Effect == EffectWarn && !x.Lifted && x.From.Before(m.From) }) {
		f.Intention = append(f.Intention, "after_warning")
	}
	if f.Gravity["forged_papers"] > 0 {
		f.Intention = append(f.Intention, "forged_papers")
	}
	if f.Number > 1 {
		f.Intention = append(f.Intention, "repeated")
	}
	return f, nil
}

// shop gives the shop the status that its actions ask for, and notes when the
// next of them ends. Enforcement never frees a shop that somebody else has
// limited further.
func (l *Ladder) shop(ctx context.Context, b *batch, s Standing) error {
	want, next := seller.Active, time.Time{}
	sooner := func(t time.Time) {
		if t.After(b.now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, a := range b.penalties {
		if a.ReversedAt != nil || !a.OnShop() {
			continue
		}
		sooner(a.From)
		sooner(a.Until)
		if a.Holds(b.now) && rank(shopStatus[a.Kind]) > rank(want) {
			want = shopStatus[a.Kind]
		}
	}
	for _, c := range s.Changes {
		sooner(c.At)
	}
	b.record.Points, b.record.Strikes, b.record.NextAt, b.record.UpdatedAt = s.Points, s.Strikes, next, b.now
	last := cmp.Or(b.record.Status, seller.Active)
	b.record.Status = want
	now := cmp.Or(b.seller.Status, seller.Active)
	if want == last || now == want || now != last && rank(want) < rank(now) {
		return nil
	}
	b.record.Version++
	b.seller.Status, b.seller.UpdatedAt = want, b.now
	if _, err := l.Store.PutSeller(ctx, b.seller); err != nil {
		return err
	}
	b.enter("standing.changed", system, map[string]any{"was": now, "status": want, "points": s.Points, "strikes": s.Strikes})
	if Shut(now) == Shut(want) {
		return nil
	}
	return l.Queue.Enqueue(ctx, shopJobs(b.seller.ID, b.record.Version)...)
}

// Jobs of enforcement.
const (
	ShopJob = "enforcement.shop" // pauses or resumes a shop's listings, a range of their ids
	TendJob = "enforcement.tend" // what is due by time
)

// ShopArgs name a stretch of a shop's listings.
type ShopArgs struct {
	SellerID string `json:"seller_id"`
	From     string `json:"from"`
	Before   string `json:"before"` // "": no end
}

// shopJobs cut a shop's listings into sixteen ranges of ids, so that several
// workers share them. The version keeps a job of the change before from
// standing in for one of this.
func shopJobs(sellerID string, version int) []job.Job {
	const digits = "0123456789abcdef"
	out := make([]job.Job, 0, len(digits))
	for i := range digits {
		args := ShopArgs{SellerID: sellerID}
		if i > 0 {
			args.From = digits[i : i+1]
		}
		if i+1 < len(digits) {
			args.Before = digits[i+1 : i+2]
		}
		out = append(out, job.Make(ShopJob, fmt.Sprintf("%s/%d/%s", sellerID, version, args.From), args))
	}
	return out
}

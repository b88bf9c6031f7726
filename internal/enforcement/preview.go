package enforcement

import (
	"context"
	"slices"
	"time"

	"assay/internal/fault"
	"assay/internal/seller"
)

// Overview is a shop's standing with everything that led to it.
type Overview struct {
	SellerID string        `json:"seller_id"`
	Status   seller.Status `json:"status"`
	Ladder   string        `json:"ladder"` // the version in force
	Rules    *Profile      `json:"rules"`  // the profile that the shop is under
	Standing Standing      `json:"standing"`
	Actions  []Action      `json:"actions"`  // on the shop, newest first
	Closures []Closure     `json:"closures"` // newest first
}

// CountOf is how an action counts, if it is an infringement that stands.
func (a Overview) CountOf(id string) *Count {
	for i := range a.Standing.Counts {
		if a.Standing.Counts[i].ID == id {
			return &a.Standing.Counts[i]
		}
	}
	return nil
}

// Limit is the action that limits the shop most at present, nil when none does.
func (a Overview) Limit() *Action {
	var out *Action
	for i, x := range a.Actions {
		if x.OnShop() && x.Holds(a.Standing.At) && (out == nil || rank(shopStatus[x.Kind]) > rank(shopStatus[out.Kind])) {
			out = &a.Actions[i]
		}
	}
	return out
}

// Standing computes where a shop is now.
func (l *Ladder) Standing(ctx context.Context, sellerID string) (Overview, error) {
	s, err := l.Store.Seller(ctx, sellerID)
	if err != nil {
		return Overview{}, err
	}
	a, _, err := l.account(ctx, s)
	return a, err
}

func (l *Ladder) account(ctx context.Context, s seller.Seller) (Overview, []Event, error) {
	out := Overview{SellerID: s.ID, Status: s.Status}
	market := ""
	r, err := l.Store.Record(ctx, s.ID)
	if err == nil {
		market = r.Market
	} else if !fault.Is(err, fault.NotFound) {
		return out, nil, err
	}
	rules, err := l.InForce(ctx)
	if err != nil {
		return out, nil, err
	}
	out.Ladder, out.Rules = rules.ID(), rules.For(market, s.Country)
	if out.Actions, err = l.Store.Penalties(ctx, s.ID); err != nil {
		return out, nil, err
	}
	events, err := l.events(ctx, out.Actions, out.Rules)
	if err != nil {
		return out, nil, err
	}
	out.Standing = Stand(l.Now().UTC().Truncate(time.Microsecond), out.Rules, events)
	slices.Reverse(out.Actions)
	out.Closures, _, err = l.Store.Closures(ctx, ClosureFilter{SellerID: s.ID, Limit: 50})
	return out, events, err
}

// Forecast is what a block with one ground would mean now.
type Forecast struct {
	Ground   string    `json:"ground"`
	Cost     Count     `json:"cost"` // what it would count
	Points   int       `json:"points"`
	Strikes  int       `json:"strikes"`  // the totals afterwards
	Measures []Measure `json:"measures"` // what would follow
}

// Preview says what a block would cost for each of the grounds, at a severity
// of 0 to 4 (0 is unknown). Nothing is changed.
func (l *Ladder) Preview(ctx context.Context, sellerID string, grounds []string, severity int) (Overview, []Forecast, error) {
	s, err := l.Store.Seller(ctx, sellerID)
	if err != nil {
		return Overview{}, nil, err
	}
	a, events, err := l.account(ctx, s)
	if err != nil {
		return a, nil, err
	}
	out := make([]Forecast, 0, len(grounds))
	for _, g := range grounds {
		out = append(out, forecast(a, events, g, severity))
	}
	return a, out, nil
}

func forecast(a Overview, events []Event, ground string, severity int) Forecast {
	const preview = "~preview" // sorts after every id, so that it counts as the last of the moment
	points, strikes := a.Rules.Grounds[ground].For(severity)
	e := Event{ID: preview, Kind: Infringement, At: a.Standing.At, Ground: ground, Points: points, Strikes: strikes, Profile: a.Rules}
	then := Stand(a.Standing.At, a.Rules, append(slices.Clone(events), e))
	f := Forecast{Ground: ground, Points: then.Points, Strikes: then.Strikes, Measures: []Measure{}}
	for _, c := range then.Counts {
		if c.ID == preview {
			f.Cost = c
		}
	}
	for _, m := range then.Measures {
		if m.Cause == preview {
			f.Measures = append(f.Measures, m)
		}
	}
	return f
}

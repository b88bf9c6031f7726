package search

import (
	"context"
	"time"
)

// Walker runs searches over the stored catalogue.
type Walker struct {
	Store Store
	Now   func() time.Time
	Time  time.Duration // one walk ends after about this long; 0 means 3 s
}

// Result is what a walk found, and how far it came.
type Result struct {
	Hits     []Hit      `json:"hits"`              // newest revision first
	Next     string     `json:"next,omitempty"`    // cursor to go on from; empty when everything was looked at
	Looked   int        `json:"looked"`            // offers that were read on this walk
	Reached  *time.Time `json:"reached,omitempty"` // offers taken in before then were not looked at yet
	Complete bool       `json:"complete"`          // the whole catalogue was looked at
}

const (
	usualTime = 3 * time.Second
	// stretch is how many revisions are read at once.
	stretch    = 500
	usualLimit = 20
	maxLimit   = 100
)

// Run walks, for an owner of searches, the newest revisions from the newest on, after the cursor, until it
// has limit hits (1 to 100; 0 means 20), the time is up, or everything was
// looked at. It looks at one stretch at least, so that a caller who goes on
// with Next always gets ahead. Faults: Invalid for the query and the cursor.
func (w *Walker) Run(ctx context.Context, owner string, q Query, after string, limit int) (Result, error) {
	if err := q.Check(); err != nil {
		return Result{}, err
	}
	place, err := ParsePlace(after)
	if err != nil {
		return Result{}, err
	}
	n, err := weave(q.Words)
	if err != nil {
		return Result{}, err
	}
	if limit <= 0 {
		limit = usualLimit
	}
	walk := &walk{Walker: w, owner: owner, licensees: licensees{store: w.Store}, query: q, net: n, place: place, limit: min(limit, maxLimit), end: w.Now().Add(w.time())}
	if err := walk.run(ctx); err != nil {
		return Result{}, err
	}
	return walk.result, w.nameSellers(ctx, walk.result.Hits)
}

func (w *Walker) time() time.Duration {
	if w.Time > 0 {
		return w.Time
	}
	return usualTime
}

// walk is one run under way.
type walk struct {
	*Walker
	owner string
	licensees
	query  Query
	net    *net
	place  Place
	limit  int
	end    time.Time
	result Result
}

func (w *walk) run(ctx context.Context) error {
	w.result.Hits = []Hit{}
	ask := Stretch{Market: w.query.Market, SellerID: w.query.SellerID, Status: w.query.Status, Revisions: stretch}
	ask.From, ask.Before = w.query.days()
	for {
		ask.After = w.place
		found, last, more, err := w.Store.Stretch(ctx, ask)
		if err != nil {
			return err
		}
		stopped, err := w.look(ctx, found)
		if err != nil {
			return err
		}
		if !stopped {
			w.place = last
		}
		if !stopped && !more {
			w.result.Complete = true
			return nil
		}
		if stopped || !w.Now().Before(w.end) {
			w.result.Next, w.result.Reached = w.place.Cursor(), &w.place.At
			return nil
		}
	}
}

// look examines a stretch; stopped when enough was found or the time is up
// before its end.
func (w *walk) look(ctx context.Context, found []Offered) (stopped bool, err error) {
	for i, o := range found {
		w.result.Looked++
		w.place = Place{At: o.Revision.CreatedAt, ID: o.Revision.ID}
		if w.query.fits(o) {
			if err := w.take(ctx, o); err != nil {
				return true, err
			}
		}
		if len(w.result.Hits) == w.limit {
			return true, nil
		}
		if i%32 == 31 && !w.Now().Before(w.end) {
			return true, nil
		}
		if err := ctx.Err(); err != nil {
			return true, err
		}
	}
	return false, nil
}

// take keeps an offer if something is found in it.
func (w *walk) take(ctx context.Context, o Offered) error {
	var list []Match
	for _, m := range w.net.catch(o) {
		list = append(list, m)
	}
	if list = ranked(list, w.query.floor()); len(list) == 0 {
		return nil
	}
	grants, err := w.of(ctx, o.Listing.SellerID)
	if err != nil {
		return err
	}
	h := o.hit(list)
	if h.LicenceID = o.licence(grants, w.owner, list, w.Now()); h.LicenceID == "" || !w.query.Unlicensed {
		w.result.Hits = append(w.result.Hits, h)
	}
	return nil
}

// floor is the least score of a match that counts.
func (q Query) floor() float64 {
	if q.Likely {
		return likely
	}
	return 0
}

// days are the bounds of From and Until as moments.
func (q Query) days() (from, before time.Time) {
	if t, err := time.Parse(time.DateOnly, q.From.String()); err == nil {
		from = t
	}
	if t, err := time.Parse(time.DateOnly, q.Until.String()); err == nil {
		before = t.AddDate(0, 0, 1)
	}
	return from, before
}

func (w *Walker) nameSellers(ctx context.Context, hits []Hit) error {
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.SellerID
	}
	sellers, err := w.Store.SellersByID(ctx, ids)
	for i := range hits {
		hits[i].SellerName = sellers[hits[i].SellerID].Name
	}
	return err
}

package screening

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/feed"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Known is the registry of an offline run, all in memory.
type Known struct {
	Sellers  map[string]seller.Seller      // by id
	Licences map[string][]registry.Licence // by seller id
}

// Offline screens rows without a store: from a file to verdicts.
type Offline struct {
	Engine  *Engine
	Known   Known
	Market  string // "" means "main"
	Seller  string // external id of rows that name no seller
	Workers int
	Now     func() time.Time
	// Picture gets the bytes a row's picture refers to; nil: pictures are
	// deliberately not looked at.
	Picture Source
}

// Screened is the answer to one row.
type Screened struct {
	Row      listing.Row
	Line     int
	Verdict  verdict.Verdict
	Warnings []fault.Field
	Reject   *feed.Reject // set when the row could not be read; the rest is empty
}

// Rows is a source of rows, such as a feed.Reader.
type Rows interface{ Next() (feed.Item, error) }

// Run screens all rows on Workers goroutines and hands the answers to emit in
// the order of the rows. Memory is bounded by the number of workers. A row
// that cannot be read is answered with its Reject; only an unreadable source,
// a cancelled context or an error of emit ends the run.
func (f *Offline) Run(ctx context.Context, rows Rows, emit func(Screened) error) error {
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan task)
	order := make(chan chan Screened, 2*f.Workers)
	g.Go(func() error { return f.read(ctx, rows, work, order) })
	for range f.Workers {
		g.Go(func() error {
			for t := range work {
				s, err := f.screen(ctx, t.item)
				if err != nil {
					return err
				}
				t.done <- s
			}
			return nil
		})
	}
	g.Go(func() error { return inOrder(ctx, order, emit) })
	return g.Wait()
}

type task struct {
	item feed.Item
	done chan Screened
}

func (f *Offline) read(ctx context.Context, rows Rows, work chan<- task, order chan<- chan Screened) error {
	defer close(order)
	defer close(work)
	for {
		item, err := rows.Next()
		var bad *feed.RejectError
		done := make(chan Screened, 1)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			done <- Screened{Line: bad.Reject.Line, Reject: &bad.Reject}
		case err != nil:
			return err
		}
		select {
		case order <- done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if bad != nil {
			continue
		}
		select {
		case work <- task{item, done}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func inOrder(ctx context.Context, order <-chan chan Screened, emit func(Screened) error) error {
	for done := range order {
		select {
		case s := <-done:
			if err := emit(s); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (f *Offline) screen(ctx context.Context, item feed.Item) (Screened, error) {
	start := time.Now()
	row := item.Row
	out := Screened{Row: row, Line: item.Line, Warnings: item.Warnings}
	if f.Picture == nil {
		out.Row.Offer.Pictures = skipped(row.Offer.Pictures)
	} else {
		out.Row.Offer.Pictures = stored(row.Offer.Pictures)
	}
	who := f.seller(row)
	rev := listing.Revision{ID: listing.RevisionID(row.ExternalID, 1), ListingID: row.ExternalID, Number: 1, Source: "offline",
		Offer: out.Row.Offer, CreatedAt: f.Now()}
	var err error
	out.Verdict, err = f.Engine.Examine(ctx, &signal.Subject{Revision: rev, Seller: who, Licences: f.Known.Licences[who.ID], Now: f.Now()}, f.Picture)
	out.Verdict.TookMS = float64(time.Since(start).Microseconds()) / 1000
	return out, err
}

func skipped(in []listing.Picture) []listing.Picture { return inState(in, listing.PictureSkipped) }
func stored(in []listing.Picture) []listing.Picture  { return inState(in, listing.PictureStored) }

func inState(in []listing.Picture, state listing.PictureState) []listing.Picture {
	out := slices.Clone(in)
	for i := range out {
		out[i].State = state
	}
	return out
}

// seller is what the bundle says of the row's seller. A seller it does not
// know is a shop without papers; whether that matters is the policy's to say.
func (f *Offline) seller(row listing.Row) seller.Seller {
	market, external := f.Market, row.SellerExternalID
	if market == "" {
		market = "main"
	}
	if external == "" {
		external = f.Seller
	}
	id := listing.SellerID(market, external)
	if s, ok := f.Known.Sellers[id]; ok {
		return s
	}
	return seller.Seller{ID: id, ExternalID: external, Name: row.SellerName, Verification: seller.Unverified, Status: seller.Active}
}

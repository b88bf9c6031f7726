// Package intake takes listings in: from the API, one or many, and from
// feeds. It stores revisions and enqueues what must follow, in one
// transaction.
package intake

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/seller"
)

// Kinds of jobs that intake enqueues or handles.
const (
	ScreenJob = "listing.screen" // args ScreenArgs; handled by screening
	FetchJob  = "picture.fetch"
	FeedJob   = "feed.import"
)

// ScreenArgs names the revisions one screening job works through.
type ScreenArgs struct {
	Revisions []string `json:"revisions"`
}

// One screening job holds at most screenBatch revisions with screenPictures
// pictures: enough to share a transaction, few enough to be done in seconds
// and to cost little when a worker is lost.
const (
	screenBatch    = 25
	screenPictures = 60
)

// Store is what intake needs of the store.
type Store interface {
	listing.Store
	seller.Store
	ledger.Store
	Atomic(ctx context.Context, do func(ctx context.Context) error) error
}

// Fetcher gets a picture from an address chosen by a stranger.
type Fetcher interface {
	Fetch(ctx context.Context, url string) (data []byte, contentType string, err error)
}

// Intake takes listings in.
type Intake struct {
	Store   Store
	Blobs   *blob.Store
	Queue   job.Queue
	Fetcher Fetcher
	Now     func() time.Time
}

// Source says where rows come from.
type Source struct {
	Market        string // "" means "main"
	Name          string // "api" or a feed's id; stored with each revision
	ActorID       string
	DefaultSeller string // seller.Seller.ID for rows that name none
	// OnlySeller, when set, refuses rows of anybody else.
	OnlySeller string
	// Pictures finds a stored picture by the name a row gives it; nil: none.
	Pictures func(name string) (hash string, ok bool)
}

// Taken is the answer to one row.
type Taken struct {
	Listing  listing.Listing
	Revision listing.Revision
	Changed  bool
	Err      error // a fault; the row was refused, the others are not touched
}

// Take stores rows and enqueues what follows; one transaction for all of
// them. The answers are in the order of the rows.
func (in *Intake) Take(ctx context.Context, src Source, rows []listing.Row) ([]Taken, error) {
	if src.Market == "" {
		src.Market = "main"
	}
	var out []Taken
	err := in.Store.Atomic(ctx, func(ctx context.Context) error {
		out = make([]Taken, len(rows))
		var follow followUp
		for i, row := range rows {
			t, err := in.takeRow(ctx, src, row)
			if err != nil && fault.CodeOf(err) == fault.Internal {
				return err
			}
			t.Err = err
			out[i] = t
			if err == nil && t.Changed {
				follow.add(t, src, in.Now())
			}
		}
		if _, err := in.Store.Append(ctx, follow.entries...); err != nil {
			return err
		}
		return in.Queue.Enqueue(ctx, follow.jobs()...)
	})
	return out, err
}

// followUp gathers what a batch leads to.
type followUp struct {
	screen  [][]string // revisions, one list a job
	looks   int        // pictures of the last list
	fetches []job.Job
	entries []ledger.Entry
}

func (f *followUp) add(t Taken, src Source, now time.Time) {
	waiting := false
	for n, p := range t.Revision.Offer.Pictures {
		if p.State == listing.PictureWaiting {
			waiting = true
			f.fetches = append(f.fetches, fetchJob(t.Revision.ID, n))
		}
	}
	if !waiting {
		f.plan(t.Revision)
	}
	data, err := json.Marshal(map[string]string{"revision": t.Revision.ID, "content": t.Revision.ContentHash, "source": src.Name})
	if err != nil { // strings only
		panic(err)
	}
	f.entries = append(f.entries, ledger.Entry{At: now, Actor: src.ActorID, Kind: "listing.taken", Subject: t.Listing.ID, Data: data})
}

// plan puts a revision into the last screening job, or into a new one.
func (f *followUp) plan(r listing.Revision) {
	n, last := len(r.Offer.Pictures), len(f.screen)-1
	if last < 0 || len(f.screen[last]) >= screenBatch || f.looks+n > screenPictures {
		f.screen, f.looks = append(f.screen, nil), 0
		last++
	}
	f.screen[last] = append(f.screen[last], r.ID)
	f.looks += n
}

func (f *followUp) jobs() []job.Job {
	jobs := f.fetches
	for _, revisions := range f.screen {
		jobs = append(jobs, ScreenJobFor(revisions...))
	}
	return jobs
}

// ScreenJobFor is the job that screens these revisions.
func ScreenJobFor(revisions ...string) job.Job {
	return job.Make(ScreenJob, strings.Join(revisions, ","), ScreenArgs{Revisions: revisions})
}

func (in *Intake) takeRow(ctx context.Context, src Source, row listing.Row) (Taken, error) {
	if err := Check(row); err != nil {
		return Taken{}, err
	}
	shop, err := in.sellerOf(ctx, src, row)
	if err != nil {
		return Taken{}, err
	}
	now := in.Now()
	l := listing.Listing{ID: listing.ID(src.Market, row.ExternalID), Market: src.Market, ExternalID: row.ExternalID,
		SellerID: shop.ID, Status: listing.Pending, CreatedAt: now, UpdatedAt: now}
	if err := in.mayTake(ctx, shop, l); err != nil {
		return Taken{}, err
	}
	offer, err := in.resolve(ctx, src, row.Offer)
	if err != nil {
		return Taken{}, err
	}
	r := listing.Revision{ListingID: l.ID, Source: src.Name, ContentHash: offer.ContentHash(), Offer: offer, CreatedAt: now}
	l, r, changed, err := in.Store.PutRevision(ctx, l, r)
	if err != nil {
		return Taken{}, err
	}
	return Taken{Listing: l, Revision: r, Changed: changed}, nil
}

// mayTake refuses a row that would take over somebody else's listing, and one
// that the shop may not add at present.
func (in *Intake) mayTake(ctx context.Context, shop seller.Seller, l listing.Listing) error {
	old, err := in.Store.Listing(ctx, l.ID)
	known := err == nil
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return err
	case known && old.SellerID != l.SellerID:
		return refuse("seller_id", "other_seller", "this id belongs to a listing of another seller; use another id")
	case shop.Status == seller.Closed:
		return shut("shop_closed", "this shop is closed; nothing can be listed or changed")
	case known: // a suspended shop may mend what it has
		return nil
	case shop.Status == seller.Suspended:
		return shut("shop_suspended", "this shop is suspended; it can change its listings but add none until the suspension ends")
	case shop.Status == seller.Restricted:
		return shut("shop_restricted", "this shop may add no listings at present; those it has can be changed")
	}
	return nil
}

// shut refuses a row because of the shop's standing.
func shut(code, message string) error {
	return &fault.Error{Code: fault.Forbidden, Message: message, Fields: []fault.Field{{Path: "seller_id", Code: code, Message: message}}}
}

// sellerOf finds the row's seller and makes it known on first sight. What is
// known of a seller is never overwritten by a feed.
func (in *Intake) sellerOf(ctx context.Context, src Source, row listing.Row) (seller.Seller, error) {
	id := src.DefaultSeller
	if row.SellerExternalID != "" {
		id = listing.SellerID(src.Market, row.SellerExternalID)
	}
	if id == "" {
		return seller.Seller{}, refuse("seller_id", "missing", "name the seller of this row, or a default seller for all rows")
	}
	if src.OnlySeller != "" && id != src.OnlySeller {
		return seller.Seller{}, &fault.Error{Code: fault.Forbidden, Message: "you may take in listings of your own shop only",
			Fields: []fault.Field{{Path: "seller_id", Code: "other_seller", Message: "leave it out or use your own id"}}}
	}
	known, err := in.Store.Seller(ctx, id)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return known, err
	}
	if row.SellerExternalID == "" {
		return seller.Seller{}, refuse("seller_id", "unknown_seller", "the default seller is not known; create it first")
	}
	now := in.Now()
	name := row.SellerName
	if name == "" {
		name = row.SellerExternalID
	}
	fresh := seller.Seller{ID: id, ExternalID: row.SellerExternalID, Name: name,
		Verification: seller.Unverified, Status: seller.Active, CreatedAt: now, UpdatedAt: now}
	_, err = in.Store.PutSeller(ctx, fresh)
	return fresh, err
}

// resolve decides for each picture whether it is stored, must be fetched, or
// cannot be had.
func (in *Intake) resolve(ctx context.Context, src Source, o listing.Offer) (listing.Offer, error) {
	o.Pictures = slices.Clone(o.Pictures)
	for i := range o.Pictures {
		p := &o.Pictures[i]
		switch {
		case p.Hash != "":
			ok, err := in.Blobs.Has(ctx, p.Hash)
			if err != nil {
				return o, err
			}
			if !ok {
				return o, refuse("pictures", "unknown_picture", "no picture is stored under "+p.Hash+"; upload it first")
			}
			p.State = listing.PictureStored
		case strings.HasPrefix(p.URL, "http://"), strings.HasPrefix(p.URL, "https://"):
			p.State = listing.PictureWaiting
			if hash, ok := src.picture(p.URL); ok {
				p.Hash, p.State = hash, listing.PictureStored
			}
		default:
			if hash, ok := src.picture(p.URL); ok {
				p.Hash, p.State = hash, listing.PictureStored
			} else {
				p.State, p.Problem = listing.PictureFailed, "missing"
			}
		}
	}
	return o, nil
}

func (s Source) picture(name string) (string, bool) {
	if s.Pictures == nil {
		return "", false
	}
	return s.Pictures(name)
}

func refuse(path, code, message string) error {
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: []fault.Field{{Path: path, Code: code, Message: message}}}
}

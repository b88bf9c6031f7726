package similar

import (
	"context"
	"sync"

	"assay/internal/match/hamming"
	"assay/internal/match/pdq"
	"assay/internal/match/wording"
)

// Index finds pictures and titles like others among all listings. It lies in
// memory, some 60 bytes a picture and 500 a title, and follows the store.
type Index struct {
	Store PrintStore

	mu       sync.Mutex
	pictures hamming.Index[int64] // by the number of the print
	titles   wording.Index[string]
	seen     struct{ pictures, listings int64 }
}

// followBatch is how many rows are read at once.
const followBatch = 5000

// CatchUp takes in what was kept since the last time.
func (x *Index) CatchUp(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		rows, err := x.Store.PicturePrints(ctx, x.seen.pictures, followBatch)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Quality >= pdq.MinQuality {
				x.pictures.Add(r.Seq, hamming.Code(r.Code))
			}
			x.seen.pictures = r.Seq
		}
		if len(rows) < followBatch {
			break
		}
	}
	for {
		rows, err := x.Store.ListingPrints(ctx, x.seen.listings, followBatch)
		if err != nil {
			return err
		}
		for _, r := range rows {
			x.titles.Put(r.ListingID, r.Title)
			x.seen.listings = r.Seq
		}
		if len(rows) < followBatch {
			return nil
		}
	}
}

// Len counts pictures and titles.
func (x *Index) Len() (pictures, titles int) { return x.pictures.Len(), x.titles.Len() }

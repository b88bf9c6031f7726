package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/listing/fetch"
)

type fetchArgs struct {
	Revision string `json:"revision"`
	Picture  int    `json:"picture"`
}

func fetchJob(revisionID string, n int) job.Job {
	j := job.Make(FetchJob, fmt.Sprintf("%s/%d", revisionID, n), fetchArgs{Revision: revisionID, Picture: n})
	j.Attempts = 6
	return j
}

// FetchPicture handles FetchJob. On the last try the picture is settled as
// failed, so that the listing goes on to a person.
func (in *Intake) FetchPicture(ctx context.Context, raw json.RawMessage) error {
	var a fetchArgs
	if err := json.Unmarshal(raw, &a); err != nil {
		return job.Stop(fmt.Errorf("arguments of %s: %w", FetchJob, err))
	}
	rev, err := in.Store.Revision(ctx, a.Revision)
	if fault.Is(err, fault.NotFound) {
		return job.Stop(err)
	}
	if err != nil {
		return err
	}
	if a.Picture >= len(rev.Offer.Pictures) {
		return job.Stop(fmt.Errorf("revision %s has no picture %d", a.Revision, a.Picture))
	}
	p := rev.Offer.Pictures[a.Picture]
	if p.State == listing.PictureWaiting {
		if p, err = in.fetch(ctx, p, job.LastTry(ctx)); err != nil {
			return err
		}
	}
	return in.settle(ctx, a, p)
}

// fetch gets the bytes, or decides that they cannot be had.
func (in *Intake) fetch(ctx context.Context, p listing.Picture, last bool) (listing.Picture, error) {
	data, _, err := in.Fetcher.Fetch(ctx, p.URL)
	if err == nil {
		if p.Hash, err = in.Blobs.Put(ctx, data); err != nil {
			return p, err
		}
		p.State = listing.PictureStored
		return p, nil
	}
	var f *fetch.Error
	switch {
	case ctx.Err() != nil:
		return p, err
	case !errors.As(err, &f):
		f = &fetch.Error{Code: "fetch_failed", Temporary: true}
	}
	if f.Temporary && !last {
		return p, err
	}
	p.State, p.Problem = listing.PictureFailed, string(f.Code)
	return p, nil
}

// settle records the outcome; the last picture of a revision sends it on to
// screening, in the same transaction.
func (in *Intake) settle(ctx context.Context, a fetchArgs, p listing.Picture) error {
	return in.Store.Atomic(ctx, func(ctx context.Context) error {
		waiting, err := in.Store.SettlePicture(ctx, a.Revision, a.Picture, p)
		if err != nil || waiting > 0 {
			return err
		}
		return in.Queue.Enqueue(ctx, ScreenJobFor(a.Revision))
	})
}

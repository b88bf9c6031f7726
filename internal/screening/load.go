package screening

import (
	"context"
	"errors"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/picture"
	"assay/internal/signal"
)

// Source gets the bytes of a picture; fault.NotFound when it is not there.
type Source func(ctx context.Context, p listing.Picture) ([]byte, error)

// Load opens the pictures of an offer. What cannot be opened is said, never
// left out: buyers may see it.
func (e *Engine) Load(ctx context.Context, o listing.Offer, get Source) ([]signal.LoadedPicture, error) {
	out := make([]signal.LoadedPicture, len(o.Pictures))
	for i, p := range o.Pictures {
		out[i] = signal.LoadedPicture{Index: i, Hash: p.Hash}
		switch p.State {
		case listing.PictureSkipped:
			out[i].Skipped = true
		case listing.PictureFailed:
			out[i].Problem = p.Problem
		case listing.PictureWaiting:
			out[i].Problem = "not_fetched"
		default:
			if err := e.open(ctx, p, get, &out[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (e *Engine) open(ctx context.Context, p listing.Picture, get Source, out *signal.LoadedPicture) error {
	if found, ok := e.seen.recall(p.Hash, e.Library.Generation()); ok {
		out.Known, out.Found = true, found
		return nil
	}
	data, err := get(ctx, p)
	switch {
	case fault.Is(err, fault.NotFound):
		out.Problem = "missing"
		return nil
	case err != nil:
		return err
	}
	img, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		out.Problem = problemOf(err)
		return nil
	}
	out.Frames = img.Frames
	return nil
}

func problemOf(err error) string {
	var e *picture.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "corrupt"
}

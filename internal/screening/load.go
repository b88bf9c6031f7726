package screening

import (
	"context"
	"errors"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/fetch"
	"assay/internal/match/picture"
	"assay/internal/signal"
)

// Source gets the bytes of a picture. fault.NotFound, a fetch.Error or a
// picture.Error says that this picture cannot be had; any other error ends
// the screening, to be tried again.
type Source func(ctx context.Context, p listing.Picture) ([]byte, error)

// look shows the offer's pictures to the eyes, one after the other, so that
// no more than one lies opened in memory. What cannot be opened is said,
// never left out: buyers may see it.
func (e *Engine) look(ctx context.Context, s *signal.Subject, get Source) ([]signal.Signal, error) {
	var found []signal.Signal
	skipped := false
	for i, p := range s.Revision.Offer.Pictures {
		if p.State == listing.PictureSkipped {
			skipped = true
			continue
		}
		hash, seen, problem, err := e.lookAt(ctx, p, get)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			found = append(found, signal.Signal{Kind: signal.PictureUnread, Detector: "picture/1", Score: 1,
				Sighting: &signal.Sighting{Picture: i, Hash: hash, Problem: problem}})
			continue
		}
		found = append(found, e.place(s, i, hash, seen)...)
	}
	if skipped {
		found = append(found, signal.Signal{Kind: signal.PictureSkipped, Detector: "picture/1"})
	}
	return found, nil
}

// lookAt asks the eyes about one picture, or remembers what they said of the
// same bytes. problem is why it could not be opened, "" when it was.
func (e *Engine) lookAt(ctx context.Context, p listing.Picture, get Source) (hash string, found []signal.Signal, problem string, err error) {
	switch p.State {
	case listing.PictureFailed:
		return p.Hash, nil, p.Problem, nil
	case listing.PictureWaiting:
		return p.Hash, nil, "not_fetched", nil
	}
	generation := e.Library.Generation()
	if found, ok := e.seen.recall(p.Hash, generation); ok {
		return p.Hash, found, "", nil
	}
	data, err := get(ctx, p)
	if err != nil {
		problem, err = unavailable(err)
		return p.Hash, nil, problem, err
	}
	if hash = p.Hash; hash == "" {
		hash = blob.Key(data)
	}
	if found, ok := e.seen.recall(hash, generation); ok {
		return hash, found, "", nil
	}
	img, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return hash, nil, problemOf(err), nil
	}
	found, sure, err := e.ask(ctx, &signal.LoadedPicture{Hash: hash, Frames: img.Frames})
	if sure {
		e.seen.remember(hash, generation, found)
	}
	return hash, found, "", err
}

// ask shows one opened picture to every eye; sure says that all answered.
func (e *Engine) ask(ctx context.Context, p *signal.LoadedPicture) (found []signal.Signal, sure bool, err error) {
	sure = true
	for _, d := range e.Eyes {
		more, err := guarded(func() ([]signal.Signal, error) { return d.Look(ctx, p) })
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		sure = sure && err == nil
		found = append(found, e.orFailure(d.Name(), more, err)...)
	}
	return found, sure, nil
}

// unavailable tells a picture that cannot be had from trouble of our own.
func unavailable(err error) (problem string, _ error) {
	var far *fetch.Error
	var unopened *picture.Error
	switch {
	case errors.As(err, &far):
		return string(far.Code), nil
	case errors.As(err, &unopened):
		return unopened.Code, nil
	}
	if fault.Is(err, fault.NotFound) {
		return "missing", nil
	}
	return "", err
}

func problemOf(err error) string {
	var e *picture.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "corrupt"
}

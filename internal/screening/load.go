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
//
// away names the detectors that did not see every picture, because they are
// known to be down and are not required.
func (e *Engine) look(ctx context.Context, s *signal.Subject, get Source) (found []signal.Signal, away []string, err error) {
	skipped := false
	s.Prints = nil
	for i, p := range s.Revision.Offer.Pictures {
		if p.State == listing.PictureSkipped {
			skipped = true
			continue
		}
		seen, err := e.lookAt(ctx, p, get)
		if err != nil {
			return nil, nil, err
		}
		away = append(away, seen.away...)
		if seen.print.Hash != "" {
			s.Prints = append(s.Prints, signal.Seen{Print: seen.print, Picture: i})
		}
		if seen.problem != "" {
			found = append(found, signal.Signal{Kind: signal.PictureUnread, Detector: "picture/1", Score: 1,
				Sighting: &signal.Sighting{Picture: i, Hash: seen.hash, Problem: seen.problem}})
			continue
		}
		found = append(found, e.place(s, i, seen.hash, seen.found)...)
	}
	if skipped {
		found = append(found, signal.Signal{Kind: signal.PictureSkipped, Detector: "picture/1"})
	}
	return found, away, nil
}

// seen is what became of looking at one picture.
type seen struct {
	hash    string
	found   []signal.Signal
	print   signal.Print
	problem string   // why it could not be opened, "" when it was
	away    []string // detectors that were not asked
	sure    bool     // every detector answered
}

// lookAt asks the eyes about one picture, or remembers what they said of the
// same bytes.
func (e *Engine) lookAt(ctx context.Context, p listing.Picture, get Source) (seen, error) {
	switch p.State {
	case listing.PictureFailed:
		return seen{hash: p.Hash, problem: p.Problem}, nil
	case listing.PictureWaiting:
		return seen{hash: p.Hash, problem: "not_fetched"}, nil
	}
	generation := e.Library.Generation()
	if known, ok := e.seen.recall(p.Hash, generation); ok {
		return known, nil
	}
	data, err := get(ctx, p)
	if err != nil {
		problem, err := unavailable(err)
		return seen{hash: p.Hash, problem: problem}, err
	}
	hash := p.Hash
	if hash == "" {
		hash = blob.Key(data)
	}
	if known, ok := e.seen.recall(hash, generation); ok {
		return known, nil
	}
	img, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return seen{hash: hash, problem: problemOf(err)}, nil
	}
	out, err := e.ask(ctx, &signal.LoadedPicture{Hash: hash, Frames: img.Frames})
	if err == nil && out.sure {
		e.seen.remember(hash, generation, out)
	}
	return out, err
}

// ask shows one opened picture to every eye. One that is away has not looked,
// and is asked again the next time the picture comes.
func (e *Engine) ask(ctx context.Context, p *signal.LoadedPicture) (seen, error) {
	out := seen{hash: p.Hash, sure: true, print: p.Print()}
	for _, d := range e.Eyes {
		more, err := guarded(func() ([]signal.Signal, error) { return d.Look(ctx, p) })
		if ctx.Err() != nil {
			return seen{}, ctx.Err()
		}
		out.sure = out.sure && err == nil
		if errors.Is(err, signal.ErrAway) {
			out.away = append(out.away, d.Name())
			continue
		}
		out.found = append(out.found, e.orFailure(d.Name(), more, err)...)
	}
	return out, nil
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

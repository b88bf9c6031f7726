// Package similar takes "these goods, and similar goods" as one task: what is
// like the goods of a case, by picture, text and seller; which of it a person
// means; one decision for all; and the way back. What was decided leaves
// prints, so that it is known when it comes back.
package similar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/match/picture"
	"assay/internal/signal"
)

// Shown is what a revision shows: its pictures with their prints.
type Shown struct {
	ListingID string
	Revision  int            // number
	Link      string         // listing.LinkKey of its page, "" when it has none
	Pictures  []string       // content hashes of all that are stored
	Prints    []signal.Print // of those that could be opened
}

// ShownBy lists what a revision shows.
func ShownBy(r listing.Revision, seen []signal.Seen) Shown {
	out := Shown{ListingID: r.ListingID, Revision: r.Number, Link: listing.LinkKey(r.Offer.Link)}
	for _, p := range r.Offer.Pictures {
		if p.State == listing.PictureStored && p.Hash != "" {
			out.Pictures = append(out.Pictures, p.Hash)
		}
	}
	for _, s := range seen {
		out.Prints = append(out.Prints, s.Print)
	}
	return out
}

// PicturePrint and ListingPrint are rows of the prints as an index follows
// them: numbered in one row, by the order in which they became visible.
type PicturePrint struct {
	Seq     int64
	Code    pdq.Hash // as the picture stands
	Quality int
}

// ListingPrint says that a listing shows new words.
type ListingPrint struct {
	Seq       int64
	ListingID string
	Title     string
}

// PrintStore keeps what pictures and listings look like.
type PrintStore interface {
	// KeepPrints stores prints that are not there yet, and what listings show
	// unless a newer revision's is kept already.
	KeepPrints(ctx context.Context, shown []Shown) error
	// PrintsOf are the prints of pictures by content hash; those that are not
	// kept are left out.
	PrintsOf(ctx context.Context, hashes []string) (map[string]signal.Print, error)
	// PicturePrints and ListingPrints are what came after a number, oldest
	// first; a listing that shows something new gets a new number.
	PicturePrints(ctx context.Context, after int64, limit int) ([]PicturePrint, error)
	ListingPrints(ctx context.Context, after int64, limit int) ([]ListingPrint, error)
	// PicturesAt are the content hashes of picture prints by number.
	PicturesAt(ctx context.Context, seqs []int64) (map[int64]string, error)
	// Unprinted are newest revisions, by listing id, whose listings were
	// screened before prints were kept.
	Unprinted(ctx context.Context, after string, limit int) ([]listing.Revision, error)
}

// FillJob takes the prints of what was screened before prints were kept.
const FillJob = "print.fill"

// fillBatch is how many listings one job takes.
const fillBatch = 50

type fillArgs struct {
	After string `json:"after,omitempty"`
}

// Filler takes missing prints.
type Filler struct {
	Store interface {
		PrintStore
		Atomic(ctx context.Context, do func(ctx context.Context) error) error
	}
	Blobs *blob.Store
	Queue job.Queue
	Log   *slog.Logger
}

// Fill handles FillJob: a batch of listings, and the job for the next one.
func (f *Filler) Fill(ctx context.Context, raw json.RawMessage) error {
	var args fillArgs
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &args); err != nil {
			return job.Stop(fmt.Errorf("arguments of %s: %w", FillJob, err))
		}
	}
	list, err := f.Store.Unprinted(ctx, args.After, fillBatch)
	if err != nil || len(list) == 0 {
		return err
	}
	shown := make([]Shown, 0, len(list))
	for _, r := range list {
		s, err := f.shown(ctx, r)
		if err != nil {
			return err
		}
		shown = append(shown, s)
	}
	return f.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := f.Store.KeepPrints(ctx, shown); err != nil || len(list) < fillBatch {
			return err
		}
		last := list[len(list)-1].ListingID
		return f.Queue.Enqueue(ctx, job.Make(FillJob, "after:"+last, fillArgs{last}))
	})
}

// shown opens the pictures of a revision whose prints are not kept. One that
// cannot be opened has no print; screening has said so before.
func (f *Filler) shown(ctx context.Context, r listing.Revision) (Shown, error) {
	out := ShownBy(r, nil)
	known, err := f.Store.PrintsOf(ctx, out.Pictures)
	if err != nil {
		return out, err
	}
	for _, hash := range out.Pictures {
		if _, ok := known[hash]; ok {
			continue
		}
		data, err := f.Blobs.Get(ctx, hash)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		img, err := picture.Decode(data, picture.DefaultLimits())
		var unopened *picture.Error
		if errors.As(err, &unopened) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.Prints = append(out.Prints, (&signal.LoadedPicture{Hash: hash, Frames: img.Frames}).Print())
	}
	return out, nil
}

// FillEvery is how often a marketplace looks whether prints are missing.
const FillEvery = time.Hour

package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/listing/feed"
)

// feedBatch is how many rows one transaction takes in.
const feedBatch = 100

// feedSlice is how long one job reads; the next one goes on where it stopped.
// Short jobs let a lost worker be noticed soon.
const feedSlice = 20 * time.Second

type feedArgs struct {
	Feed string `json:"feed"`
}

// FeedJobFor is the job that takes in a feed.
func FeedJobFor(feedID string) job.Job { return feedJobFrom(feedID, 0) }

func feedJobFrom(feedID string, row int) job.Job {
	return job.Make(FeedJob, fmt.Sprintf("%s/%d", feedID, row), feedArgs{Feed: feedID})
}

// ImportFeed handles FeedJob. Rows, their problems and how far the feed has
// come are stored together, so it may be killed and run again anywhere.
func (in *Intake) ImportFeed(ctx context.Context, raw json.RawMessage) error {
	var a feedArgs
	if err := json.Unmarshal(raw, &a); err != nil {
		return job.Stop(fmt.Errorf("arguments of %s: %w", FeedJob, err))
	}
	f, err := in.Store.Feed(ctx, a.Feed)
	if err != nil {
		return err
	}
	if f.State == listing.FeedDone || f.State == listing.FeedFailed {
		return nil
	}
	f.State = listing.FeedRunning
	if err := in.importRows(ctx, &f); err != nil {
		if fault.CodeOf(err) == fault.Internal {
			return err
		}
		f.State, f.Problem = listing.FeedFailed, err.Error()
		f.UpdatedAt = in.Now()
		return in.Store.PutFeed(ctx, f)
	}
	return nil
}

// importRows reads on from the row the feed has come to, for one slice.
func (in *Intake) importRows(ctx context.Context, f *listing.Feed) error {
	src, err := in.feedSource(ctx, *f)
	if err != nil {
		return err
	}
	blob, err := in.Blobs.Reader(ctx, f.Blob)
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }()
	rows, err := openRows(blob, f)
	if err != nil {
		return err
	}
	until := in.Now().Add(feedSlice)
	for {
		batch, done, err := readBatch(rows)
		if err != nil {
			return err
		}
		f.Format = string(rows.Format())
		pause := !done && in.Now().After(until)
		if err := in.takeBatch(ctx, src, f, batch, done, pause); err != nil {
			return err
		}
		if done || pause {
			return nil
		}
	}
}

// openRows opens the feed behind the rows that were taken in before.
func openRows(r io.Reader, f *listing.Feed) (*feed.Reader, error) {
	opt := feed.Options{Format: feed.Format(f.Format), Currency: f.Currency}
	var err error
	if f.Mapping != "" {
		if opt.Mapping, err = feed.ParseMapping("mapping", []byte(f.Mapping)); err != nil {
			return nil, err
		}
	}
	rows, err := feed.Open(r, f.Name, opt)
	if err != nil {
		return nil, err
	}
	for range f.Rows {
		_, err := rows.Next()
		var bad *feed.RejectError
		if err != nil && !errors.As(err, &bad) && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return rows, nil
}

// read is one row of a feed, good or bad.
type read struct {
	item   feed.Item
	reject *feed.Reject
}

func readBatch(rows *feed.Reader) (batch []read, done bool, err error) {
	for len(batch) < feedBatch {
		item, err := rows.Next()
		var bad *feed.RejectError
		switch {
		case errors.Is(err, io.EOF):
			return batch, true, nil
		case errors.As(err, &bad):
			batch = append(batch, read{reject: &bad.Reject})
		case err != nil:
			return batch, false, err
		default:
			batch = append(batch, read{item: item})
		}
	}
	return batch, false, nil
}

// takeBatch stores the rows, their problems and how far the feed has come
// together, and asks for the next slice when this one ends here.
func (in *Intake) takeBatch(ctx context.Context, src Source, f *listing.Feed, batch []read, done, pause bool) error {
	var rows []listing.Row
	for _, b := range batch {
		if b.reject == nil {
			rows = append(rows, b.item.Row)
		}
	}
	next := *f
	err := in.Store.Atomic(ctx, func(ctx context.Context) error {
		next = *f
		stored, err := in.Store.Feed(ctx, f.ID)
		if err != nil {
			return err
		}
		if stored.Rows != f.Rows {
			return job.Stop(fmt.Errorf("feed %s: another worker went on with it", f.ID))
		}
		taken, err := in.Take(ctx, src, rows)
		if err != nil {
			return err
		}
		if err := in.Store.AddProblems(ctx, tally(&next, batch, taken)); err != nil {
			return err
		}
		if done {
			next.State = listing.FeedDone
		}
		next.UpdatedAt = in.Now()
		if err := in.Store.PutFeed(ctx, next); err != nil || !pause {
			return err
		}
		return in.Queue.Enqueue(ctx, feedJobFrom(f.ID, next.Rows))
	})
	if err == nil {
		*f = next
	}
	return err
}

// tally counts a batch and lists what was wrong in it.
func tally(f *listing.Feed, batch []read, taken []Taken) []listing.RowProblem {
	var problems []listing.RowProblem
	i := 0
	for _, b := range batch {
		f.Rows++
		if b.reject != nil {
			f.Rejected++
			problems = append(problems, problemsOf(f.ID, b.reject.Line, b.reject.ID, b.reject.Problems, true, b.reject.Raw)...)
			continue
		}
		t := taken[i]
		i++
		warnings := problemsOf(f.ID, b.item.Line, b.item.Row.ExternalID, b.item.Warnings, false, "")
		switch {
		case t.Err != nil:
			f.Rejected++
			problems = append(problems, problemsOf(f.ID, b.item.Line, b.item.Row.ExternalID, fieldsOf(t.Err), true, "")...)
			continue
		case t.Changed:
			f.Changed++
		default:
			f.Unchanged++
		}
		f.Warnings += len(warnings)
		problems = append(problems, warnings...)
	}
	return problems
}

func problemsOf(feedID string, line int, rowID string, fields []fault.Field, rejected bool, raw string) []listing.RowProblem {
	out := make([]listing.RowProblem, len(fields))
	for i, p := range fields {
		out[i] = listing.RowProblem{FeedID: feedID, Line: line, Ordinal: i, RowID: rowID, Column: p.Path, Code: p.Code, Message: p.Message, Rejected: rejected}
		if i == 0 {
			out[i].Raw = raw
		}
	}
	return out
}

// fieldsOf are the problems of a refused row; a refusal always has one.
func fieldsOf(err error) []fault.Field {
	var e *fault.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return e.Fields
	}
	return []fault.Field{{Path: "row", Code: string(fault.CodeOf(err)), Message: err.Error()}}
}

func (in *Intake) feedSource(ctx context.Context, f listing.Feed) (Source, error) {
	src := Source{Market: f.Market, Name: f.ID, ActorID: f.ActorID, DefaultSeller: f.SellerID}
	if f.OnlySeller {
		src.OnlySeller = f.SellerID
	}
	if f.Pictures == "" {
		return src, nil
	}
	data, err := in.Blobs.Get(ctx, f.Pictures)
	if err != nil {
		return src, err
	}
	var names map[string]string
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&names); err != nil {
		return src, fmt.Errorf("picture names of feed %s: %w", f.ID, err)
	}
	src.Pictures = PictureNames(names)
	return src, nil
}

// PictureNames finds uploaded pictures by the name a row gives, by any tail
// of that name, or by the last part of a URL.
func PictureNames(names map[string]string) func(string) (string, bool) {
	byBase := map[string]string{}
	for name, hash := range names {
		base := strings.ToLower(path.Base(name))
		if old, twice := byBase[base]; twice && old != hash {
			hash = "" // ambiguous
		}
		byBase[base] = hash
	}
	return func(name string) (string, bool) {
		name, _, _ = strings.Cut(name, "?")
		for tail := strings.TrimLeft(name, "/"); tail != ""; {
			if hash, ok := names[tail]; ok {
				return hash, true
			}
			_, rest, ok := strings.Cut(tail, "/")
			if !ok {
				break
			}
			tail = rest
		}
		hash := byBase[strings.ToLower(path.Base(name))]
		return hash, hash != ""
	}
}

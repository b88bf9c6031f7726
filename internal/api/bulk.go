package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/semaphore"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/intake"
)

// BulkRow is one line of a bulk upload.
type BulkRow struct {
	ExternalID string `json:"external_id" maxLength:"200" doc:"The marketplace's own id of the listing."`
	ListingIn
}

// BulkAnswer is the line that answers a row.
type BulkAnswer struct {
	Line       int            `json:"line" doc:"Line of the upload, from 1."`
	ExternalID string         `json:"external_id,omitempty"`
	Status     string         `json:"status" enum:"taken,unchanged,refused" doc:"What became of the row."`
	ListingID  string         `json:"listing_id,omitempty"`
	Revision   int            `json:"revision,omitempty"`
	Code       string         `json:"code,omitempty" doc:"As in problems, when it was refused."`
	Detail     string         `json:"detail,omitempty"`
	Errors     []ProblemField `json:"errors,omitempty"`
}

// bulkMemory bounds the bytes of rows that are read ahead of their answers.
const bulkMemory = 8 << 20

type bulkUpload struct {
	Stream
	Market string `query:"market" maxLength:"100" default:"main" doc:"The marketplace; main unless you run several."`
}

func (a *API) registerBulk() {
	o := deed("post-listings-bulk", http.MethodPost, "/listings:bulk", "Listings", "Take in many listings",
		"Send one row a line (application/x-ndjson) and read one answer a line, in the same order, while you still send. A row that is wrong is refused by itself. "+
			"It may be repeated: rows that are known already are answered with unchanged.", way{permission: access.ListingWrite, open: true})
	handle(a, o, a.takeBulk)
	a.documentBody(o, map[string]*huma.MediaType{"application/x-ndjson": {Schema: a.schema(BulkRow{})}})
	a.documentAnswer(o, "application/x-ndjson", a.schema(BulkAnswer{}), "One line for each row.")
}

func (a *API) takeBulk(ctx context.Context, in *bulkUpload) (*file, error) {
	switch in.mediaType() {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines", "":
	default:
		return nil, in.wrongMedia(ctx, "send one JSON object a line with Content-Type application/x-ndjson")
	}
	return &file{func(c huma.Context) {
		b := &bulk{a: a, src: source(me(ctx), in.Market), w: in.w, wire: http.NewResponseController(in.w)}
		_ = b.wire.EnableFullDuplex() // HTTP/1 needs it said; HTTP/2 always is
		c.SetHeader("Content-Type", "application/x-ndjson")
		c.SetStatus(http.StatusOK)
		b.run(ctx, in.r.Body)
	}}, nil
}

// bulk is one upload on its way: a reader runs ahead of the batches, so that
// they are as large as the client is fast, and never wait for one that pauses.
type bulk struct {
	a    *API
	src  intake.Source
	w    io.Writer
	wire *http.ResponseController
}

// line is one row as read.
type line struct {
	number int
	size   int64
	row    listing.Row
	err    error
}

func (b *bulk) run(ctx context.Context, body io.Reader) {
	// A wire that fails cancels the request, but what was read of it is still
	// to be stored and answered.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	lines := make(chan line, b.a.d.Limits.Batch)
	room := semaphore.NewWeighted(max(bulkMemory, int64(b.a.d.Limits.Row)))
	whole := make(chan bool, 1)
	go func() {
		defer close(lines)
		whole <- b.read(ctx, body, room, lines)
	}()
	ended := false
	defer func() {
		cancel()
		if !ended {
			_ = b.wire.SetReadDeadline(time.Now()) // wakes a reader that waits for the client:
			<-whole                                // the body must not be read after the handler
		}
	}()
	for first := range lines {
		batch := b.gather(first, lines)
		if err := b.answer(ctx, batch); err != nil {
			panic(http.ErrAbortHandler) // the client has gone
		}
		for _, l := range batch {
			room.Release(l.size)
		}
	}
	if ended = true; !<-whole {
		panic(http.ErrAbortHandler) // it must not take these answers for all
	}
}

// gather adds to first what is waiting already.
func (b *bulk) gather(first line, lines <-chan line) []line {
	batch := []line{first}
	for len(batch) < b.a.d.Limits.Batch {
		select {
		case l, ok := <-lines:
			if !ok {
				return batch
			}
			batch = append(batch, l)
		default:
			return batch
		}
	}
	return batch
}

// read parses lines until the body ends and reports whether all of it was
// handed on. A body that breaks off ends with a line that says so.
func (b *bulk) read(ctx context.Context, body io.Reader, room *semaphore.Weighted, out chan<- line) bool {
	r := bufio.NewReaderSize(body, 64<<10)
	for number := 1; ; number++ {
		_ = b.wire.SetReadDeadline(time.Now().Add(b.a.d.Limits.Idle))
		raw, err := readLine(r, b.a.d.Limits.Row)
		if len(bytes.TrimSpace(raw)) > 0 || err != nil && !errors.Is(err, io.EOF) {
			l := line{number: number, size: int64(len(raw))}
			if l.err = err; err == nil || errors.Is(err, io.EOF) {
				l.row, l.err = parseRow(raw)
			}
			if room.Acquire(ctx, l.size) != nil {
				return false
			}
			select {
			case out <- l:
			case <-ctx.Done():
				return false
			}
		}
		if err != nil && !fault.Is(err, fault.TooLarge) {
			return true
		}
	}
}

// readLine reads up to the next line feed. A line over limit is skipped whole
// and is fault.TooLarge; io.EOF comes with the last line.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var raw []byte
	for tooLong := false; ; {
		part, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(raw)+len(part) > limit; !tooLong {
			raw = append(raw, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fault.Wrap(err, fault.Invalid, "the upload broke off here; send the rows from this one on again")
		case tooLong && err == nil:
			return nil, fault.New(fault.TooLarge, "the row is over %d bytes; shorten it", limit)
		case tooLong:
			return nil, fault.New(fault.Invalid, "the last row is over %d bytes; shorten it", limit)
		}
		return raw, err
	}
}

// parseRow reads one line. Unknown fields are refused: a misspelt one would
// otherwise be lost in silence.
func parseRow(raw []byte) (listing.Row, error) {
	var row BulkRow
	if err := decodeStrictly(raw, &row); err != nil {
		return listing.Row{}, err
	}
	return row.row(row.ExternalID), nil
}

func decodeStrictly(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "there is more than one JSON value; send one object")
	}
	return nil
}

// badJSON says where JSON went wrong, without repeating what was sent.
func badJSON(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	f := fault.Field{Code: "bad_json", Message: "send one JSON object of the documented form"}
	switch {
	case errors.As(err, &syntax):
		f.Message = fmt.Sprintf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		f.Path, f.Code, f.Message = kind.Field, "bad_type", "use a value of another type than "+kind.Value
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		f.Message = "the JSON breaks off"
	default: // encoding/json has no type for unknown fields
		f.Code, f.Message = "unknown_field", clip(err.Error(), 200)
	}
	return &fault.Error{Code: fault.Invalid, Message: "the JSON cannot be read", Fields: []fault.Field{f}}
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// answer stores the rows that were read well in one transaction and writes a
// line for each row, in order.
func (b *bulk) answer(ctx context.Context, batch []line) error {
	var rows []listing.Row
	for _, l := range batch {
		if l.err == nil {
			rows = append(rows, l.row)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, b.a.d.Limits.Time)
	defer cancel()
	taken, err := b.a.d.Intake.Take(ctx, b.src, rows)
	if err != nil { // none of them was stored
		taken = make([]intake.Taken, len(rows))
		for i := range taken {
			taken[i].Err = err
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	next := 0
	for _, l := range batch {
		t := intake.Taken{Err: l.err}
		if l.err == nil {
			t = taken[next]
			next++
		}
		if err := enc.Encode(b.a.bulkAnswer(ctx, l, t)); err != nil {
			return err
		}
	}
	_ = b.wire.SetWriteDeadline(time.Now().Add(b.a.d.Limits.Idle))
	if _, err := b.w.Write(out.Bytes()); err != nil {
		return err
	}
	_ = b.wire.Flush() // not every writer can; then it comes at the end
	return nil
}

func (a *API) bulkAnswer(ctx context.Context, l line, t intake.Taken) BulkAnswer {
	ans := BulkAnswer{Line: l.number, ExternalID: l.row.ExternalID, Status: "unchanged", ListingID: t.Listing.ID, Revision: t.Revision.Number}
	if t.Changed {
		ans.Status = "taken"
	}
	if t.Err != nil {
		p := a.problem(ctx, t.Err)
		ans.Status, ans.Code, ans.Detail, ans.Errors = "refused", p.Code, p.Detail, p.Errors
	}
	return ans
}

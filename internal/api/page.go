package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"assay/internal/fault"
)

// none is the input of an operation that takes nothing.
type none struct{}

// byID is the input of an operation on one row.
type byID struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the row."`
}

// Turn asks for one page of a list.
type Turn struct {
	After string `query:"after" maxLength:"500" doc:"The next of the page before; leave it out for the first page."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows on a page."`
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items" doc:"The rows."`
	Next  string `json:"next,omitempty" doc:"Send it as after for the next page; missing on the last."`
}

type answered[T any] struct{ Body T }

func answerWith[T any](v T, err error) (*answered[T], error) {
	if err != nil {
		return nil, err
	}
	return &answered[T]{v}, nil
}

// cut makes a page of rows of which one more than limit was asked for.
func cut[T any](rows []T, limit int, id func(*T) string) Page[T] {
	p := Page[T]{Items: rows}
	if len(rows) > limit {
		p.Items = rows[:limit]
		p.Next = id(&rows[limit-1])
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// noSuch is what a reader hears of a row that is not there, or not for him: the
// two must not be told apart.
func noSuch(kind, id string) error {
	return fault.New(fault.NotFound, "there is no %s with the id %q", kind, id)
}

// absent says so when err is that a row is missing.
func absent(err error, kind, id string) error {
	if fault.Is(err, fault.NotFound) {
		return noSuch(kind, id)
	}
	return err
}

// Stream hands an operation the request itself, for bodies that do not fit in
// memory. Its body is documented with documentBody.
type Stream struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (s *Stream) Resolve(c huma.Context) []error {
	s.r, s.w = humago.Unwrap(c)
	return nil
}

// readAll reads a body of at most limit bytes.
func (s *Stream) readAll(limit int64) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(s.w, s.r.Body, limit))
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, fault.New(fault.Invalid, "the request body is empty")
	}
	return data, nil
}

// mediaType is the type of the body, without parameters.
func (s *Stream) mediaType() string {
	t, _, _ := strings.Cut(s.r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// wrongMedia refuses a body of a type that the operation does not read.
func (s *Stream) wrongMedia(ctx context.Context, mend string) error {
	return newProblem(ctx, badMedia, mend)
}

// documentBody says what the body of a streamed operation is.
func (a *API) documentBody(o huma.Operation, content map[string]*huma.MediaType) {
	item := a.huma.OpenAPI().Paths[o.Path]
	for _, op := range []*huma.Operation{item.Post, item.Put} {
		if op != nil && op.OperationID == o.OperationID {
			op.RequestBody = &huma.RequestBody{Required: true, Content: content}
		}
	}
}

// documentAnswer says what a streamed answer is.
func (a *API) documentAnswer(o huma.Operation, media string, s *huma.Schema, description string) {
	item := a.huma.OpenAPI().Paths[o.Path]
	for _, op := range []*huma.Operation{item.Get, item.Post} {
		if op != nil && op.OperationID == o.OperationID {
			op.Responses["200"] = &huma.Response{Description: description, Content: map[string]*huma.MediaType{media: {Schema: s}}}
			delete(op.Responses, "204")
		}
	}
}

func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

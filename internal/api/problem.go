package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/fault"
)

// Problem is every error of this door, in the form of RFC 9457.
type Problem struct {
	Type      string         `json:"type" example:"urn:assay:problem:invalid" doc:"Stable name of the kind of problem."`
	Title     string         `json:"title" example:"Unprocessable Entity" doc:"The kind of problem in the reader's language (Accept-Language)."`
	Status    int            `json:"status" example:"422" doc:"HTTP status code."`
	Code      string         `json:"code" example:"invalid" enum:"invalid,not_found,conflict,forbidden,unauthenticated,too_large,unavailable,internal,bad_method,bad_media_type,too_many_requests" doc:"What went wrong, for programs."`
	Detail    string         `json:"detail" example:"the listing cannot be taken in as it is" doc:"What went wrong this time and how to mend it, in English."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"Each place in the request that is wrong."`
	RequestID string         `json:"request_id,omitempty" doc:"Quote it when you ask for help; it is in the log."`
}

// ProblemField is one place in a request that is wrong.
type ProblemField struct {
	Path    string `json:"path" example:"offer.pictures[2].url" doc:"Where."`
	Code    string `json:"code,omitempty" example:"missing" doc:"What, for programs."`
	Message string `json:"message" example:"must not be empty" doc:"What, and how to mend it."`
}

// Codes that only HTTP knows.
const (
	badMethod fault.Code = "bad_method"
	badMedia  fault.Code = "bad_media_type"
	tooMany   fault.Code = "too_many_requests"
)

var statusOf = map[fault.Code]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
	badMethod:             http.StatusMethodNotAllowed,
	badMedia:              http.StatusUnsupportedMediaType,
	tooMany:               http.StatusTooManyRequests,
}

// codeOfStatus is for the answers that the framework makes itself.
func codeOfStatus(status int) fault.Code {
	for code, s := range statusOf {
		if s == status {
			return code
		}
	}
	switch {
	case status == http.StatusRequestTimeout:
		return fault.Unavailable
	case status >= 400 && status < 500:
		return fault.Invalid
	}
	return fault.Internal
}

func (p *Problem) Error() string  { return p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells the framework how to label a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are those that belong to some codes.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="assay"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", "5")
	}
	return h
}

// The framework makes its own errors (bad JSON, a field against the schema)
// through these two variables, which is its way to give them another shape.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(c.Context(), status, msg, errs)
	}
}

// schemaProblem leaves out the values at fault: they may be secrets.
func schemaProblem(ctx context.Context, status int, msg string, errs []error) *Problem {
	p := newProblem(ctx, codeOfStatus(status), msg)
	if status >= 400 { // 0 when the framework asks for the shape alone
		p.Status = status
	}
	for _, err := range errs {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			return newProblem(ctx, fault.TooLarge, "the request body is too large")
		}
		if d, ok := err.(huma.ErrorDetailer); ok {
			e := d.ErrorDetail()
			p.Errors = append(p.Errors, ProblemField{Path: e.Location, Code: "schema", Message: e.Message})
		}
	}
	return p
}

func newProblem(ctx context.Context, code fault.Code, detail string) *Problem {
	v := visitOf(ctx)
	return &Problem{Type: "urn:assay:problem:" + string(code), Title: v.title(code), Status: statusOf[code],
		Code: string(code), Detail: detail, RequestID: v.id}
}

// problem turns any error into what outsiders may read of it; the cause of one
// of ours goes to the log.
func (a *API) problem(ctx context.Context, err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return newProblem(ctx, fault.TooLarge, "the request body is too large")
	}
	var f *fault.Error
	code := fault.CodeOf(err)
	if ctx.Err() != nil && code == fault.Internal {
		code, err = fault.Unavailable, fault.Wrap(err, fault.Unavailable, "this took too long and was given up; try again, or ask for less at once")
	}
	if code == fault.Internal || !errors.As(err, &f) || statusOf[code] == 0 {
		a.d.Logger.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", visitOf(ctx).id), slog.Any("error", err))
		return newProblem(ctx, fault.Internal, "something went wrong on our side; try again, and quote the request id if it stays")
	}
	p := newProblem(ctx, code, f.Message)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Path: field.Path, Code: field.Code, Message: field.Message})
	}
	return p
}

// writeProblem answers outside of the framework.
func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // the reader has gone; nothing is left to do
}

package console

import (
	"context"
	"errors"
	"net/http"

	"assay/internal/fault"
)

type problemView struct {
	Status int
	Title  string // message keys
	Text   string
	Fields []*fault.Field
}

var statusOf = map[fault.Code]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable,
	fault.Internal: http.StatusInternalServerError,
}

// fail shows what went wrong in the reader's language. What lies behind an
// internal error is for the log.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read it
	}
	code := fault.CodeOf(err)
	var tooMany *http.MaxBytesError
	if errors.As(err, &tooMany) {
		code = fault.TooLarge
	}
	if code == fault.Internal || code == fault.Unavailable {
		c.Logger.Error("console", "method", r.Method, "path", r.URL.Path, "cause", err)
	}
	v := problemView{Status: statusOf[code], Title: "problem." + string(code) + ".title", Text: "problem." + string(code) + ".text"}
	for _, f := range byPath(fieldsOf(err)) {
		v.Fields = append(v.Fields, f)
	}
	if r.Header.Get("Assay-Fragment") != "" {
		http.Error(w, c.say(r, v.Title), v.Status)
		return
	}
	if e := c.show(w, r, v.Status, "problem", v.Title, v); e != nil {
		c.Logger.Error("console: the error page failed", "path", r.URL.Path, "cause", e)
		http.Error(w, http.StatusText(v.Status), v.Status)
	}
}

// fieldsOf are the located problems of an error, if it has any.
func fieldsOf(err error) []fault.Field {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// safeMessage is the part of an error that outsiders may read.
func safeMessage(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

// Package fault is the one error that crosses rooms: a machine-readable code,
// a message that is safe to show to outsiders, and the cause, which is not.
package fault

import (
	"errors"
	"fmt"
)

// Code says what kind of trouble it was. The doors map it to their own
// vocabulary (HTTP status, exit code); nothing else depends on the text.
type Code string

const (
	Invalid         Code = "invalid"         // the request is wrong; mend it and send it again
	NotFound        Code = "not_found"       // there is no such thing, or not for this reader
	Conflict        Code = "conflict"        // somebody changed it first, or it exists already
	Forbidden       Code = "forbidden"       // known reader, no right to do this
	Unauthenticated Code = "unauthenticated" // unknown reader
	TooLarge        Code = "too_large"       // over a limit of bytes, pixels, rows or time
	Unavailable     Code = "unavailable"     // try again later; nothing was changed
	Internal        Code = "internal"        // ours; the cause is in the log
)

// Field locates one problem inside a request, a bundle or a feed row.
type Field struct {
	Path    string `json:"path"`           // e.g. "pictures[2].url", or "brands.yaml:14"
	Message string `json:"message"`        // what is wrong and how to mend it
	Code    string `json:"code,omitempty"` // stable name of the problem

	Phrase *Phrase `json:"-"` // the message before its values were put in; nil: nobody has it
}

// Phrase is a message that can be said in other languages.
type Phrase struct {
	Key    string // of the sentence in the catalogue
	Values []any  // in the order of the English sentence
}

// Error carries a Code and a safe Message; Err is the cause, for logs only.
type Error struct {
	Code    Code
	Message string
	Fields  []Field
	Err     error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// New makes an error whose message outsiders may read.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap adds a code and a safe message to a cause that stays inside.
func Wrap(err error, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf finds the code anywhere in the chain; unknown errors are Internal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Is reports whether err carries the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }

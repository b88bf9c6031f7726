package picture

import "fmt"

// Codes of Error.
const (
	CodeUnknownFormat = "unknown_format" // no picture format was recognised
	CodeUnsupported   = "unsupported"    // recognised, but cannot be decoded here
	CodeTooLarge      = "too_large"      // beyond Limits
	CodeTruncated     = "truncated"      // too little of the picture is there
	CodeCorrupt       = "corrupt"        // contradicts its own format
)

// Error says why a file could not be decoded.
type Error struct {
	Code   string // one of the Code constants
	Detail string // in English: what is wrong and how to mend it
}

// Error implements error.
func (e *Error) Error() string { return "picture: " + e.Code + ": " + e.Detail }

func fail(code, format string, args ...any) error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) error { return fail(CodeTooLarge, format, args...) }

func corrupt(kind, format string, args ...any) error {
	return fail(CodeCorrupt, "the %s file is broken: %s; export it again from the original", kind, fmt.Sprintf(format, args...))
}

func truncated(kind, format string, args ...any) error {
	return fail(CodeTruncated, "the %s file is cut short: %s; upload it again", kind, fmt.Sprintf(format, args...))
}

func unsupported(kind, format string, args ...any) error {
	return fail(CodeUnsupported, "the file is %s: %s; save it as JPEG, PNG or WebP", kind, fmt.Sprintf(format, args...))
}

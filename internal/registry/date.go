package registry

import (
	"fmt"
	"time"
)

// Date is a day without a clock, as offices and licences write it
// (YYYY-MM-DD). The zero Date is "not given".
type Date struct{ day string }

// ParseDate reads YYYY-MM-DD; the empty string is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return Date{}, fmt.Errorf("date %q is not of the form YYYY-MM-DD", s)
	}
	return Date{s}, nil
}

// DateOf is the UTC day of t.
func DateOf(t time.Time) Date { return Date{t.UTC().Format(time.DateOnly)} }

func (d Date) IsZero() bool   { return d.day == "" }
func (d Date) String() string { return d.day }

// Before reports whether the whole day lies before the UTC day of t.
func (d Date) Before(t time.Time) bool { return d.day < t.UTC().Format(time.DateOnly) }

// After reports whether the day lies after the UTC day of t.
func (d Date) After(t time.Time) bool { return d.day > t.UTC().Format(time.DateOnly) }

// MarshalText and UnmarshalText serve JSON, YAML and forms alike.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.day), nil }

func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

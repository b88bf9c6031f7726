package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/uptrace/bun/schema"
)

// instant is a time as both engines keep it: UTC, microseconds. Two instants
// of the same moment are equal with ==. A zero one is NULL in columns tagged
// nullzero.
type instant struct{ time.Time }

func at(t time.Time) instant { return instant{t.UTC().Truncate(time.Microsecond)} }

func atOptional(t *time.Time) instant {
	if t == nil {
		return instant{}
	}
	return at(*t)
}

func (i instant) optional() *time.Time {
	if i.IsZero() {
		return nil
	}
	return &i.Time
}

func (i instant) Value() (driver.Value, error) { return i.Time, nil }

// Scan takes what the engines give: PostgreSQL a time, SQLite text.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case time.Time:
		*i = at(v)
	case string:
		t, err := time.Parse("2006-01-02 15:04:05.999999-07:00", v)
		if err != nil {
			return err
		}
		*i = at(t)
	default:
		return fmt.Errorf("a time came from the database as %T", src)
	}
	return nil
}

// encode is v as the text of a JSON column. An empty list or map is null, so
// that rows of equal content are equal with ==.
func encode(v any) string {
	if r := reflect.ValueOf(v); (r.Kind() == reflect.Slice || r.Kind() == reflect.Map) && r.Len() == 0 {
		return "null"
	}
	b, err := json.Marshal(v)
	if err != nil { // domain types hold nothing that JSON cannot carry, but for NaN, which Go code made
		panic(fmt.Errorf("encode %T: %w", v, err))
	}
	return string(b)
}

// decode fills the pointers from JSON columns: decode(text, &v, text, &v ...).
func decode(pairs ...any) error {
	for i := 0; i < len(pairs); i += 2 {
		if err := json.Unmarshal([]byte(pairs[i].(string)), pairs[i+1]); err != nil {
			return fmt.Errorf("a JSON column does not fit %T: %w", pairs[i+1], err)
		}
	}
	return nil
}

// plain is a dialect that cleans all text on its way to the engine.
type plain struct{ schema.Dialect }

func (d plain) AppendString(b []byte, s string) []byte { return d.Dialect.AppendString(b, clean(s)) }

// clean is s without what PostgreSQL cannot keep, NUL and broken UTF-8. In
// SQLite a NUL would hide what follows it.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// searchable is what a query looks in: the parts in lower case, by the rules
// of Unicode, which the engines' own LIKE does not know alike.
func searchable(parts ...string) string {
	return strings.ToLower(clean(strings.Join(parts, "\n")))
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// pattern is a LIKE pattern (ESCAPE '\') that finds query as a part.
func pattern(query string) string { return "%" + escapeLike.Replace(searchable(query)) + "%" }

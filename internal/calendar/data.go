package calendar

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

//go:embed days/*.txt
var shipped embed.FS

// inForce are the calendars by country. What ships is part of the program:
// what is wrong with it, a test has found.
var inForce atomic.Pointer[map[string]Calendar]

var begin = sync.OnceFunc(func() {
	folder, err := fs.Sub(shipped, "days")
	if err == nil {
		var all map[string]Calendar
		if all, err = read(folder); err == nil {
			inForce.CompareAndSwap(nil, &all)
		}
	}
	if err != nil {
		panic(err)
	}
})

func all() map[string]Calendar {
	begin()
	return *inForce.Load()
}

// For is the calendar of a country (ISO 3166-1 alpha-2, in either case); of an
// unknown one, weekends only in UTC.
func For(country string) Calendar {
	c, ok := all()[strings.ToUpper(country)]
	if !ok {
		return Calendar{}
	}
	return c
}

// Countries lists those with data, sorted.
func Countries() []string { return slices.Sorted(maps.Keys(all())) }

// Use puts an operator's calendars in force, over those that ship: files named
// XX.txt in the folder's root, in the format of days/. It is called at start,
// before anybody counts. An error leaves everything as it was.
func Use(folder fs.FS) error {
	own, err := read(folder)
	if err != nil {
		return err
	}
	merged := maps.Clone(all())
	maps.Copy(merged, own)
	inForce.Store(&merged)
	return nil
}

func read(folder fs.FS) (map[string]Calendar, error) {
	names, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return nil, err
	}
	out := make(map[string]Calendar, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		c, err := Parse(strings.TrimSuffix(path.Base(name), ".txt"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[c.Country] = c
	}
	return out, nil
}

// Parse reads one calendar. Lines are "zone NAME", "known FIRST LAST",
// "off DATE NAME" for a holiday and "on DATE NAME" for a day of the weekend on
// which people work; dates are 2006-01-02, # begins a comment. Every day must
// lie within FIRST and LAST, or after LAST when it is announced but its year
// is not complete.
func Parse(country, text string) (Calendar, error) {
	c := Calendar{Country: country, off: map[day]string{}, on: map[day]string{}}
	if len(country) != 2 || strings.ToUpper(country) != country {
		return Calendar{}, fmt.Errorf("the name must be a country's two letters, such as KR")
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if words := strings.Fields(line); len(words) > 0 {
			if err := c.take(words); err != nil {
				return Calendar{}, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return Calendar{}, err
	}
	if c.zone == nil || c.until.IsZero() {
		return Calendar{}, fmt.Errorf("a calendar needs a zone and the days that are known")
	}
	return c, nil
}

func (c *Calendar) take(words []string) (err error) {
	switch word := words[0]; {
	case word == "zone" && len(words) == 2:
		c.zone, err = time.LoadLocation(words[1])
		return err
	case word == "known" && len(words) == 3 && c.zone != nil:
		first, err := parseDay(words[1])
		if err != nil {
			return err
		}
		last, err := parseDay(words[2])
		if err != nil {
			return err
		}
		if last.before(first) {
			return fmt.Errorf("the last day lies before the first")
		}
		c.from, c.until = c.start(first), c.start(last.next(1))
		return nil
	case (word == "off" || word == "on") && len(words) > 2 && !c.until.IsZero():
		return c.mark(word == "on", words[1], strings.Join(words[2:], " "))
	}
	return fmt.Errorf("%q is not zone NAME, known FIRST LAST, off DATE NAME or on DATE NAME, in this order", strings.Join(words, " "))
}

func (c *Calendar) mark(works bool, date, name string) error {
	d, err := parseDay(date)
	if err != nil {
		return err
	}
	_, off := c.off[d]
	if _, on := c.on[d]; on || off {
		return fmt.Errorf("%s is named twice", date)
	}
	if c.start(d).Before(c.from) {
		return fmt.Errorf("%s lies before the days that are known", date)
	}
	if !works {
		c.off[d] = name
		return nil
	}
	if c.business(d) {
		return fmt.Errorf("%s is a working day anyway", date)
	}
	c.on[d] = name
	return nil
}

func parseDay(s string) (day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return day{}, fmt.Errorf("%q is not a day such as 2026-03-01", s)
	}
	return dayOf(t), nil
}

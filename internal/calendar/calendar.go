// Package calendar counts the days on which people work, by country. Public
// holidays are data (days/*.txt): those that follow the moon are written out,
// because no rule of thumb gives them, and governments move others.
package calendar

import (
	"slices"
	"time"
	_ "time/tzdata" // a server without zone files must count the same days
)

// Calendar is the working week and the holidays of one country. The zero
// value and that of a country without data know weekends only, in UTC.
type Calendar struct {
	Country string // ISO 3166-1 alpha-2, "" when it is not known
	zone    *time.Location
	from    time.Time      // first day whose holidays are known, 00:00 local
	until   time.Time      // the day after the last one
	off     map[day]string // holidays, by their name
	on      map[day]string // days of the weekend on which people work
}

// day is a date without a clock.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, m, d}
}

// Zone is where the days of this country begin and end: its capital's zone,
// for the United States that of New York.
func (c Calendar) Zone() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

// Known are the days whose holidays are known: from the first up to, and
// without, until. Both are zero for a country without data. Outside of them
// only weekends are counted.
func (c Calendar) Known() (from, until time.Time) { return c.from, c.until }

// Business reports whether people work on the day that t falls on there.
func (c Calendar) Business(t time.Time) bool { return c.business(dayOf(t.In(c.Zone()))) }

func (c Calendar) business(d day) bool {
	if _, on := c.on[d]; on {
		return true
	}
	if _, off := c.off[d]; off {
		return false
	}
	w := time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Holiday is the name of the holiday that t falls on there, "" when it is none.
func (c Calendar) Holiday(t time.Time) string { return c.off[dayOf(t.In(c.Zone()))] }

// start is the first instant of a day there.
func (c Calendar) start(d day) time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, c.Zone())
}

func (d day) next(n int) day {
	return dayOf(time.Date(d.year, d.month, d.day+n, 12, 0, 0, 0, time.UTC))
}

// AddDays is the end (24:00 local, as an instant of UTC) of the n-th business
// day after the day of t; the day of t itself does not count. With n = 0 it is
// the end of the day of t, or of the next business day when that is none.
// Negative n count as 0.
func (c Calendar) AddDays(t time.Time, n int) time.Time {
	d := dayOf(t.In(c.Zone()))
	if n <= 0 {
		for !c.business(d) {
			d = d.next(1)
		}
		return c.start(d.next(1)).UTC()
	}
	for n > 0 {
		if d = d.next(1); c.business(d) {
			n--
		}
	}
	return c.start(d.next(1)).UTC()
}

// AddCalendarDays is the end (24:00 local, as an instant of UTC) of the n-th
// day after the day of t, whether people work then or not.
func (c Calendar) AddCalendarDays(t time.Time, n int) time.Time {
	return c.start(dayOf(t.In(c.Zone())).next(max(n, 0) + 1)).UTC()
}

// AddHours lets a span run on business days only, around the clock: 24 hours
// from Friday at 17:00 end on Monday at 17:00. A span that starts on a day
// off starts with the next business day. Negative spans count as 0.
func (c Calendar) AddHours(t time.Time, span time.Duration) time.Time {
	d := dayOf(t.In(c.Zone()))
	for {
		end := c.start(d.next(1))
		if c.business(d) {
			left := end.Sub(t)
			if span <= left {
				return t.Add(max(span, 0)).UTC()
			}
			span -= left
		}
		d, t = d.next(1), end
	}
}

// Between counts the business days after the day of from, up to and with that
// of to; 0 when to is not later.
func (c Calendar) Between(from, to time.Time) int {
	d, last, n := dayOf(from.In(c.Zone())), dayOf(to.In(c.Zone())), 0
	for d.before(last) {
		if d = d.next(1); c.business(d) {
			n++
		}
	}
	return n
}

func (d day) before(o day) bool {
	return slices.Compare([]int{d.year, int(d.month), d.day}, []int{o.year, int(o.month), o.day}) < 0
}

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"assay/internal/calendar"
)

// holidays is where an operator keeps calendars of his own.
type holidays struct {
	Calendars string `help:"Folder with calendars of your own (XX.txt), over those that ship." env:"ASSAY_CALENDARS" placeholder:"DIR" type:"path"`
}

func (h holidays) use() error {
	if h.Calendars == "" {
		return nil
	}
	if err := calendar.Use(os.DirFS(h.Calendars)); err != nil {
		return fmt.Errorf("calendars in %s: %w", h.Calendars, err)
	}
	return nil
}

// calendarWarning is how long before the end of the known holidays the doctor
// speaks: due dates reach weeks ahead.
const calendarWarning = 60 * 24 * time.Hour

// calendars says whose holidays end soon: after that only weekends count.
func (h holidays) calendars(now time.Time) finding {
	if err := h.use(); err != nil {
		return finding{"calendars", "wrong", err.Error()}
	}
	var ending []string
	for _, country := range calendar.Countries() {
		if _, until := calendar.For(country).Known(); now.Add(calendarWarning).After(until) {
			ending = append(ending, country+" after "+until.AddDate(0, 0, -1).Format(time.DateOnly))
		}
	}
	if len(ending) == 0 {
		return finding{"calendars", "on", strings.Join(calendar.Countries(), " ")}
	}
	return finding{"calendars", "ending", "only weekends and what is announced count for " + strings.Join(ending, ", ") + ": update assay, or give a folder of your own with --calendars"}
}

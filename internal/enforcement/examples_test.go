package enforcement

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// An example is a small text that a person of policy can write and check:
//
//	profile eu
//	2026-01-05 10:00  a  counterfeit
//	2026-01-05 11:00  b  trademark_in_text 3     (severity 3)
//	2026-01-06 09:00  undo a
//	2026-01-07 09:00  warn
//	look 2026-01-08
//
// The golden file tells what each line does and where the shop stands.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/examples/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("only %d examples (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(script))
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the example gives\n%s\nwant\n%s", got, want)
			}
		})
	}
}

const minute = "2006-01-02 15:04"

func play(t *testing.T, script string) string {
	t.Helper()
	var out strings.Builder
	var p *Profile
	var events []Event
	for n, line := range strings.Split(strings.TrimSpace(script), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "#":
			out.WriteString(line + "\n")
		case f[0] == "profile":
			if p = Default().Profiles[f[1]]; p == nil {
				t.Fatalf("line %d: no profile %q", n+1, f[1])
			}
			fmt.Fprintf(&out, "profile %s\n", p.Name)
		case f[0] == "look":
			at, err := time.Parse(time.DateOnly, f[1])
			if err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
			report(&out, Stand(at, p, events))
		default:
			e := event(t, n+1, f, p)
			events = append(events, e)
			fmt.Fprintf(&out, "%s  %s\n", e.At.Format(minute), effectOf(e, p, events))
		}
	}
	return out.String()
}

func event(t *testing.T, line int, f []string, p *Profile) Event {
	t.Helper()
	at, err := time.Parse(minute, f[0]+" "+f[1])
	if err != nil {
		t.Fatalf("line %d: %v", line, err)
	}
	switch f[2] {
	case "undo":
		return Event{ID: fmt.Sprintf("undo %d", line), Kind: Reversal, Of: f[3], At: at}
	case "warn":
		return Event{ID: fmt.Sprintf("warn %d", line), Kind: Warning, At: at, Profile: p}
	}
	cost, ok := p.Grounds[f[3]]
	if !ok {
		t.Fatalf("line %d: no ground %q", line, f[3])
	}
	severity := 0
	if len(f) > 4 {
		if severity, err = strconv.Atoi(f[4]); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
	}
	points, strikes := cost.For(severity)
	return Event{ID: f[2], Kind: Infringement, At: at, Ground: f[3], Points: points, Strikes: strikes, Profile: p}
}

// effectOf says what one event did at its moment.
func effectOf(e Event, p *Profile, events []Event) string {
	s := Stand(e.At, p, events)
	var what string
	switch e.Kind {
	case Reversal:
		what = "taken back: " + e.Of
	case Warning:
		what = "a person warns the shop"
	default:
		c := s.Counts[slices.IndexFunc(s.Counts, func(c Count) bool { return c.ID == e.ID })]
		what = fmt.Sprintf("%s: %s costs %d points, %d strikes", e.ID, e.Ground, e.Points, e.Strikes)
		if c.Why != "" {
			what += fmt.Sprintf("; counts %d, %d (%s)", c.Points, c.Strikes, c.Why)
		}
	}
	line := fmt.Sprintf("%-62s | %2d points %d strikes", what, s.Points, s.Strikes)
	for _, m := range s.Measures {
		if m.Cause == e.ID {
			line += " | " + sayMeasure(m)
		}
	}
	return line
}

func sayMeasure(m Measure) string {
	text := fmt.Sprintf("%s at %s", m.Effect, m.Name())
	if m.Instead {
		text += " (instead of what comes there)"
	}
	if !m.Until.IsZero() && m.Effect != EffectWarn {
		text += " until " + m.Until.Format(minute)
	}
	return text
}

func report(out *strings.Builder, s Standing) {
	fmt.Fprintf(out, "look %s: %d points, %d strikes\n", s.At.Format(time.DateOnly), s.Points, s.Strikes)
	for _, m := range s.Measures {
		state := "over"
		switch {
		case m.Lifted:
			state = "taken back"
		case m.Until.IsZero() || s.At.Before(m.Until):
			state = "holds"
		}
		fmt.Fprintf(out, "  %s  %s: %s\n", m.From.Format(minute), sayMeasure(m), state)
	}
	for _, m := range s.Next {
		fmt.Fprintf(out, "  next: %s at %s\n", m.Effect, m.Name())
	}
	for _, c := range s.Changes {
		fmt.Fprintf(out, "  %s  falls to %d points, %d strikes\n", c.At.Format(minute), c.Points, c.Strikes)
	}
}

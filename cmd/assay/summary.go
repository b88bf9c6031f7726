package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"assay/internal/listing/feed"
	"assay/internal/report"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// summary counts a run of assay screen.
type summary struct {
	start          time.Time
	Feeds          []feedCount              `json:"feeds"`
	Listings       int                      `json:"listings"`
	Decisions      map[verdict.Decision]int `json:"decisions"`
	Reasons        map[string]int           `json:"reasons"`
	Rejects        map[string]int           `json:"rejects"`
	Warnings       map[string]int           `json:"warnings"`
	Pictures       map[string]int           `json:"pictures"` // named, read, unread, skipped
	Unread         map[string]int           `json:"unread,omitempty"`
	BundleProblems int                      `json:"bundle_problems"`
	Seconds        float64                  `json:"seconds"`
	PerSecond      float64                  `json:"listings_per_second"`
	PeakMB         float64                  `json:"peak_memory_mb,omitempty"`
}

// feedCount is what became of one file's rows.
type feedCount struct {
	Name     string `json:"name"`
	Format   string `json:"format"`
	Rows     int    `json:"rows"`
	Rejected int    `json:"rejected"`
	rows     *feed.Reader
}

func newSummary() *summary {
	return &summary{start: time.Now(), Decisions: map[verdict.Decision]int{}, Reasons: map[string]int{}, Rejects: map[string]int{},
		Warnings: map[string]int{}, Pictures: map[string]int{}, Unread: map[string]int{}}
}

func (s *summary) begin(name string, rows *feed.Reader) {
	s.Feeds = append(s.Feeds, feedCount{Name: name, Format: string(rows.Format()), rows: rows})
}

func (s *summary) take(x screening.Screened) {
	f := &s.Feeds[len(s.Feeds)-1]
	f.Rows++
	if x.Reject != nil {
		f.Rejected++
		for _, p := range x.Reject.Problems {
			s.Rejects[p.Code]++
		}
		return
	}
	s.Listings++
	s.Decisions[x.Verdict.Decision]++
	for _, r := range x.Verdict.Reasons {
		s.Reasons[r.Code]++
	}
	for _, w := range x.Warnings {
		s.Warnings[w.Code]++
	}
	s.countPictures(x)
}

func (s *summary) countPictures(x screening.Screened) {
	total, unread, skipped := len(x.Row.Offer.Pictures), 0, false
	for _, f := range x.Verdict.Signals {
		switch f.Kind {
		case signal.PictureUnread:
			unread++
			s.Unread[f.Sighting.Problem]++
		case signal.PictureSkipped:
			skipped = true
		}
	}
	s.Pictures["named"] += total
	s.Pictures["unread"] += unread
	if skipped {
		s.Pictures["skipped"] += total
		return
	}
	s.Pictures["read"] += total - unread
}

// print writes the table, or JSON. When the verdicts go to standard output
// the table goes elsewhere.
func (s *summary) print(w io.Writer, asJSON, taken bool) error {
	s.settle()
	if taken {
		w = os.Stderr
	}
	if asJSON {
		return json.NewEncoder(w).Encode(s)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range s.Feeds {
		_, _ = fmt.Fprintf(t, "feed\t%s\t%s\t%d rows\t%d rejected\n", f.Name, f.Format, f.Rows, f.Rejected)
	}
	_, _ = fmt.Fprintf(t, "listings\t%d\tblock %d\treview %d\tpass %d\n", s.Listings, s.Decisions[verdict.Block], s.Decisions[verdict.Review], s.Decisions[verdict.Pass])
	_, _ = fmt.Fprintf(t, "pictures\t%d\tread %d\tunread %d\tskipped %d\n", s.Pictures["named"], s.Pictures["read"], s.Pictures["unread"], s.Pictures["skipped"])
	for label, counts := range map[string]map[string]int{"reasons": s.Reasons, "rejects": s.Rejects, "warnings": s.Warnings, "unread": s.Unread} {
		if len(counts) > 0 {
			_, _ = fmt.Fprintf(t, "%s\t%s\n", label, tally(counts))
		}
	}
	_, _ = fmt.Fprintf(t, "time\t%.1f s\t%.0f listings/s\tpeak memory %.0f MB\n", s.Seconds, s.PerSecond, s.PeakMB)
	return t.Flush()
}

// tally writes counts, largest first.
func tally(counts map[string]int) string {
	keys := sortedKeys(counts)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = fmt.Sprintf("%s %d", k, counts[k])
	}
	return strings.Join(parts, ", ")
}

func (s *summary) settle() {
	for i := range s.Feeds {
		s.Feeds[i].Format = string(s.Feeds[i].rows.Format())
	}
	s.Seconds = time.Since(s.start).Seconds()
	s.PerSecond = float64(s.Listings) / max(s.Seconds, 1e-9)
	s.PeakMB = peakMemory()
}

func (s *summary) figures() report.Figures {
	f := report.Figures{Listings: s.Listings, Decisions: s.Decisions, Pictures: s.Pictures}
	for _, one := range s.Feeds {
		f.Feeds = append(f.Feeds, one.Name)
		f.Rejected += one.Rejected
	}
	return f
}

// verdict is the exit code's cause, if there is one.
func (s *summary) verdict(failOn string) error {
	hits := s.Decisions[verdict.Block]
	if failOn == "review" {
		hits += s.Decisions[verdict.Review]
	}
	if failOn != "never" && hits > 0 {
		return found{fmt.Sprintf("%d listings were decided %s or worse", hits, failOn)}
	}
	rejected := 0
	for _, f := range s.Feeds {
		rejected += f.Rejected
	}
	if rejected > 0 || s.BundleProblems > 0 {
		return partial{fmt.Sprintf("%d rows of the feeds and %d of the registry could not be used; the rest was screened", rejected, s.BundleProblems)}
	}
	return nil
}

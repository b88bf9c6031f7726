package report_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"strings"
	"testing"

	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/report"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

func square() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 {
		img.Set(i, i, color.White)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func library(t *testing.T) *screening.Library {
	t.Helper()
	e, err := screening.NewEngine(policy.Default(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e.Library.KeepRows()
	err = e.Library.Learn(t.Context(), signal.Known{Brand: registry.Brand{ID: "b", Name: "Veltrana"}})
	if err != nil {
		t.Fatal(err)
	}
	return e.Library
}

func answer(id, title string, d verdict.Decision, score float64, signals ...signal.Signal) screening.Screened {
	v := verdict.Verdict{Decision: d, Score: score, Signals: signals}
	if len(signals) > 0 {
		v.Reasons = []verdict.Reason{{Code: "text_name", Rule: "name", Decision: d, Signals: []int{0}}}
	}
	return screening.Screened{Row: listing.Row{ExternalID: id, Offer: listing.Offer{Title: title, Pictures: []listing.Picture{{URL: "a"}}}}, Verdict: v}
}

func write(t *testing.T, lang string, most int, answers ...screening.Screened) string {
	t.Helper()
	r := report.New(message.For(lang), library(t), most)
	for _, a := range answers {
		r.Take(a)
	}
	var b bytes.Buffer
	get := func(context.Context, listing.Picture) ([]byte, error) { return square(), nil }
	if err := r.Write(t.Context(), &b, report.Figures{Listings: len(answers), Decisions: map[verdict.Decision]int{}}, get); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportShowsWhatAndWhy(t *testing.T) {
	hostile := `<script>alert(1)</script> Veltrana`
	s := signal.Signal{Kind: signal.TextName, BrandID: "b", Score: 0.9, Spans: []signal.Span{{Field: "title", Start: 26, End: 34, Text: "Veltrana"}}}
	for _, l := range message.Languages() {
		page := write(t, l.Code, 10, answer("x1", hostile, verdict.Block, 0.95, s), answer("x2", "harmless", verdict.Pass, 0))
		for _, want := range []string{`<html lang="` + l.Code + `">`, "<mark>Veltrana</mark>", "x1", "&lt;script&gt;", "data:image/jpeg;base64,"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the report lacks %s", l.Code, want)
			}
		}
		for _, bad := range []string{"<script", "x2", `src="http`, "ZgotmplZ"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the report holds %s", l.Code, bad)
			}
		}
	}
	if missing := message.Missing(); len(missing) > 0 {
		t.Errorf("no text for %v", missing)
	}
}

// Only the gravest are kept, and the rest is counted.
func TestReportIsBounded(t *testing.T) {
	var all []screening.Screened
	for i := range 50 {
		all = append(all, answer(string(rune('A'+i%26))+string(rune('a'+i/26)), "t", verdict.Review, float64(i)/100))
	}
	page := write(t, "en", 5, all...)
	if n := strings.Count(page, "<article"); n != 5 {
		t.Errorf("%d listings shown, want 5", n)
	}
	if !strings.Contains(page, "45 further listings") || !strings.Contains(page, "<code>Xb</code>") {
		t.Error("the gravest is missing, or the rest is not counted")
	}
}

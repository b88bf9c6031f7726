package ocr

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// counted counts what a reader is given.
type counted struct {
	Reader
	calls, lines atomic.Int64
	took         atomic.Int64
}

func (c *counted) Read(ctx context.Context, lines []*image.Gray, s Script) ([]Text, error) {
	c.calls.Add(1)
	c.lines.Add(int64(len(lines)))
	start := time.Now()
	defer func() { c.took.Add(int64(time.Since(start))) }()
	return c.Reader.Read(ctx, lines, s)
}

// TestSentences reports how many protected phrases are found in the scenes of
// ASSAY_SCENES, with all phrases of phrases.json registered.
func TestSentences(t *testing.T) {
	all := scenes(t, "ASSAY_SCENES")
	phrases, texts := NewPhrases(), map[string]string{}
	var rows []struct{ ID, Text string }
	data, err := os.ReadFile(filepath.Join(os.Getenv("ASSAY_SCENES"), "phrases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		phrases.Add(r.ID, r.Text)
		texts[r.ID] = r.Text
	}
	r := &counted{Reader: NewTesseract(TesseractOptions{})}
	type tally struct{ n, right int }
	sum := map[string]*tally{}
	wrong, start := 0, time.Now()
	for _, s := range all {
		page, err := Read(context.Background(), s.img, r, Scripts)
		if err == nil {
			page, err = page.Again(context.Background(), s.img, r, phrases.Doubtful)
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range page.Readings {
			for _, h := range phrases.Match(x.Text, x.Confidence) {
				if !slices.Contains(got, h.ID) {
					got = append(got, h.ID)
				}
				if h.ID != s.Phrase {
					t.Logf("WRONG %s: %q is taken for %s %q, similarity %.2f, confidence %.2f", s.ID, x.Text, h.ID, h.Text, h.Similarity, x.Confidence)
				}
			}
		}
		if slices.ContainsFunc(got, func(id string) bool { return id != s.Phrase }) {
			wrong++
		}
		if s.Phrase == "" {
			continue
		}
		right := slices.Contains(got, s.Phrase)
		for _, key := range []string{s.Lang, fmt.Sprintf("%s plate=%v", s.Lang, s.Plate), fmt.Sprintf("%s %d px", s.Lang, s.Px)} {
			if sum[key] == nil {
				sum[key] = &tally{}
			}
			sum[key].n++
			if right {
				sum[key].right++
			}
		}
		if !right {
			t.Logf("missed %s %s %d px plate=%v %q", s.ID, s.Lang, s.Px, s.Plate, texts[s.Phrase])
			for _, x := range page.Readings {
				if phrases.resembles(x.Text) {
					t.Logf("    read %q %.2f bare=%v", x.Text, x.Confidence, x.Bare)
				}
			}
		}
	}
	n := float64(len(all))
	t.Logf("%d pictures: %.0f ms a picture, %.0f of it reading %.1f lines in %.1f calls; %d with a wrong phrase", len(all), time.Since(start).Seconds()*1000/n,
		float64(r.took.Load())/1e6/n, float64(r.lines.Load())/n, float64(r.calls.Load())/n, wrong)
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range sum {
			if !yield(k) {
				return
			}
		}
	}) {
		t.Logf("%-16s %3d of %3d  %.3f", key, sum[key].right, sum[key].n, float64(sum[key].right)/float64(sum[key].n))
	}
}

package ocr

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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
// ASSAY_SCENES, with all phrases of phrases.json registered, by the readers
// that ASSAY_EYES names: network (the default), both, tesseract (on the lines
// that we find) or whole (tesseract finds them itself). With ASSAY_EVERY only
// every so many pictures are looked at.
func TestSentences(t *testing.T) {
	all := scenes(t, "ASSAY_SCENES")
	phrases, texts := NewPhrases(), map[string]string{}
	var rows []struct{ ID, Text string }
	data, err := os.ReadFile(filepath.Join(filepath.SplitList(os.Getenv("ASSAY_SCENES"))[0], "phrases.json"))
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
	second := &counted{Reader: NewTesseract(TesseractOptions{})}
	eyes, alone := Eyes{Network: theNetwork(t)}, os.Getenv("ASSAY_EYES") == "whole"
	switch os.Getenv("ASSAY_EYES") {
	case "tesseract", "whole":
		eyes = Eyes{Second: second}
	case "both":
		eyes.Second = second
	}
	all = every(t, all)
	sum := map[string]*share{}
	wrong, kept, used := 0, 0, time.Duration(0)
	for _, s := range all {
		img, before := s.picture(t), processor()
		var page *Page
		if alone {
			page = wholly(t, img)
		} else {
			page = bothTimes(t, eyes, img, phrases)
		}
		used += processor() - before
		if data, err := phrases.Lean(page).MarshalBinary(); err == nil {
			kept += len(data)
		}
		var got []string
		for _, f := range phrases.On(page) {
			got = append(got, f.ID)
			if f.ID != s.Phrase {
				t.Logf("WRONG %s: %q is taken for %s %q, similarity %.2f, confidence %.2f, trace %v", s.ID, f.Reading.Text, f.ID, f.Text, f.Similarity, f.Reading.Confidence, f.Reading.Trace != nil)
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
				sum[key] = new(share)
			}
			sum[key].count(right)
		}
		if !right {
			t.Logf("missed %s %s %d px plate=%v %q: %s", s.ID, s.Lang, s.Px, s.Plate, texts[s.Phrase], why(page, phrases, s))
		}
	}
	n := float64(len(all))
	t.Logf("%s: %d pictures, %.0f ms of the processor a picture; second reader %.1f lines in %.1f calls; kept in %.1f kB; %d with a wrong phrase", eyes.Name(), len(all),
		used.Seconds()*1000/n, float64(second.lines.Load())/n, float64(second.calls.Load())/n, float64(kept)/1000/n, wrong)
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range sum {
			if !yield(k) {
				return
			}
		}
	}) {
		t.Logf("%-16s %v", key, sum[key])
	}
}

func bothTimes(t *testing.T, eyes Eyes, img *image.NRGBA, phrases *Phrases) *Page {
	page, err := eyes.Read(context.Background(), img, Scripts)
	if err == nil {
		page, err = eyes.Again(context.Background(), img, page, phrases.Doubtful)
	}
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// every picks the pictures that ASSAY_EVERY wants.
func every(t *testing.T, all []scene) []scene {
	step := 1
	if v := os.Getenv("ASSAY_EVERY"); v != "" {
		var err error
		if step, err = strconv.Atoi(v); err != nil || step < 1 {
			t.Fatalf("ASSAY_EVERY=%s", v)
		}
	}
	var out []scene
	for i := 0; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

// wholly has tesseract read the picture by itself, once for each script.
func wholly(t *testing.T, img *image.NRGBA) *Page {
	grey := image.NewGray(img.Rect)
	draw.Draw(grey, grey.Rect, img, img.Rect.Min, draw.Src)
	p := &Page{Lines: []Line{{}}}
	for _, s := range Scripts {
		r := NewTesseract(TesseractOptions{})
		table, err := r.run(context.Background(), pages([]*image.Gray{grey}), "stdin", "stdout", "--psm", "11", "-l", trained[s][0], "tsv")
		if err != nil {
			t.Fatal(err)
		}
		lines := map[string]*Reading{}
		words := map[string]int{}
		for row := range strings.Lines(string(table)) {
			f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
			if len(f) != 12 || f[0] != "5" || strings.TrimSpace(f[11]) == "" {
				continue
			}
			key := strings.Join(f[2:5], " ")
			if lines[key] == nil {
				lines[key] = &Reading{Script: s}
			}
			sure, _ := strconv.ParseFloat(f[10], 64)
			l, n := lines[key], float64(words[key])
			l.Text, l.Confidence = glue(l.Text, f[11]), (l.Confidence*n+sure/100)/(n+1)
			words[key]++
		}
		for _, l := range lines {
			p.Readings = append(p.Readings, *l)
		}
	}
	return p
}

// why says how the phrase's own lines were found and read.
func why(page *Page, phrases *Phrases, s scene) string {
	var out strings.Builder
	for _, q := range s.Lines {
		if q.Main == 0 {
			continue
		}
		for i, l := range page.Lines {
			length, area, _ := agreement(l, q.Quad)
			if area < 0.3 {
				continue
			}
			fmt.Fprintf(&out, "\n    line %d, length %.2f, area %.2f, whole %v:", i, length, area, whole(l, q.Quad))
			for _, r := range page.of(i) {
				fmt.Fprintf(&out, " %q %.2f", r.Text, r.Confidence)
				if r.Trace == nil {
					continue
				}
				if n := phrases.byID[s.Phrase]; n != "" {
					if c, ok := phrases.rows[phrases.byKey[n]].spot(r.Trace, loadedLabels()); ok {
						fmt.Fprintf(&out, " (penalty %.2f)", c.penalty)
					}
				}
			}
		}
	}
	return out.String()
}

func loadedLabels() *labels {
	n, err := NewNetwork()
	if err != nil {
		panic(err)
	}
	return n.labels
}

package ocr

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// drawnStrip is a row of strips.jsonl, made by training/lines/strips.py.
type drawnStrip struct {
	Kind, Lang, Phrase, Text, Pixels string
	Width                            int
}

// phrasesOf registers the phrases.json of a folder.
func phrasesOf(t *testing.T, dir string) *Phrases {
	t.Helper()
	var rows []struct{ ID, Text string }
	data, err := os.ReadFile(filepath.Join(dir, "phrases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	p := NewPhrases()
	for _, r := range rows {
		p.Add(r.ID, r.Text)
	}
	return p
}

// TestDrawnStrips reports, on the drawn lines of ASSAY_STRIPS, how many phrases are
// found and how often a line is taken for a phrase that does not stand there.
func TestDrawnStrips(t *testing.T) {
	dir := os.Getenv("ASSAY_STRIPS")
	if dir == "" {
		t.Skip("ASSAY_STRIPS is not set")
	}
	phrases, network := phrasesOf(t, dir), theNetwork(t)
	f, err := os.Open(filepath.Join(dir, "strips.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	right, wrong := map[string]*share{}, map[string]*share{}
	rows := bufio.NewScanner(f)
	rows.Buffer(nil, 1<<20)
	for rows.Scan() {
		var s drawnStrip
		if err := json.Unmarshal(rows.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		pixels, err := base64.StdEncoding.DecodeString(s.Pixels)
		if err != nil {
			t.Fatal(err)
		}
		if s.Width > mostView {
			continue
		}
		trace, err := network.Trace(context.Background(), viewOf(pixels, s.Width))
		if err != nil {
			t.Fatal(err)
		}
		hits, _, _ := phrases.spot(trace, network.labels)
		bad := len(hits) > 0 && hits[0].ID != s.Phrase
		key := fmt.Sprintf("%s %s", s.Lang, s.Kind)
		if wrong[key] == nil {
			right[key], wrong[key] = new(share), new(share)
		}
		right[key].count(len(hits) > 0 && !bad)
		wrong[key].count(bad)
		if bad || os.Getenv("ASSAY_COSTS") != "" {
			letters, sure := trace.letters(network.labels)
			best, second := phrases.spots(trace, network.labels, letters)
			if best.row >= 0 {
				row := &phrases.rows[best.row]
				t.Logf("COST %v %s %q read %q %.2f as %q penalty %.3f next %.3f costs %.1f", row.ids[0] == s.Phrase, key, s.Text, textOf(letters), sure, row.text, best.penalty, second.penalty, best.costs)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(right)) {
		t.Logf("%-16s right %v  wrong %v", key, right[key], wrong[key])
	}
}

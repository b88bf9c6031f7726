//go:build unix

package keypoint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDumpParts writes what the score of photographs is fitted to: for each candidate of each picture of the kit ASSAY_KIT a line
// with the edit, whether it is the right one, and every measure, to the file ASSAY_PARTS. ASSAY_EDIT, the
// beginning of its name, narrows the edits.
func TestDumpParts(t *testing.T) {
	kit, to := os.Getenv("ASSAY_KIT"), os.Getenv("ASSAY_PARTS")
	if kit == "" || to == "" {
		t.Skip("ASSAY_KIT and ASSAY_PARTS are not set")
	}
	ix := NewIndex()
	register(t, ix, filepath.Join(kit, "images/protected/*.jpg"), Photograph, true)
	labels, err := os.Open(filepath.Join(kit, "images/photo_queries.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer labels.Close()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	defer w.Flush()
	defer func() { probe = nil }()
	files := kitFiles(t, kit)
	for lines := bufio.NewScanner(labels); lines.Scan(); {
		var r struct {
			ID, Attack string
			Match      []string
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(r.Attack, os.Getenv("ASSAY_EDIT")) {
			continue
		}
		probe = func(m Match, a aligned, l likeness) {
			right := 0
			if len(r.Match) > 0 && r.Match[0] == m.ID {
				right = 1
			}
			p := &l.part
			fmt.Fprintln(w, r.ID, r.Attack, m.ID, right, m.Score, a.weight, a.inliers, a.chances, a.support, a.pose.scale(), a.pose.skewness(),
				l.whole, l.blocks, l.good, l.count, l.covered, p.evidence, p.core, p.against, p.share, p.witness)
		}
		ix.Search(loadPicture(t, filepath.Join(kit, files[r.ID])))
	}
}

// kitFiles are the pictures of a kit's questions about photographs.
func kitFiles(t *testing.T, kit string) map[string]string {
	in, err := os.Open(filepath.Join(kit, "images/photo_queries_input.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out := map[string]string{}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var q struct{ ID, File string }
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		out[q.ID] = q.File
	}
	return out
}

package keypoint

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestAmong counts how far the right mark gets in the pictures of ASSAY_SCENES: whether it has a vote, is among the
// candidates, and is among the fitted ones in its place.
func TestAmong(t *testing.T) {
	scenes, marks := os.Getenv("ASSAY_SCENES"), os.Getenv("ASSAY_MARKS")
	if scenes == "" || marks == "" || os.Getenv("ASSAY_AMONG") == "" {
		t.Skip("ASSAY_SCENES, ASSAY_MARKS and ASSAY_AMONG are not set")
	}
	ix := NewIndex()
	register(t, ix, marks, Mark, true)
	in, err := os.Open(filepath.Join(scenes, "scenes.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	from, _ := strconv.Atoi(os.Getenv("ASSAY_FROM"))
	end, _ := strconv.Atoi(os.Getenv("ASSAY_TO"))
	lines := bufio.NewScanner(in)
	counts := map[string][8]int{}
	bounds := []int{1, 10, 40, 100, 200, 400, 100000}
	kept := rounds
	keptF := limits[Mark].finalists
	fitted := map[string][4]int{}
	for n := 0; lines.Scan(); n++ {
		if n < from || n >= end {
			continue
		}
		var s struct {
			drawn
			Known   bool
			Changes []string
		}
		json.Unmarshal(lines.Bytes(), &s)
		if !s.Known {
			continue
		}
		size := s.Changes[0]
		img := loadPicture(t, filepath.Join(scenes, s.File))
		q := newQuery(img, ix.wanted())
		sh := &ix.shelfs[Mark]
		set := &q.sets[Mark]
		all := sh.candidates(set, sh.votes(set, Mark), 100000)
		c := counts[size]
		for i, cand := range all {
			if sh.assets[cand.asset].id != s.Mark {
				continue
			}
			var m Match
			m.ID = s.Mark
			m.Outline, _ = outlines(sh.assets[cand.asset].d, &cand.pose, q.zoom)
			if s.astray(&m) > 0.5 {
				continue
			}
			for k, b := range bounds {
				if i < b {
					c[k]++
				}
			}
			break
		}
		c[7]++
		counts[size] = c
		f := fitted[size]
		for k, setting := range [][4]int{{40, 40, 16, 14}, {100, 40, 16, 14}, {200, 24, 12, 12}, {250, 40, 16, 14}} {
			limits[Mark].finalists = setting[0]
			rounds[0].keep, rounds[1].keep, rounds[2].keep = setting[1], setting[2], setting[3]
			for _, m := range sh.searchMarks(q) {
				if s.astray(&m) < 0.2 {
					f[k]++
					break
				}
			}
		}
		fitted[size] = f
		rounds, limits[Mark].finalists = kept, keptF
	}
	for size, c := range counts {
		t.Logf("%s of %d: among the first %v: %v; fitted 40, 100, 160, 250 glanced at: %v", size, c[7], bounds, c[:7], fitted[size])
	}
}

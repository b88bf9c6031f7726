package keypoint

import (
	"bufio"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestAmong counts how far the right mark gets in the pictures of ASSAY_SCENES, by size: its rank among the positions
// that votes propose, or none. ASSAY_FROM and ASSAY_TO bound the lines of scenes.jsonl.
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
	bounds := [...]int{1, 10, 40, limits[Mark].finalists, math.MaxInt}
	counts, all := map[string]*[len(bounds)]int{}, map[string]int{}
	for n := 0; lines.Scan(); n++ {
		var s struct {
			drawn
			Known   bool
			Changes []string
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if n < from || n >= end || !s.Known {
			continue
		}
		size := s.Changes[0]
		if all[size]++; counts[size] == nil {
			counts[size] = new([len(bounds)]int)
		}
		rank := ix.rankOf(loadPicture(t, filepath.Join(scenes, s.File)), &s.drawn)
		for k, b := range bounds {
			if rank < b {
				counts[size][k]++
			}
		}
	}
	for size, c := range counts {
		t.Logf("%s, %d pictures: among the first %v: %v", size, all[size], bounds, *c)
	}
}

// rankOf is the place of the right mark among the proposed positions; the greatest number when it is not there.
func (ix *Index) rankOf(img *image.NRGBA, s *drawn) int {
	q := newQuery(img, ix.wanted())
	shelf, set := &ix.shelfs[Mark], &q.sets[Mark]
	for i, c := range shelf.candidates(set, shelf.votes(set, Mark), math.MaxInt) {
		m := Match{ID: shelf.assets[c.asset].id}
		m.Outline, _ = outlines(shelf.assets[c.asset].d, &c.pose, q.zoom)
		if s.astray(&m) < 0.5 {
			return i
		}
	}
	return math.MaxInt
}

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
	counts, all := map[string]*[3][len(bounds)]int{}, map[string]int{}
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
			counts[size] = new([3][len(bounds)]int)
		}
		for way, rank := range ix.rankOf(loadPicture(t, filepath.Join(scenes, s.File)), &s.drawn) {
			for k, b := range bounds {
				if rank < b {
					counts[size][way][k]++
				}
			}
		}
	}
	for size, c := range counts {
		t.Logf("%s, %d pictures: among the first %v, by signatures: %v, by votes: %v, by either: %v", size, all[size], bounds, c[0], c[1], c[2])
	}
}

// rankOf is the place of the right mark among the positions proposed by signatures, by votes and by either; the greatest number
// when it is not there.
func (ix *Index) rankOf(img *image.NRGBA, s *drawn) (ranks [3]int) {
	q := newQuery(img, ix.wanted())
	defer q.release()
	shelf, set := &ix.shelfs[Mark], &q.sets[Mark]
	for way, all := range [2][]candidate{shelf.recognise(q), shelf.candidates(set, shelf.votes(set, Mark), math.MaxInt)} {
		ranks[way] = math.MaxInt
		for i, c := range all {
			m := Match{ID: shelf.assets[c.asset].id}
			m.Outline, _ = outlines(shelf.assets[c.asset].d, &c.pose, q.zoom)
			if s.astray(&m) < 0.5 {
				ranks[way] = i
				break
			}
		}
	}
	ranks[2] = min(ranks[0], ranks[1])
	return ranks
}

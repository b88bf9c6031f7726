package ocr

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/match/picture"
)

// scene is one labelled picture: labels.jsonl beside the pictures of a kit.
type scene struct {
	ID     string `json:"id"`
	File   string `json:"file"`
	Lang   string `json:"lang"` // ko, zh, en; none: no protected phrase
	Px     int    `json:"px"`
	Plate  bool   `json:"plate"`
	Phrase string `json:"phrase"`
	Lines  []struct {
		Text string        `json:"t"`
		Quad [4][2]float64 `json:"q"`
		Main int           `json:"main"`
	} `json:"lines"`
	dir string
}

// scenes reads the labelled pictures of the folders that the environment
// variable names, with colons between them, or skips the test.
func scenes(t *testing.T, variable string) []scene {
	t.Helper()
	if os.Getenv(variable) == "" {
		t.Skip(variable + " is not set")
	}
	var out []scene
	for _, dir := range filepath.SplitList(os.Getenv(variable)) {
		out = append(out, scenesIn(t, dir)...)
	}
	return out
}

func scenesIn(t *testing.T, dir string) []scene {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "labels.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []scene
	rows := bufio.NewScanner(f)
	rows.Buffer(nil, 1<<20)
	for rows.Scan() {
		var s scene
		if err := json.Unmarshal(rows.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		s.dir = dir
		out = append(out, s)
	}
	return out
}

// picture decodes the scene's picture.
func (s *scene) picture(t *testing.T) *image.NRGBA {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, s.File))
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return p.Frames[0]
}

// agreement says how well a found line covers a drawn one: the share of its
// length, of its area, and the overlap of both as share of their union.
func agreement(l Line, quad [4][2]float64) (length, area, union float64) {
	qx, qy := quad[1][0]-quad[0][0], quad[1][1]-quad[0][1]
	w := math.Hypot(qx, qy)
	qx, qy = qx/w, qy/w
	h := math.Hypot(quad[3][0]-quad[0][0], quad[3][1]-quad[0][1])
	u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for i, p := range l.Outline {
		x, y := p.X-quad[0][0], p.Y-quad[0][1]
		u, v := x*qx+y*qy, y*qx-x*qy
		u0, u1 = min(u0, u), max(u1, u)
		if i < 2 {
			v0 += v / 2
		} else {
			v1 += v / 2
		}
	}
	length = (min(u1, w) - max(u0, 0)) / w
	du, dv := max(0, min(u1, w)-max(u0, 0)), max(0, min(v1, h)-max(v0, 0))
	return length, du * dv / (w * h), du * dv / (w*h + (u1-u0)*(v1-v0) - du*dv)
}

func whole(l Line, quad [4][2]float64) bool {
	a, b, c := agreement(l, quad)
	return a > 0.93 && b > 0.72 && c > 0.45
}

// TestScenes reports how many of the drawn lines are found whole, before and
// after choosing.
func TestScenes(t *testing.T) {
	all := scenes(t, "ASSAY_SCENES")
	type tally struct{ n, any, mask, maps, chosen int }
	sum := map[string]*tally{}
	var took time.Duration
	candidates, chosen, wrong := 0, 0, 0
	for _, s := range all {
		f, img := new(finder), s.picture(t)
		f.search(context.Background(), img)
		start := time.Now()
		lines := Find(context.Background(), img, 8)
		took += time.Since(start)
		candidates += len(f.found)
		chosen += len(lines)
		for _, l := range lines {
			hit := false
			for _, q := range s.Lines {
				_, a, _ := agreement(l, q.Quad)
				hit = hit || a > 0.2
			}
			if !hit {
				wrong++
			}
		}
		for _, q := range s.Lines {
			key := "other lines"
			if q.Main == 1 {
				key = fmt.Sprintf("%s plate=%v", s.Lang, s.Plate)
			}
			if sum[key] == nil {
				sum[key] = &tally{}
			}
			k := sum[key]
			k.n++
			before, mask, maps := k.any, 0, 0
			for _, c := range f.found {
				if !whole(c.line(1), q.Quad) {
					continue
				}
				if c.fromMask {
					mask = 1
				} else {
					maps = 1
				}
			}
			k.any, k.mask, k.maps = k.any+max(mask, maps), k.mask+mask, k.maps+maps
			if k.any == before && q.Main == 1 {
				t.Logf("missed: %s %s %d px plate=%v %s", s.ID, s.Lang, s.Px, s.Plate, q.Text)
			}
			for _, l := range lines {
				if whole(l, q.Quad) {
					k.chosen++
					break
				}
			}
		}
	}
	n := float64(len(all))
	t.Logf("%d pictures, %.1f ms, %.1f candidates, %.1f chosen of which %.1f not on a line", len(all), took.Seconds()*1000/n, float64(candidates)/n, float64(chosen)/n, float64(wrong)/n)
	for k, v := range sum {
		t.Logf("%-16s n %3d  found %.2f, by the mask %.2f, by the maps %.2f  chosen %.2f", k, v.n, float64(v.any)/float64(v.n), float64(v.mask)/float64(v.n), float64(v.maps)/float64(v.n), float64(v.chosen)/float64(v.n))
	}
}

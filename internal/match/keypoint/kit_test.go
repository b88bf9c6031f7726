//go:build unix

package keypoint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKit screens the queries of an evaluation kit and writes predictions for its scorer.
// It runs only when ASSAY_KIT names the kit's folder; see docs/recognition.md.
func TestKit(t *testing.T) {
	kit := os.Getenv("ASSAY_KIT")
	if kit == "" {
		t.Skip("ASSAY_KIT is not set")
	}
	task := os.Getenv("ASSAY_TASK")
	ix := NewIndex()
	start := time.Now()
	register(t, ix, filepath.Join(kit, "images/protected/*.jpg"), Photograph, task == "photo" || os.Getenv("ASSAY_BOTH") != "")
	register(t, ix, filepath.Join(kit, "images/logos/*.png"), Mark, task == "logo" || os.Getenv("ASSAY_BOTH") != "")
	crowd(t, ix, os.Getenv("ASSAY_CROWD_PHOTOGRAPHS"), Photograph, 50_000)
	crowd(t, ix, os.Getenv("ASSAY_CROWD_MARKS"), Mark, 25_000)
	t.Logf("%d assets in %v", ix.Len(), time.Since(start))
	in, err := os.Open(filepath.Join(kit, "images", task+"_queries_input.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(os.Getenv("ASSAY_PREDICTIONS"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var id string
	if f := os.Getenv("ASSAY_PROBE"); f != "" {
		w, err := os.Create(f)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		probe = func(m Match, a aligned, l likeness) {
			fmt.Fprintf(w, "%s %s %d %.3f %.1f %d %d %.3f %.3f %.3f %d %.3f %.3f %.3f %.2f\n", id, m.ID, a.reading, m.Score, a.weight, a.inliers, a.chances, l.whole, l.blocks, l.good, l.count, l.covered, a.pose.scale(), a.pose.skewness(), a.support)
		}
	}
	if f := os.Getenv("ASSAY_PROBE_MARKS"); f != "" {
		w, err := os.Create(f)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		probeMark = func(m Match, a aligned, l likeField) {
			fmt.Fprintf(w, "%s %s %.3f %.2f %d %d %.2f %.3f %.3f %d %.3f %.3f\n", id, m.ID, m.Score, a.weight, a.inliers, a.chances, a.support, l.whole, l.inside, l.count, a.pose.scale(), a.pose.skewness())
		}
	}
	every, _ := strconv.Atoi(os.Getenv("ASSAY_EVERY"))
	lines := bufio.NewScanner(in)
	for n := 0; lines.Scan(); n++ {
		if every > 1 && n%every != 0 {
			continue
		}
		var q struct{ ID, File string }
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		id = q.ID
		img := loadPicture(t, filepath.Join(kit, q.File))
		begin := processorTime()
		found := ix.Search(img)
		ms := float64((processorTime() - begin).Microseconds()) / 1000
		p := prediction{ID: q.ID, Decision: "pass", Matched: []string{}, Ms: ms}
		want := Photograph
		if task == "logo" {
			want = Mark
		}
		for _, m := range found {
			if m.Kind == want {
				p.Score, p.Matched = m.Score, []string{m.ID}
				break
			}
		}
		switch {
		case p.Score >= BlockScore:
			p.Decision = "block"
		case p.Score >= ReviewScore:
			p.Decision = "review"
		}
		b, _ := json.Marshal(p)
		out.Write(append(b, '\n'))
	}
}

// processorTime is what this process has used of all processors: on a busy machine it says more than a clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type prediction struct {
	ID       string   `json:"id"`
	Decision string   `json:"decision"`
	Score    float64  `json:"score"`
	Matched  []string `json:"matched"`
	Ms       float64  `json:"ms"`
}

func register(t *testing.T, ix *Index, glob string, kind Kind, wanted bool) {
	if !wanted {
		return
	}
	names, _ := filepath.Glob(glob)
	for _, f := range names {
		d, err := describeKept(t, f, kind)
		if err != nil {
			t.Logf("%s: %v", f, err)
			continue
		}
		id := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
		if err := ix.Add(id, d); err != nil {
			t.Fatal(err)
		}
	}
}

// describeKept describes a picture, or reads what was kept of it in ASSAY_CACHE.
func describeKept(t *testing.T, file string, kind Kind) (*Descriptors, error) {
	kept := os.Getenv("ASSAY_CACHE")
	if kept == "" {
		return Describe(loadPicture(t, file), kind)
	}
	kept = filepath.Join(kept, strings.ReplaceAll(file+"."+Version, "/", "_"))
	d := new(Descriptors)
	if b, err := os.ReadFile(kept); err == nil && d.UnmarshalBinary(b) == nil {
		return d, nil
	}
	d, err := Describe(loadPicture(t, file), kind)
	if err != nil {
		return nil, err
	}
	b, err := d.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return d, os.WriteFile(kept, b, 0o644)
}

// crowd fills an index up with n other assets, made of the pictures that match the pattern. As they are too few, and
// some may be other shots of a query's article, features are drawn from all of them and each bit of their codes is flipped
// by chance one time in ten: codes lie as close to each other as those of real pictures, but no two assets are copies.
func crowd(t *testing.T, ix *Index, glob string, kind Kind, n int) {
	if glob == "" {
		return
	}
	names, _ := filepath.Glob(glob)
	var seeds []*Descriptors
	for _, f := range names[:min(len(names), n)] {
		if d, err := describeKept(t, f, kind); err == nil {
			seeds = append(seeds, d)
		}
	}
	start := time.Now()
	rng := rand.New(rand.NewPCG(11, 12))
	done := ix.Gather()
	for i := range n {
		if err := ix.Add(fmt.Sprint("crowd", kind, i), mixed(rng, seeds[i%len(seeds)], seeds)); err != nil {
			t.Fatal(err)
		}
	}
	done()
	took := time.Since(start)
	seeds = nil
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d assets added in %v, %d MB in use", ix.Len(), took, m.HeapAlloc>>20)
}

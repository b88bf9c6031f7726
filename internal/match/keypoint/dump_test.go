package keypoint

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestDumpPairs writes the pairs that the verifier is trained on: for each picture of ASSAY_SCENES (a folder made by
// training/marks/scenes.py) the fitted candidates among the marks of ASSAY_MARKS, to the file ASSAY_PAIRS.
// ASSAY_FROM and ASSAY_TO bound the lines of scenes.jsonl; ASSAY_KEEP is how many candidates are kept.
func TestDumpPairs(t *testing.T) {
	scenes, marks, to := os.Getenv("ASSAY_SCENES"), os.Getenv("ASSAY_MARKS"), os.Getenv("ASSAY_PAIRS")
	if scenes == "" || marks == "" || to == "" {
		t.Skip("ASSAY_SCENES, ASSAY_MARKS and ASSAY_PAIRS are not set")
	}
	ix := NewIndex()
	register(t, ix, marks, Mark, true)
	in, err := os.Open(filepath.Join(scenes, "scenes.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	defer w.Flush()
	from, _ := strconv.Atoi(os.Getenv("ASSAY_FROM"))
	end, _ := strconv.Atoi(os.Getenv("ASSAY_TO"))
	kept := rounds
	defer func() { rounds = kept; probePair = nil }()
	if n, err := strconv.Atoi(os.Getenv("ASSAY_KEEP")); err == nil {
		rounds[len(rounds)-1].keep = n
	}
	lines := bufio.NewScanner(in)
	for n := 0; lines.Scan(); n++ {
		if n < from || end > 0 && n >= end {
			continue
		}
		var s drawn
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		s.number, _ = strconv.Atoi(strings.TrimSuffix(s.File, ".jpg"))
		probePair = func(m Match, f *fitted, l likeField) { s.write(w, m, f, l) }
		ix.Search(loadPicture(t, filepath.Join(scenes, s.File)))
	}
}

// drawn is a line of scenes.jsonl.
type drawn struct {
	File   string
	Mark   string
	Quad   [][2]float64
	number int
}

// astray is how far a match lies from the mark, in parts of the mark's size; huge when there is no such mark.
func (s *drawn) astray(m *Match) float64 {
	if len(s.Quad) != 4 || m.ID != s.Mark {
		return 1e6
	}
	area, sum := 0.0, 0.0
	for i, p := range s.Quad {
		q := s.Quad[(i+1)%4]
		area += (p[0]*q[1] - p[1]*q[0]) / 2
		sum += math.Hypot(p[0]-m.Outline[i].X, p[1]-m.Outline[i].Y) / 4
	}
	return sum / math.Sqrt(math.Abs(area))
}

// write appends a record: number of the picture, how far astray, the measures, the asset's name, the overlay.
func (s *drawn) write(w *bufio.Writer, m Match, f *fitted, l likeField) {
	p := f.fit.overlay(&f.pose, l.drop)
	b := binary.LittleEndian.AppendUint32(nil, uint32(s.number))
	for _, v := range []float64{s.astray(&m), m.Score, l.whole, float64(l.count), l.inside, f.density(), f.pose.skewness(), l.unlike} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	var name [64]byte
	copy(name[:], m.ID)
	b = append(b, name[:]...)
	b = append(b, byte(p.w), byte(p.h))
	for _, v := range p.pix {
		b = append(b, byte(v))
	}
	w.Write(b)
}

// TestDumpGround writes the signatures of places that the finder takes for marks in pictures of ASSAY_SCENES without any,
// to the file ASSAY_GROUND: what marks resemble by chance.
func TestDumpGround(t *testing.T) {
	scenes, to := os.Getenv("ASSAY_SCENES"), os.Getenv("ASSAY_GROUND")
	if scenes == "" || to == "" {
		t.Skip("ASSAY_SCENES and ASSAY_GROUND are not set")
	}
	const wanted, each = 256, 6
	in, err := os.Open(filepath.Join(scenes, "scenes.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out []byte
	for lines := bufio.NewScanner(in); lines.Scan() && len(out) < wanted*signatureBits/8; {
		var s drawn
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if s.Mark != "" {
			continue
		}
		q := newQuery(loadPicture(t, filepath.Join(scenes, s.File)), [Mark + 1]bool{Mark: true})
		var places []sight
		for _, b := range q.boxes() {
			places = append(places, sight{b.window(coderFill), b.turn})
		}
		for _, code := range q.sign(places[:min(len(places), each)]) {
			for _, w := range code {
				out = binary.LittleEndian.AppendUint64(out, w)
			}
		}
		q.release()
	}
	if err := os.WriteFile(to, out[:wanted*signatureBits/8], 0o644); err != nil {
		t.Fatal(err)
	}
}

package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/image/tiff"
)

// needTesseract is the real reader; without it the sentences in pictures are
// untested, so its absence fails the run.
func needTesseract(t *testing.T) *Tesseract {
	t.Helper()
	r := NewTesseract(TesseractOptions{})
	if have, reason := r.Available(); len(have) < len(Scripts) {
		t.Fatalf("tesseract with Korean, Chinese and English is needed (scripts/test-tools.sh installs tesseract-ocr tesseract-ocr-kor tesseract-ocr-chi-sim): %s", reason)
	}
	return r
}

// From pixels to the phrase, with the real program: drawn Latin, and pictures
// of Korean and Chinese kept in testdata.
func TestReadsForReal(t *testing.T) {
	r := needTesseract(t)
	if name := r.Name(); !strings.HasPrefix(name, "tesseract/") || name == "tesseract/none" {
		t.Errorf("named %q", name)
	}
	latin := canvas(640, 240, night)
	lettering(t, latin, "Authentic Norvik Guarantee", 26, 60, 130, paper)
	for _, c := range []struct {
		name, want string
		img        *image.NRGBA
	}{{"latin", "en1", turned(latin, 3)}, {"korean", "ko1", stored(t, "korean.png")}, {"chinese", "zh1", stored(t, "chinese.png")}} {
		t.Run(c.name, func(t *testing.T) {
			p := someSentences()
			page, err := by(r).Read(context.Background(), c.img, Scripts)
			if err == nil {
				page, err = by(r).Again(context.Background(), c.img, page, p.Doubtful)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range page.Readings {
				for _, h := range p.Match(x.Text, x.Confidence) {
					if h.ID != c.want {
						t.Errorf("%q is taken for %s", x.Text, h.ID)
					} else if !t.Failed() {
						return
					}
				}
			}
			t.Errorf("not found in %+v", page.Readings)
		})
	}
}

func stored(t *testing.T, name string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(p.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, p.At(x, y))
		}
	}
	return out
}

// impostor is a program in tesseract's place that answers the questions about
// itself and then does as the script says.
func impostor(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the impostors are shell scripts")
	}
	name := filepath.Join(t.TempDir(), "tesseract")
	text := "#!/bin/sh\ncase \"$1\" in --version) echo 'tesseract 9.9'; exit;; --list-langs) printf 'kor\\neng\\n'; exit;; esac\n" + script + "\n"
	// A test beside this one that starts a process just now would hand it the open file, which then could not be run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

const head = `level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n`

func row(page int, confidence, word string) string {
	return fmt.Sprintf(`5\t%d\t1\t1\t1\t1\t0\t0\t9\t9\t%s\t%s\n`, page, confidence, word)
}

func TestProcessGuard(t *testing.T) {
	lines := []*image.Gray{image.NewGray(image.Rect(0, 0, 40, 20)), image.NewGray(image.Rect(0, 0, 30, 20))}
	for name, c := range map[string]struct{ script, want string }{
		"crash":       {`cat >/dev/null; echo "no memory left" >&2; exit 3`, "no memory left"},
		"signal":      {`kill -SEGV $$`, "failed"},
		"not a table": {`cat >/dev/null; echo hello`, "no table"},
		"nothing":     {`cat >/dev/null`, "no table"},
		"page 7 of 2": {`cat >/dev/null; printf '` + head + row(7, "90", "x") + `'`, "bad row"},
		"page -1":     {`cat >/dev/null; printf '` + head + row(-1, "90", "x") + `'`, "bad row"},
		"confidence":  {`cat >/dev/null; printf '` + head + row(1, "very", "x") + `'`, "bad row"},
		"endless":     {`cat >/dev/null; yes abcdefghij | head -c 5000000`, "more than"},
		"deaf":        {`printf '` + head + `'; exec sleep 60`, "was stopped"},
		"child":       {`sleep 60 & sleep 60`, "was stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewTesseract(TesseractOptions{Program: impostor(t, c.script), Timeout: 700 * time.Millisecond})
			if _, err := r.Read(context.Background(), lines, Hangul); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestProcessAnswer(t *testing.T) {
	script := `cat >/dev/null; printf '` + head + row(2, "90", "한빛솔") + row(2, "60", "공식") + row(1, "-1", " ") + row(2, "150", "海") + row(2, "-5", "韵") + `'`
	r := NewTesseract(TesseractOptions{Program: impostor(t, script)})
	lines := []*image.Gray{image.NewGray(image.Rect(0, 0, 40, 20)), image.NewGray(image.Rect(0, 0, 31, 21))}
	got, err := r.Read(context.Background(), lines, Hangul)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Line != 1 || got[0].Text != "한빛솔 공식 海韵" || got[0].Confidence < 0.70 || got[0].Confidence > 0.71 {
		t.Errorf("%+v", got)
	}
	if r.Name() != "tesseract/9.9" {
		t.Errorf("named %q", r.Name())
	}
	have, reason := r.Available()
	if len(have) != 2 || !strings.Contains(reason, "tesseract-ocr-chi-sim") {
		t.Errorf("%v, %q", have, reason)
	}
	if _, err := r.Read(context.Background(), lines, Han); err == nil || !strings.Contains(err.Error(), "tesseract-ocr-chi-sim") {
		t.Errorf("a script that is not there: %v", err)
	}
	if got, err := r.Read(context.Background(), nil, Hangul); err != nil || len(got) != 0 {
		t.Errorf("no lines: %v, %v", got, err)
	}
	if _, err := r.Read(context.Background(), make([]*image.Gray, maxLines+1), Hangul); err == nil {
		t.Error("too many lines were taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Read(ctx, lines, Hangul); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The program gets no secret of ours.
func TestProcessEnvironment(t *testing.T) {
	t.Setenv("ASSAY_SECRET", "s3cret")
	script := `cat >/dev/null; printf '` + head + `'; printf '5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\t%s\n' "secret=$ASSAY_SECRET;threads=$OMP_THREAD_LIMIT"`
	r := NewTesseract(TesseractOptions{Program: impostor(t, script)})
	got, err := r.Read(context.Background(), []*image.Gray{image.NewGray(image.Rect(0, 0, 40, 20))}, Hangul)
	if err != nil || len(got) != 1 || got[0].Text != "secret=;threads=1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestProgramMissing(t *testing.T) {
	r := NewTesseract(TesseractOptions{Program: filepath.Join(t.TempDir(), "tesseract")})
	have, reason := r.Available()
	if len(have) != 0 || !strings.Contains(reason, "apt-get install tesseract-ocr") {
		t.Errorf("%v, %q", have, reason)
	}
	if r.Name() != "tesseract/none" {
		t.Errorf("named %q", r.Name())
	}
	r = NewTesseract(TesseractOptions{Program: "no-such-reader-of-text"})
	if _, reason := r.Available(); !strings.Contains(reason, "not installed") {
		t.Errorf("%q", reason)
	}
	if _, err := exec.LookPath("sh"); err == nil {
		r = NewTesseract(TesseractOptions{Program: impostor(t, "")})
		if _, reason := r.Available(); !strings.Contains(reason, "chi-sim") {
			t.Errorf("%q", reason)
		}
	}
}

// A foreign decoder reads the pages as they are.
func TestPages(t *testing.T) {
	a, b := image.NewGray(image.Rect(0, 0, 5, 3)), image.NewGray(image.Rect(0, 0, 4, 2))
	for i := range a.Pix {
		a.Pix[i] = uint8(i * 17)
	}
	data := pages([]*image.Gray{a, b})
	got, err := tiff.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := got.(*image.Gray); !ok || !bytes.Equal(g.Pix, a.Pix) {
		t.Errorf("the first page is %+v", got)
	}
	// The second page's directory is linked from the first.
	second := bytes.LastIndex(data, []byte{9, 0, 0, 1, 4, 0, 1, 0, 0, 0, 4, 0, 0, 0})
	if second < 0 || !bytes.Contains(data[:second], []byte{byte(second), byte(second >> 8), 0, 0}) {
		t.Error("the second page is not linked")
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte("level\tpage_num\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t91.5\tword\n"), 3)
	f.Add([]byte("level\t"), 1)
	f.Fuzz(func(t *testing.T, table []byte, lines int) {
		lines = min(max(lines, 1), maxLines)
		texts, err := parseTSV(table, lines)
		if err != nil {
			return
		}
		for _, x := range texts {
			if x.Line < 0 || x.Line >= lines || x.Text == "" || !(x.Confidence >= 0 && x.Confidence <= 1) {
				t.Fatalf("%+v", x)
			}
		}
	})
}

package ocr

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Tesseract reads with the program of that name, one process for the lines of
// a picture and one language at a time: two languages in one process read
// Korean much worse. The process gets the lines through a pipe, one thread, a
// deadline and a bounded answer, and is killed with its children.
type Tesseract struct {
	options TesseractOptions
	slots   chan struct{}
	once    sync.Once
	version string
	langs   map[Script]string
	reason  string
}

// TesseractOptions say which program is run and what it may cost; zero fields
// mean the defaults.
type TesseractOptions struct {
	Program   string        // default "tesseract", looked for in PATH
	Timeout   time.Duration // for one picture and language, default 20 s
	Processes int           // at a time, default half the cores, at least 1
}

// NewTesseract is a reader; whether its program is there is found out when it
// is first asked.
func NewTesseract(o TesseractOptions) *Tesseract {
	o.Program = cmp.Or(o.Program, "tesseract")
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	if o.Processes <= 0 {
		o.Processes = max(1, runtime.GOMAXPROCS(0)/2)
	}
	return &Tesseract{options: o, slots: make(chan struct{}, o.Processes)}
}

// trained names tesseract's data for a script, and the Debian package it
// comes with.
var trained = map[Script][2]string{
	Hangul: {"kor", "tesseract-ocr-kor"}, Han: {"chi_sim", "tesseract-ocr-chi-sim"}, Latin: {"eng", "tesseract-ocr-eng"},
}

// Bounds on one answer.
const (
	maxAnswer   = 1 << 20 // bytes
	maxComplain = 4 << 10 // bytes of its messages that are kept
	maxLines    = 64      // lines in one call
)

// Name is "tesseract/" with the program's version.
func (t *Tesseract) Name() string {
	t.once.Do(t.look)
	return "tesseract/" + cmp.Or(t.version, "none")
}

// Available lists the scripts whose data is installed.
func (t *Tesseract) Available() ([]Script, string) {
	t.once.Do(t.look)
	var out []Script
	for _, s := range Scripts {
		if t.langs[s] != "" {
			out = append(out, s)
		}
	}
	return out, t.reason
}

// look asks the program for its version and languages.
func (t *Tesseract) look() {
	ctx, cancel := context.WithTimeout(context.Background(), t.options.Timeout)
	defer cancel()
	t.langs = map[Script]string{}
	about, err := t.run(ctx, nil, "--version")
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		t.reason = "the program " + t.options.Program + " is not installed (Debian: apt-get install tesseract-ocr tesseract-ocr-kor tesseract-ocr-chi-sim)"
		return
	}
	if err != nil {
		t.reason = err.Error()
		return
	}
	if words := strings.Fields(string(about)); len(words) > 1 {
		t.version = words[1]
	}
	list, err := t.run(ctx, nil, "--list-langs")
	if err != nil {
		t.reason = err.Error()
		return
	}
	have := strings.Fields(string(list))
	var missing []string
	for _, s := range Scripts {
		if name := trained[s]; slices.Contains(have, name[0]) {
			t.langs[s] = name[0]
		} else {
			missing = append(missing, name[1])
		}
	}
	if len(missing) > 0 {
		t.reason = "for more scripts install " + strings.Join(missing, " ")
	}
}

// Read reads the lines in one script. A process that crashes, takes too long
// or answers nonsense is an error.
func (t *Tesseract) Read(ctx context.Context, lines []*image.Gray, s Script) ([]Text, error) {
	t.once.Do(t.look)
	lang := t.langs[s]
	switch {
	case lang == "":
		return nil, fmt.Errorf("read %s: %s", s, t.reason)
	case len(lines) == 0:
		return nil, nil
	case len(lines) > maxLines:
		return nil, fmt.Errorf("read %s: %d lines in one call, at most %d are read", s, len(lines), maxLines)
	}
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, t.options.Timeout)
	defer cancel()
	// --psm 7: each page is one line. --dpi stops it from guessing a size.
	out, err := t.run(ctx, pages(lines), "stdin", "stdout", "--psm", "7", "--dpi", "150", "-l", lang, "tsv")
	if err != nil {
		return nil, fmt.Errorf("read %d lines of %s: %w", len(lines), s, err)
	}
	texts, err := parseTSV(out, len(lines))
	if err != nil {
		return nil, fmt.Errorf("read %d lines of %s: %w", len(lines), s, err)
	}
	return texts, nil
}

// run starts the program and returns what it wrote.
func (t *Tesseract) run(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, t.options.Program, args...)
	cmd.Env = environment()
	cmd.Stdin = bytes.NewReader(input)
	out, said := &bounded{most: maxAnswer}, &bounded{most: maxComplain}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = time.Second
	alone(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s was stopped: %w", t.options.Program, ctx.Err())
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s failed: %w: %s", t.options.Program, err, strings.TrimSpace(strings.ToValidUTF8(string(said.kept), "")))
	case out.over:
		return nil, fmt.Errorf("%s wrote more than %d bytes", t.options.Program, maxAnswer)
	}
	return out.kept, nil
}

// environment is what the program needs and nothing else of ours: no keys, no
// passwords, one thread.
func environment() []string {
	env := []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// bounded keeps the first most bytes written to it and swallows the rest.
type bounded struct {
	kept []byte
	most int
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - len(b.kept)
	b.over = b.over || len(p) > room
	b.kept = append(b.kept, p[:min(len(p), room)]...)
	return len(p), nil
}

// parseTSV takes the words out of tesseract's table: page, confidence and text
// are columns 2, 11 and 12 of rows whose level is 5.
func parseTSV(table []byte, lines int) ([]Text, error) {
	if !bytes.HasPrefix(table, []byte("level\t")) {
		return nil, fmt.Errorf("the answer is no table: %.40q", table)
	}
	texts := make([]Text, lines)
	runes := make([]int, lines)
	for row := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(f) != 12 || f[0] != "5" {
			continue
		}
		page, err := strconv.Atoi(f[1])
		confidence, err2 := strconv.ParseFloat(f[10], 64)
		word := strings.TrimSpace(f[11])
		if err != nil || err2 != nil || page < 1 || page > lines || !utf8.ValidString(word) {
			return nil, fmt.Errorf("the answer has a bad row: %.80q", row)
		}
		if word == "" {
			continue
		}
		n := utf8.RuneCountInString(word)
		t := &texts[page-1]
		t.Text = glue(t.Text, word)
		t.Confidence += float64(n) * min(max(confidence/100, 0), 1)
		runes[page-1] += n
	}
	var out []Text
	for i, t := range texts {
		if runes[i] > 0 {
			t.Line = i
			t.Confidence /= float64(runes[i])
			out = append(out, t)
		}
	}
	return out, nil
}

// glue joins words; Chinese is written without gaps.
func glue(text, word string) string {
	last, _ := utf8.DecodeLastRuneInString(text)
	first, _ := utf8.DecodeRuneInString(word)
	if text == "" || unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, first) {
		return text + word
	}
	return text + " " + word
}

package report_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/internal/match/picture"
	"assay/internal/message"
	"assay/internal/report"
	"assay/internal/screening"
	"assay/internal/verdict/policy"
)

// drawing is a picture of bright patches that no other seed draws.
func drawing(seed uint64, w, h int) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for range 90 {
		x, y, side := rng.IntN(w), rng.IntN(h), 6+rng.IntN(w/5)
		c := color.NRGBA{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), 255}
		for v := y; v < min(h, y+side); v++ {
			for u := x; u < min(w, x+side); u++ {
				img.SetNRGBA(u, v, c)
			}
		}
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img
}

func crop(img *image.NRGBA, r image.Rectangle) *image.NRGBA {
	return picture.Resize(&image.NRGBA{Pix: img.Pix[img.PixOffset(r.Min.X, r.Min.Y):], Stride: img.Stride, Rect: image.Rect(0, 0, r.Dx(), r.Dy())}, r.Dx(), r.Dy())
}

// drawnKit writes a kit: three protected photographs, a copy of one, a part of
// another, an unlike picture that is labelled as the third, and a stranger.
func drawnKit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	jpeg := func(img *image.NRGBA) []byte {
		var b bytes.Buffer
		if err := picture.EncodeJPEG(&b, img, 85); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var input, labels strings.Builder
	ask := func(id, match, edit string, img *image.NRGBA) {
		write("q/"+id+".jpg", jpeg(img))
		fmt.Fprintf(&input, `{"id":%q,"file":"q/%s.jpg"}`+"\n", id, id)
		fmt.Fprintf(&labels, `{"id":%q,"match":[%s],"attack":%q}`+"\n", id, match, edit)
	}
	for i := range 3 {
		write(fmt.Sprintf("images/protected/p%d.jpg", i), jpeg(drawing(uint64(i), 320, 240)))
	}
	ask("q-copy", `"p0"`, "none", drawing(0, 320, 240))
	ask("q-part", `"p1"`, "<b>crop</b>", crop(drawing(1, 320, 240), image.Rect(40, 20, 290, 220)))
	ask("q-lost", `"p2"`, "mosaic", drawing(77, 320, 240))
	ask("q-none", ``, "neg_plain", drawing(78, 320, 240))
	write("images/photo_queries_input.jsonl", []byte(input.String()))
	write("images/photo_queries.jsonl", []byte(labels.String()))
	return dir
}

func TestSpecimensPage(t *testing.T) {
	kit, err := screening.OpenKit(drawnKit(t))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := screening.NewEngine(policy.Default(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	engine.Library.KeepRows()
	e := &screening.Evaluation{Kit: kit, Engine: engine, Workers: 2}
	if _, err := e.Learn(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var answers bytes.Buffer
	if err := e.Run(t.Context(), screening.Tasks[0], &answers, nil); err != nil {
		t.Fatal(err)
	}
	chosen, err := e.Specimens(t.Context(), screening.Tasks[0], &answers, 20)
	if err != nil {
		t.Fatal(err)
	}
	if chosen.Questions != 4 || chosen.Positives != 3 || chosen.All[screening.Hit] != 2 || chosen.All[screening.Missed] != 1 {
		t.Fatalf("%+v of %+v", chosen.All, chosen)
	}
	for _, l := range message.Languages() {
		var b bytes.Buffer
		if err := report.WriteSpecimens(t.Context(), &b, message.For(l.Code), engine.Library, chosen, e.Picture()); err != nil {
			t.Fatal(err)
		}
		checkSpecimens(t, l.Code, b.String())
	}
	if missing := message.Missing(); len(missing) > 0 {
		t.Errorf("no text for %v", missing)
	}
}

func checkSpecimens(t *testing.T, lang, page string) {
	t.Helper()
	for _, want := range []string{`<html lang="` + lang + `">`, "q-copy", "q-part", "q-lost", "&lt;b&gt;crop&lt;/b&gt;", "<polygon", "keypoint/"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s: the page lacks %s", lang, want)
		}
	}
	for _, bad := range []string{"<script", `src="http`, "<b>", "ZgotmplZ", "specimens.", "report.", `alt=""`} {
		if strings.Contains(page, bad) {
			t.Errorf("%s: the page holds %s", lang, bad)
		}
	}
	// Hits show the picture, the asset and both crops; what was not seen, two.
	counts := map[string]int{}
	for _, article := range regexp.MustCompile(`(?s)<article.*?</article>`).FindAllString(page, -1) {
		id := regexp.MustCompile(`<code>(q-\w+)</code>`).FindStringSubmatch(article)[1]
		counts[id] = strings.Count(article, "<img ")
		if told := strings.Contains(article, message.For(lang).T("signal.outline.part")); told != (id == "q-part") {
			t.Errorf("%s: %s tells of a part: %v", lang, id, told)
		}
	}
	if counts["q-copy"] != 4 || counts["q-part"] != 4 || counts["q-lost"] != 2 {
		t.Errorf("%s: pictures shown %v", lang, counts)
	}
}

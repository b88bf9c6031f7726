package signal

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"assay/internal/fault"
	"assay/internal/match/ocr"
	"assay/internal/registry"
)

// scribe says one thing of every line, in one script.
type scribe struct {
	script ocr.Script
	text   string
	err    error
	calls  atomic.Int32
}

func (*scribe) Name() string                      { return "scribe/1" }
func (*scribe) Available() ([]ocr.Script, string) { return ocr.Scripts, "" }
func (s *scribe) Read(_ context.Context, lines []*image.Gray, script ocr.Script) ([]ocr.Text, error) {
	s.calls.Add(1)
	if script != s.script {
		return nil, s.err
	}
	var out []ocr.Text
	for i := range lines {
		out = append(out, ocr.Text{Line: i, Text: s.text, Confidence: 0.9})
	}
	return out, s.err
}

func signboard(t *testing.T, hash, text string) *LoadedPicture {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, 600, 200))
	draw.Draw(p, p.Rect, image.White, image.Point{}, draw.Src)
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 28, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	d := font.Drawer{Dst: p, Src: image.NewUniform(color.Black), Face: face, Dot: fixed.P(60, 110)}
	d.DrawString(text)
	return &LoadedPicture{Hash: hash, Frames: []*image.NRGBA{p}}
}

var norvik = Known{Brand: registry.Brand{ID: "b1", Name: "Norvik"},
	Asset: registry.Asset{ID: "a1", BrandID: "b1", RightID: "r1", Kind: registry.AssetPhrase, Text: "Genuine Norvik Parts", Language: "en"}}

func TestLinesStatePhrases(t *testing.T) {
	r := &scribe{script: ocr.Latin, text: "| Genuine Norvik Parts"}
	d := NewLines(ocr.Eyes{Second: r}, nil)
	if err := d.Learn(context.Background(), norvik); err != nil {
		t.Fatal(err)
	}
	p := signboard(t, "sha256:1", "Genuine Norvik Parts")
	found, err := d.Look(context.Background(), p)
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	f := found[0]
	if f.Kind != TextPhrase || f.AssetID != "a1" || f.BrandID != "b1" || f.RightID != "r1" || f.Score < 0.94 || f.Detector != "lines/2+scribe/1" {
		t.Errorf("%+v", f)
	}
	if s := f.Spans[0]; s.Text != "Genuine Norvik Parts" || r.text[s.Start:s.End] != s.Text || s.Matched != norvik.Asset.Text {
		t.Errorf("%+v", s)
	}
	if len(f.Sighting.Outline) != 4 {
		t.Fatalf("%+v", f.Sighting)
	}
	for i, q := range f.Sighting.Outline { // the text lies at 60..370, 85..120 of 600 x 200
		if q.X < 0.08 || q.X > 0.65 || q.Y < 0.4 || q.Y > 0.62 {
			t.Errorf("corner %d at %+v", i, q)
		}
	}
	if found[1].Kind != PictureText || found[1].Spans[0].Text != r.text {
		t.Errorf("%+v", found[1])
	}
}

// A picture is read once, whatever the registry learns later; another one anew.
func TestLinesReadOnce(t *testing.T) {
	r := &scribe{script: ocr.Latin, text: "Genuine Norvik Parts"}
	d := NewLines(ocr.Eyes{Second: r}, nil)
	if found, err := d.Look(context.Background(), signboard(t, "sha256:1", "Genuine")); err != nil || len(found) != 0 || r.calls.Load() != 0 {
		t.Fatalf("nothing is registered, yet the picture was read: %+v, %v", found, err)
	}
	other := norvik
	other.Asset.ID, other.Asset.Text = "a2", "Overnight to your door"
	for _, k := range []Known{other, norvik} {
		if err := d.Learn(context.Background(), k); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Look(context.Background(), signboard(t, "sha256:1", "Genuine Norvik Parts")); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.calls.Load(); n != 1 {
		t.Errorf("read %d times", n)
	}
	d.Forget("a1")
	found, err := d.Look(context.Background(), signboard(t, "sha256:1", "Genuine Norvik Parts"))
	if err != nil || len(found) != 1 || found[0].Kind != PictureText {
		t.Errorf("forgotten, yet %+v, %v", found, err)
	}
	if _, err := d.Look(context.Background(), signboard(t, "sha256:2", "Genuine Norvik Parts")); err != nil || r.calls.Load() != 2 {
		t.Errorf("%d calls, %v", r.calls.Load(), err)
	}
	d.Forget("a2")
	if _, err := d.Look(context.Background(), signboard(t, "sha256:3", "Genuine Norvik Parts")); err != nil || r.calls.Load() != 2 {
		t.Errorf("nothing is left to look for: %d calls, %v", r.calls.Load(), err)
	}
}

func TestLinesScripts(t *testing.T) {
	r := &scribe{script: ocr.Hangul, text: "-"}
	d := NewLines(ocr.Eyes{Second: r}, nil)
	learn := func(k Known) {
		if err := d.Learn(context.Background(), k); err != nil {
			t.Fatal(err)
		}
	}
	learn(Known{Asset: registry.Asset{ID: "p", Kind: registry.AssetPhotograph}})
	if got := d.scripts(); len(got) != 0 {
		t.Errorf("a photograph wants %v", got)
	}
	learn(Known{Asset: registry.Asset{ID: "n", BrandID: "b2", Kind: registry.AssetName, Text: "한빛솔 Co"}})
	if got := d.scripts(); len(got) != 0 {
		t.Errorf("a name wants %v", got)
	}
	learn(Known{Asset: registry.Asset{ID: "p1", BrandID: "b2", Kind: registry.AssetPhrase, Text: "海韵堂官方直营"}})
	learn(Known{Asset: registry.Asset{ID: "p2", BrandID: "b2", Kind: registry.AssetPhrase, Text: "한빛솔이 직접 수입했어요"}})
	if got := d.scripts(); len(got) != 2 || got[0] != ocr.Hangul || got[1] != ocr.Han {
		t.Errorf("%v", got)
	}
}

func TestLinesReaderFails(t *testing.T) {
	broken := errors.New("broken")
	d := NewLines(ocr.Eyes{Second: &scribe{script: ocr.Latin, err: broken}}, nil)
	if err := d.Learn(context.Background(), norvik); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Look(context.Background(), signboard(t, "sha256:1", "Genuine Norvik Parts")); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestReadFields(t *testing.T) {
	line := func(picture int, text string, x float64) Signal {
		return Signal{Kind: PictureText, Spans: PlaceSpans([]Span{{Field: "picture", Text: text}}, picture),
			Sighting: &Sighting{Picture: picture, Outline: []Point{{X: x}}}}
	}
	read := []Signal{line(0, "Buy 2", 0.1), line(0, "한빛솔", 0.2), line(3, "get 1", 0.3)}
	fields := ReadFields(read)
	if len(fields) != 2 || fields[0].Name != "picture:0" || fields[0].Text != "Buy 2\n한빛솔\n" || fields[1].Name != "picture:3" {
		t.Fatalf("%+v", fields)
	}
	for _, c := range []struct {
		field, of string
		x         float64
	}{{"picture:0", "Buy", 0.1}, {"picture:0", "빛", 0.2}, {"picture:3", "1", 0.3}} {
		for _, f := range fields {
			if f.Name == c.field {
				if s := WhereRead(read, c.field, strings.Index(f.Text, c.of)); s == nil || s.Outline[0].X != c.x {
					t.Errorf("%q lies at %+v", c.of, s)
				}
			}
		}
	}
	if WhereRead(read, "title", 0) != nil || WhereRead(read, "picture:0", 500) != nil || WhereRead(read, "picture:9", 0) != nil {
		t.Error("found what was not read")
	}
}

// drawer keeps pages in memory.
type drawer map[string][]byte

func (d drawer) Reading(_ context.Context, picture, reader string) ([]byte, error) {
	if data, ok := d[picture+reader]; ok {
		return data, nil
	}
	return nil, fault.New(fault.NotFound, "nothing was read")
}

func (d drawer) PutReading(_ context.Context, picture, reader string, data []byte) error {
	d[picture+reader] = data
	return nil
}

// What was read outlives the process, unless nothing may be stored or the
// store is damaged.
func TestLinesAreKept(t *testing.T) {
	r, kept := &scribe{script: ocr.Latin, text: "Genuine Norvik Parts"}, drawer{}
	look := func(ctx context.Context) {
		t.Helper()
		d := NewLines(ocr.Eyes{Second: r}, kept)
		if err := d.Learn(ctx, norvik); err != nil {
			t.Fatal(err)
		}
		found, err := d.Look(ctx, signboard(t, "sha256:1", "Genuine Norvik Parts"))
		if err != nil || len(found) != 2 || found[0].AssetID != "a1" {
			t.Fatalf("%+v, %v", found, err)
		}
	}
	look(Unkept(context.Background()))
	if len(kept) != 0 {
		t.Fatal("kept against the word")
	}
	for range 3 {
		look(context.Background())
	}
	if len(kept) != 1 || r.calls.Load() != 2 {
		t.Errorf("%d pages are kept, read %d times", len(kept), r.calls.Load())
	}
	for key, data := range kept {
		kept[key] = data[:len(data)/2]
	}
	look(context.Background())
	look(context.Background())
	if r.calls.Load() != 3 {
		t.Errorf("read %d times", r.calls.Load())
	}
}

// The built-in network reads without anything installed; the same sentence of
// another brand is not the phrase.
func TestLinesWithTheNetwork(t *testing.T) {
	n, err := ocr.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	d := NewLines(ocr.Eyes{Network: n}, nil)
	if err := d.Learn(context.Background(), norvik); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Kind{"Genuine Norvik Parts": TextPhrase, "Genuine Foxglen Parts": PictureText} {
		found, err := d.Look(context.Background(), signboard(t, "", text))
		if err != nil || len(found) == 0 || found[0].Kind != want {
			t.Errorf("%q: %+v, %v", text, found, err)
		}
		if last := found[len(found)-1]; last.Kind != PictureText || !strings.HasSuffix(last.Spans[0].Text, "Parts") {
			t.Errorf("%q was read as %+v", text, last.Spans)
		}
	}
}

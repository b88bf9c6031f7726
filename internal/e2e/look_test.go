package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/access"
)

// TestLook takes the pictures of the documentation from a running demo. It is
// no test; it runs when ASSAY_LOOK says where the demo is.
func TestLook(t *testing.T) {
	base, into := os.Getenv("ASSAY_LOOK"), os.Getenv("ASSAY_LOOK_INTO")
	if base == "" || into == "" {
		t.Skip("ASSAY_LOOK and ASSAY_LOOK_INTO are not set")
	}
	for _, l := range []struct {
		name string
		role access.Role
		path string
		lang string
		dark bool
		w, h int64
		keys []string
	}{
		{"queue", access.Reviewer, "/queue", "en", false, 1280, 800, []string{"j"}},
		{"case", access.Reviewer, "/queue?text=스니커즈", "en", false, 1180, 740, []string{"j", kb.Enter}},
		{"case-dark-ko", access.Reviewer, "/queue?text=미러급", "ko", true, 1280, 800, []string{"j", kb.Enter}},
		{"seller-phone", access.Seller, "/", "ko", false, 390, 800, nil},
	} {
		b := newTab(t, base)
		b.size(l.w, l.h, l.w < 500)
		b.dark(l.dark)
		b.open("/sign-in?lang=" + l.lang)
		b.do("sign in", chromedp.Click(`form:has(input[value^="`+string(l.role)+`@"]) button`, chromedp.ByQuery))
		b.wait("signed in", `document.querySelector(".frame") !== null`)
		b.open(l.path)
		b.keys(l.keys...)
		b.wait("it stands", `document.querySelector(`+quote(map[bool]string{true: "[data-case]", false: "main"}[len(l.keys) == 2])+`) !== null && [...document.images].every((i) => i.complete || i.loading === "lazy")`)
		b.do("let pictures be drawn", chromedp.Evaluate(`Promise.all([...document.images].filter((i) => i.complete).map((i) => i.decode().catch(() => 0))).then(() => true)`, nil, awaited))
		if err := os.WriteFile(filepath.Join(into, l.name+".png"), small(t, b.shot()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// small packs a picture tighter: six bits a channel are enough for a page.
func small(t *testing.T, data []byte) []byte {
	t.Helper()
	shot, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r := shot.Bounds()
	out := image.NewNRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.NRGBAModel.Convert(shot.At(x, y)).(color.NRGBA)
			round := func(v uint8) uint8 { return uint8(min(255, (int(v)+2)/4*4)) }
			out.SetNRGBA(x, y, color.NRGBA{round(c.R), round(c.G), round(c.B), 255})
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

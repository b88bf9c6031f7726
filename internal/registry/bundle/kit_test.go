package bundle

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	stdpng "image/png"
	"os"
	"path/filepath"
	"testing"
)

// png is a small picture; different seeds give different bytes.
func png(seed int) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x * y * seed), uint8(x*3 + seed*7), uint8(y * 5), 255})
		}
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, content map[string][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bundle.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for file, data := range content {
		w, err := z.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

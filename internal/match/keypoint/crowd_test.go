package keypoint

import (
	"image"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

func loadPicture(t testing.TB, path string) *image.NRGBA {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(path, err)
	}
	img := image.NewNRGBA(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(img, img.Bounds(), src, src.Bounds().Min, draw.Src)
	return img
}

// mixed is a copy of an asset whose codes are those of other ones, a little changed. Features of photographs come from
// anywhere, those of a mark keep the mark.
func mixed(rng *rand.Rand, of *Descriptors, seeds []*Descriptors) *Descriptors {
	d := *of
	d.features = slices.Clone(d.features)
	d.thumb.pix = slices.Clone(d.thumb.pix)
	d.template.mask = slices.Clone(d.template.mask)
	d.template.on = slices.Clone(d.template.on)
	for j := range d.template.on {
		on := &d.template.on[j]
		on.edges = slices.Clone(on.edges)
		for range 120 { // as far as some other mark's
			i := rng.IntN(signatureBits)
			on.code[i/64] ^= 1 << (i % 64)
		}
	}
	for j := range d.features {
		f := &d.features[j]
		if d.kind == Photograph {
			from := seeds[rng.IntN(len(seeds))].features
			f.code = from[rng.IntN(len(from))].code
		}
		for k := range f.code {
			for range 6 {
				f.code[k] ^= 1 << rng.IntN(64)
			}
		}
	}
	return &d
}

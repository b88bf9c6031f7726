package signal

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"assay/internal/registry"
)

// scenery is a picture with detail everywhere, the same for the same seed.
func scenery(seed uint64, w, h int) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 3))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.NRGBA{120, 130, 140, 255}), image.Point{}, draw.Src)
	for range 260 {
		c := color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		cx, cy, r := rng.IntN(w), rng.IntN(h), 4+rng.IntN(26)
		for y := max(0, cy-r); y < min(h, cy+r); y++ {
			for x := max(0, cx-r); x < min(w, cx+r); x++ {
				if math.Hypot(float64(x-cx), float64(y-cy)*1.4) < float64(r) {
					img.SetNRGBA(x, y, c)
				}
			}
		}
	}
	return img
}

func learned(t *testing.T, img image.Image) *Parts {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	d := NewParts()
	k := Known{Asset: registry.Asset{ID: "photo", Kind: registry.AssetPhotograph}, Picture: func(context.Context) ([]byte, error) { return b.Bytes(), nil }}
	if err := d.Learn(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	return d
}

// A piece of a photograph is told as a piece, in fractions of both pictures; a
// turned whole one is not, and turns are told in degrees.
func TestPieceOfAPhotograph(t *testing.T) {
	asset := scenery(1, 500, 400)
	d := learned(t, asset)
	seller := scenery(2, 600, 600)
	draw.Draw(seller, image.Rect(250, 300, 500, 540), asset, image.Pt(0, 0), draw.Src) // 250 x 240 from the upper left
	found, err := d.Look(t.Context(), &LoadedPicture{Frames: []*image.NRGBA{seller}})
	if err != nil || len(found) != 1 || found[0].Sighting.Part == nil {
		t.Fatalf("%+v %v", found, err)
	}
	p := found[0].Sighting.Part
	if math.Abs(p.Share-0.3) > 0.1 || p.Correlation < 0.9 || len(p.Outline) != len(p.AssetOutline) {
		t.Errorf("%+v", p)
	}
	for i, own := range p.AssetOutline {
		if own.X < -.01 || own.X > .57 || own.Y < -.01 || own.Y > .67 {
			t.Errorf("point %d of the protected picture: %v", i, own)
		}
		if at := p.Outline[i]; math.Abs(at.X-(250+500*own.X)/600) > .015 || math.Abs(at.Y-(300+400*own.Y)/600) > .015 {
			t.Errorf("point %d lies at %v", i, at)
		}
	}
	turned := image.NewNRGBA(image.Rect(0, 0, 400, 500))
	for y := range 400 {
		for x := range 500 {
			turned.Set(399-y, x, asset.At(x, y))
		}
	}
	found, err = d.Look(t.Context(), &LoadedPicture{Frames: []*image.NRGBA{turned}})
	if err != nil || len(found) != 1 || found[0].Sighting.Part != nil || math.Abs(found[0].Sighting.Rotation-90) > 2 {
		t.Errorf("turned: %+v %v", found, err)
	}
}

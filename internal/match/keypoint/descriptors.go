package keypoint

import (
	"fmt"
	"image"
	"math"
	"slices"
)

// Limits of one asset.
const (
	assetSide      = 512  // longer side at which photographs are described
	assetFeatures  = 224  // features kept of a photograph
	leastFeatures  = 8    // fewer cannot be told from chance
	thumbArea      = 4096 // pixels of the copy that is compared in the end
	coordinateUnit = 65535
)

// Descriptors is what is remembered of one asset: its features and a small copy for the comparison of pixels.
// It is immutable and may be shared.
type Descriptors struct {
	kind     Kind
	w, h     int // the asset picture in pixels
	features []stored
	thumb    plane    // of a photograph
	template template // of a mark
}

// stored is a feature in 40 bytes.
type stored struct {
	code  code
	x, y  uint16 // in 1/65535 of the longer side
	size  uint8  // 16 steps an octave
	angle uint8  // 256 steps a turn
}

// Kind says how the asset is looked for.
func (d *Descriptors) Kind() Kind { return d.kind }

// Describe computes the descriptors of an asset. It fails with ErrKind, or with ErrSmall or ErrPlain when the
// picture holds too little to be told from others.
func Describe(img *image.NRGBA, kind Kind) (*Descriptors, error) {
	if kind != Photograph && kind != Mark {
		return nil, fmt.Errorf("%w: %d", ErrKind, kind)
	}
	b := img.Bounds()
	least := smallestSide
	if kind == Mark {
		least = smallestMark
	}
	if min(b.Dx(), b.Dy()) < least || max(b.Dx(), b.Dy()) < smallestSide {
		return nil, fmt.Errorf("%w: %dx%d pixels, at least %dx%d are needed", ErrSmall, b.Dx(), b.Dy(), smallestSide, least)
	}
	d := &Descriptors{kind: kind, w: b.Dx(), h: b.Dy()}
	if kind == Mark {
		c := cutMark(img)
		if c.blank() {
			return nil, fmt.Errorf("%w: nothing stands out from the background", ErrPlain)
		}
		d.describeMark(&c)
		d.template = c.template()
	} else {
		d.describePhotograph(luma(img, 255))
	}
	if err := d.enough(); err != nil {
		return nil, err
	}
	d.features = slices.Clip(slices.Clone(d.features))
	return d, nil
}

func (d *Descriptors) describePhotograph(base plane) {
	w, h := fit(d.w, d.h, assetSide)
	zoom := float64(w) / float64(d.w)
	base = base.shrink(w, h)
	for _, f := range features(buildPyramid(base, 9), assetFeatures) {
		d.features = append(d.features, d.pack(f, zoom))
	}
	d.thumb = thumbnail(base)
}

func (d *Descriptors) enough() error {
	if len(d.features) < leastFeatures {
		return fmt.Errorf("%w: %d features, at least %d are needed", ErrPlain, len(d.features), leastFeatures)
	}
	return nil
}

func thumbnail(base plane) plane {
	f := math.Sqrt(thumbArea / float64(base.w*base.h))
	w := max(8, int(float64(base.w)*f+0.5))
	h := max(8, int(float64(base.h)*f+0.5))
	t := base.shrink(w, h).smooth()
	t.pix = slices.Clone(t.pix) // kept for good
	return t
}

// features describes the spots of a pyramid.
func features(p pyramid, budget int) []feature {
	spots := detect(p, budget, border, weakest)
	out := make([]feature, len(spots))
	for i, s := range spots {
		out[i] = describeSpot(&p.levels[s.level], s)
	}
	return out
}

func (d *Descriptors) unit() float64 { return unitOf(d.w, d.h) }

// unitOf is how many pixels of an asset a step of a stored place is.
func unitOf(w, h int) float64 { return float64(max(w, h)) / coordinateUnit }

func (d *Descriptors) pack(f feature, zoom float64) stored {
	u := d.unit() * zoom
	turn := float64(f.angle) / (2 * math.Pi)
	return stored{
		code:  f.code,
		x:     uint16(min(float64(f.x)/u, coordinateUnit)),
		y:     uint16(min(float64(f.y)/u, coordinateUnit)),
		size:  uint8(min(max(16*math.Log2(float64(f.size)/zoom)+64, 0), 255)),
		angle: uint8(int(math.Round(turn*256)) & 255),
	}
}

// place gives a stored feature's position, size and angle in asset pixels.
func (d *Descriptors) place(s *stored) (x, y, size, angle float64) {
	return s.place(d.unit())
}

// place is the same for an asset with the given unit.
func (s *stored) place(unit float64) (x, y, size, angle float64) {
	return float64(s.x) * unit, float64(s.y) * unit, sizes[s.size], float64(s.angle) * (2 * math.Pi / 256)
}

var sizes = func() (t [256]float64) {
	for i := range t {
		t[i] = math.Exp2((float64(i) - 64) / 16)
	}
	return t
}()

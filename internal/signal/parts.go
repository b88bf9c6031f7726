package signal

import (
	"context"
	"fmt"
	"image"
	"math"

	"assay/internal/match/keypoint"
	"assay/internal/registry"
)

// Parts finds protected pictures, marks and badges anywhere inside a picture,
// by local features and a check of the aligned pixels.
type Parts struct {
	index  *keypoint.Index
	assets knownAssets
}

// NewParts is a detector that knows nothing yet.
func NewParts() *Parts { return &Parts{index: keypoint.NewIndex(), assets: newKnownAssets()} }

func (*Parts) Name() string { return keypoint.Method }

// Learn takes in a picture asset that is sought inside pictures; its
// descriptors are kept, so that the next start need not compute them again. One
// that is sought as a whole only, any more, is forgotten.
func (d *Parts) Learn(ctx context.Context, k Known) error {
	if k.Asset.ID == "" {
		return nil
	}
	if k.Asset.Depth() != registry.SoughtInside {
		d.Forget(k.Asset.ID)
		return nil
	}
	desc, err := d.descriptors(ctx, k)
	if err != nil {
		return err
	}
	d.Forget(k.Asset.ID)
	if err := d.index.Add(k.Asset.ID, desc); err != nil {
		return fmt.Errorf("learn asset %s: %w", k.Asset.ID, err)
	}
	d.assets.set(k.Asset.ID, k)
	return nil
}

func (d *Parts) descriptors(ctx context.Context, k Known) (*keypoint.Descriptors, error) {
	if b, err := stored(ctx, k, keypoint.Version); err != nil {
		return nil, err
	} else if len(b) > 0 {
		desc := new(keypoint.Descriptors)
		if desc.UnmarshalBinary(b) == nil {
			return desc, nil
		} // derived data: of another version, or damaged, it is computed again
	}
	p, err := open(ctx, k)
	if err != nil {
		return nil, err
	}
	kind := keypoint.Mark
	if k.Asset.Kind == registry.AssetPhotograph {
		kind = keypoint.Photograph
	}
	desc, err := keypoint.Describe(p.Frames[0], kind)
	if err != nil {
		return nil, fmt.Errorf("describe asset %s: %w", k.Asset.ID, err)
	}
	b, err := desc.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("describe asset %s: %w", k.Asset.ID, err)
	}
	return desc, keep(ctx, k, keypoint.Version, b)
}

// Gather implements Gatherer.
func (d *Parts) Gather() (done func()) { return d.index.Gather() }

func (d *Parts) Forget(assetID string) {
	d.assets.drop(assetID)
	d.index.Remove(assetID)
}

// faintest is the score below which a candidate is not worth writing down.
const faintest = 0.05

// Look searches every frame and keeps, for each asset, the best place.
func (d *Parts) Look(ctx context.Context, p *LoadedPicture) ([]Signal, error) {
	best := map[string]Signal{}
	for n, frame := range p.Frames {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, m := range d.index.Search(frame) {
			k, ok := d.assets.get(m.ID)
			if !ok || m.Score < faintest || best[m.ID].Score >= m.Score {
				continue
			}
			best[m.ID] = d.signal(k, m, n, frame.Bounds())
		}
	}
	out := make([]Signal, 0, len(best))
	for _, s := range best {
		out = append(out, s)
	}
	return out, nil
}

func (d *Parts) signal(k origin, m keypoint.Match, frame int, r image.Rectangle) Signal {
	kind := PictureMark
	if m.Kind == keypoint.Photograph {
		kind = PicturePart
	}
	at := &Sighting{Frame: frame, AssetPicture: k.picture, Outline: fractions(m.Outline[:], r.Dx(), r.Dy()), AssetOutline: whole(),
		Mirrored: m.Mirrored, Rotation: m.Rotation * 180 / math.Pi, Inliers: m.Inliers, Correlation: m.Correlation}
	if m.Part != nil {
		own := m.AssetOutline[2] // the lower right corner: the size of the protected picture
		at.Part = &Part{Share: m.Part.Share, Correlation: m.Part.Correlation, Outline: fractions(m.Part.Outline, r.Dx(), r.Dy()),
			AssetOutline: fractions(m.Part.AssetOutline, int(own.X), int(own.Y))}
	}
	return Signal{Kind: kind, Detector: d.Name(), AssetID: m.ID, BrandID: k.brandID, RightID: k.rightID, Score: m.Score, Sighting: at}
}

// fractions turns pixels into fractions of the picture.
func fractions(pts []keypoint.Point, w, h int) []Point {
	out := make([]Point, len(pts))
	for i, p := range pts {
		out[i] = Point{X: p.X / float64(w), Y: p.Y / float64(h)}
	}
	return out
}

package signal

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"assay/internal/fault"
	"assay/internal/match/hamming"
	"assay/internal/match/pdq"
	"assay/internal/match/picture"
	"assay/internal/registry"
)

// Copies finds whole pictures that are copies of a protected picture, by PDQ
// in all eight orientations over an exact index.
type Copies struct {
	mu     sync.RWMutex // so that a number found in the index still stands for the asset it was filed for
	index  hamming.Index[uint32]
	assets origins
}

// NewCopies is a detector that knows nothing yet.
func NewCopies() *Copies { return &Copies{assets: newOrigins()} }

func (*Copies) Name() string { return "pdq/1" }

// Learn takes in a picture asset, however far it is sought; assets of words
// are none of its business.
func (d *Copies) Learn(ctx context.Context, k Known) error {
	if k.Asset.ID == "" {
		return nil
	}
	if k.Asset.Kind.Textual() {
		d.Forget(k.Asset.ID)
		return nil
	}
	code, quality, err := d.code(ctx, k)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(k.Asset.ID)
	if quality < pdq.MinQuality {
		return nil // a flat picture would match every other flat picture
	}
	d.index.Add(d.assets.set(k), hamming.Code(code))
	return nil
}

// code is the stored print when there is one, or else computed and kept.
func (d *Copies) code(ctx context.Context, k Known) (pdq.Hash, int, error) {
	if b, err := stored(ctx, k, d.Name()); err != nil {
		return pdq.Hash{}, 0, err
	} else if len(b) == 33 {
		var h pdq.Hash
		for i := range h {
			h[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
		return h, int(b[32]), nil
	}
	p, err := open(ctx, k)
	if err != nil {
		return pdq.Hash{}, 0, err
	}
	h, quality := pdq.Compute(p.Frames[0])
	return h, quality, keep(ctx, k, d.Name(), packPrint(h, quality))
}

// packPrint is a print as it is kept: four words, the low one first, and the quality.
func packPrint(h pdq.Hash, quality int) []byte {
	b := make([]byte, 0, 33)
	for _, w := range h {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return append(b, byte(quality))
}

// DescribeWhole is the print of an opened picture asset, for whoever has it open already; Detector is without the
// picture's key.
func DescribeWhole(_ registry.Asset, p *picture.Picture) []registry.StoredPrint {
	return []registry.StoredPrint{{Detector: (*Copies)(nil).Name(), Data: packPrint(pdq.Compute(p.Frames[0]))}}
}

func (d *Copies) Forget(assetID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(assetID)
}

func (d *Copies) forget(assetID string) {
	if n, ok := d.assets.drop(assetID); ok {
		d.index.Remove(n)
	}
}

// orientations says how each of pdq.Dihedral's hashes turns the picture:
// clockwise degrees by which the listing's picture must be turned after
// mirroring to lie like the protected one.
var orientations = [8]struct {
	mirrored bool
	rotation float64
}{pdq.Original: {}, pdq.Rotate90: {rotation: 270}, pdq.Rotate180: {rotation: 180}, pdq.Rotate270: {rotation: 90},
	pdq.FlipX: {mirrored: true, rotation: 180}, pdq.FlipY: {mirrored: true}, pdq.FlipPlus1: {mirrored: true, rotation: 90}, pdq.FlipMinus1: {mirrored: true, rotation: 270}}

// Look compares every frame in every orientation and keeps, for each asset,
// the nearest.
func (d *Copies) Look(_ context.Context, p *LoadedPicture) ([]Signal, error) {
	best := map[uint32]Signal{}
	for n := range p.Frames {
		p.Spectrum(n) // takes longer than all the rest, and nobody need wait for it
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for n := range p.Frames {
		spectrum := p.Spectrum(n)
		quality := spectrum.Quality
		if quality < pdq.MinQuality {
			continue
		}
		turned := spectrum.Dihedral()
		codes := make([]hamming.Code, len(turned))
		for i, h := range turned {
			codes[i] = hamming.Code(h)
		}
		for o, hits := range d.index.SearchBatch(codes, pdq.MatchDistance) {
			for _, hit := range hits {
				old, seen := best[hit.ID]
				if seen && *old.Sighting.Distance <= hit.Distance {
					continue
				}
				best[hit.ID] = d.sighting(hit, n, o, quality)
			}
		}
	}
	out := make([]Signal, 0, len(best))
	for _, s := range best {
		out = append(out, s)
	}
	return out, nil
}

func (d *Copies) sighting(hit hamming.Hit[uint32], frame, orientation, quality int) Signal {
	id, k := d.assets.at(hit.ID)
	distance, o := hit.Distance, orientations[orientation]
	return Signal{Kind: PictureCopy, Detector: d.Name(), AssetID: id, BrandID: k.brandID, RightID: k.rightID,
		Score: copyScore(distance), Sighting: &Sighting{Frame: frame, AssetPicture: k.picture, Outline: whole(), AssetOutline: whole(),
			Mirrored: o.mirrored, Rotation: o.rotation, Distance: &distance, Quality: quality}}
}

// copyScore falls from 0.99 for equal hashes to 0.80 at PDQ's own limit of 31
// bits. Unrelated pictures lie around 128 bits, with a spread of some 8, so
// within the limit a wrong match is a matter of look-alike pictures, not chance.
func copyScore(distance int) float64 {
	return 0.99 - 0.19*float64(distance)/pdq.MatchDistance
}

func whole() []Point { return []Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}} }

// open decodes the picture of an asset.
func open(ctx context.Context, k Known) (*picture.Picture, error) {
	if k.Picture == nil {
		return nil, fault.New(fault.Invalid, "asset %s has no picture", k.Asset.ID)
	}
	data, err := k.Picture(ctx)
	if err != nil {
		return nil, fmt.Errorf("picture of asset %s: %w", k.Asset.ID, err)
	}
	p, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the picture of asset %s cannot be opened", k.Asset.ID)
	}
	return p, nil
}

// stored is the kept descriptor, or nothing.
func stored(ctx context.Context, k Known, detector string) ([]byte, error) {
	if k.Print == nil {
		return nil, nil
	}
	b, err := k.Print(ctx, detector)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return b, err
}

func keep(ctx context.Context, k Known, detector string, descriptor []byte) error {
	if k.Keep == nil {
		return nil
	}
	return k.Keep(ctx, detector, descriptor)
}

package registry

import (
	"context"
	"time"
)

// Change is one saved alteration of the registry. Sequence numbers grow
// without reuse, so a worker that remembers the last one it saw learns of a
// new asset by asking for what came after.
type Change struct {
	Seq  int64
	Kind string // "holder", "brand", "right", "asset", "licence", "seller", "brake" (ID is the asset's)
	ID   string
}

// Filter selects rows of a registry page; zero fields do not filter.
type Filter struct {
	Query    string // part of name, text, number or id
	HolderID string
	BrandID  string
	SellerID string
	Kind     string
	Sought   Sought // assets of this depth
	After    string // last id of the page before
	Limit    int    // 1..500; 0 means 50
}

// StoredPrint is a descriptor of an asset for one detector version.
type StoredPrint struct {
	AssetID, Detector string
	Data              []byte
}

// Learnable is an asset as detectors learn it, without its label and its time
// of change, and with every descriptor that is stored of it.
type Learnable struct {
	Asset  Asset
	Prints []StoredPrint
}

// Store keeps the registry. Every Put inserts or replaces by ID, reports
// whether anything changed, and records a Change in the same transaction when
// it did; a Put of equal content changes nothing. References that do not
// exist give fault.Invalid; missing rows give fault.NotFound.
type Store interface {
	PutHolder(ctx context.Context, h RightsHolder) (changed bool, err error)
	PutBrand(ctx context.Context, b Brand) (changed bool, err error)
	PutRight(ctx context.Context, r Right) (changed bool, err error)
	PutAsset(ctx context.Context, a Asset) (changed bool, err error)
	PutLicence(ctx context.Context, l Licence) (changed bool, err error)

	Holder(ctx context.Context, id string) (RightsHolder, error)
	Brand(ctx context.Context, id string) (Brand, error)
	Right(ctx context.Context, id string) (Right, error)
	Asset(ctx context.Context, id string) (Asset, error)
	Licence(ctx context.Context, id string) (Licence, error)

	Holders(ctx context.Context, f Filter) ([]RightsHolder, error)
	Brands(ctx context.Context, f Filter) ([]Brand, error)
	Rights(ctx context.Context, f Filter) ([]Right, error)
	Assets(ctx context.Context, f Filter) ([]Asset, error)
	Licences(ctx context.Context, f Filter) ([]Licence, error)

	// CountAssets tells how many assets are looked for, by kind and depth;
	// retired ones are left out. It reads all of them.
	CountAssets(ctx context.Context) ([]Tally, error)
	// CountMatching counts the assets that a filter matches, retired ones too;
	// it reads all of them.
	CountMatching(ctx context.Context, f Filter) (int, error)
	// MoveSought has the first photographs that a filter matches, at most its
	// limit, sought as said, with a Change for each, and returns them as they are
	// now, in the order of their ids. Only its depth of a photograph changes,
	// whatever else is saved of it meanwhile.
	MoveSought(ctx context.Context, f Filter, to Sought, at time.Time) ([]Asset, error)

	// Changes returns at most limit changes after seq, oldest first.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)
	// ChangeHead is the newest sequence number, 0 when nothing was ever saved.
	ChangeHead(ctx context.Context) (int64, error)

	// Print returns the stored descriptor of an asset for one detector
	// version, or fault.NotFound; PutPrint stores it. Descriptors are derived
	// data: losing one costs time, never truth.
	Print(ctx context.Context, assetID, detector string) ([]byte, error)
	PutPrint(ctx context.Context, assetID, detector string, data []byte) error
	// Learnables are the first assets, retired ones too, in the order of their
	// ids after the given one: a start reads all of them. LearnablesOf are those
	// of some ids, in the same order; what does not exist is left out.
	Learnables(ctx context.Context, after string, limit int) ([]Learnable, error)
	LearnablesOf(ctx context.Context, ids []string) ([]Learnable, error)

	// PutBrake is a Put of an asset's brake. Brakes lists them by asset id,
	// only those that are on when held; CountBrakes counts those.
	PutBrake(ctx context.Context, b Brake) (changed bool, err error)
	Brake(ctx context.Context, assetID string) (Brake, error)
	Brakes(ctx context.Context, f Filter, held bool) ([]Brake, error)
	CountBrakes(ctx context.Context) (int, error)
}

package registry

import (
	"context"
	"encoding/json"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// Flood is why an asset was braked: it matched far more than an asset should.
const Flood = "flood"

// Brake says that an asset is not trusted to block until a person has looked
// at it: what it matches is kept as evidence and goes to review at most. An
// asset has one, the last; the ledger has them all.
type Brake struct {
	AssetID    string     `json:"asset_id"`
	Reason     string     `json:"reason"`  // Flood
	Matched    int        `json:"matched"` // distinct pictures, or listings for words, that it matched
	Looked     int        `json:"looked"`  // out of so many looked at
	Sellers    int        `json:"sellers"` // whose they were
	Since      time.Time  `json:"since"`   // of the oldest match counted
	BrakedAt   time.Time  `json:"braked_at"`
	ReleasedAt *time.Time `json:"released_at,omitempty"`
	ReleasedBy string     `json:"released_by,omitempty"` // id of the account or key
}

// Held reports whether the brake is on.
func (b Brake) Held() bool { return !b.BrakedAt.IsZero() && b.ReleasedAt == nil }

// Brake puts the brake on an asset, with its ledger entry, and returns the
// brake as it then is. It changes nothing when the brake is on already, or was
// released after the first of the matches that are counted: whoever released
// it has seen those.
func (k *Keeper) Brake(ctx context.Context, b Brake, by string) (kept Brake, changed bool, err error) {
	err = k.Atomic(ctx, func(ctx context.Context) error {
		kept, changed = Brake{}, false
		old, err := k.Store.Brake(ctx, b.AssetID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if old.Held() || old.ReleasedAt != nil && !b.Since.After(*old.ReleasedAt) {
			kept = old
			return nil
		}
		b.BrakedAt, b.ReleasedAt, b.ReleasedBy = k.Now(), nil, ""
		kept, changed = b, true
		return k.putBrake(ctx, b, b.BrakedAt, by, "asset.braked")
	})
	return kept, changed && err == nil, err
}

// ReleaseBrake trusts a braked asset again. One that is not braked is
// fault.Conflict.
func (k *Keeper) ReleaseBrake(ctx context.Context, assetID, by string) (Brake, error) {
	var b Brake
	err := k.Atomic(ctx, func(ctx context.Context) (err error) {
		if b, err = k.Store.Brake(ctx, assetID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if !b.Held() {
			return fault.New(fault.Conflict, "this asset is not braked")
		}
		now := k.Now()
		b.ReleasedAt, b.ReleasedBy = &now, by
		return k.putBrake(ctx, b, now, by, "asset.released")
	})
	return b, err
}

func (k *Keeper) putBrake(ctx context.Context, b Brake, at time.Time, by, kind string) error {
	if _, err := k.Store.PutBrake(ctx, b); err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"reason": b.Reason, "matched": b.Matched, "looked": b.Looked, "sellers": b.Sellers, "since": b.Since})
	if err != nil {
		return err
	}
	_, err = k.Ledger.Append(ctx, ledger.Entry{At: at, Actor: by, Kind: kind, Subject: b.AssetID, Data: data})
	return err
}

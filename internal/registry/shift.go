package registry

import (
	"context"
	"slices"
	"time"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// shiftStep is how many photographs are changed in one transaction.
const shiftStep = 200

// Shift is the wish to have every photograph that a filter matches, retired
// ones too, sought as said. Empty fields do not filter.
type Shift struct {
	Query    string // part of label or id
	HolderID string
	BrandID  string
	To       Sought
}

// filter matches what is still to be changed.
func (s Shift) filter() Filter {
	f := Filter{Query: s.Query, HolderID: s.HolderID, BrandID: s.BrandID, Kind: string(AssetPhotograph), Sought: SoughtInside}
	if s.To == SoughtInside {
		f.Sought = SoughtWhole
	}
	return f
}

// CountShift tells how many photographs a shift would change.
func (k *Keeper) CountShift(ctx context.Context, s Shift) (int, error) {
	if !slices.Contains(Soughts, s.To) {
		return 0, &fault.Error{Code: fault.Invalid, Message: "say how far the photographs are to be sought",
			Fields: []fault.Field{{Path: "to", Code: "unknown_value", Message: "use inside or whole"}}}
	}
	return k.Store.CountMatching(ctx, s.filter())
}

// Shift carries one out and returns how many photographs it changed. told is
// the number that whoever wants it has seen: with more of them now it is
// fault.Conflict, and nothing is changed. Every transaction changes a batch,
// each photograph with its ledger entry as when it is saved alone; what is
// stopped half-way is gone on with by doing it again. progress, when not nil,
// hears after each batch how many are done.
func (k *Keeper) Shift(ctx context.Context, s Shift, told int, by string, progress func(done int)) (changed int, err error) {
	n, err := k.CountShift(ctx, s)
	if err != nil {
		return 0, err
	}
	if n > told {
		return 0, fault.New(fault.Conflict, "there are %d photographs by now, not %d: look at the number again", n, told)
	}
	f := s.filter()
	f.Limit = shiftStep
	for {
		moved, err := k.shiftStep(ctx, f, s.To, by)
		if err != nil {
			return changed, err
		}
		changed += len(moved)
		if progress != nil {
			progress(changed)
		}
		if len(moved) < shiftStep {
			return changed, nil
		}
		f.After = moved[len(moved)-1].ID
	}
}

func (k *Keeper) shiftStep(ctx context.Context, f Filter, to Sought, by string) (moved []Asset, err error) {
	err = k.Atomic(ctx, func(ctx context.Context) error {
		now := k.Now()
		if moved, err = k.Store.MoveSought(ctx, f, to, now); err != nil {
			return err
		}
		entries := make([]ledger.Entry, len(moved))
		for i, a := range moved {
			a.UpdatedAt = time.Time{}
			data, err := change{kind: "asset", row: a}.data()
			if err != nil {
				return err
			}
			entries[i] = ledger.Entry{At: now, Actor: by, Kind: "registry.changed", Subject: a.ID, Data: data}
		}
		_, err = k.Ledger.Append(ctx, entries...)
		return err
	})
	return moved, err
}

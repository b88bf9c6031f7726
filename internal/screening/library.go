package screening

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
)

// Library is what the detectors of this process have learnt.
type Library struct {
	log        *slog.Logger
	papers     *signal.Papers
	learners   []signal.Learner
	downs      *signal.StayDowns // what was decided to stay down; nil: nobody looks for it
	generation atomic.Int64
	loaded     atomic.Bool
	mu         sync.RWMutex
	brands     map[string]registry.Brand
	assets     map[string]held
	counts     [len(classes)]int   // of assets
	innocent   map[string][]string // content keys by asset, of those that have any
	braked     map[string]bool
	rows       map[string]signal.Known // by asset; nil: nobody asks for labels and pictures
}

// held is what is remembered of an asset. With hundreds of thousands of them
// anything more would be most of the memory.
type held struct {
	brandID string
	class   uint8 // place in classes
}

// classes are what assets are counted by.
var classes = [...]registry.Tally{{Kind: registry.AssetName}, {Kind: registry.AssetPhrase}, {Kind: registry.AssetMark, Sought: registry.SoughtInside},
	{Kind: registry.AssetBadge, Sought: registry.SoughtInside}, {Kind: registry.AssetPhotograph, Sought: registry.SoughtInside},
	{Kind: registry.AssetPhotograph, Sought: registry.SoughtWhole}}

// NewLibrary is an empty library that teaches these learners.
func NewLibrary(log *slog.Logger, papers *signal.Papers, learners ...signal.Learner) *Library {
	return &Library{log: log, papers: papers, learners: learners, brands: map[string]registry.Brand{}, assets: map[string]held{},
		innocent: map[string][]string{}, braked: map[string]bool{}}
}

// Generation grows with every change; equal generations know the same.
func (l *Library) Generation() int64 { return l.generation.Load() }

// Advance sets the generation to the registry's own sequence number.
func (l *Library) Advance(seq int64) { l.generation.Store(seq) }

// Loaded reports whether the whole registry was taken in once.
func (l *Library) Loaded() bool { return l.loaded.Load() }

// Learn takes in one asset, or a brand by its name when the asset has no ID.
// A retired asset is forgotten. A learner that cannot use an asset (a picture
// too plain, say) is reported; the others still learn it.
func (l *Library) Learn(ctx context.Context, k signal.Known) error {
	l.hold(k)
	defer l.generation.Add(1)
	if k.Asset.Retired {
		l.Forget(k.Asset.ID)
		return nil
	}
	var errs []error
	for _, d := range l.learners {
		if err := d.Learn(ctx, k); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			errs = append(errs, fmt.Errorf("%s: %w", d.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// KeepRows lets the library remember whole assets, for runs without a store
// that tell what they found. Call it before the first asset is learnt.
func (l *Library) KeepRows() { l.rows = map[string]signal.Known{} }

// Asset is all that is known of an asset, if the library keeps rows.
func (l *Library) Asset(id string) (registry.Asset, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	k, ok := l.rows[id]
	return k.Asset, ok
}

// Picture is the bytes of a picture asset, if the library keeps rows.
func (l *Library) Picture(ctx context.Context, assetID string) ([]byte, error) {
	l.mu.RLock()
	get := l.rows[assetID].Picture
	l.mu.RUnlock()
	if get == nil {
		return nil, fault.New(fault.NotFound, "asset %s has no picture", assetID)
	}
	return get(ctx)
}

// hold remembers of an asset what its findings are judged by.
func (l *Library) hold(k signal.Known) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.Brand.ID != "" {
		l.brands[k.Brand.ID] = k.Brand
		l.papers.Know(k.Brand)
	}
	if k.Asset.ID == "" || k.Asset.Retired {
		return
	}
	if l.rows != nil {
		l.rows[k.Asset.ID] = k
	}
	l.drop(k.Asset.ID)
	class := slices.Index(classes[:], registry.Tally{Kind: k.Asset.Kind, Sought: k.Asset.Depth()})
	h := held{k.Asset.BrandID, uint8(max(0, class))}
	l.assets[k.Asset.ID] = h
	l.counts[h.class]++
	delete(l.innocent, k.Asset.ID)
	if len(k.Asset.InnocentPictures) > 0 {
		l.innocent[k.Asset.ID] = k.Asset.InnocentPictures
	}
}

// Forget makes every learner forget an asset.
func (l *Library) Forget(assetID string) {
	l.mu.Lock()
	l.drop(assetID)
	delete(l.innocent, assetID)
	delete(l.rows, assetID)
	l.mu.Unlock()
	for _, d := range l.learners {
		d.Forget(assetID)
	}
	l.generation.Add(1)
}

// LearnAll takes in many on all cores. Assets that no detector can use are
// logged and counted; only a cancelled context is an error.
func (l *Library) LearnAll(ctx context.Context, all []signal.Known, done func()) (troubled int, err error) {
	defer l.Gather()()
	var next, bad atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		g.Go(func() error { // takes one after the other: a goroutine for each of so many would cost more than learning a print
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				if err := l.Learn(ctx, all[i]); err != nil {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					bad.Add(1)
					l.log.Warn("asset not usable by every detector", "asset", all[i].Asset.ID, "error", err)
				}
				if done != nil {
					done()
				}
			}
			return nil
		})
	}
	err = g.Wait()
	return int(bad.Load()), err
}

// Gather lets many assets be learnt faster, which may be found only when the
// function is called that it returns.
func (l *Library) Gather() (done func()) {
	var all []func()
	for _, d := range l.learners {
		if g, ok := d.(signal.Gatherer); ok {
			all = append(all, g.Gather())
		}
	}
	return func() {
		for _, done := range all {
			done()
		}
	}
}

// drop leaves an asset out of the count.
func (l *Library) drop(assetID string) {
	if h, ok := l.assets[assetID]; ok {
		delete(l.assets, assetID)
		l.counts[h.class]--
	}
}

// Tallies is how many assets this process looks for, by kind and depth.
func (l *Library) Tallies() []registry.Tally {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := slices.Clone(classes[:])
	for i := range out {
		out[i].Count = l.counts[i]
	}
	return out
}

// BrandOf is the id of an asset's brand.
func (l *Library) BrandOf(assetID string) (string, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	a, ok := l.assets[assetID]
	return a.brandID, ok
}

// Innocent reports whether people said that an asset must not match the picture
// with this content key.
func (l *Library) Innocent(assetID, hash string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Contains(l.innocent[assetID], hash)
}

// SetBrake takes in whether an asset is braked.
func (l *Library) SetBrake(assetID string, held bool) {
	l.mu.Lock()
	if held {
		l.braked[assetID] = true
	} else {
		delete(l.braked, assetID)
	}
	l.mu.Unlock()
	l.generation.Add(1)
}

// KnowDown takes in a stay-down print, or that one was lifted.
func (l *Library) KnowDown(s signal.StayDown) {
	if l.downs == nil {
		return
	}
	l.downs.Know(s)
	l.generation.Add(1)
}

// Braked reports whether an asset is braked.
func (l *Library) Braked(assetID string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.braked[assetID]
}

// markBraked marks the signals of braked assets.
func (l *Library) markBraked(found []signal.Signal) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for i := range found {
		found[i].Braked = l.braked[found[i].AssetID]
	}
}

// Brand is what is known of a brand.
func (l *Library) Brand(id string) (registry.Brand, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	b, ok := l.brands[id]
	return b, ok
}

// BrandsOf are the brands that signals name.
func (l *Library) BrandsOf(found []signal.Signal) map[string]registry.Brand {
	out := map[string]registry.Brand{}
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, f := range found {
		if b, ok := l.brands[f.BrandID]; ok {
			out[f.BrandID] = b
		}
	}
	return out
}

// Size counts what is known.
func (l *Library) Size() (brands, assets int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.brands), len(l.assets)
}

package screening

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/similar"
)

// FollowEvery is how often a process asks the registry for news. A saved
// asset is matched by every worker after at most this long.
const FollowEvery = 250 * time.Millisecond

// FollowedStore is what is followed: the registry, and what must stay down.
type FollowedStore interface {
	registry.Store
	similar.DownStore
}

// Follower keeps a library as new as the registry in the store.
type Follower struct {
	Library *Library
	Store   FollowedStore
	Blobs   *blob.Store
	Log     *slog.Logger

	mu   sync.Mutex
	seen int64 // sequence number of the last change taken in
}

// Load takes in the whole registry. Descriptors that an earlier start stored
// are used as they are.
func (f *Follower) Load(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	head, err := f.Store.ChangeHead(ctx)
	if err != nil {
		return err
	}
	brands, err := all(func(after string) ([]registry.Brand, error) {
		return f.Store.Brands(ctx, registry.Filter{After: after, Limit: 500})
	}, func(b registry.Brand) string { return b.ID })
	if err != nil {
		return err
	}
	if err := f.learnAssets(ctx, brands); err != nil {
		return err
	}
	brakes, err := all(func(after string) ([]registry.Brake, error) {
		return f.Store.Brakes(ctx, registry.Filter{After: after, Limit: 500}, true)
	}, func(b registry.Brake) string { return b.AssetID })
	if err != nil {
		return err
	}
	for _, b := range brakes {
		f.Library.SetBrake(b.AssetID, true)
	}
	downs, err := all(func(after string) ([]signal.StayDown, error) {
		return f.Store.StayDowns(ctx, after, 500)
	}, func(d signal.StayDown) string { return d.ID })
	if err != nil {
		return err
	}
	for _, d := range downs {
		f.Library.KnowDown(d)
	}
	f.seen = head
	f.Library.Advance(head)
	f.Library.loaded.Store(true)
	return nil
}

// learnAssets takes in all brands and assets. Assets come in pages together
// with their stored descriptors, and the next page is read while one is learnt.
func (f *Follower) learnAssets(ctx context.Context, brands []registry.Brand) error {
	byID := make(map[string]registry.Brand, len(brands))
	names := make([]signal.Known, len(brands))
	for i, b := range brands {
		byID[b.ID], names[i] = b, signal.Known{Brand: b}
	}
	defer f.Library.Gather()()
	if _, err := f.Library.LearnAll(ctx, names, nil); err != nil {
		return err
	}
	pages := make(chan assetPage, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(pages)
		return f.readAssets(ctx, pages)
	})
	g.Go(func() error {
		for p := range pages {
			known := make([]signal.Known, 0, len(p.assets))
			for _, a := range p.assets {
				if !a.Retired {
					k := f.one(a, byID[a.BrandID])
					k.Print = p.prints.orElse(a, k.Print)
					known = append(known, k)
				}
			}
			if _, err := f.Library.LearnAll(ctx, known, nil); err != nil {
				return err
			}
			p.prints.rows.Store(nil)
		}
		return ctx.Err()
	})
	return g.Wait()
}

// assetPage is some assets with the descriptors that were stored of them.
type assetPage struct {
	assets []registry.Asset
	prints *readPrints
}

// readPrints are the descriptors of a page until it is learnt.
type readPrints struct {
	rows atomic.Pointer[map[printKey][]byte]
}

type printKey struct{ asset, detector string }

// orElse looks up a descriptor of an asset here, as long as there are any, and later in the store.
func (p *readPrints) orElse(a registry.Asset, store func(context.Context, string) ([]byte, error)) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, detector string) ([]byte, error) {
		rows := p.rows.Load()
		if rows == nil {
			return store(ctx, detector)
		}
		if data, ok := (*rows)[printKey{a.ID, detector + "@" + a.Picture}]; ok {
			return data, nil
		}
		return nil, fault.New(fault.NotFound, "no descriptor of asset %s is stored for %s", a.ID, detector)
	}
}

func (f *Follower) readAssets(ctx context.Context, pages chan<- assetPage) error {
	for after := ""; ; {
		assets, err := f.Store.Assets(ctx, registry.Filter{After: after, Limit: 500})
		if err != nil || len(assets) == 0 {
			return err
		}
		after = assets[len(assets)-1].ID
		rows, err := f.Store.Prints(ctx, assets[0].ID, after)
		if err != nil {
			return err
		}
		found := make(map[printKey][]byte, len(rows))
		for _, r := range rows {
			found[printKey{r.AssetID, r.Detector}] = r.Data
		}
		p := assetPage{assets: assets, prints: new(readPrints)}
		p.prints.rows.Store(&found)
		select {
		case pages <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// one is an asset with ways to get at its picture and stored descriptors.
func (f *Follower) one(a registry.Asset, b registry.Brand) signal.Known {
	return signal.Known{Asset: a, Brand: b,
		Picture: func(ctx context.Context) ([]byte, error) { return f.Blobs.Get(ctx, a.Picture) },
		Print: func(ctx context.Context, detector string) ([]byte, error) {
			return f.Store.Print(ctx, a.ID, detector+"@"+a.Picture)
		},
		Keep: func(ctx context.Context, detector string, data []byte) error {
			return f.Store.PutPrint(ctx, a.ID, detector+"@"+a.Picture, data)
		}}
}

// Run takes in changes until ctx ends.
func (f *Follower) Run(ctx context.Context) error {
	tick := time.NewTicker(FollowEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := f.CatchUp(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("registry changes could not be taken in; trying again", "error", err)
		}
	}
}

// CatchUp takes in what changed since the last time. Screening calls it before
// each batch, so that an asset saved before a listing was taken in is known
// when that listing is screened, on every worker.
func (f *Follower) CatchUp(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		changes, err := f.Store.Changes(ctx, f.seen, 500)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, c := range changes {
			if err := f.take(ctx, c); err != nil {
				return err
			}
		}
		f.seen = changes[len(changes)-1].Seq
		f.Library.Advance(f.seen)
	}
}

func (f *Follower) take(ctx context.Context, c registry.Change) error {
	switch c.Kind {
	case "brand":
		b, err := f.Store.Brand(ctx, c.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		return f.learn(ctx, signal.Known{Brand: b})
	case "asset":
		a, err := f.Store.Asset(ctx, c.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		b, err := f.Store.Brand(ctx, a.BrandID)
		if err != nil {
			return ignoreMissing(err)
		}
		return f.learn(ctx, f.one(a, b))
	case "brake":
		b, err := f.Store.Brake(ctx, c.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		f.Library.SetBrake(c.ID, b.Held())
	case "staydown":
		d, err := f.Store.StayDown(ctx, c.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		f.Library.KnowDown(d)
	}
	return nil // holders, rights, licences and sellers are read when they are needed
}

// learn never lets one unusable asset stop the others.
func (f *Follower) learn(ctx context.Context, k signal.Known) error {
	err := f.Library.Learn(ctx, k)
	if err != nil && ctx.Err() == nil {
		f.Log.Warn("asset not usable by every detector", "asset", k.Asset.ID, "error", err)
		return nil
	}
	return err
}

func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// all reads page after page.
func all[T any](page func(after string) ([]T, error), id func(T) string) ([]T, error) {
	var out []T
	after := ""
	for {
		rows, err := page(after)
		if err != nil || len(rows) == 0 {
			return out, err
		}
		out = append(out, rows...)
		after = id(rows[len(rows)-1])
	}
}

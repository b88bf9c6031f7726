package screening

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
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
	pages := make(chan []registry.Learnable, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(pages)
		return f.readAssets(ctx, pages)
	})
	g.Go(func() error {
		for page := range pages {
			known := make([]signal.Known, 0, len(page))
			for _, l := range page {
				if !l.Asset.Retired {
					known = append(known, f.one(l, byID[l.Asset.BrandID]))
				}
			}
			if _, err := f.Library.LearnAll(ctx, known, nil); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return g.Wait()
}

// pageOfAssets is how many assets a start reads at once: a page with the
// descriptors of pictures sought inside others is some 20 MB.
const pageOfAssets = 1000

func (f *Follower) readAssets(ctx context.Context, pages chan<- []registry.Learnable) error {
	for after := ""; ; {
		page, err := f.Store.Learnables(ctx, after, pageOfAssets)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Asset.ID
		select {
		case pages <- page:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// one is an asset with its stored descriptors and a way to get at its picture.
func (f *Follower) one(l registry.Learnable, b registry.Brand) signal.Known {
	id, picture := l.Asset.ID, l.Asset.Picture
	if b.ID != "" {
		l.Asset.BrandID = b.ID // one string for all of its assets
	}
	return signal.Known{Asset: l.Asset, Brand: b,
		Picture: func(ctx context.Context) ([]byte, error) { return f.Blobs.Get(ctx, picture) },
		Print: func(_ context.Context, detector string) ([]byte, error) {
			for _, p := range l.Prints {
				if name, of, ok := strings.Cut(p.Detector, "@"); ok && name == detector && of == picture {
					return p.Data, nil
				}
			}
			return nil, fault.New(fault.NotFound, "no descriptor of asset %s is stored for %s", id, detector)
		},
		Keep: func(ctx context.Context, detector string, data []byte) error {
			return f.Store.PutPrint(ctx, id, detector+"@"+picture, data)
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
		for len(changes) > 0 {
			n := assetsFirst(changes)
			if n > 0 {
				err = f.takeAssets(ctx, changes[:n])
			} else {
				n, err = 1, f.take(ctx, changes[0])
			}
			if err != nil {
				return err
			}
			f.seen, changes = changes[n-1].Seq, changes[n:]
		}
		f.Library.Advance(f.seen)
	}
}

// assetsFirst is how many changes of assets stand first in a row.
func assetsFirst(changes []registry.Change) int {
	n := slices.IndexFunc(changes, func(c registry.Change) bool { return c.Kind != "asset" })
	if n < 0 {
		n = len(changes)
	}
	return n
}

// takeAssets takes in assets that changed, many at once when somebody imports
// them. What cannot be used is logged.
func (f *Follower) takeAssets(ctx context.Context, changes []registry.Change) error {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = c.ID
	}
	slices.Sort(ids)
	list, err := f.Store.LearnablesOf(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	known := make([]signal.Known, 0, len(list))
	for _, l := range list {
		b, ok := f.Library.Brand(l.Asset.BrandID)
		if !ok {
			if b, err = f.Store.Brand(ctx, l.Asset.BrandID); err != nil {
				return err
			}
		}
		known = append(known, f.one(l, b))
	}
	if len(known) == 1 {
		return f.learn(ctx, known[0])
	}
	_, err = f.Library.LearnAll(ctx, known, nil)
	return err
}

func (f *Follower) take(ctx context.Context, c registry.Change) error {
	switch c.Kind {
	case "brand":
		b, err := f.Store.Brand(ctx, c.ID)
		if err != nil {
			return ignoreMissing(err)
		}
		return f.learn(ctx, signal.Known{Brand: b})
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

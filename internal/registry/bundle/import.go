package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/match/picture"
	"assay/internal/registry"
	"assay/internal/seller"
)

// Importer takes a bundle into the store.
type Importer struct {
	Store interface {
		registry.Store
		seller.Store
		Atomic(ctx context.Context, do func(ctx context.Context) error) error
	}
	Blobs  *blob.Store
	Ledger ledger.Store
	Actor  string           // who does it, for the ledger; "" means "system"
	Now    func() time.Time // nil: the clock
	// Describe, when not nil, makes the descriptors that are cheap to have while a picture lies opened, so that no worker
	// need open it again. Detector is without the picture's key.
	Describe func(a registry.Asset, p *picture.Picture) []registry.StoredPrint
	// Begun, when not nil, is told how many rows there are, and then Done after every row, for a progress bar.
	Begun func(rows int)
	Done  func()
}

// Count says what became of the rows of a section.
type Count struct {
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
}

// Report says what an import did.
type Report struct {
	Sections map[string]Count `json:"sections"` // by name of section
	Problems []fault.Field    `json:"problems"` // rows that were refused, and why
}

// Changes counts the rows that were created or changed.
func (r Report) Changes() int {
	n := 0
	for _, c := range r.Sections {
		n += c.Created + c.Changed
	}
	return n
}

// batch is how many rows share a transaction. A row that is refused takes
// back its own part only.
const batch = 200

// outcome is what became of one row.
type outcome int

const (
	refused outcome = iota
	created
	changed
	unchanged
)

// step saves one row. It reports whether the row was there and whether it was
// changed; a fault.Invalid refuses the row and nothing else.
type step struct {
	section, id string
	save        func(ctx context.Context) (existed, changed bool, err error)
	// prepare, when not nil, does what needs no transaction and takes long.
	prepare func(ctx context.Context) error
}

// Import takes in every row of the bundle. Doing it again changes nothing. A
// row that cannot be stored is told in the report and loses nothing else; an
// error says that the import stopped, and then what the report counts is
// stored. What a seller's row does not mention stays as it is.
func (im *Importer) Import(ctx context.Context, b *Bundle) (Report, error) {
	run := &run{Importer: im, bundle: b, report: Report{Sections: map[string]Count{}, Problems: []fault.Field{}}}
	run.keeper = &registry.Keeper{Store: im.Store, Sellers: im.Store, Blobs: im.Blobs, Ledger: im.Ledger, Now: run.now, Atomic: im.Store.Atomic}
	for _, s := range Sections {
		run.report.Sections[s] = Count{}
	}
	if im.Begun != nil {
		im.Begun(b.Rows())
	}
	if err := run.parts(ctx, slices.Collect(slices.Chunk(run.steps(), batch))); err != nil {
		return run.report, fmt.Errorf("import of the bundle: %w", err)
	}
	return run.report, nil
}

// run is one import.
type run struct {
	*Importer
	bundle *Bundle
	keeper *registry.Keeper
	report Report
}

func (r *run) now() time.Time {
	if r.Now == nil {
		return time.Now().UTC()
	}
	return r.Now()
}

func (r *run) actor() string {
	if r.Actor == "" {
		return "system"
	}
	return r.Actor
}

// steps are all rows, so ordered that references lead back.
func (r *run) steps() []step {
	b, k, by := r.bundle, r.keeper, r.actor()
	var all []step
	for _, v := range b.Holders {
		all = append(all, step{section: Holders, id: v.ID, save: saver(r.Store.Holder, v.ID, func(ctx context.Context) (bool, error) { return k.SaveHolder(ctx, v, by) })})
	}
	for _, v := range b.Brands {
		all = append(all, step{section: Brands, id: v.ID, save: saver(r.Store.Brand, v.ID, func(ctx context.Context) (bool, error) { return k.SaveBrand(ctx, v, by) })})
	}
	for _, v := range b.Rights {
		all = append(all, step{section: Rights, id: v.ID, save: saver(r.Store.Right, v.ID, func(ctx context.Context) (bool, error) { return k.SaveRight(ctx, v, by) })})
	}
	for _, v := range b.Assets {
		all = append(all, r.assetStep(v))
	}
	for _, v := range b.Sellers {
		all = append(all, step{section: Sellers, id: v.ID, save: func(ctx context.Context) (bool, bool, error) { return r.saveSeller(ctx, v) }})
	}
	for _, v := range b.Licences {
		all = append(all, step{section: Licences, id: v.ID, save: saver(r.Store.Licence, v.ID, func(ctx context.Context) (bool, error) { return k.SaveLicence(ctx, v, by) })})
	}
	return all
}

// saver looks whether a row is there and then saves it.
func saver[T any](get func(context.Context, string) (T, error), id string, save func(context.Context) (bool, error)) func(context.Context) (bool, bool, error) {
	return func(ctx context.Context) (existed, changed bool, err error) {
		_, err = get(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, false, err
		}
		existed = err == nil
		changed, err = save(ctx)
		return existed, changed, err
	}
}

// parts saves batch after batch. While one is saved the next is prepared, so
// that pictures of two batches lie in memory at most, as files.
func (r *run) parts(ctx context.Context, all [][]step) error {
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan []step)
	g.Go(func() error {
		defer close(ready)
		for _, part := range all {
			if err := prepare(ctx, part); err != nil {
				return err
			}
			select {
			case ready <- part:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		for part := range ready {
			if err := r.part(ctx, part); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// part saves a batch in one transaction, which the store may run again.
func (r *run) part(ctx context.Context, steps []step) error {
	outcomes := make([]outcome, len(steps))
	var problems []fault.Field
	err := r.Store.Atomic(ctx, func(ctx context.Context) error {
		problems = problems[:0]
		for i, s := range steps {
			existed, altered, err := s.save(ctx)
			var f *fault.Error
			switch {
			case errors.As(err, &f) && (f.Code == fault.Invalid || f.Code == fault.TooLarge || f.Code == fault.NotFound):
				outcomes[i] = refused
				problems = append(problems, r.refusal(s, f)...)
			case err != nil:
				return fmt.Errorf("%s %s: %w", s.section, s.id, err)
			case !altered:
				outcomes[i] = unchanged
			case existed:
				outcomes[i] = changed
			default:
				outcomes[i] = created
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.report.Problems = append(r.report.Problems, problems...)
	for i, s := range steps {
		r.count(s.section, outcomes[i])
		if r.Done != nil {
			r.Done()
		}
	}
	return nil
}

// prepare runs the preparations on all cores.
func prepare(ctx context.Context, steps []step) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range steps {
		if s.prepare != nil {
			g.Go(func() error { return s.prepare(ctx) })
		}
	}
	return g.Wait()
}

func (r *run) count(section string, o outcome) {
	c := r.report.Sections[section]
	switch o {
	case created:
		c.Created++
	case changed:
		c.Changed++
	case unchanged:
		c.Unchanged++
	case refused:
		c.Refused++
	}
	r.report.Sections[section] = c
}

// refusal says at the row's line what the store had against it.
func (r *run) refusal(s step, f *fault.Error) []fault.Field {
	if len(f.Fields) == 0 {
		return []fault.Field{{Path: r.bundle.placeOf(s.section, s.id, ""), Code: string(f.Code), Message: f.Message}}
	}
	var list []fault.Field
	for _, one := range f.Fields {
		list = append(list, fault.Field{Path: r.bundle.placeOf(s.section, s.id, one.Path), Code: one.Code, Message: one.Path + ": " + one.Message})
	}
	return list
}

// assetStep keeps the asset's pictures before the transaction begins: opening
// one takes longer than all the rest. A picture that cannot be used refuses
// the asset.
func (r *run) assetStep(a registry.Asset) step {
	var unusable error
	var prints []registry.StoredPrint
	return step{
		section: Assets, id: a.ID,
		prepare: func(ctx context.Context) error {
			key, described, err := r.keepAll(ctx, a)
			prints = described
			if f := (*fault.Error)(nil); errors.As(err, &f) {
				unusable = err
				return nil
			}
			a.Picture = key
			return err
		},
		save: saver(r.Store.Asset, a.ID, func(ctx context.Context) (bool, error) {
			if unusable != nil {
				return false, unusable
			}
			return r.saveAsset(ctx, a, prints)
		}),
	}
}

// saveAsset stores an asset with what was described of it.
func (r *run) saveAsset(ctx context.Context, a registry.Asset, prints []registry.StoredPrint) (bool, error) {
	if r.bundle.catalogue {
		old, err := r.Store.Asset(ctx, a.ID)
		if err == nil {
			a = beside(old, a)
		} else if !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	changed, err := r.keeper.SaveAsset(ctx, a, r.actor())
	if err != nil || !changed {
		return false, err
	}
	for _, p := range prints {
		if err := r.Store.PutPrint(ctx, a.ID, p.Detector+"@"+a.Picture, p.Data); err != nil {
			return false, err
		}
	}
	return true, nil
}

// keepAll keeps the pictures of an asset and returns the key of its own, with
// what could be described of it on the way.
func (r *run) keepAll(ctx context.Context, a registry.Asset) (string, []registry.StoredPrint, error) {
	for _, key := range a.InnocentPictures {
		if file, ok := r.bundle.innocent[key]; ok {
			if _, _, err := r.keep(ctx, file); err != nil {
				return "", nil, err
			}
		}
	}
	if a.Picture == "" {
		return "", nil, nil
	}
	key, p, err := r.keep(ctx, a.Picture)
	if err != nil || p == nil || r.Describe == nil {
		return key, nil, err
	}
	return key, r.Describe(a, p), nil
}

// keep stores a picture file; bytes that are kept already are not opened again,
// and then there is no opened picture.
func (r *run) keep(ctx context.Context, file string) (string, *picture.Picture, error) {
	data, err := r.bundle.Pictures(file)
	if err != nil {
		return "", nil, err
	}
	key := blob.Key(data)
	if there, err := r.Blobs.Has(ctx, key); err == nil && there {
		return key, nil, nil
	}
	p, err := registry.OpenPicture(data)
	if err != nil {
		return "", nil, err
	}
	key, err = r.Blobs.Put(ctx, data)
	return key, p, err
}

// saveSeller stores a seller with its ledger entry.
func (r *run) saveSeller(ctx context.Context, s seller.Seller) (existed, altered bool, err error) {
	old, err := r.Store.Seller(ctx, s.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, false, err
	}
	existed = err == nil
	silent := r.bundle.silent[s.ID]
	if existed && silent.status {
		s.Status = old.Status
	}
	if existed && silent.verification {
		s.Verification, s.VerifiedUntil = old.Verification, old.VerifiedUntil
	}
	content, err := json.Marshal(s)
	if err != nil {
		return existed, false, fmt.Errorf("seller %s: %w", s.ID, err)
	}
	sum := sha256.Sum256(content)
	data, err := json.Marshal(map[string]string{"kind": "seller", "content": hex.EncodeToString(sum[:])})
	if err != nil {
		return existed, false, fmt.Errorf("seller %s: %w", s.ID, err)
	}
	err = r.Store.Atomic(ctx, func(ctx context.Context) error {
		now := r.now()
		s.CreatedAt, s.UpdatedAt = now, now
		if existed {
			s.CreatedAt = old.CreatedAt
		}
		if altered, err = r.Store.PutSeller(ctx, s); err != nil || !altered {
			return err
		}
		_, err = r.Ledger.Append(ctx, ledger.Entry{At: now, Actor: r.actor(), Kind: "registry.changed", Subject: s.ID, Data: data})
		return err
	})
	return existed, altered, err
}

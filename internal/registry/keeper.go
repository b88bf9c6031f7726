package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/match/picture"
	"assay/internal/seller"
)

// Keeper changes the registry: it checks a row by itself and against what it
// refers to, and stores it with its ledger entry in one transaction. Every
// Save takes the id of who does it, reports whether anything changed, and
// gives fault.Invalid with the fields of a row that is wrong.
type Keeper struct {
	Store   Store
	Sellers seller.Store
	Blobs   *blob.Store
	Ledger  ledger.Store
	Now     func() time.Time
	Atomic  func(ctx context.Context, do func(ctx context.Context) error) error
}

// SaveHolder stores a rights holder.
func (k *Keeper) SaveHolder(ctx context.Context, h RightsHolder, by string) (changed bool, err error) {
	h.UpdatedAt = time.Time{}
	return k.save(ctx, change{"holder", h.ID, by, h, h.Validate(), nil, func(ctx context.Context, at time.Time) (bool, error) {
		h.UpdatedAt = at
		return k.Store.PutHolder(ctx, h)
	}})
}

// SaveBrand stores a brand of a holder that exists.
func (k *Keeper) SaveBrand(ctx context.Context, b Brand, by string) (changed bool, err error) {
	b.UpdatedAt = time.Time{}
	look := func(ctx context.Context, c *check) error {
		_, err := find(ctx, c, "holder", b.HolderID, k.Store.Holder)
		return err
	}
	return k.save(ctx, change{"brand", b.ID, by, b, b.Validate(), look, func(ctx context.Context, at time.Time) (bool, error) {
		b.UpdatedAt = at
		return k.Store.PutBrand(ctx, b)
	}})
}

// SaveRight stores a right of a brand that exists. A right stays with its brand.
func (k *Keeper) SaveRight(ctx context.Context, r Right, by string) (changed bool, err error) {
	r.UpdatedAt = time.Time{}
	look := func(ctx context.Context, c *check) error {
		if _, err := find(ctx, c, "brand", r.BrandID, k.Store.Brand); err != nil {
			return err
		}
		old, err := k.Store.Right(ctx, r.ID)
		return stays(c, old.BrandID, r.BrandID, err)
	}
	return k.save(ctx, change{"right", r.ID, by, r, r.Validate(), look, func(ctx context.Context, at time.Time) (bool, error) {
		r.UpdatedAt = at
		return k.Store.PutRight(ctx, r)
	}})
}

// SaveAsset stores an asset of a brand that exists. Its right must be one of
// the same brand, its pictures must have been stored by AddPicture. An asset
// stays with its brand. What it does not say of how far it is sought becomes
// the usual depth of its kind.
func (k *Keeper) SaveAsset(ctx context.Context, a Asset, by string) (changed bool, err error) {
	a.UpdatedAt, a.Sought = time.Time{}, a.Depth()
	look := func(ctx context.Context, c *check) error { return k.lookAsset(ctx, c, a) }
	return k.save(ctx, change{"asset", a.ID, by, a, a.Validate(), look, func(ctx context.Context, at time.Time) (bool, error) {
		a.UpdatedAt = at
		return k.Store.PutAsset(ctx, a)
	}})
}

// maxInnocent bounds the innocent pictures of one asset: one that is mistaken
// for more needs mending, or retiring.
const maxInnocent = 500

// AllowPictures adds pictures, which must be kept under these content keys, to
// the innocent pictures of an asset.
func (k *Keeper) AllowPictures(ctx context.Context, id string, hashes []string, by string) (changed bool, err error) {
	err = k.Atomic(ctx, func(ctx context.Context) error {
		a, err := k.Store.Asset(ctx, id)
		if err != nil {
			return err
		}
		a.InnocentPictures = slices.Clone(a.InnocentPictures)
		for _, h := range hashes {
			if !slices.Contains(a.InnocentPictures, h) {
				a.InnocentPictures = append(a.InnocentPictures, h)
			}
		}
		if len(a.InnocentPictures) > maxInnocent {
			return fault.New(fault.Invalid, "asset %s has %d innocent pictures already: mend or retire it", id, maxInnocent)
		}
		changed, err = k.SaveAsset(ctx, a, by)
		return err
	})
	return changed && err == nil, err
}

// RetireAsset keeps an asset for old cases but has it matched no longer.
func (k *Keeper) RetireAsset(ctx context.Context, id, by string) (changed bool, err error) {
	a, err := k.Store.Asset(ctx, id)
	if err != nil {
		return false, err
	}
	a.Retired = true
	return k.SaveAsset(ctx, a, by)
}

// SaveLicence stores a licence of a brand for a seller, both of which exist.
// It stays with its brand.
func (k *Keeper) SaveLicence(ctx context.Context, l Licence, by string) (changed bool, err error) {
	l.UpdatedAt = time.Time{}
	look := func(ctx context.Context, c *check) error { return k.lookLicence(ctx, c, l) }
	return k.save(ctx, change{"licence", l.ID, by, l, l.Validate(), look, func(ctx context.Context, at time.Time) (bool, error) {
		l.UpdatedAt = at
		return k.Store.PutLicence(ctx, l)
	}})
}

// AddPicture keeps the bytes of a picture asset and returns their content key.
// Bytes that cannot be opened as a picture are fault.Invalid.
func (k *Keeper) AddPicture(ctx context.Context, data []byte) (hash string, err error) {
	if _, err := OpenPicture(data); err != nil {
		return "", err
	}
	return k.Blobs.Put(ctx, data)
}

// OpenPicture opens the bytes of a picture asset. Bytes that cannot be opened
// as a picture are fault.Invalid.
func OpenPicture(data []byte) (*picture.Picture, error) {
	opened, err := picture.Decode(data, picture.DefaultLimits())
	if err == nil {
		return opened, nil
	}
	var p *picture.Error
	if !errors.As(err, &p) {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	return nil, &fault.Error{Code: fault.Invalid, Message: "the picture cannot be used", Err: err,
		Fields: []fault.Field{{Path: "picture", Code: p.Code, Message: p.Detail}}}
}

func (k *Keeper) lookAsset(ctx context.Context, c *check, a Asset) error {
	if _, err := find(ctx, c, "brand", a.BrandID, k.Store.Brand); err != nil {
		return err
	}
	old, err := k.Store.Asset(ctx, a.ID)
	if err := stays(c, old.BrandID, a.BrandID, err); err != nil {
		return err
	}
	if a.RightID != "" {
		r, err := find(ctx, c, "right", a.RightID, k.Store.Right)
		if err != nil {
			return err
		}
		if r.ID != "" && r.BrandID != a.BrandID {
			c.add("right", "other_brand", "the right "+a.RightID+" belongs to another brand; use one of this brand")
		}
	}
	if !a.Kind.Textual() && a.Picture != "" {
		if err := k.lookPicture(ctx, c, "picture", a.Picture); err != nil {
			return err
		}
	}
	for i, hash := range a.InnocentPictures {
		if err := k.lookPicture(ctx, c, fmt.Sprintf("innocent_pictures[%d]", i), hash); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) lookPicture(ctx context.Context, c *check, path, hash string) error {
	switch ok, err := k.Blobs.Has(ctx, hash); {
	case fault.Is(err, fault.Invalid):
		c.add(path, "bad_form", "give the content key of an uploaded picture: sha256:<64 hex digits>")
	case err != nil:
		return err
	case !ok:
		c.add(path, "unknown_picture", "no picture is kept under this key; upload it first")
	}
	return nil
}

func (k *Keeper) lookLicence(ctx context.Context, c *check, l Licence) error {
	if _, err := find(ctx, c, "brand", l.BrandID, k.Store.Brand); err != nil {
		return err
	}
	if _, err := find(ctx, c, "seller", l.SellerID, k.Sellers.Seller); err != nil {
		return err
	}
	old, err := k.Store.Licence(ctx, l.ID)
	if err := stays(c, old.BrandID, l.BrandID, err); err != nil {
		return err
	}
	for i, id := range l.AssetIDs {
		path := fmt.Sprintf("assets[%d]", i)
		a, err := find(ctx, c, path, id, k.Store.Asset)
		if err != nil {
			return err
		}
		if a.ID != "" && a.BrandID != l.BrandID {
			c.add(path, "other_brand", "the asset "+id+" belongs to another brand; use one of this brand")
		}
	}
	return nil
}

// change is one row on its way into the store.
type change struct {
	kind, id, by string
	row          any   // without its time of change
	wrong        check // with the row by itself
	// look adds what is wrong with its references; nil when it has none.
	look func(ctx context.Context, c *check) error
	put  func(ctx context.Context, at time.Time) (bool, error)
}

func (k *Keeper) save(ctx context.Context, ch change) (changed bool, err error) {
	data, err := ch.data()
	if err != nil {
		return false, err
	}
	err = k.Atomic(ctx, func(ctx context.Context) error {
		wrong := ch.wrong
		if ch.look != nil {
			if err := ch.look(ctx, &wrong); err != nil {
				return err
			}
		}
		if len(wrong) > 0 {
			return &fault.Error{Code: fault.Invalid, Message: "this " + ch.kind + " cannot be saved as it is", Fields: wrong}
		}
		now := k.Now()
		if changed, err = ch.put(ctx, now); err != nil || !changed {
			return err
		}
		_, err = k.Ledger.Append(ctx, ledger.Entry{At: now, Actor: ch.by, Kind: "registry.changed", Subject: ch.id, Data: data})
		return err
	})
	return changed && err == nil, err
}

// data is what the ledger keeps of a row: its kind and the hash of its
// content, which proves later what it said without repeating it.
func (ch change) data() (json.RawMessage, error) {
	content, err := json.Marshal(ch.row)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "this %s holds a value that cannot be kept", ch.kind)
	}
	sum := sha256.Sum256(content)
	return json.Marshal(map[string]string{"kind": ch.kind, "content": hex.EncodeToString(sum[:])})
}

// find reads a row that another refers to. One that is missing is noted in c
// and comes back as the zero row.
func find[T any](ctx context.Context, c *check, path, id string, get func(context.Context, string) (T, error)) (T, error) {
	var none T
	if id == "" { // noted already where it is needed
		return none, nil
	}
	row, err := get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		c.add(path, "unknown", "nothing is kept under the id "+id+"; save it first, or use another")
		return none, nil
	}
	return row, err
}

// stays notes a row that would move to another brand, which would change what
// old cases and licences say. err is that of reading the row as it was.
func stays(c *check, was, is string, err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && was != is {
		c.add("brand", "moved", "this id belongs to another brand; save it under an id of its own")
	}
	return err
}

package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

// Source is where an export reads.
type Source interface {
	registry.Store
	seller.Store
}

// Export writes the whole registry into the folder dir, which must be new or
// empty, as a bundle: a YAML file for each section, and the pictures below
// pictures/.
func Export(ctx context.Context, store Source, blobs *blob.Store, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Invalid, "cannot export to %s", dir)
	}
	if len(entries) > 0 {
		return fault.New(fault.Conflict, "the folder %s is not empty; export into a new one", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, "pictures"), 0o750); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	e := exporter{store: store, blobs: blobs, dir: dir, files: map[string]string{}, names: map[string]string{}}
	for _, do := range []func(context.Context) error{e.holders, e.brands, e.rights, e.assets, e.sellers, e.licences} {
		if err := do(ctx); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

type exporter struct {
	store Source
	blobs *blob.Store
	dir   string
	files map[string]string // content key -> file in the bundle, of pictures written
	names map[string]string // seller's id -> what licences call it
}

// pageSize is what a store gives at once.
const pageSize = 500

// all reads every page of a list.
func all[T any](id func(T) string, page func(after string) ([]T, error)) ([]T, error) {
	var rows []T
	after := ""
	for {
		next, err := page(after)
		if err != nil {
			return nil, err
		}
		rows = append(rows, next...)
		if len(next) < pageSize {
			return rows, nil
		}
		after = id(next[len(next)-1])
	}
}

// pages reads every row of one of the registry's lists.
func pages[T any](ctx context.Context, id func(T) string, list func(context.Context, registry.Filter) ([]T, error)) ([]T, error) {
	return all(id, func(after string) ([]T, error) {
		return list(ctx, registry.Filter{After: after, Limit: pageSize})
	})
}

// write makes the file of a section; an empty section has none.
func write[T any](e exporter, section string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(map[string][]T{section: rows}), enc.Close()); err != nil {
		return fmt.Errorf("write %s: %w", section, err)
	}
	return os.WriteFile(filepath.Join(e.dir, section+".yaml"), b.Bytes(), 0o640)
}

func (e exporter) holders(ctx context.Context) error {
	rows, err := pages(ctx, func(v registry.RightsHolder) string { return v.ID }, e.store.Holders)
	if err != nil {
		return err
	}
	return write(e, Holders, rows)
}

func (e exporter) brands(ctx context.Context) error {
	rows, err := pages(ctx, func(v registry.Brand) string { return v.ID }, e.store.Brands)
	if err != nil {
		return err
	}
	return write(e, Brands, rows)
}

func (e exporter) rights(ctx context.Context) error {
	rows, err := pages(ctx, func(v registry.Right) string { return v.ID }, e.store.Rights)
	if err != nil {
		return err
	}
	return write(e, Rights, rows)
}

func (e exporter) assets(ctx context.Context) error {
	rows, err := pages(ctx, func(v registry.Asset) string { return v.ID }, e.store.Assets)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Picture != "" {
			if rows[i].Picture, err = e.picture(ctx, rows[i].Picture); err != nil {
				return fmt.Errorf("asset %s: %w", rows[i].ID, err)
			}
		}
		for n, key := range rows[i].InnocentPictures {
			file, err := e.picture(ctx, key)
			if fault.Is(err, fault.NotFound) {
				continue // the key alone says which picture is meant
			}
			if err != nil {
				return fmt.Errorf("asset %s: %w", rows[i].ID, err)
			}
			rows[i].InnocentPictures[n] = file
		}
	}
	return write(e, Assets, rows)
}

// signatures are how the files of each picture format begin.
var signatures = []struct{ begin, ext string }{
	{"\xff\xd8\xff", ".jpg"}, {"\x89PNG", ".png"}, {"GIF8", ".gif"}, {"RIFF", ".webp"}, {"BM", ".bmp"}, {"II*\x00", ".tif"}, {"MM\x00*", ".tif"},
}

// extension is the usual end of the name of such a file; readers go by content.
func extension(data []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(data, []byte(s.begin)) {
			return s.ext
		}
	}
	return ".img"
}

// picture writes a stored picture once and returns its file.
func (e exporter) picture(ctx context.Context, key string) (string, error) {
	if file, done := e.files[key]; done {
		return file, nil
	}
	data, err := e.blobs.Get(ctx, key)
	if err != nil {
		return "", err
	}
	file := "pictures/" + strings.TrimPrefix(key, "sha256:")[:32] + extension(data)
	if err := os.WriteFile(filepath.Join(e.dir, filepath.FromSlash(file)), data, 0o640); err != nil {
		return "", err
	}
	e.files[key] = file
	return file, nil
}

func (e exporter) sellers(ctx context.Context) error {
	list, err := all(func(v seller.Seller) string { return v.ID }, func(after string) ([]seller.Seller, error) {
		return e.store.Sellers(ctx, seller.Filter{After: after, Limit: pageSize})
	})
	if err != nil {
		return err
	}
	uses := map[string]int{}
	for _, s := range list {
		uses[s.ExternalID]++
	}
	rows := make([]sellerRow, len(list))
	for i, s := range list {
		rows[i] = rowOf(s)
		e.names[s.ID] = s.ID
		if s.ExternalID != "" && uses[s.ExternalID] == 1 {
			e.names[s.ID] = s.ExternalID
		}
	}
	return write(e, Sellers, rows)
}

func (e exporter) licences(ctx context.Context) error {
	rows, err := pages(ctx, func(v registry.Licence) string { return v.ID }, e.store.Licences)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].SellerID = e.names[rows[i].SellerID]
	}
	return write(e, Licences, rows)
}

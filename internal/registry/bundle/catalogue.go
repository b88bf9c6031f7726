package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"assay/internal/fault"
	"assay/internal/registry"
)

// pictureNames are how the files of a catalogue end that are taken for pictures.
var pictureNames = []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff"}

// catalogueOf is a bundle of a folder or zip of pictures, as a rights holder's
// shop has them: every file becomes a photograph of one brand. like says of
// which brand, on which right, and how far they are sought. A file's asset is
// known by brand and path, so that the same catalogue sent again changes only
// what is new in it; an asset that is there keeps its label, its innocent
// pictures and whether it is retired.
//
// What is no picture by its name is told and left out. Whether a picture opens
// is found when it is imported.
func catalogueOf(fsys fs.FS, like registry.Asset) (*Bundle, []fault.Field, error) {
	var r report
	b := &Bundle{
		Pictures:  func(name string) ([]byte, error) { return load(fsys, name, maxPicture) },
		places:    map[string]place{},
		catalogue: true,
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "the catalogue cannot be listed at %s", name)
		}
		if name != "." && junk(d.Name()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		switch {
		case d.IsDir():
		case !d.Type().IsRegular() || !slices.Contains(pictureNames, strings.ToLower(path.Ext(name))):
			r.add(name, "not_picture", "this file is no picture by its name; the names end with %s", strings.Join(pictureNames, ", "))
		case len(b.Assets) == maxEntries:
			return fault.New(fault.TooLarge, "the catalogue has over %d pictures; send it in parts", maxEntries)
		default:
			a := pictured(like, name)
			b.Assets = append(b.Assets, a)
			b.places[Assets+"/"+a.ID] = place{file: name, line: 1}
		}
		return nil
	})
	if err == nil && len(b.Assets) == 0 {
		err = fault.New(fault.Invalid, "there is no picture in the catalogue")
	}
	return b, r.list(), err
}

// ImportCatalogue takes in a folder or zip of pictures that lies open
// (OpenCatalogue): every picture becomes a photograph of like's brand and right,
// sought as it is. The report tells of what was left out, too.
func (im *Importer) ImportCatalogue(ctx context.Context, fsys fs.FS, like registry.Asset) (Report, error) {
	b, left, err := catalogueOf(fsys, like)
	if err != nil {
		return Report{}, err
	}
	r, err := im.Import(ctx, b)
	r.Problems = append(left, r.Problems...)
	return r, err
}

// ImportZip takes in a catalogue that a stranger sent as a zip of so many
// bytes; it is looked at before anything of it is unpacked.
func (im *Importer) ImportZip(ctx context.Context, r io.ReaderAt, size int64, like registry.Asset) (Report, error) {
	fsys, err := readZip(r, size)
	if err != nil {
		return Report{}, err
	}
	return im.ImportCatalogue(ctx, fsys, like)
}

// pictured is the asset of a catalogue's file.
func pictured(like registry.Asset, name string) registry.Asset {
	sum := sha256.Sum256([]byte(like.BrandID + "\x00" + name))
	label := []rune(strings.ToValidUTF8(strings.TrimSuffix(path.Base(name), path.Ext(name)), "\uFFFD"))
	like.ID = "photo-" + hex.EncodeToString(sum[:16])
	like.Kind, like.Label, like.Picture = registry.AssetPhotograph, string(label[:min(len(label), 200)]), name
	return like
}

// beside is a catalogue's asset as it is saved over the one that is there.
func beside(old, fresh registry.Asset) registry.Asset {
	out := old
	out.Picture, out.Sought = fresh.Picture, fresh.Sought
	if fresh.RightID != "" {
		out.RightID = fresh.RightID
	}
	return out
}

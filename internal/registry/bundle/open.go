package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"assay/internal/fault"
)

// Bounds of what a bundle may hold.
const (
	maxEntries = 500_000  // files in a zip
	maxTotal   = 16 << 30 // bytes of a zip once opened
	maxRatio   = 200      // a file of a zip over 1 MiB may not grow more than this
	maxPicture = 32 << 20 // bytes of one picture
	maxText    = 16 << 20 // bytes of one YAML or JSON file
	maxTexts   = 64 << 20 // bytes of all of them
)

// OpenPath opens a bundle: a folder, or a zip file. Nothing outside of it can
// be reached through the file system it returns, not by a link either. A zip
// made to explode is fault.TooLarge. The caller closes it after the last
// picture was read.
func OpenPath(name string) (fs.FS, io.Closer, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.NotFound, "there is no bundle at %s", name)
	}
	if !info.IsDir() {
		return openZip(name)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, nil, fmt.Errorf("open bundle folder: %w", err)
	}
	return root.FS(), root, nil
}

// readZip opens a catalogue that came as a zip of so many bytes. Its files have
// the paths that they have in the zip, whatever else is in it: they are known
// again by them.
func readZip(r io.ReaderAt, size int64) (fs.FS, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "this is no zip file that can be opened")
	}
	_, err = inspect(z)
	return z, err
}

// OpenCatalogue opens a catalogue: a folder, or a zip file. The caller closes
// it after the last picture was read.
func OpenCatalogue(name string) (fs.FS, io.Closer, error) {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return OpenPath(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "%s cannot be opened", name)
	}
	fsys, err := readZip(f, info.Size())
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return fsys, f, nil
}

func openZip(name string) (fs.FS, io.Closer, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		if z != nil {
			_ = z.Close()
		}
		return nil, nil, fault.Wrap(err, fault.Invalid, "%s is neither a folder nor a zip file that can be opened", name)
	}
	fsys, err := inspect(&z.Reader)
	if err != nil {
		return nil, nil, errors.Join(err, z.Close())
	}
	return fsys, z, nil
}

// inspect refuses a dangerous zip and enters the one folder that everything
// lies in when the bundle's folder itself was packed.
func inspect(z *zip.Reader) (fs.FS, error) {
	if len(z.File) > maxEntries {
		return nil, fault.New(fault.TooLarge, "the zip holds over %d files", maxEntries)
	}
	var total uint64
	tops, flat := map[string]bool{}, false
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !fs.ValidPath(name) || strings.Contains(name, `\`) {
			return nil, fault.New(fault.Invalid, "the zip holds a file with the name %q, which leads out of it", f.Name)
		}
		if m := f.Mode(); !m.IsRegular() && !m.IsDir() {
			return nil, fault.New(fault.Invalid, "the zip holds a link or device, %q; pack plain files only", f.Name)
		}
		if total += f.UncompressedSize64; total > maxTotal || f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return nil, fault.New(fault.TooLarge, "the zip grows too large when it is opened, at %q", f.Name)
		}
		top, _, deeper := strings.Cut(name, "/")
		if junk(top) {
			continue
		}
		tops[top] = true
		flat = flat || !deeper && !f.Mode().IsDir()
	}
	if len(tops) == 1 && !flat {
		for top := range tops {
			return fs.Sub(z, top)
		}
	}
	return z, nil
}

// junk is what packing programs leave behind.
func junk(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__MACOSX") || name == "Thumbs.db"
}

// load reads a file of at most limit bytes.
func load(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the bundle has no file %s", name)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.Wrap(err, fault.Invalid, "%s is no plain file", name)
	}
	if info.Size() > limit {
		return nil, fault.New(fault.TooLarge, "%s is over %d MiB", name, limit>>20)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s cannot be read", name)
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.TooLarge, "%s is over %d MiB", name, limit>>20)
	}
	return data, nil
}

// clean is the name of a file as a row gives it, or false when it is none
// inside the bundle.
func clean(name string) (string, bool) {
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	return name, fs.ValidPath(name) && name != "." && len(name) <= 1000
}

package screening

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/picture"
)

// maxPictureFile bounds one picture read from a folder, in bytes.
const maxPictureFile = 64 << 20

// Folder finds the pictures that a feed names in a folder: by their path, by
// any tail of it, or by the last part of a URL. It never leaves the folder.
type Folder struct {
	root   *os.Root
	byTail map[string]string // lower-case base name -> path; "" when there are several
	files  map[string]bool
}

// OpenFolder lists dir once.
func OpenFolder(dir string) (*Folder, error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // the folder itself may be a link; what lies in it may not lead out
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the picture folder %s cannot be opened", dir)
	}
	f := &Folder{root: root, byTail: map[string]string{}, files: map[string]bool{}}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		f.add(filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	return f, nil
}

func (f *Folder) add(rel string) {
	f.files[rel] = true
	base := strings.ToLower(path.Base(rel))
	if _, twice := f.byTail[base]; twice {
		f.byTail[base] = ""
		return
	}
	f.byTail[base] = rel
}

// Close releases the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Find is the file that a feed's name or URL means.
func (f *Folder) Find(name string) (string, bool) {
	if u, err := url.Parse(name); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		name = u.Path
	}
	name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, "\\", "/")), "/")
	for tail := name; tail != ""; {
		if f.files[tail] {
			return tail, true
		}
		_, rest, ok := strings.Cut(tail, "/")
		if !ok {
			break
		}
		tail = rest
	}
	rel := f.byTail[strings.ToLower(path.Base(name))]
	return rel, rel != ""
}

// Get reads the picture; it is a Source.
func (f *Folder) Get(_ context.Context, p listing.Picture) ([]byte, error) {
	rel, ok := f.Find(p.URL)
	if !ok {
		return nil, fault.New(fault.NotFound, "no picture %s in the folder", p.URL)
	}
	file, err := f.root.Open(filepath.FromSlash(rel))
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "picture %s cannot be opened", rel)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxPictureFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", rel, err)
	}
	if len(data) > maxPictureFile {
		return nil, &picture.Error{Code: picture.CodeTooLarge, Detail: "the file is over 64 MiB"}
	}
	return data, nil
}

package console

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"assay/internal/fault"
)

// Bounds of what one form may carry.
const (
	maxFormField   = 256 << 10
	maxPicture     = 32 << 20
	maxArchived    = 20_000   // pictures in one archive
	maxUnpacked    = 20 << 30 // bytes of all of them together
	maxFormPicture = 12       // pictures of one form
)

// upload is a form with files, read as it comes: nothing large is held in
// memory. Each file goes to the reader of its field.
type upload struct {
	values map[string]string // the last that is not empty
	all    url.Values
}

// readUpload reads a multipart form. take gets each file that has a name; the
// text fields that stand before it in the form are in values already.
func readUpload(r *http.Request, take func(field, name string, file io.Reader) error) (upload, error) {
	u := upload{map[string]string{}, url.Values{}}
	parts, err := r.MultipartReader()
	if err != nil {
		return u, fault.Wrap(err, fault.Invalid, "send the form with its files")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, fault.Wrap(err, fault.Invalid, "the upload was cut short")
		}
		if err := u.read(part, take); err != nil {
			return u, err
		}
	}
}

func (u upload) read(part *multipart.Part, take func(field, name string, file io.Reader) error) error {
	defer func() { _ = part.Close() }()
	if name := part.FileName(); name != "" {
		return take(part.FormName(), baseName(name), part)
	}
	b, err := io.ReadAll(io.LimitReader(part, maxFormField+1))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the upload was cut short")
	}
	if len(b) > maxFormField {
		return fault.New(fault.TooLarge, "the field %s is too long", part.FormName())
	}
	u.all.Add(part.FormName(), string(b))
	if len(b) > 0 || u.values[part.FormName()] == "" {
		u.values[part.FormName()] = string(b)
	}
	return nil
}

// baseName is the last part of a file name, however the sender's system
// writes paths.
func baseName(name string) string {
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

// readPicture reads one picture of a form; more than a picture may have is
// fault.TooLarge.
func readPicture(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxPicture+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the upload was cut short")
	}
	if len(b) > maxPicture {
		return nil, &fault.Error{Code: fault.Invalid, Message: "a picture is too large",
			Fields: []fault.Field{{Path: "picture", Code: "too_large", Message: "a picture may have at most 32 MB"}}}
	}
	return b, nil
}

// unpack keeps the pictures of a ZIP archive and returns the blob that maps
// their names to their keys, as listing.Feed.Pictures wants it. The archive
// comes from a stranger: names never become paths, and the sizes written in
// it are not believed.
func (c *Console) unpack(ctx context.Context, archive io.Reader) (string, error) {
	f, err := os.CreateTemp("", "assay-pictures-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	size, err := io.Copy(f, io.LimitReader(archive, c.MaxUpload+1))
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "the upload was cut short")
	}
	if size > c.MaxUpload {
		return "", refusePictures("too_large", "the archive is too large; send the pictures in parts")
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return "", refusePictures("not_zip", "the pictures must come as one ZIP archive")
	}
	return c.keepPictures(ctx, z)
}

func (c *Console) keepPictures(ctx context.Context, z *zip.Reader) (string, error) {
	names, bases := map[string]string{}, map[string]string{}
	var total int64
	for _, file := range z.File {
		if file.FileInfo().IsDir() || strings.HasPrefix(baseName(file.Name), ".") || strings.HasPrefix(file.Name, "__MACOSX/") {
			continue
		}
		if len(names) >= maxArchived {
			return "", refusePictures("too_many", "the archive has too many pictures; send them in parts")
		}
		b, err := unzip(file)
		if err != nil {
			return "", err
		}
		if total += int64(len(b)); total > maxUnpacked {
			return "", refusePictures("too_large", "the archive is too large; send the pictures in parts")
		}
		key, err := c.Blobs.Put(ctx, b)
		if err != nil {
			return "", err
		}
		names[strings.ReplaceAll(file.Name, `\`, "/")] = key
		base := baseName(file.Name)
		if other, twice := bases[base]; twice && other != key {
			key = "" // two pictures of one name: only their folders tell them apart
		}
		bases[base] = key
	}
	for base, key := range bases {
		if _, whole := names[base]; !whole && key != "" {
			names[base] = key
		}
	}
	b, err := json.Marshal(names)
	if err != nil {
		return "", err
	}
	return c.Blobs.Put(ctx, b)
}

func unzip(file *zip.File) ([]byte, error) {
	in, err := file.Open()
	if err != nil {
		return nil, refusePictures("not_zip", "a file of the archive cannot be unpacked")
	}
	defer func() { _ = in.Close() }()
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(in, maxPicture+1))
	if err != nil {
		return nil, refusePictures("not_zip", "a file of the archive cannot be unpacked")
	}
	if n > maxPicture {
		return nil, refusePictures("too_large", "a picture of the archive is over 32 MB")
	}
	return b.Bytes(), nil
}

func refusePictures(code, message string) error {
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: []fault.Field{{Path: "pictures", Code: code, Message: message}}}
}

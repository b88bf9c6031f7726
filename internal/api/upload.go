package api

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"assay/internal/fault"
	"assay/internal/listing/feed"
)

// Bounds of what is sent with a feed besides its file.
const (
	maxFormText     = 256 << 10
	maxFeedPictures = 100_000
)

var feedTexts = []string{"format", "mapping", "currency", "market", "seller"}

// feedUpload is the form of a feed once its files are kept.
type feedUpload struct {
	name, blob string
	text       map[string]string
	pictures   map[string]string // name in the feed -> content key

	a        *API
	unpacked int64
}

// readFeedForm reads a form part by part and keeps its files as they come:
// nothing large is held in memory.
func (a *API) readFeedForm(ctx context.Context, in *Stream) (*feedUpload, error) {
	if in.mediaType() != "multipart/form-data" {
		return nil, in.wrongMedia(ctx, "send multipart/form-data with the file as the field feed")
	}
	l := a.d.Limits
	in.r.Body = http.MaxBytesReader(in.w, in.r.Body, l.Feed+l.FeedArchive)
	form, err := in.r.MultipartReader()
	if err != nil {
		return nil, brokenForm(err)
	}
	u := &feedUpload{a: a, text: map[string]string{}, pictures: map[string]string{}}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return u, u.check()
		}
		if err != nil {
			return nil, brokenForm(err)
		}
		if err := u.take(ctx, part); err != nil {
			return nil, err
		}
	}
}

func (u *feedUpload) take(ctx context.Context, part *multipart.Part) (err error) {
	switch field := part.FormName(); {
	case field == "feed" && u.blob == "":
		u.name = clip(strings.ToValidUTF8(part.FileName(), ""), 200)
		u.blob, _, err = u.a.d.Blobs.PutFrom(ctx, part, u.a.d.Limits.Feed)
		return err
	case field == "feed":
		return invalidField("feed", "too_many", "send one feed at a time")
	case field == "pictures":
		return u.unpack(ctx, part)
	case field == "picture":
		return u.keep(ctx, part.FileName(), part)
	case slices.Contains(feedTexts, field):
		data, err := io.ReadAll(io.LimitReader(part, maxFormText+1))
		if err != nil {
			return brokenForm(err)
		}
		if len(data) > maxFormText {
			return fault.New(fault.TooLarge, "the field %s is over %d bytes", field, maxFormText)
		}
		u.text[field] = strings.TrimSpace(string(data))
		return nil
	default:
		return invalidField(clip(field, 50), "unknown_field", "the form takes feed, format, mapping, market, seller, pictures and picture")
	}
}

// check refuses at once what the import could only refuse later.
func (u *feedUpload) check() error {
	if u.blob == "" {
		return invalidField("feed", "missing", "send the file as the field feed")
	}
	if f := u.text["format"]; f != "" && !slices.Contains(feed.Formats, feed.Format(f)) {
		names := make([]string, len(feed.Formats))
		for i, known := range feed.Formats {
			names[i] = string(known)
		}
		return invalidField("format", "unknown_value", "use one of "+strings.Join(names, ", ")+", or leave it out")
	}
	if m := u.text["mapping"]; m != "" {
		if _, err := feed.ParseMapping("mapping", []byte(m)); err != nil {
			return err
		}
	}
	return nil
}

// unpack keeps the pictures of a zip archive. It comes from a stranger: names
// never become paths, and the sizes written in it are not believed.
func (u *feedUpload) unpack(ctx context.Context, archive io.Reader) error {
	f, err := os.CreateTemp("", "assay-pictures-*")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	size, err := io.Copy(f, archive) // the form as a whole is bounded
	if err != nil {
		return brokenForm(err)
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return invalidField("pictures", "not_zip", "send the pictures as one zip archive, or each as a field picture")
	}
	for _, entry := range z.File {
		if entry.FileInfo().IsDir() || strings.HasPrefix(path.Base(entry.Name), ".") || strings.HasPrefix(entry.Name, "__MACOSX/") {
			continue
		}
		if err := u.keepEntry(ctx, entry); err != nil {
			return err
		}
	}
	return nil
}

func (u *feedUpload) keepEntry(ctx context.Context, entry *zip.File) error {
	r, err := entry.Open()
	if err != nil {
		return invalidField("pictures", "not_zip", "the archive is broken at "+clip(entry.Name, 100))
	}
	defer func() { _ = r.Close() }()
	return u.keep(ctx, entry.Name, r)
}

// keep stores one picture under its name and, when no other has it, under the
// last part of its name. Whether it can be opened is found when it is screened.
func (u *feedUpload) keep(ctx context.Context, name string, r io.Reader) error {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/")
	if name == "" || len(name) > 1000 {
		return invalidField("picture", "missing", "each picture needs the file name that the feed gives it")
	}
	if len(u.pictures) >= 2*maxFeedPictures {
		return fault.New(fault.TooLarge, "there are over %d pictures; send the feed in parts", maxFeedPictures)
	}
	left := u.a.d.Limits.FeedArchive - u.unpacked
	key, size, err := u.a.d.Blobs.PutFrom(ctx, r, min(u.a.d.Limits.Picture, left))
	if err != nil {
		if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
			return invalidField("pictures", "not_zip", "the archive is broken at "+clip(name, 100))
		}
		return err
	}
	u.unpacked += size
	u.pictures[name] = key
	if short := path.Base(name); u.pictures[short] == "" {
		u.pictures[short] = key
	}
	return nil
}

// hash is over what makes two uploads the same.
func (u *feedUpload) hash() string {
	h := sha256.New()
	add := func(parts ...string) {
		for _, p := range parts {
			io.WriteString(h, p)
			h.Write([]byte{0})
		}
	}
	add(u.name, u.blob)
	for _, field := range feedTexts {
		add(u.text[field])
	}
	names := make([]string, 0, len(u.pictures))
	for name := range u.pictures {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(name, u.pictures[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func invalidField(path, code, message string) error {
	return &fault.Error{Code: fault.Invalid, Message: "the request cannot be taken as it is", Fields: []fault.Field{{Path: path, Code: code, Message: message}}}
}

// absentField turns a missing row into what is wrong with the field that names it.
func absentField(err error, path, message string) error {
	if fault.Is(err, fault.NotFound) {
		return invalidField(path, "unknown", message)
	}
	return err
}

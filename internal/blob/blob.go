// Package blob keeps bytes under their own hash, in a folder, in memory or in
// an S3 bucket.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"

	"assay/internal/fault"
)

// Store is a content-addressed store. Keys are "sha256:<hex>".
type Store struct{ bucket *blob.Bucket }

// Open understands file:DIR, mem: and s3:BUCKET?region=...&endpoint=... .
func Open(ctx context.Context, address string) (*Store, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "mem":
		return &Store{memblob.OpenBucket(nil)}, nil
	case "file":
		return openFolder(rest)
	case "s3":
		b, err := blob.OpenBucket(ctx, "s3://"+strings.TrimPrefix(rest, "//"))
		if err != nil {
			return nil, fmt.Errorf("open bucket %q: %w", rest, err)
		}
		return &Store{b}, nil
	}
	return nil, fault.New(fault.Invalid, "blob address %q: use file:DIR, s3:BUCKET or mem:", address)
}

func openFolder(dir string) (*Store, error) {
	dir = strings.TrimPrefix(dir, "//")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	b, err := fileblob.OpenBucket(abs, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("blob folder %q: %w", dir, err)
	}
	return &Store{b}, nil
}

// Close releases the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

// Key is the name of the bytes.
func Key(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Put keeps data and returns its key. Bytes that are there already are not
// written again.
func (s *Store) Put(ctx context.Context, data []byte) (string, error) {
	key := Key(data)
	path, err := place(key)
	if err != nil {
		return "", err
	}
	if ok, err := s.bucket.Exists(ctx, path); err == nil && ok {
		return key, nil
	}
	if err := s.bucket.WriteAll(ctx, path, data, nil); err != nil {
		return "", fmt.Errorf("keep %s: %w", key, err)
	}
	return key, nil
}

// PutFrom keeps what r gives, at most limit bytes; more is fault.TooLarge.
func (s *Store) PutFrom(ctx context.Context, r io.Reader, limit int64) (key string, size int64, err error) {
	f, err := os.CreateTemp("", "assay-blob-*")
	if err != nil {
		return "", 0, fmt.Errorf("keep stream: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, fmt.Errorf("keep stream: %w", err)
	}
	if size > limit {
		return "", 0, fault.New(fault.TooLarge, "the file is over %d bytes; split it", limit)
	}
	key = "sha256:" + hex.EncodeToString(h.Sum(nil))
	path, err := place(key)
	if err != nil {
		return "", 0, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("keep stream: %w", err)
	}
	return key, size, s.copyIn(ctx, path, f)
}

// copyIn writes all of r or nothing: a cancelled context leaves no half blob.
func (s *Store) copyIn(ctx context.Context, path string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, path, nil)
	if err != nil {
		return fmt.Errorf("keep stream: %w", err)
	}
	if _, err := io.Copy(w, r); err != nil {
		cancel()
		_ = w.Close()
		return fmt.Errorf("keep stream: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("keep stream: %w", err)
	}
	return nil
}

// Get returns the bytes; a key that is not there is fault.NotFound.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	r, err := s.Reader(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return b.Bytes(), nil
}

// Reader streams the bytes; the caller closes it.
func (s *Store) Reader(ctx context.Context, key string) (io.ReadCloser, error) {
	path, err := place(key)
	if err != nil {
		return nil, err
	}
	r, err := s.bucket.NewReader(ctx, path, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fault.Wrap(err, fault.NotFound, "no file is kept under %s", key)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return r, nil
}

// Has reports whether the bytes are there.
func (s *Store) Has(ctx context.Context, key string) (bool, error) {
	path, err := place(key)
	if err != nil {
		return false, err
	}
	return s.bucket.Exists(ctx, path)
}

// place is the path of a key, fanned out so that no folder grows too large.
func place(key string) (string, error) {
	hexa, ok := strings.CutPrefix(key, "sha256:")
	if !ok || len(hexa) != 64 || strings.Trim(hexa, "0123456789abcdef") != "" {
		return "", fault.New(fault.Invalid, "%q is not a content key (sha256:<64 hex digits>)", url.QueryEscape(key))
	}
	return hexa[:2] + "/" + hexa, nil
}

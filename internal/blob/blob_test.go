package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"assay/internal/blob"
	"assay/internal/fault"
)

// stores opens each kind of store; S3 is a small server of its own.
func stores(t *testing.T) map[string]*blob.Store {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("assay"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	s3 := "s3:assay?region=us-east-1&hostname_immutable=true&use_path_style=true&endpoint=" + url.QueryEscape(server.URL)
	out := map[string]*blob.Store{}
	for name, address := range map[string]string{"memory": "mem:", "folder": "file:" + t.TempDir(), "S3": s3} {
		s, err := blob.Open(context.Background(), address)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Cleanup(func() { _ = s.Close() })
		out[name] = s
	}
	return out
}

func TestKeepAndFind(t *testing.T) {
	ctx := context.Background()
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			data := []byte("some bytes")
			for range 2 { // a second time is nothing new
				key, err := s.Put(ctx, data)
				if err != nil || key != blob.Key(data) {
					t.Fatalf("put: %s, %v", key, err)
				}
			}
			got, err := s.Get(ctx, blob.Key(data))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("get: %q, %v", got, err)
			}
			if ok, err := s.Has(ctx, blob.Key([]byte("others"))); ok || err != nil {
				t.Errorf("has what was never kept: %v, %v", ok, err)
			}
			if _, err := s.Get(ctx, blob.Key([]byte("others"))); !fault.Is(err, fault.NotFound) {
				t.Errorf("get of what was never kept: %v", err)
			}
		})
	}
}

func TestStreams(t *testing.T) {
	ctx := context.Background()
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			long := strings.Repeat("0123456789", 100_000)
			key, size, err := s.PutFrom(ctx, strings.NewReader(long), 2_000_000)
			if err != nil || size != int64(len(long)) || key != blob.Key([]byte(long)) {
				t.Fatalf("put: %s, %d bytes, %v", key, size, err)
			}
			r, err := s.Reader(ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			if got, err := io.ReadAll(r); err != nil || string(got) != long {
				t.Errorf("read back %d bytes, %v", len(got), err)
			}
			if _, _, err := s.PutFrom(ctx, strings.NewReader(long), 1000); !fault.Is(err, fault.TooLarge) {
				t.Errorf("over the limit: %v", err)
			}
			broken := io.MultiReader(strings.NewReader("half a fi"), failing{})
			if _, _, err := s.PutFrom(ctx, broken, 1000); err == nil {
				t.Error("a stream that broke off was kept")
			}
			if ok, _ := s.Has(ctx, blob.Key([]byte("half a fi"))); ok {
				t.Error("half a file is there")
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line is dead") }

func TestStrangeKeysAndAddresses(t *testing.T) {
	ctx := context.Background()
	for name, s := range stores(t) {
		for _, key := range []string{"", "sha256:", "../../etc/passwd", "sha256:../../../../../../../../etc/passwd", "sha256:" + strings.Repeat("Z", 64)} {
			if _, err := s.Get(ctx, key); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: key %q: %v", name, key, err)
			}
		}
	}
	if _, err := blob.Open(ctx, "ftp:somewhere"); !fault.Is(err, fault.Invalid) {
		t.Errorf("unknown address: %v", err)
	}
}

package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"time"
)

//go:embed web/static/* web/templates/*.html
var web embed.FS

// static serves styles, scripts and icons under an address that changes with
// their content, so that browsers may keep them for ever.
type static struct {
	files  map[string][]byte
	prefix string // "/static/<hash>/"
}

func newStatic() *static {
	s := &static{files: map[string][]byte{}}
	entries, err := fs.ReadDir(web, "web/static")
	if err != nil {
		panic(err)
	}
	sum := sha256.New()
	for _, e := range entries {
		b, err := web.ReadFile("web/static/" + e.Name())
		if err != nil {
			panic(err)
		}
		s.files[e.Name()] = b
		sum.Write(b)
	}
	s.prefix = "/static/" + hex.EncodeToString(sum.Sum(nil))[:16] + "/"
	return s
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, ok := s.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.URL.Path == s.prefix+r.PathValue("name") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, r.PathValue("name"), time.Time{}, bytes.NewReader(b))
}

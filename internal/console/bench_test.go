package console_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
)

// The pages a reviewer opens all day, and a scaled picture from the cache.
func BenchmarkPages(b *testing.B) {
	s := consoletest.New(b)
	server := httptest.NewServer(s.Console.Handler())
	b.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(server.URL+"/sign-in", url.Values{"email": {consoletest.Email(access.Reviewer)}, "password": {consoletest.Password}})
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	a, err := s.Store.Asset(b.Context(), consoletest.MarkAsset)
	if err != nil {
		b.Fatal(err)
	}
	for name, path := range map[string]string{"queue": "/queue", "case": "/cases/case-suspect-1", "thumbnail": "/pictures/" + strings.TrimPrefix(a.Picture, "sha256:") + "?w=320"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				res, err := client.Get(server.URL + path)
				if err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(err, res)
				}
				_ = res.Body.Close()
			}
		})
	}
}

package console_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console"
	"assay/internal/console/consoletest"
)

// BenchmarkTwentyPictures opens a case whose listing has twenty large pictures,
// with what a browser then fetches, one after the other: for its first screen
// (the others are loaded when they are scrolled to), or all of them.
func BenchmarkTwentyPictures(b *testing.B) {
	s := consoletest.New(b)
	k := s.Crowded(20)
	server := httptest.NewServer(s.Console.Handler())
	b.Cleanup(server.Close)
	client := signedIn(b, server.URL)
	get := func(path string) string {
		res, err := client.Get(server.URL + path)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(err, res)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			b.Fatal(err)
		}
		return string(body)
	}
	for _, c := range []struct {
		name       string
		fresh, all bool
	}{{"first screen, scaled anew", true, false}, {"all, scaled anew", true, true}, {"all, again", false, true}} {
		open := func() {
			n := 0
			for _, m := range picture.FindAllStringSubmatch(get("/cases/"+k.ID), -1) {
				if c.all || !strings.Contains(m[0], "lazy") {
					get(html.UnescapeString(m[1]))
					n++
				}
			}
			if c.all && n < 20 || n < 2 {
				b.Fatalf("%d pictures", n)
			}
		}
		b.Run(c.name, func(b *testing.B) {
			open()
			for b.Loop() {
				if c.fresh {
					b.StopTimer()
					server.Config.Handler = console.New(s.Deps()).Handler()
					b.StartTimer()
				}
				open()
			}
		})
	}
}

// picture finds what a page shows.
var picture = regexp.MustCompile(`<img[^>]* src="(/pictures/[^"]+)"[^>]*>`)

func signedIn(b *testing.B, base string) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(base+"/sign-in", url.Values{"email": {consoletest.Email(access.Reviewer)}, "password": {consoletest.Password}})
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	return client
}

// The pages a reviewer opens all day, and a scaled picture from the cache.
func BenchmarkPages(b *testing.B) {
	s := consoletest.New(b)
	server := httptest.NewServer(s.Console.Handler())
	b.Cleanup(server.Close)
	client := signedIn(b, server.URL)
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

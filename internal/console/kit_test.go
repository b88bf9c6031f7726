package console_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
)

// site is the stage behind a server.
type site struct {
	people map[access.Role]*person
	*consoletest.Stage
	base string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := consoletest.New(t)
	server := httptest.NewServer(s.Console.Handler())
	t.Cleanup(server.Close)
	return &site{Stage: s, base: server.URL}
}

// TestReading shares one stage among the tests that change nothing others see.
func TestReading(t *testing.T) {
	s := newSite(t)
	for name, test := range map[string]func(*testing.T){
		"every page in every language": s.everyPageInEveryLanguage, "hostile text stays text": s.hostileTextStaysText,
		"answers are guarded": s.answersAreGuarded, "forms from other sites are refused": s.formsFromOtherSitesAreRefused,
		"rows of others are not there": s.rowsOfOthersAreNotThere, "pages say nothing to strangers": s.pagesSayNothingToStrangers,
		"routes are unique": s.routesAreUnique, "pictures are written anew": s.picturesAreWrittenAnew,
	} {
		s.people = nil // sessions and languages of the test before
		t.Run(name, test)
	}
}

// person is somebody at a browser that follows no redirects.
type person struct {
	t    *testing.T
	base string
	http *http.Client
}

func (s *site) stranger(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, s.base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (s *site) as(t *testing.T, role access.Role) *person {
	t.Helper()
	p := s.stranger(t)
	a := p.post("/sign-in", url.Values{"email": {consoletest.Email(role)}, "password": {consoletest.Password}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", role, a.status)
	}
	return p
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (p *person) do(r *http.Request) answer {
	p.t.Helper()
	res, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{res.StatusCode, string(b), res.Header}
}

func (p *person) request(method, path string, body io.Reader) *http.Request {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *person) get(path string) answer {
	p.t.Helper()
	return p.do(p.request(http.MethodGet, path, nil))
}

func (p *person) post(path string, form url.Values) answer {
	p.t.Helper()
	r := p.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

// upload sends a form with files: values whose name ends in "@file" are files.
func (p *person) upload(path string, fields ...[2]string) answer {
	p.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		name, file, isFile := strings.Cut(f[0], "@")
		var part io.Writer
		var err error
		if isFile {
			part, err = w.CreateFormFile(name, file)
		} else {
			part, err = w.CreateFormField(name)
		}
		if err == nil {
			_, err = io.WriteString(part, f[1])
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.t.Fatal(err)
	}
	r := p.request(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.do(r)
}

func (a answer) has(t *testing.T, what ...string) {
	t.Helper()
	for _, w := range what {
		if !strings.Contains(a.body, w) {
			t.Errorf("the answer (%d) lacks %q:\n%s", a.status, w, a.body[:min(len(a.body), 3000)])
		}
	}
}

func (a answer) lacks(t *testing.T, what ...string) {
	t.Helper()
	for _, w := range what {
		if strings.Contains(a.body, w) {
			t.Errorf("the answer contains %q", w)
		}
	}
}

package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var picture = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 60))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// open is a fetcher that may reach the test server.
func open(t *testing.T, opt Options) *Fetcher {
	t.Helper()
	opt.AllowPrivate = true
	f := New(opt)
	t.Cleanup(f.Close)
	return f
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func wantCode(t *testing.T, err error, code Code, temporary bool) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want code %s", err, code)
	}
	if e.Code != code || e.Temporary != temporary {
		t.Fatalf("error = %s (temporary %v), want %s (%v): %v", e.Code, e.Temporary, code, temporary, err)
	}
}

func TestFetchGivesBytesAndTheTypeOfTheContent(t *testing.T) {
	var asked http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header
		w.Header().Set("Content-Type", "text/html")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.Write(picture)
	})
	f := open(t, Options{UserAgent: "Test/1"})
	for range 2 {
		data, kind, err := f.Fetch(t.Context(), url+"/x.png#top")
		if err != nil || kind != "image/png" || !bytes.Equal(data, picture) {
			t.Fatalf("Fetch = %d bytes, %q, %v", len(data), kind, err)
		}
		if asked.Get("Cookie") != "" || asked.Get("User-Agent") != "Test/1" || asked.Get("Accept-Encoding") != "identity" {
			t.Fatalf("headers sent: %v", asked)
		}
	}
}

func TestFetchRefusesAddressesByForm(t *testing.T) {
	f := New(Options{})
	for _, address := range []string{
		"", "x.png", "/etc/passwd", "file:///etc/passwd", "ftp://example.com/a.png", "data:image/png;base64,AAAA", "javascript:alert(1)",
		"http://user@example.com/a.png", "http://user:pw@example.com/", "http://example.com:22/", "http://example.com:6379/a", "https://example.com:99999/",
		"http:///a.png", "http://[fe80::1%25eth0]/a.png", "http://exa mple.com/", "gopher://example.com/", "http://example.com/" + strings.Repeat("a", 3000),
	} {
		_, _, err := f.Fetch(t.Context(), address)
		t.Run(address[:min(len(address), 40)], func(t *testing.T) { wantCode(t, err, BadURL, false) })
	}
}

func TestFetchRefusesAddressesInside(t *testing.T) {
	f := New(Options{PerHost: -1, Ports: []int{80, 443, 8080}})
	defer f.Close()
	for _, address := range []string{
		"http://127.0.0.1/", "http://127.9.9.9:8080/", "http://[::1]/", "http://0.0.0.0/", "http://[::]/", "http://10.0.0.1/", "http://172.16.3.4/",
		"http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
		"http://224.0.0.1/", "http://255.255.255.255/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a00:1]/", "http://[64:ff9b::7f00:1]/",
		"http://[2002:7f00:1::]/", "http://[::127.0.0.1]/", "http://[2001:0:7f00:1::]/", "http://198.18.0.1/", "http://168.63.129.16/", "http://localhost/",
	} {
		_, _, err := f.Fetch(t.Context(), address)
		t.Run(address, func(t *testing.T) { wantCode(t, err, BadAddress, false) })
	}
}

func TestPublic(t *testing.T) {
	for _, s := range []string{"8.8.8.8", "1.1.1.1", "223.130.200.104", "2606:4700:4700::1111", "2400:cb00::1", "::ffff:8.8.8.8"} {
		if !Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is public", s)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("the zero address is not public")
	}
}

// dnsServer answers every question for an A record with 127.0.0.1.
func dnsServer(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer, err := answerLoopback(buf[:n]); err == nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answerLoopback(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) == 0 {
		return nil, errors.Join(err, errors.New("no question"))
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 1},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	return m.Pack()
}

func TestNameThatResolvesToLoopback(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reached = true; w.Write(picture) }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	resolver := dnsServer(t)
	address := "http://pictures.shop.example:" + port + "/a.png"
	n := 0
	fmt.Sscan(port, &n)

	guarded := newFetcher(Options{Ports: []int{n}}, resolver)
	defer guarded.Close()
	_, _, err = guarded.Fetch(t.Context(), address)
	wantCode(t, err, BadAddress, false)
	if reached {
		t.Fatal("the server inside was reached")
	}
	// The same name works when private addresses are allowed, so it was the
	// guard and not the name that failed above.
	open := newFetcher(Options{AllowPrivate: true}, resolver)
	defer open.Close()
	if _, kind, err := open.Fetch(t.Context(), address); err != nil || kind != "image/png" {
		t.Fatalf("allowed fetch: %q, %v", kind, err)
	}
}

func TestRedirects(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			http.Redirect(w, r, "/picture", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusMovedPermanently)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/user":
			http.Redirect(w, r, "http://a:b@127.0.0.1/", http.StatusFound)
		default:
			w.Write(picture)
		}
	})
	f := open(t, Options{PerHost: -1})
	if _, kind, err := f.Fetch(t.Context(), url+"/ok"); err != nil || kind != "image/png" {
		t.Fatalf("one hop: %q, %v", kind, err)
	}
	_, _, err := f.Fetch(t.Context(), url+"/loop")
	wantCode(t, err, TooManyHops, false)
	for _, path := range []string{"/file", "/user"} {
		_, _, err := f.Fetch(t.Context(), url+path)
		wantCode(t, err, BadURL, false)
	}
	_, _, err = open(t, Options{MaxRedirects: -1}).Fetch(t.Context(), url+"/ok")
	wantCode(t, err, TooManyHops, false)
}

// The first hop is let through by pretending that its address is public.
func TestRedirectToLoopbackIsGuarded(t *testing.T) {
	f := New(Options{})
	defer f.Close()
	f.client.Transport = hop{to: "http://127.0.0.1/secret.png", then: f.client.Transport}
	_, _, err := f.Fetch(t.Context(), "http://pictures.shop.example/a.png")
	wantCode(t, err, BadAddress, false)
}

// hop answers the first request with a redirect and passes the others on.
type hop struct {
	to   string
	then http.RoundTripper
}

func (h hop) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "pictures.shop.example" {
		return h.then.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {h.to}}, Body: http.NoBody, Request: r}, nil
}

func TestLimits(t *testing.T) {
	release := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/announced":
			w.Header().Set("Content-Length", "5000000")
			w.Write(picture)
		case "/endless":
			w.Write(picture)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		case "/slow":
			w.Write(picture)
			w.(http.Flusher).Flush()
			<-release
		case "/html":
			fmt.Fprint(w, "<html>"+strings.Repeat("x", 2000))
		case "/svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, "<svg xmlns='http://www.w3.org/2000/svg'/>")
		case "/empty":
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(picture)
		case "/cut":
			w.Header().Set("Content-Length", "3000")
			w.Write(picture)
		default:
			code := 0
			fmt.Sscan(r.URL.Path[1:], &code)
			w.WriteHeader(code)
		}
	})
	t.Cleanup(func() { close(release) })
	f := open(t, Options{MaxBytes: 4000, Timeout: 10 * time.Second, PerHost: -1})
	for _, c := range []struct {
		path      string
		code      Code
		temporary bool
	}{
		{"/announced", TooLarge, false}, {"/endless", TooLarge, false}, {"/html", WrongType, false}, {"/svg", WrongType, false},
		{"/empty", WrongType, false}, {"/packed", WrongType, false}, {"/cut", Broken, true},
		{"/404", NotFound, false}, {"/410", NotFound, false}, {"/403", Refused, false}, {"/429", ServerError, true}, {"/503", ServerError, true}, {"/204", Refused, false},
	} {
		t.Run(c.path[1:], func(t *testing.T) {
			_, _, err := f.Fetch(t.Context(), url+c.path)
			wantCode(t, err, c.code, c.temporary)
		})
	}
	_, _, err := open(t, Options{Timeout: 50 * time.Millisecond}).Fetch(t.Context(), url+"/slow")
	wantCode(t, err, Timeout, true)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = f.Fetch(gone, url+"/slow")
	wantCode(t, err, Canceled, true)
}

func TestProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("the proxy was asked"); w.Write(picture) })
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(picture) })
	if _, _, err := open(t, Options{}).Fetch(t.Context(), url); err != nil {
		t.Fatal(err)
	}
}

func TestTurnsAreTakenByHost(t *testing.T) {
	turns := newTurns(1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for range 2 { // the burst
		if err := turns.wait(ctx, "a.example"); err != nil {
			t.Fatal(err)
		}
	}
	if err := turns.wait(ctx, "A.example"); err == nil {
		t.Fatal("the third request in a second was not held back")
	}
	if err := turns.wait(ctx, "b.example"); err != nil {
		t.Fatalf("another host has its own turns: %v", err)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add(picture)
	f.Add([]byte("RIFF0000WEBP"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind := sniff(b); kind != "" && !strings.HasPrefix(kind, "image/") {
			t.Fatal(kind)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"http://example.com/a.png", "https://[::1]:443/", "http://a@b", "//x", "http://example.com:80"} {
		f.Add(s)
	}
	fetcher := New(Options{})
	f.Fuzz(func(t *testing.T, s string) {
		u, err := fetcher.check(s)
		if err != nil {
			return
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Hostname() == "" || (u.Port() != "" && u.Port() != "80" && u.Port() != "443") {
			t.Fatalf("%q was let through as %v", s, u)
		}
	})
}

// Package fetch gets pictures from addresses that strangers wrote. Whoever
// may choose an address may try to make us ask our own network: the address
// that is really dialled is checked, after DNS and on every redirect.
package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Code says why a picture could not be had; it is stable and fits
// listing.Picture.Problem.
type Code string

const (
	BadURL      Code = "bad_url"       // not an http(s) address, or with user name, port or length that is not allowed
	BadAddress  Code = "bad_address"   // the host is, or resolves to, an address inside some network
	NotFound    Code = "not_found"     // 404, 410, or no such host
	Refused     Code = "refused"       // another 4xx: we may not have it
	ServerError Code = "server_error"  // 5xx or 429: later perhaps
	Timeout     Code = "timeout"       // took longer than allowed
	TooLarge    Code = "too_large"     // more bytes than allowed
	WrongType   Code = "wrong_type"    // the content is no picture we know
	TooManyHops Code = "too_many_hops" // more redirects than allowed
	Broken      Code = "broken"        // connection or answer broke off
	Canceled    Code = "canceled"      // the caller gave up
)

// Codes lists every code, for message catalogues.
var Codes = []Code{BadURL, BadAddress, NotFound, Refused, ServerError, Timeout, TooLarge, WrongType, TooManyHops, Broken, Canceled}

// Error is every failure of Fetch.
type Error struct {
	Code      Code
	Temporary bool // trying again later may help
	Err       error
}

func (e *Error) Error() string { return "fetch picture: " + string(e.Code) + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func fail(code Code, temporary bool, err error) *Error {
	return &Error{Code: code, Temporary: temporary, Err: err}
}

// Options bound a fetch; zero fields take the defaults named.
type Options struct {
	Timeout      time.Duration // for the whole fetch with redirects, waiting for the host's turn excluded; 20 s
	MaxBytes     int64         // 20 MiB
	MaxRedirects int           // 4; negative: none
	Ports        []int         // 80 and 443
	UserAgent    string        // "Assay"
	PerHost      float64       // requests a second to one host; 4; negative: no limit
	AllowPrivate bool          // also loopback and private addresses and any port: for tests and development only
}

// Fetcher gets pictures. It is safe for use by many goroutines.
type Fetcher struct {
	opt    Options
	client *http.Client
	turns  *turns
}

// New makes a fetcher with a connection pool of its own.
func New(opt Options) *Fetcher { return newFetcher(opt, net.DefaultResolver) }

func newFetcher(opt Options, resolver *net.Resolver) *Fetcher {
	if opt.Timeout <= 0 {
		opt.Timeout = 20 * time.Second
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = 20 << 20
	}
	if opt.MaxRedirects == 0 {
		opt.MaxRedirects = 4
	}
	if len(opt.Ports) == 0 {
		opt.Ports = []int{80, 443}
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "Assay"
	}
	if opt.PerHost == 0 {
		opt.PerHost = 4
	}
	f := &Fetcher{opt: opt, turns: newTurns(opt.PerHost)}
	f.client = &http.Client{
		Transport:     guardedTransport(opt, resolver),
		CheckRedirect: f.redirect, // no Jar: cookies are neither kept nor sent
	}
	return f
}

// Close gives idle connections back.
func (f *Fetcher) Close() { f.client.CloseIdleConnections() }

// Fetch gets the picture at an address and the media type found in its bytes;
// what the server says about the type is not believed. Every error is *Error.
func (f *Fetcher) Fetch(ctx context.Context, address string) (data []byte, contentType string, err error) {
	u, err := f.check(address)
	if err != nil {
		return nil, "", err
	}
	if err := f.turns.wait(ctx, u.Hostname()); err != nil {
		return nil, "", fail(Canceled, true, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.opt.Timeout, errSlow)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", fail(BadURL, false, err)
	}
	f.dress(req)
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, "", classify(ctx, err)
	}
	defer resp.Body.Close()
	if err := judge(resp); err != nil {
		return nil, "", err
	}
	return f.read(ctx, resp)
}

var errSlow = errors.New("time is up")

// dress sets the headers; identity keeps packed answers, and with them
// decompression bombs, away.
func (f *Fetcher) dress(req *http.Request) {
	req.Header.Set("User-Agent", f.opt.UserAgent)
	req.Header.Set("Accept", "image/*")
	req.Header.Set("Accept-Encoding", "identity")
}

// redirect checks every hop like a first address.
func (f *Fetcher) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > max(0, f.opt.MaxRedirects) {
		return fail(TooManyHops, false, errors.New("more than "+strconv.Itoa(max(0, f.opt.MaxRedirects))+" redirects"))
	}
	u, err := f.check(req.URL.String())
	if err != nil {
		return err
	}
	req.Header.Del("Referer")
	return f.turns.wait(req.Context(), u.Hostname())
}

const maxAddress = 2048

// check accepts web addresses without user name on the allowed ports.
func (f *Fetcher) check(address string) (*url.URL, error) {
	if len(address) > maxAddress {
		return nil, fail(BadURL, false, errors.New("the address is longer than "+strconv.Itoa(maxAddress)+" bytes"))
	}
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return nil, fail(BadURL, false, errors.New("the address cannot be read"))
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fail(BadURL, false, errors.New("only http and https are fetched"))
	case u.User != nil:
		return nil, fail(BadURL, false, errors.New("the address has a user name in it"))
	case u.Hostname() == "" || strings.Contains(u.Hostname(), "%"):
		return nil, fail(BadURL, false, errors.New("the address has no host that can be fetched from"))
	case !f.allowedPort(u):
		return nil, fail(BadURL, false, errors.New("port "+u.Port()+" is not allowed"))
	}
	u.Fragment = ""
	return u, nil
}

func (f *Fetcher) allowedPort(u *url.URL) bool {
	if u.Port() == "" || f.opt.AllowPrivate {
		return true
	}
	port, err := strconv.Atoi(u.Port())
	return err == nil && allowed(f.opt.Ports, port)
}

// judge turns the status into an error; 200 alone is good.
func judge(resp *http.Response) error {
	err := errors.New("the server answered " + resp.Status)
	switch s := resp.StatusCode; {
	case s == http.StatusOK:
		if e := resp.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
			return fail(WrongType, false, errors.New("the answer is packed although that was declined"))
		}
		return nil
	case s == http.StatusNotFound || s == http.StatusGone:
		return fail(NotFound, false, err)
	case s == http.StatusTooManyRequests || s == http.StatusRequestTimeout || s >= 500:
		return fail(ServerError, true, err)
	}
	return fail(Refused, false, err)
}

// read takes the body up to the limit and looks at its first bytes early, so
// that a film is not downloaded to learn that it is none.
func (f *Fetcher) read(ctx context.Context, resp *http.Response) ([]byte, string, error) {
	if resp.ContentLength > f.opt.MaxBytes {
		return nil, "", fail(TooLarge, false, errors.New("the answer announces "+strconv.FormatInt(resp.ContentLength, 10)+" bytes"))
	}
	body := io.LimitReader(resp.Body, f.opt.MaxBytes+1)
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(body, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, "", classify(ctx, err)
	}
	if err != nil && resp.ContentLength > int64(n) {
		return nil, "", fail(Broken, true, io.ErrUnexpectedEOF)
	}
	head = head[:n]
	kind := sniff(head)
	if kind == "" {
		return nil, "", fail(WrongType, false, errors.New("the content is no picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)"))
	}
	rest, err := io.ReadAll(body)
	if err != nil {
		return nil, "", classify(ctx, err)
	}
	data := append(head, rest...)
	if int64(len(data)) > f.opt.MaxBytes {
		return nil, "", fail(TooLarge, false, errors.New("the picture is larger than "+strconv.FormatInt(f.opt.MaxBytes, 10)+" bytes"))
	}
	return data, kind, nil
}

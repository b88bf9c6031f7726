package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// errInside is the guard's refusal.
var errInside = errors.New("the address is not on the public internet")

var errPort = errors.New("the port is not allowed")

func allowed(ports []int, port int) bool { return slices.Contains(ports, port) }

// guardedTransport dials public addresses only. The check sits in the
// dialler's Control, which sees the address of the very connection: a name
// that changes its answer between check and use gains nothing.
func guardedTransport(opt Options, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{
		Timeout:  min(opt.Timeout, 10*time.Second),
		Resolver: resolver,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			return guard(opt, network, address)
		},
	}
	return &http.Transport{
		Proxy:                  nil, // a proxy from the environment would dial for us, unchecked
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    4,
		MaxConnsPerHost:        8,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  opt.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// guard judges the address that is about to be dialled.
func guard(opt Options, network, address string) error {
	if opt.AllowPrivate {
		return nil
	}
	if network != "tcp4" && network != "tcp6" {
		return errInside
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return errInside
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !Public(ip) {
		return errInside
	}
	if n, err := strconv.Atoi(port); err != nil || !allowed(opt.Ports, n) {
		return errPort
	}
	return nil
}

// notPublic are the special-purpose ranges of the IANA registries (RFC 6890
// and its successors) that netip has no method for, and IPv6 ranges that
// carry an IPv4 address inside, which a gateway would turn back into it.
var notPublic = prefixes(
	"0.0.0.0/8",        // this network
	"100.64.0.0/10",    // carrier-grade NAT; some clouds keep their metadata service here
	"192.0.0.0/24",     // protocol assignments
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"240.0.0.0/4",      // reserved, and broadcast
	"168.63.129.16/32", // Azure's host service, a public address that is not
	"::/96",            // IPv4-compatible, unspecified and loopback
	"::ffff:0:0:0/96",  // IPv4-translated
	"64:ff9b::/96",     // NAT64
	"64:ff9b:1::/48",   // NAT64, local
	"100::/64",         // discard
	"2001::/23",        // protocol assignments, with Teredo and ORCHID
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4
	"3fff::/20",        // documentation
	"5f00::/16",        // segment routing
	"fec0::/10",        // site-local, old
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public reports whether ip is an ordinary address of the public internet.
// IPv4-mapped IPv6 addresses are judged as the IPv4 address they mean.
func Public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// classify finds our own error inside what net/http made of it, and names
// the usual ones.
func classify(ctx context.Context, err error) *Error {
	var own *Error
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, errInside):
		return fail(BadAddress, false, errInside)
	case errors.Is(err, errPort):
		return fail(BadURL, false, errPort)
	case context.Cause(ctx) == errSlow:
		return fail(Timeout, true, errSlow)
	case ctx.Err() != nil:
		return fail(Canceled, true, ctx.Err())
	case errors.As(err, &dns) && dns.IsNotFound:
		return fail(NotFound, false, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fail(Timeout, true, err)
	}
	return fail(Broken, true, err)
}

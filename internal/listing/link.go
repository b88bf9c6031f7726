package listing

import (
	"net/url"
	"strings"
)

// maxLink bounds what is read as an address, in bytes.
const maxLink = 2000

// LinkKey is the same for addresses of the same page: scheme, "www.", case of
// the host, a last slash, the fragment, and what is only there to follow the
// visitor do not count. It is "" for what is no web address.
func LinkKey(address string) string {
	if len(address) > maxLink {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "utm_") || trackers[name] {
			q.Del(name)
		}
	}
	key := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.TrimRight(u.EscapedPath(), "/")
	if len(q) > 0 {
		key += "?" + q.Encode() // sorted by name
	}
	return key
}

// trackers are parameters that follow the visitor and name no page.
var trackers = map[string]bool{"fbclid": true, "gclid": true, "msclkid": true, "spm": true, "scm": true, "aff": true, "ref": true, "pvid": true, "algo_pvid": true}

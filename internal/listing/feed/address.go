package feed

import (
	"net/url"
	"path"
	"strings"

	"assay/internal/listing"
)

// link keeps absolute web addresses only.
func (b *builder) link(d *draft, v value) string {
	if v.empty() {
		return ""
	}
	u, ok := webAddress(v.text)
	if !ok {
		d.warn(codeLinkInvalid, v, quoted(v.text))
		return ""
	}
	return u
}

func webAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "//") {
		s = "https:" + s
	}
	s = strings.ReplaceAll(s, " ", "%20")
	u, err := url.Parse(s)
	if err != nil || len(s) > maxLinkBytes || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	return s, true
}

// resolve makes an address inside a description absolute where the listing's
// own address allows it.
func resolve(u, base string) string {
	if base == "" || isAddress(u) {
		return u
	}
	b, err := url.Parse(base)
	if err != nil {
		return u
	}
	ref, err := url.Parse(u)
	if err != nil || ref.Scheme != "" {
		return u
	}
	return b.ResolveReference(ref).String()
}

func (b *builder) pictures(d *draft) []listing.Picture {
	var out []listing.Picture
	seen := make(map[string]bool, len(d.pictures))
	for _, v := range d.pictures {
		u, ok := pictureAddress(v.text)
		switch {
		case !ok:
			d.warn(codePictureInvalid, v, quoted(v.text))
		case seen[u]:
		case len(out) >= b.opt.MaxPictures:
			d.warn(codePicturesMany, v, itoa(b.opt.MaxPictures))
			return out
		default:
			seen[u] = true
			out = append(out, listing.Picture{URL: u, State: listing.PictureWaiting})
		}
	}
	return out
}

// pictureAddress takes web addresses and the relative file names that shops
// put into import files; a name never climbs out of its folder.
func pictureAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if isAddress(s) {
		return webAddress(s)
	}
	name := strings.TrimLeft(strings.ReplaceAll(s, `\`, "/"), "/")
	switch {
	case name == "" || len(name) > maxNameBytes || strings.ContainsAny(name, "\x00<>\"\n\ufffd"):
		return "", false
	case strings.Contains(name, ":"): // data:, javascript:, C:
		return "", false
	}
	clean := path.Clean(name)
	if clean == "." || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", false
	}
	return clean, true
}

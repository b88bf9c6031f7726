package listing

import (
	"strings"
	"testing"
)

func TestLinkKey(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.Shop.example/item/42/?utm_source=x&spm=a.b#top": "shop.example/item/42",
		"http://shop.example/item/42":                                "shop.example/item/42",
		"https://shop.example/item?id=42&colour=red&gclid=1":         "shop.example/item?colour=red&id=42",
		"https://shop.example/item?colour=red&id=42":                 "shop.example/item?colour=red&id=42",
		"https://shop.example:8443/a%20b":                            "shop.example/a%20b",
		"  https://shop.example  ":                                   "shop.example",
		"ftp://shop.example/x":                                       "",
		"shop.example/x":                                             "",
		"javascript:alert(1)":                                        "",
		"https://":                                                   "",
		"https://shop.example/" + strings.Repeat("x", 2000):          "",
	} {
		if got := LinkKey(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

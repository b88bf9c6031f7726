package signal

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/registry"
)

// What is remembered of assets is what was last said of each, through any row of changes.
func TestOriginsRemember(t *testing.T) {
	pictures := rapid.SampledFrom([]string{"", "pictures/a.jpg", "sha256:short", "sha256:" + strings.Repeat("ab", 32), "sha256:" + strings.Repeat("AB", 32), "sha256:" + strings.Repeat("0z", 32)})
	rapid.Check(t, func(t *rapid.T) {
		o, want := newOrigins(), map[string]origin{}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			id := fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "id"))
			if rapid.Bool().Draw(t, "drop") {
				if _, ok := o.drop(id); ok != (want[id] != origin{}) {
					t.Fatalf("dropping %s: %v", id, ok)
				}
				delete(want, id)
				continue
			}
			a := registry.Asset{ID: id, BrandID: rapid.SampledFrom([]string{"b", "c"}).Draw(t, "brand"), RightID: rapid.SampledFrom([]string{"", "r"}).Draw(t, "right"),
				Picture: pictures.Draw(t, "picture")}
			o.set(Known{Asset: a})
			want[id] = origin{a.BrandID, a.RightID, a.Picture}
		}
		if len(o.numbers) != len(want) {
			t.Fatalf("%d known, want %d", len(o.numbers), len(want))
		}
		for id, w := range want {
			if got, of := o.at(o.numbers[id]); got != id || of != w {
				t.Fatalf("%s is %s %+v, want %+v", id, got, of, w)
			}
		}
	})
}

package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/registry"
)

// The page tells the number, changes that many, and tells anew when there are
// more of them by then.
func TestManyAreSoughtOtherwise(t *testing.T) {
	s := newSite(t)
	put := func(n int, brand string) {
		t.Helper()
		_, err := s.Store.PutAsset(t.Context(), registry.Asset{ID: fmt.Sprint("shot-", n), BrandID: brand, Kind: registry.AssetPhotograph, Label: "Spring shot", Picture: "sha256:x"})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1, consoletest.Brand)
	put(2, consoletest.OtherBrand)
	const page = "/registry/assets/sought"
	holder, admin := s.signed(t, access.Holder), s.signed(t, access.Admin)
	holder.get("/registry/assets?text=shot").has(t, `href="/registry/assets/sought?brand=&amp;text=shot&amp;to=whole"`)
	holder.get("/registry/assets?text=shot&kind=badge").lacks(t, page)
	s.signed(t, access.Reviewer).get("/registry/assets").lacks(t, page)
	holder.get(page+"?text=shot&to=whole").has(t, "1 photograph matches", "Change 1 photograph")
	admin.get(page+"?text=shot&to=whole").has(t, "2 photographs match", "Change 2 photographs", `name="count" value="2"`)
	admin.get(page+"?text=shot&to=inside").has(t, "No photograph matches")
	put(3, consoletest.Brand)
	form := url.Values{"text": {"shot"}, "to": {"whole"}, "count": {"2"}}
	if a := admin.post(page, form); a.status != http.StatusConflict {
		t.Errorf("more than were told: %d", a.status)
	} else {
		a.has(t, "There are more of them by now", "Change 3 photographs")
	}
	holder.post(page, form).has(t, "2 photographs changed", `/registry/assets?brand=&amp;kind=photograph&amp;text=shot`)
	if a, err := s.Store.Asset(t.Context(), "shot-2"); err != nil || a.Sought != registry.SoughtInside {
		t.Errorf("another holder's: %+v %v", a, err)
	}
	form.Set("count", "1")
	admin.post(page, form).has(t, "1 photograph changed")
	admin.post(page, form).has(t, "0 photographs changed")
	for _, bad := range []url.Values{{"to": {"deep"}, "count": {"1"}}, {"to": {"whole"}}, {"to": {"whole"}, "count": {"-"}}} {
		if a := admin.post(page, bad); a.status < 400 || a.status >= 500 {
			t.Errorf("%v: %d", bad, a.status)
		}
	}
}

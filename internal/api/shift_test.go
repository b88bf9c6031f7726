package api

import (
	"fmt"
	"testing"

	"assay/internal/fault"
	"assay/internal/registry"
)

// The number comes first, and nobody changes what is another's.
func TestShiftSought(t *testing.T) {
	k := newKit(t)
	for i, brand := range []string{"brand-a", "brand-a", "brand-b"} {
		_, err := k.store.PutAsset(t.Context(), registry.Asset{ID: fmt.Sprint("shot", i), BrandID: brand, Kind: registry.AssetPhotograph, Label: "shot", Picture: "sha256:x"})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func(as, body string) (out ShiftOut) {
		t.Helper()
		k.want(k.ask(as, "POST", base+"/assets/sought", body), 200, &out)
		return out
	}
	if out := ask("admin", `{"to":"whole","q":"shot"}`); out != (ShiftOut{Count: 3}) {
		t.Errorf("told %+v", out)
	}
	if out := ask("holder:a", `{"to":"whole","q":"shot"}`); out != (ShiftOut{Count: 2}) {
		t.Errorf("a holder is told %+v", out)
	}
	if out := ask("holder:a", `{"to":"whole","holder_id":"b","brand_id":"brand-b","count":9}`); out != (ShiftOut{}) {
		t.Errorf("another's: %+v", out)
	}
	k.wantProblem(k.ask("holder:a", "POST", base+"/assets/sought", `{"to":"whole","q":"shot","count":1}`), 409, fault.Conflict)
	k.wantProblem(k.ask("admin", "POST", base+"/assets/sought", `{"to":"deep"}`), 422, fault.Invalid)
	k.wantProblem(k.ask("seller:a", "POST", base+"/assets/sought", `{"to":"whole"}`), 403, fault.Forbidden)
	if out := ask("holder:a", `{"to":"whole","q":"shot","count":2}`); out != (ShiftOut{2, 2}) {
		t.Errorf("changed %+v", out)
	}
	if out := ask("holder:a", `{"to":"whole","q":"shot","count":2}`); out != (ShiftOut{}) {
		t.Errorf("again %+v", out)
	}
	if out := ask("admin", `{"to":"inside","brand_id":"brand-a"}`); out != (ShiftOut{Count: 2}) {
		t.Errorf("back %+v", out)
	}
	if a, err := k.store.Asset(t.Context(), "shot2"); err != nil || a.Sought != registry.SoughtInside {
		t.Errorf("%+v %v", a, err)
	}
}

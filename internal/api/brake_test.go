package api

import (
	"strings"
	"testing"

	"assay/internal/fault"
	"assay/internal/registry"
)

func TestBrakes(t *testing.T) {
	k := newKit(t)
	for _, org := range []string{"a", "b"} {
		_, changed, err := k.api.d.Keeper.Brake(t.Context(), registry.Brake{AssetID: "asset-" + org, Reason: registry.Flood, Matched: 90, Looked: 2000, Sellers: 7, Since: noon}, "system")
		if must(t, err); !changed {
			t.Fatal("not braked")
		}
	}
	list := func(as, query string) []registry.Brake {
		t.Helper()
		var page Page[registry.Brake]
		k.want(k.ask(as, "GET", base+"/brakes"+query, nil), 200, &page)
		return page.Items
	}
	if got := list("reviewer", ""); len(got) != 2 || got[0].Matched != 90 {
		t.Errorf("a reviewer sees %+v", got)
	}
	if got := list("holder:a", ""); len(got) != 1 || got[0].AssetID != "asset-a" {
		t.Errorf("a holder sees %+v", got)
	}
	if !strings.Contains(k.ask("admin", "GET", "/metrics", nil).Body.String(), "assay_braked_assets 2") {
		t.Error("the metrics do not count them")
	}
	k.wantProblem(k.ask("seller:a", "GET", base+"/brakes", nil), 403, fault.Forbidden)
	k.wantProblem(k.ask("holder:a", "POST", base+"/assets/asset-a/release", nil), 403, fault.Forbidden)
	k.wantProblem(k.ask("holder:a", "POST", base+"/assets/asset-b/release", nil), 404, fault.NotFound)
	k.wantProblem(k.ask("admin", "POST", base+"/assets/nothing/release", nil), 404, fault.NotFound)
	var b registry.Brake
	k.want(k.ask("admin", "POST", base+"/assets/asset-a/release", nil), 200, &b)
	if b.Held() || b.ReleasedBy == "" || b.ReleasedAt == nil {
		t.Errorf("released: %+v", b)
	}
	k.wantProblem(k.ask("admin", "POST", base+"/assets/asset-a/release", nil), 409, fault.Conflict)
	if got := list("holder:a", ""); len(got) != 0 {
		t.Errorf("still held: %+v", got)
	}
	if got := list("holder:a", "?state=all"); len(got) != 1 || got[0].ReleasedBy != "" {
		t.Errorf("a holder learns who released it: %+v", got)
	}
}

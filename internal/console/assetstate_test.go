package console_test

import (
	"net/http"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/registry"
)

func TestBrakedAssetIsShownAndReleased(t *testing.T) {
	s := newSite(t)
	admin := s.signed(t, access.Admin)
	page := "/registry/assets/" + consoletest.MarkAsset
	admin.get(page).lacks(t, "Matches far too much")
	if _, _, err := s.Keeper.Brake(t.Context(), registry.Brake{AssetID: consoletest.MarkAsset, Reason: registry.Flood, Matched: 61, Looked: 2000, Sellers: 9, Since: consoletest.Now()}, "system"); err != nil {
		t.Fatal(err)
	}
	admin.get(page).has(t, "Matches far too much", "61 of the last 2,000 pictures, of 9 sellers", "Trust it again")
	admin.get("/").has(t, "Assets that match far too much", "61 of 2,000")
	holder := s.signed(t, access.Holder)
	shown := holder.get(page)
	shown.has(t, "61 of the last 2,000 pictures")
	shown.lacks(t, "Trust it again")
	if a := holder.post(page+"/release", nil); a.status != http.StatusForbidden {
		t.Errorf("a holder releases it: %d", a.status)
	}
	if a := admin.post(page+"/release", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != page {
		t.Fatalf("an administrator releases it: %d", a.status)
	}
	admin.get(page).has(t, "The asset is trusted again", "by The admin")
	admin.post(page+"/release", nil)
	admin.get(page).has(t, "The brake was released already")
	holder.get(page).lacks(t, "The admin")
	admin.get("/").lacks(t, "Assets that match far too much")
	if e, err := s.Store.EntriesAbout(t.Context(), consoletest.MarkAsset, 10); err != nil || len(e) < 2 {
		t.Errorf("the ledger has %d entries about it (%v)", len(e), err)
	}
}

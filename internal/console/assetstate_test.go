package console_test

import (
	"net/http"
	"net/url"
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
	admin.get("/").has(t, "Assets that match far too much", "61 of 2,000 pictures")
	holder := s.signed(t, access.Holder)
	shown := holder.get(page)
	shown.has(t, "61 of the last 2,000 pictures")
	shown.has(t, "those who run the marketplace then trust it again")
	shown.lacks(t, "Trust it again")
	admin.get("/registry/assets").has(t, `<span class="badge review">Braked</span>`)
	holder.get("/registry/assets?brand="+consoletest.Brand).has(t, `<span class="badge review">Braked</span>`)
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
	admin.get("/registry/assets").lacks(t, `<span class="badge review">Braked</span>`)
	if e, err := s.Store.EntriesAbout(t.Context(), consoletest.MarkAsset, 10); err != nil || len(e) < 2 {
		t.Errorf("the ledger has %d entries about it (%v)", len(e), err)
	}
}

func TestMeasuredPrecisionIsShown(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	page := "/registry/assets/" + consoletest.MarkAsset
	p.get(page).has(t, "No case that stood on this asset has been decided yet")
	s.decide(t, p, "case-suspect-1", "block:mark_in_picture", "")
	s.decide(t, p, "case-suspect-2", "pass:compatible_use", "")
	shown := p.get(page)
	shown.has(t, "1 of 2 decided cases were confirmed: 50%", "between 9.5% and 90.5%", `href="/queue?asset=bolt-mark&amp;state=closed"`)
	cases := p.get("/queue?asset=" + consoletest.MarkAsset + "&state=closed")
	cases.has(t, "case-suspect-1", "case-suspect-2", `name="asset" value="bolt-mark"`)
	cases.lacks(t, "case-suspect-3")
	s.signed(t, access.Partner).get(page).lacks(t, "Show these cases")
	p.get("/registry/brands/"+consoletest.Brand).lacks(t, "Measured precision")
}

func TestInnocentPictureIsTakenWithTheDecision(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Reviewer)
	answer := func(id, reply string) {
		t.Helper()
		page := p.get("/cases/" + id)
		page.has(t, "never match the pictures of this case")
		m := versionField.FindStringSubmatch(page.body)
		p.post("/cases/"+id+"/decide", url.Values{"version": {m[1]}, "answer": {reply}, "innocent": {"yes"}})
	}
	innocent := func() []string {
		t.Helper()
		a, err := s.Store.Asset(t.Context(), consoletest.MarkAsset)
		if err != nil {
			t.Fatal(err)
		}
		return a.InnocentPictures
	}
	answer("case-suspect-1", "pass:licensed") // the tick is for one answer only
	if got := innocent(); len(got) != 0 {
		t.Errorf("another answer added %v", got)
	}
	answer("case-suspect-2", "pass:not_the_same_picture")
	k, err := s.Store.Case(t.Context(), "case-suspect-2")
	if err != nil || k.State != "closed" {
		t.Fatalf("the case is %s (%v)", k.State, err)
	}
	rev, err := s.Store.Revision(t.Context(), k.RevisionID)
	if err != nil {
		t.Fatal(err)
	}
	if got := innocent(); len(got) != 1 || got[0] != rev.Offer.Pictures[0].Hash {
		t.Errorf("innocent pictures %v, want that of the listing", got)
	}
	if e, err := s.Store.EntriesAbout(t.Context(), consoletest.MarkAsset, 10); err != nil || len(e) != 2 {
		t.Errorf("the ledger has %d entries about the asset, want 2 (%v)", len(e), err)
	}
}
